"""How long something takes at most, and when that is over. For procedures, which state limits, and dossiers, which keep them.

A limit counts work (days or hours at which is worked) or the calendar (days, months). What only words tell has no end.
Which days are worked is the calendar's business (`workdays`)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from miniapp.core.clock import VIETNAM
from miniapp.core.workdays import Calendar


class Count(StrEnum):
    """What a time limit counts, and so what its amount is."""

    WORKING_DAYS = "working_days"  # minutes of work: half a day is 240
    HOURS = "hours"  # minutes of work
    CALENDAR_DAYS = "calendar_days"  # days
    MONTHS = "months"  # months
    UNSTATED = "unstated"  # no limit, or one that only words tell


@dataclass(frozen=True)
class TimeLimit:
    """How long it takes at most."""

    count: Count = Count.UNSTATED
    amount: int = 0
    words: str = ""

    @property
    def is_of_work(self) -> bool:
        """Whether it counts only time at which is worked."""
        return self.count in (Count.WORKING_DAYS, Count.HOURS)

    def days(self, received: datetime) -> int | None:
        """How many calendar days it lasts; None where it counts work, or where only words tell."""
        if self.count is Count.CALENDAR_DAYS:
            return self.amount
        if self.count is Count.MONTHS:
            day = received.astimezone(VIETNAM).date()
            return (_months_later(day, self.amount) - day).days
        return None

    def due(self, received: datetime, calendar: Calendar) -> datetime | None:
        """When it is ready at the latest; None where only words tell."""
        if self.is_of_work:
            return calendar.due(received, self.amount)
        days = self.days(received)
        return None if days is None else calendar.due_days(received, days)


UNSTATED = TimeLimit()


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
