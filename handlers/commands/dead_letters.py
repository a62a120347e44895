"""`flask --app handlers.app dlq list|redrive|drop`: notes that failed five times, looked at, given back, or dropped.

For operators, after the cause is mended. What Lambda itself could not do (`uploads`, `schedules`) has no queue to go back
to: the bucket's files are looked at again by hand, the clock comes by itself; those are dropped. `--dry-run` changes nothing."""

import json
import sys
from collections.abc import Callable

import click
from flask.cli import AppGroup

from handlers.commands.telling import told
from handlers.context import services
from handlers.lambdas.workers import WORKERS
from miniapp.core.clock import iso
from miniapp.core.dead_letters import Dead

OF_LAMBDA = ("uploads", "schedules")
QUEUES = (*WORKERS, *OF_LAMBDA)
SHOWN = 20

dlq = AppGroup("dlq", help="Dead letters: notes that failed five times.")


@dlq.command("list")
@click.argument("queue", type=click.Choice(QUEUES), required=False)
@click.option(
    "--most", type=click.IntRange(1, 1000), default=SHOWN, show_default=True, help="How many of each to show."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def listed(queue: str | None, most: int, as_json: bool) -> None:
    """Say how many lie in each queue, since when, and what they are about. They stay."""
    held = services().dead_letters
    with told():
        found = {name: (held.count(name), held.look(name, most)) for name in ([queue] if queue else QUEUES)}
    if as_json:
        click.echo(
            json.dumps(
                {name: {"count": n, "notes": [_facts(one) for one in dead]} for name, (n, dead) in found.items()}
            )
        )
        return
    for name, (count, dead) in found.items():
        click.echo(f"{name:<18} {count}")
        for one in dead:
            click.echo(f"  {iso(one.sent_at)} {one.id} {' '.join(f'{k}={v}' for k, v in one.about.items())}")


@dlq.command("redrive")
@click.argument("queue", type=click.Choice(tuple(WORKERS)))
@click.option(
    "--most", type=click.IntRange(1), default=None, help="At most so many; without it all that lie there now."
)
@click.option("--dry-run", is_flag=True, help="Say what would be given back, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def redrive(queue: str, most: int | None, dry_run: bool, as_json: bool) -> None:
    """Give notes back to the queue they come from."""
    _move(queue, most, dry_run, as_json, "given back", services().dead_letters.redrive)


@dlq.command("drop")
@click.argument("queue", type=click.Choice(QUEUES))
@click.option(
    "--most", type=click.IntRange(1), default=None, help="At most so many; without it all that lie there now."
)
@click.option("--dry-run", is_flag=True, help="Say what would be dropped, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def drop(queue: str, most: int | None, dry_run: bool, as_json: bool) -> None:
    """Delete notes for good."""
    _move(queue, most, dry_run, as_json, "dropped", services().dead_letters.drop)


def _move(
    queue: str,
    most: int | None,
    dry_run: bool,
    as_json: bool,
    done: str,
    move: Callable[[str, int, Callable[[int], None]], int],
) -> None:
    """What lies there when it begins, and no more: a note that dies again meanwhile is left for the next time."""
    held = services().dead_letters
    with told():
        count = held.count(queue)
        most = count if most is None else min(most, count)
        if dry_run:
            seen = held.look(queue, most)
            moved = len(seen)
        else:
            seen = []
            with click.progressbar(length=max(most, 1), label=queue, file=sys.stderr) as bar:
                moved = move(queue, most, lambda _: bar.update(1))
    if as_json:
        click.echo(
            json.dumps({"queue": queue, "dry_run": dry_run, "notes": moved, "about": [_facts(one) for one in seen]})
        )
        return
    for one in seen:
        click.echo(f"  {iso(one.sent_at)} {one.id} {' '.join(f'{k}={v}' for k, v in one.about.items())}")
    click.echo(f"{queue}: {moved} {'would be ' if dry_run else ''}{done}")


def _facts(one: Dead) -> dict[str, object]:
    return {"id": one.id, "sent_at": iso(one.sent_at), **one.about}
