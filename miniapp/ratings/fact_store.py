"""Short-lived facts about ballots, by which they are doubted, apart from what they say. For `casting` and `doubting`; the
functions that answer officers may not read this table.

Questions: facts of an agency's ballots on a day · whether a counter's code was used.

Devices and addresses are keyed hashes, and rows go by themselves after thirty days."""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import from_iso, iso, local_day
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, put_new, rows
from miniapp.ratings.doubts import Fact

FACTS_KEPT = timedelta(days=30)
DAY_MOST = 20_000  # facts of a day that are looked at together
SPENT = "spent"


def facts_key(agency: str, day: str) -> str:
    """Facts of a day."""
    return f"{agency}#facts#{day}"


def visit_key(agency: str, visit: str) -> str:
    """One use of a counter's code."""
    return f"{agency}#visit#{visit}"


class FactRow(SortedTable):
    """How one ballot came; or, with its moment alone, that a counter's code was used."""

    class Meta:
        table_name = "rating_facts"

    expires = NumberAttribute()
    counter = UnicodeAttribute(default="")
    at = UnicodeAttribute()
    device = UnicodeAttribute(default="")
    address = UnicodeAttribute(default="")


TABLES: tuple[type[SortedTable], ...] = (FactRow,)


class FactStore:
    """Writes facts, and reads those of a day."""

    def of(self, agency: str, day: str) -> list[Fact]:
        """What is known of a day's ballots."""
        found = rows(lambda: FactRow.query(facts_key(agency, day), limit=DAY_MOST, consistent_read=True))
        return [Fact(row.sk, row.counter, from_iso(row.at), row.device, row.address) for row in found]

    # Writes, for one transaction.

    def known(self, agency: str, fact: Fact) -> Write:
        """The write that keeps a fact; Conflict `rating_exists` where the ballot has one."""
        row = FactRow(facts_key(agency, local_day(fact.at)), fact.ballot, counter=fact.counter, at=iso(fact.at))
        row.device, row.address, row.expires = fact.device, fact.address, _until(fact.at)
        return put_new(row, Conflict("rating_exists"))

    def spent(self, agency: str, visit: str, now: datetime) -> Write:
        """The write that uses a counter's code; Conflict `rating_visit_used` for whoever comes second."""
        row = FactRow(visit_key(agency, visit), SPENT, at=iso(now), expires=_until(now))
        return put_new(row, Conflict("rating_visit_used"))


def _until(now: datetime) -> int:
    return int((now + FACTS_KEPT).timestamp())
