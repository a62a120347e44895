"""`flask --app handlers.app stuck list|heal`: what waits longer than a quarter of an hour, in every pipeline.

For operators. `heal` does at once what the clock does anyway: it begins anew what was lost. Exit code 1 while anything is
stuck, so that a watch can call it."""

import json

import click
from flask.cli import AppGroup

from handlers.commands.telling import told
from handlers.context import services
from miniapp.core.clock import iso
from miniapp.core.stuck import Stuck

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
            click.echo(f"{one.pipeline:<10} {one.agency:<24} {one.what} since {iso(one.since)}{tries}")
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
            "listings": int(held.listing.rewrite()),
            "tokens": held.tokens.refresh_due(),
        }
    if as_json:
        click.echo(json.dumps(begun))
    else:
        click.echo("\n".join(f"{name:<10} {count}" for name, count in begun.items()))


def _facts(one: Stuck) -> dict[str, object]:
    return {
        "pipeline": one.pipeline,
        "agency": one.agency,
        "what": one.what,
        "since": iso(one.since),
        "tries": one.tries,
    }
