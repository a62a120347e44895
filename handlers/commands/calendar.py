"""`flask --app handlers.app calendar …`: the days that the Ministry announces each autumn, and any agency's calendar.

For operators. Without `--agency` it is the nation's layer, which every agency inherits. One notice is one change: all its
days are set together or none. The same again changes nothing and says so."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup

from handlers.commands.naming import json_option, named_agency
from handlers.commands.telling import told
from handlers.context import services
from miniapp.accounts.access import Operator
from miniapp.calendars.model import FIRST_YEAR, LAST_YEAR, Layer, calendar_of, hours_layer, lines
from miniapp.calendars.model import told as in_figures
from miniapp.core.ids import NATION
from miniapp.core.workdays import DayKind, Hours

DAY = "%d/%m/%Y"
CLOCK = "%H:%M"

calendar = AppGroup("calendar", help="Working calendars: days that differ, office hours.")
agency_option = click.option("--agency", default="", help="Address of the agency; without it, the whole nation.")
document_option = click.option("--document", required=True, help="Number of the notice or decision.")


def _days_option(name: str, said: str) -> Callable[[Any], Any]:
    return click.option(
        name, multiple=True, type=click.DateTime([DAY]), help=f"{said}, as 22/08/2026; may be repeated."
    )


@calendar.command("set")
@_days_option("--off", "A day off")
@_days_option("--working", "A day that is worked")
@_days_option("--morning", "A day that is worked in the morning only")
@_days_option("--afternoon", "A day that is worked in the afternoon only")
@agency_option
@document_option
@json_option
def set_days(agency: str, document: str, as_json: bool, **given: tuple[datetime, ...]) -> None:
    """Say what days are, all of one document at once."""
    kinds = {"off": DayKind.OFF, "working": DayKind.WORKING, "morning": DayKind.MORNING, "afternoon": DayKind.AFTERNOON}
    days: dict[str, DayKind | None] = {}
    for name, kind in kinds.items():
        for one in given[name]:
            if days.setdefault(one.date().isoformat(), kind) is not kind:
                raise click.UsageError(f"{one:{DAY}} is said to be two things")
    if not days:
        raise click.UsageError("no day is named")
    _set(agency, days, document, as_json)


@calendar.command("clear")
@click.argument("days", nargs=-1, required=True, type=click.DateTime([DAY]))
@agency_option
@document_option
@json_option
def clear(days: tuple[datetime, ...], agency: str, document: str, as_json: bool) -> None:
    """Let DAYS, as 22/08/2026, be what they are in the layers above."""
    _set(agency, {one.date().isoformat(): None for one in days}, document, as_json)


@calendar.command("hours")
@click.argument("edges", nargs=4, type=click.DateTime([CLOCK]))
@agency_option
@document_option
@json_option
def hours(edges: tuple[datetime, ...], agency: str, document: str, as_json: bool) -> None:
    """Set the office hours: EDGES are the morning's from and to and the afternoon's, as 07:00 11:30 13:30 17:00."""
    first, second, third, fourth = (one.hour * 60 + one.minute for one in edges)
    with told():
        before, by = _own(agency), Operator().id
        office = Hours((first, second), (third, fourth))
        after = services().calendars.set_hours(before.id, before.version, office, document, by)
    _tell(before, after, as_json)


@calendar.command("show")
@click.option("--year", type=click.IntRange(FIRST_YEAR, LAST_YEAR), required=True)
@agency_option
@json_option
def show(year: int, agency: str, as_json: bool) -> None:
    """Show the days of a year that differ from the week, with who says so, and the office hours."""
    with told():
        layers = services().calendars.layers(_id(agency))
    office = in_figures(calendar_of(layers).hours)
    found = [{**asdict(line), "layer": line.layer or "law"} for line in lines(layers, year)]
    if as_json:
        click.echo(json.dumps({"hours": office, "hours_layer": hours_layer(layers), "days": found}, ensure_ascii=False))
        return
    click.echo(f"hours       {office}")
    for line in found:
        click.echo(f"{line['day']}  {line['kind']:<8} {line['layer']:<32} {line['document'] or line['reason']}")


def _set(agency: str, days: dict[str, DayKind | None], document: str, as_json: bool) -> None:
    with told():
        before = _own(agency)
        after = services().calendars.set_days(before.id, before.version, days, document, Operator().id)
    _tell(before, after, as_json)


def _id(agency: str) -> str:
    return named_agency(agency).id if agency else NATION


def _own(agency: str) -> Layer:
    return services().calendars.layers(_id(agency))[-1]


def _tell(before: Layer, after: Layer, as_json: bool) -> None:
    changed = after.version != before.version
    if as_json:
        click.echo(json.dumps({"calendar": after.id, "changed": changed, "version": after.version}))
        return
    click.echo(f"{after.id}: {'changed' if changed else 'nothing to change'}")
