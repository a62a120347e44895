"""`flask --app handlers.app scores …`: import a file, look at what was found, approve, take back, list.

For operators and scripts; what the console does, with the same rules. Whoever acts `--as` an officer types that
officer's code, at a prompt or on standard input, never as an argument, which every process of the machine could read.
Exit code 1 says that something was refused, or that an edition has errors."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from handlers.commands.telling import told
from handlers.commands.watching import Bar, checked
from handlers.context import services, words
from handlers.formats import LOCAL, figure, moment
from miniapp.accounts.access import Actor, Operator, Permission, require
from miniapp.agencies.model import Agency
from miniapp.core.clock import iso
from miniapp.core.errors import Conflict, NotFound
from miniapp.exam_scores.model import Edition, Exam, Reason
from miniapp.exam_scores.reporting import Standing

scores = AppGroup("scores", help="Exam scores: import, check, approve, withdraw, list.")

MOMENT = "%d/%m/%Y %H:%M"
agency_option = click.option("--agency", required=True, help="Address of the agency.")
exam_option = click.option("--exam", "slug", required=True, help="The exam's name in addresses.")
edition_option = click.option("--edition", default="", help="Id of the edition; the newest where none is named.")
as_option = click.option("--as", "login", required=True, help="Login of the officer who decides.")
code_option = click.option("--code-stdin", is_flag=True, help="Read the officer's code from standard input.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object, no progress bar.")


@scores.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@agency_option
@exam_option
@click.option("--edition", default="", help="Add the file to this edition; else a new one is begun.")
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), default="release", show_default=True)
@click.option("--decision", default="", help="Number of the decision, for anything but a first release.")
@click.option("--partial", is_flag=True, help="The file holds changed rows only.")
@click.option("--pad", is_flag=True, help="Put back zeros lost at the start of candidate numbers.")
@click.option("--minus-one", type=click.Choice(["absent", "not_taken"]), default="absent", show_default=True)
@click.option("--as", "login", default="", help="Login of the officer who uploads; else the operator does.")
@code_option
@json_option
def import_file(
    file: Path,
    agency: str,
    slug: str,
    edition: str,
    reason: str,
    decision: str,
    partial: bool,
    pad: bool,
    minus_one: str,
    login: str,
    code_stdin: bool,
    as_json: bool,
) -> None:
    """Upload FILE and bring its edition to `checked`, in this process; say what was found."""
    with told():
        office = services().exam_office
        exam = _exam(agency, slug)
        by = _actor(login, code_stdin, "scores.upload" if reason == "release" else "scores.correct", exam)
        if edition:
            held = office.edition(exam, edition)
        else:
            held = office.begin(exam, by, Reason(reason), decision, partial)
        with file.open("rb") as body:
            file_id = office.put_file(exam, held, body, file.stat().st_size)
        office.take_file(exam, held.id, file_id, file.name, by, pad, minus_one)
        _tell_found(exam, checked(services(), exam, held.id, as_json), as_json)


@scores.command("check")
@agency_option
@exam_option
@edition_option
@json_option
def check(agency: str, slug: str, edition: str, as_json: bool) -> None:
    """Say what was found in an edition; one whose import stands still is brought to its end here."""
    with told():
        exam = _exam(agency, slug)
        _tell_found(exam, checked(services(), exam, _edition(exam, edition).id, as_json), as_json)


@scores.command("approve")
@agency_option
@exam_option
@edition_option
@as_option
@click.option("--at", type=click.DateTime([MOMENT]), help="As 16/07/2026 08:00, Vietnam time; at once without.")
@code_option
@json_option
def approve(
    agency: str, slug: str, edition: str, login: str, at: datetime | None, code_stdin: bool, as_json: bool
) -> None:
    """Let an edition be read, from an hour or at once. Who uploaded it is refused."""
    with told():
        exam = _exam(agency, slug)
        held = _edition(exam, edition)
        at = at.replace(tzinfo=LOCAL) if at else None
        when = moment(at) if at else "at once"
        click.echo(f"{figure(held.candidates)} candidates of {exam.title_en or exam.slug}: {when}", err=True)
        by = _actor(login, code_stdin, "scores.approve", exam)
        noted = False
        with Bar("verifying", as_json) as bar:
            try:
                services().exam_office.approve(exam, held.id, by, at, lambda done, total: bar.tell("", done, total))
            except Conflict as conflict:
                if conflict.code != "needs_second_approver" or by in held.seconds:
                    raise
                noted = True
        _tell_decided(exam, services().exam_office.edition(exam, held.id), as_json, noted)


@scores.command("withdraw")
@agency_option
@exam_option
@as_option
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@code_option
@json_option
def withdraw(agency: str, slug: str, login: str, reason: str, code_stdin: bool, as_json: bool) -> None:
    """Take back what is out and what was to come."""
    with told():
        exam = _exam(agency, slug)
        now = services().clock.now()
        pointer = exam.pointer(now) or exam.coming(now)
        by = _actor(login, code_stdin, "scores.withdraw", exam)
        services().exam_office.withdraw(exam, by, reason)
        edition = pointer.edition if pointer else ""
        _tell_decided(exam, services().exam_office.edition(exam, edition), as_json, False)


@scores.command("exams")
@agency_option
@json_option
def exams(agency: str, as_json: bool) -> None:
    """The agency's exams with their editions."""
    with told():
        found = [_exam_facts(exam) for exam in services().exam_office.exams(_agency(agency).id)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for exam in found:
        click.echo(f"{exam['exam']}  {exam['year']}  {exam['title']}")
        for edition in exam["editions"]:
            click.echo(f"  {edition['edition']}  {edition['standing']:<11} {figure(edition['candidates']):>11}")


def _agency(address: str) -> Agency:
    found = services().agencies.find(address)
    if found is None:
        raise NotFound("agency_unknown")
    return found


def _exam(agency: str, slug: str) -> Exam:
    return services().exam_office.exam(_agency(agency).id, slug)


def _edition(exam: Exam, edition: str) -> Edition:
    """The edition that was named, or the newest."""
    if edition:
        return services().exam_office.edition(exam, edition)
    found = services().exam_office.editions(exam)
    if not found:
        raise NotFound("edition_unknown")
    return found[0]


def _actor(login: str, code_stdin: bool, permission: Permission, exam: Exam) -> str:
    """Who acts: an officer who proves it and may, or the operator of this machine where nobody is named."""
    if not login:
        return Operator().id
    if code_stdin:
        code = sys.stdin.readline().strip()
    else:
        code = click.prompt(f"Code of {login}", hide_input=True, err=True)
    standing: Actor = services().accounts.sign_in.prove(login, code)
    require(standing, permission, exam.agency)
    return standing.id


def _standing(exam: Exam, edition: Edition) -> Standing:
    reports = services().exam_reports
    return reports.standing(exam, edition, reports.work(exam, edition))


def _edition_facts(exam: Exam, edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition.id,
        "standing": _standing(exam, edition).value,
        "reason": edition.reason.value,
        "candidates": edition.candidates,
        "added": edition.added,
        "removed": edition.removed,
        "changed": edition.changed,
        "errors": edition.errors,
        "warnings": sum(item.warnings for item in edition.files),
        "release_at": iso(edition.release_at) if edition.release_at else None,
    }


def _exam_facts(exam: Exam) -> dict[str, Any]:
    editions = services().exam_office.editions(exam)
    return {
        "exam": exam.slug,
        "title": exam.title,
        "year": exam.year,
        "policy": exam.policy.value,
        "editions": [_edition_facts(exam, edition) for edition in editions],
    }


def _tell_found(exam: Exam, edition: Edition, as_json: bool) -> None:
    """What the import found; exit code 1 when it can't be approved."""
    reports = services().exam_reports
    preview = reports.preview(exam, edition)
    missing = list(preview.prefixes.missing) if preview else []
    problems = [
        {
            "code": kind.code,
            "severity": kind.severity,
            "count": kind.count,
            "file": kind.file,
            "row": kind.first.row,
            "column": kind.first.column,
            "value": kind.first.value,
            "sentence": words().sentence("en", kind.code, kind.facts),
        }
        for kind in reports.problems(edition)
    ]
    facts = {**_edition_facts(exam, edition), "missing_prefixes": missing, "problems": problems}
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        _tell_lines(facts)
    if facts["standing"] in (Standing.FAULTY.value, Standing.EMPTY.value):
        raise click.exceptions.Exit(1)


def _tell_lines(facts: dict[str, Any]) -> None:
    for name in ("edition", "standing", "candidates", "added", "removed", "changed", "errors", "warnings"):
        value = facts[name]
        click.echo(f"{name:<11} {figure(value) if isinstance(value, int) else value}")
    if facts["missing_prefixes"]:
        click.echo(f"missing     {' '.join(facts['missing_prefixes'])}")
    for kind in facts["problems"]:
        place = f" (row {figure(kind['row'])}, {kind['column']} {kind['value']!r})" if kind["column"] else ""
        click.echo(f"{kind['severity']:<8} {figure(kind['count']):>9}  {kind['code']}: {kind['sentence']}{place}")


def _tell_decided(exam: Exam, edition: Edition, as_json: bool, noted: bool) -> None:
    now = services().exam_office.exam(exam.agency, exam.slug)
    facts = _edition_facts(now, edition)
    if as_json:
        click.echo(json.dumps({**facts, "needs_second_approver": noted}, ensure_ascii=False))
        return
    if noted:
        click.echo("noted; a second approver is needed before these results are out again")
        return
    at = f", {moment(edition.release_at)}" if edition.release_at and facts["standing"] != "withdrawn" else ""
    click.echo(f"{facts['standing']}: {figure(edition.candidates)} candidates{at}")
