"""Every blueprint of the house, in the order in which addresses are tried. A new page file is named here, nowhere else."""

from flask import Blueprint

from handlers.api import exam_scores as api_exam_scores
from handlers.api import openapi
from handlers.citizen import agencies, crests, distributions, entry, exam_scores, me, telling
from handlers.console import (
    agency,
    agency_look,
    audit,
    exam_scores_exams,
    exam_scores_files,
    exam_scores_lists,
    exam_scores_release,
    exam_scores_rules,
    home,
    links,
    officers,
    recovery,
    sign_in,
)
from handlers.console import exam_scores as console_exam_scores
from handlers.hooks import health
from miniapp.core.settings import Settings


def blueprints(settings: Settings) -> list[Blueprint]:
    """The blueprints of an app; the simulator's pages only where it is the configured chat."""
    found = [
        health.health,
        openapi.openapi,
        api_exam_scores.exam_scores,
        entry.entry,
        me.me,
        telling.telling_front,
        telling.telling,
        sign_in.sign_in,
        sign_in.stepping_up,
        home.home,
        links.links,
        officers.account,
        officers.officers,
        recovery.recovery,
        audit.audit,
        agency.agency,
        agency_look.look,
        agency_look.landing,
        console_exam_scores.exam_scores,
        exam_scores_exams.exams,
        exam_scores_files.files,
        exam_scores_files.landing,
        exam_scores_lists.lists,
        exam_scores_release.release,
        exam_scores_rules.rules,
        exam_scores.exam_scores,
        distributions.distributions,
        crests.crests,
        agencies.agencies,
    ]
    if settings.simulated_chat:
        from handlers.demo import components, simulator

        found += [components.components, simulator.simulator]
    return found
