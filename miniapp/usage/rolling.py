"""Counts what the log tells: window after window, each from its own lines, then the days that they are a part of. For the clock.

Nothing is added to a count. A window that is over is read whole and written whole, so a worker that dies is followed by one
that writes the same again; only then does the place up to which the log was counted move on. Counting an old day anew from the
lines that are still kept changes nothing, and that proves it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from miniapp.core.clock import VIETNAM, Clock, iso
from miniapp.core.errors import Conflict
from miniapp.core.happenings import Kind, counts
from miniapp.usage.model import LAG, WINDOW, Lines, Tally, added, by_agency, day_of, window_of
from miniapp.usage.store import UsageStore

Above = Callable[[str, str], Sequence[str]]  # the agencies above one on a day, topmost first
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Difference:
    """Where what is stored of a window is not what the log says."""

    agency: str
    window: str
    stored: Tally
    told: Tally


class UsageRolling:
    """Brings figures up to date, and proves that they are right."""

    def __init__(self, store: UsageStore, lines: Lines, kinds: Sequence[Kind], above: Above, clock: Clock) -> None:
        self._store = store
        self._lines = lines
        self._kinds = kinds
        self._above = above
        self._clock = clock

    def run(self, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Count every window that is over, as long as it may go on; how many were counted."""
        done, position = 0, self._store.position()
        at = position or window_of(self._clock.now() - DAY)
        while at + WINDOW + LAG <= self._clock.now() and goes_on():
            try:
                self.count(at)
                self._store.moved_on(position, at + WINDOW)
            except Conflict as conflict:
                if conflict.code != "usage_counted":
                    raise
                break  # another worker is at it
            position = at = at + WINDOW
            done += 1
        return done

    def count(self, window: datetime) -> None:
        """Count a window and the days that it is a part of, whatever was counted before."""
        looked, day = iso(self._clock.now()), day_of(window)
        found = self._told(window)
        for agency, tally in found.items():
            self._store.write_window(agency, day, iso(window), tally, looked)
        uppers: set[str] = set()
        for agency in found:
            uppers |= set(self._day(agency, day, looked))
        for upper in sorted(uppers):
            self._store.write_total(upper, day, looked)

    def differences(self, day: str) -> Iterator[Difference]:
        """Where what is stored of a day is not what the kept log says of it, or not the sum of what it is made of.

        A window that the log is not old enough for is left out; of one that has no line, nothing is known any more."""
        agencies: set[str] = set()
        for window in self._over(day):
            for agency, told in self._told(window).items():
                agencies.add(agency)
                stored = self._store.windows(agency, day).get(iso(window), {})
                if stored != told:
                    yield Difference(agency, iso(window), stored, told)
        for agency in sorted(agencies):
            yield from self._sums(agency, day)

    def _over(self, day: str) -> Iterator[datetime]:
        return (window for window in windows_of(day) if window + WINDOW + LAG <= self._clock.now())

    def _sums(self, agency: str, day: str) -> Iterator[Difference]:
        """Where a day is not the sum of its windows, or what lies below an agency above not that of its days."""
        stored = self._store.day(agency, day)
        whole = added(self._store.windows(agency, day).values())
        if stored.tally != whole:
            yield Difference(agency, day, stored.tally, whole)
        for upper in stored.above or ():
            below = self._store.below(upper, day)
            if agency not in below or below[agency].tally != whole:
                yield Difference(upper, f"{day} {agency}", below[agency].tally if agency in below else {}, whole)
            total, sums = self._store.total(upper, day), added(one.tally for one in below.values())
            if total != sums:
                yield Difference(upper, f"{day} below", total, sums)

    def _told(self, window: datetime) -> dict[str, dict[str, int]]:
        return by_agency(counts(self._lines.between(window, window + WINDOW), self._kinds), day_of(window))

    def _day(self, agency: str, day: str, looked: str) -> Iterable[str]:
        """Write an agency's day; who stood above it on that day. Once written down, that stays."""
        above = self._store.day(agency, day).above
        if above is None:
            above = tuple(self._above(agency, day))
        self._store.write_day(agency, day, above, added(self._store.windows(agency, day).values()), looked)
        return above


def windows_of(day: str) -> Iterator[datetime]:
    """The beginnings of a day's windows."""
    first = datetime.combine(date.fromisoformat(day), time(), VIETNAM)
    return (window_of(first + WINDOW * place) for place in range(DAY // WINDOW))
