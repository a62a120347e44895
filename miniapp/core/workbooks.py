"""From an XLSX workbook to rows of text, within limits that are checked before any parser sees it (quality F51).

For whoever takes files in. Formulas are read as formulas, never as what a spreadsheet last made of them: a value must
stand in the file. Macros, passwords and packed things inside are refused."""

import io
import itertools
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from miniapp.core.chunks import CHUNK_ROWS, LONGEST_CELL, MOST_COLUMNS, Chunk
from miniapp.core.errors import Invalid

XLSX_BYTES = 10 * 1024 * 1024
XLSX_ENTRIES = 200
XLSX_INFLATED = 80 * 1024 * 1024
XLSX_RATIO = 150
XLSX_ROWS = 1_500_000
PACKED = (".zip", ".xlsx", ".xlsm", ".xls", ".docx", ".gz", ".xz", ".7z", ".rar", ".jar", ".exe", ".dll")
ENCRYPTED = 0x1
MIDNIGHT = time()  # the time of a cell that holds a day alone


def ole_kind(stream: BinaryIO) -> str:
    """Which of Microsoft's old containers: `xlsx_encrypted` (a password) or `file_is_old_excel` (a .xls or .doc)."""
    return (
        "xlsx_encrypted" if "EncryptedPackage".encode("utf-16-le") in stream.read(XLSX_BYTES) else "file_is_old_excel"
    )


def read_workbook(stream: BinaryIO, longest_cell: int = LONGEST_CELL) -> Iterator[Chunk]:
    """Chunks of the sheets that hold something.

    Raises Invalid: `xlsx_too_large` (with `why`), `xlsx_encrypted`, `xlsx_macros`, `xlsx_broken`, `file_is_archive`,
    `file_is_document`, `too_many_rows`, `cell_too_long` (row), `file_empty`."""
    body = stream.read(XLSX_BYTES + 1)
    if len(body) > XLSX_BYTES:
        raise Invalid("xlsx_too_large", why="bytes")
    _inspect(body)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
        yield from _sheets(book, longest_cell)
    except Invalid:
        raise
    except Exception:  # a hostile sheet may fail anywhere in the parser; all of it means the same to the officer
        raise Invalid("xlsx_broken") from None


def _inspect(body: bytes) -> None:
    """Refuse a bomb by its table of contents; the parser can't be made to inflate more than that says."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Invalid("xlsx_broken") from None
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Invalid("xlsx_encrypted")
    if not any(name.startswith("xl/worksheets/") for name in names):
        raise Invalid("file_is_document" if "word/document.xml" in names else "file_is_archive")
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Invalid("xlsx_macros")
    bombs = {
        "entries": len(entries) > XLSX_ENTRIES,
        "nested": any(name.endswith(PACKED) for name in names),
        "inflated": sum(entry.file_size for entry in entries) > XLSX_INFLATED,
        "ratio": any(entry.file_size > XLSX_RATIO * max(entry.compress_size, 1) for entry in entries),
    }
    for why, is_one in bombs.items():
        if is_one:
            raise Invalid("xlsx_too_large", why=why)


def _sheets(book: Any, longest_cell: int) -> Iterator[Chunk]:
    seen = 0
    for place, sheet in enumerate(book.worksheets):
        sheet.reset_dimensions()  # programs write wrong ones, and what lies outside would be lost without a word
        rows = _rows(sheet, longest_cell)
        first = 1
        while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
            seen += len(chunk)
            if seen > XLSX_ROWS:
                raise Invalid("too_many_rows", most=XLSX_ROWS)
            if any(chunk):
                yield Chunk(first, chunk, (), str(sheet.title) if place else "", True, str(sheet.title))
            first += len(chunk)
    if not seen:
        raise Invalid("file_empty")


def _rows(sheet: Any, longest_cell: int) -> Iterator[list[str]]:
    """Rows without the empty cells at their end. A row can't be wider than any table we take."""
    for row, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
        cells = ["" if value is None else _cell(value, row, longest_cell) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _cell(value: Any, row: int, longest: int) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, float):
        text = str(int(value)) if value.is_integer() else repr(round(value, 6))
    elif isinstance(value, datetime) and value.time() != MIDNIGHT:
        text = value.isoformat(timespec="seconds")
    elif isinstance(value, (date, datetime)):
        text = value.isoformat()[:10]
    else:
        text = str(getattr(value, "text", value))  # formulas over ranges come as objects
    if len(text) > longest:
        raise Invalid("cell_too_long", row=row)
    return text.strip()
