"""Agencies: find one by its address, walk the tree, open and close services, rename, merge.

For every page and every other service. Reading one agency is on the path of all citizens' pages, so a process keeps
what it read for five seconds, as long as an exam's row: a closed service is closed everywhere within that. It does not
decide who may change what."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from miniapp.agencies.listing_store import listed
from miniapp.agencies.model import Agency, Description, Move, Service, is_address
from miniapp.agencies.store import AgencyStore, Page
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Problem, Unavailable
from miniapp.core.tables import Write

FRESH = 5.0
GRACE = 600.0
KEPT = 2000
CHILDREN_MOST = 200


class Recorder(Protocol):
    """Makes changes together with their entry in the audit trail, as one."""

    def __call__(self, changed: str, agency: str, by: str, writes: list[Write]) -> None: ...


class Agencies:
    """What is known about agencies."""

    def __init__(
        self, store: AgencyStore, clock: Clock, record: Recorder, relist: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._clock = clock
        self._record = record
        self._relist = relist
        self._kept = _Kept(clock)

    def at(self, address: str) -> Agency:
        """The agency at this address, today's or an earlier one, seconds old at most; else `agency_unknown`."""
        found = self.find(address)
        if found is None:
            raise NotFound("agency_unknown")
        return found

    def find(self, address: str) -> Agency | None:
        """The same, or None; a path that can't be an address is answered without a read."""
        if not is_address(address):
            return None
        return self._kept.get(address, self._store)

    def now(self, id: str) -> Agency:
        """The agency as it is this moment, with the version that a change must name; for the desk, not for citizens."""
        return self._store.get(id)

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

    def predecessors(self, agency: Agency) -> list[Agency]:
        """The agencies that one took over from, and those that these had taken over from, by name."""
        found: dict[str, Agency] = {}
        ahead, seen = [agency.id], {agency.id}
        while ahead and len(seen) < 50:
            for id in self._store.before(ahead.pop(0)):
                held = None if id in seen else self.find(id)
                seen.add(id)
                if held is not None:
                    found[held.id] = held
                    ahead.append(held.id)
        return sorted(found.values(), key=lambda one: one.name)

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

    def describe(self, id: str, version: int, said: Description, by: str) -> Agency:
        """Say what an agency is called and how it is reached, if it still is as the writer saw it.

        Conflict `agency_identifier_taken` names the agency that has its identifier."""
        before = self._at(id, version)
        after = before.described(said)
        told = {
            name: [getattr(before, name), getattr(after, name)]
            for name in Description.of(before).differences(Description.of(after))
        }
        try:
            return self._change(f"{Move.DESCRIBE} {json.dumps(told, ensure_ascii=False)}", before, after, by)
        except Conflict as conflict:
            holder = self._store.holder(after.identifier) if conflict.code == "agency_identifier_taken" else None
            if holder is None:
                raise
            raise Conflict(
                "agency_identifier_taken", field="identifier", identifier=after.identifier, agency=holder.name
            ) from None

    def colour(self, id: str, version: int, accent: str, by: str) -> Agency:
        """Show an agency in another colour, if it still is as the writer saw it."""
        before = self._at(id, version)
        after = before.coloured(accent)
        return self._change(f"{Move.COLOUR} {before.accent or '-'} {after.accent or '-'}", before, after, by)

    def crest(self, id: str, address: str, by: str, more: Sequence[Write] = ()) -> Agency:
        """Show an agency under another logo (none where empty), together with other writes of the same step."""
        before = self._store.get(id)
        return self._change(f"{Move.CREST} {address or '-'}", before, before.crested(address), by, more)

    def _at(self, id: str, version: int) -> Agency:
        before = self._store.get(id)
        if before.version != version:
            raise Conflict("agency_changed", agency=id)
        return before

    def _change(self, changed: str, before: Agency, after: Agency, by: str, more: Sequence[Write] = ()) -> Agency:
        if after == before and not more:
            return after
        entries = listed(before, after)
        self._record(changed, after.id, by, [*self._store.changed(before, after), *entries, *more])
        for name in {before.id, before.address, after.address}:
            self._kept.forget(name)
        if entries:
            self._ask_to_relist()
        return replace(after, version=before.version + 1)

    def _ask_to_relist(self) -> None:
        try:
            self._relist()
        except Problem as problem:  # the change stands; the clock comes by every few minutes
            log.warning("listing_note_lost", code=problem.code)


def said_anew(changed: str) -> list[tuple[str, str, str]]:
    """What a description changed, as the trail keeps it: each field with its words before and after; of other acts, nothing."""
    move, _, told = changed.partition(" ")
    if move != Move.DESCRIBE:
        return []
    return [(name, before, after) for name, (before, after) in json.loads(told).items()]


def said_done(changed: str) -> tuple[str, list[str]] | None:
    """What any other act did, as the trail keeps it: the act and its facts in order; None for what no act here writes."""
    code, *told = changed.split() or [""]
    match code, told:
        case (Move.OPEN_SERVICE | Move.CLOSE_SERVICE, [service]) if service in set(Service):
            return code, told
        case (Move.RENAME | Move.COLOUR, [_, _]) | (Move.MERGE, [_, _, *_]) | (Move.CREST, [_]):
            return code, told
        case _:
            return None


@dataclass(slots=True)
class _Read:
    """What the store said of an address, when, and when it was last asked in vain."""

    agency: Agency | None
    asked: float
    tried: float = float("-inf")


class _Kept:
    """Agencies read lately: bounded, one read at a time for one address, and older ones while the store is away.

    Who meets a read under way is served what is known; a silent store keeps one asker waiting in each span, not all.
    Unknown addresses are kept apart, so that guessing can't push known agencies out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, _Read] = OrderedDict()
        self._unknown: OrderedDict[str, _Read] = OrderedDict()
        self._reading: dict[str, Lock] = {}

    def get(self, address: str, store: AgencyStore) -> Agency | None:
        now = self._clock.now().timestamp()
        held = self._held(address)
        if held is not None and now - max(held.asked, held.tried) < FRESH and now - held.asked <= GRACE:
            return held.agency
        turn = self._turn(address)
        if not turn.acquire(blocking=held is None or now - held.asked > GRACE):
            assert held is not None
            return held.agency  # somebody else is asking; what is known is young enough meanwhile
        try:
            return self._asked(address, store, now)
        finally:
            turn.release()

    def _asked(self, address: str, store: AgencyStore, now: float) -> Agency | None:
        held = self._held(address)
        if held is not None and now - held.asked < FRESH:
            return held.agency
        try:
            found = store.find(address)
        except Unavailable as failure:
            if held is None or now - held.asked > GRACE:
                raise
            held.tried = now
            log.warning("agency_stale", agency=address, cause=failure.facts.get("cause"))
            return held.agency
        self._keep(address, _Read(found, now))
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

    def _held(self, address: str) -> _Read | None:
        return self._known.get(address) or self._unknown.get(address)

    def _keep(self, address: str, read: _Read) -> None:
        room, other = (self._known, self._unknown) if read.agency else (self._unknown, self._known)
        with self._lock:
            other.pop(address, None)
            room[address] = read
            room.move_to_end(address)
            while len(room) > KEPT:
                room.popitem(last=False)
