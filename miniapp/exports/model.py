"""A list that is written as a file of any size while nobody waits for it. For who orders one, and for sources of rows.

A source hands rows out batch by batch and says where it stands, so a worker that dies goes on from what was written last.
It never stores and knows no words: headings, and words for codes, come with the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from miniapp.accounts.access import Permission

KEPT = timedelta(days=7)  # as the rule of the bucket
TRIES = 5


class State(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True)
class Batch:
    """Some rows, and where the next ones begin; empty at the end."""

    rows: Sequence[Sequence[object]]
    cursor: str


class Source(Protocol):
    """Rows in an order of their own."""

    def after(self, cursor: str) -> Batch:
        """The rows after a place that it named itself, or the first ones for an empty one: as many as lie well in memory."""
        ...


@dataclass(frozen=True)
class Order:
    """What is to be written: of which kind, asked how, under which headings, and what codes in its cells are called."""

    kind: str
    asked: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)


class SourceOf(Protocol):
    """Makes the source of an order's rows at an agency; Invalid where what is asked is none of its own."""

    def __call__(self, agency: str, order: Order) -> Source: ...


@dataclass(frozen=True)
class Kind:
    """A kind of list: who may have it, and where its rows come from."""

    needs: Permission
    source: SourceOf


@dataclass(frozen=True)
class Export:
    """One order and how far it is. `busy_until`: until when a worker has it for itself; `begun`: the upload it goes into."""

    id: str
    agency: str
    order: Order
    by: str
    made: datetime
    version: int = 1
    begun: str = ""
    cursor: str = ""
    parts: int = 0
    rows: int = 0
    size: int = 0
    is_read: bool = False  # the source has no more
    tries: int = 0
    busy_until: datetime | None = None
    ended: datetime | None = None
    sha256: str = ""

    @property
    def key(self) -> str:
        """Where its file lies; anew after every beginning, so that what was given up is never taken for it."""
        return f"exports/{self.agency}/{self.id}-{self.tries}.csv"

    def state(self, now: datetime) -> State:
        """How far it is, at this moment."""
        if self.ended is None:
            return State.WRITING if self.parts else State.WAITING
        if not self.sha256:
            return State.FAILED
        return State.READY if now < self.ended + KEPT else State.GONE
