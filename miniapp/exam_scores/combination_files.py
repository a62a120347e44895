"""A set of combinations (tổ hợp) as a file: read with every problem named by its row, kept, and written again.

For officers and operators who bring the set of a year. One row per combination: code, three subjects by code or name (in
three columns or in one), the language where it must be one, and perhaps the year, by which rows of other years are left
out. A name column is not kept, and coefficients other than 1 are refused: our totals are plain sums, and to drop a
weight without a word would show wrong ones. Nothing is changed unless every row is right."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from miniapp.core.errors import Conflict, Invalid
from miniapp.core.folding import folded_key
from miniapp.core.reading import read_rows
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.service import ExamOffice
from miniapp.exam_scores.subjects import DATA, vocabulary

FILE_MOST = 64 * 1024
COMBINATIONS_MOST = 300
PROBLEMS_MOST = 200
VALUE_MOST = 60
HEADER = ("code", "subject1", "subject2", "subject3", "language", "year")
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,5}\Z")
_ONES = re.compile(r"1(?:[.,]0+)?(?:\s*[,;:\-/ ]\s*1(?:[.,]0+)?)*\Z")
_BETWEEN = re.compile(r"\s*[,;+/]\s*|\s+[-–]\s+")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong at one place: row as people count, column by its header."""

    code: str
    row: int
    column: str
    value: str

    @property
    def facts(self) -> dict[str, object]:
        """What its sentence may need."""
        return {"most": COMBINATIONS_MOST}


@dataclass
class ReadSet:
    """What a file says: the set, or problems; `others` are rows of other years."""

    combinations: tuple[Combination, ...] = ()
    problems: list[RowProblem] = field(default_factory=list)
    others: int = 0


def read_set_file(body: bytes, year: int) -> ReadSet:
    """A CSV or XLSX of combinations for a year; Invalid for what is no table at all (see `reading`)."""
    if len(body) > FILE_MOST:
        raise Invalid("file_too_large", most=FILE_MOST)
    rows = [
        (row, cells)
        for chunk in read_rows(io.BytesIO(body))
        for row, cells in enumerate(chunk.rows, chunk.first)
        if any(map(str.strip, cells))
    ]
    if not rows:
        raise Invalid("file_empty")
    return _Reading(year).take(rows)


def keep_set(office: ExamOffice, exam: Exam, by: str, body: bytes) -> ReadSet:
    """The file's set as the exam's own, if every row is right; Conflict `combinations_locked` once results are there."""
    locked(office, exam)
    read = read_set_file(body, exam.year)
    if not read.problems and read.combinations != exam.combinations:
        office.change_exam(exam, by, combinations=read.combinations)
    return read


def locked(office: ExamOffice, exam: Exam) -> None:
    """Raise Conflict when an edition's statistics were counted by the set already."""
    if office.editions(exam):
        raise Conflict("combinations_locked")


def set_file(exam: Exam) -> bytes:
    """The set in use, as a file that `read_set_file` takes and that comes out the same again."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for item in sorted(exam.chosen_combinations, key=lambda held: held.code):
        language = f"N{item.language}" if item.language else ""
        writer.writerow([item.code, *item.subjects, language, exam.year])
    return text.getvalue().encode()


@cache
def _kinds() -> dict[str, str]:
    """Every spelling of a header → what its column is; empty: not kept."""
    held = json.loads((DATA / "combinations.json").read_text("utf-8"))
    return {folded_key(word): kind for kind, words in held["columns"].items() for word in words}


class _Reading:
    """Reads rows and remembers what is wrong."""

    def __init__(self, year: int) -> None:
        self._year = str(year)
        self._names: list[str] = []
        self._kinds: list[str] = []
        self._found: dict[str, Combination] = {}
        self._seen: set[str] = set()
        self.read = ReadSet()

    def take(self, rows: Iterable[tuple[int, list[str]]]) -> ReadSet:
        """Header and rows; the first row is the header."""
        first, *rest = rows
        if self._header(*first):
            for row, cells in rest:
                self._row(row, cells)
            if not self._seen and not self.read.problems:
                self._wrong("combinations_empty", first[0], "", self._year)
            if len(self._found) > COMBINATIONS_MOST:
                self._wrong("combinations_too_many", 0, "", str(len(self._found)))
        if not self.read.problems:
            self.read.combinations = tuple(self._found[code] for code in sorted(self._found))
        return self.read

    def _wrong(self, code: str, row: int, column: str, value: str) -> None:
        if len(self.read.problems) < PROBLEMS_MOST:
            self.read.problems.append(RowProblem(code, row, column[:VALUE_MOST], value[:VALUE_MOST]))

    def _header(self, row: int, cells: list[str]) -> bool:
        self._names = [cell.strip().lstrip("\ufeff") for cell in cells]
        self._kinds = [_kinds().get(folded_key(name), "?") if name else "" for name in self._names]
        for name, kind in zip(self._names, self._kinds, strict=True):
            if kind == "?" or (kind and self._kinds.count(kind) > 1):
                self._wrong("combination_column", row, name, name)
        has_subjects = "subjects" in self._kinds or {"subject1", "subject2", "subject3"} <= set(self._kinds)
        if "code" not in self._kinds or not has_subjects:
            self._wrong("combination_columns_missing", row, "", ", ".join(self._names))
        return not self.read.problems

    def _row(self, row: int, cells: list[str]) -> None:
        said = {kind: cell.strip() for kind, cell in zip(self._kinds, cells, strict=False) if kind}
        if len(cells) > len(self._kinds) and any(map(str.strip, cells[len(self._kinds) :])):
            self._wrong("row_width", row, "", ",".join(cells))
            return
        year = said.get("year", "")
        if year and not (year.isascii() and year.isdigit() and len(year) == 4):
            self._wrong("combination_year", row, self._name("year"), year)
            return
        if year and year != self._year:
            self.read.others += 1
            return
        code = said.get("code", "").upper()
        if not _CODE.match(code):
            self._wrong("combination_code", row, self._name("code"), said.get("code", ""))
        elif code in self._seen:
            self._wrong("combination_repeated", row, self._name("code"), code)
        self._seen.add(code)
        coefficients = said.get("coefficients", "")
        if coefficients and not _ONES.match(coefficients):
            self._wrong("combination_coefficient", row, self._name("coefficients"), coefficients)
        made = self._subjects(row, code, said)
        if made is not None:
            self._found.setdefault(code, made)

    def _subjects(self, row: int, code: str, said: dict[str, str]) -> Combination | None:
        subjects: list[str] = []
        languages: set[int] = set()
        before = len(self.read.problems)
        for column, text in self._spelled(said):
            subject = vocabulary().subject_words.get(folded_key(text))
            language = vocabulary().language_words.get(folded_key(text))
            if language is not None:
                subject = "nn"
                languages.add(int(language[1]))
            if subject is None:
                self._wrong("combination_subject", row, column, text)
            else:
                subjects.append(subject)
        if len(self.read.problems) > before:
            return None
        if len(set(subjects)) != 3 or len(subjects) != 3:
            self._wrong("combination_subjects", row, "", ", ".join(subjects))
            return None
        language = said.get("language", "")
        if language:
            held = vocabulary().language_words.get(folded_key(language), "N0")
            languages.add(int(held[1]))
        if len(languages) > 1 or 0 in languages or (languages and "nn" not in subjects):
            self._wrong("combination_language", row, self._name("language"), language)
            return None
        return Combination(code, tuple(subjects), languages.pop() if languages else 0)

    def _spelled(self, said: dict[str, str]) -> Iterator[tuple[str, str]]:
        if "subjects" in said:
            yield from ((self._name("subjects"), text) for text in _BETWEEN.split(said["subjects"]))
        for kind in ("subject1", "subject2", "subject3"):
            if kind in self._kinds:
                yield self._name(kind), said.get(kind, "")

    def _name(self, kind: str) -> str:
        return self._names[self._kinds.index(kind)] if kind in self._kinds else ""
