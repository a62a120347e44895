"""Exports as officers order and fetch them. For the desk.

Who may have a list is asked when it is ordered and again when it is fetched. A file is handed out by an address that holds
for some minutes; who got one stands in the trail."""

from collections.abc import Mapping

from miniapp.accounts.access import Actor, require
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.files import Files
from miniapp.core.ids import Ids
from miniapp.core.stuck import AFTER, Stuck
from miniapp.exports.model import Export, Kind, Order, State
from miniapp.exports.store import ExportStore
from miniapp.exports.writing import BUCKET

SHOWN_MOST = 50


class Exports:
    """Takes orders, says how far they are, hands out."""

    def __init__(
        self, store: ExportStore, kinds: Mapping[str, Kind], files: Files, audit: Audit, ids: Ids, clock: Clock
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._files = files
        self._audit = audit
        self._ids = ids
        self._clock = clock

    def kinds(self, actor: Actor, agency: str) -> list[str]:
        """The kinds of list that somebody may have here."""
        return [name for name, kind in self._kinds.items() if actor.may(kind.needs, agency)]

    def order(self, actor: Actor, agency: str, order: Order) -> Export:
        """Note that a list is to be written; Invalid where there is no such list, Refused where it is not theirs."""
        if order.kind not in self._kinds:
            raise Invalid("export_kind_unknown", field="kind")
        kind = self._kinds[order.kind]
        require(actor, kind.needs, agency)
        kind.source(agency, order)  # says what is wrong with what is asked
        held = Export(self._ids.new("exp"), agency, order, actor.id, self._clock.now())
        event = Event("export_ordered", export=held.id, list=order.kind)
        self._audit.commit(event, agency=agency, by=actor.id, writes=self._store.ordered(held))
        return held

    def find(self, agency: str, id: str) -> Export:
        """One of an agency; NotFound `export_unknown`."""
        found = self._store.find(agency, id)
        if found is None:
            raise NotFound("export_unknown")
        return found

    def of(self, actor: Actor, agency: str) -> list[Export]:
        """The newest of an agency, of kinds that somebody may have."""
        own = self.kinds(actor, agency)
        return [held for held in self._store.of(agency, SHOWN_MOST) if held.order.kind in own]

    def fetch(self, actor: Actor, agency: str, id: str) -> str:
        """An address of the file that holds for some minutes; Conflict `export_not_ready` where there is no file."""
        held = self.find(agency, id)
        require(actor, self._kinds[held.order.kind].needs, agency)
        if held.state(self._clock.now()) is not State.READY:
            raise Conflict("export_not_ready")
        self._audit.commit(Event("export_fetched", export=held.id, list=held.order.kind), agency=agency, by=actor.id)
        return self._files.link(BUCKET, held.key, f"{held.order.kind}-{held.made:%Y%m%d}.csv")

    def stuck(self) -> list[Stuck]:
        """Orders that wait longer than they should: nobody is at them, or they are begun again and again."""
        now, found = self._clock.now(), []
        for agency, id in self._store.under_way():
            held = self._store.find(agency, id)
            if held is not None and held.made < now - AFTER and (held.tries or held.busy_until is None):
                found.append(Stuck("exports", agency, id, held.made, held.tries))
        return found
