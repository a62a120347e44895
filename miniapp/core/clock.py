"""What time it is. For everyone: nobody else may ask the machine, so that tests can stop time.

Local time (Asia/Ho_Chi_Minh) exists only where a person reads or types it; `local_day` is for keys by day."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Gives the present."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def local_day(moment: datetime) -> str:
    """The day in Vietnam as `2026-07-16`: the day boundary is 17:00 UTC (F48)."""
    return moment.astimezone(VIETNAM).date().isoformat()


def iso(moment: datetime) -> str:
    """How rows keep a moment: UTC, sortable as text, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """The moment that `iso` wrote."""
    return datetime.fromisoformat(text)
