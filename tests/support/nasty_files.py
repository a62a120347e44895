"""Files that are no tables, or that want to harm whoever opens them. For the table of bad input."""

import gzip
import json
import lzma
import zipfile

from tests.support.nasty import (
    GOOD,
    HEADER,
    Nasty,
    book,
    entities,
    far_cell,
    gzip_bomb,
    hungry_xz,
    old_excel,
    raw,
    text,
    with_entries,
    xz_bomb,
    zipped,
)

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

ALL = [*BOMBS, *WRONG_TYPES, *ENCODINGS, *HOSTILE_BOOKS, *ARCHIVES, *BYTES, *SIZES]
