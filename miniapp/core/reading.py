"""From a file's bytes to rows of text, streaming and bounded. For whoever takes files in.

Takes CSV (comma, semicolon or tab; UTF-8, or UTF-16 with its mark), plain or in gzip or xz; workbooks are `workbooks`'
work. It knows no columns: it splits, counts and refuses what can't be a table, naming the row. Limits hold after
unpacking, and a broken line is refused rather than mended."""

import codecs
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from miniapp.core.chunks import CHUNK_ROWS, LONGEST_CELL, LONGEST_LINE, Chunk
from miniapp.core.errors import Invalid
from miniapp.core.file_kinds import OLE, ZIP, refuse_other_kinds
from miniapp.core.unpacking import MOST_BYTES, unpacked
from miniapp.core.workbooks import ole_kind, read_workbook

MOST_ROWS = 2_000_000
HEAD = 256 * 1024
DELIMITERS = (",", ";", "\t")
HEAD_LINES = 20

_QUOTED = re.compile(r'"[^"]*"')

csv.field_size_limit(LONGEST_LINE)


@dataclass(slots=True)
class Progress:
    """How far a stream has been read, in bytes of the stored file."""

    done: int = 0


def read_rows(stream: BinaryIO, progress: Progress | None = None, longest_cell: int = LONGEST_CELL) -> Iterator[Chunk]:
    """Chunks of rows from a stored file, header included; a workbook's cells up to `longest_cell`.

    Raises Invalid, all with `row` where there is one: what `file_kinds` and `workbooks` refuse, `file_empty`,
    `file_too_large`, `archive_broken`, `too_many_rows`, `encoding`, `nul_bytes`, `line_too_long`, `cell_too_long`,
    `line_malformed`."""
    counted = io.BufferedReader(_Counted(stream, progress or Progress()), HEAD)
    head = counted.peek(HEAD)
    if head.startswith(ZIP):
        yield from read_workbook(counted, longest_cell)
        return
    if head.startswith(OLE):
        raise Invalid(ole_kind(counted))
    text = unpacked(counted, head)
    head = text.peek(HEAD)
    refuse_other_kinds(head)
    yield from _csv(text, head)


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


def _csv(stream: io.BufferedReader, head: bytes) -> Iterator[Chunk]:
    encoding = "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    delimiter = _delimiter(head.decode(encoding, "replace"))
    texts = _texts(stream, encoding)
    first = 1
    try:
        for chunk in _chunks(texts, delimiter):
            chunk.first = first
            first += len(chunk)
            if first > MOST_ROWS + 2:
                raise Invalid("too_many_rows", most=MOST_ROWS)
            yield chunk
    except _Malformed as failure:
        raise Invalid(str(failure), row=first) from None
    if first == 1:
        raise Invalid("file_empty")


def _chunks(texts: Iterator[str], delimiter: str) -> Iterator[Chunk]:
    for text in texts:
        yield from _plain(text, delimiter) if '"' not in text else _quoted(itertools.chain([text], texts), delimiter)


def _plain(text: str, delimiter: str) -> Iterator[Chunk]:
    """Whole lines without a quotation mark. Where all are equally wide, columns are cut out without making rows."""
    lines = text.replace("\r\n", "\n")
    width = lines.split("\n", 1)[0].count(delimiter) + 1
    if lines.endswith("\n") and "\r" not in lines:
        cells = lines.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
        ends = cells[width :: width + 1]
        if ends.count("\n") == len(ends) == lines.count("\n") and len(cells) == len(ends) * (width + 1) + 1:
            yield Chunk(1, None, [cells[place : -1 : width + 1] for place in range(width)])
            return
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    yield Chunk(1, rows)


def _quoted(texts: Iterator[str], delimiter: str) -> Iterator[Chunk]:
    """The rest of a file in which cells are quoted: one may go on over the end of its line."""
    lines = itertools.chain.from_iterable(io.StringIO(text, newline="") for text in texts)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        rows: list[list[str]] = []
        try:
            rows.extend(itertools.islice(reader, CHUNK_ROWS))  # keeps what came before a failure
        except csv.Error as failure:
            if rows:
                yield Chunk(1, rows)
            code = "cell_too_long" if "limit" in str(failure) or "end of data" in str(failure) else "line_malformed"
            raise _Malformed(code) from None
        if not rows:
            return
        yield Chunk(1, rows)


class _Malformed(Exception):
    """The row after the last one handed out can't be read."""


def _texts(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Pieces of whole lines; every refusal names its line."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    rest, line = "", 1
    while block := stream.read(HEAD):
        try:
            text = rest + decoder.decode(block)
        except UnicodeDecodeError as failure:
            before = failure.object[: failure.start].decode("utf-16" if encoding == "utf-16" else "utf-8", "ignore")
            raise Invalid("encoding", row=line + (rest + before).count("\n")) from None
        end = _last_end(text)
        whole, rest = text[:end], text[end:]
        _check_lines(whole, line)
        line += whole.count("\n") or whole.count("\r")
        if len(rest) > LONGEST_LINE:
            raise Invalid("line_too_long", row=line)
        if whole:
            yield whole
    try:
        rest += decoder.decode(b"", True)
    except UnicodeDecodeError:
        raise Invalid("encoding", row=line) from None
    if rest:
        _check_lines(rest, line)
        yield rest


def _last_end(text: str) -> int:
    """The place after the last line end; a lone CR counts only where no line ends in LF (files of old Macs)."""
    end = text.rfind("\n") + 1
    return end or (text.rfind("\r", 0, len(text) - 1) + 1)


def _check_lines(text: str, line: int) -> None:
    if "\0" in text:
        raise Invalid("nul_bytes", row=line + text[: text.index("\0")].count("\n"))
    ends = "\n" if "\n" in text else "\r"
    half = LONGEST_LINE // 2  # a longer line covers one of these windows whole
    if all(ends in text[start : start + half] for start in range(0, len(text) - half, half)):
        return
    for place, held in enumerate(text.split(ends)):
        if len(held) > LONGEST_LINE:
            raise Invalid("line_too_long", row=line + place)


def _delimiter(head: str) -> str:
    """What separates the columns: it stands equally often in the most of the first lines (a decimal comma does not)."""
    lines = [line for line in _QUOTED.sub("", head).splitlines()[:HEAD_LINES] if line.strip()]
    best, votes = ",", 0
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        counts.pop(0, None)
        agreed = max(counts.values(), default=0)
        if agreed > votes or (agreed == votes and agreed and delimiter != ","):
            best, votes = delimiter, agreed
    return best
