"""The forms of a working calendar: what officers type, read into a day or into office hours, or into problems per field."""

from datetime import date

from handlers.forms import FieldProblem, Form, read_clock
from miniapp.calendars.model import Line, told
from miniapp.core.errors import Invalid
from miniapp.core.workdays import DayKind, Hours

PARTS = ("day-day", "day-month", "day-year")
EDGES = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")
COMMON = ("document", "version", "act")
DAY_FIELDS = (*PARTS, "kind", *COMMON)
HOURS_FIELDS = (*EDGES, *COMMON)


def day_values(line: Line) -> dict[str, str]:
    """A day that differs as the form shows it."""
    year, month, day = line.day.split("-")
    return {"day-day": day, "day-month": month, "day-year": year, "kind": line.kind.value, "document": line.document}


def hours_values(hours: Hours, document: str) -> dict[str, str]:
    """Office hours as the form shows them."""
    edges = told(hours).replace("-", " ").split()
    return {**dict(zip(EDGES, edges, strict=True)), "document": document}


def read_day(form: Form) -> tuple[str, DayKind] | Form:
    """The day and what it is to be; or the form with what is wrong."""
    problems: list[FieldProblem] = []
    parts = [form.value(part) for part in PARTS]
    day = ""
    try:
        day = date(*(int(part) for part in reversed(parts))).isoformat()
    except (ValueError, OverflowError):
        problems.append(FieldProblem("day", "date_shape"))
    kind = form.value("kind")
    if kind not in set(DayKind):
        problems.append(FieldProblem("kind", "calendar_kind_needed"))
    return form.with_problems(*problems) if problems else (day, DayKind(kind))


def read_hours(form: Form) -> Hours | Form:
    """The hours that were typed; or the form with what is wrong."""
    read = {name: read_clock(form.value(name)) for name in EDGES}
    edges = [one.hour * 60 + one.minute for one in read.values() if one is not None]
    if len(edges) < len(EDGES):
        return form.with_problems(*(FieldProblem(name, "time_shape") for name, one in read.items() if one is None))
    try:
        return Hours((edges[0], edges[1]), (edges[2], edges[3]))
    except Invalid as problem:
        return form.with_problems(FieldProblem(EDGES[0], problem.code, problem.facts))
