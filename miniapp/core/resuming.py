"""Work that is done piece by piece and goes on where somebody left it. For jobs of the clock.

One piece that always fails keeps no other from its end: each failure is told by what it was at, and the first is raised
once all had their turn, so that the job rings."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from miniapp.core import log

Enough = Callable[[], bool]


class Worked(Protocol):
    """What was worked on; `ended` once nothing of it is left."""

    @property
    def ended(self) -> datetime | None:
        """When it came to its end."""


def never() -> bool:
    """Whoever works to the end has never enough."""
    return False


def resumed(under_way: Iterable[tuple[str, str]], work: Callable[[str, str, Enough], Worked], enough: Enough) -> int:
    """Work on each thing, by agency and id, until it is enough; how many came to their end."""
    return in_turn(under_way, lambda agency, id: work(agency, id, enough).ended is not None, enough)


def in_turn(things: Iterable[tuple[str, str]], is_done: Callable[[str, str], bool], enough: Enough) -> int:
    """Do each thing, by agency and name, until it is enough; how many were done. Raises the first failure, at the end."""
    done, failures = 0, list[Exception]()
    for agency, what in things:
        if enough():
            break
        try:
            done += is_done(agency, what)
        except Exception as failure:
            log.error("work_failed", failure, agency=agency, what=what)
            failures.append(failure)
    if failures:
        raise failures[0]
    return done
