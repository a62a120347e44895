"""The long texts of one procedure in full: papers, steps, ways to hand in, conditions, legal basis; page by page.

For citizens in the chat, linked from the procedure's page where only the beginning stands there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask import Response, request

from handlers import answers, context
from handlers.citizen.procedure import found_of
from handlers.citizen.procedures import EDGE, base
from handlers.doors import anyone, pages
from handlers.excerpts import pages as dealt
from handlers.excerpts import pieces
from handlers.procedure_page import ways_in
from miniapp.core.clock import local_day
from miniapp.core.errors import NotFound
from miniapp.procedures.model import Procedure

texts = pages("procedure_texts", door=anyone, url_prefix="/<agency>/thu-tuc/<code>/toan-van")

EACH = 60  # letters that a line's own marks and figures are worth
PAGES_MOST = 3  # digits of a page's number


class Item(NamedTuple):
    """A piece of a long text: `text`, `case` (a heading), `paper`, `way` or `legal`, and how long it is."""

    kind: str
    value: Any
    length: int


@dataclass(frozen=True)
class FullPage:
    """A page of one section."""

    procedure: Procedure
    section: str
    items: Sequence[Item]
    number: int
    total: int
    earlier: str
    later: str


@texts.get("/<section>")
def full(agency: str, code: str, section: str) -> Response:
    """One section, a page of it."""
    found = found_of(code)
    made = SECTIONS.get(section)
    if made is None:
        raise NotFound("page_unknown")
    items = list(made(found))
    all_pages = dealt(items, [item.length for item in items])
    asked = request.args.get("trang", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= PAGES_MOST else 0
    if not 1 <= number <= len(all_pages):
        raise NotFound("page_unknown")
    here = f"/{code}/toan-van/{section}"
    page = FullPage(
        procedure=found,
        section=section,
        items=all_pages[number - 1],
        number=number,
        total=len(all_pages),
        earlier=base(here, trang=str(number - 1)) if number > 1 else "",
        later=base(here, trang=str(number + 1)) if number < len(all_pages) else "",
    )
    return answers.show("citizen/procedures/full.html", page, back=base(f"/{code}"), edge=EDGE)


def _papers(found: Procedure) -> Iterator[Item]:
    case = ""
    for paper in found.papers:
        if paper.case != case:
            case = paper.case
            yield Item("case", case, len(case))
        first, *more = pieces(paper.name)
        yield Item("paper", replace(paper, name=first), len(first) + EACH)
        yield from _split(more)


def _ways(found: Procedure) -> Iterator[Item]:
    for way in ways_in(found, local_day(context.services().clock.now())):
        words = sum(len(fee.line.words) + EACH for fee in way.fees)
        yield Item("way", way, len(way.channel.note) + len(way.channel.limit.words) + words)


def _legal(found: Procedure) -> Iterator[Item]:
    for one in found.legal:
        yield Item("legal", one, len(one.number) + len(one.title) + EACH)


def _split(long: Sequence[str]) -> Iterator[Item]:
    for text in long:
        for piece in pieces(text):
            yield Item("text", piece, len(piece))


SECTIONS: Mapping[str, Callable[[Procedure], Iterator[Item]]] = {
    "giay-to": _papers,
    "cach-nop": _ways,
    "trinh-tu": lambda found: _split(found.steps),
    "dieu-kien": lambda found: _split(found.conditions.splitlines()),
    "ket-qua": lambda found: _split([result.name for result in found.results]),
    "sai-sot": lambda found: _split(found.mistakes),
    "can-cu": _legal,
}
