"""What an agency's admin changes of its working calendar: a day set, a day taken away, the office hours.

Each form shows before it is saved what becomes of a dossier's time limit. Two admins at once: the second gets back what
was typed together with what the first one did, and saves over it by sending it again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.agency import version_of, with_problem
from handlers.console.calendars import PREFIX, TERM_DAYS, Example, address, due, layers
from handlers.console.calendars_form import (
    COMMON,
    DAY_FIELDS,
    HOURS_FIELDS,
    day_values,
    hours_values,
    read_day,
    read_hours,
)
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from handlers.forms import FieldProblem, Form
from miniapp.audit.model import Fact
from miniapp.calendars.model import DOCUMENT_MOST, Layer, Line, calendar_of, lines, working_moment_before
from miniapp.core.errors import Conflict, NotFound, Problem
from miniapp.core.workdays import DayKind, Hours

changes = pages("console_calendars_changes", officers(may="agency.manage"), PREFIX, "console")

DONE_MOST = 10


@dataclass(frozen=True)
class Done:
    """What somebody else did meanwhile."""

    who: str
    at: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class ChangePage:
    """One of the forms. `line` is the day that is taken away, `done` what happened since the form was opened, `minutes`
    how long a whole day of work would be."""

    form: Form
    version: int
    done: Sequence[Done]
    example: Example | None
    minutes: int
    line: Line | None
    are_hours_own: bool
    most: int
    action: str
    away: str


@dataclass(frozen=True)
class View:
    """Which form it is; `line` is the day that is taken away."""

    template: str
    below: str
    line: Line | None = None


@dataclass(frozen=True)
class Act:
    """What a form asks for: the agency's layer as it would be, keeping it, and the day that an example is told about."""

    day: date
    made: Callable[[Layer], Layer]
    save: Callable[[], object]


DAY = View("console/calendars/day.html", "/ngay")
HOURS = View("console/calendars/hours.html", "/gio")


@changes.get("/ngay")
def show_day(agency: str) -> Response:
    """The form of a day; `ngay` fills in one that differs."""
    held = layers()
    found = _line(held, request.args.get("ngay", ""))
    return _shown(DAY, held, forms.blank(**(day_values(found) if found else {})))


@changes.post("/ngay")
def save_day(agency: str) -> Response:
    """Try or save what was typed, or say what is wrong or changed meanwhile."""
    form = forms.read(DAY_FIELDS)
    read = read_day(form)
    if isinstance(read, Form):
        return _shown(DAY, layers(), read, 422)
    return _tried_or_saved(DAY, form, _days(form, *read))


@changes.get("/bo/<day>")
def show_removal(agency: str, day: str) -> Response:
    """What a day of the agency's own will be without it."""
    held = layers()
    view, form = _removal(held, day), forms.blank()
    return _shown(view, held, form, act=_days(form, day, None))


@changes.post("/bo/<day>")
def remove_day(agency: str, day: str) -> Response:
    """Let a day be as it is above."""
    form = forms.read(COMMON)
    if not (form.problems or _is_own(layers(), day)):
        return answers.see(address())  # somebody took it away: it is as it was asked to be
    return _tried_or_saved(_removal(layers(), day), form, _days(form, day, None))


@changes.get("/gio")
def show_hours(agency: str) -> Response:
    """The form of the office hours."""
    held = layers()
    return _shown(HOURS, held, forms.blank(**hours_values(calendar_of(held).hours, held[-1].hours_document)))


@changes.post("/gio")
def save_hours(agency: str) -> Response:
    """Try or save the hours that were typed, or go back to those above."""
    form = forms.read(HOURS_FIELDS)
    read = None if form.value("act") == "inherit" else read_hours(form)
    if isinstance(read, Form):
        return _shown(HOURS, layers(), read, 422)
    return _tried_or_saved(HOURS, form, _hours(form, read))


def _days(form: Form, day: str, kind: DayKind | None) -> Act:
    wanted, document = {day: kind}, form.value("document")

    def save() -> object:
        held = context.services().calendars
        return held.set_days(context.agency().id, version_of(form), wanted, document, context.officer().id)

    return Act(date.fromisoformat(day), lambda layer: layer.with_days(wanted, document), save)


def _hours(form: Form, hours: Hours | None) -> Act:
    document = form.value("document")

    def save() -> object:
        held = context.services().calendars
        return held.set_hours(context.agency().id, version_of(form), hours, document, context.officer().id)

    return Act(_today(), lambda layer: layer.with_hours(hours, document), save)


def _tried_or_saved(view: View, form: Form, act: Act) -> Response:
    held = layers()
    if form.problems:
        return _shown(view, held, form, 422)
    try:
        act.made(held[-1])
        if form.value("act") == "try":
            return _shown(view, held, form, act=act)
        return answers.see(forms.once(form, lambda: (act.save(), address(f"nam={act.day.year}"))[1]))
    except Conflict as conflict:
        if conflict.code != "calendar_changed":
            raise
        again = form.with_problems(FieldProblem("", "calendar_changed_meanwhile"))
        return _shown(view, layers(), again, 409, act)
    except Problem as problem:
        return _shown(view, held, with_problem(form, problem), 422)


def _shown(view: View, held: Sequence[Layer], form: Form, status: int = 200, act: Act | None = None) -> Response:
    is_fresh = status == 409 or not form.value("version")
    would_be = [*held[:-1], act.made(held[-1])] if act else held
    page = ChangePage(
        form=form,
        version=held[-1].version if is_fresh else version_of(form),
        done=_done(version_of(form)) if status == 409 else (),
        example=_example(held, would_be, act.day) if act else None,
        minutes=_minutes(calendar_of(would_be).hours),
        line=view.line,
        are_hours_own=held[-1].hours is not None,
        most=DOCUMENT_MOST,
        action=address(below=view.below),
        away=address(f"nam={view.line.day[:4]}" if view.line else ""),
    )
    return answers.show(view.template, page, status=status, wrong=bool(form.problems))


def _example(held: Sequence[Layer], would_be: Sequence[Layer], day: date) -> Example:
    now, then = calendar_of(held), calendar_of(would_be)
    received = working_moment_before(now, day)
    return Example(received, TERM_DAYS, due(now, received), due(then, received))


def _minutes(hours: Hours) -> int:
    return sum(end - start for start, end in (hours.morning, hours.afternoon))


def _done(version: int) -> list[Done]:
    """What was done since a form was opened, newest first, with who did it as far as it is somebody of ours."""
    entries = context.services().calendars.changes_since(context.agency().id, version)[:DONE_MOST]
    names = context.services().accounts.people.names({entry.by for entry in entries})
    return [Done(names[one.by].reveal if one.by in names else one.by, one.at, one.facts) for one in entries]


def _removal(held: Sequence[Layer], day: str) -> View:
    line = _line(held, day)
    if line is None or line.layer != held[-1].id:
        raise NotFound("calendar_day_unknown")
    return View("console/calendars/remove.html", f"/bo/{day}", line)


def _is_own(held: Sequence[Layer], day: str) -> bool:
    return day in held[-1].days


def _line(held: Sequence[Layer], day: str) -> Line | None:
    year = day[:4]
    known = lines(held, int(year)) if year.isascii() and year.isdigit() else []
    return next((line for line in known if line.day == day), None)


def _today() -> date:
    return context.services().clock.now().astimezone(LOCAL).date()
