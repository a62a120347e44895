"""`flask --app handlers.app dossiers …`: take a file of the agency's own system in, or only say what it would do.

For operators and scripts; the same rules as at the desk. The same file again changes nothing. Exit code 1 says that some
row was refused."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from handlers.commands.naming import agency_option, json_option, named_agency
from handlers.commands.telling import told
from handlers.commands.watching import Bar
from handlers.context import services, words
from handlers.formats import figure
from miniapp.accounts.access import Operator
from miniapp.dossiers.bringing import Outcome
from miniapp.dossiers.sheet import Trouble

dossiers = AppGroup("dossiers", help="Dossiers: take a file of an agency's own system in.")


@dossiers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@agency_option
@click.option("--dry-run", is_flag=True, help="Only say what the file would do.")
@json_option
def import_file(file: Path, agency: str, dry_run: bool, as_json: bool) -> None:
    """Take FILE (CSV or XLSX) in, here and to its end."""
    with told():
        facts, troubles = _looked(file, agency) if dry_run else _taken(file, agency, as_json)
    if as_json:
        click.echo(json.dumps({**facts, "problems": [asdict(one) for one in troubles]}, ensure_ascii=False))
    else:
        for name, value in facts.items():
            click.echo(f"{name:<11} {figure(value) if isinstance(value, int) else value}")
        for one in troubles:
            click.echo(f"row {one.row:>6}  {one.column:<12} {words().sentence('en', one.code, one.facts)}")
    if facts["refused"]:
        raise click.exceptions.Exit(1)


def _looked(file: Path, agency: str) -> tuple[dict[str, Any], Sequence[Trouble]]:
    found = services().sheet_imports.look(named_agency(agency).id, file.read_bytes(), Operator().id)
    outcomes = {outcome.value: found.outcomes[outcome] for outcome in Outcome}
    return {"import": "", "rows": found.rows, **outcomes, "refused": found.refused}, found.troubles


def _taken(file: Path, agency: str, as_json: bool) -> tuple[dict[str, Any], Sequence[Trouble]]:
    imports, held = services().sheet_imports, named_agency(agency).id
    begun = imports.begin(held, file.read_bytes(), file.name, Operator().id)
    with Bar("importing", as_json) as bar:
        while begun.ended is None:  # the schedule may be at it, too: each row is one's or the other's
            begun = imports.work(held, begun.id, lambda: False)
            bar.tell("", begun.done, begun.rows)
    outcomes = {outcome.value: getattr(begun, outcome.value) for outcome in Outcome}
    facts = {"import": begun.id, "rows": begun.rows, **outcomes, "refused": begun.refused}
    return facts, imports.troubles(held, begun.id)
