"""Working calendars: what an agency's is, for whatever counts time; and the desk where a layer of it is changed.

Every page with a time limit asks, so a process keeps what it read for five seconds, as long as an agency, and asks for
all layers at once; a store that is away is borne as long as an agency's. A change names the version it was made on, and
is one transaction with its entries in the trail; one that changes nothing leaves no trace. Who may change what is decided
elsewhere."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from miniapp.audit.model import Entry, Event
from miniapp.audit.service import Audit
from miniapp.calendars.model import AS_ABOVE, Layer, announced, calendar_of, told
from miniapp.calendars.store import CalendarStore
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Unavailable
from miniapp.core.ids import NATION
from miniapp.core.workdays import Calendar, DayKind, Hours

FRESH = 5.0
GRACE = 600.0
KEPT = 2000
EVENTS = ("calendar_day_set", "calendar_hours_set")

Lineage = Callable[[str], Sequence[str]]


class Calendars:
    """The working calendars of all agencies."""

    def __init__(self, store: CalendarStore, lineage: Lineage, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._kept = _Kept(store, lineage, clock)
        self._lineage = lineage  # an agency and those above it, topmost first

    def of(self, agency: str) -> Calendar:
        """An agency's calendar, seconds old at most."""
        return self._kept.get(agency)

    def layers(self, agency: str) -> list[Layer]:
        """What it is made of as of this moment, the nation's first and the agency's own last; for the desk."""
        return self._store.layers((NATION, *self._lineage(agency)), sure=True)

    def set_days(self, layer: str, version: int, days: Mapping[str, DayKind | None], document: str, by: str) -> Layer:
        """Say what these days are by a document; None: what they are above. `calendar_changed` if somebody was faster."""
        before = self._now(layer)
        after = before.with_days(days, announced(document))
        events = [
            Event(
                "calendar_day_set",
                calendar=layer,
                version=before.version + 1,
                day=day,
                kind=kind.value if kind else AS_ABOVE,
                kind_before=before.days[day].kind.value if day in before.days else AS_ABOVE,
                document=document,
            )
            for day, kind in days.items()
            if before.days.get(day) != after.days.get(day)
        ]
        return self._changed(before, after, version, events, by)

    def set_hours(self, layer: str, version: int, hours: Hours | None, document: str, by: str) -> Layer:
        """Say what the office hours are by a document; None: those above."""
        before = self._now(layer)
        after = before.with_hours(hours, announced(document))
        event = Event(
            "calendar_hours_set",
            calendar=layer,
            version=before.version + 1,
            hours=told(after.hours) if after.hours else AS_ABOVE,
            hours_before=told(before.hours) if before.hours else AS_ABOVE,
            document=document,
        )
        return self._changed(before, after, version, [event], by)

    def changes_since(self, layer: str, version: int) -> list[Entry]:
        """What was done to a layer after a version, newest first."""
        entries = self._audit.of_object(layer, layer)
        return [one for one in entries if one.event in EVENTS and int(one.facts["version"] or 0) > version]

    def _now(self, layer: str) -> Layer:
        (held,) = self._store.layers([layer], sure=True)
        return held

    def _changed(self, before: Layer, after: Layer, version: int, events: Sequence[Event], by: str) -> Layer:
        if after == before:
            return before
        if before.version != version:
            raise Conflict("calendar_changed", calendar=before.id)
        first, *further = events
        writes = self._store.changed(before, after)
        self._audit.commit(first, agency=before.id, by=by, writes=writes, also=further)
        self._kept.forget()
        return replace(after, version=version + 1)


@dataclass(slots=True)
class _Read:
    """An agency's calendar, the layers it is made of, when they were looked up, and when they were last asked for."""

    layers: Sequence[str]
    looked_up: float
    calendar: Calendar
    asked: float
    tried: float


class _Kept:
    """Calendars read lately: bounded, and older ones while the store is away."""

    def __init__(self, store: CalendarStore, lineage: Lineage, clock: Clock) -> None:
        self._store = store
        self._lineage = lineage
        self._clock = clock
        self._lock = Lock()
        self._reads: OrderedDict[str, _Read] = OrderedDict()

    def get(self, agency: str) -> Calendar:
        now = self._clock.now().timestamp()
        held = self._reads.get(agency)
        if held is not None and now - max(held.asked, held.tried) < FRESH and now - held.asked <= GRACE:
            return held.calendar
        try:
            read = self._asked(agency, held, now)
        except Unavailable as failure:
            if held is None or now - held.asked > GRACE:
                raise
            held.tried = now
            log.warning("calendar_stale", agency=agency, cause=failure.facts.get("cause"))
            return held.calendar
        with self._lock:
            self._reads[agency] = read
            self._reads.move_to_end(agency)
            while len(self._reads) > KEPT:
                self._reads.popitem(last=False)
        return read.calendar

    def _asked(self, agency: str, held: _Read | None, now: float) -> _Read:
        """No agency moves in the tree, so what is above it is looked up far less often than what is said there."""
        is_placed = held is not None and now - held.looked_up < GRACE
        layers = held.layers if held is not None and is_placed else (NATION, *self._lineage(agency))
        looked_up = held.looked_up if held is not None and is_placed else now
        return _Read(layers, looked_up, calendar_of(self._store.layers(layers)), now, now)

    def forget(self) -> None:
        """A layer changed, and nobody notes here which agencies are below it."""
        with self._lock:
            self._reads.clear()
