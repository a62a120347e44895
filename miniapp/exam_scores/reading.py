"""From a file's bytes to rows of text, streaming and bounded. For the import worker.

Takes CSV (comma, semicolon or tab; UTF-8, or UTF-16 with its mark), plain or in gzip or xz, and XLSX within limits. It
knows no scores: it splits, counts and refuses what can't be a table, naming the row. Limits hold after unpacking."""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from miniapp.core.errors import Invalid

MOST_ROWS = 2_000_000
MOST_BYTES = 200 * 1024 * 1024
LONGEST_LINE = 64 * 1024
LONGEST_CELL = 2_000
CHUNK_ROWS = 8_192
XLSX_BYTES = 10 * 1024 * 1024
XLSX_ENTRIES = 200
XLSX_INFLATED = 80 * 1024 * 1024
XLSX_RATIO = 150
XLSX_ROWS = 1_500_000
HEADER_WITHIN = 20

GZIP, XZ, ZIP, OLD_EXCEL, PDF = b"\x1f\x8b", b"\xfd7zXZ\x00", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"

csv.field_size_limit(LONGEST_LINE)


@dataclass(slots=True)
class Progress:
    """How far a stream has been read, in bytes of the stored file."""

    done: int = 0


Chunk = tuple[int, list[list[str]]]  # number of its first row as people count (header is 1), rows


def read_rows(stream: BinaryIO, progress: Progress | None = None) -> Iterator[Chunk]:
    """Chunks of rows from a stored file, header included.

    Raises Invalid: `file_empty`, `file_kind_unknown`, `file_too_large`, `too_many_rows`, `encoding` (row),
    `line_too_long` (row), `xlsx_too_large`, `xlsx_broken`, `archive_broken`."""
    counted = _Counted(stream, progress or Progress())
    buffered = io.BufferedReader(counted, 256 * 1024)
    head = buffered.peek(8)[:8]
    if not head:
        raise Invalid("file_empty")
    if head.startswith(ZIP):
        yield from _xlsx(buffered)
        return
    if head.startswith((OLD_EXCEL, PDF)) or (head.lstrip()[:1] in (b"{", b"[", b"<") and not _is_text_row(buffered)):
        raise Invalid("file_kind_unknown")
    yield from _csv(_unpacked(buffered, head))


class _Counted(io.RawIOBase):
    """A raw stream that remembers how much was read and stops at the limit."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._progress.done += len(data)
        if self._progress.done > MOST_BYTES:
            raise Invalid("file_too_large", most=MOST_BYTES)
        return len(data)


def _is_text_row(stream: io.BufferedReader) -> bool:
    first = stream.peek(200)[:200].split(b"\n")[0]
    return first.count(b",") >= 2 and not first.lstrip().startswith((b"{", b"[", b"<"))


def _unpacked(stream: io.BufferedReader, head: bytes) -> BinaryIO:
    import gzip
    import lzma

    if head.startswith(GZIP):
        return _Limited(gzip.GzipFile(fileobj=stream))
    if head.startswith(XZ):
        return _Limited(lzma.LZMAFile(stream))
    return stream


class _Limited(io.BufferedReader):
    """Unpacked bytes, no more than the limit: a bomb ends here."""

    def __init__(self, stream: Any) -> None:
        super().__init__(_Unpacking(stream), 256 * 1024)


class _Unpacking(io.RawIOBase):
    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        import lzma
        import zlib

        try:
            data = self._stream.read(len(buffer))
        except (OSError, EOFError, lzma.LZMAError, zlib.error):
            raise Invalid("archive_broken") from None
        buffer[: len(data)] = data
        self._seen += len(data)
        if self._seen > MOST_BYTES:
            raise Invalid("file_too_large", most=MOST_BYTES)
        return len(data)


def _csv(stream: BinaryIO) -> Iterator[Chunk]:
    reader_of_head = io.BufferedReader(stream, 256 * 1024) if not hasattr(stream, "peek") else stream
    head = reader_of_head.peek(4096)[:4096]  # type: ignore[attr-defined]
    if not head:
        raise Invalid("file_empty")
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding != "utf-16" and b"\x00" in head:
        raise Invalid("file_kind_unknown")
    text = io.TextIOWrapper(reader_of_head, encoding=encoding, errors="strict", newline="")  # type: ignore[type-var]
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_delimiter(head.decode("utf-8", "replace")), strict=True)
    row = 1
    while True:
        try:
            rows = list(itertools.islice(reader, CHUNK_ROWS))
        except UnicodeDecodeError:
            raise Invalid("encoding", row=lines.count + 1) from None
        except csv.Error:
            raise Invalid("line_malformed", row=lines.count) from None
        if not rows:
            break
        if row + len(rows) - 1 > MOST_ROWS + 1:
            raise Invalid("too_many_rows", most=MOST_ROWS)
        yield row, rows
        row += len(rows)
    if row == 1:
        raise Invalid("file_empty")


class _Lines:
    """Lines with a bound on their length, so that a file without line ends can't fill the memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        readline = self._text.readline
        while line := readline(LONGEST_LINE + 1):
            self.count += 1
            if len(line) > LONGEST_LINE:
                raise Invalid("line_too_long", row=self.count)
            yield line


def _delimiter(head: str) -> str:
    first = head.split("\n", 1)[0]
    return max((",", ";", "\t"), key=first.count)


def _xlsx(stream: BinaryIO) -> Iterator[Chunk]:
    body = stream.read(XLSX_BYTES + 1)
    if len(body) > XLSX_BYTES:
        raise Invalid("xlsx_too_large")
    _inspect(body)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        yield from _chunks(_sheet_rows(book))
    except Invalid:
        raise
    except Exception:  # a hostile sheet may fail anywhere in the parser; all of it means the same to the officer
        raise Invalid("xlsx_broken") from None


def _inspect(body: bytes) -> None:
    """Refuse a bomb by its table of contents, before any parser sees it (quality F51)."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except zipfile.BadZipFile:
        raise Invalid("xlsx_broken") from None
    inflated = sum(entry.file_size for entry in entries)
    names = [entry.filename.lower() for entry in entries]
    if not any(name.startswith("xl/worksheets/") for name in names):
        raise Invalid("file_kind_unknown")
    nested = any(name.endswith((".zip", ".xlsx", ".bin")) and "vba" in name or name.endswith(".zip") for name in names)
    ratio = max((entry.file_size // max(entry.compress_size, 1) for entry in entries), default=0)
    if len(entries) > XLSX_ENTRIES or inflated > XLSX_INFLATED or nested or ratio > XLSX_RATIO:
        raise Invalid("xlsx_too_large")


def _sheet_rows(book: Any) -> Iterator[list[str]]:
    """Rows of the sheets that hold something; a sheet after the first must repeat the header."""
    header: list[str] | None = None
    for sheet in book.worksheets:
        for place, values in enumerate(sheet.iter_rows(values_only=True)):
            cells = [_cell(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if header is None:
                header = cells if cells else None
            elif place == 0 and cells == header:
                continue
            if cells or header is None:
                yield cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    text = str(value)
    if len(text) > LONGEST_CELL:
        raise Invalid("cell_too_long")
    return text.strip()


def _chunks(rows: Iterator[list[str]]) -> Iterator[Chunk]:
    first = 1
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        if first + len(chunk) - 1 > XLSX_ROWS:
            raise Invalid("too_many_rows", most=XLSX_ROWS)
        yield first, chunk
        first += len(chunk)
    if first == 1:
        raise Invalid("file_empty")
