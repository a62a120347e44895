"""A Lambda function on this machine: the zip as deployed, AWS's own runtime client, one environment at a time.

For tests, the benchmark of a cold start and the rehearsal of a deployment. As in Lambda: the start is a phase of its own
with its own limit, an environment is frozen between events, what takes too long or dies is reported in Lambda's words
and the next event gets a new environment. Not as in Lambda: memory is measured and not limited, CPU is this machine's."""

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.lambdas import runtime_client, sandbox
from infra.lambdas.runtime_api import Invocation, Outcome, RuntimeApi
from infra.packaging.building import CACHE
from infra.packaging.targets import Target

START_SECONDS = 10.0
PAYLOAD_MOST = 6 * 1024 * 1024
REGION = "ap-southeast-1"
ACCOUNT = "123456789012"
NO_KEYS = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test") | {"AWS_SESSION_TOKEN": ""}


class FunctionFailed(Exception):
    """An invocation that ended in an error, as its caller learns of it."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.trace = trace or []


@dataclass(frozen=True)
class Shape:
    """What is configured of a function."""

    name: str
    handler: str
    environ: Mapping[str, str]
    timeout: float = 30.0
    memory: int = 1024
    ephemeral: int = 512
    start_limit: float = START_SECONDS  # the benchmark's is longer: a busy machine is no fault of a function


@dataclass(frozen=True)
class Report:
    """What Lambda writes into the log after an invocation."""

    id: str
    seconds: float
    start_seconds: float | None  # of the start, when this was the first
    memory: int  # most that the environment used so far, bytes


@dataclass
class Function:
    """One function; `task` is its unpacked zip."""

    target: Target
    task: Path
    shape: Shape
    log: Path
    reports: list[Report] = field(default_factory=list)
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _api: RuntimeApi | None = None
    _started: float | None = None

    def invoke(self, event: Any, context: Mapping[str, Any] | None = None) -> Any:
        """What the function answers; FunctionFailed when it fails, takes too long, or its process ends."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        if len(body) > PAYLOAD_MOST:
            raise FunctionFailed("RequestTooLargeException", f"{len(body)} bytes")
        self.start()
        assert self._api is not None
        self._thaw()
        began = time.monotonic()
        name = str(uuid.uuid4())
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.shape.name}"
        self._api.send(Invocation(name, body, int((time.time() + self.shape.timeout) * 1000), arn))
        outcome = self._outcome(began + self.shape.timeout)
        self._noted(name, time.monotonic() - began)
        return self._answer(name, outcome)

    def start(self) -> None:
        """The start phase, unless an environment stands; FunctionFailed says why there is none."""
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        self.starts += 1
        self._api = RuntimeApi()
        began = time.monotonic()
        self._process = self._begun()
        outcome = self._outcome(began + self.shape.start_limit)
        self._started = time.monotonic() - began
        if outcome.kind == "next":
            self._freeze()
            return
        self.stop()
        if outcome.kind == "init_error":
            raise _failure(outcome)
        if outcome.kind == "late":
            raise FunctionFailed("Sandbox.Timedout", f"start timed out after {self.shape.start_limit:.2f} seconds")
        raise FunctionFailed("Runtime.ExitError", "Runtime exited during start")

    def stop(self) -> None:
        """End the environment; the next event gets a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._api is not None:
            self._api.close()
        self._process = self._api = None

    def kill(self) -> None:
        """kill -9, at whatever the function is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)

    @property
    def pid(self) -> int:
        """The process of the environment that stands."""
        assert self._process is not None, "no environment stands"
        return self._process.pid

    def _begun(self) -> "subprocess.Popen[bytes]":
        assert self._api is not None
        client = runtime_client.client(self.target, CACHE)
        shape = self.shape
        environ = {
            "_HANDLER": shape.handler,
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": shape.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(shape.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{shape.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"2026/01/01/[$LATEST]{uuid.uuid4().hex}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **NO_KEYS,
            **shape.environ,
        }
        made = sandbox.room(self.target, self.task, client, environ, shape.ephemeral)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                made.command, cwd=made.folder, env=dict(made.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _outcome(self, until: float) -> Outcome:
        """What the runtime says next, or `gone` when its process ended, or `late`."""
        assert self._api is not None
        assert self._process is not None
        while (left := until - time.monotonic()) > 0:
            said = self._api.wait(min(left, 0.05))
            if said is not None:
                return said
            if self._process.poll() is not None:
                return self._api.wait(0.0) or Outcome("gone")
        return Outcome("late")

    def _answer(self, name: str, outcome: Outcome) -> Any:
        if outcome.kind == "late":
            self.stop()
            raise FunctionFailed("Sandbox.Timedout", f"Task timed out after {self.shape.timeout:.2f} seconds")
        if outcome.kind == "gone":
            code = self._process.returncode if self._process else 0
            self.stop()
            how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
            raise FunctionFailed("Runtime.ExitError", f"RequestId: {name} Error: Runtime exited with error: {how}")
        if outcome.kind not in ("response", "error") or outcome.invocation != name:
            self.stop()
            raise FunctionFailed("Runtime.Protocol", f"{outcome.kind} {outcome.invocation} for {name}")
        self._wait_until_ready()
        if outcome.kind == "error":
            raise _failure(outcome)
        if len(outcome.body) > PAYLOAD_MOST:
            raise FunctionFailed("Function.ResponseSizeTooLarge", f"{len(outcome.body)} bytes")
        return json.loads(outcome.body or b"null")

    def _wait_until_ready(self) -> None:
        """The runtime asks for the next event; then it is frozen until there is one."""
        if self._outcome(time.monotonic() + 2.0).kind == "next":
            self._freeze()
        else:
            self.stop()

    def _freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def _thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _noted(self, name: str, seconds: float) -> None:
        self.reports.append(Report(name, seconds, self._started, self._memory()))
        self._started = None

    def _memory(self) -> int:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        except (OSError, AssertionError):
            return 0
        return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _failure(outcome: Outcome) -> FunctionFailed:
    held = outcome.error
    return FunctionFailed(str(held.get("errorType")), str(held.get("errorMessage")), held.get("stackTrace"))
