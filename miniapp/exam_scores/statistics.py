"""Counting an edition: distributions, means, medians, shares, per subject, combination and prefix.

For building an edition; computed once from the final records and kept beside them. A group under 10 candidates is not
shown to citizens. Pure: records in, numbers out. Means are in thousandths of a hundredth, so no float is kept."""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import add
from typing import Any

from miniapp.exam_scores.blocks import Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.scores import LOWEST_STATE, NOT_TAKEN, STATE_NAMES, rounded

SMALLEST_GROUP = 10


@dataclass(frozen=True)
class Distribution:
    """How many candidates have each score (or total), in hundredths."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def population(self) -> int:
        """How many candidates there are."""
        return sum(self.counts.values())

    @property
    def is_shown(self) -> bool:
        """Whether the group is large enough to be shown."""
        return self.population >= SMALLEST_GROUP

    @cached_property
    def mean(self) -> int:
        """The mean in hundredths, rounded half up; 0 for nobody."""
        return rounded(sum(score * count for score, count in self.counts.items()), self.population or 1)

    @cached_property
    def median(self) -> int:
        """The lower median in hundredths; 0 for nobody."""
        left = (self.population + 1) // 2
        for score in sorted(self.counts):
            left -= self.counts[score]
            if left <= 0:
                return score
        return 0

    @cached_property
    def lower(self) -> list[int]:
        """For every score from 0 to the highest + 1: how many have strictly less."""
        highest = max(self.counts, default=0)
        found, running = [], 0
        for score in range(highest + 2):
            found.append(running)
            running += self.counts.get(score, 0)
        return found

    def share_below(self, score: int) -> int:
        """Whole per cent of candidates with strictly less than `score`, rounded down."""
        lower = self.lower
        below = lower[score] if score < len(lower) else self.population
        return 100 * below // self.population if self.population else 0

    def at_most(self, score: int) -> int:
        """How many have `score` or less."""
        lower = self.lower
        return lower[score + 1] if score + 1 < len(lower) else self.population

    def bins(self, width: int, highest: int) -> list[int]:
        """Counts in steps of `width` hundredths up to `highest`; the highest score counts in the last step."""
        steps = [0] * max(1, highest // width)
        for score, count in self.counts.items():
            steps[min(score // width, len(steps) - 1)] += count
        return steps


@dataclass(frozen=True)
class Statistics:
    """Everything counted of one edition."""

    population: int
    subjects: Mapping[str, Distribution]
    combinations: Mapping[str, Distribution]
    prefixes: Mapping[str, Mapping[str, tuple[int, int]]]  # prefix → subject (or "" for all) → (candidates, sum)
    states: Mapping[str, Mapping[str, int]]  # subject → state → candidates

    def packed(self) -> bytes:
        """As it is kept: JSON, compressed."""
        facts = {
            "population": self.population,
            "subjects": {code: _pairs(item) for code, item in self.subjects.items()},
            "combinations": {code: _pairs(item) for code, item in self.combinations.items()},
            "prefixes": self.prefixes,
            "states": self.states,
        }
        return zlib.compress(json.dumps(facts, separators=(",", ":")).encode(), 6)

    @classmethod
    def unpacked(cls, body: bytes) -> "Statistics":
        """What `packed` made."""
        held = json.loads(zlib.decompress(body))
        return cls(
            held["population"],
            {code: Distribution(dict(pairs)) for code, pairs in held["subjects"].items()},
            {code: Distribution(dict(pairs)) for code, pairs in held["combinations"].items()},
            {
                prefix: {code: (int(pair[0]), int(pair[1])) for code, pair in entry.items()}
                for prefix, entry in held["prefixes"].items()
            },
            held["states"],
        )


def _pairs(item: Distribution) -> list[tuple[int, int]]:
    return sorted(item.counts.items())


def count(
    records: Sequence[bytes],
    shape: Shape,
    combinations: Sequence[Combination],
    prefix_length: int,
    tell: Callable[[int], None] = lambda done: None,
) -> Statistics:
    """Count records sorted by number; `tell` hears how many are done."""
    subjects: dict[str, Counter[int]] = {subject: Counter() for subject in shape.subjects}
    totals: dict[str, Counter[int]] = {item.code: Counter() for item in combinations}
    prefixes: dict[str, dict[str, tuple[int, int]]] = {}
    done = 0
    for prefix, group in groupby(records, lambda record: record[:prefix_length]):
        members = list(group)
        columns = _columns(members, shape)
        prefixes[prefix.rstrip(b"\0").decode()] = _count_group(columns, subjects, len(members))
        _count_totals(columns, shape, combinations, totals)
        done += len(members)
        tell(done)
    return Statistics(
        len(records),
        {subject: Distribution(_scores(counter)) for subject, counter in subjects.items()},
        {code: Distribution(_scores(counter)) for code, counter in totals.items()},
        prefixes,
        {subject: _states(counter) for subject, counter in subjects.items()},
    )


def _columns(members: list[bytes], shape: Shape) -> dict[str, Sequence[int]]:
    turned = list(zip(*shape.struct.iter_unpack(b"".join(members)), strict=True))
    names = ("number", *shape.subjects, *shape.extras, "change")
    return dict(zip(names, turned, strict=True))


def _count_group(
    columns: Mapping[str, Sequence[int]], subjects: Mapping[str, Counter[int]], members: int
) -> dict[str, tuple[int, int]]:
    group: dict[str, tuple[int, int]] = {"": (members, 0)}
    for subject, counter in subjects.items():
        mine = Counter(columns[subject])
        counter.update(mine)
        scores = _scores(mine)
        group[subject] = (sum(scores.values()), sum(score * times for score, times in scores.items()))
    return group


def _count_totals(
    columns: Mapping[str, Sequence[int]],
    shape: Shape,
    combinations: Sequence[Combination],
    totals: Mapping[str, Counter[int]],
) -> None:
    """Add three columns at a time; a state is so large that its sum can't be mistaken for a total."""
    for item in combinations:
        first, second, third = (
            _spoken(columns, item.language) if item.language and subject == "nn" else columns[subject]
            for subject in item.subjects
        )
        totals[item.code].update(map(add, map(add, first, second), third))


def _spoken(columns: Mapping[str, Sequence[int]], language: int) -> Sequence[int]:
    spoken = columns.get("language")
    if spoken is None:
        return columns["nn"]
    return [code if said == language else NOT_TAKEN for code, said in zip(columns["nn"], spoken, strict=True)]


def _scores(counter: Mapping[int, int]) -> dict[int, int]:
    return {code: times for code, times in counter.items() if code < LOWEST_STATE}


def _states(counter: Mapping[int, int]) -> dict[str, int]:
    return {STATE_NAMES[code]: times for code, times in sorted(counter.items()) if code in STATE_NAMES}


def summary(statistics: Statistics) -> list[dict[str, Any]]:
    """One line per subject for commands and the API: numbers only, small groups left out."""
    return [
        {
            "subject": subject,
            "candidates": item.population,
            "mean": item.mean,
            "median": item.median,
            "tens": item.counts.get(1000, 0),
            "at_most_one": item.at_most(100),
        }
        for subject, item in statistics.subjects.items()
        if item.is_shown
    ]
