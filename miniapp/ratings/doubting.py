"""Sets ballots apart that look wrong, day by day, as facts of the day come in. For the clock, before a day is counted.

A day is looked at whenever it changed: what was doubted then is doubted again, so looking twice, or after a death half-way,
comes to the same. A ballot that somebody looked at and let count is not set apart for the same reason again. No entry of the
trail tells of it: its moment, just behind that of the cast, would name who stood at the counter; the ballot's row is the
record, and who reviews it is in the trail."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import pause, transact
from miniapp.ratings.bounds import SUSPICION
from miniapp.ratings.casting import OFFICERS
from miniapp.ratings.doubts import Fact, Usual, by_ballot, doubted
from miniapp.ratings.fact_store import FactStore
from miniapp.ratings.model import Doubt
from miniapp.ratings.store import BallotStore

USUAL_DAYS = 7  # before the day, from which it is known how busy a counter is
TRIES = 6


class Doubting:
    """Looks at days."""

    def __init__(
        self, ballots: BallotStore, facts: FactStore, shared: Callable[[str], frozenset[str]], clock: Clock
    ) -> None:
        """`shared`: the marks of addresses that an agency says many share (`addresses.marks`)."""
        self._ballots = ballots
        self._facts = facts
        self._shared = shared
        self._clock = clock

    def look(self, agency: str, day: str) -> int:
        """Set apart what looks wrong of a day; how many ballots were changed by that."""
        facts = self._facts.of(agency, day)
        officers = officers_devices(facts)
        found = doubted(facts, {}, officers)
        tests = {each.doubt for each in found}
        if tests & {Doubt.BURST, Doubt.ONE_ADDRESS}:  # only then is it worth knowing how busy it is, and what is shared
            usual = self._usual(agency, day) if Doubt.BURST in tests else {}
            shared = self._shared(agency) if Doubt.ONE_ADDRESS in tests else frozenset[str]()
            found = doubted(facts, usual, officers, replace(SUSPICION, shared_addresses=shared))
        return sum(self._is_set_apart(agency, ballot, doubts) for ballot, doubts in by_ballot(found).items())

    def _usual(self, agency: str, day: str) -> dict[str, Usual]:
        last = date.fromisoformat(day)
        days = [(last - timedelta(back)).isoformat() for back in range(1, USUAL_DAYS + 1)]
        return usual_of([self._facts.of(agency, each) for each in days])

    def _is_set_apart(self, agency: str, id: str, doubts: Collection[Doubt]) -> bool:
        for attempt in range(TRIES):
            before = self._ballots.find(agency, [id])
            new = tuple(doubt for doubt in doubts if before is not None and doubt not in before.dismissed)
            if before is None or not new:
                return False
            after = before.set_apart(new)
            if after == before:
                return False
            try:
                transact(*self._ballots.changed(before, after, iso(self._clock.now())[:13]))
                return True
            except Conflict:  # somebody edited it just now
                pause(attempt)
        raise Conflict("rating_changed")


def officers_devices(facts: Iterable[Fact]) -> frozenset[str]:
    """The devices from which somebody signs in to a desk, also for the time in which nobody is signed in."""
    marked = {fact.device for fact in facts if fact.device.startswith(OFFICERS)}
    return frozenset(marked | {device.removeprefix(OFFICERS) for device in marked} - {""})


def usual_of(days: Iterable[Iterable[Fact]]) -> dict[str, Usual]:
    """How busy counters were, from the first ballot of each day to its last; days without one say nothing."""
    found: dict[str, Usual] = {}
    for day in days:
        moments: dict[str, list[Fact]] = {}
        for fact in day:
            if fact.counter:
                moments.setdefault(fact.counter, []).append(fact)
        for counter, facts in moments.items():
            first, last = min(fact.at for fact in facts), max(fact.at for fact in facts)
            minutes = int((last - first).total_seconds() // 60) + 1
            held = found.get(counter, Usual(0, 0))
            found[counter] = Usual(held.ballots + len(facts), held.minutes + minutes)
    return found
