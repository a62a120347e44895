"""Instructions from a process's start to its first slip, and of one warm slip, counted by valgrind. For the Lambda benchmark.

What a counter of the processor would tell, where there is none (virtual machines): the same on a busy machine as on a
quiet one. No runtime client is in it: a driver of a few lines calls the entry once, and in a second run more often."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.load.function_stage import NOTHING, Contestant, Race

MORE = 25
SECONDS = 270  # for all of them together
DRIVER = """
import json, os, sys
sys.path.insert(0, os.getcwd())
from meter import handle
event, times = json.load(open(sys.argv[1])), int(sys.argv[2])
for _ in range(times):
    reply = handle(event, None)
    assert reply["statusCode"] == 200, reply
os._exit(0)
"""


@dataclass(frozen=True)
class Count:
    """Instructions."""

    start: float
    slip: float


def counted(race: Race, say: Callable[[str], None]) -> dict[str, Count]:
    """By contestant; empty, with a line that says so, where nothing can count."""
    tool = shutil.which("valgrind")
    if tool is None:
        say("NOTE: no valgrind here (Debian: apt-get install valgrind): instructions are not counted.")
        return {}
    say("counting instructions with valgrind (a minute or two) …")
    names = [name for name in race.contestants if name != NOTHING]
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(2) as pool:
        runs = {
            pool.submit(_count, tool, race.contestants[name], race.numbers[0], times, until): (name, times)
            for name in names
            for times in (1, 1 + MORE)
        }
        found: dict[tuple[str, int], int | None] = {}
        for run in as_completed(runs):
            found[runs[run]] = run.result()
            say(f"  {len(found)} of {len(runs)} counted")
    made = {}
    for name in names:
        once, often = found[name, 1], found[name, 1 + MORE]
        if once and often:
            made[name] = Count(once, (often - once) / MORE)
        else:
            say(f"NOTE: {name} was not counted in {SECONDS} s on this busy machine.")
    return made


def _count(tool: str, contestant: Contestant, number: str, times: int, until: float) -> int | None:
    event = contestant.task.parent / f"event-{times}.json"
    driver = contestant.task.parent / "driver.py"
    event.write_text(json.dumps(contestant.event(number)), "utf-8")
    driver.write_text(DRIVER, "utf-8")
    out = contestant.task.parent / f"count-{times}"
    handler = contestant.packed.handler
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",  # stands in for the folder that can't be written
        "PYTHONHASHSEED": "0",
        "AWS_REGION": "ap-southeast-1",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
        "AWS_LAMBDA_FUNCTION_NAME": contestant.name,
        "LAMBDA_TASK_ROOT": str(contestant.task),
        "AWS_SESSION_TOKEN": "",
        **contestant.environ,
        "METER_HANDLER": ":".join(handler.rsplit(".", 1)),
    }
    # -E and -I would hide PYTHONDONTWRITEBYTECODE; -B says it again.
    python = Path(contestant.target.python)
    command = [tool, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", f"--log-file={out}"]
    try:
        made = subprocess.run(
            [*command, str(python), "-B", "-s", str(driver), str(event), str(times)],
            cwd=contestant.task,
            env=environ,
            capture_output=True,
            timeout=max(1.0, until - time.monotonic()),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    told = re.search(r"I\s+refs:\s+([\d,]+)", out.read_text("utf-8", "replace")) if out.exists() else None
    return int(told[1].replace(",", "")) if told and made.returncode == 0 else None
