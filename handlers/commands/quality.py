"""`flask --app handlers.app quality publish|verify|figures|recount`: public figures, and whether they are what was published.

`publish` does what the clock does, for one agency or all: once it is out, a period never changes. `verify` asks neither network nor
store: files lie in a folder, keys in a file that holds what `/.well-known/jwks.json` says. Exit codes of `verify`: 0 genuine,
1 not what was published, 2 asked wrongly, 3 unknown key. `recount` exits with 1 where a dossier is not what happened to it."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from handlers.commands.naming import agency_option, json_option, named_agency
from handlers.commands.receipts import known_keys
from handlers.commands.telling import told
from handlers.context import services
from miniapp.core.signing import Verdict
from miniapp.quality.files import check
from miniapp.quality.model import by_month

quality = AppGroup("quality", help="Public figures: publish a quarter, check what was published.")

EXITS = {Verdict.GENUINE: 0, Verdict.FALSE: 1, Verdict.UNKNOWN_KEY: 3, Verdict.OTHER_TIME: 1, None: 1}
SAID = {
    Verdict.GENUINE: "GENUINE: this was signed.",
    Verdict.FALSE: "FALSE: the signature is not of this manifest.",
    Verdict.UNKNOWN_KEY: "UNKNOWN KEY: nothing can be said; take the newest keys and try again.",
    Verdict.OTHER_TIME: "FALSE: the key did not sign on the day that stands in it.",
    None: "NOTHING TO CHECK: the manifest or its signature is missing or damaged.",
}


@quality.command("publish")
@click.option("--agency", default="", help="Address of the agency; all that have dossiers where none is named.")
@click.option("--period", default="", help="A quarter as 2026-Q3, or a year; what is due where none is named.")
def publish(agency: str, period: str) -> None:
    """Publish what is due and not out yet."""
    if period and not agency:
        raise click.UsageError("--period needs --agency")
    with told():
        if period:
            services().rolling_up.run()
            count = int(services().quality.publish(named_agency(agency).id, period))
        elif agency:
            count = services().quality.run([named_agency(agency).id], services().rolling_up.run)
        else:
            count = services().publish_quality()
    click.echo(f"{count} published")


@quality.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--keys", "keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Public keys.")
@json_option
def verify(folder: Path, keys: Path | None, as_json: bool) -> None:
    """Check the files of a period that lie in FOLDER, under the names that they were published by."""

    def find(name: str) -> bytes | None:
        path = folder / Path(name).name
        return path.read_bytes() if path.is_file() else None

    found = check(find, known_keys(keys) if keys else services().public_keys)
    if as_json:
        verdict = found.verdict.value if found.verdict else "nothing"
        click.echo(json.dumps({"verdict": verdict, "wrong": found.wrong, "good": found.is_good}))
    else:
        click.echo(SAID[found.verdict])
        for name, fact in (("agency", found.agency), ("period", found.period)):
            click.echo(f"  {name:<10} {fact}")
        for name in found.wrong:
            click.echo(f"  WRONG      {name} is missing or not what was published")
    code = EXITS[found.verdict]
    raise SystemExit(code if code or found.is_good else 1)


@quality.command("figures")
@agency_option
@click.option("--since", required=True, help="First day, as 2026-10-01.")
def figures(agency: str, since: str) -> None:
    """What an agency's dossiers add up to by month, procedure and post: not suppressed, for the agency's own eyes."""
    lines = services().quality_gathering.lines(named_agency(agency).id, since)
    for (month, procedure, unit), counts in sorted(by_month(lines).items()):
        if month >= since[:7]:
            said = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            click.echo(f"{month}  {procedure}  {unit}  {said}")


@quality.command("recount")
@agency_option
@click.option("--since", required=True, help="First day, as 2026-10-01.")
def recount(agency: str, since: str) -> None:
    """Compare every dossier that was open or ended since a day with what happened to it."""
    found = list(services().quality_gathering.differences(named_agency(agency).id, since))
    for one in found:
        click.echo(f"{one.line.code}: {one.line.outcome or 'open'} {one.line.ended}, told {one.told.outcome or 'open'}")
    click.echo(f"{len(found)} differences")
    if found:
        raise click.exceptions.Exit(1)
