"""Files as people and attackers really send them, each with what the import must say. For the table of bad input.

Everything is made here from code; nothing is a copy of a real file."""

import gzip
import io
import json
import lzma
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
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


NFD = unicodedata.normalize("NFD", "Số báo danh,Toán,Ngữ văn,Ngoại ngữ\n02000001,VẮNG,Miễn thi,7\n").encode()
DOCX = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
PLAIN_BOOK = book([["sbd", "toan"], ["02000001", "5"]])

BOMBS = [
    Nasty("bombs", "gzip", gzip_bomb, "file_too_large"),
    Nasty("bombs", "xz", xz_bomb, "file_too_large"),
    Nasty("bombs", "xz that asks for 256 MiB", hungry_xz, "archive_broken"),
    Nasty("bombs", "gzip cut off", lambda: gzip.compress(text(GOOD)() * 50)[:-12], "archive_broken"),
    Nasty("bombs", "gzip with something behind", lambda: gzip.compress(text(GOOD)()) + b"more", "archive_broken"),
    Nasty("bombs", "xz with a flipped byte", lambda: lzma.compress(text(GOOD)())[:-40] + bytes(40), "archive_broken"),
    Nasty("bombs", "gzip in gzip", lambda: gzip.compress(gzip.compress(text(GOOD)())), "file_kind_unknown"),
    Nasty(
        "bombs",
        "two gzips in a row, which is no bomb",
        lambda: gzip.compress(text(GOOD)()) + gzip.compress(b"02000002,1,1,1\n"),
        candidates=2,
    ),
]
WRONG_TYPES = [
    Nasty("wrong types", "PDF", raw(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "file_is_pdf"),
    Nasty("wrong types", "PNG", raw(b"\x89PNG\r\n\x1a\n" + bytes(50)), "file_is_picture"),
    Nasty("wrong types", "old Excel", raw(old_excel()), "file_is_old_excel"),
    Nasty(
        "wrong types", "JSON", lambda: json.dumps({"data": [{"SBD": "02000001"}]}, indent=1).encode(), "file_is_json"
    ),
    Nasty("wrong types", "JSON lines", lambda: b'{"SBD": "02000001", "Toan": "5"}\n' * 9, "file_is_json"),
    Nasty(
        "wrong types",
        "web page that calls itself a table",
        raw(b"<table><tr><td>SBD</td></tr></table>"),
        "file_is_web_page",
    ),
    Nasty("wrong types", "program", raw(b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)), "file_is_program"),
    Nasty(
        "wrong types",
        "noise",
        lambda: bytes((place * 73 + place // 7) % 251 for place in range(9_000)),
        "file_kind_unknown",
    ),
]
ENCODINGS = [
    Nasty("encodings", "cp1258", lambda: "Sè,toan\nHà,5\n".encode("cp1258"), "encoding", place=(1, "", "")),
    Nasty(
        "encodings",
        "latin-1 in the third row",
        lambda: text(GOOD)() + "02000002,vàng,1,1\n".encode("latin-1"),
        "encoding",
        place=(3, "", ""),
    ),
    Nasty(
        "encodings",
        "one bad byte after 40,000 rows",
        lambda: text()() + b"".join(b"%08d,5,5,5\n" % n for n in range(40_000)) + b"9\xff,5,5,5\n",
        "encoding",
        place=(40_002, "", ""),
    ),
    Nasty("encodings", "UTF-16 without mark", text(GOOD, encoding="utf-16-le"), "encoding", place=(1, "", "")),
    Nasty(
        "encodings",
        "UTF-16, other order, without mark",
        text(GOOD, encoding="utf-16-be"),
        "encoding",
        place=(1, "", ""),
    ),
    Nasty(
        "encodings",
        "UTF-16 cut off in a letter",
        lambda: text(GOOD, encoding="utf-16")()[:-1],
        "encoding",
        place=(2, "", ""),
    ),
    Nasty("encodings", "UTF-16 with its mark, which is fine", text(GOOD, encoding="utf-16")),
    Nasty("encodings", "UTF-8 with a mark, which is fine", text(GOOD, encoding="utf-8-sig")),
]
SPELLINGS = [
    Nasty("spellings", "NFD, which is fine", raw(NFD)),
    Nasty(
        "spellings", "capitals and blanks, which are fine", text(GOOD, header=" SỐ BÁO DANH ,TOÁN, Ngữ  Văn ,Ngoại-ngữ")
    ),
    Nasty(
        "spellings",
        "invisible letters, which are fine",
        text(GOOD, header="\u200bsbd,to\u200ban,ngu\u00a0van,ngoai_ngu"),
    ),
    Nasty(
        "spellings", "TCVN3", text(GOOD, header="Sè b¸o danh,To¸n,Ng÷ v¨n,Ngo¹i ng÷"), "no_header", {"legacy_font": 1}
    ),
    Nasty(
        "spellings",
        "VNI",
        text(GOOD, header="Soá baùo danh,Toaùn,Ngöõ vaên,Ngoaïi ngöõ"),
        "no_header",
        {"legacy_font": 1},
    ),
    Nasty(
        "spellings",
        "TCVN3 in one column",
        text(GOOD, header="sbd,To¸n,ngu_van,ngoai_ngu"),
        found={"legacy_font": 1},
        place=(1, "To¸n", "To¸n"),
    ),
    Nasty(
        "spellings",
        "HTML entities in the header",
        text(GOOD, header="sbd,To&#xE1;n,ngu_van,ngoai_ngu"),
        found={"html_entities": 1},
        place=(1, "To&#xE1;n", "To&#xE1;n"),
    ),
    Nasty(
        "spellings",
        "HTML entities in cells",
        text("02000001,5,5,T&#xE1;m", "02000002,5,5,5"),
        found={"score_shape": 1},
        place=(2, "ngoai_ngu", "T&#xE1;m"),
        candidates=2,
    ),
]
HEADERS = [
    Nasty("headers", "none", text("02000002,5,5,5", header="02000001,5,5,5"), "no_header"),
    Nasty(
        "headers",
        "twelve titles above it, which is fine",
        lambda: ("\n".join([*(TITLES * 3), HEADER, GOOD]) + "\n").encode(),
    ),
    Nasty(
        "headers",
        "thirty rows above it",
        lambda: ("\n".join([*(["x,,,"] * 30), HEADER, GOOD]) + "\n").encode(),
        "no_header",
    ),
    Nasty("headers", "no number column", text("5,6,7,8", header="toan,ngu_van,vat_li,hoa_hoc"), "no_number_column"),
    Nasty(
        "headers",
        "unknown column",
        text("02000001,5,5,5,x", header=HEADER + ",thể dục"),
        found={"unknown_column": 1},
        place=(1, "thể dục", "thể dục"),
    ),
    Nasty(
        "headers",
        "one subject twice",
        text("02000001,5,5,6", header="sbd,toan,ngu_van,Toán học"),
        found={"repeated_column": 1},
        place=(1, "Toán học", "Toán học"),
    ),
    Nasty(
        "headers",
        "a subject of another exam",
        text("02000001,5,5,6", header="sbd,toan,ngu_van,tin_hoc"),
        found={"subject_not_in_exam": 1},
        place=(1, "tin_hoc", "tin_hoc"),
    ),
    Nasty(
        "headers",
        "no subject",
        text("02000001,1", header="sbd,stt"),
        found={"no_scores": 1, "no_score_at_all": 1},
    ),
]
HEADERS_2 = [
    Nasty("headers in the middle", "on every page, which is fine", text(GOOD, HEADER, "02000002,5,5,5"), candidates=2),
    Nasty(
        "headers in the middle",
        "another order from there on",
        text(GOOD, "sbd,ngu_van,toan,ngoai_ngu", "02000002,5,6,7"),
        found={"header_changed": 1},
        place=(3, "sbd", "sbd,ngu_van,toan,ngoai_ngu"),
        candidates=2,
    ),
    Nasty(
        "headers in the middle",
        "candidates above it",
        text(GOOD, HEADER, "02000002,5,5,5", header="02000003,5,5,5"),
        found={"rows_before_header": 2},
        place=(1, "", "02000003,5,5,5"),
    ),
    Nasty(
        "headers in the middle",
        "61 columns",
        text("02000001" + "," * 60, header="sbd" + ",stt" * 60),
        found={"too_many_columns": 1, "no_scores": 1, "no_score_at_all": 1},
    ),
]
ROWS = [
    Nasty("rows", "too short", text(GOOD, "02000002,5"), found={"row_width": 1}, place=(3, "", "02000002,5")),
    Nasty(
        "rows", "too long", text(GOOD, "02000002,5,6,7,8"), found={"row_width": 1}, place=(3, "", "02000002,5,6,7,8")
    ),
    Nasty(
        "rows",
        "two glued together",
        text(GOOD, "02000002,5,6,7,02000003,5,6,7"),
        found={"glued_rows": 1},
        place=(3, "", "02000002,5,6,7,02000003,5,6,7"),
    ),
    Nasty(
        "rows",
        "a semicolon in front",
        text(GOOD, ";02000002,5,6,7"),
        found={"stray_separator": 1},
        place=(3, "sbd", ";02000002"),
    ),
    Nasty(
        "rows",
        "a semicolon in front among semicolons",
        text("02000001;5;6;7", ";02000002;5;6;7", header=HEADER.replace(",", ";")),
        found={"stray_separator": 1},
        place=(3, "", ",02000002,5,6,7"),
    ),
    Nasty("rows", "none below the header", text(), found={"no_rows": 1}, place=(1, "", ""), candidates=0),
    Nasty(
        "rows",
        "blank lines and commas at the end, which are fine",
        text(GOOD, "", ",,,", "02000002,5,5,5,,,"),
        candidates=2,
    ),
    Nasty(
        "rows",
        "harvested lines without header",
        text(
            "02000001|Toán:5;Văn:6;",
            "02000002|Toán:5;Văn:6;02000003|Toán:5;Văn:6;",
            ";02000004|Toán:5",
            header="02000000|Toán:5;Văn:6;",
        ),
        "no_header",
        {"glued_rows": 1, "stray_separator": 1},
    ),
]
NUMBERS = [
    Nasty(
        "numbers",
        "lost zero",
        text("2000001,5,6,7", GOOD.replace("1,", "2,", 1)),
        found={"leading_zero_lost": 1},
        place=(2, "sbd", "2000001"),
    ),
    Nasty(
        "numbers",
        "lost zeros put back on request",
        text("1000001,5,6,7"),
        found={"padded": 1},
        place=(2, "sbd", "1000001"),
        options={"pad": True},
    ),
    Nasty(
        "numbers",
        "scientific",
        text(GOOD, "1.0E+07,5,6,7"),
        found={"number_scientific": 1},
        place=(3, "sbd", "1.0E+07"),
    ),
    Nasty(
        "numbers",
        "as a float, with an apostrophe or blanks, which is fine",
        text("'02000001,5,6,7", "12000002.0,5,6,7", " 02000003 ,5,6,7"),
        candidates=3,
    ),
    Nasty(
        "numbers",
        "too long and with letters",
        text(GOOD, "020000011,5,6,7", "TDV000001,5,6,7"),
        found={"number_shape": 2},
        place=(3, "sbd", "020000011"),
    ),
    Nasty("numbers", "empty", text(GOOD, ",5,6,7"), found={"number_empty": 1}, place=(3, "sbd", "")),
    Nasty(
        "numbers",
        "twice in a file",
        text(GOOD, "02000002,1,1,1", "02000001,8,8,8"),
        found={"number_repeated": 1},
        place=(4, "sbd", "02000001"),
        candidates=2,
    ),
    Nasty(
        "numbers",
        "in two files",
        text(GOOD, "02000002,1,1,1"),
        found={"number_in_two_files": 1},
        place=(0, "", "02000002"),
        candidates=3,
        more=(text("02000002,2,2,2", "02000003,3,3,3"),),
    ),
]
SCORES = [
    Nasty(
        "scores",
        "decimal comma, .75, 8.250 and VẮNG, which are fine",
        text('02000001,"7,25",.75,8.250', "02000002,VẮNG,vắng thi,miễn thi"),
        candidates=2,
    ),
    Nasty(
        "scores",
        "semicolons and decimal commas, which are fine",
        text("02000001;7,25;8,5;,75", header=HEADER.replace(",", ";")),
    ),
    Nasty("scores", "-1", text("02000001,-1,-1.0,5"), found={"minus_one": 2}, place=(2, "toan", "-1")),
    Nasty("scores", "off the step", text("02000001,7.33,5,5"), found={"score_off_step": 1}, place=(2, "toan", "7.33")),
    Nasty(
        "scores", "off the scale", text("02000001,825,10.05,5"), found={"score_off_scale": 2}, place=(2, "toan", "825")
    ),
    Nasty(
        "scores",
        "text, a sign, three decimals",
        text("02000001,tám,+5,8.255"),
        found={"score_shape": 3, "no_score_at_all": 1},
        place=(2, "toan", "tám"),
    ),
    Nasty(
        "scores",
        "dates",
        text("02000001,2025-08-25,25-Aug,25/08/2025"),
        found={"score_is_date": 3, "no_score_at_all": 1},
        place=(2, "toan", "2025-08-25"),
    ),
    Nasty(
        "scores",
        "figures of other scripts",
        text("02000001,８,٨,Ⅷ"),
        found={"score_shape": 3, "no_score_at_all": 1},
        place=(2, "toan", "８"),
    ),
]
WORKBOOKS = [
    Nasty(
        "workbooks",
        "numbers as numbers: zeros are lost",
        book([["sbd", "toan"], [2000001, 8.25], ["02000002", 8.1]]),
        found={"leading_zero_lost": 1},
        place=(2, "sbd", "2000001"),
    ),
    Nasty(
        "workbooks",
        "formulas",
        book([["sbd", "toan", "ngu_van"], ["02000001", "=4+4", 5]]),
        found={"formula_in_cell": 1},
        place=(2, "toan", "=4+4"),
    ),
    Nasty(
        "workbooks",
        "dates",
        book([["sbd", "toan"], ["02000001", date(2025, 8, 25)], ["02000002", 5]]),
        found={"score_is_date": 1, "no_score_at_all": 1},
        place=(2, "toan", "2025-08-25"),
        candidates=2,
    ),
    Nasty(
        "workbooks",
        "merged numbers",
        book([["sbd", "toan"], ["02000001", 5], ["", 6]], merge="A2:A3"),
        found={"number_empty": 1},
        place=(3, "sbd", ""),
    ),
    Nasty("workbooks", "nothing in it", book([]), "file_empty"),
    Nasty(
        "workbooks",
        "a second sheet without header, which is fine",
        book([["sbd", "toan"], ["02000001", 5]], [["02000002", 6]], []),
        candidates=2,
    ),
    Nasty(
        "workbooks",
        "a second sheet with other columns",
        book([["sbd", "toan"], ["02000001", 5]], [["toan", "sbd"], [6, "02000002"]]),
        found={"number_shape": 1, "leading_zero_lost": 1},
        place=(1, "Sheet2!sbd", "toan"),
    ),
    Nasty(
        "workbooks",
        "titles, headers and blanks as offices write them, which is fine",
        book(
            [
                ["SỞ GIÁO DỤC"],
                [],
                ["", "Kết quả"],
                ["STT", "Số báo danh", "Toán"],
                [1, "02000001", "7,25"],
                [],
                [2, "02000002", ".5"],
            ]
        ),
        candidates=2,
    ),
]
HOSTILE_BOOKS = [
    Nasty(
        "hostile workbooks", "with a password", raw(old_excel("EncryptedPackage".encode("utf-16-le"))), "xlsx_encrypted"
    ),
    Nasty("hostile workbooks", "with macros", with_entries(PLAIN_BOOK, {"xl/vbaProject.bin": b"x"}), "xlsx_macros"),
    Nasty(
        "hostile workbooks",
        "300 entries",
        with_entries(PLAIN_BOOK, {f"xl/media/{n}.png": b"x" for n in range(300)}),
        "xlsx_too_large",
        place=(0, "", "entries"),
    ),
    Nasty(
        "hostile workbooks",
        "an entry that unpacks 1,000 times",
        with_entries(PLAIN_BOOK, {"xl/media/a.png": bytes(5_000_000)}),
        "xlsx_too_large",
        place=(0, "", "ratio"),
    ),
    Nasty(
        "hostile workbooks",
        "more than 80 MB inside",
        with_entries(
            PLAIN_BOOK,
            {f"xl/media/{n}": bytes(range(256)) * 160_000 for n in range(2)} | {"xl/media/3": b"ab" * 3_000_000},
        ),
        "xlsx_too_large",
        place=(0, "", "inflated"),
    ),
    Nasty(
        "hostile workbooks",
        "an archive inside",
        with_entries(PLAIN_BOOK, {"xl/embeddings/a.zip": b"PK"}),
        "xlsx_too_large",
        place=(0, "", "nested"),
    ),
    Nasty("hostile workbooks", "growing entities", entities, "xlsx_broken"),
    Nasty("hostile workbooks", "cut off", lambda: PLAIN_BOOK()[:-30], "xlsx_broken"),
]
ARCHIVES = [
    Nasty("archives", "zip of a table", zipped({"diem.csv": text(GOOD)()}), "file_is_archive"),
    Nasty("archives", "empty zip", zipped({}), "file_is_archive"),
    Nasty("archives", "document", DOCX, "file_is_document"),
    Nasty(
        "archives",
        "workbook of more than 10 MB",
        zipped({"xl/worksheets/sheet1.xml": bytes(range(256)) * 43_000}, zipfile.ZIP_STORED),
        "xlsx_too_large",
        place=(0, "", "bytes"),
    ),
    Nasty("archives", "a cell at the end of the world", far_cell, candidates=1),
]
BYTES = [
    Nasty("bytes", "nothing", raw(b""), "file_empty"),
    Nasty("bytes", "only blanks", raw(b" \r\n\r\n \t"), "file_empty"),
    Nasty("bytes", "only a mark", raw(b"\xef\xbb\xbf"), "file_empty"),
    Nasty("bytes", "NUL in the second row", text("0200\x000001,5,6,7"), "nul_bytes", place=(2, "", "")),
    Nasty(
        "bytes",
        "a quotation mark that nobody closes",
        lambda: text('"02000001,5,6,7')() + b"02000002,5,6,7\n" * 6_000,
        "cell_too_long",
        place=(2, "", ""),
    ),
    Nasty(
        "bytes", "a quotation mark in the middle", text(GOOD, '02000002,"5"5,6,7'), "line_malformed", place=(3, "", "")
    ),
    Nasty("bytes", "lines of old Macs, which are fine", lambda: text(GOOD)().replace(b"\n", b"\r")),
    Nasty("bytes", "lines of Windows, which are fine", lambda: text(GOOD)().replace(b"\n", b"\r\n")),
]
SIZES = [
    Nasty("sizes", "one endless line", lambda: HEADER.encode() + b",x" * 200_000, "line_too_long", place=(1, "", "")),
    Nasty(
        "sizes",
        "an endless line after good ones",
        lambda: text(GOOD)() + b"5" * 1_000_000,
        "line_too_long",
        place=(3, "", ""),
    ),
    Nasty(
        "sizes",
        "a huge cell",
        lambda: text(GOOD)() + b'02000002,"' + (b"5" * 999 + b"\n") * 70 + b'",6,7\n',
        "cell_too_long",
        place=(3, "", ""),
    ),
    Nasty(
        "sizes",
        "a large cell in a score",
        lambda: text("02000001," + "9" * 5_000 + ",6,7")(),
        found={"score_shape": 1},
        place=(2, "toan", "9" * 60),
    ),
    Nasty(
        "sizes",
        "a large cell in a workbook",
        book([["sbd", "toan"], ["02000001", "x" * 3_000]]),
        "cell_too_long",
        place=(2, "", ""),
    ),
]
INJECTIONS = [
    Nasty(
        "injection",
        "names that are formulas are not kept",
        text('=cmd|"/c calc"!A1'.replace('"', "'") + ",02000001,5", header="ho_ten,sbd,toan"),
        found={"name_dropped": 1},
        place=(1, "ho_ten", ""),
    ),
    Nasty("injection", "a number", text("=1+1,5,6,7", GOOD), found={"formula_in_cell": 1}, place=(2, "sbd", "=1+1")),
    Nasty(
        "injection",
        "scores",
        text("02000001,@SUM(A1),-2,=HYPERLINK(1)"),
        found={"score_shape": 2, "formula_in_cell": 1, "no_score_at_all": 1},
        place=(2, "toan", "@SUM(A1)"),
    ),
    Nasty(
        "injection",
        "markup in a header",
        text(GOOD, header="sbd,toan,ngu_van,<script>"),
        found={"unknown_column": 1},
        place=(1, "<script>", "<script>"),
    ),
]
PAIRS = [
    Nasty(
        "pairs",
        "as the ministry wrote them, which is fine",
        text(
            "02000001,Toán:   1.60   Ngữ văn:   4.25   KHTN: 2.92   Tiếng Anh: .75   ",
            "02000002,Toán: Vắng Ngữ văn: 7",
            header="SOBAODANH,DIEM_THI",
        ),
        candidates=2,
    ),
    Nasty(
        "pairs",
        "a subject twice",
        text("02000001,Toán: 1.6 Ngữ văn: 4 Toán: 2", header="SOBAODANH,DIEM_THI"),
        found={"score_twice": 1},
        place=(2, "DIEM_THI", "Toán: 2"),
    ),
    Nasty(
        "pairs",
        "unknown subject, no score, no name",
        text("02000001,Toán: 1.6 Thể dục: 4", "02000002,Toán:", "02000003,7.5 Toán: 5", header="SOBAODANH,DIEM_THI"),
        found={"unknown_column": 2, "pairs_shape": 1, "no_score_at_all": 2},
        place=(2, "DIEM_THI", "Thể dục"),
        candidates=3,
    ),
    Nasty(
        "pairs",
        "a cell made to be slow",
        lambda: text("02000001," + "a " * 30_000, "02000002,Toán: 5", header="SOBAODANH,DIEM_THI")(),
        found={"pairs_shape": 1, "no_score_at_all": 1},
        candidates=2,
    ),
    Nasty(
        "pairs",
        "nobody has a score",
        text("02000001,", "02000002,", header="SOBAODANH,DIEM_THI"),
        found={"all_without_scores": 1, "no_score_at_all": 2},
        place=(2, "SOBAODANH", "02000001"),
        candidates=2,
    ),
]
ALL = [
    *BOMBS,
    *WRONG_TYPES,
    *ENCODINGS,
    *SPELLINGS,
    *HEADERS,
    *HEADERS_2,
    *ROWS,
    *NUMBERS,
    *SCORES,
    *WORKBOOKS,
    *HOSTILE_BOOKS,
    *ARCHIVES,
    *BYTES,
    *SIZES,
    *INJECTIONS,
    *PAIRS,
]
