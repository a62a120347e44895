"""Rating: who is invited, what a token stands for, one ballot for it, edits. For citizens' pages, and for whoever ends a dossier.

A dossier's token is a keyed mark of its code, made when its result is ready; nobody keeps it, and it leads to the ballot only
by our key. A cast is one transaction: the ballot, its mark for who counts, what doubts are looked for by, and that the dossier
is rated. The same answers sent again are the same ballot, whoever's reply was lost. No entry of the trail tells of a cast:
a moment in it would name who stood at the counter; the ballot's row is the record, with every version that counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from miniapp.core.clock import Clock, iso, local_day
from miniapp.core.errors import Conflict, NotFound, Refused
from miniapp.core.ids import Ids
from miniapp.core.sealing import Sealer
from miniapp.core.tables import Write, pause, transact
from miniapp.ratings.addresses import mark
from miniapp.ratings.ballots import rated, read
from miniapp.ratings.doubts import Fact
from miniapp.ratings.fact_store import FactStore
from miniapp.ratings.model import Ballot, Channel, Invitation, Place
from miniapp.ratings.scales import Sheet, asked_by_default, sheet_for, sheets
from miniapp.ratings.store import NO_POINTS, BallotStore, Held
from miniapp.ratings.tokens import VisitCodes, ballot_ids, exchanged

OPEN_DAYS = 30  # from the invitation to the first cast
VISIT_DAYS = 1
TOKEN_MOST = 64
TRIES = 6
OFFICERS = "officer:"  # before the mark of a device from which somebody signs in to a desk
COUNTER_SHEET = "counter"

Rated = Callable[[str, str], Write]


@dataclass(frozen=True, slots=True)
class Given:
    """What a form said."""

    answers: Mapping[str, str]
    reasons: tuple[str, ...] = ()
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Came:
    """Where a ballot came from, as the doors see it: a browser's own mark, a network address, whether a desk signs in there."""

    device: str = ""
    address: str = ""
    is_officers: bool = False


@dataclass(frozen=True)
class Asked:
    """What a token asks, and the ballot that was given for it."""

    held: Held
    sheet: Sheet
    ballot: Ballot | None
    is_open: bool

    @property
    def until(self) -> str:
        """The last day on which something can be said, or said anew."""
        return self.ballot.editable_until if self.ballot else self.held.until


class Casting:
    """The citizens' verbs, and the writes of an invitation."""

    def __init__(
        self,
        ballots: BallotStore,
        facts: FactStore,
        rated: Rated,
        sealer: Sealer,
        ids: Ids,
        clock: Clock,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        """`asked` says which sheet is asked where, as `scales.asked` does."""
        self._ballots = ballots
        self._facts = facts
        self._rated = rated
        self._sealer = sealer
        self._ids = ids
        self._clock = clock
        self._codes = VisitCodes(sealer)
        self._asked = asked_by_default() if asked is None else asked

    def invited(
        self, place: Place, dossier: str, ready: datetime, points: Mapping[int, int] = NO_POINTS
    ) -> list[Write]:
        """The writes that invite whoever handed in a dossier, for the transaction that tells that its result is ready.

        `points` are those of the decree's indices that its clock tells (`points61.by_the_clock`).
        It lasts from that moment; none where that is over, as for what another system finished long ago."""
        now, until = self._clock.now(), _later(ready, OPEN_DAYS)
        if until < local_day(now):
            return []
        token = self._tokens(place.agency, dossier)[0]
        sheet = sheet_for(self._asked, place.agency, place.procedure)
        held = Held(Invitation(sheet, Channel.DOSSIER, place), until, dossier)
        return self._ballots.invite(token, held, local_day(now), iso(now)[:13], points)

    def link(self, agency: str, dossier: str) -> str:
        """The token of a dossier's invitation; empty where nobody is invited."""
        tokens = self._tokens(agency, dossier)
        return next((token for token in tokens if self._ballots.token(agency, token) is not None), "")

    def visited(self, place: Place, counter: str, code: str) -> str:
        """A counter's code → a token of one's own; Refused and Conflict as `tokens` says."""
        now = self._clock.now()
        visit = self._codes.read(f"{place.agency}/{counter}", code, now)
        token = exchanged(True, self._ids)
        held = Held(Invitation(COUNTER_SHEET, Channel.COUNTER, place), _later(now, VISIT_DAYS))
        writes = self._ballots.invite(token, held, local_day(now), iso(now)[:13])
        transact(self._facts.spent(place.agency, visit.key, now), *writes)
        return token

    def asked(self, agency: str, token: str) -> Asked:
        """What a token asks; NotFound `rating_token_unknown`."""
        held = self._ballots.token(agency, token) if len(token) <= TOKEN_MOST else None
        if held is None:
            raise NotFound("rating_token_unknown")
        ballot = self._ballots.find(agency, ballot_ids(self._sealer, token))
        until = ballot.editable_until if ballot else held.until
        return Asked(held, sheets()[held.invitation.sheet], ballot, local_day(self._clock.now()) <= until)

    def cast(self, agency: str, token: str, given: Given, came: Came) -> Ballot:
        """The ballot of a token, new or edited; sent again it is what it is.

        NotFound `rating_token_unknown`; Invalid as `ballots.read`; Refused `rating_over` when nothing was said in time,
        `rating_closed` and `rating_edits_used` for edits; Conflict `rating_exists` where its dossier is rated already."""
        for attempt in range(TRIES):
            asked = self.asked(agency, token)
            try:
                return self._cast(agency, token, asked, given, came)
            except Conflict:
                if attempt and self.asked(agency, token).ballot == asked.ballot:
                    raise
                pause(attempt)
        raise Conflict("rating_changed")

    def _cast(self, agency: str, token: str, asked: Asked, given: Given, came: Came) -> Ballot:
        now, before = self._clock.now(), asked.ballot
        said = read(asked.sheet, given.answers, given.reasons, given.words)
        if before is None and not asked.is_open:
            raise Refused("rating_over", days=OPEN_DAYS)
        id = before.id if before else ballot_ids(self._sealer, token)[0]
        after = rated(before, id, asked.held.invitation, said, local_day(now))
        if before is None:
            writes = [
                *self._ballots.cast(after, iso(now)[:13]),
                self._facts.known(agency, self._fact(after, came, now)),
            ]
            transact(*writes, *([self._rated(agency, asked.held.dossier)] if asked.held.dossier else []))
        elif after != before:
            transact(*self._ballots.changed(before, after, iso(now)[:13]))
        return after

    def _fact(self, ballot: Ballot, came: Came, now: datetime) -> Fact:
        place = ballot.place
        device = self._sealer.sign("rating device", f"{place.agency} {came.device}") if came.device else ""
        address = mark(self._sealer, place.agency, came.address) if came.address else ""
        counter = place.unit if ballot.invitation.channel is Channel.COUNTER else ""
        return Fact(ballot.id, counter, now, f"{OFFICERS}{device}" if came.is_officers else device, address)

    def _tokens(self, agency: str, dossier: str) -> tuple[str, ...]:
        """A dossier's token under every key, the one for a new invitation first."""
        return self._sealer.marks("rating", f"{agency} {dossier}")


def _later(now: datetime, days: int) -> str:
    return (date.fromisoformat(local_day(now)) + timedelta(days)).isoformat()
