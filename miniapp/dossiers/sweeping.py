"""What the clock does with dossiers by itself. For the schedule, which may start it twice at once or kill it half-way.

Papers that did not come in time: the dossier is stopped by law (domain 4.5). It is done a working day after the deadline,
so that what came at the last moment is written down first, and never where everything has come. A calendar that changed:
every appointment of the agency is counted anew, page after page from where the last sweep ended, and once more in the next
sweep, since a process may have counted by the old calendar for some seconds.

Each dossier is moved through the office, from the version that was seen: of two sweeps one moves it, and a move that
somebody was faster with is left to the next sweep. What is due today or late needs no sweep: the inbox asks for it."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Problem, Unavailable
from miniapp.core.plain import to_plain
from miniapp.core.sealing import digest
from miniapp.core.workdays import WORKING_DAY, Calendar, national
from miniapp.dossiers.ending import stop
from miniapp.dossiers.events import SYSTEM
from miniapp.dossiers.lists import Page, Shelf
from miniapp.dossiers.marks import Marks, Swept, code_at
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Ground
from miniapp.dossiers.service import Act, Calendars, DossierOffice
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import reschedule

PAGE = 100
ROUNDS = 2
SHELVES = (Shelf.RUNNING, Shelf.WAITING)


class Sweeping:
    """The clock's verbs. `ground` says by which law what waits too long is stopped."""

    def __init__(
        self, office: DossierOffice, marks: Marks, calendars: Calendars, ground: Callable[[], Ground], clock: Clock
    ) -> None:
        self._office = office
        self.marks = marks
        self._calendars = calendars
        self._ground = ground
        self._clock = clock

    def run(self) -> int:
        """Everything that is to be done now; how many dossiers were moved."""
        return sum(self._stop_overdue(held.agency) + self._count_anew(held) for held in self.marks.agencies())

    def _stop_overdue(self, agency: str) -> int:
        now, ground = self._clock.now(), self._ground()
        over = [code for code in self._over(agency, now) if self._is_stopped(agency, code, now, ground)]
        return len(over)

    def _over(self, agency: str, now: datetime) -> Iterator[str]:
        """The codes of dossiers whose deadline is over."""
        after = ""
        while places := self.marks.deadlines(agency, None, now, PAGE, after):
            yield from map(code_at, places)
            after = places[-1]

    def _is_stopped(self, agency: str, code: str, now: datetime, ground: Ground) -> bool:
        def act(one: Dossier, at: datetime, calendar: Calendar) -> Move:
            return stop(one, ground, SYSTEM, at)

        def is_due(one: Dossier) -> bool:
            asked = one.supplement
            if one.status is not Status.SUPPLEMENT or asked is None or not asked.missing:
                return False
            return now > self._calendars(agency).due(asked.deadline, WORKING_DAY)

        return self._is_moved(agency, code, is_due, act)

    def _count_anew(self, held: Swept) -> int:
        """Count an agency's appointments by its calendar of now, if they are not all counted by it."""
        counted_by = [to_plain(self._calendars(held.agency)), to_plain(national())]
        mark = digest(json.dumps(counted_by, sort_keys=True))
        if held.calendar == mark and held.rounds >= ROUNDS:
            return 0
        if held.calendar != mark:
            held = replace(held, calendar=mark, rounds=0, shelf=SHELVES[0], after="")
        rounds, count = held.rounds, 0
        with suppress(Conflict):  # another sweep is at it
            while held.rounds == rounds:
                page = self._office.shelf(held.agency, held.shelf, after=held.after, most=PAGE)
                count += sum(self._is_counted_anew(held.agency, line.code) for line in page.lines)
                held = self.marks.keep(_behind(held, page))
        return count

    def _is_counted_anew(self, agency: str, code: str) -> bool:
        def act(one: Dossier, at: datetime, calendar: Calendar) -> Move:
            move = reschedule(one, at, calendar)
            if move is None:
                raise Conflict("dossier_changed", dossier=code)
            return move

        def is_wrong(one: Dossier) -> bool:
            return reschedule(one, self._clock.now(), self._calendars(agency)) is not None

        return self._is_moved(agency, code, is_wrong, act)

    def _is_moved(self, agency: str, code: str, is_due: Callable[[Dossier], bool], act: Act) -> bool:
        """Whether a dossier had to be moved, and was; one that can't be moved keeps no other from it."""
        try:
            seen = self._office.find(agency, code)
            if not is_due(seen):
                return False
            self._office.move(agency, code, seen.version, act, by=SYSTEM)
        except (Conflict, NotFound):
            return False  # somebody was faster
        except Unavailable:
            raise
        except Problem as failure:
            log.warning("dossier_not_swept", agency=agency, code=failure.code)
            return False
        return True


def _behind(held: Swept, page: Page) -> Swept:
    """Where to go on behind a page: further on its shelf, at the next shelf, or at the beginning of another round."""
    if page.cursor:
        return replace(held, after=page.cursor)
    if held.shelf is not SHELVES[-1]:
        return replace(held, shelf=SHELVES[SHELVES.index(held.shelf) + 1], after="")
    return replace(held, shelf=SHELVES[0], after="", rounds=held.rounds + 1)
