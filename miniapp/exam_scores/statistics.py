"""What is known of an edition as a whole: distributions, means, medians, shares, per subject, combination and prefix.

For pages, slips and the API; `counting` makes it once, and it is kept beside the records. A group under 10 candidates
is not shown to citizens. Pure: numbers in, numbers out. Means are in hundredths, rounded, so no float is kept."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from miniapp.exam_scores.scores import rounded

SMALLEST_GROUP = 10
LOW = 100  # hundredths: what is counted as a very low score


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


class Figures(NamedTuple):
    """One subject in one prefix: how many have a score, the sum, the lower median, how many have the highest and how
    many 1,00 or less. Editions of earlier releases say no more than the first two."""

    candidates: int
    total: int
    median: int | None = None
    top: int | None = None
    low: int | None = None

    @property
    def mean(self) -> int | None:
        """The mean in hundredths, rounded half up; None for nobody."""
        return rounded(self.total, self.candidates) if self.candidates else None


KNOWN = len(Figures._fields)


@dataclass(frozen=True)
class Statistics:
    """Everything counted of one edition.

    Prefixes are in their order; `uncounted` is how many more there are than are counted one by one. Of those, the ones
    that the exam expects say only how many candidates they have."""

    population: int
    subjects: Mapping[str, Distribution]
    combinations: Mapping[str, Distribution]
    prefixes: Mapping[str, Mapping[str, Figures]]  # prefix → subject, or "" for all candidates
    states: Mapping[str, Mapping[str, int]]  # subject → state → candidates
    uncounted: int = 0

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
            "uncounted": self.uncounted,
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
                prefix: {code: Figures(*figures[:KNOWN]) for code, figures in entry.items()}
                for prefix, entry in held["prefixes"].items()
            },
            held["states"],
            held.get("uncounted", 0),
        )


def _pairs(item: Distribution) -> list[tuple[int, int]]:
    return sorted(item.counts.items())
