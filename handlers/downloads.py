"""Lists as files that a spreadsheet opens: CSV and XLSX in which nothing can become a formula (quality F52).

For every audience that hands out a list. Every cell is text: in XLSX by its type, in CSV quoted, with an apostrophe
before whatever a spreadsheet would take for a formula. It chooses neither columns nor words."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from handlers import answers

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width signs count in some programs
TEXT = "@"  # a column of text: a typed 01000001 keeps its zero and 8,25 becomes no date
WIDEST = 60
NARROWEST = 8


def safe(cell: object) -> str:
    """A cell of a CSV file as text that no spreadsheet calculates."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Every cell quoted, with a byte order mark so that Excel reads UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in header])
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet of text cells, what is typed below them too; the header stays in sight."""
    from xlsxwriter import Workbook

    body = io.BytesIO()
    book = Workbook(body, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet("1")
    strong, plain = book.add_format({"bold": True}), book.add_format({"num_format": TEXT})
    sheet.freeze_panes(1, 0)
    for place, cell in enumerate(header):
        sheet.set_column(place, place, min(max(len(cell) + 2, NARROWEST) * 2, WIDEST), plain)
        sheet.write_string(0, place, cell, strong)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, str(value), plain)
    book.close()
    return body.getvalue()


def answer(name: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A list as a download; `kind` is `csv` or `xlsx`, `name` is ASCII without the ending."""
    body = as_xlsx(header, rows) if kind == "xlsx" else as_csv(header, rows)
    attached = f'attachment; filename="{name}.{kind}"'
    return answers.plain(body, 200, XLSX if kind == "xlsx" else CSV, Content_Disposition=attached)
