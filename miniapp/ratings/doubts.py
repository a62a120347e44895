"""Tests for ballots that look wrong: which ones, by which test, and how far above its bound they are.

For the job that sets ballots apart. A doubt is no verdict: somebody looks, and a ballot that is cleared counts again.
Facts are short-lived and apart from ballots; devices, phones and addresses are keyed hashes. More facts never clear
a ballot, so the order in which the job sees them does not matter. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.ratings.bounds import SUSPICION, Suspicion
from miniapp.ratings.model import Doubt


@dataclass(frozen=True, slots=True)
class Fact:
    """One recent ballot as the tests see it; what is not known is empty and doubted by nobody."""

    ballot: str
    counter: str
    at: datetime
    device: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """How busy a counter is: ballots in so many minutes in which it was open."""

    ballots: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Doubted:
    """One finding: the test, the ballots in their order, how many there were and how many would have been fine."""

    doubt: Doubt
    ballots: tuple[str, ...]
    seen: int
    bound: int


def doubted(
    facts: Iterable[Fact],
    usual: Mapping[str, Usual],
    officers: Collection[str],
    limits: Suspicion = SUSPICION,
) -> list[Doubted]:
    """Everything that looks wrong about recent ballots. `officers`: devices of those who are rated here."""
    held = sorted(set(facts), key=lambda fact: (fact.at, fact.ballot))
    found = [*_bursts(held, usual, limits)]
    devices = _by([(fact.device, fact.ballot) for fact in held])
    addresses = _by([(fact.address, fact.ballot) for fact in held if fact.address not in limits.shared_addresses])
    found += _many(Doubt.ONE_DEVICE, devices, limits.device_most)
    found += _many(Doubt.ONE_ADDRESS, addresses, limits.address_most)
    found += _many(Doubt.OFFICERS_DEVICE, {key: each for key, each in devices.items() if key in officers}, 0)
    return found


def by_ballot(found: Iterable[Doubted]) -> dict[str, tuple[Doubt, ...]]:
    """The reasons of every doubted ballot, in the order of the tests."""
    reasons: defaultdict[str, set[Doubt]] = defaultdict(set)
    for each in found:
        for ballot in each.ballots:
            reasons[ballot].add(each.doubt)
    return {ballot: tuple(doubt for doubt in Doubt if doubt in mine) for ballot, mine in sorted(reasons.items())}


def burst_bound(usual: Usual | None, limits: Suspicion = SUSPICION) -> int:
    """How many ballots a counter may have in one span; a counter that nobody knows yet has the least."""
    if usual is None or not usual.minutes:
        return limits.burst_least
    times = limits.burst_times * limits.burst_minutes
    return max(limits.burst_least, -(-times * usual.ballots // usual.minutes))


def _bursts(held: Sequence[Fact], usual: Mapping[str, Usual], limits: Suspicion) -> Iterable[Doubted]:
    counters: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in held:
        if fact.counter:
            counters[fact.counter].append(fact)
    for counter, mine in sorted(counters.items()):
        bound = burst_bound(usual.get(counter), limits)
        inside, seen = _crowded(mine, timedelta(minutes=limits.burst_minutes), bound)
        if inside:
            yield Doubted(Doubt.BURST, inside, seen, bound)


def _crowded(mine: Sequence[Fact], span: timedelta, bound: int) -> tuple[tuple[str, ...], int]:
    """The ballots of every span with more than the bound, and how many its fullest has. A span ends before its last
    moment, so that two ballots just a span apart are not in one."""
    first, marked, fullest = 0, 0, 0
    inside: list[str] = []
    for last, fact in enumerate(mine):
        while fact.at - mine[first].at >= span:
            first += 1
        held = last - first + 1
        if held > bound:
            inside += [each.ballot for each in mine[max(first, marked) : last + 1]]
            marked, fullest = last + 1, max(fullest, held)
    return tuple(inside), fullest


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, ballot in pairs:
        if key:
            found[key].append(ballot)
    return dict(sorted(found.items()))


def _many(doubt: Doubt, groups: Mapping[str, Sequence[str]], most: int) -> list[Doubted]:
    return [Doubted(doubt, tuple(ballots), len(ballots), most) for ballots in groups.values() if len(ballots) > most]
