"""`flask --app handlers.app stuck list|heal|again|drop`: what waits longer than it should, in every pipeline.

For operators. `heal` does at once what the clock does anyway: it begins anew what was lost. A message that failed is begun
by nobody, for it may have arrived or be too old to be true: `again` sends those anew, `drop` tells no more of them. Exit
code 1 while anything is stuck, so that a watch can call it."""

import json
from collections.abc import Callable

import click
from flask.cli import AppGroup

from handlers.commands.telling import agency_id, told
from handlers.context import services
from miniapp.core.clock import iso
from miniapp.core.stuck import Stuck

MOST = 1000

stuck = AppGroup("stuck", help="What waits longer than it should.")


@stuck.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of lines.")
def listed(as_json: bool) -> None:
    """Say what waits, since when, and how often it was begun."""
    with told():
        found = [one for each in services().stuck().values() for one in each]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found]))
    else:
        for one in found:
            tries = f" ({one.tries} tries)" if one.tries else ""
            click.echo(f"{one.pipeline:<15} {one.agency:<24} {one.what} since {iso(one.since)}{tries}")
        if not found:
            click.echo("nothing is stuck")
    if found:
        raise SystemExit(1)


@stuck.command("heal")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def heal(as_json: bool) -> None:
    """Begin anew what was lost, in every pipeline."""
    held = services()
    with told():
        begun = {
            "imports": held.exam_office.resume_all(at_once=True),
            "rounds": held.rounds.begin_due(),
            "messages": held.outbox.sweep(),
            "crests": held.crests.wake(),
            "batches": held.batches.wake(),
            "listings": int(held.listing.rewrite()),
            "tokens": held.tokens.refresh_due(),
            "erasing": len(held.erasing.run()),
            "ratings": held.rolling_up.run(),
            "dossier_imports": held.sheet_imports.resume_all(),
            "exports": held.export_writing.resume_all(),
        }
    if as_json:
        click.echo(json.dumps(begun))
    else:
        click.echo("\n".join(f"{name:<15} {count}" for name, count in begun.items()))


@stuck.command("again")
@click.option("--agency", default="", help="Of this agency alone.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, help="At most so many.")
@click.option("--dry-run", is_flag=True, help="Say how many, and change nothing.")
def again(agency: str, most: int, dry_run: bool) -> None:
    """Send messages anew that failed in the last days."""
    _failed(agency, most, dry_run, "begun again", services().outbox.again)


@stuck.command("drop")
@click.option("--agency", default="", help="Of this agency alone.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, help="At most so many.")
@click.option("--dry-run", is_flag=True, help="Say how many, and change nothing.")
def drop(agency: str, most: int, dry_run: bool) -> None:
    """Tell no more of messages that failed in the last days."""
    _failed(agency, most, dry_run, "dropped", services().outbox.drop)


def _failed(agency: str, most: int, dry_run: bool, done: str, act: Callable[[str, int], int]) -> None:
    with told():
        wanted = agency_id(agency) if agency else ""
        count = len(services().outbox.unsent(wanted, most)) if dry_run else act(wanted, most)
    click.echo(f"unsent: {count} {'would be ' if dry_run else ''}{done}")


def _facts(one: Stuck) -> dict[str, object]:
    return {
        "pipeline": one.pipeline,
        "agency": one.agency,
        "what": one.what,
        "since": iso(one.since),
        "tries": one.tries,
    }
