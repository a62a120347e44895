"""The report of Decree 61 as a workbook: forms 01, 02 and 03, a sheet each, with sums that follow what is filled in.

For `ratings_report`. Names are text whatever they look like; formulas are ours alone. The words are Vietnamese in either
language of the desk: it is a form of the state."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handlers import context
from miniapp.core.cells import safe_in_book
from miniapp.ratings.report61 import Entry, Filled

if TYPE_CHECKING:
    from handlers.console.ratings_report import Forms

PAPER = "console/ratings/_paper.html"
WIDTHS = (6, 44, 12, 14, 16, 12, 10)
FIRST, OWN, JUDGED, SHARE = 2, 3, 4, 6  # columns: standard, the agency's own points, those that are found, share
A4 = 9
FORM_ENDS = " \N{EN DASH} "  # behind the number of a form, which names its sheet


def made(forms: Forms) -> bytes:
    """The workbook."""
    from xlsxwriter import Workbook

    body = io.BytesIO()
    book = Workbook(body, {"in_memory": True})
    pen = _Pen(book, forms)
    pen.sheet("form_02", [forms.whole], has_class=True)
    pen.sheet("form_01", forms.officers)
    if forms.agencies:
        pen.together("form_03", forms.agencies)
    book.close()
    return body.getvalue()


class _Pen:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, forms: Forms) -> None:
        self._book, self._forms = book, forms
        self._strong = book.add_format({"bold": True})
        self._head = book.add_format({"bold": True, "text_wrap": True, "align": "center", "border": 1})
        self._text = book.add_format({"text_wrap": True, "border": 1})
        self._points = book.add_format({"num_format": "0.00", "border": 1})
        self._whole = book.add_format({"num_format": "0", "border": 1})
        self._open = book.add_format({"num_format": "0.00", "border": 1, "bg_color": "#FFF7D6"})

    def sheet(self, form: str, blocks: Sequence[Filled], has_class: bool = False) -> None:
        """Forms 01 and 02: a line for each index, block by block."""
        sheet = self._begun(form, _said("columns"))
        at = 5
        for block in blocks:
            at = self._block(sheet, at, block, has_class)

    def together(self, form: str, agencies: Sequence[Filled]) -> None:
        """Form 03: a line for each agency."""
        sheet = self._begun(form, _said("columns_03"))
        for at, one in enumerate(agencies):
            row = 5 + at
            sheet.write_number(row, 0, at + 1, self._whole)
            sheet.write_string(row, 1, safe_in_book(self._forms.names[one.node]), self._text)
            sheet.write_number(row, FIRST, one.standard, self._whole)
            sheet.write_blank(row, OWN, None, self._open)
            if one.total.missing:
                sheet.write_blank(row, JUDGED, None, self._open)
            else:
                sheet.write_number(row, JUDGED, float(one.total.points), self._points)
            _number(sheet, row, JUDGED + 1, one.ballots, self._whole)
            points = f"E{row + 1}"
            sheet.write_formula(row, SHARE, f'=IF({points}="","",{points}/C{row + 1}*100)', self._points)
            sheet.write_formula(row, SHARE + 1, self._class(points, points), self._text, self._class_of(one))

    def _begun(self, form: str, columns: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(_said(form)[0].partition(FORM_ENDS)[0])
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.set_column(len(WIDTHS), len(WIDTHS), 16)
        sheet.write_string(0, 0, safe_in_book(self._forms.agency.name), self._strong)
        sheet.write_string(1, 0, _said(form)[0], self._strong)
        sheet.write_string(2, 0, _said("span_words", self._forms.span)[0])
        sheet.write_string(3, 0, _said("open_words")[0])
        for place, words in enumerate(columns):
            sheet.write_string(4, place, words, self._head)
        sheet.freeze_panes(5, 0)
        return sheet

    def _block(self, sheet: Any, at: int, block: Filled, has_class: bool) -> int:
        """One officer or agency; the next free row."""
        sheet.write_blank(at, 0, None, self._text)
        sheet.write_string(at, 1, safe_in_book(self._forms.names.get(block.node, block.node)), self._strong)
        _number(sheet, at, JUDGED + 1, block.ballots, self._whole)
        first = at + 1
        for row, entry in enumerate(block.entries, first):
            self._entry(sheet, row, entry)
        last = first + len(block.entries)
        sheet.write_string(last, 1, _said("total_words")[0], self._strong)
        for place in (FIRST, OWN, JUDGED):
            letter = "ABCDEFG"[place]
            value = block.standard if place == FIRST else float(block.total.points) if place == JUDGED else 0
            total = f"=SUM({letter}{first + 1}:{letter}{last})"
            sheet.write_formula(last, place, total, self._points, value)
        if has_class:
            sheet.write_string(last + 1, 1, _said("class_words")[0], self._strong)
            every = f"E{first + 1}:E{last}"
            formula = self._class(f"E{last + 1}", f'IF(COUNT({every})<{len(block.entries)},"",E{last + 1})')
            sheet.write_formula(last + 1, JUDGED, formula, self._text, self._class_of(block))
            last += 1
        return last + 2

    def _entry(self, sheet: Any, row: int, entry: Entry) -> None:
        sheet.write_number(row, 0, entry.index.number, self._whole)
        sheet.write_string(row, 1, _said("index_words", entry.index.code)[0], self._text)
        sheet.write_number(row, FIRST, 2, self._whole)
        sheet.write_blank(row, OWN, None, self._open)
        if entry.points is None:
            sheet.write_blank(row, JUDGED, None, self._open)
        else:
            sheet.write_number(row, JUDGED, float(entry.points), self._points)
        if entry.answers == 0:
            sheet.write_string(row, JUDGED + 1, _said("unanswered_words")[0], self._text)
        else:
            _number(sheet, row, JUDGED + 1, entry.answers, self._whole)
        share = f'=IF(E{row + 1}="","",E{row + 1}/C{row + 1}*100)'
        sheet.write_formula(row, SHARE, share, self._points, "" if entry.share is None else float(entry.share))

    def _class(self, points: str, known: str) -> str:
        """The class of a cell's points; nothing while `known` is empty."""
        grades = self._forms.decree.grades
        made = f'"{_said("grade_words", grades.lowest)[0]}"'
        for limit, code in reversed(grades.limits):
            made = f'IF({points}>={limit},"{_said("grade_words", code)[0]}",{made})'
        return f'=IF({known}="","",{made})'

    def _class_of(self, block: Filled) -> str:
        return _said("grade_words", block.total.grade)[0] if block.total.grade else ""


def _number(sheet: Any, row: int, place: int, number: int | None, how: Any) -> None:
    if number is None:
        sheet.write_blank(row, place, None, how)
    else:
        sheet.write_number(row, place, number, how)


def _said(macro: str, *codes: object) -> list[str]:
    """The lines of a macro of the paper's words."""
    text = context.words().part("vi", PAPER, macro, *codes).unescape()
    return [line.strip() for line in text.split("\n") if line.strip()]
