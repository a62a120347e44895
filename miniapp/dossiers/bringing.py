"""Dossiers of an agency's own system, brought in one by one: new ones begin, known ones move. For imports and the API.

Each is one transaction: the dossier with all that happened to it, its line on the desk, the trail. The same record twice is
the same as once, since a dossier that stands where it is told to stand is left alone; a key says so for what makes a new
code each time, and for moves."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from miniapp.audit.service import Audit
from miniapp.core.clock import VIETNAM, Clock
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem
from miniapp.core.ids import Ids
from miniapp.core.plain import to_plain
from miniapp.core.sealing import digest
from miniapp.core.tables import Write
from miniapp.core.workdays import Calendar
from miniapp.dossiers.codes import EXAMPLE, DossierCode
from miniapp.dossiers.events import By
from miniapp.dossiers.leading import begun, led, way
from miniapp.dossiers.lines import Lines
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.reported import Record, Report, of_the_same_place
from miniapp.dossiers.service import TAKEN_IN, TOKEN_SIZE, commit
from miniapp.dossiers.states import Status
from miniapp.dossiers.store import DossierStore, order_key

TRIES = 5
Also = Callable[["Outcome"], Sequence[Write]]
Beside = Callable[[Dossier | None, Dossier], Sequence[Write]]


def nothing(outcome: "Outcome") -> Sequence[Write]:
    """Nothing else to be written."""
    return ()


class Outcome(StrEnum):
    """What a record does to the dossiers that are there."""

    NEW = "new"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Brought:
    """A dossier after a record was taken, and what that did."""

    dossier: Dossier
    outcome: Outcome


def mark_of(told: Record | Report, *more: str) -> str:
    """Equal records have one; who asks can't be read from it."""
    who = [told.applicant.name, told.applicant.identity, told.applicant.phone] if isinstance(told, Record) else []
    plain = to_plain(told)
    plain.pop("applicant", None)
    return digest(json.dumps([plain, [one.reveal for one in who], *more], sort_keys=True))


class Bringing:
    """Takes records of other systems."""

    def __init__(
        self,
        store: DossierStore,
        calendars: Callable[[str], Calendar],
        audit: Audit,
        ids: Ids,
        clock: Clock,
        lines: Lines,
        beside: Beside = lambda before, after: (),
    ) -> None:
        """`beside`: what else a change writes, for slices that stand beside this one."""
        self._beside = beside
        self._store = store
        self._calendars = calendars
        self._audit = audit
        self._ids = ids
        self._clock = clock
        self._lines = lines

    def foreseen(self, agency: str, identifier: str, records: Sequence[Record], by: By) -> Iterator[Outcome | Problem]:
        """What `bring` would do with each now, or the problem that it would raise; changes nothing."""
        known = self._store.find_all(agency, [str(record.code) for record in records])
        for record in records:
            try:
                held = self._checked(known.get(str(record.code)), identifier, record)
                yield self._outcome(held, self._moves(agency, held, record, by))
            except (Invalid, Conflict) as problem:
                yield problem

    def bring(self, agency: str, identifier: str, record: Record, *, by: By, also: Also = nothing) -> Brought:
        """A record with a code of its own: a new dossier, a known one moved, or one that stands there already.

        What else is written in the same transaction, `also` says of the outcome; nothing where nothing changes.

        Invalid as the model says, and `dossier_code_of_others`; Conflict `dossier_other_procedure`,
        `dossier_move_not_allowed`."""
        for attempt in range(TRIES):
            held = self._checked(self._store.find(agency, str(record.code)), identifier, record)
            moves = self._moves(agency, held, record, by)
            if not moves and held is not None:
                return Brought(held, Outcome.UNCHANGED)
            try:
                outcome = self._outcome(held, moves)
                brought = Brought(self._kept(held, moves, by, also(outcome)), outcome)
            except Conflict as conflict:  # somebody was faster: what is there now is looked at anew
                if conflict.code not in ("dossier_changed", "dossier_exists") or attempt == TRIES - 1:
                    raise
                continue
            if outcome is Outcome.NEW:
                TAKEN_IN.tell(agency, by="file")
            return brought
        raise AssertionError("the last try returns or raises")

    def create(self, agency: str, identifier: str, record: Record, *, by: By, key: str) -> Dossier:
        """A new dossier, under its own code or under our next one. The same record under the same `key` is the one made
        first.

        Conflict `order_differs` when something else came under the key, `dossier_exists` when the code is taken."""
        mark = mark_of(record)
        made = self._made(agency, key, mark)
        if made is not None:
            return made
        code, now = record.code, self._clock.now()
        day = now.astimezone(VIETNAM).date()
        if code is not None:
            _require_ours(code, identifier)
        moves = self._begun(agency, code or DossierCode.made(identifier, day, 1), record, by)
        if code is None:  # a number is taken only once nothing can be wrong any more
            number = self._store.next_number(identifier, f"{day:%y%m%d}")
            code = DossierCode.made(identifier, day, number)
            moves = [Move(replace(one.dossier, code=code), one.event) for one in moves]
        try:
            new = self._kept(None, moves, by, [self._store.ordered(moves[-1].dossier, key, mark)])
        except Conflict:  # perhaps by the same record, sent twice at once
            made = self._made(agency, key, mark)
            if made is None:
                raise
            return made
        TAKEN_IN.tell(agency, by="system")
        return new

    def move(self, agency: str, code: str, seen: int, report: Report, *, by: By, key: str) -> Dossier:
        """A dossier moved to where it is told to stand, from the version that was seen; once under a `key`.

        NotFound `dossier_unknown`; Conflict `dossier_changed`, `order_differs`; what else the model says."""
        mark = mark_of(report, code, str(seen))
        made = self._made(agency, key, mark)
        if made is not None:
            return made
        try:
            return self._moved(agency, code, seen, report, by, (key, mark))
        except Conflict:  # perhaps by the same report, sent twice at once
            made = self._made(agency, key, mark)
            if made is None:
                raise
            return made

    def _moved(self, agency: str, code: str, seen: int, report: Report, by: By, order: tuple[str, str]) -> Dossier:
        held = self._store.find(agency, code)
        if held is None:
            raise NotFound("dossier_unknown")
        if held.version != seen:
            raise Conflict("dossier_changed", dossier=code, version=held.version)
        moves = led(held, report, by, self._clock.now(), self._calendars(agency))
        return self._kept(held, moves, by, [self._store.ordered(held, *order)]) if moves else held

    @staticmethod
    def way_of(report: Report) -> tuple[Status, ...]:
        """The statuses that a new dossier passes until it stands where it is told to stand, the first included."""
        return (Status.FILED, *way(Status.FILED, report.status))

    @staticmethod
    def _checked(held: Dossier | None, identifier: str, record: Record) -> Dossier | None:
        if record.code is None:
            raise Invalid("dossier_code_empty", field="code", example=EXAMPLE)
        _require_ours(record.code, identifier)
        if held is not None and held.procedure != record.procedure:
            raise Conflict("dossier_other_procedure", dossier=str(held.code), procedure=held.procedure)
        return held

    def _moves(self, agency: str, held: Dossier | None, record: Record, by: By) -> list[Move]:
        if held is None:
            assert record.code is not None  # `_known` refuses a record without one
            return self._begun(agency, record.code, record, by)
        return led(held, record.report, by, self._clock.now(), self._calendars(agency))

    def _begun(self, agency: str, code: DossierCode, record: Record, by: By) -> list[Move]:
        return begun(agency, code, record, by, self._clock.now(), self._calendars(agency))

    def _kept(self, before: Dossier | None, moves: list[Move], by: By, more: Sequence[Write] = ()) -> Dossier:
        after, events = self._lines.on(moves[-1].dossier, self._clock.now()), [one.event for one in moves]
        if before is None:
            own = [*self._store.added(after, events), *self._store.linked(after, self._ids.secret(TOKEN_SIZE))]
        else:
            own = self._store.moved(before, after, events)
        commit(self._audit, after, events, by, [*own, *more, *self._beside(before, after)])
        return after

    def _made(self, agency: str, key: str, mark: str) -> Dossier | None:
        """What was done under a key already."""
        lead = self._store.lead(order_key(agency, key))
        if lead is None:
            return None
        if lead.order != mark:
            raise Conflict("order_differs", dossier=lead.code)
        return self._store.find(agency, lead.code)

    @staticmethod
    def _outcome(held: Dossier | None, moves: list[Move]) -> Outcome:
        if held is None:
            return Outcome.NEW
        return Outcome.MOVED if moves else Outcome.UNCHANGED


def _require_ours(code: DossierCode, identifier: str) -> None:
    """A code of another ministry's or province's place is a mistake of whoever sends it."""
    if not of_the_same_place(code, identifier):
        raise Invalid("dossier_code_of_others", field="code", identifier=identifier)
