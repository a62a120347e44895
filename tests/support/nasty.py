"""Files as people and attackers really send them, each with what the import must say. For the table of bad input.

Everything is made here from code; nothing is a copy of a real file."""

import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

HEADER = "sbd,toan,ngu_van,ngoai_ngu"
GOOD = "02000001,5,6,7"
TITLES = ["SỞ GIÁO DỤC VÀ ĐÀO TẠO", "", "KẾT QUẢ KỲ THI, NĂM 2019", ""]


@dataclass(frozen=True)
class Nasty:
    """One file (or several), and the outcome: refused as a whole, or what is found, code by code.

    `first` is the code whose place is checked: row, column and value. A file without findings must import."""

    kind: str
    name: str
    body: Callable[[], bytes]
    refused: str = ""
    found: dict[str, int] = field(default_factory=dict)
    place: tuple[int, str, str] | None = None  # of the first finding
    candidates: int = 1
    more: tuple[Callable[[], bytes], ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def text(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> Callable[[], bytes]:
    """A plain file."""
    return lambda: ("\n".join([header, *lines]) + "\n").encode(encoding)


def raw(body: bytes) -> Callable[[], bytes]:
    """These bytes."""
    return lambda: body


def book(*sheets: list[list[object]], merge: str = "") -> Callable[[], bytes]:
    """A workbook: text and numbers as given; a `=…` is a formula, a date a date."""

    def made() -> bytes:
        held = io.BytesIO()
        with xlsxwriter.Workbook(held, {"default_date_format": "dd/mm/yyyy"}) as workbook:
            for rows in sheets:
                sheet = workbook.add_worksheet()
                for row, cells in enumerate(rows):
                    for column, value in enumerate(cells):
                        sheet.write(row, column, value)
                if merge:
                    sheet.merge_range(merge, rows[1][0])
        return held.getvalue()

    return made


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Callable[[], bytes]:
    """An archive with these entries."""

    def made() -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", method) as archive:
            for name, body in entries.items():
                archive.writestr(name, body)
        return held.getvalue()

    return made


def with_entries(body: Callable[[], bytes], entries: dict[str, bytes]) -> Callable[[], bytes]:
    """A workbook with more in it."""

    def made() -> bytes:
        held = io.BytesIO(body())
        with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return held.getvalue()

    return made


def long_lines() -> bytes:
    """More than may be unpacked, in few rows."""
    return HEADER.encode() + b"\n" + (b" " * 60_000 + b"\n") * 3_600


def gzip_bomb() -> bytes:
    return gzip.compress(long_lines(), 1)


def xz_bomb() -> bytes:
    return lzma.compress(long_lines(), preset=0)


def hungry_xz() -> bytes:
    """A sound file whose unpacking asks for 256 MiB of memory."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 256 << 20}]
    return lzma.compress(text(GOOD)(), filters=filters)


def many_rows(body: bytes, count: int) -> Iterator[bytes]:
    """More rows than may be, as a stream that nobody keeps."""
    yield body
    for start in range(0, count, 10_000):
        yield b"".join(b"%08d,5,5,5\n" % number for number in range(start, min(start + 10_000, count)))


def old_excel(marker: bytes = b"") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + marker + bytes(2_000)


def entities() -> bytes:
    """A sheet whose XML defines entities that grow."""
    held = io.BytesIO(book([["sbd", "toan"], ["02000001", "5"]])())
    out = io.BytesIO()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                head, _, tail = body.partition(b"?>")
                body = head + b"?>" + bomb + tail.replace(b"<v>", b"<v>&b;", 1)
            new.writestr(entry.filename, body)
    return out.getvalue()


def far_cell() -> bytes:
    """A sheet with one cell in the last row and column that a spreadsheet has."""
    return book([["sbd", "toan"], ["02000001", "5"], *([[]] * 5), [""] * 16_000 + ["x"]])()
