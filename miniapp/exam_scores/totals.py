"""A candidate's totals and outcome: combinations with their share, the entrance total by formula, the floor.

For slips, the API and the chat. Pure: a build's statistics and one result in, figures out. Shares are of this edition's
candidates with that combination who have strictly less, rounded down; a group under 10 has none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import NamedTuple

from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.model import Exam, Formula
from miniapp.exam_scores.scores import LOWEST_STATE
from miniapp.exam_scores.statistics import Distribution, Statistics
from miniapp.exam_scores.subjects import vocabulary

SETS_MOST = 2_000  # a year has some hundred


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """All of an edition's candidates with one combination; not counted where they are too few. `language` is the foreign
    language that the combination depends on when that is unknown."""

    combination: Combination
    counted: Distribution | None
    language: int = 0

    @property
    def population(self) -> int:
        """How many they are, 0 where that is not shown."""
        return self.counted.population if self.counted else 0


class Total(NamedTuple):
    """One combination's total in hundredths, and the share of its group with strictly less."""

    total: int
    share: int | None
    group: Group


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an entrance exam decided: a code of the vocabulary or empty, total, benchmark, failed subjects."""

    code: str
    total: int | None
    benchmark: int | None
    failed: tuple[str, ...] = field(default=())


class Totals:
    """The totals of one edition's candidates. Their sets of subjects are few and they are a million: which groups a set
    belongs to is worked out when it is first met."""

    def __init__(self, exam: Exam, statistics: Statistics) -> None:
        self._combinations = sorted(exam.usable_combinations, key=attrgetter("code"))
        self._counted = {code: item for code, item in statistics.combinations.items() if item.is_shown}
        self._groups: dict[tuple[str, int], Group] = {}
        self._sets: dict[tuple[tuple[str, ...], int], list[Group]] = {}

    def of(self, result: Result) -> list[Total]:
        """Every combination that the candidate can use, the best total first."""
        scores = result.scores
        taken = tuple([subject for subject, code in scores.items() if code < LOWEST_STATE])
        found = []
        for group in self._of(taken, result.language):
            first, second, third = group.combination.subjects
            total = scores[first] + scores[second] + scores[third]
            counted = group.counted
            found.append(Total(total, counted.share_below(total) if counted else None, group))
        found.sort(key=itemgetter(0), reverse=True)  # groups come by code, and a sort keeps the order of equals
        return found

    def _of(self, taken: tuple[str, ...], spoken: int) -> list[Group]:
        found = self._sets.get((taken, spoken))
        if found is None:
            held = set(taken)
            found = [
                self._group(item, 0 if spoken else item.language)
                for item in self._combinations
                if held.issuperset(item.subjects) and (not item.language or not spoken or item.language == spoken)
            ]
            if len(self._sets) < SETS_MOST:
                self._sets[taken, spoken] = found
        return found

    def _group(self, item: Combination, language: int) -> Group:
        key = item.code, language
        if key not in self._groups:
            self._groups[key] = Group(item, self._counted.get(item.code), language)
        return self._groups[key]


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
