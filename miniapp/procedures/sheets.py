"""Our own form as sheets, a workbook or CSV, made records of our own form again. For taking files in.

A row of headings is one that names the column of codes and another column that we know; it begins a sheet, wherever it
stands. A sheet or column that is not there is not spoken of, nor one that nobody filled in; a list is spoken of where a
procedure has a row, and a row of a code alone says that there is nothing. A record with an error is not kept by half."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from miniapp.core.cells import plain
from miniapp.core.errors import Invalid
from miniapp.core.plain import to_plain
from miniapp.core.reading import read_rows
from miniapp.procedures import sheet_words
from miniapp.procedures.findings import Finding, Found
from miniapp.procedures.model import Procedure, national_code
from miniapp.procedures.sheet_cells import Column, Unread
from miniapp.procedures.sheet_form import BARE, MAIN, Sheet, form
from miniapp.procedures.to_sheets import CONTINUED

ROWS_MOST = 300_000
CELL_LONGEST = 32_767  # what a spreadsheet's cell holds
_CONTINUED = (CONTINUED, "...")
RETURN = "_x000D_"  # how a workbook writes a carriage return; no text of ours has one
_NUMBER = re.compile(r"(\d)[.,](\d{1,6})")  # a code that a spreadsheet took for a number


@dataclass(frozen=True)
class Entry:
    """A record of our own form, plain, and what was found in its rows."""

    record: dict[str, Any]
    found: Found


@dataclass
class Sheets:
    """All records of a file, in the order in which they are met, and what was found beside them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # codes that have their row in the main sheet


def read_sheets(stream: BinaryIO) -> Sheets:
    """The records of a workbook or CSV file of our own form.

    Raises Invalid: what `reading` refuses, `too_many_rows`, and `procedures_file_shape` where no row is one of headings."""
    reading = _Reading()
    for chunk in read_rows(stream, longest_cell=CELL_LONGEST):
        reading.at(chunk.title)
        for row, cells in enumerate(chunk.rows, chunk.first):
            reading.take(row, [plain(cell.replace(RETURN, "").strip()) for cell in cells])
    return reading.ended()


@dataclass
class _Page:
    """One sheet while it is read. `columns` are its known ones by place."""

    sheet: Sheet
    title: str
    code: int
    columns: dict[int, Column]
    more: dict[int, Column]
    headings: Sequence[str]
    named: list[Entry] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
    last: str = ""
    pending: tuple[int, list[str]] | None = None

    def heading(self, place: int) -> str:
        """What stands above a cell."""
        return _at(self.headings, place)


class _Reading:
    """Takes rows one after the other."""

    def __init__(self) -> None:
        self._sheets = Sheets()
        self._page: _Page | None = None
        self._pages = 0
        self._title = ""
        self._is_told = False  # that this sheet has rows which are none of ours
        self._rows = 0

    def at(self, title: str) -> None:
        """The rows that follow are of this sheet of the file."""
        if title != self._title:
            self._close()
            self._title, self._is_told = title, False

    def take(self, row: int, cells: list[str]) -> None:
        """A row, of headings or of anything else."""
        if not any(cells):
            return
        self._rows += 1
        if self._rows > ROWS_MOST:
            raise Invalid("too_many_rows", most=ROWS_MOST)
        page = _page(cells, self._title)
        if page is not None:
            self._close()
            self._page, self._pages = page, self._pages + 1
            self._sheets.findings += _of_headings(page, row)
        elif self._page is None:
            self._strange(row, cells)
        elif self._page.pending and _at(cells, self._page.code) in _CONTINUED:
            _go_on(self._page.pending[1], cells, self._page.code)
        else:
            self._settle(self._page)
            self._page.pending = (row, cells)

    def ended(self) -> Sheets:
        """What was read."""
        self._close()
        if not self._pages:
            raise Invalid("procedures_file_shape")
        return self._sheets

    def _strange(self, row: int, cells: list[str]) -> None:
        """A row of no sheet that we know: before the first one it is a cover, unless it has the codes."""
        if not self._is_told and (self._pages or any(map(sheet_words.is_code_heading, cells))):
            found = Found(row=row, sheet=self._title)
            found.warn("sheet_unknown", "", ", ".join(filter(None, cells)))
            self._sheets.findings += found.findings
            self._is_told = True

    def _close(self) -> None:
        page = self._page
        if page is None:
            return
        self._settle(page)
        if page.sheet.field == MAIN:
            self._sheets.findings += _blanks_filled(page)
        self._page = None

    def _settle(self, page: _Page) -> None:
        """Read the row that waited for what goes on below it."""
        if page.pending is None:
            return
        (row, cells), page.pending = page.pending, None
        code, found = self._code(page, row, cells)
        entry = self._sheets.entries.setdefault(code, Entry({"code": code}, Found(code, row, page.title)))
        item = _item(page, page.columns, cells, found)
        if page.sheet.field == MAIN:
            self._name(page, entry, item, found)
        else:
            _take_item(page, entry.record, item, _item(page, page.more, cells, found), found)
        entry.found.findings += found.findings

    def _name(self, page: _Page, entry: Entry, item: dict[str, Any], found: Found) -> None:
        """A row of the main sheet."""
        code = entry.record["code"]
        if code in self._sheets.named:
            found.fail("code_repeated", page.heading(page.code), code)
            return
        self._sheets.named.add(code)
        entry.record.update(item)
        page.named.append(entry)
        page.filled |= item.keys()

    def _code(self, page: _Page, row: int, cells: list[str]) -> tuple[str, Found]:
        typed = _at(cells, page.code)
        if not typed and page.sheet.field != MAIN:
            typed = page.last
        page.last = typed
        code = _canonical(typed)
        found = Found(code or typed, row, page.title)
        if not typed:
            found.fail("code_missing", page.heading(page.code), ", ".join(filter(None, cells)))
        elif _NUMBER.fullmatch(typed) and code != typed:
            found.warn("code_mended", page.heading(page.code), typed)
        for place, cell in enumerate(cells):
            if cell.startswith("="):
                found.warn("formula_in_cell", page.heading(place), cell)
            elif cell and not page.heading(place):
                found.warn("cell_without_heading", "", cell)
        return code or typed, found


def _at(cells: Sequence[str], place: int) -> str:
    """A cell; empty beyond the last one."""
    return cells[place] if place < len(cells) else ""


def _page(cells: list[str], title: str) -> _Page | None:
    """The sheet that a row of headings begins; None for any other row."""
    code = next((place for place, cell in enumerate(cells) if sheet_words.is_code_heading(cell)), -1)
    if code < 0:
        return None
    known = [sheet_words.columns_by_heading().get(sheet_words.key(cell), ("", "")) for cell in cells]
    sheets = [sheet for sheet, _ in known if sheet]
    if not sheets:
        return None
    sheet = form()[max(sheets, key=sheets.count)]
    places: dict[str, int] = {}
    for place, (of, column) in enumerate(known):
        if of == sheet.field:
            places.setdefault(column, place)
    own = {places[one.key]: one for one in sheet.columns if one.key in places}
    more = {places[f"{sheet.within}.{one.key}"]: one for one in sheet.more if f"{sheet.within}.{one.key}" in places}
    return _Page(sheet, title or sheet_words.title(sheet.field), code, own, more, cells)


def _of_headings(page: _Page, row: int) -> list[Finding]:
    """Headings that we don't know or that come twice, and columns of a list that are not there."""
    found = Found(row=row, sheet=page.title)
    for place, cell in enumerate(page.headings):
        if cell and place != page.code and place not in page.columns | page.more:
            of = sheet_words.columns_by_heading().get(sheet_words.key(cell), ("", ""))[0]
            found.warn("repeated_column" if of == page.sheet.field else "unknown_column", cell, cell)
    there = {one.key for one in page.columns.values()} | {
        f"{page.sheet.within}.{one.key}" for one in page.more.values()
    }
    gone = [sheet_words.heading(page.sheet.field, key) for key, _ in page.sheet.headed() if key not in there]
    if gone and page.sheet.field != MAIN:
        found.warn("columns_left_out", gone[0], ", ".join(gone))
    return found.findings


def _item(page: _Page, columns: dict[int, Column], cells: list[str], found: Found) -> dict[str, Any]:
    """What some columns of a row say; nothing where all are empty."""
    item: dict[str, Any] = {}
    for place, column in columns.items():
        cell = _at(cells, place)
        if cell:
            try:
                column.put(cell, item)
            except Unread as problem:
                found.fail(str(problem), page.heading(place), cell)
                item.setdefault(column.key, None)  # the row is not an empty one
    return item


def _take_item(page: _Page, record: dict[str, Any], item: dict[str, Any], more: dict[str, Any], found: Found) -> None:
    items = record.setdefault(page.sheet.field, [])
    if item:
        items.append(item.get(BARE) if BARE in item else item)
    if more and not items:
        found.fail("nothing_above", page.heading(next(iter(page.more))), record["code"])
    elif more:
        items[-1].setdefault(page.sheet.within, []).append(more)


def _blanks_filled(page: _Page) -> list[Finding]:
    """In columns that somebody filled in, an empty cell says that there is nothing; the others are left alone."""
    nothing = to_plain(Procedure("", ""))
    for entry in page.named:
        for key in page.filled - {"name"}:
            entry.record.setdefault(key, nothing[key])
    alone = [page.heading(place) for place, one in page.columns.items() if one.key not in page.filled]
    found = Found(sheet=page.title)
    if alone:
        found.warn("columns_left_alone", alone[0], ", ".join(alone))
    return found.findings


def _go_on(above: list[str], cells: list[str], code: int) -> None:
    """Add the cells of a row that goes on to those of the row above."""
    above += [""] * (len(cells) - len(above))
    for place, cell in enumerate(cells):
        if place != code:
            above[place] += cell


def _canonical(typed: str) -> str:
    """The code, with the zeros at its end that a spreadsheet drops; empty for what is none."""
    number = _NUMBER.fullmatch(typed)
    try:
        return national_code(f"{number[1]}.{number[2].ljust(6, '0')}" if number else typed)
    except Invalid:
        return ""
