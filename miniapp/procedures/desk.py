"""The catalogue as an agency's officers see it: what is their own, what holds from when, who changed what.

For the console. An agency's own layer is as of this moment, what is above at most some seconds old. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from miniapp.core.clock import Clock, from_iso, local_day
from miniapp.core.errors import NotFound
from miniapp.core.ids import NATION
from miniapp.procedures.catalogue import Catalogue, Lineage
from miniapp.procedures.layers import (
    Drift,
    Overlay,
    Values,
    all_said_mark,
    drift,
    in_force,
    merged,
    plain_of,
    said_mark,
    values,
)
from miniapp.procedures.model import Procedure, Version
from miniapp.procedures.store import ProcedureStore

AHEAD_MOST = timedelta(days=731)
SINCE_MOST = 20  # versions looked through for who changed a procedure meanwhile

Entries = Mapping[str, tuple[Overlay, ...]]


@dataclass(frozen=True)
class State:
    """One procedure on a day: what the agency shows, what stands above, what of it is the agency's own.

    `day`: of which all this is; `days`: on which something of the agency's begins that is still to come; `number` and
    `mark`: what this was read of."""

    procedure: Procedure
    sources: Mapping[str, str]
    above: Values
    own: Mapping[str, Any]
    day: str
    days: Sequence[str]
    number: int
    mark: str
    drifts: Sequence[Drift] = ()  # what changed above since the agency set its own

    @property
    def plain(self) -> Values:
        """Every field as a plain value, as layers have it."""
        return plain_of(self.procedure)


@dataclass(frozen=True)
class Own:
    """A procedure of which an agency says something itself."""

    procedure: Procedure
    fields: Sequence[str]
    days: Sequence[str]
    is_stale: bool


@dataclass(frozen=True)
class Would:
    """A procedure that a file would change, in which fields."""

    code: str
    name: str
    fields: Sequence[str]
    is_new: bool


@dataclass(frozen=True)
class Difference:
    """A field that a version changed for a procedure from a day on; None is what stands above."""

    code: str
    day: str
    field: str
    before: Any
    after: Any


def may_begin(day: str, today: str) -> bool:
    """Whether something may be set to begin on a day: what has passed can't change, what is far away is a slip."""
    return today <= day <= (date.fromisoformat(today) + AHEAD_MOST).isoformat()


class ProcedureDesk:
    """Reads one agency's part of the catalogue."""

    def __init__(self, store: ProcedureStore, catalogue: Catalogue, lineage: Lineage, clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._lineage = lineage
        self._clock = clock

    @property
    def today(self) -> str:
        """The day in Vietnam."""
        return local_day(self._clock.now())

    def state(self, agency: str, code: str, day: str = "") -> State:
        """A procedure on a day; without one today, or as it begins where it is still to come.

        NotFound `procedure_unknown`, also for one that is not there on that day."""
        pointer = self._store.pointer(agency)
        own = self._store.book(agency, pointer.book).find(code)
        days = [one.effective for one in own if one.effective > self.today]
        on = day or self.today
        above, held = self._above(agency, code, on), in_force(own, on)
        found = merged(code, [*above, (agency, held)])
        if found is None:
            if day or not days:
                raise NotFound("procedure_unknown", procedure=code[:20])
            return self.state(agency, code, days[0])
        inherited = values(above)[0]
        return State(
            procedure=found.procedure,
            sources=found.sources,
            above=inherited,
            own=held.changes if held else {},
            day=on,
            days=days,
            number=pointer.number,
            mark=said_mark(own),
            drifts=drift(held, inherited) if held and above else (),
        )

    def own(self, agency: str) -> list[Own]:
        """Every procedure of which the agency says something itself, by code."""
        today, found = self.today, []
        for code, overlays in self._entries(agency, self._store.pointer(agency).book).items():
            held = in_force(overlays, today)
            days = [one.effective for one in overlays if one.effective > today]
            above = self._above(agency, code, days[-1] if held is None else today)
            # What is not there today is shown as it begins.
            shown = merged(code, [*above, (agency, held)]) or merged(
                code, [*above, (agency, in_force(overlays, days[0]))]
            )
            if shown is not None and (days or (held and held.changes)):
                stale = shown.procedure.is_stale(date.fromisoformat(today))
                found.append(Own(shown.procedure, list(held.changes if held else ()), days, stale))
        return found

    def would_change(
        self, agency: str, procedures: Sequence[Procedure], told: Mapping[str, frozenset[str]], day: str = ""
    ) -> tuple[list[Would], str]:
        """What records would change if the agency took them in from a day on (today), and the mark of what it says now."""
        day, found = day or self.today, []
        entries = self._entries(agency, self._store.pointer(agency).book)
        for one in procedures:
            held = in_force(entries.get(one.code, ()), day)
            shown, sources = values([*self._above(agency, one.code, day), (agency, held)])
            plain = plain_of(one)
            fields = [name for name in plain if name in told[one.code] and plain[name] != shown[name]]
            if fields:
                found.append(Would(one.code, str(shown["name"] or one.name), fields, "name" not in sources))
        return found, all_said_mark(entries, [one.code for one in procedures])

    def differences(self, agency: str, number: int) -> tuple[Version, list[Difference]]:
        """What one version changed; NotFound `version_unknown`."""
        version = self._store.version(agency, number)
        if version is None:
            raise NotFound("version_unknown")
        before = self._store.version(agency, number - 1)
        old, new = (self._entries(agency, one.book if one else "") for one in (before, version))
        return version, list(_differences(old, new, local_day(from_iso(version.at))))

    def changed_since(self, agency: str, code: str, number: int) -> list[tuple[Version, list[Difference]]]:
        """The versions after one that changed a procedure, newest first."""
        found = []
        for version in self._store.versions(agency, SINCE_MOST):
            if version.number <= number:
                break
            mine = [one for one in self.differences(agency, version.number)[1] if one.code == code]
            found += [(version, mine)] if mine else []
        return found

    def _above(self, agency: str, code: str, day: str) -> list[tuple[str, Overlay | None]]:
        layers = [one for one in (NATION, *self._lineage(agency)) if one != agency]
        return [(one, in_force(self._catalogue.book(one).find(code), day)) for one in layers]

    def _entries(self, layer: str, name: str) -> Entries:
        return self._store.book(layer, name).by_code()


def _differences(before: Entries, after: Entries, first: str) -> Iterable[Difference]:
    """What differs from the day of the version on; what goes on over several days is told once."""
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code, ()), after.get(code, ())
        told: set[tuple[str, str]] = set()
        for day in sorted({first, *(one.effective for one in (*old, *new) if one.effective > first)}):
            was, now = _held(old, day), _held(new, day)
            for name in [one for one in {**was, **now} if was.get(one) != now.get(one)]:
                key = (name, repr((was.get(name), now.get(name))))
                if key not in told:
                    told.add(key)
                    yield Difference(code, day, name, was.get(name), now.get(name))


def _held(overlays: Iterable[Overlay], day: str) -> Values:
    found = in_force(overlays, day)
    return found.changes if found else {}
