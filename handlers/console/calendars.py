"""An agency's working calendar: the days of a year that differ from the week, and the office hours. For agency admins.

Days of the nation and of agencies above are shown with whose they are; the agency lays its own over them. A dossier of
an example tells what time limits come to. What changes the calendar is in `calendars_changes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, request

from handlers import answers, context
from handlers.console.agency import english, name_of
from handlers.doors import officers, pages
from handlers.formats import LOCAL
from miniapp.calendars.model import FIRST_YEAR, LAST_YEAR, Layer, Line, calendar_of, hours_layer, lines, told
from miniapp.core.ids import NATION
from miniapp.core.workdays import WORKING_DAY, Calendar, is_calculated

PREFIX = "/console/<agency>/lich-lam-viec"
calendars = pages("console_calendars", officers(may="agency.manage"), PREFIX, "console")

TERM_DAYS = 3  # the time limit of the example


@dataclass(frozen=True)
class Shown:
    """A day that differs; `whose` is empty for the nation's."""

    line: Line
    weekday: int
    whose: str
    is_own: bool
    change: str
    remove: str


@dataclass(frozen=True)
class Example:
    """A dossier that comes in at a moment, and when its time limit ends: as things are, and as they would be."""

    received: datetime
    days: int
    due: datetime
    would_be: datetime | None = None


@dataclass(frozen=True)
class YearPage:
    """A year of the calendar, month by month; `hours_whose` is empty for the nation's."""

    year: int
    months: Sequence[tuple[int, Sequence[Shown]]]
    hours: str
    hours_whose: str
    hours_document: str
    are_hours_own: bool
    is_calculated: bool
    example: Example
    earlier: str
    later: str
    add: str
    change_hours: str


@calendars.get("")
def show(agency: str) -> Response:
    """The days of a year that differ, and the hours."""
    held, now = layers(), context.services().clock.now().astimezone(LOCAL)
    year, calendar, whose = _year(now.year), calendar_of(held), hours_layer(held)
    names = _names(held)
    shown = [_shown(line, held[-1], names) for line in lines(held, year)]
    months = {
        int(one.line.day[5:7]): [each for each in shown if each.line.day[:7] == one.line.day[:7]] for one in shown
    }
    page = YearPage(
        year=year,
        months=list(months.items()),
        hours=told(calendar.hours),
        hours_whose=names.get(whose, ""),
        hours_document=next((one.hours_document for one in held if one.id == whose), ""),
        are_hours_own=whose == held[-1].id,
        is_calculated=is_calculated(year),
        example=Example(now, TERM_DAYS, due(calendar, now)),
        earlier=address(f"nam={year - 1}") if year > FIRST_YEAR else "",
        later=address(f"nam={year + 1}") if year < LAST_YEAR else "",
        add=address(below="/ngay"),
        change_hours=address(below="/gio"),
    )
    return answers.show("console/calendars/year.html", page)


def layers() -> list[Layer]:
    """What the agency's calendar is made of as of this moment, its own last."""
    return context.services().calendars.layers(context.agency().id)


def address(query: str = "", below: str = "") -> str:
    """An address of these pages, in the language of the page; `query` is one pair, ready to print."""
    kept = "&".join(part for part in (query, "lang=en" if english() else "") if part)
    path = f"/console/{context.agency().address}/lich-lam-viec{below}"
    return f"{path}?{kept}" if kept else path


def due(calendar: Calendar, received: datetime) -> datetime:
    """When the example's time limit ends."""
    return calendar.due(received, TERM_DAYS * WORKING_DAY)


def _year(this_year: int) -> int:
    asked = request.args.get("nam", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == len("2026") else this_year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _names(held: Sequence[Layer]) -> dict[str, str]:
    """What the agencies of these layers are called."""
    found = {one.id: context.services().agencies.find(one.id) for one in held if one.id != NATION}
    return {id: name_of(agency) for id, agency in found.items() if agency is not None}


def _shown(line: Line, own: Layer, names: Mapping[str, str]) -> Shown:
    return Shown(
        line=line,
        weekday=date.fromisoformat(line.day).weekday(),
        whose=names.get(line.layer, ""),
        is_own=line.layer == own.id,
        change=address(f"ngay={line.day}", "/ngay"),
        remove=address(below=f"/bo/{line.day}"),
    )
