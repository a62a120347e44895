"""A ballot: what somebody said of a service, once, and what may become of it.

For the whole slice. A ballot names the agency, unit, procedure and officer it is about; the dossier and the person are
not in it, and neither is the hour, by which somebody at the counter could be recognised. Only the holder of its token
can change it, for seven days. Nobody can delete it: one that looks wrong is set apart, with its reasons, and counted
apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.ratings.bounds import EDITABLE_DAYS, VERSIONS_MOST


class Channel(StrEnum):
    """How somebody came to rate."""

    DOSSIER = "dossier"  # invited after the result was handed over
    COUNTER = "counter"  # by the code that the counter shows


class State(StrEnum):
    """Whether a ballot is among the counted ones."""

    COUNTED = "counted"
    APART = "apart"


class Doubt(StrEnum):
    """Why a ballot is set apart."""

    BURST = "burst"
    ONE_DEVICE = "one_device"
    ONE_ADDRESS = "one_address"
    OFFICERS_DEVICE = "officers_device"
    REVIEWED = "reviewed"  # somebody looked at it and said so


MOVES = {State.COUNTED: {State.APART}, State.APART: {State.COUNTED}}


@dataclass(frozen=True, slots=True)
class Place:
    """What a ballot is about, as ids; what is not known is empty."""

    agency: str
    unit: str = ""
    procedure: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a token stands for: which sheet, about what, and how its holder came by it."""

    sheet: str
    channel: Channel
    place: Place


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody was invited to rate, and what a dossier's clock tells of it: index of Decree 61 → points."""

    place: Place
    points: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """One option of one criterion, as codes."""

    criterion: str
    option: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a ballot says. `ballots.read` makes it from a form, and only that checks it."""

    answers: tuple[Answer, ...]
    reasons: tuple[str, ...] = ()
    words: str = field(default="", repr=False)

    def option(self, criterion: str) -> str:
        """The option that was chosen for a criterion, or empty."""
        return next((answer.option for answer in self.answers if answer.criterion == criterion), "")


@dataclass(frozen=True, slots=True)
class Before:
    """What a ballot counted as before an edit: for recounting a day as it was. The words of before are gone."""

    version: int
    until: str  # the day of the edit
    answers: tuple[Answer, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Ballot:
    """One ballot. `version` grows with every change, so that an older one never counts again."""

    id: str
    invitation: Invitation
    cast_on: str  # the day in Vietnam, as 2026-07-16
    said: Said
    state: State = State.COUNTED
    doubts: tuple[Doubt, ...] = ()
    version: int = 1
    history: tuple[Before, ...] = ()
    dismissed: tuple[Doubt, ...] = ()  # doubts that somebody looked at and found to be none

    @property
    def place(self) -> Place:
        """What it is about."""
        return self.invitation.place

    @property
    def editable_until(self) -> str:
        """The last day on which it can be changed."""
        return (date.fromisoformat(self.cast_on) + timedelta(EDITABLE_DAYS)).isoformat()

    def edited(self, said: Said, today: str) -> "Ballot":
        """The ballot saying something else; the same answers sent again change nothing, whenever they come."""
        if said == self.said:
            return self
        if today > self.editable_until:
            raise Refused("rating_closed", days=EDITABLE_DAYS)
        if len(self.history) + 1 >= VERSIONS_MOST:
            raise Refused("rating_edits_used", most=VERSIONS_MOST)
        before = Before(self.version, today, self.said.answers, self.said.reasons)
        return replace(self, said=said, version=self.version + 1, history=(*self.history, before))

    def set_apart(self, doubts: tuple[Doubt, ...]) -> "Ballot":
        """The ballot set apart; further reasons are added to those it has, known ones change nothing."""
        if not doubts:
            raise Invalid("rating_doubt_needed", field="doubts")
        both = tuple(doubt for doubt in Doubt if doubt in self.doubts or doubt in doubts)
        if both == self.doubts:
            return self
        return replace(self, state=State.APART, doubts=both, version=self.version + 1)

    def cleared(self) -> "Ballot":
        """The ballot counted again, after somebody looked at it."""
        if State.COUNTED not in MOVES[self.state]:
            raise Conflict("rating_not_apart")
        dismissed = tuple(doubt for doubt in Doubt if doubt in self.dismissed or doubt in self.doubts)
        return replace(self, state=State.COUNTED, doubts=(), dismissed=dismissed, version=self.version + 1)
