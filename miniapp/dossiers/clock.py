"""A dossier's clock: when it is due, how it pauses, and how much working time is left. For the model and the timeline.

It runs from the moment of receipt (from the next working start, when nobody works then) and stands only while a citizen
has to bring papers or to pay, by an article that allows it. Going on moves the appointment: by the working time that was
left, or, where the limit counts calendar days, by the time it stood. Whoever was late before a pause stays late."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from miniapp.core.errors import Conflict, Invalid
from miniapp.core.time_limits import TimeLimit
from miniapp.core.workdays import WORKING_DAY, Calendar
from miniapp.dossiers.parts import ARTICLE_MOST, short_enough
from miniapp.dossiers.states import PAUSING, Status

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the clock stands: what for, and which article allows it. `until` is None while it lasts."""

    status: Status
    article: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A new appointment that takes the place of what the time limit says; pauses from before it no longer count."""

    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """Working time: what is left, or how much too late it is."""

    minutes: int
    is_over: bool

    @property
    def days(self) -> int:
        """Whole working days of eight hours."""
        return self.minutes // WORKING_DAY

    @property
    def rest(self) -> int:
        """Minutes of work beside the whole days."""
        return self.minutes % WORKING_DAY


def pausing_article(article: str) -> str:
    """The article by which a clock may stand; Invalid where none is named."""
    if not article.strip():
        raise Invalid("pause_article_needed", field="article")
    short_enough("article", article, ARTICLE_MOST)
    return article


@dataclass(frozen=True)
class Clock:
    """When it was received, how long it may take, and what has come between. `due` is None where only words limit it.

    While it stands, `due` is what it was before: there is no appointment until it goes on (`appointment`)."""

    received: datetime
    limit: TimeLimit
    due: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    promise: Promise | None = None

    @classmethod
    def started(cls, received: datetime, limit: TimeLimit, calendar: Calendar) -> Self:
        """The clock of what is received at a moment."""
        return cls(received, limit).reckoned(calendar)

    def paused(self, at: datetime, status: Status, article: str) -> Self:
        """The clock standing from a moment on, for a supplement or a payment."""
        if status not in PAUSING:
            raise Invalid("pause_not_allowed")
        pausing_article(article)
        if self.is_paused:
            raise Conflict("clock_stands_already")
        return replace(self, pauses=(*self.pauses, Pause(status, article, at)))

    def resumed(self, at: datetime, calendar: Calendar) -> Self:
        """The clock going on, with its appointment moved."""
        if not self.is_paused:
            raise Conflict("clock_runs_already")
        *before, last = self.pauses
        return replace(self, pauses=(*before, replace(last, until=max(at, last.since)))).reckoned(calendar)

    def promised(self, at: datetime, due: datetime, calendar: Calendar) -> Self:
        """The clock with another appointment, given at a moment; within the day it is moved into office hours."""
        return replace(self, promise=Promise(at, due)).reckoned(calendar)

    def reckoned(self, calendar: Calendar) -> Self:
        """The clock with its due moment worked out anew, as when a day off was announced."""
        return replace(self, due=self._reckoned(calendar))

    @property
    def is_paused(self) -> bool:
        """Whether it stands."""
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def appointment(self) -> datetime | None:
        """The moment that citizens may count on; None while the clock stands in time, or where only words limit it."""
        stands = self.is_paused and self.due is not None and self.due >= self.pauses[-1].since
        return None if stands else self.due

    def until(self, at: datetime) -> datetime:
        """The moment at which the clock shows what it shows at `at`: when it last stopped, while it stands."""
        return min(at, self.pauses[-1].since) if self.is_paused else at

    def left(self, at: datetime, calendar: Calendar) -> Left | None:
        """Working time until it is due, or since; time in which it stood is none."""
        if self.due is None:
            return None
        moment = self.until(at)
        is_over = moment > self.due
        work = self.worked(self.due, moment, calendar) if is_over else calendar.time_worked(moment, self.due)
        return Left(work // MINUTE, is_over)

    def worked(self, start: datetime, end: datetime, calendar: Calendar) -> timedelta:
        """Working time between two moments in which the clock ran."""
        stood = timedelta()
        for pause in self.pauses:
            stood += calendar.time_worked(max(start, pause.since), min(end, pause.until or end))
        return calendar.time_worked(start, end) - stood

    def _reckoned(self, calendar: Calendar) -> datetime | None:
        end, counts_work = self._end(calendar), self.limit.is_of_work or self.promise is not None
        for pause in self.pauses:
            if end is None or (self.promise and pause.since < self.promise.at):
                continue
            if pause.until is None or calendar.due_days(end, 0) < pause.since:
                break
            left = calendar.time_worked(pause.since, end)
            later = calendar.after(pause.until, left) if counts_work else end + (pause.until - pause.since)
            end = max(end, later)  # to work, Friday's closing and Monday's opening are one; to people they are not
        return None if end is None else calendar.due_days(end, 0)

    def _end(self, calendar: Calendar) -> datetime | None:
        """When it would be over without pauses; where it counts calendar days, on whatever day that is."""
        if self.promise is not None:
            return self.promise.due
        start = calendar.due(self.received, 0)
        days = self.limit.days(start)
        return self.limit.due(start, calendar) if days is None else start + timedelta(days=days)


def answer_by(filed: datetime, calendar: Calendar) -> datetime:
    """Until when what was filed online is received or refused: the end of the working day it counts to.

    Filed when nobody works, it counts to the next working day (QĐ 3142/QĐ-BGDĐT 2025, domain 4.4)."""
    return calendar.closing(filed)
