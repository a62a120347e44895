"""Dossiers on lists: the shelf on which each lies, and what a line tells of it. For the store, the office and its pages.

A line never says who asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from miniapp.dossiers.states import Status


class Shelf(StrEnum):
    """What a dossier on the desk waits for."""

    NEW = "new"  # to be received or refused
    RUNNING = "running"  # the agency
    WAITING = "waiting"  # the citizen: papers, money
    READY = "ready"  # to be handed over
    ENDED = "ended"  # nothing


SHELVES = {
    Status.FILED: Shelf.NEW,
    Status.RECEIVED: Shelf.RUNNING,
    Status.IN_PROGRESS: Shelf.RUNNING,
    Status.SUPPLEMENT: Shelf.WAITING,
    Status.PAYMENT: Shelf.WAITING,
    Status.FINISHED: Shelf.READY,
    Status.NOT_RECEIVED: Shelf.ENDED,
    Status.WITHDRAWN: Shelf.ENDED,
    Status.STOPPED: Shelf.ENDED,
    Status.RETURNED: Shelf.ENDED,
}


@dataclass(frozen=True)
class Line:
    """A dossier on a list. `due` is None where there is no appointment for now."""

    agency: str
    code: str
    status: Status
    procedure: str
    procedure_name: str
    post: str
    officer: str
    due: datetime | None
    changed_at: datetime
    version: int


Keep = Callable[[Line], bool]


@dataclass(frozen=True)
class Page:
    """Some lines, and where the next ones begin (empty at the end)."""

    lines: tuple[Line, ...]
    cursor: str
