"""How often what happened: at an agency, below it, on a day. For the roll-up and whoever shows figures. Pure.

What is counted is told as lines of the log (`miniapp.core.happenings`) and nothing else is known of it. Figures are taken
together over windows of a quarter of an hour, which lie whole within a day in Vietnam; a day is the sum of its windows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from miniapp.core.clock import local_day
from miniapp.core.happenings import Counted

WINDOW = timedelta(minutes=15)
LAG = timedelta(minutes=10)  # after which the log holds what was told before
APART = "/"

Tally = Mapping[str, int]  # times by `kind/fact/fact`


class Lines(Protocol):
    """The log, as far as it is kept."""

    def between(self, since: datetime, until: datetime) -> Iterable[str]:
        """Every line told from one moment to before another, each once."""
        ...


@dataclass(frozen=True)
class Day:
    """A day of one agency: what happened at it, and at those below it as the tree was on that day."""

    agency: str
    day: str
    own: Tally
    below: Tally

    @property
    def whole(self) -> Tally:
        """Both together."""
        return added([self.own, self.below])


def window_of(moment: datetime) -> datetime:
    """The beginning of the window in which a moment lies."""
    at = moment.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def by_agency(counts: Mapping[Counted, int], day: str) -> dict[str, dict[str, int]]:
    """Counts of one day as a tally for each agency."""
    found: dict[str, dict[str, int]] = {}
    for one, times in counts.items():
        if one.day == day:
            found.setdefault(one.agency, {})[APART.join((one.kind, *one.facts))] = times
    return found


def added(tallies: Iterable[Tally]) -> dict[str, int]:
    """Tallies together."""
    whole: Counter[str] = Counter()
    for one in tallies:
        whole.update(one)
    return dict(sorted(whole.items()))


def times(tally: Tally, kind: str, *facts: str) -> int:
    """How often one thing happened."""
    return tally.get(APART.join((kind, *facts)), 0)


def day_of(window: datetime) -> str:
    """The day in Vietnam in which a window lies."""
    return local_day(window)
