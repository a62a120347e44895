"""`flask --app handlers.app scores …`: import a file, look at what was found, approve, move, take back, erase, list.

For operators and scripts; what the console and the schedule do, with the same rules. Exit code 1 says that something
was refused, or that an edition has errors."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from handlers.commands.combinations import combinations
from handlers.commands.naming import (
    MOMENT,
    actor,
    agency_option,
    as_option,
    code_option,
    edition_option,
    exam_option,
    json_option,
    named_agency,
    named_edition,
    named_exam,
)
from handlers.commands.telling import told
from handlers.commands.watching import Bar, checked
from handlers.context import services, words
from handlers.formats import LOCAL, figure, moment
from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.exam_scores.model import Edition, Exam, Reason
from miniapp.exam_scores.reporting import Standing

scores = AppGroup("scores", help="Exam scores: import, check, approve, move, withdraw, combinations, erase, list.")
scores.add_command(combinations)


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
        exam = named_exam(agency, slug)
        by = actor(login, code_stdin, "scores.upload" if reason == "release" else "scores.correct", exam)
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
        exam = named_exam(agency, slug)
        _tell_found(exam, checked(services(), exam, named_edition(exam, edition).id, as_json), as_json)


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
        exam = named_exam(agency, slug)
        held = named_edition(exam, edition)
        at = at.replace(tzinfo=LOCAL) if at else None
        when = moment(at) if at else "at once"
        click.echo(f"{figure(held.candidates)} candidates of {exam.title_en or exam.slug}: {when}", err=True)
        by = actor(login, code_stdin, "scores.approve", exam)
        noted = False
        with Bar("verifying", as_json) as bar:
            try:
                services().exam_office.approve(exam, held.id, by, at, lambda done, total: bar.tell("", done, total))
            except Conflict as conflict:
                if conflict.code != "needs_second_approver" or by in held.seconds:
                    raise
                noted = True
        _tell_decided(exam, services().exam_office.edition(exam, held.id), as_json, noted)


@scores.command("move")
@agency_option
@exam_option
@click.option("--to", required=True, type=click.DateTime([MOMENT]), help="As 16/07/2026 08:00, Vietnam time.")
@as_option
@code_option
@json_option
def move(agency: str, slug: str, to: datetime, login: str, code_stdin: bool, as_json: bool) -> None:
    """Another hour for the edition that waits for its hour; refused in its last 60 seconds."""
    with told():
        exam = named_exam(agency, slug)
        coming = exam.coming(services().clock.now())
        if coming is None:
            raise Conflict("nothing_to_move")
        at = to.replace(tzinfo=LOCAL)
        click.echo(f"{exam.title_en or exam.slug}: {moment(coming.release_at)} -> {moment(at)}", err=True)
        by = actor(login, code_stdin, "scores.schedule", exam)
        services().exam_office.move_release(exam, at, by)
        _tell_decided(exam, services().exam_office.edition(exam, coming.edition), as_json, False)


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
        exam = named_exam(agency, slug)
        now = services().clock.now()
        pointer = exam.pointer(now) or exam.coming(now)
        by = actor(login, code_stdin, "scores.withdraw", exam)
        services().exam_office.withdraw(exam, by, reason)
        edition = pointer.edition if pointer else ""
        _tell_decided(exam, services().exam_office.edition(exam, edition), as_json, False)


@scores.command("erase")
@json_option
def erase(as_json: bool) -> None:
    """Erase what look-ups needed, where its days after the release are over; what the nightly schedule does."""
    with told():
        reports = services().erasing.run()
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], ensure_ascii=False))
        return
    for report in reports:
        later = f", {figure(report.waiting)} builds still being read: run again later" if report.waiting else ""
        gone = f"{figure(report.hashes)} hashes and {figure(report.registrations)} registrations erased"
        click.echo(f"{report.exam}: {gone}{later}")
    if not reports:
        click.echo("nothing is due")


@scores.command("exams")
@agency_option
@json_option
def exams(agency: str, as_json: bool) -> None:
    """The agency's exams with their editions."""
    with told():
        found = [_exam_facts(exam) for exam in services().exam_office.exams(named_agency(agency).id)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for exam in found:
        click.echo(f"{exam['exam']}  {exam['year']}  {exam['title']}")
        for edition in exam["editions"]:
            click.echo(f"  {edition['edition']}  {edition['standing']:<11} {figure(edition['candidates']):>11}")


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
        _tell_lines(facts, preview.prefixes.names if preview else {})
    if facts["standing"] in (Standing.FAULTY.value, Standing.EMPTY.value):
        raise click.exceptions.Exit(1)


def _tell_lines(facts: dict[str, Any], names: Mapping[str, str]) -> None:
    for name in ("edition", "standing", "candidates", "added", "removed", "changed", "errors", "warnings"):
        value = facts[name]
        click.echo(f"{name:<11} {figure(value) if isinstance(value, int) else value}")
    if facts["missing_prefixes"]:
        missing = [f"{code} {names.get(code, '')}".rstrip() for code in facts["missing_prefixes"]]
        click.echo(f"missing     {', '.join(missing)}")
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
