"""Agencies: find one by its address, walk the tree, open and close services, rename, merge.

For every page and every other service. Reading one agency is on the path of all citizens' pages, so a process keeps
what it read for half a minute; a change shows everywhere within that. It does not decide who may change what."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Protocol

from miniapp.agencies.model import Agency, Move, Service, is_address
from miniapp.agencies.store import AgencyStore, Page
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.tables import Write

FRESH = 30.0
GRACE = 600.0
KEPT = 2000
CHILDREN_MOST = 200


class Recorder(Protocol):
    """Makes changes together with their entry in the audit trail, as one."""

    def __call__(self, changed: str, agency: str, by: str, writes: list[Write]) -> None: ...


class Agencies:
    """What is known about agencies."""

    def __init__(self, store: AgencyStore, clock: Clock, record: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._record = record
        self._kept = _Kept(clock)

    def at(self, address: str) -> Agency:
        """The agency at this address, today's or an earlier one, half a minute old at most; else `agency_unknown`."""
        found = self.find(address)
        if found is None:
            raise NotFound("agency_unknown")
        return found

    def find(self, address: str) -> Agency | None:
        """The same, or None; a path that can't be an address is answered without a read."""
        if not is_address(address):
            return None
        return self._kept.get(address, self._store)

    def page(self, parent: str = "", after: str = "") -> Page:
        """Agencies right below one, or at the top of the tree."""
        return self._store.page(parent, after, CHILDREN_MOST)

    def successors(self, agency: Agency) -> list[Agency]:
        """The agencies that took over, as they are known today: a successor that was merged itself leads on."""
        found: dict[str, Agency] = {}
        ahead, seen = list(agency.successors), {agency.id}
        while ahead and len(seen) < 50:
            next_one = self.find(ahead.pop(0))
            if next_one is None or next_one.id in seen:
                continue
            seen.add(next_one.id)
            if next_one.successors:
                ahead.extend(next_one.successors)
            else:
                found[next_one.id] = next_one
        return list(found.values())

    def open_service(self, id: str, service: Service, by: str) -> Agency:
        """Let citizens use a service of this agency."""
        before = self._store.get(id)
        return self._change(f"{Move.OPEN_SERVICE} {service}", before, before.opened(service), by)

    def close_service(self, id: str, service: Service, by: str) -> Agency:
        """End it."""
        before = self._store.get(id)
        return self._change(f"{Move.CLOSE_SERVICE} {service}", before, before.closed(service), by)

    def rename(self, id: str, name: str, name_en: str, short: str, address: str, by: str) -> Agency:
        """Give another name and address; the old address goes on leading here."""
        before = self._store.get(id)
        after = before.renamed(name, name_en, short, address)
        return self._change(f"{Move.RENAME} {before.address} {after.address}", before, after, by)

    def merge(self, id: str, successors: Iterable[str], last_day: str, by: str) -> Agency:
        """End an agency for its successors, which must be known."""
        before = self._store.get(id)
        known = tuple(self._store.get(successor).id for successor in successors)
        after = before.merged_into(known, last_day)
        return self._change(f"{Move.MERGE} {last_day} {' '.join(known)}", before, after, by)

    def _change(self, changed: str, before: Agency, after: Agency, by: str) -> Agency:
        if after != before:
            self._record(changed, after.id, by, self._store.changed(before, after))
            for name in {before.id, before.address, after.address}:
                self._kept.forget(name)
        return after


class _Kept:
    """Agencies read lately: bounded, one read at a time for one address, and older ones while the store is away.

    Unknown addresses are kept apart, so that guessing can't push known agencies out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, Agency | None]] = OrderedDict()
        self._unknown: OrderedDict[str, tuple[float, Agency | None]] = OrderedDict()
        self._reading: dict[str, Lock] = {}

    def get(self, address: str, store: AgencyStore) -> Agency | None:
        held = self._held(address)
        if held is not None and self._age(held) < FRESH:
            return held[1]
        with self._turn(address):
            held = self._held(address)
            if held is not None and self._age(held) < FRESH:
                return held[1]
            try:
                found = store.find(address)
            except Unavailable as failure:
                if held is None or self._age(held) > GRACE:
                    raise
                log.warning("agency_stale", agency=address, cause=failure.facts.get("cause"))
                return held[1]
            self._keep(address, found)
            return found

    def forget(self, address: str) -> None:
        with self._lock:
            self._known.pop(address, None)
            self._unknown.pop(address, None)

    def _turn(self, address: str) -> Lock:
        with self._lock:
            if len(self._reading) > KEPT:
                self._reading.clear()  # whoever waits keeps the lock it has; at worst an address is read twice
            return self._reading.setdefault(address, Lock())

    def _held(self, address: str) -> tuple[float, Agency | None] | None:
        with self._lock:
            return self._known.get(address) or self._unknown.get(address)

    def _keep(self, address: str, found: Agency | None) -> None:
        room, other = (self._known, self._unknown) if found else (self._unknown, self._known)
        with self._lock:
            other.pop(address, None)
            room[address] = (self._clock.now().timestamp(), found)
            room.move_to_end(address)
            while len(room) > KEPT:
                room.popitem(last=False)

    def _age(self, held: tuple[float, Agency | None]) -> float:
        return self._clock.now().timestamp() - held[0]
