"""A message to a citizen: what it is about, where it stands, and what it may become. For the outbox; it stores nothing.

Messages are declared here with their exact facts: one with any other set can't be made, so nobody adds a name or a
score by accident. Their words stand in templates/messages/<name>/. The rule about crashes is here too: what is surely
not sent is tried again, what nobody can know is tried once more and never a third time."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from miniapp.core.errors import Conflict
from miniapp.zalo.model import Button

LEASE = timedelta(seconds=60)
KEPT = timedelta(days=90)
LATELY = timedelta(days=3)  # for how long one that failed is told of and may be begun again: news grows old
TRIES_MOST = 20  # surely not sent, again and again: after that a person must look
UNSURE_MOST = 2  # begun without an end: once more, then never
FACT_MOST = 300

Fact = str | int


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.FAILED}),
    State.SENDING: frozenset({State.SENDING, State.QUEUED, State.SENT, State.FAILED, State.UNREACHABLE}),
    State.SENT: frozenset(),
    State.FAILED: frozenset(),
    State.UNREACHABLE: frozenset(),
}
ENDS = frozenset(state for state, after in MOVES.items() if not after)


@dataclass(frozen=True)
class Kind:
    """One declared message: its facts, how long it is worth sending, and whether it carries a way in.

    A way in is a one-time link: it is made while sending and never lies in the outbox."""

    facts: frozenset[str]
    life: timedelta
    enters: bool = False


def _kind(facts: str, life: timedelta, enters: bool = False) -> Kind:
    return Kind(frozenset(facts.split()), life, enters)


DOSSIER = "agency_name procedure dossier address"  # of every message about one
WEEK = timedelta(days=7)

MESSAGES: Mapping[str, Kind] = {
    "entry_link": _kind("agency_name", timedelta(minutes=10), enters=True),
    "assistant_later": _kind("home scores", timedelta(hours=1)),
    "dossier_apologised": _kind(f"{DOSSIER} due due_before", WEEK),
    "dossier_finished": _kind(DOSSIER, WEEK),
    "dossier_paid": _kind(f"{DOSSIER} due", WEEK),
    "dossier_payment_asked": _kind(f"{DOSSIER} amount", WEEK),
    "dossier_received": _kind(f"{DOSSIER} due", WEEK),
    "dossier_refused": _kind(DOSSIER, WEEK),
    "dossier_reopening_told": _kind(DOSSIER, WEEK),
    "dossier_rescheduled": _kind(f"{DOSSIER} due due_before", WEEK),
    "dossier_returned": _kind(DOSSIER, WEEK),
    "dossier_stopped": _kind(DOSSIER, WEEK),
    "dossier_supplement_annulled": _kind(DOSSIER, WEEK),
    "dossier_supplement_asked": _kind(f"{DOSSIER} papers deadline", WEEK),
    "dossier_supplemented": _kind(f"{DOSSIER} due", WEEK),
    "dossier_withdrawn": _kind(DOSSIER, WEEK),
    "scores_corrected": _kind("exam_title address tails", timedelta(days=2)),
    "scores_out": _kind("exam_title address tails", timedelta(days=2)),
}


class UndeclaredMessage(ValueError):
    """A message that isn't declared, or not with these facts: a fault of the caller, found by its first test."""


@dataclass(frozen=True)
class Message:
    """One message to one person. `fact` is the business fact that it is about: said once per agency and person."""

    agency: str
    user: str
    fact: str
    name: str
    language: str
    made_at: datetime
    until: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    state: State = State.QUEUED
    lease: datetime | None = None
    tries: int = 0
    unsure: int = 0
    ended_at: datetime | None = None
    why: str = ""
    chat_id: str = ""
    version: int = 0

    @property
    def id(self) -> str:
        """The key of the fact: what makes a second message about it the same message."""
        return fact_id(self.fact)

    @property
    def key(self) -> str:
        """What the chat knows it by."""
        return hashlib.sha256(f"{self.agency}\x00{self.user}\x00{self.fact}".encode()).hexdigest()[:32]

    def claimed(self, now: datetime) -> "Message":
        """Under a lease, to be sent now; or ended, where it may not be. Conflict `message_under_way` under a live one.

        A lease that lapsed means that somebody died between claiming and writing down the end."""
        if self.state in ENDS:
            raise Conflict("message_ended", state=self.state.value)
        if self.state is State.SENDING and self.lease is not None and self.lease > now:
            raise Conflict("message_under_way")
        lapsed = self.state is State.SENDING
        if lapsed and self.unsure >= UNSURE_MOST:
            return self.ended(State.FAILED, now, "unsure")
        if now >= self.until:
            return self.ended(State.FAILED, now, "too_late")
        if self.tries >= TRIES_MOST:
            return self.ended(State.FAILED, now, "too_many_tries")
        return self._moved(State.SENDING, lease=now + LEASE, tries=self.tries + 1, unsure=self.unsure + 1)

    def put_back(self) -> "Message":
        """Surely not sent: as if it had not been begun."""
        return self._moved(State.QUEUED, lease=None, unsure=self.unsure - 1)

    def ended(self, state: State, now: datetime, why: str = "", chat_id: str = "") -> "Message":
        """Sent, failed or unreachable: nothing more will happen to it."""
        return self._moved(state, lease=None, ended_at=now, why=why, chat_id=chat_id)

    def again(self, now: datetime) -> "Message":
        """One that failed, as if it were made now: no move of its own, somebody decided it.

        What began and never ended may have arrived all the same, and then arrives twice."""
        if self.state is not State.FAILED:
            raise Conflict("message_move_not_allowed", was=self.state.value, wanted=State.QUEUED.value)
        fresh = replace(self, state=State.QUEUED, made_at=now, until=now + (self.until - self.made_at))
        return replace(fresh, tries=0, unsure=0, ended_at=None, why="", version=self.version + 1)

    def _moved(self, state: State, **changes: object) -> "Message":
        if state not in MOVES[self.state]:
            raise Conflict("message_move_not_allowed", was=self.state.value, wanted=state.value)
        return replace(self, state=state, version=self.version + 1, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Addressed:
    """Whom a message goes to, and in which language."""

    agency: str
    user: str
    language: str = "vi"


@dataclass(frozen=True)
class DeliverMessage:
    """A note: this message waits in the outbox."""

    queue: ClassVar[str] = "messages"
    agency: str
    user: str
    message: str
    v: int = 1


@dataclass(frozen=True)
class Said:
    """A message in words."""

    text: str
    buttons: tuple[Button, ...] = ()


class Words(Protocol):
    """Puts a message in words. Kept by the wiring, which knows the templates."""

    def render(self, name: str, language: str, facts: Mapping[str, Fact]) -> Said:
        """The words of a declared message; `facts` may hold `link`, the way in."""
        ...


def new_message(
    name: str, to: Addressed, fact: str, facts: Mapping[str, Fact], now: datetime, life: timedelta | None = None
) -> Message:
    """A message of a declared kind."""
    kind = MESSAGES.get(name)
    if kind is None or facts.keys() != kind.facts:
        raise UndeclaredMessage(f"{name} with {sorted(facts)}")
    if any(not isinstance(value, str | int) or len(str(value)) > FACT_MOST for value in facts.values()):
        raise UndeclaredMessage(f"{name}: a fact is a short text or a number")
    until = now + (life or kind.life)
    return Message(to.agency, to.user, fact, name, to.language, now, until, dict(facts))


def fact_id(fact: str) -> str:
    """A business fact as a key."""
    return hashlib.sha256(fact.encode()).hexdigest()[:32]
