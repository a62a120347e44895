"""What the page of one procedure shows: for citizens at its address, and for officers who try a change before it is kept.

The beginnings of its texts, the fees of a day, what papers stand under which heading, and the question when it is ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from handlers import context, procedure_due
from handlers.excerpts import Beginning, beginning, opening
from handlers.forms import FieldProblem
from handlers.where import Place, place_of
from miniapp.agencies.model import Agency
from miniapp.core.clock import local_day
from miniapp.core.errors import Unavailable
from miniapp.core.workdays import Calendar
from miniapp.procedures.model import Channel, FeeLine, LegalBasis, Online, Paper, Procedure, Result
from miniapp.procedures.personal import is_personal

# Letters that stand on the page itself; what is longer goes on under an address of its own.
PAPERS, STEPS, CONDITIONS, CHANNELS, LEGAL, RESULTS, MISTAKES = 7_000, 5_000, 2_000, 4_000, 1_500, 800, 1_500
PORTAL = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html"  # domain 4.1
COPIES_MOST = 99


@dataclass(frozen=True)
class Fee:
    """A line of a fee, and what several of what it counts cost together."""

    line: FeeLine
    is_now: bool
    copies: int
    total: int | None


@dataclass(frozen=True)
class WayIn:
    """One way to hand in, with the fees that are asked now and those to come."""

    at: int
    channel: Channel
    fees: Sequence[Fee]


@dataclass(frozen=True)
class PaperGroup:
    """Papers under one heading: for whom, or when."""

    case: str
    papers: Sequence[tuple[int, Paper]]


@dataclass(frozen=True)
class ProcedurePage:
    """Everything the page of one procedure shows."""

    procedure: Procedure
    agency: Agency
    is_stale: bool
    ways: Beginning[WayIn]
    papers: Sequence[PaperGroup]
    papers_left: int
    steps: Beginning[str]
    conditions: Beginning[str]
    results: Beginning[Result]
    legal: Beginning[LegalBasis]
    mistakes: Beginning[str]
    due: procedure_due.Question
    problems: Sequence[FieldProblem]
    limited: Sequence[WayIn]
    counted: bool
    copies: str
    copies_problem: FieldProblem | None
    address: str
    portal: str
    place: Place
    calendar_is_own: bool  # False: what the law says, while the agency's own days can't be read
    checklist: str


def page_of(held: Agency, found: Procedure, asked: Mapping[str, str], base: str, day: str = "") -> ProcedurePage:
    """The page of a procedure on a day (today), with what its address asks; `base` is the agency's search."""
    now = context.services().clock.now()
    today = day or local_day(now)
    copies, copies_problem = _copies(asked.get("so-ban", ""))
    ways = ways_in(found, today, copies)
    papers = beginning(found.papers, [len(one.name) + len(one.case) + 40 for one in found.papers], PAPERS)
    legal = beginning(found.legal, [len(one.title) + len(one.number) for one in found.legal], LEGAL)
    limited = [way for way in ways if way.channel.limit.amount]
    calendar, is_own = _calendar(held.id)
    due = procedure_due.ask(asked, [(way.at, way.channel) for way in limited], calendar, now)
    more = context.suffix()
    return ProcedurePage(
        procedure=found,
        agency=held,
        is_stale=found.is_stale(date.fromisoformat(today)),
        ways=beginning(ways, [_length(way.channel) for way in ways], CHANNELS),
        papers=_groups(papers.shown),
        papers_left=papers.left,
        steps=opening(found.steps, STEPS),
        conditions=opening(found.conditions.splitlines(), CONDITIONS),
        results=beginning(found.results, [len(one.name) for one in found.results], RESULTS),
        legal=legal,
        mistakes=opening(found.mistakes, MISTAKES),
        due=due,
        problems=[*due.problems, *([copies_problem] if copies_problem else [])],
        limited=limited,
        counted=any(fee.line.unit and fee.line.amount for way in ways for fee in way.fees),
        copies=asked.get("so-ban", "")[:4],
        copies_problem=copies_problem,
        address=f"{base}/{found.code}{more}",
        portal=_portal(found),
        place=place_of(held, calendar, found.address),
        calendar_is_own=is_own,
        checklist=f"{base}/{found.code}/giay-to{more}" if found.is_open and is_personal(found) else "",
    )


def _calendar(agency: str) -> tuple[Calendar, bool]:
    """The agency's working calendar; the law's where the agency's can't be read now, for a page is worth more."""
    try:
        return context.services().calendars.of(agency), True
    except Unavailable:
        return Calendar(), False


def ways_in(found: Procedure, today: str, copies: int = 1) -> list[WayIn]:
    """Every way to hand in, with the fees of a day."""
    return [WayIn(at, channel, _fees(channel, today, copies)) for at, channel in enumerate(found.channels)]


def _groups(papers: Sequence[Paper]) -> list[PaperGroup]:
    """Papers under their headings, each heading once, in the order of the record."""
    groups: dict[str, list[tuple[int, Paper]]] = {}
    for at, paper in enumerate(papers):
        groups.setdefault(paper.case, []).append((at, paper))
    return [PaperGroup(case, held) for case, held in groups.items()]


def _fees(channel: Channel, today: str, copies: int) -> list[Fee]:
    """What is asked now and what will be; what is over is not shown."""
    fees = []
    for line in channel.fees:
        if line.valid_to and line.valid_to < today:
            continue
        counts = bool(line.unit and line.amount and copies > 1)
        fees.append(Fee(line, line.holds(today), copies, (line.amount or 0) * copies if counts else None))
    return fees


def _copies(typed: str) -> tuple[int, FieldProblem | None]:
    """How many copies were asked for, or what is wrong with that."""
    text = typed.strip()
    if not text:
        return 1, None
    if text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= COPIES_MOST:
        return int(text), None
    return 1, FieldProblem("so-ban", "copies_shape")


def _portal(found: Procedure) -> str:
    """Where it is handed in online; the national portal is the one window (domain 4.1)."""
    if found.online is Online.NONE:
        return ""
    return found.portal or f"{PORTAL}?{urlencode({'ma_thu_tuc': found.code})}"


def _length(channel: Channel) -> int:
    return len(channel.note) + len(channel.limit.words) + sum(len(fee.words) for fee in channel.fees)
