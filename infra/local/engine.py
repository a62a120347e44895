"""The embedded engine as its parent sees it: start, wait, stop. For `make run` and for tests.

DynamoDB, S3, SQS and Scheduler in one child process with its data in one folder (`infra.local.serving` is that
process, `infra.local.keeping` says what survives what). The child ends with its parent, however that ends. It does not
make tables: `infra.local.stack` does."""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REGION = "ap-southeast-1"
LOG_MOST = 4 * 1024 * 1024


class EngineStopped(Exception):
    """The engine did not start or has ended; the text is the reason it gave."""


@dataclass(frozen=True)
class Credentials:
    """A key and where it is used."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str = REGION


ADMIN = Credentials("test", "test")


class Engine:
    """One child process that owns one folder."""

    credentials = ADMIN

    def __init__(self, data: Path, port: int = 0, *, testing: bool = False, keep: bool = True) -> None:
        """`port` 0 takes a free one; `testing` opens `empty`; without `keep` only S3's objects outlive the process."""
        self.data = data
        self.log = data / "engine.log"
        self._arguments = ["--data", str(data), "--port", str(port), "--with-parent"]
        self._arguments += ["--testing"] * testing + ["--forget"] * (not keep)
        self._child: subprocess.Popen[bytes] | None = None
        self._log_from = 0
        self._port = 0

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._running().pid

    @property
    def endpoint(self) -> str:
        """Where every service answers; known after `wait_ready`."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the child and return at once."""
        self.data.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_MOST:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            # A session of its own: Ctrl-C reaches the parent, which stops the engine after everything that uses it.
            self._child = subprocess.Popen(
                [sys.executable, "-m", "infra.local.engine", *self._arguments],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when every service answers; EngineStopped with the child's reason when it ended instead."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            child = self._running()
            if child.poll() is not None:
                self._let_go(child)
                raise EngineStopped(self._reason())
            if self._answers(child.pid):
                return
            time.sleep(0.02)
        raise EngineStopped(f"the engine did not answer within {seconds:.0f} s; see {self.log}")

    def stop(self, seconds: float = 30.0) -> int:
        """Stop cleanly: everything confirmed is on the disk on return. The child's exit code."""
        child = self._running()
        self._let_go(child)
        child.terminate()
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

    def empty(self) -> None:
        """Take everything out of tables, queues and buckets (only with `testing`)."""
        self._call("/_local/empty", "POST")

    def figures(self) -> dict[str, Any]:
        """What keeping has cost so far: looks, bytes, the worst look and write in milliseconds."""
        figures: dict[str, Any] = json.loads(self._call("/_local/figures", "GET"))
        return figures

    @staticmethod
    def _let_go(child: subprocess.Popen[bytes]) -> None:
        if child.stdin is not None:
            child.stdin.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise EngineStopped("the engine was not started")
        return self._child

    def _answers(self, pid: int) -> bool:
        try:
            owner = json.loads((self.data / "engine.lock").read_text() or "{}")
            if owner.get("pid") != pid:
                return False
            self._port = owner["port"]
            self._call("/_ministack/health", "GET")
        except (OSError, ValueError):
            return False
        return True

    def _call(self, path: str, method: str) -> bytes:
        request = urllib.request.Request(self.endpoint + path, method=method)  # noqa: S310 - our own loopback address
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own loopback address
            return bytes(answer.read())

    def _reason(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        said = [line.removeprefix("engine: ") for line in lines if line.startswith("engine: ")]
        return (said or lines or ["the engine ended without a word"])[-1]


def main() -> int:
    """Run the engine in this process."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.engine", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds everything")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--testing", action="store_true", help="let a test empty tables, queues and buckets")
    parser.add_argument("--forget", action="store_true", help="keep nothing but S3's objects")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    given = parser.parse_args()
    from infra.local.serving import Order, serve

    return serve(
        Order(
            data=given.data.resolve(),
            port=given.port,
            region=given.region,
            testing=given.testing,
            keep=not given.forget,
            with_parent=given.with_parent,
        )
    )


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # everything is on the disk; the interpreter's own farewell would let a second signal kill it
