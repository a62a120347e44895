"""Saying that a dossier will be late, before it is: why, and when it will be ready (phiếu xin lỗi, mẫu 04).

At most once, and only while the clock runs: there is no appointment to move while it stands (domain 4.6)."""

from datetime import datetime

from miniapp.core.clock import VIETNAM, iso
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.workdays import Calendar
from miniapp.dossiers.events import By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import WORDS_MOST, Apology, short_enough


def apologise(dossier: Dossier, reason: str, due: datetime, by: By, at: datetime, calendar: Calendar) -> Move:
    """A later appointment on a working day; within that day it is moved into office hours."""
    at = dossier.moment(at)
    clock = dossier.running()
    if dossier.apology is not None:
        raise Conflict("apology_made_already")
    if clock.due is None:
        raise Conflict("dossier_without_due")
    if at >= clock.due:
        raise Conflict("apology_too_late", due=iso(clock.due))
    if not reason.strip():
        raise Invalid("apology_reason_needed", field="reason")
    short_enough("reason", reason, WORDS_MOST)
    if not calendar.spans(due.astimezone(VIETNAM).date()):
        raise Invalid("apology_day_off", field="due")
    later = clock.promised(at, due, calendar)
    if later.due is None or later.due <= clock.due:
        raise Invalid("apology_not_later", field="due")
    after = dossier.changed(at, clock=later, apology=Apology(at, reason, clock.due, later.due))
    return told(after, Happened.APOLOGISED, by, due=iso(later.due), due_before=iso(clock.due))
