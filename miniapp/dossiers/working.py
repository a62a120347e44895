"""What an agency does with a dossier while its clock runs: take it up, hand it from post to post, and count anew when a
day off was announced."""

from datetime import datetime

from miniapp.core.clock import iso
from miniapp.core.errors import Invalid
from miniapp.core.workdays import Calendar
from miniapp.dossiers.events import SYSTEM, By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.states import PAUSING, RUNNING, Status


def take_up(dossier: Dossier, by: By, at: datetime) -> Move:
    """Being worked on; what waits for papers or a payment gets there only by these."""
    dossier.running()
    return told(dossier.moved(Status.IN_PROGRESS, at, officer=by.id), Happened.TAKEN_UP, by, post=dossier.post)


def hand_on(dossier: Dossier, step: int, officer: str, by: By, at: datetime) -> Move:
    """At another step, a later or an earlier one, or at the same one on another officer's desk; its status stays."""
    dossier.running()
    if not 0 <= step < len(dossier.steps) or (step, officer) == (dossier.step, dossier.officer):
        raise Invalid("dossier_step_unknown", field="step")
    after = dossier.changed(at, step=step, officer=officer)
    return told(after, Happened.HANDED_ON, by, post=after.post, post_before=dossier.post, officer=officer)


def reschedule(dossier: Dossier, at: datetime, calendar: Calendar) -> Move | None:
    """The appointment after the calendar changed; None where it stays, or where there is none to move."""
    if dossier.clock is None or dossier.status not in RUNNING | PAUSING:
        return None
    clock = dossier.clock.reckoned(calendar)
    if clock.due == dossier.clock.due or clock.due is None or dossier.clock.due is None:
        return None
    after = dossier.changed(at, clock=clock)
    return told(after, Happened.RESCHEDULED, SYSTEM, due=iso(clock.due), due_before=iso(dossier.clock.due))
