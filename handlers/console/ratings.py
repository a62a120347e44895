"""How satisfied people are with an agency: a span beside the one before it, by unit, procedure and officer; and as files.

For every officer of the agency. Of officers each sees himself, who leads sees all. A figure that may not be shown is not
on the page and in no file; beside each that is stands its formula."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response, request

from handlers import answers, context, downloads
from handlers.console import dossiers, spans
from handlers.console import ratings_desk as desk
from handlers.console.ratings_desk import AXES, Asked
from handlers.console.spans import Choice
from handlers.doors import officers, pages
from handlers.formats import NO_BREAK, percent
from miniapp.core.spans import Kind
from miniapp.ratings.figures import WHOLE, Figure
from miniapp.ratings.overview import Part
from miniapp.ratings.reading import Board
from miniapp.ratings.rolled import By

ratings = pages("console_ratings", officers(may="ratings.read"), desk.PREFIX, "console")

PARTS_MOST = 25  # on one page
DRAWN_MOST = 10
COLUMNS = "console/ratings/_columns.txt"
Row = Sequence[object]


@dataclass(frozen=True)
class DashboardPage:
    """The dashboard. `names` by node; `axes` are the other ways to tell the whole apart, by their words in addresses."""

    asked: Asked
    board: Board
    parts: Sequence[Part]
    names: Mapping[str, str]
    axes: Mapping[str, str]
    spans: Mapping[Kind, Sequence[Choice]]
    around: tuple[str, str]
    pages: tuple[str, str]
    is_own: bool
    words: str
    report: str
    counters: str
    apart: str
    again: str
    drawn: int
    action: str

    def file(self, chart: str, kind: str) -> str:
        """What is drawn, as a file."""
        return self.asked.address(f"/tep/{chart}.{kind}")


@ratings.get("")
def show(agency: str) -> Response:
    """A span of the agency, told apart."""
    asked = desk.asked()
    board = _board(asked)
    place = _place(len(board.parts))
    some = board.parts[place * PARTS_MOST : (place + 1) * PARTS_MOST]
    is_last = (place + 1) * PARTS_MOST >= len(board.parts)
    before, after = (replace(asked, span=span) for span in (asked.span.before, asked.span.following))
    page = DashboardPage(
        asked=asked,
        board=board,
        parts=some,
        names=desk.names(asked.by, [part.node for part in some]),
        axes={word: asked.by_axis(word) for word in AXES},
        spans=spans.choices(asked.span),
        around=(before.address(), after.address() if after.span.months[0] <= spans.today()[:7] else ""),
        pages=(_page_at(asked, place - 1) if place else "", "" if is_last else _page_at(asked, place + 1)),
        is_own=bool(desk.own()) and asked.by is By.OFFICER,
        words=desk.base("/y-kien", ky=asked.span.code) if desk.may("ratings.answer") else "",
        report=desk.base("/bao-cao", ky=asked.span.code),
        counters=desk.base("/quay"),
        apart=desk.base("/de-rieng", ky=asked.span.code) if desk.may("ratings.review") else "",
        again=dossiers.base("/xem-lai") if desk.may("dossiers.approve") else "",
        drawn=DRAWN_MOST,
        action=desk.base(),
    )
    return answers.show("console/ratings/dashboard.html", page)


@ratings.get('/tep/<any("muc-do","ly-do","dien-bien","so-sanh"):chart>.<any("csv","xlsx"):kind>')
def file(agency: str, chart: str, kind: str) -> Response:
    """What is drawn, as a list that a spreadsheet opens."""
    asked = desk.asked()
    header = str(context.words().part(context.language(), COLUMNS, CHARTS[chart][0])).split("\n")
    header = [line.strip() for line in header if line.strip()]
    name = f"danh-gia-{chart}-{asked.span.code.lower()}"
    return downloads.answer(name, kind, header, CHARTS[chart][1](_board(asked), asked))


def _board(asked: Asked) -> Board:
    board = context.services().rating_figures.board(context.agency().id, asked.span, asked.by)
    own = desk.own()
    if own and asked.by is By.OFFICER:
        return replace(board, parts=[part for part in board.parts if part.node == own])
    return board


def _place(length: int) -> int:
    """Which page of the parts is asked for, from 0; one that there is not is the first."""
    given = request.args.get("trang", "")
    place = int(given) - 1 if given.isascii() and given.isdigit() and len(given) < 5 else 0
    return place if 0 <= place * PARTS_MOST < length else 0


def _page_at(asked: Asked, place: int) -> str:
    return asked.address(trang=str(place + 1)) + "#phan"


def _levels(board: Board, asked: Asked) -> list[Row]:
    counted = board.whole.part.counted or 0
    return [
        (desk.word("level_words", level), often, percent(often / counted, 2))
        for level, often in board.whole.levels.items()
    ]


def _reasons(board: Board, asked: Asked) -> list[Row]:
    return [
        (desk.word("reason_words", reason), desk.word("few_words") if often is None else often)
        for reason, often in board.whole.reasons.items()
    ]


def _course(board: Board, asked: Asked) -> list[Row]:
    return [(part.node, *_told(part)) for part in board.course]


def _parts(board: Board, asked: Asked) -> list[Row]:
    names = desk.names(asked.by, [part.node for part in board.parts])
    unnamed = desk.word("unnamed_words", asked.by)
    rows: list[Row] = []
    for part in board.parts:
        before, change = _shown(part.before), desk.word("change_words", part.change)
        rows.append((names.get(part.node, part.node) or unnamed, *_told(part), before, change))
    return rows


def _told(part: Part) -> Row:
    """A part's figures; one that is not shown is a dash."""
    low, high = (
        (percent(part.satisfied.interval.low / WHOLE, 2), percent(part.satisfied.interval.high / WHOLE, 2))
        if part.satisfied.interval
        else ("–", "–")
    )
    counted = "–" if part.counted is None else part.counted
    return (counted, _shown(part.satisfied), low, high, _shown(part.response), part.apart)


def _shown(figure: Figure) -> str:
    return "–" if figure.share is None else percent(figure.share / WHOLE, 2).replace(NO_BREAK, " ")


CHARTS: Mapping[str, tuple[str, Callable[[Board, Asked], list[Row]]]] = {
    "muc-do": ("level_columns", _levels),
    "ly-do": ("reason_columns", _reasons),
    "dien-bien": ("course_columns", _course),
    "so-sanh": ("part_columns", _parts),
}
