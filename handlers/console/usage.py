"""How much an agency is used: a span beside the one before it, day by day, by the agencies below; and as files.

For every officer of the agency. Nothing here tells of a person: figures are counts of lines that name nobody. Whoever took over
from an agency that ended reads its figures too, which stay what they were. How people rate is told elsewhere, by its own rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Response, request

from handlers import answers, context, downloads
from handlers.console import ratings_desk, spans
from handlers.console.agency import english, name_of
from handlers.console.spans import Choice, today
from handlers.doors import officers, pages
from handlers.usage_kinds import FIGURES
from miniapp.agencies.model import Agency
from miniapp.core.errors import NotFound
from miniapp.core.spans import Kind, Span
from miniapp.usage.figures import Line, course, parts, summary
from miniapp.usage.model import Day

usage = pages("console_usage", officers(may="statistics.read"), "/console/<agency>/thong-ke", "console")

COLUMNS, WORDS = "console/usage/_columns.txt", "console/usage/_words.html"
PARTS_MOST = 50  # on one page
FIRST = "visits"
Row = Sequence[object]


@dataclass(frozen=True)
class Asked:
    """Whose figures, of which span, and which of them is drawn."""

    of: Agency
    span: Span
    drawn: str

    @property
    def past(self) -> str:
        """The id of the agency of before whose figures these are; empty for the agency's own."""
        return "" if self.of.id == context.agency().id else self.of.id

    def address(self, below: str = "", **more: str) -> str:
        """A page or a file of the same."""
        return base(below, ky=self.span.code, ve=self.drawn, cua=self.past, **more)

    def drawing(self, figure: str) -> str:
        """The same page with another figure drawn."""
        return replace(self, drawn=figure).address() + "#dien-bien"

    @property
    def places(self) -> Sequence[str]:
        """What the span is told by: the days of a month, the months of what is longer."""
        return days_of(self.span) if self.span.kind is Kind.MONTH else self.span.months


@dataclass(frozen=True)
class Past:
    """An agency whose figures may be read here: this one, or one that it took over from."""

    name: str
    last_day: str
    address: str
    is_shown: bool


@dataclass(frozen=True)
class Part:
    """An agency right below with all that lay under it."""

    name: str
    figures: Mapping[str, int]


@dataclass(frozen=True)
class UsagePage:
    """The figures. `course`: each place of the span, what is drawn there, and at the same place of the span before."""

    asked: Asked
    lines: Sequence[Line]
    is_under_way: bool
    has_below: bool
    course: Sequence[tuple[str, int, int | None]]
    parts: Sequence[Part]
    left_out: int
    past: Sequence[Past]
    spans: Mapping[Kind, Sequence[Choice]]
    around: tuple[str, str]
    ratings: str
    action: str

    def file(self, list: str, kind: str) -> str:
        """What is shown, as a file."""
        return self.asked.address(f"/tep/{list}.{kind}")


@usage.get("")
def show(agency: str) -> Response:
    """A span of the agency, or of one that it took over from."""
    asked = _asked()
    days, before = _days(asked.of, asked.span), _days(asked.of, asked.span.before)
    below = _parts(asked)
    earlier, later = (replace(asked, span=span) for span in (asked.span.before, asked.span.following))
    page = UsagePage(
        asked=asked,
        lines=summary(days, _as_far(asked.span, before), FIGURES),
        is_under_way=asked.span.months[0] <= today()[:7] and today() < asked.span.last_day,
        has_below=any(day.below for day in days),
        course=_drawn(asked, days, before),
        parts=below[:PARTS_MOST],
        left_out=max(0, len(below) - PARTS_MOST),
        past=_past(asked),
        spans=spans.choices(asked.span),
        around=(earlier.address(), later.address() if later.span.months[0] <= today()[:7] else ""),
        ratings=_ratings(asked.span),
        action=base(),
    )
    return answers.show("console/usage/usage.html", page)


@usage.get('/tep/<any("tong-hop","dien-bien","don-vi"):list>.<any("csv","xlsx"):kind>')
def file(agency: str, list: str, kind: str) -> Response:
    """What is shown, as a list that a spreadsheet opens; every figure, and every agency below."""
    asked = _asked()
    macro, rows = LISTS[list]
    words = str(context.words().part(context.language(), COLUMNS, macro)).split("\n")
    header = [line.strip() for line in words if line.strip()]
    return downloads.answer(f"thong-ke-{list}-{asked.span.code.lower()}", kind, header, rows(asked))


def base(below: str = "", **said: str) -> str:
    """An address of these pages."""
    return spans.address(f"thong-ke{below}", said)


def days_of(span: Span) -> Sequence[str]:
    """Every day of a span."""
    first, last = date.fromisoformat(f"{span.months[0]}-01"), date.fromisoformat(span.last_day)
    return [(first + timedelta(place)).isoformat() for place in range((last - first).days + 1)]


def of_past(id: str) -> Agency:
    """The agency of the address, or one that it took over from; NotFound `page_unknown` for any other."""
    held = context.agency()
    if not id:
        return held
    found = [one for one in context.services().agencies.predecessors(held) if one.id == id]
    if not found:
        raise NotFound("page_unknown")
    return found[0]


def word(macro: str, *codes: object) -> str:
    """What a macro of these pages' words says, as text."""
    return str(context.words().part(context.language(), WORDS, macro, *codes).striptags()).strip()


def _asked() -> Asked:
    drawn = request.args.get("ve", FIRST)
    if drawn not in FIGURES:
        raise NotFound("page_unknown")
    return Asked(of_past(request.args.get("cua", "")), spans.asked(Kind.MONTH), drawn)


def _days(of: Agency, span: Span) -> list[Day]:
    return context.services().usage.days(of.id, f"{span.months[0]}-01", span.last_day)


def _as_far(span: Span, before: Sequence[Day]) -> list[Day]:
    """Of the span before so many days as have passed of this one; all of them once it is over."""
    if today() >= span.last_day:
        return list(before)
    passed = date.fromisoformat(today()) - date.fromisoformat(f"{span.months[0]}-01")
    last = date.fromisoformat(f"{span.before.months[0]}-01") + passed
    return [day for day in before if day.day <= last.isoformat()]


def _drawn(asked: Asked, days: Sequence[Day], before: Sequence[Day]) -> list[tuple[str, int, int | None]]:
    """What is drawn of each place, and at the same place of the span before; a month may have fewer days."""
    earlier = replace(asked, span=asked.span.before).places
    now, then = (course(held, places, FIGURES) for held, places in ((days, asked.places), (before, earlier)))
    return [
        (place, now[at][asked.drawn], then[at][asked.drawn] if at < len(then) else None)
        for at, place in enumerate(asked.places)
        if place <= today()[: len(place)]
    ]


def _parts(asked: Asked) -> list[Part]:
    """By name; of a month, since longer spans would read too much for a page: these are ordered as a file."""
    if asked.span.kind is not Kind.MONTH:
        return []
    services = context.services()
    found = parts(services.usage.parts(asked.of.id, f"{asked.span.code}-01", asked.span.last_day), FIGURES)
    tree = {one.id: one.name_en if english() else one.name for one in services.agencies.page(asked.of.id).children}
    named = [Part(tree.get(id) or _gone(id), figures) for id, figures in found.items()]
    return sorted(named, key=lambda part: part.name)


def _gone(id: str) -> str:
    """The name of an agency that the tree shows below this one no more."""
    held = context.services().agencies.find(id)
    return name_of(held) if held else id


def _past(asked: Asked) -> list[Past]:
    """This agency and those that it took over from; nothing to choose from where there are none."""
    held = context.agency()
    found = context.services().agencies.predecessors(held)
    if not found:
        return []
    return [
        Past(name_of(one), one.valid_to, replace(asked, of=one).address(), one.id == asked.of.id)
        for one in (held, *found)
    ]


def _ratings(span: Span) -> str:
    return ratings_desk.base(ky=span.code) if ratings_desk.may("ratings.read") else ""


def _summed(asked: Asked) -> list[Row]:
    before = _as_far(asked.span, _days(asked.of, asked.span.before))
    lines = summary(_days(asked.of, asked.span), before, FIGURES)
    return [(word("figure_words", one.name), one.own, one.whole, one.before) for one in lines]


def _course(asked: Asked) -> list[Row]:
    found = course(_days(asked.of, asked.span), asked.places, FIGURES)
    return [(place, *figures.values()) for place, figures in zip(asked.places, found, strict=True)]


def _below(asked: Asked) -> list[Row]:
    return [(part.name, *part.figures.values()) for part in _parts(asked)]


LISTS: Mapping[str, tuple[str, Callable[[Asked], list[Row]]]] = {
    "tong-hop": ("summary_columns", _summed),
    "dien-bien": ("course_columns", _course),
    "don-vi": ("part_columns", _below),
}
