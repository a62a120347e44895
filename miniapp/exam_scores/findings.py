"""What is wrong in a file: every place is counted, the places of the list are kept up to a bound.

For reading files and for the officers' download. Codes only; the sentences stand in templates."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from miniapp.exam_scores.model import Finding

LISTED_MOST = 200_000
VALUE_MOST = 60

ERRORS = frozenset(
    {
        "number_empty",
        "number_shape",
        "number_repeated",
        "leading_zero_lost",
        "score_shape",
        "score_off_scale",
        "language_unknown",
        "row_width",
        "glued_rows",
        "stray_separator",
        "pairs_shape",
        "factor_missing",
        "birth_date_shape",
        "outcome_unknown",
        "unknown_column",
        "repeated_column",
        "subject_not_in_exam",
        "legacy_font",
        "html_entities",
        "no_scores",
        "too_many_columns",
        "no_header",
        "no_number_column",
        "no_rows",
        "factor_column_missing",
        "score_twice",
        "number_in_two_files",
    }
)
WARNINGS = frozenset(
    {"score_off_step", "minus_one", "padded", "no_score_at_all", "total_differs", "name_dropped", "prefix_unexpected"}
)


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

    places: list[Place] = field(default_factory=list)
    _kinds: dict[str, Finding] = field(default_factory=dict)

    def add(self, code: str, row: int, column: str = "", value: str = "") -> None:
        """Count a problem and list its place."""
        value = value[:VALUE_MOST]
        held = self._kinds.get(code)
        if held is None:
            severity = "error" if code in ERRORS else "warning"
            if code not in ERRORS and code not in WARNINGS:
                raise KeyError(code)
            self._kinds[code] = Finding(code, severity, 1, row, column, value)
        else:
            self._kinds[code] = Finding(code, held.severity, held.count + 1, held.row, held.column, held.value)
        if len(self.places) < LISTED_MOST:
            self.places.append(Place(code, row, column, value))

    def count(self, severity: str) -> int:
        """How many errors or warnings."""
        return sum(kind.count for kind in self._kinds.values() if kind.severity == severity)

    def kinds(self) -> tuple[Finding, ...]:
        """One line per kind: errors first, the most frequent first."""
        return tuple(sorted(self._kinds.values(), key=lambda kind: (kind.severity, -kind.count, kind.code)))

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places)
