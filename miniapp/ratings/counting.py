"""Counts derived from ballots: whole numbers that add up, and can be taken back, exactly.

For roll-ups and pages. Ballots are the truth and counts follow from them, so a recount is a fold over rows. Counts are a
group: zero, sum, difference. A `Ledger` knows the newest version of every ballot it heard of, so that the same news in
any order, split anyhow and however often, gives the same counts."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from miniapp.ratings.decree61 import mean_points
from miniapp.ratings.model import Ballot, Place, State
from miniapp.ratings.points61 import BEST, MIDDLE, WORST
from miniapp.ratings.scales import OVERALL, Criterion, Scale

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Counts:
    """Numbers by name; a name that is not there counts nothing, and none stands there with 0."""

    numbers: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Counts") -> "Counts":
        return _kept(self.numbers, other.numbers, 1)

    def __sub__(self, other: "Counts") -> "Counts":
        return _kept(self.numbers, other.numbers, -1)

    def __bool__(self) -> bool:
        return bool(self.numbers)

    @property
    def counted(self) -> int:
        """Ballots that count."""
        return self.numbers.get("counted", 0)

    @property
    def apart(self) -> int:
        """Ballots that are set apart."""
        return self.numbers.get("apart", 0)

    def by_channel(self, channel: str) -> int:
        """Counted ballots that came this way."""
        return self.numbers.get(f"channel.{channel}", 0)

    def option(self, criterion: str, option: str) -> int:
        """How often an option was chosen."""
        return self.numbers.get(f"answer.{criterion}.{option}", 0)

    def reasons(self) -> dict[str, int]:
        """Why people are dissatisfied, by code."""
        return self._below("reason.")

    def doubts(self) -> dict[str, int]:
        """Why ballots are set apart, by code; one ballot may have several."""
        return self._below("doubt.")

    def satisfied(self, scale: Scale, criterion: str = OVERALL) -> int:
        """Answers that count as satisfied by the flags of a scale."""
        return sum(self.option(criterion, each.code) for each in scale.options if each.counts_as_satisfied)

    def points(self, criterion: Criterion) -> Fraction | None:
        """The mean of an index of decree 61 that ballots tell; None while nobody answered."""
        return mean_points({each.value: self.option(criterion.code, each.code) for each in criterion.scale.options})

    def computed(self, index: int) -> Fraction | None:
        """The mean of an index of decree 61 that dossiers' clocks tell; None while none told it."""
        return mean_points({each: self.numbers.get(f"computed.{index}.{each}", 0) for each in (BEST, MIDDLE, WORST)})

    def _below(self, prefix: str) -> dict[str, int]:
        return {name.removeprefix(prefix): often for name, often in self.numbers.items() if name.startswith(prefix)}


ZERO = Counts()


def effect(ballot: Ballot | None) -> Counts:
    """What one ballot adds; nothing for none."""
    if ballot is None:
        return ZERO
    if ballot.state is State.APART:
        names = ["apart", *(f"doubt.{doubt}" for doubt in ballot.doubts)]
    else:
        names = ["counted", f"channel.{ballot.invitation.channel}"]
        names += [f"answer.{each.criterion}.{each.option}" for each in ballot.said.answers]
        names += [f"reason.{reason}" for reason in ballot.said.reasons]
    return Counts(dict.fromkeys(names, 1))


def difference(before: Ballot | None, after: Ballot | None) -> Counts:
    """What changes when a ballot is cast, edited, set apart or cleared."""
    return effect(after) - effect(before)


def recount(ballots: Iterable[Ballot], by: Callable[[Place, str], K]) -> dict[K, Counts]:
    """Counts of rows, each ballot once, by a key of what it is about and its day."""
    found: dict[K, Counter[str]] = {}
    for ballot in ballots:
        found.setdefault(by(ballot.place, ballot.cast_on), Counter()).update(effect(ballot).numbers)
    return {key: Counts(dict(numbers)) for key, numbers in found.items()}


def merged(*parts: Mapping[K, Counts]) -> dict[K, Counts]:
    """Counts of parts that have no ballot in common, added key by key."""
    found: dict[K, Counts] = {}
    for part in parts:
        for key, counts in part.items():
            found[key] = found.get(key, ZERO) + counts
    return {key: counts for key, counts in found.items() if counts}


@dataclass(frozen=True)
class Ledger:
    """The newest version of every ballot that was heard of. Merging two asks in no order: the higher version stays."""

    ballots: Mapping[str, Ballot] = field(default_factory=dict)

    def hearing(self, *news: Ballot) -> "Ledger":
        """The ledger after some news, old and new."""
        held = dict(self.ballots)
        for ballot in news:
            known = held.get(ballot.id)
            if known is None or known.version < ballot.version:
                held[ballot.id] = ballot
        return Ledger(held)

    def merged(self, other: "Ledger") -> "Ledger":
        """What both heard together."""
        return self.hearing(*other.ballots.values())

    def counts(self, by: Callable[[Place, str], K]) -> dict[K, Counts]:
        """The counts as they now are."""
        return recount(self.ballots.values(), by)


def _kept(mine: Mapping[str, int], theirs: Mapping[str, int], sign: int) -> Counts:
    names = mine.keys() | theirs.keys()
    summed = {name: mine.get(name, 0) + sign * theirs.get(name, 0) for name in sorted(names)}
    return Counts({name: number for name, number in summed.items() if number})
