"""The working calendar of state agencies: when a time limit ends. For procedures, dossiers and whatever has a deadline.

Time is counted in minutes of office hours; eight hours are one working day (domain 4.4). Days off, swapped days and an
agency's own exceptions are data: the national ones stand in data/days_off.json and last a few years ahead, an agency's
are laid over them. Pure: the asker brings the moment; results are aware and in Vietnam's time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid

DATA = Path(__file__).with_name("data") / "days_off.json"
WORKING_DAY = 480  # minutes
SATURDAY = 5
DAYS_MOST = 3_700  # ten years ahead is a mistake of whoever asks


class DayKind(StrEnum):
    """What an exception makes of a day."""

    WORKING = "working"
    OFF = "off"
    MORNING = "half_am"  # works in the morning only
    AFTERNOON = "half_pm"


@dataclass(frozen=True)
class Hours:
    """Office hours of a day as (from, to) in minutes after midnight: one span before lunch, one after."""

    morning: tuple[int, int] = (420, 690)
    afternoon: tuple[int, int] = (810, 1020)

    def __post_init__(self) -> None:
        edges = [*self.morning, *self.afternoon]
        if edges != sorted(set(edges)) or not 0 <= edges[0] < edges[-1] <= 1440:
            raise Invalid("office_hours_shape")


OFFICE_HOURS = Hours()


@cache
def _data() -> Mapping[str, Any]:
    held: Mapping[str, Any] = json.loads(DATA.read_text("utf-8"))
    return held


@cache
def national() -> Mapping[str, DayKind]:
    """Days off of the whole state and working Saturdays, by ISO date."""
    held = _data()
    return {day: DayKind.OFF for day in held["off"]} | {day: DayKind.WORKING for day in held["working"]}


def reasons() -> Mapping[str, str]:
    """Why these days differ, by ISO date, as a code."""
    return {**_data()["off"], **_data()["working"]}


def is_calculated(year: int) -> bool:
    """Whether a year's days are only calculated, since no notice has announced them."""
    return str(year) in _data()["calculated"]


@dataclass(frozen=True)
class Calendar:
    """Office hours and the days that differ from the week; `own` is an agency's, over the national ones."""

    own: Mapping[str, DayKind] = field(default_factory=dict)
    hours: Hours = OFFICE_HOURS

    def kind(self, day: date) -> DayKind:
        """What a day is."""
        name = day.isoformat()
        found = self.own.get(name) or national().get(name)
        return found or (DayKind.OFF if day.weekday() >= SATURDAY else DayKind.WORKING)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The times of a day at which is worked."""
        kind = self.kind(day)
        held = {
            DayKind.OFF: [],
            DayKind.MORNING: [self.hours.morning],
            DayKind.AFTERNOON: [self.hours.afternoon],
            DayKind.WORKING: [self.hours.morning, self.hours.afternoon],
        }[kind]
        return [(_at(day, start), _at(day, end)) for start, end in held]

    def due(self, received: datetime, minutes: int) -> datetime:
        """When so many minutes of work are over, counted from the next moment at which is worked."""
        return self.after(received, timedelta(minutes=minutes))

    def after(self, moment: datetime, left: timedelta) -> datetime:
        """When so much work is over, to the second; no work at all ends at the next moment at which is worked."""
        for start, end in self._ahead(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        raise Invalid("time_limit_too_long")

    def due_days(self, received: datetime, days: int) -> datetime:
        """When so many calendar days are over: on a day of work at the same time, moved into office hours."""
        local = received.astimezone(VIETNAM)
        wanted = local + timedelta(days=days)
        for start, end in self._ahead(wanted.replace(hour=0, minute=0, second=0, microsecond=0)):
            if start.date() > wanted.date() or wanted < start:
                return start
            if wanted <= end:
                return wanted
            if (start, end) == self.spans(wanted.date())[-1]:
                return end  # after closing: the day itself still counts
        raise Invalid("time_limit_too_long")

    def worked(self, start: datetime, end: datetime) -> int:
        """Whole minutes of work between two moments; what a paused clock has used up, or a late one too much."""
        return int(self.time_worked(start, end).total_seconds() // 60)

    def time_worked(self, start: datetime, end: datetime) -> timedelta:
        """All of the work between two moments; none where the second is not later."""
        total = timedelta()
        for first, last in self._ahead(start):
            if first >= end:
                break
            total += min(last, end.astimezone(VIETNAM)) - first
        return total

    def closing(self, moment: datetime) -> datetime:
        """The end of the working day to which a moment counts: its own, or the next one when work is over."""
        return self.spans(self.due(moment, 0).date())[-1][1]

    def _ahead(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of a moment's own day, then day after day."""
        local = moment.astimezone(VIETNAM)
        day = local.date()
        for _ in range(DAYS_MOST):
            for start, end in self.spans(day):
                if end > local:
                    yield max(start, local), end
            day += timedelta(days=1)


def _at(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(), VIETNAM) + timedelta(minutes=minutes)
