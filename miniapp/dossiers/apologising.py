"""Saying that a dossier will be late, before it is: why, and when it will be ready (phiếu xin lỗi, mẫu 04).

At most once, and only while the clock runs: there is no appointment to move while it stands (domain 4.6)."""

from datetime import datetime

from miniapp.core.clock import VIETNAM, iso
from miniapp.core.errors import Conflict, Invalid, both
from miniapp.core.workdays import Calendar
from miniapp.dossiers.events import By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import WORDS_MOST, Apology, short_enough


def apologise(dossier: Dossier, reason: str, due: datetime, by: By, at: datetime, calendar: Calendar) -> Move:
    """A new appointment on a working day after that of the old one; within the day it is moved into office hours."""
    at = dossier.moment(at)
    clock = dossier.running()
    if dossier.apology is not None:
        raise Conflict("apology_made_already")
    if clock.due is None:
        raise Conflict("dossier_without_due")
    if at >= clock.due:
        raise Conflict("apology_too_late", due=iso(clock.due))
    was = clock.due
    reason, due = both(lambda: excuse(reason), lambda: later_day(due, was, calendar))
    later = clock.promised(at, due, calendar)
    assert later.due is not None  # what is promised is a moment
    after = dossier.changed(at, clock=later, apology=Apology(at, reason, was, later.due))
    return told(after, Happened.APOLOGISED, by, due=iso(later.due), due_before=iso(was))


def excuse(reason: str) -> str:
    """Why it will be late; Invalid without words, or with too many."""
    if not reason.strip():
        raise Invalid("apology_reason_needed", field="reason")
    short_enough("reason", reason, WORDS_MOST)
    return reason


def later_day(due: datetime, was: datetime, calendar: Calendar) -> datetime:
    """A moment of a working day after the day of the old appointment; else Invalid."""
    day = due.astimezone(VIETNAM).date()
    if not calendar.spans(day):
        raise Invalid("apology_day_off", field="due")
    if day <= was.astimezone(VIETNAM).date():
        raise Invalid("apology_not_later", field="due")
    return due
