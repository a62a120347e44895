"""What a citizen is told of a dossier: where it is, whose turn it is, what comes next and until when, what is missing.

For pages, the chat and the API: codes and facts, never words. A desk is told as a post, never as a person; nothing here
says who asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import Clock, Left, answer_by
from miniapp.dossiers.events import Happened
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Apology, Channel, Fee, Ground, Wanted
from miniapp.dossiers.states import PAUSING, RUNNING, Lateness, Status


class Turn(StrEnum):
    """Who has something to do now."""

    AGENCY = "agency"
    CITIZEN = "citizen"
    NOBODY = "nobody"


class Next(StrEnum):
    """What comes next."""

    ANSWER = "answer"  # the agency receives or refuses what was filed
    STEP = "step"  # it goes on to the next post
    RESULT = "result"  # the last post finishes it
    PAPERS = "papers"  # the citizen brings what is missing
    PAYMENT = "payment"  # the citizen pays
    COLLECT = "collect"  # the citizen gets the result
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that has happened; `article` where the law was cited for it."""

    what: Happened
    at: datetime
    article: str = ""


@dataclass(frozen=True)
class Timeline:
    """How a dossier stands at a moment. `by`: until when what comes next should have come."""

    status: Status
    turn: Turn
    post: str
    step: str
    next: Next
    next_post: str
    by: datetime | None
    due: datetime | None
    left: Left | None
    lateness: Lateness | None
    is_paused: bool
    missing: tuple[Wanted, ...]
    given: tuple[Wanted, ...]
    fee: Fee | None
    apology: Apology | None
    ground: Ground | None
    passed: tuple[Passed, ...]


def timeline(dossier: Dossier, now: datetime, calendar: Calendar) -> Timeline:
    """The timeline of a dossier as it is at a moment."""
    coming, turn = _next(dossier)
    waits = dossier.supplement if dossier.status is Status.SUPPLEMENT else None
    after = dossier.next_step if coming is Next.STEP else None
    return Timeline(
        status=dossier.status,
        turn=turn,
        post=dossier.post,
        step=dossier.steps[dossier.step].name if dossier.steps else "",
        next=coming,
        next_post=after.post if after else "",
        by=_by(dossier, calendar),
        due=dossier.due,
        left=dossier.left(now, calendar),
        lateness=dossier.lateness(now),
        is_paused=dossier.status in PAUSING,
        missing=waits.missing if waits else (),
        given=tuple(waits.papers[place] for place in sorted(waits.given)) if waits else (),
        fee=dossier.fee if dossier.status is Status.PAYMENT else None,
        apology=dossier.apology,
        ground=dossier.ground,
        passed=tuple(sorted(_passed(dossier), key=lambda one: one.at)),
    )


def _next(dossier: Dossier) -> tuple[Next, Turn]:
    if dossier.status in RUNNING:
        return Next.STEP if dossier.next_step else Next.RESULT, Turn.AGENCY
    return {
        Status.FILED: (Next.ANSWER, Turn.AGENCY),
        Status.SUPPLEMENT: (Next.PAPERS, Turn.CITIZEN),
        Status.PAYMENT: (Next.PAYMENT, Turn.CITIZEN),
        Status.FINISHED: (Next.COLLECT, Turn.CITIZEN),
    }.get(dossier.status, (Next.NOTHING, Turn.NOBODY))


def _by(dossier: Dossier, calendar: Calendar) -> datetime | None:
    if dossier.status is Status.FILED and dossier.channel is Channel.ONLINE:
        return answer_by(dossier.filed_at, calendar)
    if dossier.status is Status.SUPPLEMENT and dossier.supplement:
        return dossier.supplement.deadline
    return dossier.due if dossier.status in RUNNING else None


ENDINGS = {
    Status.NOT_RECEIVED: Happened.REFUSED,
    Status.STOPPED: Happened.STOPPED,
    Status.WITHDRAWN: Happened.WITHDRAWN,
    Status.FINISHED: Happened.FINISHED,
    Status.RETURNED: Happened.FINISHED,
}


def _passed(dossier: Dossier) -> Iterator[Passed]:
    yield Passed(Happened.FILED, dossier.filed_at)
    if dossier.clock:
        yield Passed(Happened.RECEIVED, dossier.clock.received)
        yield from _pauses(dossier.clock, dossier.annulled.at if dossier.annulled else None)
    if dossier.annulled:
        yield Passed(Happened.SUPPLEMENT_ANNULLED, dossier.annulled.at)
    if dossier.apology:
        yield Passed(Happened.APOLOGISED, dossier.apology.at)
    if dossier.ended_at:
        yield Passed(ENDINGS[dossier.status], dossier.ended_at, dossier.ground.article if dossier.ground else "")
    if dossier.returned_at:
        yield Passed(Happened.RETURNED, dossier.returned_at)


def _pauses(clock: Clock, annulled: datetime | None) -> Iterator[Passed]:
    """Each pause as what was asked and what came; one that ends with its request being annulled ended with nothing."""
    for pause in clock.pauses:
        papers = pause.status is Status.SUPPLEMENT
        yield Passed(Happened.SUPPLEMENT_ASKED if papers else Happened.PAYMENT_ASKED, pause.since, pause.article)
        if pause.until is not None and not (papers and pause.until == annulled):
            yield Passed(Happened.SUPPLEMENTED if papers else Happened.PAID, pause.until)
