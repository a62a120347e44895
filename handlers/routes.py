"""Every blueprint of the house, in the order in which addresses are tried. A new page file is named here, nowhere else."""

from flask import Blueprint

from handlers.api import exam_scores as api_exam_scores
from handlers.api import openapi
from handlers.citizen import agencies
from handlers.citizen import exam_scores
from handlers.hooks import health
from miniapp.core.settings import Settings


def blueprints(settings: Settings) -> list[Blueprint]:
    """The blueprints of an app; the simulator's pages only where it is the configured chat."""
    found = [
        health.health,
        openapi.openapi,
        api_exam_scores.exam_scores,
        exam_scores.exam_scores,
        agencies.agencies,
    ]
    if settings.simulated_chat:
        from handlers.demo import components

        found += [components.components]
    return found
