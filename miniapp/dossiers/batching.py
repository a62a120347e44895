"""Batches of moves: ordered by an officer, held back for five minutes, applied by a worker a piece at a time.

For the desk, the worker and the clock. Calling off and beginning change one row under one condition, so of the two exactly
one happens. Each dossier is moved in the transaction that notes it as done, if it is as it was seen; the second of two
batches over one dossier is refused it. A note that was lost is sent again by the clock. Who may order is the door's
business; who may call off is decided here."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from miniapp.audit.model import Event as AuditEvent
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.clock import VIETNAM, Clock
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused, Unavailable
from miniapp.core.queues import Queues
from miniapp.core.sealing import digest
from miniapp.core.stuck import AFTER, Stuck
from miniapp.core.workdays import Calendar
from miniapp.dossiers.batch_store import BatchStore, Piece
from miniapp.dossiers.batches import BATCH_MOST, HELD_FOR, Batch, BatchState, Chosen, Deed, Judged, judged
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.service import DossierOffice, Part

STALLED = timedelta(minutes=2)


@dataclass(frozen=True)
class ApplyBatch:
    """A note: go on with a batch."""

    queue: ClassVar[str] = "dossier_batches"
    agency: str
    batch: str
    v: int = 1


class Batches:
    """Orders, calls off, applies, shows."""

    def __init__(
        self,
        store: BatchStore,
        office: DossierOffice,
        calendars: Callable[[str], Calendar],
        queues: Queues,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._office = office
        self._calendars = calendars
        self._queues = queues
        self._audit = audit
        self._clock = clock

    def planned(self, agency: str, deed: Deed, by: str, officer: str, channel: Channel, count: int) -> Batch:
        """A batch as it would be ordered now."""
        return Batch(agency, "", deed, by, self._clock.now(), count, officer, channel)

    def judge(self, batch: Batch, codes: Sequence[str]) -> tuple[Judged, list[Chosen]]:
        """What a batch would do now, and its dossiers with the versions at which they are seen."""
        found = self._office.find_many(batch.agency, codes)
        seen = [Chosen(code, found[code].version if code in found else 0) for code in codes]
        return judged(batch, found, codes, self._calendars(batch.agency)), seen

    def order(self, batch: Batch, chosen: Sequence[Chosen], *, key: str, begun: datetime) -> Batch:
        """Order a batch, which then waits to be applied; the same `key`, begun at the same moment, is one batch.

        Invalid `batch_size`."""
        chosen = list({one.code: one for one in chosen}.values())
        if not 0 < len(chosen) <= BATCH_MOST:
            raise Invalid("batch_size", most=BATCH_MOST)
        id = f"{begun.astimezone(VIETNAM):%y%m%d%H%M%S}{digest(key)[:8]}"
        made = replace(batch, id=id, at=self._clock.now(), count=len(chosen))
        event = AuditEvent("dossier_batch_ordered", batch=id, deed=made.deed.value, count=made.count)
        try:
            self._audit.commit(event, agency=made.agency, by=made.by, writes=self._store.ordered(made, chosen))
        except Conflict as conflict:
            if conflict.code != "batch_exists":
                raise
            made = self.find(made.agency, id)
        self._call(made, int(HELD_FOR.total_seconds()))
        return made

    def find(self, agency: str, batch: str) -> Batch:
        """A batch as of this moment; NotFound `batch_unknown`."""
        found = self._store.find(agency, batch)
        if found is None:
            raise NotFound("batch_unknown")
        return found

    def pieces(self, batch: Batch) -> list[Piece]:
        """What became of each of its dossiers so far."""
        return self._store.pieces(batch.agency, batch.id)

    def newest(self, agency: str) -> list[Batch]:
        """The last ones of an agency, newest first."""
        return self._store.newest(agency)

    def call_off(self, agency: str, batch: str, *, by: str, is_leader: bool) -> Batch:
        """Nothing of it will happen. Refused `batch_of_another`; Conflict `batch_begun` once it is being applied."""
        held = self.find(agency, batch)
        if held.by != by and not is_leader:
            raise Refused("batch_of_another")
        if held.state is BatchState.CALLED_OFF:
            return held
        if held.state is not BatchState.HELD:
            raise Conflict("batch_begun")
        writes = [self._store.goes_on(held, BatchState.CALLED_OFF, self._clock.now()), self._store.closed(held)]
        event = AuditEvent("dossier_batch_called_off", batch=batch, count=held.count)
        try:
            self._audit.commit(event, agency=agency, by=by, writes=writes)
        except Conflict:
            now = self.find(agency, batch)
            if now.state is BatchState.CALLED_OFF:
                return now
            raise Conflict("batch_begun") from None
        return replace(held, state=BatchState.CALLED_OFF)

    # The worker and the clock.

    def apply(self, note: ApplyBatch) -> None:
        """Do a piece of a batch whose time has come, and leave a note for what remains."""
        batch = self._store.find(note.agency, note.batch)
        if batch is None or not batch.is_open:
            return
        early = batch.held_until - self._clock.now()
        if early > timedelta(0):  # of two machines' clocks one is behind
            self._call(batch, int(early.total_seconds()) + 1)
            return
        try:
            self._store.goes_on(batch, BatchState.APPLYING, self._clock.now()).alone()
        except Conflict:  # it was called off, or another worker is one step further; whoever is told anew sees which
            self._call(batch)
            return
        batch = replace(batch, state=BatchState.APPLYING)
        ahead = [piece for piece in self._store.pieces(batch.agency, batch.id) if piece.waiting]
        for piece in ahead[:1]:
            self._do(batch, piece)
        if len(ahead) > 1:
            self._call(batch)
        else:
            self._end(batch)

    def wake(self) -> int:
        """Call the worker again for batches that nobody is at although their time has come; how many."""
        found = self._waiting(STALLED)
        for batch, _ in found:
            self._call(batch)
        return len(found)

    def stuck(self) -> list[Stuck]:
        """Batches that nobody is at although the worker was called again."""
        return [Stuck("batches", batch.agency, batch.id, since) for batch, since in self._waiting(AFTER)]

    def _waiting(self, longer: timedelta) -> list[tuple[Batch, datetime]]:
        now, found = self._clock.now(), []
        for agency, id in self._store.open():
            since = self._store.beat_at(agency, id)
            if since is not None and now - since >= longer:
                found.append((self.find(agency, id), since))
        return found

    def _call(self, batch: Batch, delay: int = 0) -> None:
        """Leave a note. One that can't be left is left by the clock: the order itself stands already."""
        try:
            self._queues.send(ApplyBatch(batch.agency, batch.id), delay)
        except Unavailable as problem:
            log.warning("batch_not_called", code=problem.code, batch=batch.id)

    def _do(self, batch: Batch, piece: Piece) -> None:
        by = By(Side.OFFICER, batch.by)
        for one in piece.waiting:
            part = Part(batch.id, batch.at, self._store.moved(batch, piece.number, one.code))
            try:
                self._office.move(batch.agency, one.code, one.version, batch.act, by=by, part=part)
            except (Invalid, NotFound, Conflict, Refused) as problem:
                self._refuse(batch, piece, one.code, problem)

    def _refuse(self, batch: Batch, piece: Piece, code: str, problem: Problem) -> None:
        with suppress(Conflict):  # another worker was here: it moved the dossier, which is why it is another one now
            self._store.refused(batch, piece.number, code, problem.code).alone()

    def _end(self, batch: Batch) -> None:
        done = [one for piece in self._store.pieces(batch.agency, batch.id) for one in piece.outcomes]
        moved = sum(one.is_moved for one in done)
        writes = [self._store.goes_on(batch, BatchState.DONE, self._clock.now()), self._store.closed(batch)]
        event = AuditEvent("dossier_batch_done", batch=batch.id, moved=moved, refused=len(done) - moved)
        with suppress(Conflict):  # another worker ended it
            self._audit.commit(event, agency=batch.agency, by=Side.SYSTEM.value, writes=writes)
