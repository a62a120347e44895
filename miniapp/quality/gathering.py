"""Finds every dossier that figures of a span need, and proves that figures are what happened. For publishing and commands.

A dossier that was open or ended since a day is on the desk now, or on the shelf of the month in which it ended since. The
desk is walked before those months: what ends meanwhile lies in a month that is read later, and none is counted twice. It is
walked twice, since a dossier may go back from one shelf to another. Nothing is stored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from miniapp.core.clock import Clock, local_day
from miniapp.core.tables import BATCH_MOST
from miniapp.dossiers.lists import Page, Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.store import DossierStore
from miniapp.quality.model import MONTH, Line, line_of, told_by

YEAR_MONTHS = 12
ON_DESK = tuple(shelf for shelf in Shelf if shelf is not Shelf.ENDED)


@dataclass(frozen=True)
class Difference:
    """A dossier that says something else than its events."""

    line: Line
    told: Line


class Gathering:
    """Reads dossiers for figures."""

    def __init__(self, store: DossierStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def lines(self, agency: str, since: str) -> Iterator[Line]:
        """Everything that was open on a day or ended since."""
        return (line_of(dossier) for dossier in self._dossiers(agency, since))

    def differences(self, agency: str, since: str) -> Iterator[Difference]:
        """Where a dossier is not what happened to it."""
        for dossier in self._dossiers(agency, since):
            line, told = line_of(dossier), told_by(dossier, self._store.events(agency, str(dossier.code)))
            if line != told:
                yield Difference(line, told)

    def _dossiers(self, agency: str, since: str) -> Iterator[Dossier]:
        codes = sorted(set(self._codes(agency, since)))
        for place in range(0, len(codes), BATCH_MOST):
            yield from self._store.find_all(agency, codes[place : place + BATCH_MOST]).values()

    def _codes(self, agency: str, since: str) -> Iterator[str]:
        for shelf in (*ON_DESK, *ON_DESK):
            yield from _all(partial(self._store.shelf, agency, shelf))
        month = since[:MONTH]
        while month <= local_day(self._clock.now())[:MONTH]:
            yield from _all(partial(self._store.ended, agency, month))
            month = following(month)


def following(month: str) -> str:
    """The month after another."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // YEAR_MONTHS}-{number % YEAR_MONTHS + 1:02}"


def _all(ask: Callable[..., Page]) -> Iterator[str]:
    """The codes of every page."""
    after = ""
    while True:
        page = ask(after=after)
        yield from (line.code for line in page.lines)
        after = page.cursor
        if not after:
            return
