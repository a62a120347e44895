"""`flask --app handlers.app officers reseal`: every second factor under today's session key, after it was turned.

For operators, before keys of before go (infra/KEYS.md). Exit code 1 when some officer's phone still needs one, or can't
be read by any: they enrol again. Nothing of anybody is printed."""

import json
from dataclasses import asdict

import click

from handlers.commands.officers import as_json_option, officers
from handlers.commands.telling import told
from handlers.commands.watching import Bar
from handlers.context import services


@officers.command("reseal")
@click.option("--dry-run", is_flag=True, help="Change nothing: say how many need a key of before.")
@as_json_option
def reseal(dry_run: bool, as_json: bool) -> None:
    """Seal second factors anew that were sealed with a key of before."""
    with told(), Bar("Officers") as bar:
        done = services().accounts.resealing.run(lambda place, of: bar.tell("Officers", place, of), dry_run)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{done.resealed} sealed anew, {done.needed} need a key of before, {done.as_they_are} as they are")
        click.echo(f"{done.unreadable} no key reads: reset-second-factor, or a recovery code of the officer's own")
    if done.needed or done.unreadable:
        raise SystemExit(1)
