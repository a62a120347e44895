"""Counts ballots: whoever changes a day leaves a mark, and every marked day is counted anew from its rows.

For the clock and the command. Nothing is ever added to a count: a day is a fold over its rows, a month the sum of its days, a
quarter the sum of its months, a year that of its quarters. Each is written only in the place of what stood there before its
parts were read, so the last to write had looked last, and what had changed by a mark that is taken away is in. Whoever loses
counts again; whoever dies leaves the marks. So counts are exact whatever the number of writers, retries and lost replies."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from miniapp.core.clock import Clock, from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.resuming import in_turn
from miniapp.core.stuck import AFTER, Stuck
from miniapp.core.tables import pause
from miniapp.ratings.counting import ZERO, Counts
from miniapp.ratings.rolled import By, Rolled, added, month_of, months_of, quarter_of, rolled, year_of
from miniapp.ratings.rollup_store import RollUps
from miniapp.ratings.store import PARTS, BallotStore

TRIES = 20
QUARTERS = 4
Look = Callable[[str, str], object]


def nothing(agency: str, day: str) -> None:
    """No look at a day before it is counted."""


@dataclass(frozen=True)
class Difference:
    """Where counts and rows disagree: the stored counts less those of the rows."""

    period: str
    by: By
    key: str
    counts: Counts


class RollingUp:
    """Brings counts up to date, and proves that they are."""

    def __init__(self, ballots: BallotStore, counts: RollUps, clock: Clock) -> None:
        self._ballots = ballots
        self._counts = counts
        self._clock = clock

    def run(self, goes_on: Callable[[], bool] = lambda: True, first: Look = nothing) -> int:
        """Count every day that is marked, as long as it may go on, each after it was looked at; how many were counted."""
        days = ((one.agency, one.day) for part in range(PARTS) for one in self._ballots.marked(part))
        return in_turn(days, lambda agency, day: self.bring_up(agency, day, first), lambda: not goes_on())

    def stuck(self) -> list[Stuck]:
        """Days that changed an hour ago and more and are still not counted."""
        before = iso(self._clock.now() - AFTER)[:13]
        return [
            Stuck("ratings", marked.agency, marked.day, from_iso(f"{marked.since}:00:00Z"))
            for part in range(PARTS)
            for marked in self._ballots.marked(part)
            if marked.since < before
        ]

    def bring_up(self, agency: str, day: str, first: Look = nothing) -> bool:
        """Count a day and what it is a part of, if it is marked; whether it was.

        Its marks are read before `first` looks at it, so that no ballot's mark goes that was not looked at."""
        changes = self._ballots.changes(agency, day)
        if changes:
            first(agency, day)
            self.count(agency, day)
            self._ballots.counted(agency, day, changes)
        return bool(changes)

    def count(self, agency: str, day: str) -> None:
        """Count a day, its month, quarter and year, whatever was counted before."""
        for attempt in range(TRIES):
            try:
                self._count(agency, day)
                return
            except Conflict:
                pause(attempt)
        raise Conflict("ratings_busy")

    def differences(self, agency: str, days: Iterable[str]) -> Iterator[Difference]:
        """Where what is stored of these days, of their months, and of every quarter and year of which all months are there,
        is not what the rows say. Days come month by month, each month whole."""
        parts: dict[str, dict[str, Rolled]] = {}
        for day in days:
            told = rolled(self._ballots.ballots(agency, day), self._ballots.invited(agency, day), day)
            yield from self._differing(agency, day, told)
            parts.setdefault(month_of(day), {})[day] = told
        months = {month: added(held) for month, held in parts.items()}
        for month, told in months.items():
            yield from self._differing(agency, month, told)
        for period in sorted({quarter_of(month) for month in months} | {year_of(month) for month in months}):
            if months.keys() >= set(months_of(period)):
                own = {month: months[month] for month in months_of(period)}
                yield from self._differing(agency, period, added(own))

    def _count(self, agency: str, day: str) -> None:
        month, quarter, year = month_of(day), quarter_of(month_of(day)), year_of(day)
        held, _ = self._counts.whole(agency, [day])[day]
        told = rolled(self._ballots.ballots(agency, day), self._ballots.invited(agency, day), day)
        self._counts.write(agency, day, held, told)
        held, _ = self._counts.whole(agency, [month])[month]
        self._counts.write(agency, month, held, added(self._counts.days(agency, month)))
        for period in (quarter, year):
            held, _ = self._counts.whole(agency, [period])[period]
            months = self._counts.whole(agency, months_of(period))
            self._counts.write(agency, period, held, added({each: months[each][1] for each in months}))

    def _differing(self, agency: str, period: str, told: Rolled) -> Iterator[Difference]:
        _, stored = self._counts.whole(agency, [period])[period]
        for by in By:
            ours, theirs = stored.get(by, {}), told.get(by, {})
            for key in sorted(ours.keys() | theirs.keys()):
                apart = ours.get(key, ZERO) - theirs.get(key, ZERO)
                if apart:
                    yield Difference(period, by, key, apart)


def days_between(first: str, last: str) -> Iterator[str]:
    """Every day from one to another."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(1)
