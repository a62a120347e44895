"""An attacker with all published numbers, a pencil and patience: how narrow a sum of unknown counts can be made.

Exact linear programming (the simplex method in fractions, Bland's rule, so that it ends). It knows nothing of how cells
are chosen: only that counts add up and none is below nothing."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

V = TypeVar("V", bound=Hashable)
Row = list[Fraction]
Known = tuple[Collection[V], int]  # these unknowns together are so many


class Attacker:
    """Everything that was published, solved once; then asked about one sum after the other."""

    def __init__(self, known: Iterable[Known[V]]) -> None:
        held = list(known)
        self._gone = {unknown for unknowns, value in held if not value for unknown in unknowns}
        self._names = sorted({unknown for unknowns, _ in held for unknown in unknowns} - self._gone)
        rows = [
            [Fraction(name in set(unknowns)) for name in self._names] + [Fraction(value)] for unknowns, value in held
        ]
        self._rows = _independent(rows)
        self._basis = self._start()

    def range(self, unknowns: Collection[V]) -> tuple[Fraction, Fraction | None]:
        """The least and the most that a sum can be; None where there is no most. What is in no sum can be anything."""
        inside = set(unknowns)
        cost = [Fraction(name in inside) for name in self._names]
        most = self._most(cost)
        least = self._most([-each for each in cost])
        assert least is not None, "no sum of counts is below nothing"
        is_told = inside <= self._gone.union(self._names)
        return -least, most if is_told else None

    def _start(self) -> list[int]:
        """Phase one: a place where everything published holds."""
        wide, deep = len(self._names), len(self._rows)
        for at, row in enumerate(self._rows):
            if row[-1] < 0:
                row[:] = [-each for each in row]
            row[-1:-1] = [Fraction(other == at) for other in range(deep)]
        basis = list(range(wide, wide + deep))
        rest = self._walk([Fraction(0)] * wide + [Fraction(-1)] * deep, basis)
        assert rest == 0, "the published numbers contradict each other"
        for at in range(deep):
            if basis[at] >= wide:  # stands at nothing: any unknown can take its place
                _pivot(self._rows, basis, at, next(each for each in range(wide) if self._rows[at][each]))
        for row in self._rows:
            del row[wide:-1]
        return basis

    def _most(self, cost: Row) -> Fraction | None:
        return self._walk(cost, self._basis)

    def _walk(self, cost: Row, basis: list[int]) -> Fraction | None:
        rows = self._rows
        while True:
            gains = [
                each - sum((cost[basis[at]] * row[column] for at, row in enumerate(rows)), Fraction(0))
                for column, each in enumerate(cost)
            ]
            enters = next((column for column, gain in enumerate(gains) if gain > 0), None)
            if enters is None:
                return sum((cost[basis[at]] * row[-1] for at, row in enumerate(rows)), Fraction(0))
            leaves = [(row[-1] / row[enters], basis[at], at) for at, row in enumerate(rows) if row[enters] > 0]
            if not leaves:
                return None
            _pivot(rows, basis, min(leaves)[2], enters)


def _pivot(rows: Sequence[Row], basis: list[int], at: int, column: int) -> None:
    row = rows[at]
    factor = row[column]
    row[:] = [each / factor for each in row]
    for other in rows:
        if other is not row and other[column]:
            times = other[column]
            other[:] = [mine - times * theirs if theirs else mine for mine, theirs in zip(other, row, strict=True)]
    basis[at] = column


def _independent(rows: list[Row]) -> list[Row]:
    """The rows that say something which those before don't."""
    kept: list[tuple[int, Row, Row]] = []
    for row in rows:
        left = row
        for lead, reduced, _ in kept:
            if left[lead]:
                times = left[lead]
                left = [mine - times * theirs for mine, theirs in zip(left, reduced, strict=True)]
        lead = next((column for column, each in enumerate(left[:-1]) if each), None)
        if lead is None:
            assert not left[-1], "the published numbers contradict each other"
            continue
        kept.append((lead, [each / left[lead] for each in left], row))
    return [list(row) for _, _, row in kept]
