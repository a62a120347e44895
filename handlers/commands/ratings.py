"""`flask --app handlers.app ratings recount`: what ballots add up to, proved against their rows.

For operators. Rows are the truth: those of a period are folded anew and every number that is stored differently is named.
It changes nothing unless `--mend` is given; the clock counts every marked day by itself. Exit code 1 while anything differs."""

import json
import re
from calendar import monthrange

import click
from flask.cli import AppGroup

from handlers.commands.telling import agency_id, told
from handlers.context import services
from miniapp.core.clock import local_day
from miniapp.ratings.counting import ZERO
from miniapp.ratings.rolled import By, months_of, year_of
from miniapp.ratings.rolling_up import Difference, days_between

PERIOD = re.compile(r"20\d\d(-Q[1-4]|-(0[1-9]|1[0-2]))?\Z", re.ASCII)
MONTH = 7  # letters of 2026-11, and of 2026-Q4

ratings = AppGroup("ratings", help="Ballots and what they add up to.")


@ratings.command("recount")
@click.option("--agency", required=True, help="The agency's address or id.")
@click.option("--of", "period", default="", help="2026, 2026-Q4 or 2026-11; without it, this year.")
@click.option("--mend", is_flag=True, help="Where something differs, count every day of it anew, then look again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def recount(agency: str, period: str, mend: bool, as_json: bool) -> None:
    """Fold the rows of a month, a quarter or a year and name every number that differs from what is stored."""
    period = period or year_of(local_day(services().clock.now()))
    days = _days(period)
    with told():
        id, held = agency_id(agency), services().rolling_up
        found = list(held.differences(id, days))
        if mend and found:
            for day in days:
                held.count(id, day)
            found = list(held.differences(id, days))
        whole = services().rating_counts.read(id, [period], By.WHOLE).get(id, ZERO)
    if as_json:
        facts = [_facts(one) for one in found]
        click.echo(json.dumps({"agency": id, "of": period, "counts": dict(whole.numbers), "differences": facts}))
    else:
        for one in found:
            click.echo(f"{one.period:<10} {one.by:<10} {one.key:<24} {dict(one.counts.numbers)}")
        click.echo(f"{period}: {whole.counted} counted, {whole.apart} set apart; differences: {len(found)}")
    if found:
        raise SystemExit(1)


def _days(period: str) -> list[str]:
    if not PERIOD.match(period):
        raise click.BadParameter("say 2026, 2026-Q4 or 2026-11", param_hint="--of")
    months = [period] if len(period) == MONTH and "Q" not in period else months_of(period)
    year, month = int(months[-1][:4]), int(months[-1][5:])
    return list(days_between(f"{months[0]}-01", f"{months[-1]}-{monthrange(year, month)[1]}"))


def _facts(one: Difference) -> dict[str, object]:
    return {"period": one.period, "by": one.by.value, "key": one.key, "stored_less_rows": dict(one.counts.numbers)}
