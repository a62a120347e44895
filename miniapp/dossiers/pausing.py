"""When the citizen has something to do: the one request for more papers, and a payment. The clock stands meanwhile.

More papers are asked for once, and the request lists everything (domain 4.5). A second one is refused unless a leader
says that the agency's own first one was wrong; after that there is no third."""

from dataclasses import replace
from datetime import datetime

from miniapp.core.clock import VIETNAM, iso
from miniapp.core.errors import Conflict, Invalid, Refused, both
from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import pausing_article
from miniapp.dossiers.events import By, Fact, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import (
    DONG_MOST,
    PAPERS_MOST,
    WORDS_MOST,
    Annulled,
    Fee,
    Supplement,
    Wanted,
    short_enough,
)
from miniapp.dossiers.states import RUNNING, Status


def ask_for_papers(
    dossier: Dossier,
    papers: tuple[Wanted, ...],
    article: str,
    deadline: datetime,
    by: By,
    at: datetime,
    calendar: Calendar,
) -> Move:
    """The request for more papers (phiếu yêu cầu bổ sung, mẫu 02), until a moment of a working day."""
    at = dossier.moment(at)
    dossier.running()
    if dossier.supplement is not None:
        raise Conflict("supplement_asked_already")
    both(
        lambda: whole_list(papers),
        lambda: both(lambda: pausing_article(article), lambda: open_day(deadline, at, calendar)),
    )
    asked = Supplement(at, by.id, papers, article, deadline)
    after = _paused(dossier, Status.SUPPLEMENT, article, at, supplement=asked, paused_from=dossier.status)
    return told(after, Happened.SUPPLEMENT_ASKED, by, papers=len(papers), article=article, deadline=iso(deadline))


def give_paper(dossier: Dossier, place: int, by: By, at: datetime) -> Move:
    """One of the papers that were asked for has come; its place in the request, from 0."""
    asked = _asked(dossier)
    if not 0 <= place < len(asked.papers) or place in asked.given:
        raise Invalid("supplement_paper_unknown", field="paper")
    after = dossier.changed(at, supplement=replace(asked, given=(*asked.given, place)))
    return told(after, Happened.PAPER_GIVEN, by, paper=place, missing=len(asked.missing) - 1)


def go_on(dossier: Dossier, by: By, at: datetime, calendar: Calendar) -> Move:
    """Back where it was before the request, once everything has come; the appointment is moved."""
    missing = len(_asked(dossier).missing)
    if missing:
        raise Conflict("supplement_incomplete", count=missing)
    after = _resumed(dossier, dossier.paused_from or Status.IN_PROGRESS, at, calendar, paused_from=None)
    return told(after, Happened.SUPPLEMENTED, by, due=_due(after))


def annul_request(dossier: Dossier, words: str, by: By, at: datetime, calendar: Calendar) -> Move:
    """A leader, another person than who asked, says that the request was wrong: it counts as never made, once."""
    at = dossier.moment(at)
    asked = dossier.supplement
    if asked is None or dossier.status not in RUNNING | {Status.SUPPLEMENT}:
        raise Conflict("supplement_not_asked")
    if dossier.annulled is not None:
        raise Conflict("supplement_annulled_already")
    if by.id == asked.by:
        raise Refused("supplement_annulled_by_asker")
    if not words.strip():
        raise Invalid("supplement_mistake_needed", field="words")
    short_enough("words", words, WORDS_MOST)
    gone: dict[str, object] = {
        "annulled": Annulled(asked, at, by.id, words),
        "supplement": None,
        "paused_from": None,
    }
    if dossier.status is Status.SUPPLEMENT:
        after = _resumed(dossier, dossier.paused_from or Status.IN_PROGRESS, at, calendar, **gone)
    else:
        after = dossier.changed(at, **gone)
    return told(after, Happened.SUPPLEMENT_ANNULLED, by, asked_by=asked.by, due=_due(after))


def ask_for_payment(dossier: Dossier, amount: int, article: str, by: By, at: datetime) -> Move:
    """A financial duty that must be met before work goes on, in whole đồng."""
    at = dossier.moment(at)
    dossier.running()
    both(lambda: whole_dong(amount), lambda: pausing_article(article))
    after = _paused(dossier, Status.PAYMENT, article, at, fee=Fee(at, amount, article))
    return told(after, Happened.PAYMENT_ASKED, by, amount=amount, article=article)


def pay(dossier: Dossier, by: By, at: datetime, calendar: Calendar) -> Move:
    """Paid, as whoever keeps the money says: work goes on."""
    fee = dossier.fee
    if fee is None or dossier.status is not Status.PAYMENT:
        raise Conflict("dossier_payment_not_asked")
    at = dossier.moment(at)
    after = _resumed(dossier, Status.IN_PROGRESS, at, calendar, fee=replace(fee, paid_at=at))
    return told(after, Happened.PAID, by, amount=fee.amount, due=_due(after))


def whole_list(papers: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """Papers to ask for: at least one, each with a name; else Invalid."""
    if not 0 < len(papers) <= PAPERS_MOST or not all(one.paper.strip() for one in papers):
        raise Invalid("supplement_papers_shape", field="papers", most=PAPERS_MOST)
    return papers


def open_day(deadline: datetime, at: datetime, calendar: Calendar) -> datetime:
    """A deadline that lies ahead, on a working day; else Invalid."""
    if deadline <= at or not calendar.spans(deadline.astimezone(VIETNAM).date()):
        raise Invalid("supplement_deadline_shape", field="deadline")
    return deadline


def whole_dong(amount: int) -> int:
    """An amount that can be asked for; else Invalid."""
    if not 0 < amount <= DONG_MOST:
        raise Invalid("dossier_fee_shape", field="amount")
    return amount


def _asked(dossier: Dossier) -> Supplement:
    if dossier.supplement is None or dossier.status is not Status.SUPPLEMENT:
        raise Conflict("supplement_not_asked")
    return dossier.supplement


def _paused(dossier: Dossier, status: Status, article: str, at: datetime, **changes: object) -> Dossier:
    clock = dossier.running().paused(at, status, article)
    return dossier.moved(status, at, clock=clock, **changes)


def _resumed(dossier: Dossier, status: Status, at: datetime, calendar: Calendar, **changes: object) -> Dossier:
    assert dossier.clock is not None  # it was paused, so it has one
    return dossier.moved(status, at, clock=dossier.clock.resumed(dossier.moment(at), calendar), **changes)


def _due(dossier: Dossier) -> Fact:
    return iso(dossier.due) if dossier.due else None
