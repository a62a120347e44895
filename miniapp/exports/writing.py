"""Writes exports: reads a source batch by batch, sends parts of some megabytes, seals the file. For the clock.

A part counts once it is sent and written down together with where the source stands; a worker that dies before leaves
nothing behind that counts, and the next sends the part anew in its place. So memory holds one part, whatever the size, and a
file that was written by ten workers is the one that a single one would have written. Before it is handed out it is read once
from end to end: every part must be what was sent, and its SHA-256 is that of the whole file, as `sha256sum` tells it."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.cells import safe
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.files import CHUNK, Files
from miniapp.core.resuming import Enough, never, resumed
from miniapp.core.tables import transact
from miniapp.exports.model import TRIES, Export, Kind, Source
from miniapp.exports.store import ExportStore, Part

BUCKET = "packs"
CSV = "text/csv; charset=utf-8"
MARK = b"\xef\xbb\xbf"  # so that Excel reads UTF-8
PART = 8 * 1024 * 1024  # bytes, at least; the bucket takes 10,000 parts
LEASE = timedelta(minutes=2)  # a part takes seconds


class Writing:
    """Works on exports until they are whole."""

    def __init__(
        self, store: ExportStore, kinds: Mapping[str, Kind], files: Files, audit: Audit, clock: Clock, part: int = PART
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._files = files
        self._audit = audit
        self._clock = clock
        self._part = part

    def resume_all(self, enough: Enough = never) -> int:
        """Work on every export that is under way; how many came to their end."""
        return resumed(self._store.under_way(), self.work, enough)

    def work(self, agency: str, id: str, enough: Enough = never) -> Export:
        """Write parts until there are none left or it is enough; one that another worker has is left to it."""
        held = self._found(agency, id)
        now = self._clock.now()
        if held.ended is not None or (held.busy_until is not None and now < held.busy_until):
            return held
        try:
            held = self._written(self._claimed(held), enough)
            if held.ended is not None:
                return held
            return self._sealed(held) if held.is_read else self._step(held, replace(held, busy_until=None))
        except Conflict as conflict:
            if conflict.code != "export_moved_on":
                raise
            return self._found(agency, id)  # another worker is at it

    def _claimed(self, held: Export) -> Export:
        begun = held.begun or self._files.begin_parts(BUCKET, held.key, CSV)
        return self._step(held, replace(held, begun=begun, busy_until=self._clock.now() + LEASE))

    def _written(self, held: Export, enough: Enough) -> Export:
        source = self._kinds[held.order.kind].source(held.agency, held.order)
        while not held.is_read and held.ended is None and not enough():
            held = self._one_part(held, source)
        return held

    def _one_part(self, held: Export, source: Source) -> Export:
        """One part further. Nothing counts before it is sent and written down."""
        lines = _Lines()
        if not held.parts:
            lines.body += MARK
            lines.add([held.order.header])
        rows, cursor = held.rows, held.cursor
        while len(lines.body) < self._part:
            batch = source.after(cursor)
            lines.add(batch.rows)
            rows, cursor = rows + len(batch.rows), batch.cursor
            if not cursor:
                break
        body, number = bytes(lines.body), held.parts + 1
        try:
            tag = self._files.put_part(BUCKET, held.key, held.begun, number, body)
        except NotFound:  # the bucket let the beginning go after its day
            return self._begun_anew(held)
        part = Part(tag, hashlib.sha256(body).hexdigest(), len(body))
        after = replace(held, cursor=cursor, is_read=not cursor, rows=rows, size=held.size + part.size, parts=number)
        return self._step(held, replace(after, busy_until=self._clock.now() + LEASE), part)

    def _sealed(self, held: Export) -> Export:
        parts = self._store.parts(held)
        with suppress(NotFound):  # joined already, or gone: reading it tells which
            self._files.join_parts(BUCKET, held.key, held.begun, [part.tag for part in parts])
        digest = self._read_through(held, parts)
        if not digest:
            return self._begun_anew(held)
        return self._end(replace(held, sha256=digest))

    def _read_through(self, held: Export, parts: Sequence[Part]) -> str:
        """The digest of the whole file; empty where it is not what was sent."""
        try:
            body = self._files.open(BUCKET, held.key)
        except NotFound:
            return ""
        whole = hashlib.sha256()
        for part in parts:
            own, left = hashlib.sha256(), part.size
            while left and (piece := body.read(min(CHUNK, left))):
                own.update(piece)
                whole.update(piece)
                left -= len(piece)
            if own.hexdigest() != part.sha256:
                return ""
        return "" if body.read(1) else whole.hexdigest()

    def _begun_anew(self, held: Export) -> Export:
        """From the first row, unless that was tried often enough: then it has failed, and who ordered it is told."""
        if held.tries + 1 >= TRIES:
            return self._end(held)
        first = Export(held.id, held.agency, held.order, held.by, held.made, held.version, tries=held.tries + 1)
        self._step(held, first)
        raise Conflict("export_moved_on")

    def _end(self, held: Export) -> Export:
        after = replace(held, version=held.version + 1, busy_until=None, ended=self._clock.now())
        told = held.sha256 or None
        event = Event("export_ended", export=held.id, list=held.order.kind, rows=held.rows, sha256=told)
        self._audit.commit(event, agency=held.agency, by=held.by, writes=self._store.moved(held, after))
        return after

    def _step(self, held: Export, after: Export, part: Part | None = None) -> Export:
        next_one = replace(after, version=held.version + 1)
        transact(*self._store.moved(held, next_one, part))
        return next_one

    def _found(self, agency: str, id: str) -> Export:
        found = self._store.find(agency, id)
        if found is None:
            raise NotFound("export_unknown")
        return found


class _Lines:
    """Rows as lines of a CSV file, every cell quoted and none a formula."""

    def __init__(self) -> None:
        self.body = bytearray()
        self._writer = csv.writer(self, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def write(self, text: str) -> None:
        """What the writer makes of a row."""
        self.body += text.encode()

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Some rows more."""
        self._writer.writerows([safe(cell) for cell in row] for row in rows)
