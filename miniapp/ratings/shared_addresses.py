"""Network addresses that many who rate at an agency share: its Wi-Fi for visitors, its tablets' line. As it states them.

For the console, and for `doubting`, which sets no ballots apart for having such an address in common. A burst, one device and
an officer's own device stay reasons there as everywhere, so whoever states an address lets nobody rate more often. The trail
tells each change with the addresses: they are the agency's own, and who reviews ballots may ask why one was stated."""

from miniapp.accounts.access import Actor, require
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.errors import Conflict
from miniapp.core.sealing import Sealer
from miniapp.ratings.address_store import AddressStore, Stated
from miniapp.ratings.addresses import marks, stated


class SharedAddresses:
    """States addresses, and tells their marks."""

    def __init__(self, store: AddressStore, sealer: Sealer, audit: Audit) -> None:
        self._store = store
        self._sealer = sealer
        self._audit = audit

    def of(self, agency: str) -> Stated:
        """What an agency states now."""
        return self._store.find(agency)

    def marks(self, agency: str) -> frozenset[str]:
        """How the facts of ballots keep these addresses."""
        return marks(self._sealer, agency, self._store.find(agency).addresses)

    def state(self, agency: str, text: str, version: int, *, by: Actor) -> Stated:
        """State what was typed in place of what stood at this version; what stands already changes nothing.

        Invalid as `addresses.stated`; Conflict `rating_addresses_changed` where somebody stated others meanwhile."""
        require(by, "agency.manage", agency)
        wanted, before = stated(text), self._store.find(agency)
        if before.addresses == wanted:
            return before
        if before.version != version:
            raise Conflict("rating_addresses_changed")
        after = before.now(wanted)
        event = Event(
            "rating_addresses_stated",
            addresses=", ".join(wanted) or None,
            addresses_before=", ".join(before.addresses) or None,
        )
        try:
            self._audit.commit(event, agency=agency, by=by.id, writes=[self._store.written(agency, before, after)])
        except Conflict:
            if self._store.find(agency).addresses != wanted:  # else somebody did the same just now
                raise
        return after
