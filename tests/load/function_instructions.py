"""Instructions from a process's start to its first slip, and of one warm slip, counted by valgrind. For the Lambda benchmark.

What a counter of the processor would tell, where there is none (virtual machines): the same on a busy machine as on a
quiet one. No runtime client is in it: a driver of a few lines calls the entry once, and in a second run more often. What a
bar speaks of is counted first: the starts of ours and of stock Zappa's; what the time doesn't suffice for is left out."""

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

from tests.load.function_stage import NOTHING, OURS, STOCK, Contestant, Race

ONCE, OFTEN = 1, 26
SECONDS = 600  # for all of them together
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
    """Instructions; of a warm slip only when there was time for it."""

    start: float
    slip: float | None


def counted(race: Race, say: Callable[[str], None]) -> dict[str, Count]:
    """By contestant, as far as the time went; a line says who is left out, or that nothing can count here."""
    tool = shutil.which("valgrind")
    if tool is None:
        say("NOTE: no valgrind here (Debian: apt-get install valgrind): instructions are not counted.")
        return {}
    say("counting instructions with valgrind (minutes) …")
    order = in_order([name for name in race.contestants if name != NOTHING])
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(2) as pool:
        runs = {
            pool.submit(_count, tool, race.contestants[name], race.numbers[0], times, until): (name, times)
            for name, times in order
        }
        found: dict[tuple[str, int], int | None] = {}
        for run in as_completed(runs):
            found[runs[run]] = run.result()
            say(f"  {len(found)} of {len(runs)} done")
    lost = [f"{name} ({'start' if times == ONCE else 'slip'})" for name, times in order if found[name, times] is None]
    if lost:
        say(f"NOTE: not counted in {SECONDS} s on this busy machine: {', '.join(lost)}.")
    return counts(found)


def in_order(names: list[str]) -> list[tuple[str, int]]:
    """Who is counted how often, the most wanted first: starts before warm slips, ours and stock Zappa's before the others'."""
    first = [name for name in (OURS, STOCK) if name in names]
    rest = [name for name in names if name not in first]
    return [(name, times) for group in (first, rest) for times in (ONCE, OFTEN) for name in group]


def counts(found: dict[tuple[str, int], int | None]) -> dict[str, Count]:
    """Of everybody whose start was counted."""
    made = {}
    for (name, times), once in found.items():
        if times == ONCE and once is not None:
            often = found.get((name, OFTEN))
            made[name] = Count(once, None if often is None else (often - once) / (OFTEN - ONCE))
    return made


def _count(tool: str, contestant: Contestant, number: str, times: int, until: float) -> int | None:
    left = until - time.monotonic()
    if left <= 0:
        return None
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
            timeout=left,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    told = re.search(r"I\s+refs:\s+([\d,]+)", out.read_text("utf-8", "replace")) if out.exists() else None
    return int(told[1].replace(",", "")) if told and made.returncode == 0 else None
