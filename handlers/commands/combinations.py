"""`flask --app handlers.app scores combinations …`: bring an exam's set of combinations in as a file, or write it out.

For operators and scripts; the same rules as at the desk: every problem is named by its row and then nothing is changed.
Exit code 1 says that the file was refused."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from handlers.commands.naming import actor, agency_option, code_option, exam_option, json_option, named_exam
from handlers.commands.telling import told
from handlers.context import services, words
from miniapp.core.errors import Invalid
from miniapp.exam_scores.combination_files import FILE_MOST, ReadSet, keep_set, set_file

combinations = AppGroup("combinations", help="Admission combinations of an exam: import, export.")


@combinations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@agency_option
@exam_option
@click.option("--as", "login", default="", help="Login of the officer who imports; else the operator does.")
@code_option
@json_option
def import_set(file: Path, agency: str, slug: str, login: str, code_stdin: bool, as_json: bool) -> None:
    """Make the combinations of FILE (CSV or XLSX) the exam's own."""
    with told():
        exam = named_exam(agency, slug)
        by = actor(login, code_stdin, "exams.manage", exam)
        if file.stat().st_size > FILE_MOST:
            raise Invalid("file_too_large", most=FILE_MOST)
        read = keep_set(services().exam_office, exam, by, file.read_bytes())
    _tell(read, as_json)
    if read.problems:
        raise click.exceptions.Exit(1)


@combinations.command("export")
@agency_option
@exam_option
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output where none is named."
)
@json_option
def export_set(agency: str, slug: str, to: Path | None, as_json: bool) -> None:
    """Write the combinations in use as a CSV file that `import` takes."""
    with told():
        exam = named_exam(agency, slug)
    body = set_file(exam)
    if to is not None:
        to.write_bytes(body)
    if as_json:
        held = [
            {"code": item.code, "subjects": item.subjects, "language": item.language or None}
            for item in exam.chosen_combinations
        ]
        click.echo(json.dumps(held, ensure_ascii=False))
    elif to is None:
        click.echo(body, nl=False)


def _tell(read: ReadSet, as_json: bool) -> None:
    problems = [
        {
            "code": problem.code,
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "sentence": words().sentence("en", problem.code, problem.facts),
        }
        for problem in read.problems
    ]
    if as_json:
        facts = {"combinations": len(read.combinations), "other_years": read.others, "problems": problems}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in problems:
        click.echo(
            f"row {line['row']}, {line['column']} {line['value']!r}: {line['code']}: {line['sentence']}", err=True
        )
    if not problems:
        left = f", {read.others} of other years left out" if read.others else ""
        click.echo(f"{len(read.combinations)} combinations{left}")
