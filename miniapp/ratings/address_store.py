"""Where it is kept which network addresses an agency says many share. For `shared_addresses`; rows stay in here.

Questions: what an agency states.

One row per agency, with a version, so that of two who change it at once one is told. It is configuration: an agency's own
line, never where a ballot came from."""

from dataclasses import dataclass, replace

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, put, put_new, read
from miniapp.ratings.store import RatingsTable

STATED = "stated"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an agency states; version 0 where it never did."""

    addresses: tuple[str, ...] = ()
    version: int = 0

    def now(self, addresses: tuple[str, ...]) -> "Stated":
        """The same with other addresses."""
        return replace(self, addresses=addresses, version=self.version + 1)


class SharedAddressesRow(RatingsTable):
    """What one agency states."""

    addresses = UnicodeAttribute(default="")
    version = NumberAttribute()


TABLES: tuple[type[SortedTable], ...] = (SharedAddressesRow,)


def addresses_key(agency: str) -> str:
    """An agency's shared addresses."""
    return f"{agency}#addresses"


class AddressStore:
    """What agencies state, read and written."""

    def find(self, agency: str) -> Stated:
        """What one states as of now."""
        row = read(lambda: SharedAddressesRow.get(addresses_key(agency), STATED, consistent_read=True))
        return Stated(tuple(row.addresses.split()), int(row.version)) if row else Stated()

    def written(self, agency: str, before: Stated, after: Stated) -> Write:
        """The write in place of what stood there; Conflict `rating_addresses_changed` when somebody was faster."""
        row, faster = SharedAddressesRow(addresses_key(agency), STATED), Conflict("rating_addresses_changed")
        row.addresses, row.version = " ".join(after.addresses), after.version
        if not before.version:
            return put_new(row, faster)
        return put(row, SharedAddressesRow.version == before.version, faster)
