"""From rows of text to records, checking every cell. For the import worker.

Works by columns: a chunk of rows is turned on its side and each column is mapped through a memo of spellings, so that a
cell costs one dictionary look-up; only chunks that hold something odd are walked row by row. It finds every problem
and goes on; it never guesses."""

import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_key
from miniapp.exam_scores.blocks import NO_FIGURE, Shape
from miniapp.exam_scores.columns import Layout, looks_like_header, read_header
from miniapp.exam_scores.factors import FactorKeys, comparable
from miniapp.exam_scores.findings import Findings
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.reading import HEADER_WITHIN, Chunk
from miniapp.exam_scores.scores import NOT_TAKEN, read_score
from miniapp.exam_scores.subjects import vocabulary

ODD = 1 << 16  # codes from here on say: look at this cell again
_PAIR = re.compile(r"\s*([^:;=]+?)\s*[:=]\s*([^\s:;=]+)\s*(?:[;,]|\s|\Z)")
_GLUED = re.compile(r"[|;].*\d{6,}\|")


class _Memo(dict[str, int]):
    """Spelling → code; what is worth a look is kept with ODD added."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        code = self._read(text)
        if len(self) < 50_000:
            self[text] = code
        return code


@dataclass
class Run:
    """The records of one file, sorted by number, with the shape they have and what was found."""

    shape: Shape
    records: list[bytes]
    rows: int
    findings: Findings


@dataclass
class Gathering:
    """Reads one file's chunks for one exam.

    `salt` and `keys` make the factor hashes of `verified` and `coded` exams; `pad` puts back lost leading zeros;
    `minus_one` says what -1 means in this file: `absent` or `not_taken`."""

    exam: Exam
    pad: bool = False
    minus_one: str = "absent"
    keys: FactorKeys | None = None
    salt: str = ""
    partial: bool = False
    findings: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self._layout: Layout | None = None
        self._numbers: list[bytes] = []
        self._rows_of: array[int] = array("I")
        self._columns = {subject: array("H") for subject in self.exam.subjects}
        self._extras: dict[str, array[int]] = {}
        self._marks: list[bytes] = []
        self._rows = 0
        self._scores = _Memo(self._score)
        self._languages = _Memo(self._language)
        self._outcomes = _Memo(self._outcome)

    def take(self, chunks: Iterable[Chunk]) -> Run:
        """Every chunk of the file; raises Invalid only for what makes the whole file no table of scores."""
        for first, rows in chunks:
            if self._layout is None:
                first, rows = self._header(first, rows)
            self._chunk(self._layout_or_none(), first, rows)
        if self._rows == 0:
            self.findings.add("no_rows", 1)
        return self._run()

    def _layout_or_none(self) -> Layout:
        if self._layout is None:
            raise Invalid("no_header")
        return self._layout

    def _header(self, first: int, rows: list[list[str]]) -> Chunk:
        for place, cells in enumerate(rows[:HEADER_WITHIN]):
            if looks_like_header(cells):
                break
        else:
            raise Invalid(self._why_no_header(rows))
        layout = read_header([cell.strip().lstrip("\ufeff") for cell in cells], self.exam.subjects)
        for code, column in layout.problems:
            self.findings.add(code, first + place, layout.column_name(column), layout.column_name(column))
        for factor in self.exam.factors:
            source = {"identity_last4": "identity"}.get(factor, factor)
            if getattr(layout, source) < 0 and not self.partial:
                self.findings.add("factor_column_missing", first + place, factor)
        for name in ("full_name", "birth_date", "identity"):
            if getattr(layout, name) >= 0 and not self.exam.factors:
                self.findings.add("name_dropped", first + place, layout.column_name(getattr(layout, name)))
        self._layout = layout
        self._extras = {name: array("B" if name in ("language", "outcome") else "H") for name in self._extra_names()}
        return first + place + 1, rows[place + 1 :]

    @staticmethod
    def _why_no_header(rows: list[list[str]]) -> str:
        text = "\n".join(",".join(cells) for cells in rows[:HEADER_WITHIN])
        if "&#" in text:
            return "html_entities"
        if text.lstrip().startswith(";"):
            return "stray_separator"
        return "glued_rows" if _GLUED.search(text) else "no_header"

    def _extra_names(self) -> list[str]:
        layout = self._layout_or_none()
        named = [name for name in ("outcome", "benchmark", "bonus", "total") if getattr(layout, name) >= 0]
        return (["language"] if self.exam.languages else []) + named

    def _chunk(self, layout: Layout, first: int, rows: list[list[str]]) -> None:
        width = layout.width
        numbered = range(first, first + len(rows))
        if any(len(cells) != width for cells in rows):
            kept = [(row, cells) for row, cells in zip(numbered, rows, strict=True) if self._fits(layout, row, cells)]
            if not kept:
                return
            lines: list[int] = [row for row, _ in kept]
            rows = [cells for _, cells in kept]
        else:
            lines = list(numbered)
        if not rows:
            return
        self._rows += len(rows)
        turned = list(zip(*rows, strict=True))
        numbers, keep = self._check_numbers(layout, lines, turned[layout.number])
        if keep is not None:
            turned = [tuple(column[place] for place in keep) for column in turned]
            lines = [lines[place] for place in keep]
        self._numbers += numbers
        self._rows_of.extend(lines)
        self._take_scores(layout, lines, turned)
        self._take_extras(layout, lines, turned)
        if self.exam.factors:
            self._take_factors(layout, lines, numbers, turned)

    def _fits(self, layout: Layout, row: int, cells: list[str]) -> bool:
        if not any(cell.strip() for cell in cells):
            return False  # an empty line at the end of a sheet
        if len(cells) < layout.width:
            cells.extend([""] * (layout.width - len(cells)))  # spreadsheets drop empty cells at the end
            if cells[layout.number].strip():
                return True
        elif not any(cell.strip() for cell in cells[layout.width :]):
            del cells[layout.width :]
            return True
        code = "stray_separator" if cells and not cells[0].strip() and len(cells) > layout.width else "row_width"
        self._rows += 1
        self.findings.add(code, row, "", ",".join(cells))
        return False

    def _check_numbers(
        self, layout: Layout, lines: list[int], cells: tuple[str, ...]
    ) -> tuple[list[bytes], list[int] | None]:
        """Numbers as bytes, and the places kept (None: all)."""
        matches = self.exam.number_pattern.match
        if all(map(matches, cells)):
            return [cell.encode() for cell in cells], None
        numbers, keep = [], []
        name = layout.column_name(layout.number)
        for place, cell in enumerate(cells):
            number = self._number(cell, lines[place], name)
            if number:
                numbers.append(number.encode())
                keep.append(place)
        return numbers, keep

    def _number(self, cell: str, row: int, column: str) -> str:
        matches = self.exam.number_pattern.match
        text = cell.strip().lstrip("'").upper()
        if text.endswith(".0"):
            text = text[:-2]
        if matches(text):
            return text
        if text.startswith(";"):
            self.findings.add("stray_separator", row, column, cell)
        elif not text:
            self.findings.add("number_empty", row, column, cell)
        elif matches("0" + text):
            if self.pad:
                self.findings.add("padded", row, column, cell)
                return "0" + text
            self.findings.add("leading_zero_lost", row, column, cell)
        else:
            self.findings.add("glued_rows" if "|" in text else "number_shape", row, column, cell)
        return ""

    def _take_scores(self, layout: Layout, lines: list[int], turned: list[tuple[str, ...]]) -> None:
        memo = self._scores.__getitem__
        taken = dict(layout.subjects)
        pairs = self._pairs(layout, lines, turned[layout.pairs]) if layout.pairs >= 0 else {}
        for subject, column in self._columns.items():
            if subject in taken:
                codes = list(map(memo, turned[taken[subject]]))
                if max(codes) >= ODD:
                    self._look_again(codes, lines, turned[taken[subject]], layout.column_name(taken[subject]))
                column.extend(codes)
            else:
                column.extend(pairs.get(subject) or [NOT_TAKEN] * len(lines))

    def _look_again(self, codes: list[int], lines: list[int], cells: tuple[str, ...], column: str) -> None:
        for place, code in enumerate(codes):
            if code >= ODD:
                said = read_score(cells[place], self.exam.scale, self.minus_one)
                self.findings.add(said.error or said.warning, lines[place], column, cells[place])
                codes[place] = NOT_TAKEN if said.code is None else said.code

    def _score(self, text: str) -> int:
        said = read_score(text, self.exam.scale, self.minus_one)
        return ODD if said.code is None else said.code + (ODD if said.warning else 0)

    def _pairs(self, layout: Layout, lines: list[int], cells: tuple[str, ...]) -> dict[str, list[int]]:
        """A cell «Toán: 6.80  Ngữ văn: 6.50» per row → codes per subject; languages are noted on the way."""
        words = vocabulary()
        found: dict[str, list[int]] = {subject: [NOT_TAKEN] * len(cells) for subject in self.exam.subjects}
        spoken = [0] * len(cells)
        column = layout.column_name(layout.pairs)
        for place, cell in enumerate(cells):
            rest = _PAIR.sub("", cell).strip(" ;,")
            if rest:
                self.findings.add("pairs_shape", lines[place], column, rest)
            for name, value in _PAIR.findall(cell):
                key = folded_key(name)
                if words.column_words.get(key) == "derived":
                    continue
                language = words.language_words.get(key)
                subject = "nn" if language else words.subject_words.get(key, "")
                if subject not in found:
                    self.findings.add("unknown_column", lines[place], column, name)
                    continue
                said = read_score(value, self.exam.scale, self.minus_one)
                if said.error or said.warning:
                    self.findings.add(said.error or said.warning, lines[place], column, f"{name}: {value}")
                if found[subject][place] != NOT_TAKEN:
                    self.findings.add("score_twice", lines[place], column, f"{name}: {value}")
                found[subject][place] = NOT_TAKEN if said.code is None else said.code
                spoken[place] = int(language[1]) if language else spoken[place]
        if self.exam.languages and layout.language < 0:
            self._extras["language"].extend(spoken)
        return found

    def _take_extras(self, layout: Layout, lines: list[int], turned: list[tuple[str, ...]]) -> None:
        for name, column in self._extras.items():
            place = getattr(layout, name)
            if place < 0:
                if name == "language" and layout.pairs >= 0:
                    continue
                column.extend([0] * len(lines))
                continue
            memo = {"language": self._languages, "outcome": self._outcomes}.get(name)
            codes = list(map(memo.__getitem__, turned[place])) if memo is not None else self._figures(turned[place])
            if codes and max(codes) >= ODD:
                code = {"language": "language_unknown", "outcome": "outcome_unknown"}.get(name, "score_shape")
                for index, value in enumerate(codes):
                    if value >= ODD:
                        self.findings.add(code, lines[index], layout.column_name(place), turned[place][index])
                        codes[index] = 0 if memo is not None else NO_FIGURE
            column.extend(codes)

    @staticmethod
    def _figures(cells: tuple[str, ...]) -> list[int]:
        found = []
        for cell in cells:
            said = read_score(cell, 0xFEFF)
            found.append(ODD if said.code is None else min(said.code, NO_FIGURE))
        return found

    @staticmethod
    def _language(text: str) -> int:
        key = folded_key(text)
        if not key:
            return 0
        code = vocabulary().language_words.get(key)
        return int(code[1]) if code else ODD

    @staticmethod
    def _outcome(text: str) -> int:
        key = folded_key(text)
        if not key:
            return 0
        words = vocabulary()
        code = words.outcome_words.get(key)
        return words.outcomes.index(code) + 1 if code else ODD

    def _take_factors(
        self, layout: Layout, lines: list[int], numbers: list[bytes], turned: list[tuple[str, ...]]
    ) -> None:
        if self.keys is None:
            raise RuntimeError("an exam with factors needs keys")
        places = {name: getattr(layout, {"identity_last4": "identity"}.get(name, name)) for name in self.exam.factors}
        for index, number in enumerate(numbers):
            said: dict[str, str] = {}
            for name, place in places.items():
                cell = turned[place][index] if place >= 0 else ""
                value = comparable(name, cell)
                if not value and place >= 0:
                    shaped = name == "birth_date" and cell.strip()
                    self.findings.add("birth_date_shape" if shaped else "factor_missing", lines[index], name)
                if value:
                    said[name] = value
            whole = len(said) == len(places)
            self._marks.append(
                self.keys.mark(self.keys.current, self.salt, number.decode(), said) if whole else b"\0" * 8
            )

    def _run(self) -> Run:
        width = max(map(len, self._numbers), default=1)
        extras = tuple(self._extras) + (("factor",) if self.exam.factors else ())
        shape = Shape(width, self.exam.subjects, extras)
        columns: list[Iterable[object]] = [*self._columns.values(), *self._extras.values()]
        if self.exam.factors:
            columns.append(self._marks)
        zero = bytes(1)[0]
        pack = shape.struct.pack
        records = [pack(*cells, zero) for cells in zip(self._numbers, *columns, strict=True)]
        self._check_scoreless(shape)
        order = self._sorted_unique(records, shape)
        self._numbers, self._marks = [], []
        return Run(shape, order, self._rows, self.findings)

    def _check_scoreless(self, shape: Shape) -> None:
        empty = 0
        first = 0
        for place, codes in enumerate(zip(*self._columns.values(), strict=True)):
            if min(codes) == NOT_TAKEN:
                empty += 1
                first = first or self._rows_of[place]
                self.findings.add("no_score_at_all", self._rows_of[place], "", self._numbers[place].decode())

    def _sorted_unique(self, records: list[bytes], shape: Shape) -> list[bytes]:
        """Sorted by number; a number that comes twice is an error at its second place."""
        width = shape.width
        ordered = sorted(records)
        repeated = {
            one[:width] for one, other in zip(ordered, ordered[1:], strict=False) if one[:width] == other[:width]
        }
        if repeated:
            seen: set[bytes] = set()
            for place, record in enumerate(records):
                number = record[:width]
                if number in repeated and number in seen:
                    text = number.rstrip(b"\0").decode()
                    self.findings.add("number_repeated", self._rows_of[place], "", text)
                seen.add(number)
            kept: dict[bytes, bytes] = {}
            for record in records:
                kept.setdefault(record[:width], record)
            ordered = sorted(kept.values())
        return ordered
