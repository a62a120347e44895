"""`flask --app handlers.app procedures …`: take a file of procedures in, say what was found in it; write one.

For operators and scripts. The same file again changes nothing, nor does one that was written here. Exit code 1 says that
some record could not be kept."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
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
from handlers.procedure_sheets import as_csv, as_xlsx
from miniapp.accounts.access import Operator
from miniapp.core.ids import NATION
from miniapp.core.plain import to_plain
from miniapp.procedures.findings import Finding
from miniapp.procedures.importing import Read, read_file
from miniapp.procedures.model import Procedure
from miniapp.procedures.service import Taken

DAY = "%d/%m/%Y"

procedures = AppGroup("procedures", help="The catalogue of procedures: import a file, export one.")


def _as_json(made: Sequence[Procedure]) -> bytes:
    return (json.dumps(list(map(to_plain, made)), ensure_ascii=False, indent=1) + "\n").encode()


WRITERS: dict[str, Callable[[Sequence[Procedure]], bytes]] = {".xlsx": as_xlsx, ".csv": as_csv, ".json": _as_json}


@procedures.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", default="", help="Address of the agency whose own it is; without it, the national catalogue.")
@click.option("--from", "start", type=click.DateTime([DAY]), help="The day from which it holds, as 01/07/2026; today.")
@json_option
def import_file(file: Path, agency: str, start: datetime | None, as_json: bool) -> None:
    """Take FILE in: JSON of the national portal; our own form as XLSX, CSV or JSON. What is as it was stays."""
    with told(), Bar("importing", as_json) as bar:
        office = services().procedure_office
        layer = named_agency(agency).id if agency else NATION
        with file.open("rb") as body:
            read = read_file(body, lambda: office.names(layer), bar.tell)
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


@procedures.command("reindex")
@json_option
def reindex(as_json: bool) -> None:
    """Make anew what is searched in, from the catalogue that is out: after a release that changes the search or its words."""
    with told(), Bar("indexing", as_json) as bar:
        shown = services().procedure_office.show_all(bar.tell)
    nation = shown.get(NATION)
    facts = {"number": nation.number if nation else 0, "book": nation.book if nation else "", "layers": len(shown)}
    click.echo(json.dumps(facts) if as_json else "\n".join(f"{name:<11} {value}" for name, value in facts.items()))


@procedures.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--agency", default="", help="Address of the agency that shows them; without it, the national catalogue.")
@click.option("--own", is_flag=True, help="Only those of which the agency says something of its own.")
@click.option("--empty", is_flag=True, help="The form without any procedure, to be filled in.")
@json_option
def export_file(file: Path, agency: str, own: bool, empty: bool, as_json: bool) -> None:
    """Write procedures to FILE in our own form; its ending says whether as .xlsx, .csv or .json."""
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise click.BadParameter(f"{file.name} ends neither in {' nor in '.join(WRITERS)}", param_hint="FILE")
    with told():
        layer = named_agency(agency).id if agency else NATION
        shown = [] if empty else services().catalogue.every(layer)
        made = [one.procedure for one in shown if not own or layer in one.sources.values()]
    file.write_bytes(write(made))
    facts = {"file": str(file), "procedures": len(made)}
    click.echo(json.dumps(facts) if as_json else f"{figure(len(made))} procedures in {file}")


def _tell(read: Read, taken: Taken, as_json: bool) -> None:
    facts: dict[str, Any] = {
        "shape": read.shape,
        "records": read.records,
        "refused": read.refused,
        "added": len(taken.added),
        "changed": len(taken.changed),
        "unchanged": len(read.procedures) - len(taken.added) - len(taken.changed),
        "book": taken.book,
    }
    if as_json:
        click.echo(json.dumps({**facts, "problems": [asdict(one) for one in read.findings]}, ensure_ascii=False))
    else:
        for name, value in facts.items():
            click.echo(f"{name:<11} {figure(value) if isinstance(value, int) else value}")
        for one, rows in _kinds(read.findings):
            place = f"{one.sheet}!{one.row}: " if one.sheet else ""
            said = f"{one.code}: {place}{one.record}, {one.field} {one.example!r}"
            click.echo(f"{one.severity:<8} {figure(rows):>6}  {said}")
    if read.refused:
        raise click.exceptions.Exit(1)


def _kinds(findings: tuple[Finding, ...]) -> list[tuple[Finding, int]]:
    """The first finding of each kind, and how many records have it; errors first."""
    records = Counter(code for code, *_ in {(one.code, one.sheet, one.row) for one in findings})
    firsts = {one.code: one for one in reversed(findings)}
    return sorted(
        ((one, records[code]) for code, one in firsts.items()), key=lambda pair: (pair[0].severity, pair[0].code)
    )
