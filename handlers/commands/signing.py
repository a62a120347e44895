"""`flask --app handlers.app signing keys|make-key`: the keys that sign receipts and files, and another one.

For operators, and for whoever wants our public keys to check papers without network. A stage in an account turns its keys
by the deployment (infra/KEYS.md); `make-key` is for a machine of one's own. No private half is ever printed."""

import json
import os
import secrets
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from handlers.context import services
from miniapp.core.clock import VIETNAM
from miniapp.core.signing import SIZE, public_halves, with_new_key, without_old_secrets

signing = AppGroup("signing", help="Keys that sign receipts and files.")


@signing.command("keys")
@click.option("--json", "as_json", is_flag=True, help="The set as it is published, to be kept for `receipts verify`.")
def keys(as_json: bool) -> None:
    """Say which public keys there are and on which days each signs."""
    public, today = services().public_keys, services().clock.now().astimezone(VIETNAM).date()
    if as_json:
        click.echo(json.dumps(public.published()))
        return
    for key in public:
        until = f"until the day before {key.until}" if key.until else "with no end"
        click.echo(f"{key.id}  since {key.since} {until}{'  signs today' if key.signs_on(today) else ''}")
    if not list(public):
        click.echo("no key is set: nothing is signed")


@signing.command("make-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from", "begins", type=click.DateTime(["%Y-%m-%d"]), help="The day it begins to sign; without it today."
)
def make_key(file: Path, begins: datetime | None) -> None:
    """Write the setting `signing_keys` with another key to FILE, for its owner only."""
    today = services().clock.now().astimezone(VIETNAM).date()
    held = services().settings.signing_keys
    kept = without_old_secrets(held, today) if held else ""
    made = with_new_key(kept, secrets.token_bytes(SIZE), begins.date() if begins else today)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(made)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already") from None
    click.echo(f"{file}: the new value of MOTCUA_SIGNING_KEYS; the keys that it ends, end the day before")
    click.echo(f"For a process that checks and signs nothing: MOTCUA_SIGNING_KEYS_PUBLIC={public_halves(made)}")
