"""The audit trail: what is done and the note that it was done are one transaction, so neither is ever without the
other.

For every service that changes something. It does not decide what may be done, and it never changes an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from miniapp.audit.model import Anchor, Entry, Event, Head, Link, entry_of, genesis, link
from miniapp.audit.store import AuditStore, HeadMoved
from miniapp.audit.verify import Verdict, verify
from miniapp.core.clock import Clock, iso, local_day
from miniapp.core.errors import Invalid, Problem, Unavailable
from miniapp.core.ids import Ids
from miniapp.core.tables import Write, pause, transact

MOST_WRITES = 90  # of the 100 in one transaction; the trail needs up to 8
FURTHER = 3  # writes of a further entry in the same transaction: itself and its marks
TRIES = 40  # a head is moved by one writer at a time, so the slowest of 30 wins within 30 tries
TOKEN_BYTES = 24


@dataclass(frozen=True)
class Trail:
    """Some entries, newest first, and where the next ones begin ("" at the end)."""

    entries: Sequence[Entry]
    cursor: str


class Audit:
    """Writes down and shows."""

    def __init__(self, clock: Clock, ids: Ids, store: AuditStore | None = None) -> None:
        self._store = store or AuditStore()
        self._clock = clock
        self._ids = ids

    def commit(
        self, event: Event, *, agency: str, by: str, writes: Sequence[Write] = (), also: Sequence[Event] = ()
    ) -> Entry:
        """Do `writes` and note `event`, all or nothing; a write whose condition fails raises its own problem.

        What else the same deed was (`also`) is noted behind it, each as an entry of its own. Returns the first entry.

        Only a head that somebody else moved is tried again. When the store's answer was lost, the entry's own id tells
        whether it landed, so nothing is done twice and nothing done is reported as failed."""
        if len(writes) + FURTHER * len(also) > MOST_WRITES:
            raise ValueError(f"{len(writes)} writes don't fit one transaction")
        events = {self._ids.new("aud"): each for each in (event, *also)}
        for attempt in range(TRIES):
            entry, trail = self._next(events, agency, by)
            try:
                self._send([*writes, *trail])
                return entry
            except HeadMoved:
                if self._landed(entry):
                    return entry
            except Problem:
                if self._landed(entry):
                    return entry
                raise
            pause(attempt)
        raise Unavailable("audit_busy")

    def page(self, agency: str, *, day: str = "", cursor: str = "", limit: int = 50) -> Trail:
        """Entries of an agency, newest first, across days; from the end of `day`, from `cursor`, or from now."""
        place, below = _split(cursor) if cursor else (day, 0)
        head = self._store.head(agency, place) if place else self._store.latest(agency)
        found: list[Entry] = []
        while head is not None:
            below = below or head.seq + 1
            wanted = limit - len(found)
            found += [_shown(head, kept) for kept in self._store.newest(agency, head.day, below, wanted)]
            if len(found) >= limit and found[-1].seq > 1:
                return Trail(found, f"{found[-1].day}:{found[-1].seq}")
            if len(found) >= limit:
                return Trail(found, f"{head.previous}:0" if head.previous else "")
            head = self._store.head(agency, head.previous) if head.previous else None
            below = 0
        return Trail(found, "")

    def of_object(self, agency: str, object_id: str, limit: int = 100) -> list[Entry]:
        """What happened to one thing, newest first."""
        kept = self._store.about(agency, object_id, limit)
        return [entry for entry in (entry_of(one.body) for one in kept) if entry is not None]

    def agencies(self, day: str = "") -> list[str]:
        """Every agency with a trail, or with entries on a day."""
        return self._store.agencies(day)

    def verify(self, agency: str, day: str = "", anchors: Sequence[Anchor] = ()) -> Verdict:
        """Whether a day of an agency, or its whole trail, is what it was when it was written."""
        return verify(self._store, agency, day, anchors)

    def heads(self, day: str) -> list[Head]:
        """Where every agency's chain of a day stands."""
        return self._store.heads_of(day)

    def _next(self, events: Mapping[str, Event], agency: str, by: str) -> tuple[Entry, list[Write]]:
        """The first entry that comes next in the chain as it stands now, and the writes that add all, by their ids."""
        now = self._clock.now()
        last = self._store.latest(agency)
        # A machine whose clock is behind must not write into a day that is closed already.
        day = max(local_day(now), last.day) if last else local_day(now)
        goes_on = last is not None and last.day == day
        seq = last.seq if last and goes_on else 0
        before = first = last.hash if last else genesis(agency)
        entries: list[Entry] = []
        added: list[tuple[Link, Event]] = []
        for entry_id, event in events.items():
            seq += 1
            entries.append(Entry(agency, day, seq, entry_id, iso(now), by, event.name, event.facts))
            body = entries[-1].body()
            added.append((Link(seq, body, before, link(before, body)), event))
            before = added[-1][0].hash
        if last and goes_on:
            head = Head(agency, day, seq, before, last.before, last.previous)
        else:
            head = Head(agency, day, seq, before, first, last.day if last else "")
        return entries[0], self._store.appended(head, last, added)

    def _send(self, writes: Sequence[Write]) -> None:
        """One transaction; when no answer came, the same one again under the same token: done once either way."""
        token = self._ids.secret(TOKEN_BYTES)
        try:
            transact(*writes, token=token)
        except Unavailable:
            transact(*writes, token=token)

    def _landed(self, entry: Entry) -> bool:
        kept = self._store.link(entry.agency, entry.day, entry.seq)
        return kept is not None and kept.body == entry.body()


def _shown(head: Head, kept: Link) -> Entry:
    """An entry for reading; one that somebody made unreadable is shown as such, the verifier names it."""
    return entry_of(kept.body) or Entry(head.agency, head.day, kept.place, "", "", "", "unreadable", {})


def _split(cursor: str) -> tuple[str, int]:
    day, _, below = cursor.partition(":")
    if not (below.isascii() and below.isdigit()):
        raise Invalid("cursor_unknown")
    return day, int(below)
