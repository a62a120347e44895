"""Where it is kept what ballots add up to. For `rolling_up`, which writes it, and for dashboards; rows stay in here.

Questions: counts of an agency's periods by one breakdown or several, in one call · all days of a month · as of which writing a
period stands, for whoever writes the next one.

A row is one breakdown of one period, packed. It is written only in the place of the one that was read before its ballots were:
so whoever wrote last had looked last. Readers ask for what is near (eventually consistent), half the price; a row takes the
place of one whose time has passed whole, so a page never sees half a period."""

from collections.abc import Iterable, Mapping, Sequence

from pynamodb.attributes import BinaryAttribute, NumberAttribute
from pynamodb.expressions.condition import Condition

from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, many, put, rows, transact
from miniapp.ratings.counting import Counts, merged
from miniapp.ratings.rolled import By, Rolled, packed, unpacked
from miniapp.ratings.store import RatingsTable

Versions = Mapping[By, int]


class CountsRow(RatingsTable):
    """Counts of one period by one breakdown."""

    version = NumberAttribute()
    body: BinaryAttribute = BinaryAttribute(legacy_encoding=False)


TABLES: tuple[type[SortedTable], ...] = (CountsRow,)


def counts_key(agency: str) -> str:
    """What an agency's ballots add up to."""
    return f"{agency}#counts"


def place(period: str, by: By) -> str:
    """One breakdown of one period; days of a month lie together, in order."""
    return f"{period}#{by.value}"


class RollUps:
    """Counts, read and written."""

    def read(self, agency: str, periods: Sequence[str], by: By) -> Mapping[str, Counts]:
        """Counts by key over periods that have no day in common; nothing for what has no ballots."""
        found = self.several(agency, [(period, by) for period in periods])
        return merged(*(found[period, by] for period in periods))

    def several(self, agency: str, asked: Iterable[tuple[str, By]]) -> Mapping[tuple[str, By], Mapping[str, Counts]]:
        """Many breakdowns of many periods, at most a hundred in one call; a period without ballots is empty."""
        wanted = {place(period, by): (period, by) for period, by in asked}
        held = many(CountsRow, [(counts_key(agency), sk) for sk in wanted])
        found: dict[tuple[str, By], Mapping[str, Counts]] = {each: {} for each in wanted.values()}
        return found | {wanted[row.sk]: unpacked(row.body) for row in held}

    # For who counts.

    def whole(self, agency: str, periods: Sequence[str]) -> Mapping[str, tuple[Versions, Rolled]]:
        """Everything that is held of some periods as of this moment, and in which writing."""
        places = {place(period, by): (period, by) for period in periods for by in By}
        versions: dict[str, dict[By, int]] = {period: {} for period in periods}
        counts: dict[str, dict[By, Mapping[str, Counts]]] = {period: {} for period in periods}
        for row in many(CountsRow, [(counts_key(agency), sk) for sk in places], consistent=True):
            period, by = places[row.sk]
            versions[period][by], counts[period][by] = int(row.version), unpacked(row.body)
        return {period: (versions[period], counts[period]) for period in periods}

    def days(self, agency: str, month: str) -> Mapping[str, Rolled]:
        """The counted days of a month as of this moment."""
        found: dict[str, dict[By, Mapping[str, Counts]]] = {}
        key, below = counts_key(agency), CountsRow.sk.startswith(f"{month}-")
        for row in rows(lambda: CountsRow.query(key, below, consistent_read=True)):
            day, _, by = row.sk.partition("#")
            found.setdefault(day, {})[By(by)] = unpacked(row.body)
        return found

    def write(self, agency: str, period: str, held: Versions, counts: Rolled) -> None:
        """Counts in the place of those that were read before; Conflict `rating_counted` where somebody was faster."""
        faster = Conflict("rating_counted")
        writes = []
        for by in By:
            was = held.get(by)
            row = CountsRow(counts_key(agency), place(period, by), version=(was or 0) + 1, body=packed(counts[by]))
            older: Condition = CountsRow.version == was if was is not None else CountsRow.pk.does_not_exist()
            writes.append(put(row, older, faster))
        transact(*writes)
