"""The desk of the catalogue: records are taken in, an agency lays its own over what it inherits, changes are shown.

For the console and the command line. A change that changes nothing leaves no trace; every other is one transaction of
pointer, version and audit trail. What people read is `catalogue`'s business."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock, iso, local_day
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.ids import NATION
from miniapp.core.plain import from_plain
from miniapp.core.tables import pause
from miniapp.procedures import book
from miniapp.procedures.catalogue import Lineage
from miniapp.procedures.desk import may_begin
from miniapp.procedures.layers import (
    Drift,
    Overlay,
    Values,
    all_said_mark,
    carried,
    current,
    drift,
    drift_mark,
    in_force,
    kept_anyway,
    laid_over,
    overlay_of,
    said_mark,
    telling,
    values,
)
from miniapp.procedures.model import Procedure, Version, checked, national_code
from miniapp.procedures.publishing import Publishing, Tell, in_silence
from miniapp.procedures.store import Pointer, ProcedureStore

TRIES = 8
TELL_EVERY = 100

Entries = dict[str, tuple[Overlay, ...]]


@dataclass(frozen=True)
class Taken:
    """What an import did: codes that are new, codes that changed, and how many stayed as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: int
    book: str


class ProcedureOffice:
    """Changes the catalogue, layer by layer."""

    def __init__(self, store: ProcedureStore, lineage: Lineage, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._lineage = lineage
        self._audit = audit
        self._clock = clock
        self._publishing = Publishing(store, clock)

    def take(
        self,
        layer: str,
        procedures: Sequence[Procedure],
        *,
        by: str,
        source: str,
        effective: str = "",
        told: Mapping[str, frozenset[str]] | None = None,
        only_new: bool = False,
        expected: str = "",
        tell: Tell = in_silence,
    ) -> Taken:
        """Take records in, from a day on (today): what is as it was stays; `only_new` leaves known ones alone.

        Of a procedure in `told` only those fields are taken; the layer's others stay what they are. What is to come of
        the same procedures follows in what it left alone.
        Whoever sends the same again changes nothing, and whoever was stopped half-way sends it again. Conflict
        `procedures_changed` when the layer says something else of these by now than `expected` (`all_said_mark`)."""
        day = effective or local_day(self._clock.now())

        def wanted(entries: Entries, above: Sequence[tuple[str, book.Book]]) -> Mapping[str, Overlay | None]:
            made: dict[str, Overlay | None] = {}
            if expected and all_said_mark(entries, [one.code for one in procedures]) != expected:
                raise Conflict("procedures_changed")
            for done, procedure in enumerate(procedures):
                if done % TELL_EVERY == 0:
                    tell("comparing", done, len(procedures))
                code = checked(procedure).code
                held = in_force(entries.get(code, ()), day)
                if not (only_new and held):
                    new = overlay_of(procedure, day, _inherited(above, code, day) if above else None)
                    made[code] = new if told is None else _told(code, day, told[code], held, new)
            tell("comparing", len(procedures), len(procedures))
            return made

        return self._turn(layer, wanted, day, by, source, tell, carry=True)

    def show(self, layer: str, tell: Tell = in_silence) -> Pointer:
        """Bring out once more what is out: after new words for the search, or for whoever was stopped half-way."""
        return self._publishing.show(layer, tell)

    def show_all(self, tell: Tell = in_silence) -> Mapping[str, Pointer]:
        """The same of every layer that says anything, by layer."""
        return {layer: self._publishing.show(layer, tell) for layer in self._store.layers()}

    def keep_own(self, agency: str, code: str, *, by: str, expected: str, seen: str) -> None:
        """An officer has seen what changed above and stays with the agency's own.

        Conflict `procedures_changed` when the agency says something else by now than `expected` (`said_mark`), or those
        above something else than was `seen` (`drift_mark`)."""
        day = local_day(self._clock.now())

        def wanted(entries: Entries, above: Sequence[tuple[str, book.Book]]) -> Mapping[str, Overlay | None]:
            held = in_force(entries.get(code, ()), day)
            if held is None:
                raise NotFound("procedure_unknown", procedure=code)
            inherited = _inherited(above, code, day)
            if (said_mark(entries[code]), drift_mark(drift(held, inherited))) != (expected, seen):
                raise Conflict("procedures_changed")
            return {code: replace(kept_anyway(held, inherited), effective=day)}

        self._turn(agency, wanted, day, by, "kept")

    def call_off(self, agency: str, code: str, day: str, *, by: str, expected: str) -> None:
        """What was to begin on a day does not: what holds before it goes on, and what begins later keeps its own.

        NotFound `change_unknown` when nothing begins that day or it has come; Conflict `procedures_changed` when the
        agency says something else of it by now than `expected` (`said_mark`)."""

        def wanted(entries: Entries, above: Sequence[tuple[str, book.Book]]) -> Mapping[str, Overlay | None]:
            held = entries.get(code, ())
            if day <= local_day(self._clock.now()) or day not in {one.effective for one in held}:
                raise NotFound("change_unknown", procedure=code)
            if said_mark(held) != expected:
                raise Conflict("procedures_changed")
            before = in_force((one for one in held if one.effective < day), day) or Overlay(code, day)
            return {code: replace(before, effective=day)}

        self._turn(agency, wanted, day, by, "called_off", carry=True)

    def edit(
        self,
        agency: str,
        code: str,
        fields: Values,
        *,
        by: str,
        expected: str,
        effective: str = "",
        source: str = "desk",
    ) -> Taken:
        """Lay what an officer typed over what is inherited, from a day on (today); None lets a field be as above.

        What is to come of the same procedure follows in what it left alone. Conflict `procedures_changed` when the
        agency says something else of it by now than `expected` (`said_mark`)."""
        today = local_day(self._clock.now())
        day = effective or today
        if not may_begin(day, today):
            raise Invalid("effective_shape", field="effective")

        def wanted(entries: Entries, above: Sequence[tuple[str, book.Book]]) -> Mapping[str, Overlay | None]:
            held = entries.get(code, ())
            if said_mark(held) != expected:
                raise Conflict("procedures_changed")
            inherited = _inherited(above, code, day)
            new = replace(laid_over(in_force(held, day) or Overlay(code, day), fields, inherited), effective=day)
            checked(from_plain(Procedure, {**inherited, **new.changes, "code": code}))
            return {code: new}

        return self._turn(agency, wanted, day, by, source, carry=True)

    def drifts(self, agency: str) -> dict[str, tuple[Drift, ...]]:
        """Where something changed above that an agency has its own of, by code."""
        day = local_day(self._clock.now())
        own = self._entries(agency, self._store.pointer(agency))
        above = self._above(agency) if own else []  # the nation's book is large; who has nothing of its own needs none
        found: dict[str, tuple[Drift, ...]] = {}
        for code, overlays in own.items():
            held = in_force(overlays, day)
            moved = drift(held, _inherited(above, code, day)) if held and above else ()
            if moved:
                found[code] = moved
        return found

    def versions(self, layer: str, most: int = 50) -> Sequence[Version]:
        """What was changed in a layer, newest first."""
        return self._store.versions(layer, most)

    def names(self, layer: str = NATION) -> Sequence[Procedure]:
        """The procedures that a layer shows today, with nothing but their names, for whoever looks one up."""
        day = local_day(self._clock.now())
        found: dict[str, str] = {}
        for one in (NATION, *(self._lineage(layer) if layer != NATION else ())):
            for code, overlays in self._entries(one, self._store.pointer(one)).items():
                held = in_force(overlays, day)
                if held and "name" in held.changes:
                    found[code] = str(held.changes["name"])
        return [Procedure(code, name) for code, name in found.items()]

    def _turn(
        self,
        layer: str,
        wanted: Callable[[Entries, Sequence[tuple[str, book.Book]]], Mapping[str, Overlay | None]],
        day: str,
        by: str,
        source: str,
        tell: Tell = in_silence,
        carry: bool = False,
    ) -> Taken:
        """Lay what is wanted into the layer's book and bring it out; again if somebody else was faster."""
        for attempt in range(TRIES):
            pointer = self._store.pointer(layer)
            entries = self._entries(layer, pointer)
            taken, after = self._laid(entries, wanted(entries, self._above(layer)), day, carry)
            if not taken.added and not taken.changed:
                self._publishing.show(layer, tell)  # whoever was stopped before readers were told is made good here
                return replace(taken, book=pointer.book)
            name = self._store.put_book(layer, book.packed(one for each in after.values() for one in each))
            now = iso(self._clock.now())
            counts = (len(after), len(taken.added), len(taken.changed))
            version = Version(pointer.number + 1, name, now, by, source, *counts)
            event = Event(
                "procedures_changed",
                catalogue=layer,
                book=name,
                source=source,
                effective=day,
                added=len(taken.added),
                changed=len(taken.changed),
            )
            try:
                self._audit.commit(event, agency=layer, by=by, writes=self._store.turned(layer, pointer, version))
            except Conflict as conflict:
                if conflict.code != "procedures_changed":
                    raise
                pause(attempt)
                continue
            self._publishing.show(layer, tell)
            return replace(taken, book=name)
        raise Conflict("procedures_changed")

    def _laid(
        self, entries: Entries, wanted: Mapping[str, Overlay | None], day: str, carry: bool
    ) -> tuple[Taken, Entries]:
        today = local_day(self._clock.now())
        after = dict(entries)
        added: list[str] = []
        changed: list[str] = []
        for code, overlay in wanted.items():
            held = in_force(entries.get(code, ()), day)
            if _says(held) == _says(overlay):
                continue
            (changed if held else added).append(code)
            empty = Overlay(national_code(code), day)
            others = [one for one in entries.get(code, ()) if one.effective != day]
            if carry:
                both = held or empty, overlay or empty
                others = [carried(one, *both) if one.effective > day else one for one in others]
            laid = telling(current([*others, overlay or empty], today), today)
            after[code] = laid
            if all(not one.changes for one in laid):
                del after[code]
        return Taken(tuple(added), tuple(changed), len(wanted) - len(added) - len(changed), ""), after

    def _entries(self, layer: str, pointer: Pointer) -> Entries:
        return self._store.book(layer, pointer.book).by_code()

    def _above(self, layer: str) -> list[tuple[str, book.Book]]:
        """What a layer inherits from, topmost first; nothing for the nation."""
        if layer == NATION:
            return []
        above = (NATION, *(one for one in self._lineage(layer) if one != layer))
        return [(one, self._store.book(one, self._store.pointer(one).book)) for one in above]


def _told(code: str, day: str, names: frozenset[str], held: Overlay | None, new: Overlay | None) -> Overlay:
    """The new overlay in the fields that are told, the held one in all others."""

    def laid(old: Values, fresh: Values) -> Values:
        others = {name: value for name, value in old.items() if name not in names}
        return others | {name: value for name, value in fresh.items() if name in names}

    empty = Overlay(code, day)
    before, after = held or empty, new or empty
    same = {name for name in names & before.seen.keys() if after.changes.get(name) == before.changes[name]}
    seen = {name: before.seen[name] for name in same}  # who says the same again has not seen what changed above
    return Overlay(code, day, laid(before.changes, after.changes), {**laid(before.seen, after.seen), **seen})


def _says(overlay: Overlay | None) -> tuple[Values, Mapping[str, str]] | None:
    return (overlay.changes, overlay.seen) if overlay and overlay.changes else None


def _inherited(above: Sequence[tuple[str, book.Book]], code: str, day: str) -> Values:
    return values([(layer, in_force(held.find(code), day)) for layer, held in above])[0]
