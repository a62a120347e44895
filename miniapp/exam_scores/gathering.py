"""From rows of text to records, checking every cell. For the import worker.

Works by columns: a chunk of rows is turned on its side and each column is mapped through a memo of spellings, so that a
cell costs one dictionary look-up; only chunks that hold something odd are walked row by row. It finds every problem
and goes on; it never guesses."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import Any

from miniapp.core.chunks import Chunk
from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_key
from miniapp.exam_scores.adding_up import apart, shown
from miniapp.exam_scores.blocks import NO_FIGURE, Shape
from miniapp.exam_scores.columns import Layout, has_entities, is_legacy, looks_like_header, read_header
from miniapp.exam_scores.factors import FactorKeys, comparable
from miniapp.exam_scores.findings import Findings
from miniapp.exam_scores.heading import Heading, find_heading, header_cells, header_place, is_same_header
from miniapp.exam_scores.model import NUMBER_MOST, Exam, Formula
from miniapp.exam_scores.numbers import read_number
from miniapp.exam_scores.pairs import read_pairs
from miniapp.exam_scores.records import Codes, Records
from miniapp.exam_scores.scores import LOWEST_STATE, NOT_TAKEN, UNSAID, read_score
from miniapp.exam_scores.subjects import vocabulary

ODD = 1 << 16  # codes from here on say: look at this cell again
MEMO_MOST, MEMO_LONGEST = 50_000, 40
NO_MARK = b"\0" * 8


class _Memo(dict[str, int]):
    """Spelling → code; what is worth a look is kept with ODD added."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        code = self._read(text)
        if len(self) < MEMO_MOST and len(text) <= MEMO_LONGEST:
            self[text] = code
        return code


@dataclass
class Run:
    """The records of one file, sorted by number, with the shape they have and what was found.

    `key_version` is that of the factor hashes, empty where the exam asks for no factors; `places` says where the numbers
    stand that somebody wanted to know of (row and column)."""

    shape: Shape
    records: list[bytes]
    rows: int
    findings: Findings
    key_version: str = ""
    places: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Gathering:
    """Reads one file's chunks for one exam.

    `salt`, `keys` and `key_version` (empty: the current one) make the factor hashes of `verified` and `coded` exams;
    `pad` puts back lost leading zeros; `minus_one` says what -1 means in this file: `absent` or `not_taken`; `partial`
    files correct an edition and need not have every column; `wanted` are numbers whose places are to be told."""

    exam: Exam
    pad: bool = False
    minus_one: str = "absent"
    keys: FactorKeys | None = None
    salt: str = ""
    partial: bool = False
    key_version: str = ""
    findings: Findings = field(default_factory=Findings)
    wanted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._layout = Layout(0, ())
        self._records = Records(Shape(1, self.exam.subjects))
        self._rows = 0
        self._scores = _Memo(self._score)
        self._languages = _Memo(_language)
        self._outcomes = _Memo(_outcome)
        if self.exam.factors and self.keys is None:
            raise RuntimeError("an exam with factors needs keys")
        if self.keys is not None and self.exam.factors:
            self.key_version = self.key_version or self.keys.current

    def take(self, chunks: Iterable[Chunk]) -> Run:
        """Every chunk of the file; raises Invalid only for what makes the whole file no table of scores."""
        stream = iter(chunks)
        heading = find_heading(stream, self.exam.number_pattern, self.findings)
        first, place = heading.chunk, heading.place
        self._header(heading)
        self._chunk(first.after(place))
        sheet, is_headed = first.sheet, True
        for chunk in stream:
            if chunk.sheet != sheet:
                sheet, (chunk, is_headed) = chunk.sheet, self._next_sheet(chunk)
            if is_headed or any(map(self._may_be_record, chunk.rows)):
                self._chunk(chunk)
        if self._rows == 0:
            self.findings.add("no_rows", first.first + place)
        column = self._layout.column_name(self._layout.number)
        places = self._records.places(self.wanted, column) if self.wanted else {}
        records = self._records.finished(self.exam, column, self.findings)
        version = self.key_version if self.exam.factors else ""
        return Run(self._records.shape, records, self._rows, self.findings, version, places)

    # --- the header

    def _header(self, heading: Heading) -> None:
        row = heading.chunk.first + heading.place
        layout = self._layout = read_header(heading.cells, self.exam.subjects)
        for code, column in layout.problems:
            self.findings.add(code, row, layout.column_name(column), layout.column_name(column))
        self._check_header(row)
        for sheet, at, before in heading.strays:
            if self._is_record(before):
                self.findings.add("rows_before_header", at, f"{sheet}!" if sheet else "", ",".join(before))
        self._look_above(heading.chunk, heading.place)
        named = [name for name in ("outcome", "benchmark", "bonus", "total") if getattr(layout, name) >= 0]
        extras = (["language"] if self.exam.languages else []) + named + (["factor"] if self.exam.factors else [])
        self._records = Records(Shape(1, self.exam.subjects, tuple(extras)))

    def _look_above(self, chunk: Chunk, place: int) -> None:
        """Name the candidates above a header, who would be lost."""
        sheet = f"{chunk.sheet}!" if chunk.sheet else ""
        for at, before in enumerate(chunk.rows[:place], chunk.first):
            if self._is_record(before):
                self.findings.add("rows_before_header", at, sheet, ",".join(before))

    def _next_sheet(self, chunk: Chunk) -> tuple[Chunk, bool]:
        """A later sheet's rows below its header, and whether it has one; Invalid `sheets_differ` for another header."""
        place = header_place(chunk)
        if place < 0:
            return chunk, False
        if not is_same_header(header_cells(chunk, place), self._layout.names):
            raise Invalid("sheets_differ", sheet=chunk.sheet, row=chunk.first + place)
        self._look_above(chunk, place)
        return chunk.after(place), True

    def _may_be_record(self, cells: list[str]) -> bool:
        """Whether a row of a sheet without a header can be about a candidate, well typed or not; else it is a note."""
        number, scores = self._layout.number, [at for _, at in self._layout.subjects]
        scores += [self._layout.pairs] if self._layout.pairs >= 0 else []
        has_figure = number < len(cells) and any(map(str.isdigit, cells[number]))
        return has_figure and any(at < len(cells) and cells[at].strip() for at in scores)

    def _check_header(self, row: int) -> None:
        layout = self._layout
        for factor in self.exam.factors:
            if self._factor_place(factor) < 0 and not self.partial:
                self.findings.add("factor_column_missing", row, factor)
        for name in ("full_name", "birth_date", "identity"):
            if getattr(layout, name) >= 0 and not self.exam.factors:
                self.findings.add("name_dropped", row, layout.column_name(getattr(layout, name)))

    def _factor_place(self, factor: str) -> int:
        return int(getattr(self._layout, {"identity_last4": "identity"}.get(factor, factor)))

    def _is_record(self, cells: list[str]) -> bool:
        """Whether a row above the header holds a candidate, which would be lost."""
        number = self._layout.number
        if len(cells) <= number or not self.exam.number_pattern.match(cells[number].strip()):
            return False
        return any(
            read_score(cells[at]).code is not None and cells[at] for _, at in self._layout.subjects[: len(cells)]
        )

    # --- rows

    def _chunk(self, chunk: Chunk) -> None:
        self._records.begin_sheet(chunk.sheet)
        turned, lines = self._turned(chunk)
        if not lines:
            return
        self._rows += len(lines)
        numbers, keep = self._numbers(lines, turned)
        if keep is not None:
            turned = [list(compress(column, keep)) for column in turned]
            lines = list(compress(lines, keep))
        if not numbers:
            return
        columns: list[Codes] = [*self._score_columns(lines, turned), *self._extra_columns(lines, turned)]
        if self._layout.total >= 0 and self.exam.formula is not None and not self.partial:
            self._add_up(self.exam.formula, lines, columns, turned[self._layout.total])
        if self.exam.factors:
            columns.append(self._marks(lines, numbers, turned))
        for place in self._layout.unknown:
            self._look_at_unknown(lines, turned[place], place)
        self._records.add(lines, numbers, columns)

    def _turned(self, chunk: Chunk) -> tuple[Sequence[Sequence[str]], Sequence[int]]:
        """Columns of the rows that have a header's width, and the rows' numbers."""
        lines: Sequence[int] = range(chunk.first, chunk.first + len(chunk))
        if len(chunk.columns) == self._layout.width:
            return chunk.columns, lines
        rows = chunk.rows
        if set(map(len, rows)) != {self._layout.width}:
            fit = [self._fits(row, cells, chunk.ragged) for row, cells in zip(lines, rows, strict=True)]
            rows, lines = list(compress(rows, fit)), list(compress(lines, fit))
        return list(zip(*rows, strict=True)), lines

    def _fits(self, row: int, cells: list[str], ragged: bool) -> bool:
        width = self._layout.width
        if len(cells) == width:
            return True
        if not any(map(str.strip, cells)):
            return False  # an empty line
        if len(cells) < width and ragged:
            cells.extend([""] * (width - len(cells)))
            return True
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            del cells[width:]
            return True
        self._rows += 1
        self.findings.add(self._why_unfit(cells), row, self._at(""), ",".join(cells))
        return False

    def _why_unfit(self, cells: list[str]) -> str:
        width = self._layout.width
        if len(cells) > width and not cells[0].strip():
            return "stray_separator"
        return "glued_rows" if any(map(self.exam.number_pattern.match, cells[width:])) else "row_width"

    def _at(self, column: str) -> str:
        """A column as findings name it, with its sheet where that is not the first."""
        return self._records.at(column)

    # --- numbers

    def _numbers(self, lines: Sequence[int], turned: Sequence[Sequence[str]]) -> tuple[list[bytes], list[bool] | None]:
        """Numbers as bytes, and which rows have one (None: all)."""
        cells = turned[self._layout.number]
        if all(map(self.exam.number_pattern.match, cells)) and max(map(len, cells)) <= NUMBER_MOST:
            found = "\n".join(cells)
            if found.isascii() and found.count("\n") == len(cells) - 1:
                return found.encode().split(b"\n"), None
        numbers, keep = [], []
        for place, cell in enumerate(cells):
            number = self._number(cell, lines[place], [column[place] for column in turned])
            keep.append(bool(number))
            if number:
                numbers.append(number.encode())
        return numbers, keep

    def _number(self, cell: str, row: int, cells: list[str]) -> str:
        read = read_number(cell, self.exam)
        name = self._at(self._layout.column_name(self._layout.number))
        if not read.problem or (read.problem == "leading_zero_lost" and self.pad):
            if read.problem:
                self.findings.add("padded", row, name, cell)
            return read.text
        if read.problem == "number_shape" and looks_like_header([cell]):
            if list(map(folded_key, cells)) != list(map(folded_key, self._layout.names)):
                self.findings.add("header_changed", row, name, ",".join(cells))
            self._rows -= 1
        elif any(map(str.strip, cells)):
            self.findings.add(read.problem, row, name, cell)
        else:
            self._rows -= 1  # a row of blanks
        return ""

    # --- scores and what else a row says

    def _score_columns(self, lines: Sequence[int], turned: Sequence[Sequence[str]]) -> Iterator[Iterable[int]]:
        memo, layout = self._scores.__getitem__, self._layout
        taken = dict(layout.subjects)
        pairs = self._pairs(lines, turned[layout.pairs]) if layout.pairs >= 0 else {}
        missing = UNSAID if self.partial and layout.pairs < 0 else NOT_TAKEN
        for subject in self.exam.subjects:
            if subject in taken:
                cells = turned[taken[subject]]
                codes = list(map(memo, cells))
                if max(codes) >= ODD:
                    self._look_again(codes, lines, cells, self._at(layout.column_name(taken[subject])))
                yield codes
            else:
                yield pairs.get(subject) or repeat(missing)

    def _look_again(self, codes: list[int], lines: Sequence[int], cells: Sequence[str], column: str) -> None:
        for place, code in enumerate(codes):
            if code >= ODD:
                said = read_score(cells[place], self.exam.scale, self.minus_one)
                self.findings.add(said.error or said.warning, lines[place], column, cells[place])
                codes[place] = NOT_TAKEN if said.code is None else said.code

    def _score(self, text: str) -> int:
        said = read_score(text, self.exam.scale, self.minus_one)
        return ODD if said.code is None else said.code + (ODD if said.warning else 0)

    def _pairs(self, lines: Sequence[int], cells: Sequence[str]) -> dict[str, list[int]]:
        column = self._at(self._layout.column_name(self._layout.pairs))
        found: dict[str, list[int]] = {subject: [NOT_TAKEN] * len(cells) for subject in self.exam.subjects}
        self._spoken = [0] * len(cells)
        for place, cell in enumerate(cells):

            def tell(code: str, value: str, row: int = lines[place]) -> None:
                self.findings.add(code, row, column, value)

            read = read_pairs(cell, self.exam.subjects, self.exam.scale, self.minus_one, tell)
            self._spoken[place] = read.language
            for subject, code in read.scores.items():
                found[subject][place] = code
        return found

    def _extra_columns(self, lines: Sequence[int], turned: Sequence[Sequence[str]]) -> Iterator[Iterable[int]]:
        for name in self._records.shape.extras:
            place = -1 if name == "factor" else int(getattr(self._layout, name))
            if name == "factor":
                continue
            if place < 0:
                yield self._spoken if name == "language" and self._layout.pairs >= 0 else repeat(0)
                continue
            memo = {"language": self._languages, "outcome": self._outcomes}.get(name)
            codes = list(map(memo.__getitem__ if memo is not None else _figure, turned[place]))
            if max(codes) >= ODD:
                code = {"language": "language_unknown", "outcome": "outcome_unknown"}.get(name, "score_shape")
                column = self._at(self._layout.column_name(place))
                for index in (index for index, value in enumerate(codes) if value >= ODD):
                    self.findings.add(code, lines[index], column, turned[place][index])
                    codes[index] = 0 if memo is not None else NO_FIGURE
            if name == "bonus":
                self._look_for_cap(codes, lines, turned[place])
            yield codes

    def _look_for_cap(self, codes: list[int], lines: Sequence[int], cells: Sequence[str]) -> None:
        """Name the rows whose bonus counts for nothing, because the exam's formula gives none."""
        formula = self.exam.formula
        if formula is None or formula.bonus_cap:
            return
        column = self._at(self._layout.column_name(self._layout.bonus))
        for row, code, cell in zip(lines, codes, cells, strict=True):
            if 0 < code < NO_FIGURE:
                self.findings.add("bonus_without_cap", row, column, cell)

    def _add_up(self, formula: Formula, lines: Sequence[int], columns: Sequence[Any], cells: Sequence[str]) -> None:
        """Name the rows whose total is not what the exam's formula makes of their scores.

        Those of a correction are laid over other scores first, and looked at then."""
        layout, shape = self._layout, self._records.shape
        named = dict(zip((*shape.subjects, *shape.extras), columns, strict=False))
        for place, computed in apart(formula, named, named["total"]):
            column = self._at(layout.column_name(layout.total))
            self.findings.add("total_apart", lines[place], column, f"{cells[place].strip()} ≠ {shown(computed)}")

    def _look_at_unknown(self, lines: Sequence[int], cells: Sequence[str], place: int) -> None:
        """Name the rows whose scores hide, undecoded, in a column that we do not know."""
        for row, cell in zip(lines, cells, strict=True):
            if has_entities(cell):
                self.findings.add("html_entities", row, self._at(self._layout.column_name(place)), cell)

    def _marks(self, lines: Sequence[int], numbers: list[bytes], turned: Sequence[Sequence[str]]) -> list[bytes]:
        assert self.keys is not None
        places = {name: self._factor_place(name) for name in self.exam.factors}
        marks = []
        for index, number in enumerate(numbers):
            said = {name: turned[place][index] for name, place in places.items() if place >= 0}
            read = {name: self._factor(name, cell, lines[index]) for name, cell in said.items()}
            whole = len(read) == len(places) and all(read.values())
            mark = self.keys.mark(self.key_version, self.salt, number.decode(), read) if whole else NO_MARK
            marks.append(mark)
        return marks

    def _factor(self, name: str, cell: str, row: int) -> str:
        value = comparable(name, cell)
        problem = "" if value else "birth_date_shape" if name == "birth_date" and cell.strip() else "factor_missing"
        if name == "full_name" and is_legacy(cell):
            problem = "legacy_font"
        if problem:
            self.findings.add(problem, row, self._at(name))  # without the value: it is about a person
        return value


def _figure(text: str) -> int:
    said = read_score(text, LOWEST_STATE - 1)
    return ODD if said.code is None else NO_FIGURE if said.code >= LOWEST_STATE else said.code


def _language(text: str) -> int:
    key = folded_key(text)
    code = vocabulary().language_words.get(key, "") if key else "N0"
    return int(code[1]) if code else ODD


def _outcome(text: str) -> int:
    key = folded_key(text)
    words = vocabulary()
    code = words.outcome_words.get(key, "")
    return words.outcomes.index(code) + 1 if code else ODD if key else 0
