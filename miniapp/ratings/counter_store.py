"""Where an agency's counters are kept, at which a code to rate is shown. For `counters`; rows stay in here.

Questions: the counters of an agency, as many as it ever had · one of them.

A counter that was taken away stays as a row, since figures of before still name it; given again, the same row opens anew."""

from dataclasses import dataclass, replace

from pynamodb.attributes import UnicodeAttribute

from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, put, put_new, read, rows
from miniapp.ratings.store import RatingsTable


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter. `id` is its name as addresses have it, `until` the day on which it was taken away."""

    id: str
    name: str
    until: str = ""

    def closed(self, today: str) -> "Counter":
        """The counter as it is once it was taken away."""
        return replace(self, until=today)


class CounterRow(RatingsTable):
    """One counter, under its agency."""

    name = UnicodeAttribute()
    until = UnicodeAttribute(default="")


TABLES: tuple[type[SortedTable], ...] = (CounterRow,)


def counters_key(agency: str) -> str:
    """An agency's counters."""
    return f"{agency}#counters"


class CounterStore:
    """Counters, read and written."""

    def of(self, agency: str) -> list[Counter]:
        """All of them, by their ids; those that were taken away too."""
        return [_counter(row) for row in rows(lambda: CounterRow.query(counters_key(agency), consistent_read=True))]

    def find(self, agency: str, id: str) -> Counter | None:
        """One of them."""
        row = read(lambda: CounterRow.get(counters_key(agency), id, consistent_read=True))
        return _counter(row) if row else None

    def written(self, agency: str, before: Counter | None, after: Counter) -> Write:
        """The write of a counter in place of what it was; Conflict `rating_counter_changed` when somebody was faster."""
        row, faster = CounterRow(counters_key(agency), after.id), Conflict("rating_counter_changed")
        row.name, row.until = after.name, after.until
        return put(row, CounterRow.until == before.until, faster) if before else put_new(row, faster)


def _counter(row: CounterRow) -> Counter:
    return Counter(str(row.sk), row.name, row.until)
