"""`flask --app handlers.app audit verify`: is the audit trail what it was when it was written?

For operators and nightly checks. The chain is also held against the heads in the audit bucket, which the application
can't take back: a trail cut at its end, or gone whole, is named as well. Exit code 1 when anything was tampered with;
every finding is a line. It mends nothing."""

import json
import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup

from handlers.commands.telling import agency_id, told
from handlers.context import services
from miniapp.audit.verify import Verdict

audit = AppGroup("audit", help="The audit trail.")


@audit.command("verify")
@click.option("--agency", default="", help="Address or id of one agency; without it every agency with a trail.")
@click.option("--day", default="", help="One day as 2026-07-16; without it every day.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def verify(agency: str, day: str, as_json: bool) -> None:
    """Follow every chain of hashes, compare it with the heads written down outside, name all that differs."""
    with told():
        anchors, audit_trail = services().anchors, services().audit
        agencies = [agency_id(agency)] if agency else sorted({*audit_trail.agencies(day), *anchors.agencies(day)})
        with click.progressbar(agencies, label="Verifying", file=sys.stderr) as bar:
            verdicts = [audit_trail.verify(each, day, anchors.of(each)) for each in bar]
    if as_json:
        _tell_as_json(verdicts)
    else:
        _tell(verdicts)
    if not all(verdict.is_clean for verdict in verdicts):
        raise SystemExit(1)


def _tell(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        counted = f"{verdict.days} days, {verdict.entries} entries"
        click.echo(f"{verdict.agency}: {'clean' if verdict.is_clean else 'TAMPERED WITH'} ({counted})")
        for finding in verdict.findings:
            where = f"entry {finding.place}" if finding.place else "the day as a whole"
            click.echo(f"  {finding.day} {finding.what}: {where}")
    if not verdicts:
        click.echo("no agency has a trail yet")


def _tell_as_json(verdicts: list[Verdict]) -> None:
    clean = all(verdict.is_clean for verdict in verdicts)
    click.echo(json.dumps({"clean": clean, "agencies": [asdict(verdict) for verdict in verdicts]}))
