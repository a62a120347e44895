"""Procedures: what the state does for people, what to bring, what it costs, when it is ready. For the whole slice.

One canonical record per national code (`d.dddddd`). Whatever could not be told apart keeps its original words beside
the figures, so that a page never shows less than the source. Pure; where it is kept is the store's business."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from miniapp.core.errors import Invalid
from miniapp.core.time_limits import UNSTATED, Count, TimeLimit
from miniapp.procedures.levels import Level
from miniapp.procedures.questions import Condition, Question, check

STALE_AFTER = timedelta(days=180)
LONGEST_NAME = 2_000
_CODE = re.compile(r"(\d\.\d{6})(?:\.[\d.]*[A-Z]\d{2}(?:\.\d+)*)?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Way(StrEnum):
    """How a dossier is handed in."""

    ONLINE = "online"
    DESK = "desk"
    POST = "post"
    OTHER = "other"  # the source's words could not be split by way


class Online(StrEnum):
    """How much of it can be done on the national portal."""

    NONE = "none"
    PARTIAL = "partial"
    WHOLE = "whole"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class FeeLine:
    """One line of a fee. `amount` is in whole đồng, or in cents of another currency; None where only words tell."""

    amount: int | None = None
    currency: str = "VND"
    unit: str = ""  # for what one pays it: a copy, a card
    words: str = ""
    valid_from: str = ""  # days as 2026-07-01; empty: open
    valid_to: str = ""
    exemptions: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()  # for which answers; empty: for everybody

    def holds(self, day: str) -> bool:
        """Whether it is asked on a day."""
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)


@dataclass(frozen=True)
class Channel:
    """One way to hand in, with its own time limit and fee."""

    way: Way
    limit: TimeLimit = UNSTATED
    fees: tuple[FeeLine, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Form:
    """A file to download: a blank form, or one that is filled in as an example."""

    name: str
    link: str = ""


@dataclass(frozen=True)
class Paper:
    """One thing to bring. `case` is the heading that it stands under: for whom, or when."""

    name: str
    originals: int = 0
    copies: int = 0
    forms: tuple[Form, ...] = ()
    case: str = ""
    when: tuple[Condition, ...] = ()  # for which answers; empty: for everybody


@dataclass(frozen=True)
class LegalBasis:
    """A text that the procedure rests on."""

    number: str = ""
    title: str = ""


@dataclass(frozen=True)
class Result:
    """What one gets in the end."""

    name: str
    code: str = ""


@dataclass(frozen=True)
class Procedure:
    """Everything that is known of one procedure at one place and day."""

    code: str
    name: str
    field: str = ""
    levels: tuple[Level, ...] = ()
    agency: str = ""  # who does it
    authority: str = ""  # who decides
    partners: str = ""
    delegated: str = ""
    address: str = ""
    for_whom: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    papers: tuple[Paper, ...] = ()
    questions: tuple[Question, ...] = ()  # whose answers say which papers and fees somebody has
    legal: tuple[LegalBasis, ...] = ()
    results: tuple[Result, ...] = ()
    conditions: str = ""
    online: Online = Online.UNSTATED
    portal: str = ""
    related: str = ""
    keywords: str = ""
    kind: str = ""
    ministry: str = ""
    mistakes: tuple[str, ...] = ()
    samples: tuple[Form, ...] = ()  # filled in as an example
    decision: str = ""  # the decision that published it
    effective: str = ""  # from which day the decision holds
    owner: str = ""  # a post, never a person
    verified_on: str = ""
    is_open: bool = True  # False: abolished

    def rules(self) -> Iterator[tuple[Condition, ...]]:
        """What papers and fee lines depend on, of those that depend on something."""
        yield from (paper.when for paper in self.papers if paper.when)
        yield from (fee.when for channel in self.channels for fee in channel.fees if fee.when)

    def is_stale(self, today: date) -> bool:
        """Whether nobody has looked it over for 180 days."""
        return not self.verified_on or today - date.fromisoformat(self.verified_on) > STALE_AFTER


@dataclass(frozen=True)
class Version:
    """One change of a layer: which book came out of it, when, by whom, from what, and how much changed."""

    number: int
    book: str
    at: str
    by: str
    source: str
    procedures: int  # in the book
    added: int
    changed: int


@dataclass(frozen=True)
class Synonym:
    """What was decided of a phrase: that it means a procedure, or that it does not."""

    say: str
    code: str
    approved: bool
    at: str
    by: str


def national_code(text: str) -> str:
    """The canonical `d.dddddd` of a code; a local variant (`2.000815.000.00.00.H55`) belongs to the same procedure."""
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise Invalid("procedure_code_shape", field="code")
    return found[1]


def checked(procedure: Procedure) -> Procedure:
    """The same procedure, if it may be kept."""
    if national_code(procedure.code) != procedure.code:
        raise Invalid("procedure_code_shape", field="code")
    if not procedure.name or len(procedure.name) > LONGEST_NAME:
        raise Invalid("procedure_name_shape", field="name")
    for name in ("effective", "verified_on"):
        _day(getattr(procedure, name), name)
    for channel in procedure.channels:
        _checked_channel(channel)
    for paper in procedure.papers:
        if not paper.name or paper.originals < 0 or paper.copies < 0:
            raise Invalid("paper_shape", field="papers")
    check(procedure.questions, procedure.rules())
    return procedure


def _checked_channel(channel: Channel) -> None:
    if channel.limit.amount < 0 or (channel.limit.count is Count.UNSTATED) != (channel.limit.amount == 0):
        raise Invalid("time_limit_shape", field="channels")
    for fee in channel.fees:
        if (fee.amount or 0) < 0 or not _CURRENCY.fullmatch(fee.currency):
            raise Invalid("fee_shape", field="channels")
        _day(fee.valid_from, "channels")
        _day(fee.valid_to, "channels")
        if fee.valid_to and fee.valid_to < fee.valid_from:
            raise Invalid("fee_shape", field="channels")


def _day(text: str, name: str) -> None:
    try:
        shaped = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        shaped = False
    if not shaped:
        raise Invalid("procedure_day_shape", field=name)
