"""The whole system as a person starts it, in a process of its own, with the data in a folder. For stories and starts.

Ctrl-C goes to the whole group of processes, as a terminal sends it. Nothing of the tester's own keys or settings reaches
it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import demo

RUNS = "is running"
STOPS = 60.0


@dataclass
class Running:
    """What was started."""

    base: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """Everything that it has said to the person who started it."""
        return self.log.read_text()

    def officer(self, role: str) -> demo.DemoOfficer:
        """One of the demo's officers by role."""
        return next(one for one in demo.officers(self.folder) if role in one.roles)

    def stop(self) -> None:
        """Ctrl-C; ends when the last process of the group has ended."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(STOPS)
        until = time.monotonic() + STOPS
        while self._is_anybody_left():
            assert time.monotonic() < until, f"something still runs\n{self.said}"
            time.sleep(0.1)

    def _is_anybody_left(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def started(command: Sequence[str], cwd: Path, folder: Path, port: int, patience: float, **environ: str) -> Running:
    """Start and wait until it says that it runs."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTCUA_"))}
    log = folder.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=cwd, env={**own, **environ}, stdout=said, stderr=said, start_new_session=True
        )
    made = Running(f"http://localhost:{port}", folder, process, log)
    until = time.monotonic() + patience
    while RUNS not in made.said:
        if process.poll() is not None or time.monotonic() > until:
            made.stop()
            raise AssertionError(made.said)
        time.sleep(0.5)
    return made


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found
