"""Every problem of an edition with its place, as one list over all files. For reports; it counts and words nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from miniapp.exam_scores.findings import OTHERS
from miniapp.exam_scores.keeping import ImportLists
from miniapp.exam_scores.lists import Kept, Line
from miniapp.exam_scores.model import Edition, Exam, FileState

KNOWN = (FileState.READ, FileState.REFUSED)


@dataclass(frozen=True)
class Place:
    """One line of the list of problems."""

    file: str
    code: str
    row: int
    column: str
    value: str

    @property
    def facts(self) -> dict[str, object]:
        """What its sentence may need."""
        return facts_of(self.row, self.value)


@dataclass(frozen=True)
class _Part:
    """Lines of one file: few that the edition names itself, or a kept list. Without `file`, each line begins with it."""

    held: list[Line] | Kept
    file: str = ""

    @property
    def kept(self) -> int:
        return self.held.kept if isinstance(self.held, Kept) else len(self.held)

    @property
    def total(self) -> int:
        return self.held.total if isinstance(self.held, Kept) else len(self.held)

    def lines(self, start: int) -> Iterator[Line]:
        found = self.held.lines(start) if isinstance(self.held, Kept) else islice(self.held, start, None)
        return ([self.file, *line] for line in found) if self.file else iter(found)


class ProblemList:
    """All places, file by file, then what is wrong with files only beside others; read from any place on."""

    def __init__(self, lists: ImportLists, exam: Exam, edition: Edition) -> None:
        self._names = {item.id: item.name for item in edition.files}
        self._parts: list[_Part] = []
        beside = any(kind.is_together for item in edition.files for kind in item.findings)  # else its list is stale
        together = lists.together(exam, edition.id) if beside else Kept()
        for item in edition.files:
            own = lists.findings(exam, edition.id, item.id) if item.state in KNOWN else Kept()
            known = own.facts.get("codes", ())
            assert isinstance(known, list | tuple)
            alone: list[Line] = [
                [kind.code, kind.row, kind.column, kind.value]
                for kind in item.findings
                if not (bool(together.total) if kind.is_together else kind.code in known or kind.code in OTHERS)
            ]
            self._parts += [_Part(alone, item.id), _Part(own, item.id)]
        self._parts.append(_Part(together))

    @property
    def kept(self) -> int:
        """How many can be listed."""
        return sum(part.kept for part in self._parts)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(part.total for part in self._parts)

    def __iter__(self) -> Iterator[Place]:
        return self.start_at(0)

    def start_at(self, start: int) -> Iterator[Place]:
        """The places from one on; what stands before it is not read."""
        for part in self._parts:
            if start < part.kept:
                for file, code, row, column, value in part.lines(start):
                    if file in self._names:  # taken out meanwhile
                        yield Place(self._names[str(file)], str(code), int(row), str(column), str(value))
            start = max(0, start - part.kept)


def facts_of(row: int, value: str) -> dict[str, object]:
    """A refused file's finding carries the row, or in `value` how much would have been allowed."""
    return {"row": row, "most": int(value) if value.isascii() and value.isdigit() else 0}
