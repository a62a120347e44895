"""How well an agency serves: what came in, what was late, what people say, quarter by quarter. For everybody.

What is shown was published once and never changes, so shared caches may keep it. Beside each figure stand its formula and
of how many it is; what is withheld says so and why. The files are those that were signed, byte by byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context
from handlers.doors import anyone, pages
from miniapp.agencies.model import Service
from miniapp.core.clock import local_day
from miniapp.core.errors import NotFound

if TYPE_CHECKING:  # only whoever reads figures pays for what makes them
    from miniapp.quality.files import Issue
    from miniapp.quality.sets import Split
    from miniapp.ratings.figures import Interval

quality = pages("quality", door=anyone, url_prefix="/<agency>/chat-luong")

KEPT = "public, max-age=600"
FOR_GOOD = "public, max-age=86400"
ENOUGH = 30  # ballots for an interval; under it a share says little
TIMED = ("early", "on_time", "late")
ENDED = (*TIMED, "untimed", "refused", "withdrawn", "stopped")


@dataclass(frozen=True)
class Choice:
    """One link to a period; `number` is its quarter, 0 for a year."""

    year: int
    number: int
    address: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """A period that is out. A count that is None is withheld; `tallest` is the largest of those that are told."""

    issue: Issue
    choice: Choice
    total: int | None
    ended: Sequence[tuple[str, int | None]]
    tallest: int
    in_time: Split | None
    refusals: Mapping[str, int]
    rated: int | None
    interval: Interval | None
    files: Sequence[tuple[str, str]]
    licence: str
    least: int


@dataclass(frozen=True)
class QualityPage:
    """The chosen period, the way to the others, and which comes next and when."""

    periods: Sequence[Choice]
    chosen: Shown | None
    next_year: int
    next_number: int
    next_day: str
    keys: str


@quality.get("")
def newest(agency: str) -> Response:
    """The newest period, or when the first one comes."""
    return _show("")


@quality.get("/<period>")
def one(agency: str, period: str) -> Response:
    """One period."""
    return _show(period)


@quality.get("/<period>/<name>")
def file(agency: str, period: str, name: str) -> Response:
    """One file of a period, as it was signed."""
    from miniapp.quality.files import KINDS

    held = context.agency()
    held.require(Service.QUALITY)
    body = context.services().quality.file(held.id, period.upper(), name)
    attached = f'attachment; filename="{name}"'  # the name that the manifest knows it by
    return answers.plain(body, 200, KINDS[name], FOR_GOOD, Content_Disposition=attached)


def _show(period: str) -> Response:
    held = context.agency()
    held.require(Service.QUALITY)
    services = context.services()
    out = services.quality.out(held.id)
    wanted = [issue for issue in out if not period or issue.period.lower() == period]
    if period and not wanted:
        raise NotFound("quality_period_unknown")
    base = f"/{held.address}/chat-luong"
    chosen = wanted[0] if wanted else None
    coming = services.quality.coming(local_day(services.clock.now()))
    page = QualityPage(
        [_choice(issue, base, issue is chosen) for issue in out],
        _shown(chosen, base) if chosen else None,
        coming.year,
        coming.number,
        coming.published_from,
        "/.well-known/jwks.json",
    )
    back = f"/{held.address}/{context.suffix()}"
    return answers.show("citizen/quality/quality.html", page, back=back, edge=KEPT, index=not period)


def _choice(issue: Issue, base: str, current: bool) -> Choice:
    year, _, number = issue.period.partition("-Q")
    return Choice(int(year), int(number or 0), f"{base}/{issue.period.lower()}{context.suffix()}", current)


def _shown(issue: Issue, base: str) -> Shown:
    from miniapp.quality.files import KINDS, LICENCE
    from miniapp.quality.sets import outcomes, refusals
    from miniapp.ratings.bounds import BOUNDS

    told = issue.told
    ended = outcomes(told.dossiers)
    lines = [(name, ended[name]) for name in ENDED if ended.get(name) != 0] if ended else []
    files = [(name, f"{base}/{issue.period.lower()}/{name}") for name in KINDS]
    return Shown(
        issue,
        _choice(issue, base, True),
        None if told.dossiers.silent else told.dossiers.find(("", "", "")),
        lines,
        max((count for _, count in lines if count), default=1),
        _in_time(ended),
        refusals(told.dossiers),
        None if told.ballots.silent else told.ballots.find(("", "")),
        _interval(told.satisfied),
        files,
        LICENCE,
        BOUNDS.public_from,
    )


def _in_time(ended: Mapping[str, int | None]) -> Split | None:
    """Of what was finished and had an appointment, what was not late; None where a part of it is withheld."""
    from miniapp.quality.sets import Split

    counts = [ended.get(name) for name in TIMED]
    if None in counts or not any(counts):
        return None
    early, on_time, late = (count or 0 for count in counts)
    return Split(early + on_time, early + on_time + late)


def _interval(satisfied: Split | None) -> Interval | None:
    from miniapp.ratings.figures import wilson

    return wilson(satisfied.part, satisfied.whole) if satisfied and satisfied.whole >= ENOUGH else None
