"""What is wrong in a file: every place is counted and kept in a list, however many they are.

For reading files and for the officers' download. Codes only; the sentences stand in templates."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from miniapp.exam_scores.lists import MOST, Lines
from miniapp.exam_scores.model import Finding

VALUE_MOST = 60

REFUSALS = frozenset(  # the whole file is no table of scores
    {
        "archive_broken",
        "cell_too_long",
        "encoding",
        "file_empty",
        "file_is_archive",
        "file_is_document",
        "file_is_json",
        "file_is_old_excel",
        "file_is_pdf",
        "file_is_picture",
        "file_is_program",
        "file_is_web_page",
        "file_kind_unknown",
        "file_too_large",
        "line_malformed",
        "line_too_long",
        "no_header",
        "no_number_column",
        "no_separator",
        "nul_bytes",
        "sheets_differ",
        "too_many_rows",
        "xlsx_broken",
        "xlsx_encrypted",
        "xlsx_macros",
        "xlsx_too_large",
    }
)
ERRORS = frozenset(
    {
        "all_without_scores",
        "birth_date_shape",
        "correction_without_base",
        "factor_column_missing",
        "factor_key_gone",
        "factor_missing",
        "formula_in_cell",
        "glued_rows",
        "header_changed",
        "html_entities",
        "language_unknown",
        "leading_zero_lost",
        "legacy_font",
        "no_rows",
        "no_scores",
        "number_empty",
        "number_in_two_files",
        "number_repeated",
        "number_scientific",
        "number_shape",
        "outcome_unknown",
        "pairs_shape",
        "repeated_column",
        "row_width",
        "rows_before_header",
        "score_is_date",
        "score_off_scale",
        "score_shape",
        "score_twice",
        "stray_separator",
        "subject_not_in_exam",
        "too_many_columns",
        "unknown_column",
    }
)
WARNINGS = frozenset(
    {
        "bonus_without_cap",
        "minus_one",
        "name_dropped",
        "no_score_at_all",
        "padded",
        "prefix_unexpected",
        "score_off_step",
        "total_apart",
    }
)
OTHERS = {"other_errors": "error", "other_warnings": "warning"}  # kinds that an edition's row has no room to name
SEVERITY = {code: "error" for code in REFUSALS | ERRORS} | {code: "warning" for code in WARNINGS} | OTHERS


@dataclass(frozen=True, slots=True)
class Place:
    """One problem at one place: row as people count (the header is 1), column by its header."""

    code: str
    row: int
    column: str
    value: str


@dataclass(slots=True)
class Findings:
    """All problems of one file."""

    most: int = MOST
    lines: Lines = field(init=False)
    _firsts: dict[str, Place] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = Lines(self.most)

    def add(self, code: str, row: int, column: str = "", value: str = "") -> None:
        """Count a problem and list its place; a code that nobody has words for is a KeyError."""
        count = self._counts.get(code, 0)
        column, value = column[:VALUE_MOST], value[:VALUE_MOST]
        if not count:
            if code not in SEVERITY:
                raise KeyError(code)
            self._firsts[code] = Place(code, row, column, value)
        self._counts[code] = count + 1
        self.lines.add((code, row, column, value))

    def take_over(self, other: "Findings") -> None:
        """All that another list holds, where this one held nothing of the kind yet."""
        self.lines = other.lines
        self._firsts, self._counts = other._firsts, other._counts

    def count(self, severity: str) -> int:
        """How many errors or warnings."""
        return sum(count for code, count in self._counts.items() if SEVERITY[code] == severity)

    def kinds(self) -> tuple[Finding, ...]:
        """One line per kind: errors first, the most frequent first."""
        found = [
            Finding(code, SEVERITY[code], self._counts[code], first.row, first.column, first.value)
            for code, first in self._firsts.items()
        ]
        return tuple(sorted(found, key=lambda kind: (kind.severity, -kind.count, kind.code)))

    def __iter__(self) -> Iterator[Place]:
        for code, row, column, value in self.lines:
            yield Place(str(code), int(row), str(column), str(value))
