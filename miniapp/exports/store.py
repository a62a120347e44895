"""Where exports stand. For this slice's services; rows stay in here.

Questions: one export of an agency · the newest of them · the parts of one, in order · which are under way, of any agency.

An export and what of it was sent move in one transaction, and only from the version that was read: so no part is left out
and none counted twice, wherever a worker dies."""

import json
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import SortedTable, Write, put, put_new, read, remove, rows
from miniapp.exports.model import Export

UNDER_WAY = "under_way"
EXPORT = "export#"


class ExportsTable(SortedTable):
    """Exports, their parts, and which are under way."""

    class Meta:
        table_name = "exports"


class ExportRow(ExportsTable):
    """One export."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class PartRow(ExportsTable):
    """A part of its file that was sent."""

    body = UnicodeAttribute()


class UnderWayRow(ExportsTable):
    """That an export has not come to its end."""

    agency = UnicodeAttribute()
    export = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (ExportRow, PartRow, UnderWayRow)


@dataclass(frozen=True)
class Part:
    """What was sent: the bucket's tag of it, our digest, its size."""

    tag: str
    sha256: str
    size: int


def exports_key(agency: str) -> str:
    """An agency's exports."""
    return f"{agency}#exports"


def parts_key(held: Export) -> str:
    """The parts of one, since its last beginning."""
    return f"{held.agency}#parts#{held.id}#{held.tries}"


class ExportStore:
    """Reads and conditional writes of exports."""

    def find(self, agency: str, id: str) -> Export | None:
        """One as it is now."""
        row = read(lambda: ExportRow.get(exports_key(agency), EXPORT + id, consistent_read=True))
        return _export(row) if row else None

    def of(self, agency: str, most: int) -> list[Export]:
        """The newest of an agency."""
        key = exports_key(agency)
        found = rows(lambda: ExportRow.query(key, scan_index_forward=False, limit=most, consistent_read=True))
        return [_export(row) for row in found]

    def parts(self, held: Export) -> list[Part]:
        """What was sent of one, in order."""
        key = parts_key(held)
        found = rows(lambda: PartRow.query(key, consistent_read=True))
        return [from_plain(Part, json.loads(row.body)) for row in found]

    def under_way(self) -> list[tuple[str, str]]:
        """Agency and id of every export that has not ended."""
        found = rows(lambda: UnderWayRow.query(UNDER_WAY, consistent_read=True))
        return [(row.agency, row.export) for row in found]

    # Writes, for one transaction.

    def ordered(self, held: Export) -> list[Write]:
        """The writes of a new one."""
        there = Conflict("export_moved_on")
        return [put_new(_row(held), there), put_new(_mark(held), there)]

    def moved(self, before: Export, after: Export, part: Part | None = None) -> list[Write]:
        """The writes of a step; Conflict `export_moved_on` where another worker was faster."""
        faster = Conflict("export_moved_on")
        writes = [put(_row(after), ExportRow.version == before.version, faster)]
        if part is not None:
            body = json.dumps(to_plain(part))
            writes.append(put_new(PartRow(parts_key(after), f"{after.parts:05}", body=body), faster))
        if after.ended is not None:
            writes.append(remove(_mark(after), UnderWayRow.pk.exists(), faster))
        return writes


def _export(row: ExportRow) -> Export:
    return from_plain(Export, json.loads(row.body))


def _row(held: Export) -> ExportRow:
    body = json.dumps(to_plain(held), ensure_ascii=False)
    return ExportRow(exports_key(held.agency), EXPORT + held.id, version=held.version, body=body)


def _mark(held: Export) -> UnderWayRow:
    return UnderWayRow(UNDER_WAY, f"{held.agency}#{held.id}", agency=held.agency, export=held.id)
