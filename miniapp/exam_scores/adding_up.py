"""Whether the totals that a file names are those of the exam's formula. For reading files and for laying corrections.

A total that differs is worth a look, not an error: real authorities count parts that stand in no column (a transcript,
a priority), and publish 0 for who was absent or fell under the floor. So a total may lie above the sum by as much as the
formula's bonus where the file has no column for it, and 0 needs no more reason than a subject without a score or at the
floor. Scores are whole hundredths and weights are whole: nothing is rounded. It never changes a total."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import add

from miniapp.exam_scores.blocks import NO_FIGURE
from miniapp.exam_scores.model import Formula
from miniapp.exam_scores.scores import LOWEST_STATE

Columns = Mapping[str, Iterable[int]]


def apart(formula: Formula, columns: Columns, totals: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(place, computed total) of the rows whose total does not follow; `columns` by subject, and `bonus` if there is one.

    Works by columns: rows are walked only where a column as a whole is not the same."""
    codes = [list(islice(columns[subject], len(totals))) for subject, _ in formula.weights]
    counted = [_weighed(held, weight) for held, (_, weight) in zip(codes, formula.weights, strict=True)]
    sums = list(map(sum, zip(*counted, strict=True)))
    slack = formula.bonus_cap
    if "bonus" in columns:
        slack = 0
        bonus = islice(columns["bonus"], len(totals))
        sums = list(map(add, sums, (0 if one == NO_FIGURE else min(one, formula.bonus_cap) for one in bonus)))
    if sums == totals:
        return
    for place, (total, computed) in enumerate(zip(totals, sums, strict=True)):
        if total == NO_FIGURE or 0 <= total - computed <= slack:
            continue
        if total or not _fails(formula, [held[place] for held in codes]):
            yield place, computed


def _weighed(codes: list[int], weight: int) -> list[int]:
    """A column's share of the sum: who has no score adds nothing."""
    if max(codes, default=0) >= LOWEST_STATE:
        codes = [0 if code >= LOWEST_STATE else code for code in codes]
    return codes if weight == 1 else [weight * code for code in codes]


def _fails(formula: Formula, codes: Sequence[int]) -> bool:
    floor = -1 if formula.floor is None else formula.floor
    return any(code >= LOWEST_STATE or code <= floor for code in codes)


def shown(total: int) -> str:
    """Hundredths as a finding's value says them: 24,75."""
    return f"{total // 100},{total % 100:02d}"
