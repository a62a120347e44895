"""A candidate's totals and outcome: combinations with their share, the entrance total by formula, the floor.

For slips, the API and the chat. Pure: a build's statistics and one result in, figures out. Shares are of this edition's
candidates with that combination who have strictly less, rounded down; a group under 10 has none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.model import Exam, Formula
from miniapp.exam_scores.scores import LOWEST_STATE
from miniapp.exam_scores.statistics import Distribution, Statistics
from miniapp.exam_scores.subjects import vocabulary

NOTHING = Distribution()


class Total(NamedTuple):
    """One combination's total in hundredths; `language` is the foreign language it depends on when that is unknown."""

    combination: Combination
    total: int
    share: int | None
    population: int
    language: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an entrance exam decided: a code of the vocabulary or empty, total, benchmark, failed subjects."""

    code: str
    total: int | None
    benchmark: int | None
    failed: tuple[str, ...] = field(default=())


def totals_of(exam: Exam, statistics: Statistics, result: Result) -> list[Total]:
    """Every combination that the candidate can use, the best total first."""
    scores, spoken = result.scores, result.language
    taken = tuple([subject for subject, code in scores.items() if code < LOWEST_STATE])
    found = []
    for item in _usable(exam, taken, spoken):
        first, second, third = item.subjects
        total = scores[first] + scores[second] + scores[third]
        group = statistics.combinations.get(item.code, NOTHING)
        shown = group.is_shown
        found.append(
            Total(
                item,
                total,
                group.share_below(total) if shown else None,
                group.population if shown else 0,
                item.language if item.language and not spoken else 0,
            )
        )
    found.sort(key=_best_first)
    return found


def _best_first(item: Total) -> tuple[int, str]:
    return -item.total, item.combination.code


def _usable(exam: Exam, taken: tuple[str, ...], spoken: int) -> tuple[Combination, ...]:
    """Those whose three subjects have scores, remembered per exam."""
    found = exam.combinations_by_subjects.get((taken, spoken))
    if found is None:
        held = set(taken)
        found = exam.combinations_by_subjects[taken, spoken] = tuple(
            item
            for item in exam.usable_combinations
            if held.issuperset(item.subjects) and (not item.language or not spoken or item.language == spoken)
        )
    return found


def outcome_of(exam: Exam, result: Result) -> Outcome | None:
    """What the file says, else what the formula makes of the scores; None for an exam that decides nothing."""
    said = int(result.extras.get("outcome", 0) or 0)
    benchmark = result.figure("benchmark")
    benchmark = exam.benchmark if benchmark is None else benchmark
    total = result.figure("total")
    failed: tuple[str, ...] = ()
    if exam.formula is not None:
        computed, failed = by_formula(exam.formula, result.scores, result.figure("bonus") or 0)
        total = computed if total is None else total
    if not said and total is None and benchmark is None and not failed:
        return None
    code = vocabulary().outcomes[said - 1] if said else ""
    if not code and failed:
        code = "eliminated"
    elif not code and benchmark is not None and total is not None and exam.formula is not None:
        code = "admitted" if total >= benchmark else "not_admitted"
    return Outcome(code, total, benchmark, failed)


def by_formula(formula: Formula, scores: Mapping[str, int], bonus: int = 0) -> tuple[int | None, tuple[str, ...]]:
    """The weighted total with its capped bonus (None while a weighted subject has no score), and subjects at or under
    the floor."""
    weighed = [(subject, weight, scores.get(subject, LOWEST_STATE)) for subject, weight in formula.weights]
    failed = tuple(subject for subject, _, code in weighed if formula.floor is not None and code <= formula.floor)
    if any(code >= LOWEST_STATE for _, _, code in weighed):
        return None, failed
    total = sum(weight * code for _, weight, code in weighed) + min(bonus, formula.bonus_cap)
    return total, failed
