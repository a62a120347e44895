"""A dossier (hồ sơ): what somebody asked of an agency, where it stands, and the one gate through which it changes.

For the whole slice. It is frozen: a move gives a new dossier, one version on, and the event that tells of it. The moves
stand by verb in `receiving`, `working`, `pausing`, `apologising` and `ending`; what is not in the table of moves is a
Conflict. It stores nothing, shows nothing and never asks what time it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from miniapp.core.errors import Conflict
from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import Clock, Left
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Event, Fact, Happened
from miniapp.dossiers.parts import Annulled, Apology, Applicant, Channel, Fee, Ground, Step, Supplement
from miniapp.dossiers.states import DONE, MOVES, PAUSING, RUNNING, Lateness, Status, lateness


@dataclass(frozen=True)
class Dossier:
    """One dossier of one agency. `version` guards every change; the procedure's name is the one it had at receipt."""

    agency: str
    code: DossierCode
    procedure: str
    procedure_name: str
    channel: Channel
    applicant: Applicant
    filed_at: datetime
    changed_at: datetime
    status: Status = Status.FILED
    steps: tuple[Step, ...] = ()
    step: int = 0  # where among them it is
    officer: str = ""  # who has it on the desk now; for officers only
    clock: Clock | None = None
    supplement: Supplement | None = None
    paused_from: Status | None = None  # where it goes back to when the papers have come
    annulled: Annulled | None = None
    fee: Fee | None = None
    apology: Apology | None = None
    ground: Ground | None = None
    ended_at: datetime | None = None  # finished, or refused, stopped, withdrawn
    returned_at: datetime | None = None
    returned_by: Channel | None = None
    line: str = ""  # its receipt's, signed; of this version or an earlier one (`lines`)
    version: int = 1

    @property
    def received_at(self) -> datetime | None:
        """From when it counts; None before it was received."""
        return self.clock.received if self.clock else None

    @property
    def due(self) -> datetime | None:
        """The appointment that holds; None where there is none, or none for now."""
        return self.clock.appointment if self.clock and self.status in RUNNING | PAUSING | DONE else None

    @property
    def post(self) -> str:
        """The post that is responsible now; empty before it was received."""
        return self.steps[self.step].post if self.steps else ""

    @property
    def next_step(self) -> Step | None:
        """The step after this one, if there is one."""
        return self.steps[self.step + 1] if self.step + 1 < len(self.steps) else None

    def left(self, now: datetime, calendar: Calendar) -> Left | None:
        """Working time until it is due or since; of what is finished, as it was then."""
        if self.clock is None or self.status not in RUNNING | PAUSING | DONE:
            return None
        return self.clock.left(self.ended_at or now, calendar)

    def lateness(self, now: datetime) -> Lateness | None:
        """How it stands to its due moment; None where it has none, or was refused, stopped or withdrawn."""
        if self.clock is None or self.clock.due is None or self.status not in RUNNING | PAUSING | DONE:
            return None
        return lateness(self.clock.due, self.ended_at or self.clock.until(now), self.status in DONE)

    def may(self, status: Status) -> bool:
        """Whether the table of moves leads there from here."""
        return status in MOVES[self.status]

    def moment(self, at: datetime) -> datetime:
        """When a move counts: never before the last one, since two machines' clocks may differ by a little."""
        return max(at, self.changed_at)

    def moved(self, status: Status, at: datetime, **changes: object) -> Self:
        """The dossier in another status, one version on; Conflict where the table does not lead there."""
        if not self.may(status):
            raise Conflict("dossier_move_not_allowed", was=self.status.value, wanted=status.value)
        return self.changed(at, status=status, **changes)

    def changed(self, at: datetime, **changes: object) -> Self:
        """The dossier with something else changed, one version on."""
        return replace(self, changed_at=self.moment(at), version=self.version + 1, **changes)  # type: ignore[arg-type]

    def running(self) -> Clock:
        """Its clock, if the agency is at work on it; else Conflict."""
        if self.clock is None or self.status not in RUNNING:
            raise Conflict("dossier_not_running", status=self.status.value)
        return self.clock


class Move(NamedTuple):
    """A dossier after a move, and what to tell of it."""

    dossier: Dossier
    event: Event


def told(dossier: Dossier, what: Happened, by: By, **facts: Fact) -> Move:
    """The move that led to this dossier."""
    return Move(dossier, Event(what, dossier.changed_at, by, dossier.version, facts))
