"""Procedures laid out as the sheets of our own form, to be filled in and read again by `sheets`. For whoever exports.

What is read again is what was laid out. A list that is empty is a row of a code alone. A text too long for one row goes
on in the rows below it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from miniapp.core.cells import Table
from miniapp.core.plain import to_plain
from miniapp.procedures import sheet_words
from miniapp.procedures.model import Procedure
from miniapp.procedures.sheet_cells import Column
from miniapp.procedures.sheet_form import BARE, MAIN, Sheet, form

ROW_LONGEST = 16_000  # letters: a cell holds 32,767, and a line of CSV 65,536 with all its marks
CONTINUED = "\u2026"

Plain = Mapping[str, Any]


def tables(procedures: Iterable[Procedure]) -> list[Table]:
    """A table for each sheet of the form; without procedures, the empty form."""
    records: list[Plain] = [to_plain(one) for one in procedures]
    return [
        Table(
            sheet_words.title(sheet.field),
            [sheet_words.code_heading(), *(sheet_words.heading(sheet.field, key) for key, _ in sheet.headed())],
            [row for record in records for cells in _rows(sheet, record) for row in _fitted([record["code"], *cells])],
            {place: column.choices for place, (_, column) in enumerate(sheet.headed(), 1) if column.choices},
        )
        for sheet in form().values()
    ]


def _rows(sheet: Sheet, record: Plain) -> Iterator[list[str]]:
    if sheet.field == MAIN:
        yield _cells(sheet.columns, record)
        return
    items = record[sheet.field]
    if not items:
        yield []
    for item in items:
        own = _cells(sheet.columns, {BARE: item} if isinstance(item, str) else item)
        within = item[sheet.within] if sheet.within else []
        yield own + (_cells(sheet.more, within[0]) if within else [])
        yield from ([""] * len(own) + _cells(sheet.more, one) for one in within[1:])


def _cells(columns: Sequence[Column], item: Plain) -> list[str]:
    return [column.cell(item) for column in columns]


def _fitted(cells: Sequence[str]) -> Iterator[list[str]]:
    """The row, and as many below it as its texts need."""
    code, *rest = cells
    while sum(map(len, rest)) > ROW_LONGEST:
        left = ROW_LONGEST
        cuts: list[int] = []
        for one in rest:
            cuts.append(len(one) if len(one) <= left else _cut(one, left))
            left -= cuts[-1]
        yield [code, *(one[:cut] for one, cut in zip(rest, cuts, strict=True))]
        code, rest = CONTINUED, [one[cut:] for one, cut in zip(rest, cuts, strict=True)]
    yield [code, *rest]


def _cut(text: str, most: int) -> int:
    """Where a text is cut: between two letters, for spreadsheets lose blanks at the edge of a cell; 0: not here."""
    places = (at for at in range(most, 0, -1) if not text[at - 1].isspace() and not text[at].isspace())
    return next(places, most if most == ROW_LONGEST else 0)
