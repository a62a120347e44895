"""The records of one file while it is read, and what can only be seen at its end. For the gathering.

A record is packed as soon as its chunk is checked, so that a whole year needs little memory; beside it only the row
that it came from is kept, to name the place of a number that comes twice or has no score."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise, repeat
from operator import eq

from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.findings import Findings
from miniapp.exam_scores.model import Exam

Codes = Iterable[int] | Iterable[bytes]


class Records:
    """Records of one shape; its width grows with the longest number."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._records: list[bytes] = []
        self._lines: array[int] = array("I")
        self._sheets: list[tuple[int, str]] = [(0, "")]  # where among the records a sheet begins

    def begin_sheet(self, sheet: str) -> None:
        """What follows stands in this sheet (empty: the first)."""
        if sheet != self._sheets[-1][1]:
            self._sheets.append((len(self._records), sheet))

    def at(self, column: str) -> str:
        """A column as findings name it, with its sheet where that is not the first."""
        sheet = self._sheets[-1][1]
        return f"{sheet}!{column}" if sheet else column

    def add(self, lines: Sequence[int], numbers: list[bytes], columns: Sequence[Codes]) -> None:
        """Pack rows: their numbers, and every column of the shape in its order."""
        width, old = max(map(len, numbers)), self.shape.width
        if width > old:
            self._records = [record[:old].ljust(width, b"\0") + record[old:] for record in self._records]
            self.shape = Shape(width, self.shape.subjects, self.shape.extras)
        self._records.extend(map(self.shape.struct.pack, numbers, *columns, repeat(0)))
        self._lines.extend(lines)

    def places(self, wanted: frozenset[str], column: str) -> dict[str, tuple[int, str]]:
        """Where these numbers stand first: row and column, with the sheet; before `finished`."""
        keys = {self.shape.key(number): number for number in wanted}
        found: dict[str, tuple[int, str]] = {}
        for place, record in enumerate(self._records):
            if (number := keys.get(record[: self.shape.width])) is not None:
                found.setdefault(number, (self._lines[place], self._column(place, column)))
        return found

    def finished(self, exam: Exam, column: str, findings: Findings) -> list[bytes]:
        """All records sorted by number, each number once; `column` is the number's. Nothing can be added any more."""
        self._check_scoreless(findings, column)
        ordered = sorted(self._records)
        keys = [record[: self.shape.width] for record in ordered]
        if any(map(eq, keys, islice(keys, 1, None))):
            repeated = {one for one, two in pairwise(keys) if one == two}
            ordered = self._without(repeated, findings, column)
        _check_prefixes(keys, exam, findings, column)
        self._records = []
        return ordered

    def _check_scoreless(self, findings: Findings, column: str) -> None:
        start = self.shape.width
        none = b"\xff\xff" * len(self.shape.subjects)
        end = start + len(none)
        empty = [place for place, record in enumerate(self._records) if record[start:end] == none]
        for place in empty:
            self._tell("no_score_at_all", place, findings, column)
        if empty and len(empty) == len(self._records) and not findings.count("error"):
            self._tell("all_without_scores", 0, findings, column)

    def _without(self, repeated: set[bytes], findings: Findings, column: str) -> list[bytes]:
        """A number that comes twice is an error at its second place; the first one stands."""
        kept: dict[bytes, bytes] = {}
        for place, record in enumerate(self._records):
            number = record[: self.shape.width]
            if number in repeated and number in kept:
                self._tell("number_repeated", place, findings, column)
            kept.setdefault(number, record)
        return sorted(kept.values())

    def _tell(self, code: str, place: int, findings: Findings, column: str) -> None:
        number = self._records[place][: self.shape.width].rstrip(b"\0").decode()
        findings.add(code, self._lines[place], self._column(place, column), number)

    def _column(self, place: int, column: str) -> str:
        sheet = self._sheets[bisect_right(self._sheets, (place, "\U0010ffff")) - 1][1]
        return f"{sheet}!{column}" if sheet else column


def _check_prefixes(keys: Sequence[bytes], exam: Exam, findings: Findings, column: str) -> None:
    found = {key[: exam.prefix_length] for key in keys} if exam.expected_prefixes else set()
    for prefix in sorted(one.rstrip(b"\0").decode() for one in found):
        if prefix not in exam.expected_prefixes:
            findings.add("prefix_unexpected", 0, column, prefix)
