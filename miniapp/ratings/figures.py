"""Honest figures: a share with its interval, its number of ballots and its formula, or why none is shown.

For every page that tells how satisfied people are. Under 5 ballots officers see nothing, under 30 only how many there
are. The interval is Wilson's (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
Journal of the American Statistical Association 22, 1927), at 95 %. All of it is done in whole numbers: shares and limits
are in hundredths of a per cent, limits rounded outwards, so that none is ever narrower than it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isqrt

from miniapp.ratings.bounds import BOUNDS, Bounds
from miniapp.ratings.formulas import Formula, shipped

WHOLE = 10_000  # 100 % in hundredths of a per cent
QUANTILE = (1_959_964, 1_000_000)  # of the normal distribution, for 95 % in the middle


class Standing(StrEnum):
    """What may be shown of a figure."""

    SHOWN = "shown"
    NOT_ENOUGH = "not_enough"  # how many ballots there are, and no share
    HIDDEN = "hidden"  # nothing
    UNKNOWN = "unknown"  # there is no whole yet, or the part came before it


class Change(StrEnum):
    """What two periods say when they are compared."""

    UP = "up"
    DOWN = "down"
    NOT_SHOWN = "no_difference_shown"  # the intervals meet
    NOT_COMPARABLE = "not_comparable"  # one of them is not shown


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where, in hundredths of a per cent, both included."""

    low: int
    high: int

    def meets(self, other: "Interval") -> bool:
        """Whether the two have a value in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with what it was made of. What may not be shown is not in it."""

    formula: Formula
    standing: Standing
    inputs: Mapping[str, int]
    share: int | None = None
    interval: Interval | None = None


def satisfied_share(satisfied: int, counted: int, bounds: Bounds = BOUNDS) -> Figure:
    """How many of the counted ballots are satisfied."""
    formula = shipped()["satisfied_share"]
    _require_part(satisfied, counted)
    if counted < max(bounds.hidden_under, 1):
        return Figure(formula, Standing.HIDDEN, {})
    if counted < bounds.enough_from:
        return Figure(formula, Standing.NOT_ENOUGH, {"counted": counted})
    inputs = {"satisfied": satisfied, "counted": counted}
    return Figure(formula, Standing.SHOWN, inputs, share_of(satisfied, counted), wilson(satisfied, counted))


def response_rate(answered: int, invited: int, bounds: Bounds = BOUNDS) -> Figure:
    """How many of those who were invited rated; no sample, so without an interval.

    Rows of invitations may be read a moment later than ballots: with more answers than invitations nothing is known."""
    formula = shipped()["response_rate"]
    if not 0 <= answered <= invited or not invited:
        return Figure(formula, Standing.UNKNOWN, {})
    if answered < bounds.hidden_under:
        return Figure(formula, Standing.HIDDEN, {})
    inputs = {"answered": answered, "invited": invited}
    return Figure(formula, Standing.SHOWN, inputs, share_of(answered, invited))


def share_of(part: int, whole: int) -> int:
    """A share in hundredths of a per cent, rounded half up; all of it only where it is all, none only where it is none."""
    _require_part(part, whole)
    rounded = (2 * WHOLE * part + whole) // (2 * whole)
    return min(max(rounded, 1), WHOLE - 1) if 0 < part < whole else rounded


def wilson(part: int, whole: int) -> Interval:
    """The interval in which the share of all lies, seen from a sample; everything is possible of an empty one.

    With the quantile z = a/b and p = part/whole, both limits are (2·part + z² ∓ z·√(z² + 4·part·(1 − p))) / 2(whole + z²),
    here multiplied by whole·b²; the root of a whole number is rounded up, which only ever widens the interval."""
    _require_part(part, whole)
    if not whole:
        return Interval(0, WHOLE)
    a, b = QUANTILE
    middle = whole * (2 * b * b * part + a * a)
    under_root = a * a * whole * (whole * a * a + 4 * b * b * part * (whole - part))
    below = 2 * whole * (b * b * whole + a * a)
    root = _root_up(WHOLE * WHOLE * under_root)
    return Interval((WHOLE * middle - root) // below, -((-WHOLE * middle - root) // below))


def compared(before: Figure, after: Figure) -> Change:
    """Whether a share rose or fell from one period to another; while the intervals meet, neither."""
    if before.interval is None or after.interval is None or before.formula != after.formula:
        return Change.NOT_COMPARABLE
    if before.interval.meets(after.interval):
        return Change.NOT_SHOWN
    return Change.UP if after.interval.low > before.interval.high else Change.DOWN


def _root_up(number: int) -> int:
    root = isqrt(number)
    return root + (root * root < number)


def _require_part(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError("a part is more than its whole")
