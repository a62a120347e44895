"""Work that is done piece by piece and goes on where somebody left it. For jobs of the clock."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

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
    ended = 0
    for agency, id in under_way:
        if enough():
            break
        ended += work(agency, id, enough).ended is not None
    return ended
