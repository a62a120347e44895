"""The office of dossiers: takes them in, moves them, finds them. For the desk, imports and the API, and for citizens' links.

Every change is one transaction of the dossier, its event, its line on the desk and the audit trail, and holds only if nobody
moved the dossier since it was seen. The same order twice makes one dossier. Who may do what is decided elsewhere; what may
follow what, in the model."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from miniapp.audit.model import Event as AuditEvent
from miniapp.audit.service import Audit
from miniapp.core.clock import VIETNAM, Clock, iso
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.happenings import Kind as Happening
from miniapp.core.ids import Ids
from miniapp.core.plain import to_plain
from miniapp.core.sealing import digest
from miniapp.core.tables import Write
from miniapp.core.time_limits import UNSTATED, TimeLimit
from miniapp.core.workdays import Calendar
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Event
from miniapp.dossiers.lines import Lines
from miniapp.dossiers.lists import Keep, Page, Shelf
from miniapp.dossiers.marks import Marks
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Applicant, Channel, Step
from miniapp.dossiers.receiving import file, receive
from miniapp.dossiers.store import DossierStore, Lead, link_key, order_key

TOKEN_SIZE = 16  # bytes: 128 bits that nobody guesses
TRIES = 5
TAKEN_IN = Happening("dossiers_taken_in", {"by": frozenset({"desk", "file", "system"})})

Act = Callable[[Dossier, datetime, Calendar], Move]
Calendars = Callable[[str], Calendar]
Also = Callable[[Dossier, Dossier], Sequence[Write]]


@dataclass(frozen=True)
class Order:
    """What somebody hands in. With `steps` it is received at once, as at a desk; without, it waits to be."""

    procedure: str
    procedure_name: str
    channel: Channel
    applicant: Applicant
    limit: TimeLimit = UNSTATED
    steps: tuple[Step, ...] = ()

    @property
    def mark(self) -> str:
        """Equal orders have one; who asks can't be read from it."""
        who = [self.applicant.name.reveal, self.applicant.identity.reveal, self.applicant.phone.reveal]
        told = [self.procedure, self.channel.value, self.applicant.subject.value, *who]
        return digest(json.dumps([told, to_plain(self.limit), to_plain(self.steps)]))


@dataclass(frozen=True)
class Part:
    """That a move is part of a batch: its id for the trail, when it counts, and the write that notes it as done."""

    batch: str
    at: datetime
    done: Write


class DossierOffice:
    """An agency's dossiers."""

    def __init__(
        self,
        store: DossierStore,
        calendars: Calendars,
        audit: Audit,
        ids: Ids,
        clock: Clock,
        lines: Lines,
        also: Also = lambda before, after: (),
    ) -> None:
        """`also`: what else a move writes, for slices that stand beside this one."""
        self._also = also
        self._store = store
        self._marks = Marks()
        self._calendars = calendars
        self._audit = audit
        self._ids = ids
        self._clock = clock
        self._lines = lines

    def take_in(self, agency: str, identifier: str, order: Order, *, by: By, key: str) -> Dossier:
        """A new dossier under the agency's identifier (`H56.14`), with a link of its own.

        The same order under the same `key` is the dossier that was made of it first; Conflict `order_differs` when
        something else was ordered under it. Invalid as the model says."""
        made = self._made(agency, key, order)
        if made is not None:
            return made
        now = self._clock.now()
        day = now.astimezone(VIETNAM).date()
        self._marks.remember(agency)
        taken = self._begun(agency, DossierCode.made(identifier, day, 1), order, by, now)
        number = self._store.next_number(identifier, f"{day:%y%m%d}")  # what is refused uses none up
        dossier = self._lines.on(replace(taken[-1].dossier, code=DossierCode.made(identifier, day, number)), now)
        events = [move.event for move in taken]
        writes = [
            *self._store.added(dossier, events),
            self._store.ordered(dossier, key, order.mark),
            *self._store.linked(dossier, self._ids.secret(TOKEN_SIZE)),
        ]
        try:
            commit(self._audit, dossier, events, by, writes)
        except Conflict as conflict:
            if conflict.code != "order_made_already":
                raise
            made = self._made(agency, key, order)  # by the same order, sent twice at once
            if made is None:
                raise
            return made
        TAKEN_IN.tell(agency, by="desk")
        return dossier

    def move(self, agency: str, code: str, seen: int, act: Act, *, by: By, part: Part | None = None) -> Dossier:
        """Move a dossier as `act` says, from the version that was seen; the dossier after it.

        It counts from now, or, as part of a batch, from when that was ordered.

        NotFound `dossier_unknown`; Conflict `dossier_changed` when it was moved meanwhile; what else the model says."""
        before = self.find(agency, code)
        if before.version != seen:
            raise Conflict("dossier_changed", dossier=code)
        now = self._clock.now()
        after, event = act(before, part.at if part else now, self._calendars(agency))
        after = self._lines.on(after, now)
        writes = [
            *self._store.moved(before, after, [event]),
            *self._also(before, after),
            *([part.done] if part else []),
        ]
        commit(self._audit, after, [event], by, writes, part.batch if part else "")
        return after

    def find(self, agency: str, code: str) -> Dossier:
        """A dossier as of this moment; NotFound `dossier_unknown`."""
        found = self._store.find(agency, code)
        if found is None:
            raise NotFound("dossier_unknown")
        return found

    def lined(self, dossier: Dossier) -> Dossier:
        """The dossier with the receipt's line of how it stands, made and kept now where there is none; none without a key."""
        if self._lines.holds(dossier):
            return dossier
        made = self._lines.on(replace(dossier, line=""), self._clock.now())
        if made.line:
            with suppress(Conflict):  # moved meanwhile, with a line of its own; what was seen is printed as it was seen
                self._store.lined(made).alone()
        return made

    def find_many(self, agency: str, codes: Sequence[str]) -> dict[str, Dossier]:
        """Many dossiers by their codes, as of this moment; what is not there is left out."""
        return self._store.find_all(agency, codes)

    def story(self, agency: str, code: str) -> Sequence[Event]:
        """What happened to it, in order."""
        return self._store.events(agency, code)

    def shelf(
        self,
        agency: str,
        shelf: Shelf,
        *,
        due_from: datetime | None = None,
        due_before: datetime | None = None,
        after: str = "",
        most: int = 50,
        keep: Keep | None = None,
    ) -> Page:
        """What lies on one shelf of the desk, what is due first first; of that, the lines to `keep`."""
        since, until = (iso(due) if due else "" for due in (due_from, due_before))
        return self._store.shelf(agency, shelf, since=since, until=until, after=after, most=most, keep=keep)

    def count(
        self,
        agency: str,
        shelf: Shelf,
        *,
        due_from: datetime | None = None,
        due_before: datetime | None = None,
        most: int = 100,
    ) -> int:
        """How much lies on a shelf, or is due from one moment to before another; beyond `most`, one more than that."""
        since, until = (iso(due) if due else "" for due in (due_from, due_before))
        return self._store.count(agency, shelf, since=since, until=until, most=most)

    def ended(self, agency: str, month: str, *, after: str = "", most: int = 50, keep: Keep | None = None) -> Page:
        """What ended in a month (2026-11); of that, the lines to `keep`."""
        return self._store.ended(agency, month, after=after, most=most, keep=keep)

    def waiting(self, agency: str, until: datetime, most: int) -> int:
        """How many dossiers wait for papers that have to come before a moment, or should have come; up to `most`."""
        return len(self._marks.deadlines(agency, None, until, most))

    def link(self, agency: str, code: str) -> str:
        """The token of a dossier's link; NotFound `dossier_unknown`."""
        self.find(agency, code)
        return self._store.link(agency, code)

    def linked(self, token: str) -> Lead:
        """The dossier that a link leads to; NotFound `dossier_unknown`, for one that was taken back too."""
        found = self._store.lead(link_key(token))
        if found is None:
            raise NotFound("dossier_unknown")
        return found

    def link_anew(self, agency: str, code: str, *, by: By) -> str:
        """Another link in place of one that got into wrong hands, which leads nowhere from then on."""
        dossier, old = self.find(agency, code), self._store.link(agency, code)
        token = self._ids.secret(TOKEN_SIZE)
        event = AuditEvent("dossier_link_renewed", dossier=code)
        self._audit.commit(event, agency=agency, by=by.id, writes=self._store.linked(dossier, token, instead=old))
        return token

    def _begun(self, agency: str, code: DossierCode, order: Order, by: By, now: datetime) -> list[Move]:
        """The moves by which it begins; Invalid when the order can't be taken as it is."""
        procedure = (order.procedure, order.procedure_name)
        moves = [file(agency, code, procedure, order.channel, order.applicant, by, now)]
        if order.steps:
            calendar = self._calendars(agency)
            moves.append(receive(moves[0].dossier, order.limit, order.steps, by, now, calendar))
        return moves

    def _made(self, agency: str, key: str, order: Order) -> Dossier | None:
        """What was made of an order already."""
        lead = self._store.lead(order_key(agency, key))
        if lead is None:
            return None
        if lead.order != order.mark:
            raise Conflict("order_differs", dossier=lead.code)
        return self.find(agency, lead.code)


def commit(
    audit: Audit, dossier: Dossier, events: Sequence[Event], by: By, writes: Sequence[Write], batch: str = ""
) -> None:
    """Do the writes of what happened to a dossier and note it in the trail, all or nothing; with the batch it is part of."""
    code = str(dossier.code)
    more = {"batch": batch} if batch else {}
    first, *others = [AuditEvent(one.what.value, dossier=code, **one.facts, **more) for one in events]
    audit.commit(first, agency=dossier.agency, by=by.id or by.side.value, writes=writes, also=others)
