"""Questions: what these layers say (one read for all of them; as of this moment for whoever changes one).

One row of a layer in the agencies' table: `pk` = the agency's id, or the nation's name that no agency can have,
`sk` = `calendar`. Its days are one attribute, so a layer is read and changed whole; 400 days are some 200 kB at most."""

from collections.abc import Sequence

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from miniapp.agencies.store import AgenciesTable
from miniapp.calendars.model import Day, Layer
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, many, put
from miniapp.core.workdays import DayKind, Hours

CALENDAR = "calendar"


class WorkdaysRow(AgenciesTable):
    """What one layer says of days and office hours."""

    sk = UnicodeAttribute(range_key=True, default=CALENDAR)
    days: JSONAttribute = JSONAttribute(null=True)  # day → [kind, document]
    hours: JSONAttribute = JSONAttribute(null=True)  # four edges, in minutes after midnight
    hours_document = UnicodeAttribute(null=True)
    version = NumberAttribute()


TABLES: tuple[type[SortedTable], ...] = (WorkdaysRow,)


class CalendarStore:
    """The rows of all layers."""

    def layers(self, ids: Sequence[str], sure: bool = False) -> list[Layer]:
        """These layers in their order; one that never said anything is empty. `sure`: as of this moment."""
        found = {str(row.pk): row for row in many(WorkdaysRow, [(id, CALENDAR) for id in ids], sure)}
        return [_layer(found[id]) if id in found else Layer(id) for id in ids]

    def changed(self, before: Layer, after: Layer) -> list[Write]:
        """The write that turns `before` into `after`, if nobody else changed it since it was read."""
        elsewhere = Conflict("calendar_changed", calendar=before.id)
        unmoved = WorkdaysRow.version == before.version if before.version else WorkdaysRow.pk.does_not_exist()
        return [put(_row(after, before.version + 1), unmoved, elsewhere)]


def _row(layer: Layer, version: int) -> WorkdaysRow:
    return WorkdaysRow(
        layer.id,
        days={day: [said.kind.value, said.document] for day, said in layer.days.items()} or None,
        hours=[*layer.hours.morning, *layer.hours.afternoon] if layer.hours else None,
        hours_document=layer.hours_document or None,
        version=version,
    )


def _layer(row: WorkdaysRow) -> Layer:
    days = {day: Day(DayKind(kind), document) for day, (kind, document) in (row.days or {}).items()}
    edges = row.hours or ()
    hours = Hours((edges[0], edges[1]), (edges[2], edges[3])) if edges else None
    return Layer(str(row.pk), days, hours, row.hours_document or "", int(row.version))
