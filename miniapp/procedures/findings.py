"""What an importer could not read for certain, by record. For importers and whoever shows their reports.

Nothing is dropped in silence: what could not be told apart stays whole as words, and a finding says where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLE_MOST = 120


class Severity(StrEnum):
    """Whether the record is kept all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One problem of one record: what, in which field, and the words in question."""

    code: str
    field: str
    example: str = ""
    severity: Severity = Severity.WARNING
    record: str = ""  # its code, or its name where it has none
    row: int = 0
    sheet: str = ""  # of a workbook, or of our own form


@dataclass
class Found:
    """The findings of one record, gathered while it is read."""

    record: str = ""
    row: int = 0
    sheet: str = ""
    findings: list[Finding] = field(default_factory=list)

    def warn(self, code: str, name: str, example: str = "") -> None:
        """Name something that was kept as words."""
        self._add(code, name, example, Severity.WARNING)

    def fail(self, code: str, name: str, example: str = "") -> None:
        """Name why the record can't be kept."""
        self._add(code, name, example, Severity.ERROR)

    @property
    def has_failed(self) -> bool:
        """Whether the record can't be kept."""
        return any(one.severity is Severity.ERROR for one in self.findings)

    def _add(self, code: str, name: str, example: str, severity: Severity) -> None:
        cut = example if len(example) <= EXAMPLE_MOST else example[: EXAMPLE_MOST - 1] + "\u2026"
        self.findings.append(Finding(code, name, cut, severity, self.record, self.row, self.sheet))


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """How many records have each kind of problem."""
    return dict(sorted(Counter(code for code, _ in {(one.code, one.record or one.row) for one in findings}).items()))
