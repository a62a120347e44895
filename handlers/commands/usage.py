"""`flask --app handlers.app usage recount|figures`: what the log told, proved against its lines; and what it adds up to.

For operators. `recount` counts the lines that the log still keeps anew and names every quarter of an hour, day and sum that is
stored differently; exit code 1 while anything differs. It changes nothing unless `--mend` is given: the clock counts by itself.
`figures` is the only place where the nation's are told: no agency stands above all provinces."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import click
from flask.cli import AppGroup

from handlers.commands.naming import json_option, named_agency
from handlers.commands.telling import told
from handlers.context import services
from miniapp.core.clock import local_day
from miniapp.core.ids import NATION
from miniapp.usage.model import Tally, added
from miniapp.usage.rolling import Difference, windows_of

DAYS_MOST = 400

usage = AppGroup("usage", help="Visits, look-ups, searches and dossiers, as the log tells them.")


@usage.command("recount")
@click.option("--since", default="", help="First day, as 2026-11-30; yesterday where none is named.")
@click.option("--until", default="", help="Last day; today where none is named.")
@click.option("--mend", is_flag=True, help="Count days on which something differs anew, then look again.")
@json_option
def recount(since: str, until: str, mend: bool, as_json: bool) -> None:
    """Count the lines that are still kept and name everything that is stored differently."""
    rolling, found = services().usage_rolling, list[Difference]()
    days = _days(since, until)
    with told():
        for day in days:
            apart = list(rolling.differences(day))
            if mend and apart:
                for window in windows_of(day):
                    rolling.count(window)
                apart = list(rolling.differences(day))
            found += apart
            if not as_json:
                click.echo(f"{day}: {len(apart)} differences")
    if as_json:
        click.echo(json.dumps({"days": days, "differences": [_facts(one) for one in found]}))
    else:
        for one in found:
            click.echo(f"  {one.agency}  {one.window}: stored {dict(one.stored)}, told {dict(one.told)}")
        click.echo(f"differences: {len(found)}")
    if found:
        raise SystemExit(1)


@usage.command("figures")
@click.option("--agency", default="", help="Address of the agency; the whole nation where none is named.")
@click.option("--since", required=True, help="First day, as 2026-11-01.")
@click.option("--until", default="", help="Last day; today where none is named.")
@json_option
def figures(agency: str, since: str, until: str, as_json: bool) -> None:
    """What happened at an agency and below it, day by day, as the tree was on each day."""
    days = _days(since, until)
    with told():
        id = named_agency(agency).id if agency else NATION
        found = services().usage.days(id, days[0], days[-1])
    if as_json:
        click.echo(json.dumps({"agency": id, "days": {one.day: one.whole for one in found}}))
        return
    for one in found:
        click.echo(f"{one.day}  {_said(one.whole)}")
    click.echo(f"together    {_said(added(one.whole for one in found))}")


def _said(tally: Tally) -> str:
    return ", ".join(f"{name} {times}" for name, times in tally.items()) or "nothing"


def _facts(one: Difference) -> dict[str, object]:
    return {"agency": one.agency, "at": one.window, "stored": dict(one.stored), "told": dict(one.told)}


def _days(since: str, until: str) -> Sequence[str]:
    today = date.fromisoformat(local_day(services().clock.now()))
    try:
        first = date.fromisoformat(since) if since else today - timedelta(1)
        last = date.fromisoformat(until) if until else today
    except ValueError:
        raise click.UsageError("say a day as 2026-11-30") from None
    if not 0 <= (last - first).days < DAYS_MOST:
        raise click.UsageError(f"say a span of 1 to {DAYS_MOST} days")
    return [(first + timedelta(place)).isoformat() for place in range((last - first).days + 1)]
