"""`python -m infra.deploy plan|up|smoke|rollback|turn|close|open --stage STAGE`: one stage, in one account or on the local
engine.

plan shows what would change; up does it after a typed yes, asks the smoke set and goes back when that fails; smoke asks
only; rollback returns to the versions before; turn SECRET makes a new secret and versions that know it (infra/KEYS.md);
close answers everybody with a page that says so until open. Exit codes: 0 done, 1 the stage doesn't serve as it should or
AWS refused, 2 asked wrongly or not confirmed, 3 somebody else is deploying."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import wanted
from infra.deploy.functions import FunctionFailed
from infra.deploy.lease import Lease, Taken
from infra.deploy.place import place
from infra.deploy.stacks import StackFailed
from infra.deploy.steps import Deployment, SmokeFailed
from infra.deploy.turning import SAID, Turning
from infra.packaging import building
from infra.packaging.targets import find

DONE, FAILED, ASKED_WRONGLY, BUSY = 0, 1, 2, 3


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"  {text}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked."""
    given = _parsed(arguments)
    try:
        stage = wanted.stage(given.stage, given.stages)
    except wanted.UnknownStage as unknown:
        print(f"  {unknown}", file=sys.stderr)
        return ASKED_WRONGLY
    at = place(given.endpoint)
    deployment = Deployment(at, stage, wanted.functions(stage.name, given.settings), say)
    try:
        return _done(given, deployment)
    except Taken as taken:
        print(f"  {taken}", file=sys.stderr)
        return BUSY
    except (SmokeFailed, StackFailed, FunctionFailed, ClientError, BotoCoreError) as failure:
        print(f"  FAILED: {failure}", file=sys.stderr)
        return FAILED


def _done(given: argparse.Namespace, deployment: Deployment) -> int:
    if given.do == "smoke":
        return FAILED if deployment.smoke().wrong else DONE
    if given.do == "rollback":
        return _back(given, deployment)
    if given.do == "turn":
        return _turned(given, deployment)
    if given.do in ("close", "open"):
        return _shut(given, deployment)
    zip_file = _package(given, deployment)
    plan = deployment.plan(zip_file)
    for line in plan.lines():
        say(line)
    if given.do == "plan":
        return DONE
    if not _sure(given):
        return ASKED_WRONGLY
    with _alone(deployment):
        deployment.up(zip_file)
    say(f"Done: https://{deployment.site()}")
    return DONE


def _back(given: argparse.Namespace, deployment: Deployment) -> int:
    if not _sure(given):
        return ASKED_WRONGLY
    with _alone(deployment):
        if not deployment.back():
            print("  There are no earlier versions to return to.", file=sys.stderr)
            return FAILED
    return FAILED if deployment.smoke().wrong else DONE


def _turned(given: argparse.Namespace, deployment: Deployment) -> int:
    turning = Turning(deployment)
    for line in turning.lines(given.secret):
        say(line)
    if not _sure(given):
        return ASKED_WRONGLY
    with _alone(deployment):
        turning.turn(given.secret)
    say(f"Done: {given.secret} is turned")
    return DONE


def _shut(given: argparse.Namespace, deployment: Deployment) -> int:
    closes = given.do == "close"
    say(f"{deployment.site()} {'answers everybody that it is closed' if closes else 'answers again'}")
    if not _sure(given):
        return ASKED_WRONGLY
    with _alone(deployment):
        deployment.shut(closes)
    return FAILED if deployment.smoke().wrong else DONE


def _alone(deployment: Deployment) -> Lease:
    deployment.keeping.make()
    lease = Lease(deployment.keeping.s3, deployment.keeping.bucket, deployment.stage.name)
    deployment.pulse = lease.keep
    return lease


def _package(given: argparse.Namespace, deployment: Deployment) -> Path:
    """The zip, and the Python that it is for."""
    if given.zip:
        return Path(given.zip)
    target = find()
    made = building.package(target, say)
    told = [replace(each, config={**each.config, "Runtime": target.runtime}) for each in deployment.told]
    if told != deployment.told:
        say(f"NOTE: packed and to be deployed for {target.runtime}; the wished Python does not run here.")
        deployment.told = told
    return made.path


def _sure(given: argparse.Namespace) -> bool:
    if given.yes:
        return True
    try:
        answer = input(f"  Type yes to go on with {given.stage}: ")
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        print("  Nothing was done.", file=sys.stderr)
    return answer.strip() == "yes"


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    asked.add_argument("do", choices=("plan", "up", "smoke", "rollback", "turn", "close", "open"))
    asked.add_argument("secret", nargs="?", choices=tuple(SAID), help="which secret to turn")
    asked.add_argument("--stage", required=True)
    asked.add_argument("--endpoint", default="", help="a local engine's address, for a rehearsal; empty: the account")
    asked.add_argument("--yes", action="store_true", help="don't ask")
    asked.add_argument("--zip", type=Path, help="this zip instead of one packed now")
    asked.add_argument("--stages", type=Path, default=wanted.STAGES, help=argparse.SUPPRESS)
    asked.add_argument("--settings", type=Path, default=wanted.SETTINGS, help=argparse.SUPPRESS)
    given = asked.parse_args(arguments)
    if (given.do == "turn") != bool(given.secret):
        asked.error("turn, and nothing else, asks which secret")
    return given


if __name__ == "__main__":
    raise SystemExit(main())
