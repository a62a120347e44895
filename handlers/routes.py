"""Every blueprint of the house, by the function that serves it. A new page file is named here, nowhere else.

On one machine all stand in one app; in Lambda each function has the pages of its role and imports no others."""

from flask import Blueprint

from handlers.hooks import health
from miniapp.core.settings import Settings

ROLES = ("public", "console", "hooks")


def blueprints(settings: Settings) -> list[Blueprint]:
    """The blueprints of an app, in the order in which addresses are tried."""
    if settings.role not in ("", *ROLES):
        raise ValueError(f"no pages are called {settings.role!r}")
    found = [health.health]  # every function has it; the hooks have nothing else so far
    if settings.serves("console"):
        found += [*_console(), *_catalogue_desk(), *_dossier_desk(), *_rating_desk()]
    if settings.serves("public"):
        found += _public()
        if settings.simulated_chat:
            found += _simulated()
    return found


def _console() -> list[Blueprint]:
    """Officers at the desk."""
    from handlers.console import (
        agency,
        agency_look,
        asked,
        audit,
        calendars,
        calendars_changes,
        exam_scores,
        exam_scores_exams,
        exam_scores_files,
        exam_scores_lists,
        exam_scores_release,
        exam_scores_rules,
        home,
        links,
        machine_keys,
        officers,
        recovery,
        sign_in,
    )

    return [
        sign_in.sign_in,
        sign_in.stepping_up,
        home.home,
        links.links,
        officers.account,
        asked.asked,
        officers.officers,
        recovery.recovery,
        audit.audit,
        agency.agency,
        agency_look.look,
        agency_look.landing,
        machine_keys.machine_keys,
        calendars.calendars,
        calendars_changes.changes,
        exam_scores.exam_scores,
        exam_scores_exams.exams,
        exam_scores_files.files,
        exam_scores_files.landing,
        exam_scores_lists.lists,
        exam_scores_release.release,
        exam_scores_rules.rules,
    ]


def _catalogue_desk() -> list[Blueprint]:
    """Officers' pages of procedures."""
    from handlers.console import (
        procedures,
        procedures_call_off,
        procedures_edit,
        procedures_files,
        procedures_heard,
        procedures_history,
    )

    return [
        procedures_heard.heard,
        procedures_heard.deciding,
        procedures_history.history,
        procedures_files.files,
        procedures_files.taking,
        procedures_history.drifts,
        procedures_history.deciding,
        procedures.procedures,
        procedures_edit.edit,
        procedures_call_off.calling_off,
    ]


def _dossier_desk() -> list[Blueprint]:
    """Officers' pages of dossiers, and what the agency's own systems do with them: both need the desk's rights."""
    from handlers.api import dossiers as api_dossiers
    from handlers.console import (
        dossiers,
        dossiers_again,
        dossiers_batches,
        dossiers_import,
        dossiers_many,
        dossiers_moves,
        dossiers_one,
        dossiers_papers,
        dossiers_receipt,
        dossiers_receive,
        exports,
    )

    return [
        dossiers.dossiers,
        dossiers_receive.receiving,
        dossiers_import.importing,
        dossiers_many.many,
        dossiers_batches.batches,
        dossiers_again.again,
        dossiers_one.one,
        dossiers_moves.moves,
        dossiers_receipt.receipt,
        dossiers_papers.papers,
        exports.exports,
        api_dossiers.dossiers,
    ]


def _rating_desk() -> list[Blueprint]:
    """Officers' pages of ratings, and of how much is used."""
    from handlers.console import (
        ratings,
        ratings_addresses,
        ratings_apart,
        ratings_counters,
        ratings_report,
        ratings_words,
        usage,
    )

    return [
        ratings_counters.counters,
        ratings_counters.naming,
        ratings_addresses.addresses,
        ratings_apart.apart,
        ratings_words.words,
        ratings_words.answering,
        ratings_report.report,
        ratings.ratings,
        usage.usage,
    ]


def _public() -> list[Blueprint]:
    """Citizens in the chat, and whoever reads the API."""
    from handlers.api import exam_scores as api_exam_scores
    from handlers.api import openapi
    from handlers.api import procedures as api_procedures
    from handlers.citizen import (
        agencies,
        crests,
        distributions,
        dossiers,
        entry,
        exam_scores,
        kept_dossiers,
        me,
        procedure,
        procedure_checklist,
        procedure_feedback,
        procedure_forms,
        procedure_texts,
        procedures,
        quality,
        ratings,
        receipts,
        reopening,
        telling,
    )

    return [
        receipts.keys,
        receipts.checking,
        openapi.openapi,
        api_exam_scores.exam_scores,
        api_procedures.procedures,
        entry.entry,
        me.me,
        kept_dossiers.kept,
        kept_dossiers.by_link,
        kept_dossiers.by_code,
        telling.telling_front,
        telling.telling,
        exam_scores.exam_scores,
        distributions.distributions,
        dossiers.links,
        dossiers.dossiers,
        ratings.counters,
        ratings.ratings,
        reopening.reopening,
        procedures.procedures,
        procedure.procedure,
        procedure_texts.texts,
        procedure_feedback.feedback,
        procedure_forms.procedure_forms,
        procedure_checklist.procedure_checklist,
        quality.quality,
        crests.crests,
        agencies.agencies,
    ]


def _simulated() -> list[Blueprint]:
    """The chat simulator, only where it is the configured chat."""
    from handlers.demo import components, simulator

    return [components.components, simulator.simulator]
