"""What a dossier counts as: when it came in, when and how it ended. For figures, and for the recount that proves them.

A dossier is told in one line without who asked. Figures are folds over lines, so they are exact by what they are made of.
`lines_of` a dossier and `told_by` its events are two ways to the same line; `recounting` compares them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from miniapp.core.clock import local_day
from miniapp.dossiers.events import Event, Happened
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.states import DONE, Lateness, Status

NOT_SAID = "-"  # a procedure or a unit that nobody named
MONTH = len("2026-11")


class Outcome(StrEnum):
    """How a dossier ended."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    UNTIMED = "untimed"  # finished, and by the law no moment was set
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


FINISHED = frozenset({Outcome.EARLY, Outcome.ON_TIME, Outcome.LATE, Outcome.UNTIMED})
_ENDED = {
    Status.NOT_RECEIVED: Outcome.REFUSED,
    Status.WITHDRAWN: Outcome.WITHDRAWN,
    Status.STOPPED: Outcome.STOPPED,
}
_HAPPENED = {
    Happened.REFUSED: Outcome.REFUSED,
    Happened.WITHDRAWN: Outcome.WITHDRAWN,
    Happened.STOPPED: Outcome.STOPPED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier as figures see it; days are those of Vietnam, what has not happened is empty."""

    code: str
    procedure: str
    unit: str  # the post that had it
    came: str
    received: str
    ended: str
    outcome: str
    article: str  # by which law it was refused or stopped
    due: datetime | None


def line_of(dossier: Dossier) -> Line:
    """A dossier as it stands."""
    return Line(
        str(dossier.code),
        dossier.procedure or NOT_SAID,
        dossier.post or NOT_SAID,
        local_day(dossier.filed_at),
        _day(dossier.received_at),
        _day(dossier.ended_at),
        _outcome(dossier),
        _plain(dossier.ground.article) if dossier.ground else "",
        dossier.due,
    )


def told_by(dossier: Dossier, events: Sequence[Event]) -> Line:
    """The same told by what happened: of the dossier itself only what no event tells."""
    days = {event.what: local_day(event.at) for event in events}
    ended, outcome, article = "", "", ""
    for event in events:
        if event.what is Happened.FINISHED:
            late = event.facts.get("lateness")
            ended, outcome = local_day(event.at), str(late) if late else Outcome.UNTIMED.value
        elif event.what in _HAPPENED:
            ended, outcome = local_day(event.at), _HAPPENED[event.what].value
            article = _plain(str(event.facts.get("article") or ""))
    came, received = days.get(Happened.FILED, ""), days.get(Happened.RECEIVED, "")
    place = (dossier.procedure or NOT_SAID, dossier.post or NOT_SAID)
    return Line(str(dossier.code), *place, came or received, received, ended, outcome, article, dossier.due)


Key = tuple[str, str, str]  # month, procedure, unit


def by_month(lines: Iterable[Line]) -> Mapping[Key, Counter[str]]:
    """What came, was received and ended, by month, procedure and unit; refusals by their article too."""
    found: dict[Key, Counter[str]] = {}

    def add(day: str, line: Line, *names: str) -> None:
        if day:
            found.setdefault((day[:MONTH], line.procedure, line.unit), Counter()).update(names)

    for line in lines:
        add(line.came, line, "came")
        add(line.received, line, "received")
        refused = [f"refused.{line.article}"] if line.outcome == Outcome.REFUSED else []
        add(line.ended, line, line.outcome, *refused)
    return found


@dataclass(frozen=True)
class Measured:
    """A span of days: what ended in it by outcome, procedure and unit, and what was open before and after it."""

    ended: Mapping[tuple[str, ...], int]
    open_before: int
    open_after: int
    late_open: int  # of those open after it, the ones whose appointment was over by then


def measured(lines: Iterable[Line], first: str, last: str, end: datetime) -> Measured:
    """A span from one day to another, both in it; `end` is the first moment behind it."""
    ended: Counter[tuple[str, ...]] = Counter()
    before = after = late = 0
    for line in lines:
        if line.ended and first <= line.ended <= last:
            ended[outcome_node(line), line.procedure, line.unit] += 1
        before += line.came < first and not ("" < line.ended < first)
        is_open = line.came <= last and not ("" < line.ended <= last)
        after += is_open
        late += is_open and line.due is not None and line.due < end
    return Measured(dict(ended), before, after, late)


def outcome_node(line: Line) -> str:
    """The finest name of how it ended: a refusal says by which article."""
    return f"{Outcome.REFUSED}:{line.article}" if line.outcome == Outcome.REFUSED else line.outcome


def _outcome(dossier: Dossier) -> str:
    if dossier.status in DONE and dossier.ended_at is not None:
        late: Lateness | None = dossier.lateness(dossier.ended_at)
        return late.value if late else Outcome.UNTIMED.value
    return _ENDED[dossier.status].value if dossier.status in _ENDED else ""


def _day(moment: datetime | None) -> str:
    return local_day(moment) if moment else ""


def _plain(article: str) -> str:
    """An article as it is compared: officers type it with more or fewer spaces."""
    return " ".join(article.split())
