"""Questions: how often was this tried lately, and when last.

For `guessing`. One expiring row per thing guessed at; the time to live is lazy, so what has expired is filtered
here."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute

from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, put, read


class Tried(NamedTuple):
    """How often something was tried lately, and when last."""

    tries: int
    at: datetime


EPOCH = datetime.fromtimestamp(0, UTC)


class GuessRow(SortedTable):
    """Tries of one thing."""

    class Meta:
        table_name = "accounts"

    tries = NumberAttribute()
    at_ms = NumberAttribute()
    expires = NumberAttribute()


TABLES = (GuessRow,)


def guess_key(key: str) -> str:
    return f"guess#{key}"


class GuessStore:
    """Tries of everything that is guessed at."""

    def find(self, key: str, now: datetime) -> Tried | None:
        """The tries that still count."""
        row = read(lambda: GuessRow.get(guess_key(key), "guess", consistent_read=True))
        if row is None or row.expires <= now.timestamp():
            return None
        return Tried(int(row.tries), datetime.fromtimestamp(int(row.at_ms) / 1000, UTC))

    def count(self, key: str, before: Tried | None, after: Tried, now: datetime, until: datetime) -> None:
        """Keep `after` if it still stands as seen in `before`; Conflict when another try came between."""
        row = GuessRow(guess_key(key), "guess", tries=after.tries, at_ms=_ms(after.at))
        row.expires = int(until.timestamp())
        if before is None:
            seen = GuessRow.pk.does_not_exist() | (GuessRow.expires <= int(now.timestamp()))
        else:
            seen = (GuessRow.tries == before.tries) & (GuessRow.at_ms == _ms(before.at))
        put(row, seen, Conflict("tried_meanwhile")).alone()

    def forget(self, key: str) -> None:
        """No tries any more; none there is fine."""
        row = GuessRow(guess_key(key), "guess")
        Write("remove", row, Conflict("tried_meanwhile")).alone()


def _ms(moment: datetime) -> int:
    # Down, never up: a try kept as a later moment than it was made in would be waited for.
    return (moment - EPOCH) // timedelta(milliseconds=1)
