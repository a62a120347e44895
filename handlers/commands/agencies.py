"""`flask --app handlers.app agencies …`: load the tree, list and show; what changes an agency is in `agency_changes`.

For operators and `make run`. Loading changes no agency that exists: officers do that at their desk."""

import json
from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from handlers import context
from handlers.commands.agency_changes import COMMANDS
from miniapp.agencies.model import Agency
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import NotFound


@click.group("agencies")
def agencies() -> None:
    """Agencies: the tree and its directory."""


for _command in COMMANDS:
    agencies.add_command(_command)


@agencies.command("seed")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON, without a progress bar.")
@with_appcontext
def seed(as_json: bool) -> None:
    """Load what is missing of the tree of agencies, the demo province first. Run again, it goes on where it stopped."""
    from infra.seed import load  # operators' machines have it, the package for Lambda has not

    store, files = AgencyStore(), context.services().files
    if as_json:
        added = load.load(store, files, lambda done, total: None)
        click.echo(json.dumps({"added": added}))
        return
    with click.progressbar(length=1, label="agencies", show_pos=True) as bar:

        def report(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        added = load.load(store, files, report)
    click.echo(f"{added} added")


@agencies.command("list")
@click.option("--under", default="", help="Id or address of the agency above; without it, the top of the tree.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@with_appcontext
def list_below(under: str, as_json: bool) -> None:
    """List the agencies right below one."""
    services = context.services().agencies
    parent = services.at(under).id if under else ""
    found: list[dict[str, Any]] = []
    cursor, more = "", True
    while more:
        page = services.page(parent, cursor)
        found += [asdict(child) for child in page.children]
        cursor = page.cursor
        more = bool(cursor)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found:
        click.echo(f"{row['kind']:<11} {row['address']:<48} {row['name']}")


@agencies.command("show")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@with_appcontext
def show(address: str, as_json: bool) -> None:
    """Show one agency, by its id or any address it has had."""
    try:
        facts = _facts(context.services().agencies.at(address))
    except NotFound:
        raise click.ClickException(f"no agency at {address}") from None
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        if value:
            click.echo(f"{name:<11} {', '.join(value) if isinstance(value, list) else value}")


def _facts(agency: Agency) -> dict[str, Any]:
    return {**asdict(agency), "services": sorted(agency.services), "successors": list(agency.successors)}
