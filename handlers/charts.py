"""Distributions as pictures: counts -> the path of an SVG and the bands of its table. For slips and distribution pages.

Made once per edition and subject, shown a million times; the marked bar is the only part that is one's own. Pure
geometry: will NOT know colours or words (templates/components/distribution.html has them).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 36
STEP = 4
BAR = 3


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the table: scores from low to high, in hundredths, and how many."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Ready for the template: `path` draws every bar inside `width` by 36."""

    path: str
    width: int
    bands: tuple[Band, ...]
    tallest: int

    @classmethod
    def of(cls, counts: Sequence[int], bands: Sequence[Band]) -> Chart:
        """`counts` has one figure per bar, left to right."""
        tallest = max(counts, default=0)
        path = "".join(bar(count, at, tallest) for at, count in enumerate(counts))
        return cls(path, max(len(counts) * STEP - (STEP - BAR), 1), tuple(bands), tallest)

    def mark(self, count: int, at: int) -> str:
        """One's own bar: `at` is its place from the left, `count` its figure."""
        return bar(count, at, self.tallest)


def bar(count: int, at: int, tallest: int) -> str:
    """One bar as a path; whoever is there at all can be seen, so the least height is 1."""
    if count <= 0 or tallest <= 0:
        return ""
    height = max(1, round(count * HEIGHT / tallest))
    return f"M{at * STEP} {HEIGHT}v-{height}h{BAR}v{height}z"


def outline(counts: Sequence[int]) -> str:
    """The tops of bars as one line: a second distribution over the first, in proportion to its own tallest."""
    tallest = max(counts, default=0)
    if tallest <= 0:
        return ""
    tops = [HEIGHT - round(count * HEIGHT / tallest) for count in counts]
    return f"M0 {tops[0]}" + "".join(f"V{top}h{STEP}" for top in tops)
