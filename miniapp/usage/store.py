"""Where it is kept how often what happened. For the roll-up and its readers; rows stay in here.

Questions: the windows of an agency's day · its days from one to another · a day of each agency below one · what those right
below one had on each day · up to where the log was counted.

A window is written from the lines that the log holds of it, whole, and only in the place of one that was looked at earlier: so
whoever counts it twice writes the same, and a later look has the last word. A day is written likewise, from its windows.
Which agencies stand above one is written down with its first window of a day and stays, however the tree changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, put, read, rows
from miniapp.usage.model import Day, Tally, added

POSITION = "position"


class UsageTable(SortedTable):
    """How often what happened."""

    class Meta:
        table_name = "usage"


class WindowRow(UsageTable):
    """What happened at an agency in a quarter of an hour."""

    looked = UnicodeAttribute()
    body = UnicodeAttribute()


class DayRow(UsageTable):
    """What happened at an agency on a day, and who stood above it then."""

    looked = UnicodeAttribute()
    above = UnicodeAttribute()
    body = UnicodeAttribute()


class BelowRow(UsageTable):
    """The same day once more, under an agency above; `through`: the one right below that, under which it stood then."""

    looked = UnicodeAttribute()
    through = UnicodeAttribute(null=True)
    body = UnicodeAttribute()


class TotalRow(UsageTable):
    """What happened below an agency on a day, taken together."""

    looked = UnicodeAttribute()
    body = UnicodeAttribute()


class PartsRow(UsageTable):
    """The same told apart by the agencies right below, each with all that stood under it on that day."""

    looked = UnicodeAttribute()
    body = UnicodeAttribute()


class PositionRow(UsageTable):
    """Up to where the log was counted."""

    at = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (WindowRow, DayRow, BelowRow, TotalRow, PartsRow, PositionRow)


def windows_key(agency: str, day: str) -> str:
    """The windows of an agency's day."""
    return f"{agency}#{day}"


def days_key(agency: str) -> str:
    """An agency's days."""
    return f"{agency}#days"


def below_key(agency: str, day: str) -> str:
    """A day of every agency below one."""
    return f"{agency}#below#{day}"


def totals_key(agency: str) -> str:
    """What lies below an agency, day by day."""
    return f"{agency}#totals"


def parts_key(agency: str) -> str:
    """The same by the agencies right below."""
    return f"{agency}#parts"


@dataclass(frozen=True)
class Stored:
    """A tally as it stands; `above`: who stood above the agency on that day."""

    tally: Tally = field(default_factory=dict)
    above: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Below:
    """A day of an agency, as one above it sees it; `through`: the one right below that."""

    tally: Tally
    through: str


class UsageStore:
    """Reads and conditional writes of figures."""

    def position(self) -> datetime | None:
        """Up to where the log was counted."""
        row = read(lambda: PositionRow.get(POSITION, POSITION, consistent_read=True))
        return from_iso(row.at) if row else None

    def moved_on(self, before: datetime | None, to: datetime) -> None:
        """The log is counted up to here; Conflict `usage_counted` where somebody was faster."""
        row = PositionRow(POSITION, POSITION, at=iso(to))
        stands = PositionRow.at == iso(before) if before else PositionRow.pk.does_not_exist()
        put(row, stands, Conflict("usage_counted")).alone()

    def windows(self, agency: str, day: str) -> dict[str, Tally]:
        """The windows of a day, by their beginning."""
        key = windows_key(agency, day)
        return {row.sk: json.loads(row.body) for row in rows(lambda: WindowRow.query(key, consistent_read=True))}

    def day(self, agency: str, day: str) -> Stored:
        """A day of an agency as of this moment."""
        row = read(lambda: DayRow.get(days_key(agency), day, consistent_read=True))
        return Stored(json.loads(row.body), tuple(json.loads(row.above))) if row else Stored()

    def below(self, agency: str, day: str) -> dict[str, Below]:
        """A day of every agency below one."""
        key = below_key(agency, day)
        found = rows(lambda: BelowRow.query(key, consistent_read=True))
        return {row.sk: Below(json.loads(row.body), row.through or row.sk) for row in found}

    def parts(self, agency: str, first: str, last: str) -> dict[str, dict[str, Tally]]:
        """What each agency right below one had from a day to another, with all under it: day by day, in one question."""
        found = rows(lambda: PartsRow.query(parts_key(agency), PartsRow.sk.between(first, last)))
        return {row.sk: json.loads(row.body) for row in found}

    def total(self, agency: str, day: str) -> Tally:
        """What lies below an agency on a day, as of this moment."""
        row = read(lambda: TotalRow.get(totals_key(agency), day, consistent_read=True))
        found: Tally = json.loads(row.body) if row else {}
        return found

    def days(self, agency: str, first: str, last: str) -> list[Day]:
        """The days of an agency from one to another on which anything happened, in order; two questions, however many."""
        own = rows(lambda: DayRow.query(days_key(agency), DayRow.sk.between(first, last)))
        under = rows(lambda: TotalRow.query(totals_key(agency), TotalRow.sk.between(first, last)))
        owns: Mapping[str, Tally] = {row.sk: json.loads(row.body) for row in own}
        belows: Mapping[str, Tally] = {row.sk: json.loads(row.body) for row in under}
        return [Day(agency, day, owns.get(day, {}), belows.get(day, {})) for day in sorted({*owns, *belows})]

    # Writes: each in the place of what was looked at no later.

    def write_window(self, agency: str, day: str, window: str, tally: Tally, looked: str) -> None:
        """A window as the log has it."""
        row = WindowRow(windows_key(agency, day), window, looked=looked, body=_body(tally))
        self._put(row, looked)

    def write_day(self, agency: str, day: str, above: tuple[str, ...], tally: Tally, looked: str) -> None:
        """A day, under the agency and under those above it, and what the latter have below them then."""
        own = DayRow(days_key(agency), day, looked=looked, above=json.dumps(above), body=_body(tally))
        self._put(own, looked)
        for upper, through in zip(above, (*above, agency)[1:], strict=True):
            row = BelowRow(below_key(upper, day), agency, looked=looked, through=through, body=_body(tally))
            self._put(row, looked)

    def write_total(self, agency: str, day: str, looked: str) -> None:
        """What lies below an agency on a day, from the rows of those below."""
        below: dict[str, list[Tally]] = {}
        for one in self.below(agency, day).values():
            below.setdefault(one.through, []).append(one.tally)
        parts = {through: added(tallies) for through, tallies in sorted(below.items())}
        body = json.dumps(parts, separators=(",", ":"))
        self._put(PartsRow(parts_key(agency), day, looked=looked, body=body), looked)
        self._put(TotalRow(totals_key(agency), day, looked=looked, body=_body(added(parts.values()))), looked)

    def _put(self, row: WindowRow | DayRow | BelowRow | TotalRow | PartsRow, looked: str) -> None:
        kind = type(row)
        stands = kind.pk.does_not_exist() | (kind.looked <= looked)
        put(row, stands, Conflict("usage_counted")).alone()


def _body(tally: Tally) -> str:
    return json.dumps(dict(sorted(tally.items())), separators=(",", ":"))
