"""What tallies add up to, as officers read it: a span beside the one before it, day by day or month by month, by who lies below.

For pages and files. A figure is a name and how the keys begin that are counted in it; which there are is the pages' business.
Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from miniapp.usage.model import Day, Tally, added

Keys = Mapping[str, str]  # the beginning of its keys by the name of a figure


@dataclass(frozen=True)
class Line:
    """One figure of a span: at the agency itself, with all below it, and the latter of the span before."""

    name: str
    own: int
    whole: int
    before: int

    @property
    def change(self) -> int | None:
        """By how many in a hundred it rose or fell, to the nearest; None where there was nothing before."""
        if not self.before:
            return None
        doubled = 200 * (self.whole - self.before)
        sign = -1 if doubled < 0 else 1
        return sign * ((abs(doubled) + self.before) // (2 * self.before))


def counted(tally: Tally, beginning: str) -> int:
    """How often whatever begins so happened."""
    return sum(times for key, times in tally.items() if key.startswith(beginning))


def summary(days: Sequence[Day], before: Sequence[Day], keys: Keys) -> list[Line]:
    """Every figure of a span."""
    own, whole = added(day.own for day in days), added(day.whole for day in days)
    earlier = added(day.whole for day in before)
    return [
        Line(name, counted(own, beginning), counted(whole, beginning), counted(earlier, beginning))
        for name, beginning in keys.items()
    ]


def course(days: Iterable[Day], places: Sequence[str], keys: Keys) -> list[Mapping[str, int]]:
    """The figures of each place of a span: a day, or a month, of which days begin with the month's name."""
    at: dict[str, list[Tally]] = {place: [] for place in places}
    length = len(places[0])
    for day in days:
        if (place := day.day[:length]) in at:
            at[place].append(day.whole)
    return [_figures(added(at[place]), keys) for place in places]


def parts(days: Mapping[str, Mapping[str, Tally]], keys: Keys) -> dict[str, Mapping[str, int]]:
    """The figures of each agency right below, with all under it: of what stood there on each of these days."""
    found: dict[str, list[Tally]] = {}
    for tallies in days.values():
        for agency, tally in tallies.items():
            found.setdefault(agency, []).append(tally)
    return {agency: _figures(added(tallies), keys) for agency, tallies in found.items()}


def _figures(tally: Tally, keys: Keys) -> Mapping[str, int]:
    return {name: counted(tally, beginning) for name, beginning in keys.items()}
