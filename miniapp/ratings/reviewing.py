"""Ballots that were set apart, looked at by somebody: by groups, without what they say; let count again, or kept apart.

For the console. A group is what has one day, one unit and the same reasons; no ballot of it is named to anybody. Who
decides gives a reason, and each transaction leaves its entry with how many ballots it changed: whoever dies half-way
and sends again goes on with those that are left, and the entries together say exactly what was done."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from miniapp.accounts.access import Actor, require
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.folding import clean
from miniapp.core.spans import Span
from miniapp.core.tables import pause
from miniapp.ratings.model import Ballot, Doubt, State
from miniapp.ratings.reading import Counted
from miniapp.ratings.rolled import By
from miniapp.ratings.store import BallotStore

REVIEW_REASON_MOST = 300  # letters
AT_ONCE = 25  # ballots in one transaction, of three writes each
TRIES = 6


@dataclass(frozen=True, slots=True)
class Group:
    """Ballots of one day that are apart for the same reasons. `count` as of when somebody looked."""

    day: str
    unit: str
    doubts: tuple[Doubt, ...]
    count: int = 0

    def has(self, ballot: Ballot) -> bool:
        """Whether a ballot is one of them."""
        return ballot.state is State.APART and (ballot.place.unit, ballot.doubts) == (self.unit, self.doubts)

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody looked at them and kept them apart."""
        return Doubt.REVIEWED in self.doubts


class Reviewing:
    """Shows groups and decides on them."""

    def __init__(self, ballots: BallotStore, counts: Counted, audit: Audit, clock: Clock) -> None:
        self._ballots = ballots
        self._counts = counts
        self._audit = audit
        self._clock = clock

    def days(self, agency: str, span: Span) -> Mapping[str, int]:
        """The days of a span with ballots that are apart, the newest first, and how many each has: from what was counted."""
        held = self._counts.several(agency, [(month, By.TIME) for month in span.months])
        found = {day: counts.apart for month in held.values() for day, counts in month.items() if counts.apart}
        return dict(sorted(found.items(), reverse=True))

    def groups(self, agency: str, day: str) -> Sequence[Group]:
        """The groups of a day as of this moment, those that nobody looked at first."""
        apart = (ballot for ballot in self._ballots.ballots(agency, day) if ballot.state is State.APART)
        found = Counter((ballot.place.unit, ballot.doubts) for ballot in apart)
        groups = [Group(day, unit, doubts, count) for (unit, doubts), count in found.items()]
        return sorted(groups, key=lambda group: (group.is_confirmed, group.unit, group.doubts))

    def clear(self, agency: str, group: Group, reason: str, *, by: Actor) -> None:
        """Let a group count again. Invalid at `reason`; Conflict `rating_group_grown` where it has more than was seen,
        Refused `rating_review_own` for whoever is rated in it; NotFound `rating_group_unknown`. Sent again it is done."""
        self._decide(agency, group, "rating_group_cleared", reason, Ballot.cleared, by)

    def confirm(self, agency: str, group: Group, reason: str, *, by: Actor) -> None:
        """Keep a group apart for good; the same problems."""
        self._decide(agency, group, "rating_group_confirmed", reason, _confirmed, by)

    def _decide(
        self, agency: str, group: Group, event: str, reason: str, changed: Callable[[Ballot], Ballot], by: Actor
    ) -> None:
        require(by, "ratings.review", agency)
        reason = clean(reason)
        if not 0 < len(reason) <= REVIEW_REASON_MOST:
            raise Invalid("rating_review_reason_shape", field="reason", most=REVIEW_REASON_MOST)
        if not group.doubts:
            raise NotFound("rating_group_unknown")
        for attempt in range(TRIES):
            try:
                for some in self._chunks(agency, group, by):
                    self._changed(agency, group, event, reason, [(one, changed(one)) for one in some], by)
                return
            except Conflict as conflict:
                if conflict.code != "rating_changed":
                    raise
                pause(attempt)  # somebody edited one of them just now
        raise Conflict("rating_changed")

    def _chunks(self, agency: str, group: Group, by: Actor) -> Iterator[list[Ballot]]:
        held = [ballot for ballot in self._ballots.ballots(agency, group.day) if group.has(ballot)]
        if len(held) > group.count:
            raise Conflict("rating_group_grown", seen=group.count, count=len(held))
        if any(ballot.place.officer == by.id for ballot in held):
            raise Refused("rating_review_own")
        for at in range(0, len(held), AT_ONCE):
            yield held[at : at + AT_ONCE]

    def _changed(
        self,
        agency: str,
        group: Group,
        event: str,
        reason: str,
        ballots: Sequence[tuple[Ballot, Ballot]],
        by: Actor,
    ) -> None:
        hour = iso(self._clock.now())[:13]
        moved = [(before, after) for before, after in ballots if before != after]
        writes = [write for before, after in moved for write in self._ballots.changed(before, after, hour)]
        if not writes:
            return
        doubts = " ".join(doubt.value for doubt in group.doubts)
        told = Event(event, day=group.day, unit=group.unit, doubts=doubts, count=len(moved), reason=reason)
        self._audit.commit(told, agency=agency, by=by.id, writes=writes)


def _confirmed(ballot: Ballot) -> Ballot:
    return ballot.set_apart((Doubt.REVIEWED,))
