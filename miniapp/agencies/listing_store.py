"""Questions: which agencies changed since the tree was loaded, and how the directory shows each of them now (one query).

A line is written in the transaction of the change itself: `pk` = `listing#`, `sk` = the agency's id. It stays for good,
so that a directory file made anew from the seed can be brought up to date at any time. Some hundred bytes a line."""

from collections.abc import Mapping
from dataclasses import dataclass

from pynamodb.attributes import JSONAttribute, NumberAttribute

from miniapp.agencies.model import Agency
from miniapp.agencies.store import AgenciesTable
from miniapp.core.errors import Conflict
from miniapp.core.tables import Write, put, rows

LISTING = "listing#"  # not an address, so no agency can be it


class ListingRow(AgenciesTable):
    """How the directory shows one agency that changed."""

    line: JSONAttribute = JSONAttribute()
    version = NumberAttribute()


TABLES = (ListingRow,)


@dataclass(frozen=True)
class Line:
    """One agency for the directory; `successors` where it ended: its name then leads to them."""

    id: str
    version: int
    facts: Mapping[str, str]
    successors: tuple[str, ...]


def listed(before: Agency, after: Agency) -> list[Write]:
    """The write that goes with a change which the directory must learn of; none for others."""
    line = _line(after)
    if line == _line(before):
        return []
    version = before.version + 1
    older = ListingRow.version.does_not_exist() | (ListingRow.version < version)
    row = ListingRow(LISTING, after.id, line=line, version=version)
    return [put(row, older, Conflict("agency_changed", agency=after.id))]


def lines() -> list[Line]:
    """Every changed agency, by id."""
    found = rows(lambda: ListingRow.query(LISTING, consistent_read=True))
    return [Line(str(row.sk), int(row.version), row.line["facts"], tuple(row.line["successors"])) for row in found]


def facts_of(agency: Agency) -> dict[str, str]:
    """What the directory shows of an agency."""
    names = ("address", "kind", "name", "name_en", "sector", "code", "short")
    return {name: str(getattr(agency, name)) for name in names}


def _line(agency: Agency) -> dict[str, object]:
    return {"facts": facts_of(agency), "successors": list(agency.successors)}
