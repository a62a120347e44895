"""Periods of public figures: published once, when nothing in them can change any more, and never again.

For the public quality page and open data. A table that is published every day gives single ballots away by what changed
since yesterday, however well each day is suppressed. So the smallest period is a quarter, it comes out after the last
day on which a ballot of it can be edited, and what is found out later does not change it. A longer period adds up what
was published: it tells nothing that its quarters did not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from miniapp.ratings.bounds import EDITABLE_DAYS
from miniapp.ratings.suppression import SILENT, Published

MONTHS = 3


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a year, from 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 // MONTHS:
            raise ValueError("a year has four quarters")

    @classmethod
    def of(cls, day: str) -> "Quarter":
        """The quarter of a day, which is the one that a ballot cast on it counts in, whenever it was edited."""
        held = date.fromisoformat(day)
        return cls(held.year, (held.month - 1) // MONTHS + 1)

    @property
    def first_day(self) -> str:
        """Its first day."""
        return date(self.year, MONTHS * (self.number - 1) + 1, 1).isoformat()

    @property
    def last_day(self) -> str:
        """Its last day."""
        return (date.fromisoformat(self.following.first_day) - timedelta(1)).isoformat()

    @property
    def following(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def published_from(self) -> str:
        """The first day on which its figures may be out."""
        return (date.fromisoformat(self.last_day) + timedelta(EDITABLE_DAYS + 1)).isoformat()


def due(since: Quarter, today: str) -> Iterator[Quarter]:
    """The quarters from `since` on whose figures may be out today, the earliest first."""
    quarter = since
    while quarter.published_from <= today:
        yield quarter
        quarter = quarter.following


def summed(parts: Sequence[Published]) -> Published:
    """What several published periods say of the whole: the sum of a cell that each of them shows, and no other."""
    if not parts or any(part.silent for part in parts):
        return SILENT
    axes = min(part.axes for part in parts)
    withheld = frozenset().union(*(part.withheld for part in parts))
    whole = Published({}, withheld, axes)
    shown = sorted(cell for cell in {cell for part in parts for cell in part.cells} if whole.find(cell) is not None)
    return replace(whole, cells={cell: sum(part.cells.get(cell, 0) for part in parts) for cell in shown})
