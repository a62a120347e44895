"""A batch: one act for many dossiers, ordered at once and held back for some minutes, in which it can be called off.

For its store, its worker and the pages of the desk. Whether a dossier can be moved, the model of dossiers decides when its
turn comes; here stand the acts that make sense for many. Refusals and requests for papers are none: each needs words of
its own. It stores nothing and never asks what time it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.core.errors import Conflict, Problem
from miniapp.core.workdays import Calendar
from miniapp.dossiers.ending import finish, hand_over
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.working import hand_on, take_up

BATCH_MOST = 2_000
PIECE_SIZE = 50
HELD_FOR = timedelta(minutes=5)
ANYBODY = "?"  # in place of an officer who is not chosen yet


class Deed(StrEnum):
    """What can be done with many at once."""

    TAKE_UP = "take_up"
    HAND_ON = "hand_on"  # to the step that comes next for each
    ASSIGN = "assign"  # to another officer, at the step where each is
    FINISH = "finish"
    RETURN = "return"


class BatchState(StrEnum):
    """Where a batch stands."""

    HELD = "held"
    CALLED_OFF = "called_off"
    APPLYING = "applying"
    DONE = "done"


@dataclass(frozen=True)
class Batch:
    """What was ordered. `at`: when each of its moves counts; `officer`: on whose desk they will lie."""

    agency: str
    id: str
    deed: Deed
    by: str
    at: datetime
    count: int
    officer: str = ""
    channel: Channel = Channel.DESK
    state: BatchState = BatchState.HELD

    @property
    def held_until(self) -> datetime:
        """From when on it may be applied."""
        return self.at + HELD_FOR

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in (BatchState.HELD, BatchState.APPLYING)

    def act(self, one: Dossier, at: datetime, calendar: Calendar) -> Move:
        """What is done with each."""
        by = By(Side.OFFICER, self.by)
        if self.deed is Deed.TAKE_UP:
            return take_up(one, by, at)
        if self.deed is Deed.FINISH:
            return finish(one, by, at)
        if self.deed is Deed.RETURN:
            return hand_over(one, self.channel, by, at)
        one.running()
        if self.deed is Deed.ASSIGN:
            if one.officer == self.officer:
                raise Conflict("dossier_there_already")
            return hand_on(one, one.step, self.officer, by, at)
        if one.next_step is None:
            raise Conflict("dossier_at_last_step")
        return hand_on(one, one.step + 1, self.officer, by, at)


@dataclass(frozen=True)
class Chosen:
    """A dossier of a batch, as it was seen when it was chosen."""

    code: str
    version: int


@dataclass(frozen=True)
class Outcome:
    """A dossier of a batch: waiting (nothing said), moved, or refused and why."""

    chosen: Chosen
    is_moved: bool = False
    problem: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether its turn has not come."""
        return not self.is_moved and not self.problem


@dataclass(frozen=True)
class Judged:
    """What would become of many dossiers now: those that can be moved, and by the reason those that can't."""

    moves: Sequence[Move]
    refused: Mapping[str, Sequence[str]]


def judged(batch: Batch, found: Mapping[str, Dossier], codes: Iterable[str], calendar: Calendar) -> Judged:
    """What the batch would do now, without doing it."""
    moves: list[Move] = []
    refused: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        try:
            if code not in found:
                raise Conflict("dossier_unknown")
            moves.append(batch.act(found[code], batch.at, calendar))
        except Problem as problem:
            refused[problem.code].append(code)
    return Judged(moves, refused)


def pieces_of(chosen: Sequence[Chosen]) -> list[Sequence[Chosen]]:
    """The dossiers of a batch, as many at a time as a worker does in one go."""
    return [chosen[place : place + PIECE_SIZE] for place in range(0, len(chosen), PIECE_SIZE)]
