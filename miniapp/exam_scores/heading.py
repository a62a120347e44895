"""Where the table begins: below title lines, and in a workbook on the sheets that are tables.

For the gathering. A header is a row that names the number column, within the first rows of a sheet. Sheets before the
first one with a header are covers; later ones are more of the same table, with the same header or with none. What looks
like a candidate above a header is handed on, never dropped without a word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from miniapp.core.chunks import Chunk
from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_key
from miniapp.exam_scores.columns import looks_like_header
from miniapp.exam_scores.findings import Findings
from miniapp.exam_scores.surveying import survey

HEADER_WITHIN = 30
STRAYS_MOST = 1_000


@dataclass
class Heading:
    """The first header: its chunk and place, and rows of the sheets before it that hold a candidate number."""

    chunk: Chunk
    place: int
    strays: list[tuple[str, int, list[str]]] = field(default_factory=list)

    @property
    def cells(self) -> list[str]:
        """The header's words."""
        return header_cells(self.chunk, self.place)


def header_cells(chunk: Chunk, place: int) -> list[str]:
    """A row as header words, without the empty cells at its end."""
    cells = [cell.strip().lstrip("\ufeff") for cell in chunk.rows[place]]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def header_place(chunk: Chunk) -> int:
    """Which row of a sheet's first chunk is its header; -1 when none is."""
    return next((at for at, cells in enumerate(chunk.rows[:HEADER_WITHIN]) if looks_like_header(cells)), -1)


def is_same_header(cells: list[str], names: Iterable[str]) -> bool:
    """Whether two headers name the same columns in the same order."""
    return [folded_key(cell) for cell in cells] == [folded_key(name) for name in names]


def find_heading(stream: Iterator[Chunk], number: re.Pattern[str], findings: Findings) -> Heading:
    """Take chunks up to the first header. Without one, every defect is added to `findings` and Invalid says the reason:
    `file_empty`, `no_header`, `no_number_column`, `no_separator`."""
    above = _Above(stream, number)
    aside = Findings()
    reason = survey(above, aside)
    if above.found is not None:
        return above.found
    findings.take_over(aside)
    if not above.seen:
        raise Invalid("file_empty")
    raise Invalid(reason)


class _Above:
    """The chunks before the first header; the header itself is kept."""

    def __init__(self, stream: Iterator[Chunk], number: re.Pattern[str]) -> None:
        self._stream = stream
        self._number = number
        self.found: Heading | None = None
        self.seen = 0

    def __iter__(self) -> Iterator[Chunk]:
        strays: list[tuple[str, int, list[str]]] = []
        sheet: str | None = None
        for chunk in self._stream:
            self.seen += 1
            place = header_place(chunk) if chunk.sheet != sheet else -1
            sheet = chunk.sheet
            if place >= 0:
                self.found = Heading(chunk, place, strays)
                return
            if chunk.ragged and len(strays) < STRAYS_MOST:  # only a workbook has a sheet after this one
                strays += self._numbered(chunk)
            yield chunk

    def _numbered(self, chunk: Chunk) -> Iterator[tuple[str, int, list[str]]]:
        for row, cells in enumerate(chunk.rows, chunk.first):
            if any(self._number.match(cell.strip()) for cell in cells):
                yield chunk.sheet, row, cells
