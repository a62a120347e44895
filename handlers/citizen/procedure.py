"""One procedure: what to bring, what it costs, when it is ready, where to go.

For citizens in the chat. Nothing is kept of whoever looks. The page is the same for everybody until somebody asks it for
a day or an amount, so shared caches may keep it for a minute. Long texts go on at an address of their own
(`procedure_texts`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context
from handlers.citizen import procedure_due
from handlers.citizen.procedures import EDGE, agency_of, base
from handlers.doors import anyone, pages
from handlers.excerpts import Beginning, beginning, opening
from handlers.forms import FieldProblem
from miniapp.agencies.model import HOTLINE, Agency
from miniapp.core.clock import local_day
from miniapp.core.errors import Invalid, NotFound, Unavailable
from miniapp.core.workdays import Calendar, Hours
from miniapp.procedures.model import Channel, FeeLine, LegalBasis, Online, Paper, Procedure, Result, national_code
from miniapp.procedures.personal import is_personal

procedure = pages("procedure", door=anyone, url_prefix="/<agency>/thu-tuc/<code>")

# Letters that stand on the page itself; what is longer goes on under an address of its own.
PAPERS, STEPS, CONDITIONS, CHANNELS, LEGAL, RESULTS, MISTAKES = 7_000, 5_000, 2_000, 4_000, 1_500, 800, 1_500
PORTAL = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html"  # domain 4.1
MAP = "https://www.google.com/maps/search/"
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
    hotline: str
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
    map: str
    hours: Hours
    calendar_is_own: bool  # False: what the law says, while the agency's own days can't be read
    checklist: str


@procedure.get("")
def one(agency: str, code: str) -> Response:
    """The procedure; a local variant of its code leads to the one address it has."""
    held = agency_of()
    try:
        national = national_code(code)
    except Invalid:
        raise NotFound("procedure_unknown", procedure=code[:20]) from None
    if national != code:
        return answers.see(base(f"/{national}"), 301)
    page = _page(held, found_of(code))
    wrong = bool(page.problems)
    status = 422 if wrong else 200
    shown = "citizen/procedures/one.html"
    return answers.show(shown, page, back=base(), edge=EDGE, status=status, wrong=wrong, index=True)


def found_of(code: str) -> Procedure:
    """A procedure of this request's agency, by its canonical code; NotFound `procedure_unknown`, `service_closed`."""
    return context.services().catalogue.get(agency_of().id, code).procedure


def _page(held: Agency, found: Procedure) -> ProcedurePage:
    services = context.services()
    now = services.clock.now()
    today = local_day(now)
    copies, copies_problem = _copies(request.args.get("so-ban", ""))
    ways = ways_in(found, today, copies)
    papers = beginning(found.papers, [len(one.name) + len(one.case) + 40 for one in found.papers], PAPERS)
    legal = beginning(found.legal, [len(one.title) + len(one.number) for one in found.legal], LEGAL)
    limited = [way for way in ways if way.channel.limit.amount]
    calendar, is_own = _calendar(held.id)
    due = procedure_due.ask(request.args, [(way.at, way.channel) for way in limited], calendar, now)
    return ProcedurePage(
        procedure=found,
        agency=held,
        hotline=held.hotline or HOTLINE,
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
        copies=request.args.get("so-ban", "")[:4],
        copies_problem=copies_problem,
        address=base(f"/{found.code}"),
        portal=_portal(found),
        map=f"{MAP}?{urlencode({'api': 1, 'query': found.address or held.name})}",
        hours=calendar.hours,
        calendar_is_own=is_own,
        checklist=base(f"/{found.code}/giay-to") if found.is_open and is_personal(found) else "",
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
