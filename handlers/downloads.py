"""Lists as files that a spreadsheet opens: CSV and XLSX in which nothing can become a formula (quality F52).

For every audience that hands out a list. Every cell is text: in XLSX by its type, in CSV quoted, with an apostrophe
before whatever a spreadsheet would take for a formula (`miniapp.core.cells`). It chooses neither columns nor words."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from handlers import answers
from miniapp.core.cells import Table, safe, safe_in_book

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "@"  # a column of text: a typed 01000001 keeps its zero and 8,25 becomes no date
WIDEST = 60
NARROWEST = 8
LAST_ROW = 1_048_575


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Every cell quoted, with a byte order mark so that Excel reads UTF-8."""
    return tables_as_csv([Table("", header, rows)])


def tables_as_csv(tables: Iterable[Table]) -> bytes:
    """Tables below each other in one file, each with its headings, an empty line between them."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for place, table in enumerate(tables):
        if place:
            text.write("\r\n")
        writer.writerow([safe(cell) for cell in table.header])
        for row in table.rows:
            writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet of text cells, what is typed below them too; the header stays in sight."""
    return tables_as_xlsx([Table("1", header, rows)])


def tables_as_xlsx(tables: Iterable[Table]) -> bytes:
    """A sheet for each table; where a column takes certain words, a cell offers them and allows others."""
    from xlsxwriter import Workbook

    body = io.BytesIO()
    book = Workbook(body, {"in_memory": True, "constant_memory": True})
    strong, plain = book.add_format({"bold": True}), book.add_format({"num_format": TEXT})
    for table in tables:
        _write(book.add_worksheet(table.title), table, strong, plain)
    book.close()
    return body.getvalue()


def _write(sheet: Any, table: Table, strong: Any, plain: Any) -> None:
    sheet.freeze_panes(1, 0)
    for place, cell in enumerate(table.header):
        sheet.set_column(place, place, min(max(len(cell) + 2, NARROWEST) * 2, WIDEST), plain)
        sheet.write_string(0, place, safe_in_book(cell), strong)
    for place, words in table.choices.items():
        offered = {"validate": "list", "source": list(words), "show_error": False}
        sheet.data_validation(1, place, LAST_ROW, place, offered)
    for line, row in enumerate(table.rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, safe_in_book(value), plain)


def answer(name: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A list as a download; `kind` is `csv` or `xlsx`, `name` is ASCII without the ending."""
    body = as_xlsx(header, rows) if kind == "xlsx" else as_csv(header, rows)
    attached = f'attachment; filename="{name}.{kind}"'
    return answers.plain(body, 200, XLSX if kind == "xlsx" else CSV, Content_Disposition=attached)
