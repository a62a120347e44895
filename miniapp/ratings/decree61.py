"""The index of Decree 61/2018/NĐ-CP: nine indices of at most 2 points, their sum out of 18, and its class.

For reports (Mẫu 01-03) and pages. The system computes indices 1 and 2 and nobody edits them; the others are what
citizens say on ballots, as far as a sheet asks them. Classes have inclusive lower limits: exactly 15 is
excellent. That Decree 118/2025/NĐ-CP repeals this one in full is unsourced: `repeal_is_sourced`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path

from miniapp.core.errors import Refused
from miniapp.ratings.grading import Grades, Total, added
from miniapp.ratings.points61 import BEST

DATA = Path(__file__).with_name("data") / "decree61.json"


class Source(StrEnum):
    """Where an index's points come from."""

    SYSTEM = "system"
    BALLOTS = "ballots"


@dataclass(frozen=True, slots=True)
class Index:
    """One of the nine."""

    number: int
    code: str
    source: Source

    def require_editable(self) -> None:
        """Refused `rating_index_computed` for what only the system says."""
        if self.source is Source.SYSTEM:
            raise Refused("rating_index_computed", number=self.number)


@dataclass(frozen=True)
class Decree:
    """The decree as data: what it is called, its indices, its classes."""

    law: tuple[str, ...]
    repeal_is_sourced: bool
    indices: tuple[Index, ...]
    grades: Grades

    @property
    def most(self) -> int:
        """What all indices together can come to."""
        return BEST * len(self.indices)

    def index(self, number: int) -> Index:
        """One of the nine, by its number."""
        return next(each for each in self.indices if each.number == number)

    def total(self, points: Mapping[int, Fraction | None]) -> Total:
        """The sum of what is known, by number of the index; no class while one lacks."""
        wrong = [number for number, each in points.items() if each is not None and not 0 <= each <= BEST]
        if wrong or not points.keys() <= {each.number for each in self.indices}:
            raise ValueError("points of an index are 0 to 2")
        return added([(each.code, points.get(each.number), BEST) for each in self.indices], self.grades)


@cache
def decree() -> Decree:
    """The decree as it ships."""
    held = json.loads(DATA.read_text("utf-8"))
    indices = tuple(Index(each["number"], each["code"], Source(each["source"])) for each in held["indices"])
    return Decree(tuple(held["law"]), held["repeal"]["sourced"], indices, Grades.read(held["grades"]))


def mean_points(points: Mapping[int, int]) -> Fraction | None:
    """The points of many dossiers or ballots as one: points → how often. None for nobody."""
    times = sum(points.values())
    return Fraction(sum(each * often for each, often in points.items()), times) if times else None
