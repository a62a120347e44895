"""The runtime that our functions are tried in: as bare as Lambda, and it reports ends and errors in Lambda's words.

The functions here are three-liners of the test's own; the package's run in the other modules."""

import os
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.lambdas import sandbox
from infra.lambdas.function import Function, FunctionFailed, Shape
from infra.packaging.targets import Target

Make = Callable[..., Function]

PROBE = """
import os, sys, time
STARTED = os.getpid()

def echo(event, context):
    return {"event": event, "left": context.get_remaining_time_in_millis(), "name": context.function_name, "pid": os.getpid()}

def environment(event, context):
    return dict(os.environ)

def write(event, context):
    found = {}
    for place in event:
        try:
            path = os.path.join(place, "written")
            with open(path, "w") as file:
                file.write("x")
            os.remove(path)
            found[place] = "written"
        except OSError as refused:
            found[place] = type(refused).__name__
    return found

def see(event, context):
    return {place: os.path.exists(place) for place in event} | {"uid": os.getuid(), "cwd": os.getcwd()}

def slow(event, context):
    time.sleep(event)

def fail(event, context):
    raise KeyError("who")

def leave(event, context):
    os._exit(event)

def large(event, context):
    return "x" * event

def strange(event, context):
    return object()
"""


@pytest.fixture
def make(target: Target, tmp_path: Path) -> Iterator[Make]:
    made: list[Function] = []

    def function(handler: str, source: str = PROBE, timeout: float = 10.0, **environ: str) -> Function:
        task = tmp_path / f"task-{len(made)}"
        task.mkdir()
        (task / "probe.py").write_text(textwrap.dedent(source), "utf-8")
        if not sandbox.is_sealed():
            task.chmod(0o555)
        shape = Shape(f"probe-{len(made)}", f"probe.{handler}", environ, timeout)
        made.append(Function(target, task, shape, tmp_path / f"log-{len(made)}"))
        return made[-1]

    yield function
    for held in made:
        held.stop()


def failing(function: Function, event: Any = None) -> FunctionFailed:
    with pytest.raises(FunctionFailed) as failed:
        function.invoke(event)
    return failed.value


def test_an_event_comes_with_its_deadline_and_the_next_one_meets_the_same_process(make: Make) -> None:
    function = make("echo", timeout=7.0)
    first, second = function.invoke({"a": "đ"}), function.invoke([1])
    assert first["event"] == {"a": "đ"}
    assert second["event"] == [1]
    assert first["name"] == "probe-0"
    assert 0 < first["left"] <= 7000
    assert first["pid"] == second["pid"]
    assert function.starts == 1
    assert [report.start_seconds is None for report in function.reports] == [False, True]
    assert function.reports[1].memory > 1_000_000


def test_nothing_of_our_environment_gets_in(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CANARY", "leaked")
    held = make("environment", MOTCUA_STAGE="test").invoke({})
    assert held["MOTCUA_STAGE"] == "test"
    assert "leaked" not in held.values()
    assert not {"HOME", "USER", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "PWD", "OLDPWD"} & set(held) - {
        "PWD",
        "OLDPWD",
    }
    assert {"LAMBDA_TASK_ROOT", "_HANDLER", "AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_EXECUTION_ENV"} <= set(held)
    assert held["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3.")
    ours = {name for name in held if name in os.environ} - {
        "PATH",
        "LANG",
        "TZ",
        "LD_LIBRARY_PATH",
        "PYTHONPATH",
        "PWD",
    }
    assert all(name.startswith("AWS_") or name in ("_", "SHLVL", "OLDPWD", "LC_CTYPE") for name in ours)


def test_only_tmp_can_be_written(make: Make) -> None:
    function = make("write")
    task = "/var/task" if sandbox.is_sealed() else str(function.task)
    found = function.invoke([task, "/tmp"])
    if os.geteuid() != 0 or sandbox.is_sealed():
        assert found[task] in ("OSError", "PermissionError")
    assert found["/tmp"] == "written"
    if not sandbox.is_sealed():
        pytest.skip("no file system of its own for a process here: the rest of the machine is not closed to it")
    rest = function.invoke(["/", "/usr", "/var", "/var/lang", "/var/runtime", "/etc", "/dev"])
    assert set(rest.values()) <= {"OSError", "PermissionError"}


def test_neither_this_checkout_nor_a_home_is_there(make: Make) -> None:
    if not sandbox.is_sealed():
        pytest.skip("no file system of its own for a process here")
    places = [
        str(Path(__file__)),
        str(Path.home()),
        "/work",
        "/root",
        "/home",
        "/opt",
        "/etc/ssl",
        "/var/task/probe.py",
    ]
    seen = make("see").invoke(places)
    assert [place for place in places if seen[place]] == ["/var/task/probe.py"]
    assert (seen["uid"], seen["cwd"]) == (65534, "/var/task")


def test_what_takes_too_long_is_ended_and_the_next_event_gets_a_new_environment(make: Make) -> None:
    function = make("slow", timeout=0.3)
    failed = failing(function, 20)
    assert (failed.kind, failed.message) == ("Sandbox.Timedout", "Task timed out after 0.30 seconds")
    function.invoke(0)
    assert function.starts == 2


def test_a_process_that_ends_is_reported_and_replaced(make: Make) -> None:
    function = make("leave")
    failed = failing(function, 3)
    assert failed.kind == "Runtime.ExitError"
    assert failed.message.endswith("Runtime exited with error: exit status 3")
    assert failing(function, 4).message.endswith("exit status 4")
    assert function.starts == 2


def test_a_process_that_is_killed_while_it_waits_is_replaced(make: Make) -> None:
    function = make("echo")
    first = function.invoke(1)["pid"]
    function.kill()
    assert function.invoke(2)["pid"] != first


def test_an_exception_is_an_error_of_the_function_and_the_process_goes_on(make: Make) -> None:
    function = make("fail")
    failed = failing(function, {})
    assert (failed.kind, failed.message) == ("KeyError", "'who'")
    assert any("probe.py" in line for line in failed.trace)
    failing(function, {})
    assert function.starts == 1


def test_a_reply_that_is_no_json_or_too_large_is_an_error(make: Make) -> None:
    assert failing(make("strange"), {}).kind == "Runtime.MarshalError"
    assert failing(make("large"), 7_000_000).kind in ("Function.ResponseSizeTooLarge", "RequestEntityTooLarge")
    assert failing(make("echo"), "x" * 7_000_000).kind == "RequestTooLargeException"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import no_such_module", "Runtime.ImportModuleError"),
        ("def other(event, context): pass", "Runtime.HandlerNotFound"),
        ("def broken(:", "Runtime.UserCodeSyntaxError"),
        ("raise RuntimeError('not today')", "RuntimeError"),
        ("import os; os._exit(1)", "Runtime.ExitError"),
    ],
)
def test_a_start_that_fails_says_why(make: Make, source: str, kind: str) -> None:
    assert failing(make("echo", source), {}).kind == kind


def test_between_events_an_environment_is_frozen(make: Make) -> None:
    ticking = """
    import threading, time
    ticks = []
    def tick():
        while True:
            ticks.append(1)
            time.sleep(0.01)
    threading.Thread(target=tick, daemon=True).start()
    def count(event, context):
        return len(ticks)
    """
    function = make("count", ticking)
    function.invoke({})
    assert any(_state(function.pid) == "T" for _ in range(200)), "stopped"


def _state(pid: int) -> str:
    time.sleep(0.01)  # a signal takes a moment
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
