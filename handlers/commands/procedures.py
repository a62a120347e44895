"""`flask --app handlers.app procedures …`: take a file of procedures in, and say what was found in it.

For operators and scripts. The same file again changes nothing. Exit code 1 says that some record could not be kept."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from handlers.commands.naming import json_option, named_agency
from handlers.commands.telling import told
from handlers.commands.watching import Bar
from handlers.context import services
from handlers.formats import figure
from miniapp.accounts.access import Operator
from miniapp.procedures.findings import Finding, Severity
from miniapp.procedures.importing import Read, read_file
from miniapp.procedures.service import Taken
from miniapp.procedures.store import NATION

DAY = "%d/%m/%Y"

procedures = AppGroup("procedures", help="The catalogue of procedures: import a file.")


@procedures.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", default="", help="Address of the agency whose own it is; without it, the national catalogue.")
@click.option("--from", "start", type=click.DateTime([DAY]), help="The day from which it holds, as 01/07/2026; today.")
@json_option
def import_file(file: Path, agency: str, start: datetime | None, as_json: bool) -> None:
    """Take FILE in: records of the national portal, or of our own form. What is as it was stays."""
    with told(), Bar("importing", as_json) as bar:
        office = services().procedure_office
        layer = named_agency(agency).id if agency else NATION
        with file.open("rb") as body:
            read = read_file(body, office.names, bar.tell)
        taken = office.take(
            layer,
            read.procedures,
            by=Operator().id,
            source=f"{read.shape} {file.name}"[:200],
            effective=start.date().isoformat() if start else "",
            told=read.told,
            only_new=read.is_older,
            tell=bar.tell,
        )
    _tell(read, taken, as_json)


def _tell(read: Read, taken: Taken, as_json: bool) -> None:
    refused = {one.row for one in read.findings if one.severity is Severity.ERROR}
    facts: dict[str, Any] = {
        "shape": read.shape,
        "records": read.records,
        "refused": len(refused),
        "added": len(taken.added),
        "changed": len(taken.changed),
        "unchanged": read.records - len(refused) - len(taken.added) - len(taken.changed),
        "book": taken.book,
    }
    if as_json:
        click.echo(json.dumps({**facts, "problems": [asdict(one) for one in read.findings]}, ensure_ascii=False))
    else:
        for name, value in facts.items():
            click.echo(f"{name:<11} {figure(value) if isinstance(value, int) else value}")
        for one, rows in _kinds(read.findings):
            click.echo(f"{one.severity:<8} {figure(rows):>6}  {one.code}: {one.record}, {one.field} {one.example!r}")
    if refused:
        raise click.exceptions.Exit(1)


def _kinds(findings: tuple[Finding, ...]) -> list[tuple[Finding, int]]:
    """The first finding of each kind, and how many records have it; errors first."""
    records = Counter(code for code, _ in {(one.code, one.row) for one in findings})
    firsts = {one.code: one for one in reversed(findings)}
    return sorted(
        ((one, records[code]) for code, one in firsts.items()), key=lambda pair: (pair[0].severity, pair[0].code)
    )
