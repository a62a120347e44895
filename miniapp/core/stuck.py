"""What waits longer than it should although it was begun anew: one line per thing, for people who must look (F47).

Every pipeline has something that begins anew what was lost, by the clock, within minutes. What still waits after
`AFTER` is listed by its slice as `Stuck`; `flask --app handlers.app stuck list` and a metric show it. Ids, never people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AFTER = timedelta(minutes=15)
TRIES = 3


@dataclass(frozen=True)
class Stuck:
    """One thing that waits, since when, and how often it was begun (0: nobody counts)."""

    pipeline: str
    agency: str
    what: str
    since: datetime
    tries: int = 0


def oldest(found: Iterable[Stuck], now: datetime) -> float:
    """Seconds for which the oldest has waited."""
    return max(((now - one.since).total_seconds() for one in found), default=0.0)
