"""A working calendar in layers: the nation's, a province's, an agency's own; each says only what differs, and why.

For the service and the desk. Of a day, and of office hours, the nearest layer that says something decides; what none
says stands in core's data. Every day of a layer names the document that announced it. Pure; days are ISO dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from miniapp.core.errors import Invalid
from miniapp.core.workdays import DAYS_MOST as FARTHEST
from miniapp.core.workdays import OFFICE_HOURS, Calendar, DayKind, Hours, national, reasons

FIRST_YEAR, LAST_YEAR = 2000, 2100
AS_ABOVE = "above"  # in the trail: the layer says nothing of its own
DOCUMENT_MOST = 150
DAYS_MOST = 400  # of one layer, so that it stays one row
AT_ONCE = 20  # days of one change, which one transaction takes together with the trail


@dataclass(frozen=True)
class Day:
    """What a layer makes of a day, and by which document."""

    kind: DayKind
    document: str


@dataclass(frozen=True)
class Layer:
    """All that one layer says. Version 0: it has never said anything."""

    id: str
    days: Mapping[str, Day] = field(default_factory=dict)
    hours: Hours | None = None
    hours_document: str = ""
    version: int = 0

    def with_days(self, wanted: Mapping[str, DayKind | None], document: str) -> "Layer":
        """The same layer with these days set, or as above again where None is wanted."""
        if len(wanted) > AT_ONCE:
            raise Invalid("calendar_days_at_once", most=AT_ONCE)
        days = dict(self.days)
        for day, kind in wanted.items():
            if not FIRST_YEAR <= date.fromisoformat(day).year <= LAST_YEAR:
                raise Invalid("calendar_day_far", field="day", first=FIRST_YEAR, last=LAST_YEAR)
            days.pop(day, None)
            if kind is not None:
                days[day] = Day(kind, document)
        if len(days) > DAYS_MOST:
            raise Invalid("calendar_full", most=DAYS_MOST)
        return replace(self, days=dict(sorted(days.items())))

    def with_hours(self, hours: Hours | None, document: str) -> "Layer":
        """The same layer with these office hours, or with those above it."""
        return replace(self, hours=hours, hours_document=document if hours else "")


@dataclass(frozen=True)
class Line:
    """A day that differs from the week. `layer` is empty for what core's data says; `above` is what it is without the
    lowest layer."""

    day: str
    kind: DayKind
    above: DayKind
    layer: str
    document: str
    reason: str


def calendar_of(layers: Sequence[Layer]) -> Calendar:
    """What these layers make together, topmost first."""
    own: dict[str, DayKind] = {}
    hours = OFFICE_HOURS
    for layer in layers:
        own |= {day: said.kind for day, said in layer.days.items()}
        hours = layer.hours or hours
    return Calendar(own, hours)


def hours_layer(layers: Sequence[Layer]) -> str:
    """The layer whose office hours hold; empty where none says any."""
    return next((layer.id for layer in reversed(layers) if layer.hours), "")


def lines(layers: Sequence[Layer], year: int) -> list[Line]:
    """The days of a year that differ from the week, with who says so."""
    calendar, above = calendar_of(layers), calendar_of(layers[:-1])
    named = {*national(), *(day for layer in layers for day in layer.days)}
    found = []
    for day in sorted(one for one in named if one.startswith(f"{year:04}-")):
        says = next((layer for layer in reversed(layers) if day in layer.days), None)
        document = says.days[day].document if says else ""
        at = date.fromisoformat(day)
        reason = "" if says else reasons()[day]
        found.append(Line(day, calendar.kind(at), above.kind(at), says.id if says else "", document, reason))
    return found


def working_moment_before(calendar: Calendar, day: date) -> datetime:
    """The middle of the last half day of work before a day: when a dossier of an example comes in."""
    for back in range(1, FARTHEST):
        spans = calendar.spans(day - timedelta(days=back))
        if spans:
            start, end = spans[-1]
            return start + timedelta(minutes=(end - start) // timedelta(minutes=2))
    raise Invalid("time_limit_too_long")


def told(hours: Hours) -> str:
    """Office hours as figures: 07:00-11:30 13:30-17:00."""
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in (hours.morning, hours.afternoon))


def announced(document: str) -> str:
    """The document itself, if it names one."""
    if not document:
        raise Invalid("calendar_document_needed", field="document")
    if len(document) > DOCUMENT_MOST:
        raise Invalid("value_too_long", field="document", most=DOCUMENT_MOST)
    return document


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
