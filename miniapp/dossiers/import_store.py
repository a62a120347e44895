"""Where files of other systems stand that are taken in. For `sheet_import`; rows stay in here.

Questions: one import of an agency · all of them, newest first · what was wrong with its rows, in order · which imports of
any agency are under way.

How far an import has come is written in the transaction of the dossier that its row made or moved: so no row counts twice,
and none is left out, wherever a worker dies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import Write, put, put_new, read, remove, rows
from miniapp.dossiers.rows import ImportRow, LeadRow, TroubleRow
from miniapp.dossiers.sheet import Trouble

UNDER_WAY = "imports"
IMPORT = "import#"


@dataclass(frozen=True)
class SheetImport:
    """One file: who sent it, how many rows it has, how many are done and what became of them.

    `went_on`: when the worker began that was the last to come further."""

    id: str
    agency: str
    key: str
    name: str
    by: str
    rows: int
    made: datetime
    done: int = 0
    new: int = 0
    moved: int = 0
    unchanged: int = 0
    refused: int = 0
    ended: datetime | None = None
    went_on: datetime | None = None

    def counted(self, what: str) -> "SheetImport":
        """One row further."""
        return replace(self, done=self.done + 1, **{what: getattr(self, what) + 1})


def imports_key(agency: str) -> str:
    """An agency's imports."""
    return f"{agency}#imports"


def troubles_key(agency: str, id: str) -> str:
    """What was wrong with the rows of one."""
    return f"{agency}#import#{id}"


class ImportStore:
    """Reads and conditional writes of imports."""

    def find(self, agency: str, id: str) -> SheetImport | None:
        """One as it is now."""
        row = read(lambda: ImportRow.get(imports_key(agency), IMPORT + id, consistent_read=True))
        return from_plain(SheetImport, json.loads(row.body)) if row else None

    def of(self, agency: str, most: int) -> list[SheetImport]:
        """The newest of an agency."""
        key = imports_key(agency)
        found = rows(lambda: ImportRow.query(key, scan_index_forward=False, limit=most, consistent_read=True))
        return [from_plain(SheetImport, json.loads(row.body)) for row in found]

    def troubles(self, agency: str, id: str) -> list[Trouble]:
        """What was wrong with its rows, in order."""
        key = troubles_key(agency, id)
        found = rows(lambda: TroubleRow.query(key, consistent_read=True))
        return [from_plain(Trouble, one) for row in found for one in json.loads(row.body)]

    def under_way(self) -> list[tuple[str, str]]:
        """Agency and id of every import that has rows left."""
        found = rows(lambda: LeadRow.query(UNDER_WAY, consistent_read=True))
        return [(row.agency, row.code) for row in found]

    # Writes, for one transaction.

    def begun(self, held: SheetImport) -> list[Write]:
        """The writes of a new import."""
        there = Conflict("dossier_import_moved_on")
        mark = LeadRow(UNDER_WAY, f"{held.agency}#{held.id}", agency=held.agency, code=held.id)
        return [put_new(_row(held), there), put_new(mark, there)]

    def advanced(self, before: SheetImport, after: SheetImport, troubles: Sequence[Trouble]) -> list[Write]:
        """The writes of some rows more; Conflict `dossier_import_moved_on` when another worker was faster."""
        faster = Conflict("dossier_import_moved_on")
        writes = [put(_row(after), ImportRow.done == before.done, faster)]
        if troubles:
            body = json.dumps([to_plain(one) for one in troubles], ensure_ascii=False)
            writes.append(
                put_new(TroubleRow(troubles_key(after.agency, after.id), f"{before.done:06}", body=body), faster)
            )
        return writes

    def ended(self, before: SheetImport, after: SheetImport) -> list[Write]:
        """The writes of its end."""
        faster = Conflict("dossier_import_moved_on")
        mark = LeadRow(UNDER_WAY, f"{after.agency}#{after.id}")
        return [put(_row(after), ImportRow.done == before.done, faster), remove(mark, LeadRow.pk.exists(), faster)]


def _row(held: SheetImport) -> ImportRow:
    body = json.dumps(to_plain(held), ensure_ascii=False)
    return ImportRow(imports_key(held.agency), IMPORT + held.id, done=held.done, body=body)
