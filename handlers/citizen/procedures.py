"""Finding a procedure: the question, what it found and why, life events, and what to do when nothing fits.

For citizens in the chat. A search reads memory and nothing else, is not kept anywhere, and never comes out of a shared
cache: what people type may say who they are. Only how it went is counted, by a line of the log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context, forms
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem
from miniapp.agencies.model import HOTLINE, Agency, Service
from miniapp.core.errors import NotFound
from miniapp.core.folding import clean
from miniapp.procedures.finding import LONGEST, MOST, SEARCHED, Found, Hit
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Channel, Online, Procedure, Way
from miniapp.procedures.reading import Via
from miniapp.procedures.searching import SHOWN, Reason

procedures = pages("procedures", door=anyone, url_prefix="/<agency>/thu-tuc")

EDGE = "public, max-age=30, s-maxage=60"  # the same for everybody, and a minute old at most
REASONS = 2
FAR = 0.35  # of the best match's score: what is below comes when more is asked for
FEWEST = 3
ANCHORS = frozenset({"papers", "time", "fee", "place", "steps", "conditions", "result"})


@dataclass(frozen=True)
class Row:
    """One procedure of a list: what it is, how long it takes, what it costs, and why it was found."""

    name: str
    address: str
    code: str
    field: str
    levels: Sequence[Level]
    channel: Channel | None
    online: Online
    reasons: Sequence[Reason] = ()
    events: Sequence[str] = ()


@dataclass(frozen=True)
class EventLink:
    """A life event, and where its procedures are listed."""

    code: str
    address: str


@dataclass(frozen=True)
class SearchPage:
    """A question, or the start: life events."""

    query: str
    action: str
    most: int
    hotline: str
    events: Sequence[EventLink]
    rows: Sequence[Row] = ()
    found: Found | None = None
    more: str = ""
    suggestions: Sequence[tuple[str, str]] = ()
    pick: str = ""
    miss: str = ""
    token: str = ""
    problems: Sequence[FieldProblem] = ()
    sent: bool = False  # what was searched in vain has been told


@dataclass(frozen=True)
class EventPage:
    """The procedures of one life event, in the order in which they are done."""

    event: str
    rows: Sequence[Row]


def agency_of() -> Agency:
    """The agency of this request, if its procedures are open to citizens; NotFound `service_closed` otherwise."""
    held = context.agency()
    held.require(Service.PROCEDURES)
    return held


def base(below: str = "", **asked: str) -> str:
    """An address of the agency's procedures, in this request's language."""
    kept = {name: value for name, value in asked.items() if value}
    if context.language() == "en":
        kept["lang"] = "en"
    query = f"?{urlencode(kept)}" if kept else ""
    return f"/{context.agency().address}/thu-tuc{below}{query}"


@procedures.get("")
def search(agency: str) -> Response:
    """The start, a question's answer, or a life event."""
    held = agency_of()
    event = request.args.get("viec", "")
    if event:
        return _of_event(held, event)
    query = clean(request.args.get("q", ""))[:LONGEST]
    if not query:
        back = f"/{agency}/{context.suffix()}"
        return answers.show("citizen/procedures/search.html", _start(held), back=back, edge=EDGE, index=True)
    page = _answer(held, query)
    if page.found and not (
        page.found.is_empty or "xem" in request.args or page.sent
    ):  # the same search, looked at again
        SEARCHED.tell(held.id, outcome=page.found.outcome)
    return answers.show("citizen/procedures/search.html", page, back=base())


def again(query: str, problems: Sequence[FieldProblem]) -> Response:
    """The search as it was asked, when a form on it could not be taken."""
    held, typed = agency_of(), query[:LONGEST]
    page = replace(_answer(held, typed) if typed else _start(held), problems=problems)
    return answers.show("citizen/procedures/search.html", page, back=base(), status=422, wrong=True)


def _start(held: Agency, query: str = "") -> SearchPage:
    finder = context.services().finder
    return SearchPage(
        query=query,
        action=f"/{held.address}/thu-tuc",
        most=LONGEST,
        hotline=held.hotline or HOTLINE,
        events=[EventLink(event, base(viec=event)) for event in finder.events(held.id)],
    )


def _answer(held: Agency, query: str) -> SearchPage:
    wanted = request.args.get("xem", "")
    most = min(int(wanted), MOST) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 3 else SHOWN
    found = context.services().finder.find(held.id, query, held.kind, max(most, 1))
    near = found.hits if wanted else _near(found.hits)
    start = _start(held, query)
    meant = found.answer.events
    return SearchPage(
        query=query,
        action=start.action,
        most=start.most,
        hotline=start.hotline,
        events=[one for one in start.events if one.code in meant] if not found.is_doubtful else start.events,
        rows=[_hit_row(hit, found, near[0]) for hit in near],
        found=found,
        more=base(q=query, xem=str(MOST)) if (found.has_more or len(near) < len(found.hits)) and most < MOST else "",
        suggestions=[(text, base(q=text)) for text in found.answer.suggestions],
        pick=base("/chon"),
        miss=base("/khong-thay"),
        token=forms.fresh_token() if found.is_doubtful else "",
        sent=request.args.get("da-gui") == "1",
    )


def _of_event(held: Agency, event: str) -> Response:
    found = context.services().finder.of_event(held.id, event)
    if not found:
        raise NotFound("life_event_unknown", event=event)
    page = EventPage(event, [row(one) for one in found])
    return answers.show("citizen/procedures/event.html", page, back=base())


def _near(hits: Sequence[Hit]) -> Sequence[Hit]:
    """The matches that are nearly as good as the best, and a few more."""
    return [hit for at, hit in enumerate(hits) if at < FEWEST or hit.match.score >= FAR * hits[0].match.score]


def _telling(reasons: Sequence[Reason], best: Sequence[Reason]) -> Sequence[Reason]:
    """Of the reasons those that meet most words; one word alone tells little beside several. Of what a phrase stands for in
    the best match, a part is no other name for it: it is told as words of the name."""
    whole = {one.typed: len(one.met.split()) for one in best if one.via is Via.SYNONYM}
    ordered = sorted(reasons, key=lambda reason: -len(reason.met.split()))
    told = [one for at, one in enumerate(ordered) if not at or " " in one.met][:REASONS]
    return [replace(one, via=Via.EXACT) if len(one.met.split()) < whole.get(one.typed, 0) else one for one in told]


def _hit_row(hit: Hit, found: Found, best: Hit) -> Row:
    wanted = next((section for section in found.answer.sections if section in ANCHORS), "")
    return row(
        hit.procedure, _telling(hit.match.reasons, best.match.reasons), hit.match.events, f"#{wanted}" if wanted else ""
    )


def row(one: Procedure, reasons: Sequence[Reason] = (), events: Sequence[str] = (), anchor: str = "") -> Row:
    """A procedure as a line of a list; the desk's time and fee stand for it, where there is a desk."""
    ordered = sorted(one.channels, key=lambda channel: list(Way).index(channel.way))
    desk = next((channel for channel in ordered if channel.way is Way.DESK), None)
    channel = desk or next(iter(ordered), None)
    address = base(f"/{one.code}") + anchor
    return Row(one.name, address, one.code, one.field, one.levels, channel, one.online, reasons, events)
