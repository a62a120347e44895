"""Files of an agency's own system, looked at before they are taken in, and taken in row by row by whoever is there to do it.

For the desk, the schedule and `flask dossiers import`. A file lies in the bucket from when it was confirmed to its end. Each
row is a transaction of its dossier and of how far the import has come, so a worker may die anywhere and two may be at it:
nothing is lost and nothing is done twice. The same file again changes nothing."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.files import Files
from miniapp.core.ids import Ids
from miniapp.core.reading import read_rows
from miniapp.core.resuming import Enough, never, resumed
from miniapp.core.stuck import AFTER, Stuck
from miniapp.core.tables import Write, transact
from miniapp.dossiers.bringing import Bringing, Outcome
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.import_store import ImportStore, SheetImport
from miniapp.dossiers.sheet import Heading, Row, Trouble, read_sheet, troubles_of

UPLOADS = "uploads"
FILE_MOST = 3 * 1024 * 1024
NAME_MOST = 120
IMPORTS_SHOWN = 50
BATCH = 50  # rows that change nothing are written down together

Procedure = Callable[[str, str], tuple[str, str]]
Identifier = Callable[[str], str]


@dataclass(frozen=True)
class Preview:
    """What a file would do now."""

    heading: Heading
    rows: int
    outcomes: Counter[Outcome]
    codes: Sequence[tuple[int, str, Outcome]]
    troubles: Sequence[Trouble]
    refused: int


class SheetImports:
    """Looks at files, begins imports, works on them."""

    def __init__(
        self,
        store: ImportStore,
        bringing: Bringing,
        files: Files,
        procedure: Procedure,
        identifier: Identifier,
        audit: Audit,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._store = store
        self._bringing = bringing
        self._files = files
        self._procedure = procedure
        self._identifier = identifier
        self._audit = audit
        self._ids = ids
        self._clock = clock

    def look(self, agency: str, body: bytes, by: str) -> Preview:
        """What a file would do, row by row; Invalid where it is no table of dossiers. Nothing is changed."""
        heading, rows = self._read(agency, body)
        good = [row for row in rows if row.record is not None]
        records = [row.record for row in good if row.record is not None]
        found = self._bringing.foreseen(agency, self._own(agency), records, By(Side.OFFICER, by))
        troubles = [trouble for row in rows for trouble in row.troubles]
        codes: list[tuple[int, str, Outcome]] = []
        refused = len(rows) - len(good)
        for row, record, one in zip(good, records, found, strict=True):
            if isinstance(one, Outcome):
                codes.append((row.number, str(record.code), one))
            else:
                troubles += troubles_of(row.number, one)
                refused += 1
        troubles.sort(key=lambda one: one.row)
        return Preview(heading, len(rows), Counter(outcome for *_, outcome in codes), codes, troubles, refused)

    def begin(self, agency: str, body: bytes, name: str, by: str) -> SheetImport:
        """Keep a file and note that it is to be taken in; a worker does the rest."""
        self._own(agency)
        _, rows = self._read(agency, body)
        id = self._ids.new("imp")
        key = f"dossiers/{agency}/{id}"
        self._files.put(UPLOADS, key, body)
        held = SheetImport(id, agency, key, name[-NAME_MOST:], by, len(rows), self._clock.now())
        event = Event("dossier_import_begun", dossier_import=id, rows=held.rows)
        self._audit.commit(event, agency=agency, by=by, writes=self._store.begun(held))
        return held

    def find(self, agency: str, id: str) -> SheetImport:
        """One import; NotFound `dossier_import_unknown`."""
        found = self._store.find(agency, id)
        if found is None:
            raise NotFound("dossier_import_unknown")
        return found

    def of(self, agency: str) -> list[SheetImport]:
        """The newest of an agency."""
        return self._store.of(agency, IMPORTS_SHOWN)

    def troubles(self, agency: str, id: str) -> list[Trouble]:
        """What was wrong with its rows."""
        return self._store.troubles(agency, id)

    def resume_all(self, enough: Enough = never) -> int:
        """Work on every import that has rows left; how many came to their end."""
        return resumed(self._store.under_way(), self.work, enough)

    def work(self, agency: str, id: str, enough: Enough = never) -> SheetImport:
        """Take rows until there are none left or it is enough; another worker's rows are not done again."""
        held = self.find(agency, id)
        if held.ended is not None:
            return held
        body = self._files.get(UPLOADS, held.key, FILE_MOST)
        _, rows = self._read(agency, body)
        try:
            return self._take(held, rows, enough)
        except Conflict as conflict:
            if conflict.code != "dossier_import_moved_on":
                raise
            return self.find(agency, id)  # another worker is at it

    def stuck(self) -> list[Stuck]:
        """Imports that stand still: nobody came further with them, though the clock begins them anew each minute."""
        now, found = self._clock.now(), []
        for held in (self._store.find(*place) for place in self._store.under_way()):
            since = (held.went_on or held.made) if held else now
            if held is not None and now - since >= AFTER:
                found.append(Stuck("dossier_imports", held.agency, held.id, since))
        return found

    def _take(self, kept: SheetImport, rows: Sequence[Row], enough: Enough) -> SheetImport:
        now = _Place(kept, replace(kept, went_on=self._clock.now()), [])
        for row in rows[kept.done :]:
            if enough():
                break
            now = self._one(now, row)
            if now.held.done - now.kept.done >= BATCH:
                now = self._written(now)
        now = self._written(now)
        return self._ended(now.kept) if now.kept.done >= len(rows) else now.kept

    def _one(self, now: "_Place", row: Row) -> "_Place":
        """One row: with its dossier in one transaction, or kept in mind where it changes nothing."""
        if row.record is None:
            return now.refused(row.troubles)

        def also(outcome: Outcome) -> Sequence[Write]:
            return self._store.advanced(now.kept, now.held.counted(outcome.value), now.troubles)

        by, identifier = By(Side.OFFICER, now.held.by), self._own(now.held.agency)
        try:
            done = self._bringing.bring(now.held.agency, identifier, row.record, by=by, also=also)
        except (Invalid, Conflict) as problem:
            if problem.code == "dossier_import_moved_on":
                raise
            return now.refused(troubles_of(row.number, problem))
        after = now.held.counted(done.outcome.value)
        if done.outcome is Outcome.UNCHANGED:
            return replace(now, held=after)
        return _Place(after, after, [])

    def _written(self, now: "_Place") -> "_Place":
        if now.held.done == now.kept.done:
            return now
        transact(*self._store.advanced(now.kept, now.held, now.troubles))
        return _Place(now.held, now.held, [])

    def _ended(self, held: SheetImport) -> SheetImport:
        after = replace(held, ended=self._clock.now())
        event = Event(
            "dossier_import_ended",
            dossier_import=held.id,
            rows=held.rows,
            added=held.new,
            moved=held.moved,
            unchanged=held.unchanged,
            refused=held.refused,
        )
        self._audit.commit(event, agency=held.agency, by=held.by, writes=self._store.ended(held, after))
        self._files.remove(UPLOADS, held.key)
        return after

    def _read(self, agency: str, body: bytes) -> tuple[Heading, list[Row]]:
        if len(body) > FILE_MOST:
            raise Invalid("dossier_import_file_too_large", field="file", most=FILE_MOST)
        return read_sheet(read_rows(io.BytesIO(body)), lambda code: self._procedure(agency, code))

    def _own(self, agency: str) -> str:
        found = self._identifier(agency)
        if not found:
            raise Conflict("agency_identifier_needed")
        return found


@dataclass(frozen=True)
class _Place:
    """How far it is written, how far it has come, and what was wrong in between."""

    kept: SheetImport
    held: SheetImport
    troubles: list[Trouble]

    def refused(self, troubles: Sequence[Trouble]) -> "_Place":
        """One row further, which was not taken."""
        return _Place(self.kept, self.held.counted("refused"), [*self.troubles, *troubles])
