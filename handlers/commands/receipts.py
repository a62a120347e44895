"""`flask --app handlers.app receipts verify`: is this receipt ours? It asks no network and no store.

For whoever is shown a paper. The text is that of its second QR code, or the lines printed below it. Keys come from a file
that holds what `/.well-known/jwks.json` says (`signing keys --json`), or from this process. Exit codes: 0 genuine, 1 false,
2 asked wrongly, 3 unknown key, 4 damaged, 5 signed on a day on which its key did not sign."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from handlers.context import services
from miniapp.core.clock import VIETNAM
from miniapp.core.signing import PublicKeys, Verdict
from miniapp.dossiers.receipts import MARK, Checked, Receipt, check

receipts = AppGroup("receipts", help="Receipts of dossiers.")

DAMAGED = 4
EXITS = {Verdict.GENUINE: 0, Verdict.FALSE: 1, Verdict.UNKNOWN_KEY: 3, Verdict.OTHER_TIME: 5}
SAID = {
    Verdict.GENUINE: "GENUINE: this was signed. What is so now may differ; ask the agency.",
    Verdict.FALSE: "FALSE: the signature is not of this text.",
    Verdict.UNKNOWN_KEY: "UNKNOWN KEY: nothing can be said; take the newest keys and try again.",
    Verdict.OTHER_TIME: "FALSE: the key did not sign on the day that stands in it.",
}
FILE_MOST = 100_000


@receipts.command("verify")
@click.argument("text")
@click.option("--keys", "keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Public keys.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def verify(text: str, keys: Path | None, as_json: bool) -> None:
    """Check TEXT: the text itself, a file that holds it, or - for standard input."""
    found = check(_given(text), known_keys(keys) if keys else services().public_keys)
    if as_json:
        told = {"verdict": found.verdict.value if found.verdict else "damaged", "key": found.key}
        click.echo(json.dumps(told | {"signed": dict(_facts(found.receipt)) if found.receipt else None}))
    else:
        _tell(found)
    raise SystemExit(EXITS[found.verdict] if found.verdict else DAMAGED)


def _tell(found: Checked) -> None:
    click.echo(SAID[found.verdict] if found.verdict else "DAMAGED: letters are missing or wrong; read it again.")
    for name, fact in _facts(found.receipt) if found.receipt else ():
        click.echo(f"  {name:<10} {fact}")
    if found.key:
        click.echo(f"  {'key':<10} {found.key}")


def _facts(receipt: Receipt) -> list[tuple[str, str]]:
    """What was signed, as a program and a person can read it; times are local."""
    due = receipt.due.astimezone(VIETNAM).isoformat(timespec="minutes") if receipt.due else ""
    return [
        ("agency", receipt.agency),
        ("code", str(receipt.code)),
        ("procedure", receipt.procedure),
        ("received", receipt.received.astimezone(VIETNAM).isoformat(timespec="minutes")),
        ("due", due),
        ("version", str(receipt.version)),
        ("written", receipt.written.astimezone(VIETNAM).isoformat(timespec="minutes")),
    ]


def _given(text: str) -> str:
    if text == "-":
        return sys.stdin.read(FILE_MOST)
    if f"{MARK}/" in text.upper():
        return text
    try:
        return Path(text).read_text("utf-8", errors="replace")[:FILE_MOST]
    except OSError:
        raise click.UsageError(f"{text!r} is neither a receipt's text nor a file") from None


def known_keys(path: Path) -> PublicKeys:
    """The public keys of a file."""
    try:
        return PublicKeys.read(json.loads(path.read_bytes()))
    except ValueError:
        raise click.UsageError(f"{path} holds no public keys of ours") from None
