"""Points and the class they give, exactly. For the indices of decree 61 and the groups of decision 766.

Points are fractions, since a mean of ballots is one: rounding happens on pages only, and downwards, so that a total that
is shown never reaches a limit that its class did not. What is not known stays unknown: no class is given for a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Grades:
    """Classes from the best to the worst, each with the points from which it begins.

    `inclusive`: who stands exactly on a limit has the class above it."""

    limits: tuple[tuple[int, str], ...]
    lowest: str
    inclusive: bool = True

    def of(self, points: Fraction) -> str:
        """The code of the class."""
        for limit, code in self.limits:
            if points > limit or (self.inclusive and points == limit):
                return code
        return self.lowest

    @classmethod
    def read(cls, held: Mapping[str, object]) -> "Grades":
        """From data: `{"limits": [[15, "excellent"], …], "lowest": "weak", "inclusive": true}`."""
        limits = held["limits"]
        if not isinstance(limits, list) or [limit for limit, _ in limits] != sorted(
            (at for at, _ in limits), reverse=True
        ):
            raise ValueError("limits go from the best class down")
        return cls(
            tuple((int(limit), str(code)) for limit, code in limits), str(held["lowest"]), held["inclusive"] is True
        )


@dataclass(frozen=True, slots=True)
class Total:
    """What adds up: points of the known parts out of what they could have, and which parts are not known.

    `grade` is empty while a part is missing."""

    points: Fraction
    most: int
    missing: tuple[str, ...]
    grade: str

    @property
    def hundredths(self) -> int:
        """The points as a page shows them, rounded down."""
        return int(self.points * HUNDREDTHS)


def added(parts: Sequence[tuple[str, Fraction | None, int]], grades: Grades) -> Total:
    """Parts as (code, points or None, most) and the class of their sum."""
    known = [(points, most) for _, points, most in parts if points is not None]
    missing = tuple(code for code, points, _ in parts if points is None)
    points = sum((each for each, _ in known), Fraction(0))
    return Total(points, sum(most for _, most in known), missing, "" if missing else grades.of(points))
