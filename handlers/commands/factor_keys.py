"""`flask --app handlers.app scores keys`: which factor keys are needed, and by which exams, before one is taken away.

For operators. A hash of a birth date can't be made anew, so a key must stay in the settings while an edition made with it
is out or to come. Exit code 1 when a key that is needed is missing, or would be `--without` one. It changes nothing."""

import json

import click

from handlers.commands.scores import scores
from handlers.commands.telling import told
from handlers.context import services


@scores.command("keys")
@click.option("--without", default="", help="A version that is to go: would anything still need it?")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def keys(without: str, as_json: bool) -> None:
    """Say which exams need which factor key."""
    with told():
        needed = services().looking_up.keys_needed()
    held = [version for version in services().factor_keys.versions if version != without]
    missing = sorted(set(needed) - set(held))
    if as_json:
        click.echo(json.dumps({"held": held, "needed": needed, "missing": missing}))
    else:
        for version in dict.fromkeys([*held, *sorted(needed)]):
            state = "MISSING" if version in missing else "held"
            click.echo(f"{version:<10} {state:<8} {', '.join(needed.get(version, [])) or 'needed by nothing'}")
    if missing:
        raise SystemExit(1)
