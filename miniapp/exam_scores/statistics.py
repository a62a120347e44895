"""Counting an edition: distributions, means, medians, shares, per subject, combination and prefix.

For building an edition; computed once from the final records and kept beside them. A group under 10 candidates is not
shown to citizens. Pure: records in, numbers out. Means are in thousandths of a hundredth, so no float is kept."""

import json
import struct
import sys
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import add
from typing import Any

from miniapp.exam_scores.blocks import EXTRAS, Shape
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.scores import LOWEST_STATE, STATE_NAMES, rounded

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
    def shares(self) -> bytes:
        """For every score from 0 to the highest + 1: whole per cent of candidates with strictly less, rounded down."""
        found, below, all_of_them = bytearray(), 0, self.population or 1
        for score in range(max(self.counts, default=0) + 2):
            found.append(100 * below // all_of_them)
            below += self.counts.get(score, 0)
        return bytes(found)

    def share_below(self, score: int) -> int:
        """Whole per cent of candidates with strictly less than `score`, rounded down."""
        shares = self.shares
        return shares[score] if score < len(shares) else shares[-1]

    def at_most(self, score: int) -> int:
        """How many have `score` or less."""
        return sum(self.counts.get(one, 0) for one in range(score + 1))

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

    @property
    def shown_population(self) -> int | None:
        """How many candidates citizens may be told of: as every other group, none under ten."""
        return self.population if self.population >= SMALLEST_GROUP else None

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
    spoken = any(item.language for item in combinations) and "language" in shape.extras
    done = 0
    for prefix, group in groupby(records, lambda record: record[:prefix_length]):
        members = list(group)
        mine: dict[str, Counter[int]] = {subject: Counter() for subject in shape.subjects}
        for (taken, language), alike in _alike(members, shape, spoken).items():
            columns = _columns(alike, shape)
            for subject, counter in mine.items():
                counter.update(columns[subject])
            _count_totals(columns, _usable(combinations, taken, language), totals)
        prefixes[prefix.rstrip(b"\0").decode()] = _sums(mine, subjects, len(members))
        done += len(members)
        tell(done)
    return Statistics(
        len(records),
        {subject: Distribution(_scores(counter)) for subject, counter in subjects.items()},
        {code: Distribution(dict(counter)) for code, counter in totals.items()},
        prefixes,
        {subject: _states(counter) for subject, counter in subjects.items()},
    )


def _columns(members: Sequence[bytes], shape: Shape) -> dict[str, Sequence[int]]:
    """The scores' codes, by subject, two bytes each: whole years pass through here."""
    start, wide = shape.width, len(shape.subjects)
    codes = array("H", b"".join([record[start : start + 2 * wide] for record in members]))
    if sys.byteorder == "little":
        codes.byteswap()
    return {subject: codes[place::wide] for place, subject in enumerate(shape.subjects)}


def _alike(
    members: Sequence[bytes], shape: Shape, spoken: bool
) -> Mapping[tuple[frozenset[str], int | None], list[bytes]]:
    """Members by which subjects they have a score of and, if `spoken`, by language (else None): few groups in any exam.

    The high byte of a code says whether it is a state."""
    start, end = shape.width, shape.width + 2 * len(shape.subjects)
    place = end + _offset(shape, "language") if spoken else end
    found: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for record in members:
        found[record[start:end:2].translate(_IS_STATE) + record[place : place + spoken]].append(record)
    wide = len(shape.subjects)
    return {
        (
            frozenset(subject for subject, state in zip(shape.subjects, key[:wide], strict=True) if not state),
            key[wide] if spoken else None,
        ): alike
        for key, alike in found.items()
    }


def _offset(shape: Shape, name: str) -> int:
    """Where an extra begins, counted from the first extra."""
    before = shape.extras[: shape.extras.index(name)]
    return struct.calcsize(">" + "".join(EXTRAS[extra] for extra in before))


_IS_STATE = bytes(code >= LOWEST_STATE >> 8 for code in range(256))


def _usable(combinations: Sequence[Combination], taken: frozenset[str], language: int | None) -> list[Combination]:
    """Combinations whose three subjects have scores, in their language (all, where a file has no languages)."""
    return [
        item
        for item in combinations
        if taken.issuperset(item.subjects) and (not item.language or language in (None, item.language))
    ]


def _sums(
    mine: Mapping[str, Counter[int]], subjects: Mapping[str, Counter[int]], members: int
) -> dict[str, tuple[int, int]]:
    """How many of a group have a score of each subject, and their sum; adds the group to all."""
    group: dict[str, tuple[int, int]] = {"": (members, 0)}
    for subject, counter in mine.items():
        subjects[subject].update(counter)
        scores = _scores(counter)
        group[subject] = (sum(scores.values()), sum(score * times for score, times in scores.items()))
    return group


def _count_totals(
    columns: Mapping[str, Sequence[int]], combinations: Sequence[Combination], totals: Mapping[str, Counter[int]]
) -> None:
    """Add three columns at a time, all of them scores."""
    for item in combinations:
        first, second, third = (columns[subject] for subject in item.subjects)
        totals[item.code].update(map(add, map(add, first, second), third))


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
