"""`flask usage recount|figures`: what is stored is what the kept log says, or everything that is not is named."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import iso, local_day
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

GROUP = "/aws/lambda/motcua-{stage}-{function}"
GROUPS = ("public", "schedules")
PROVINCE, WARD = "ubnd-tinh-x", "phuong-a"


class Line:
    """The command line over a ward whose look-ups stand in the engine's own log."""

    def __init__(self, cloud: Cloud) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        self.clock = StoppedClock(datetime.now(UTC))
        self.services = Services(cloud.settings, clock=self.clock)
        self.services.bind()
        tree = [
            Agency(PROVINCE, PROVINCE, Kind.PROVINCE, "X", "X"),
            Agency(WARD, WARD, Kind.COMMUNE, "A", "A", PROVINCE),
        ]
        AgencyStore().add(tree)
        self.runner = create_app(cloud.settings, self.services).test_cli_runner()
        self._logs, self._stage = cloud.admin("logs"), cloud.settings.stage
        self.forget()
        for function in GROUPS:
            self._logs.create_log_group(logGroupName=self._group(function))
            self._logs.create_log_stream(logGroupName=self._group(function), logStreamName="one")

    def forget(self) -> None:
        """The engine keeps its log from one test to the next."""
        for function in GROUPS:
            with suppress(self._logs.exceptions.ResourceNotFoundException):
                self._logs.delete_log_group(logGroupName=self._group(function))

    def tell(self, function: str, times: int, **facts: str) -> None:
        line = {"at": iso(self.at), "event": "happened", "agency": WARD, "times": times, **facts}
        event = {"timestamp": int(self.at.timestamp() * 1000), "message": json.dumps(line)}
        self._logs.put_log_events(logGroupName=self._group(function), logStreamName="one", logEvents=[event])

    def run(self, *words: str) -> Result:
        return self.runner.invoke(args=["usage", *words])

    def told(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").output)

    @property
    def day(self) -> str:
        return local_day(self.at)

    def _group(self, function: str) -> str:
        return GROUP.format(stage=self._stage, function=function)


@pytest.fixture
def line(cloud: Cloud) -> Iterator[Line]:
    made = Line(cloud)
    made.tell("public", 31, kind="scores_looked_up", outcome="found")
    made.tell("schedules", 2, kind="dossiers_taken_in", by="file")
    yield made
    made.forget()


COUNTED = {"dossiers_taken_in/file": 2, "scores_looked_up/found": 31}


def test_what_the_clock_counted_differs_nowhere_from_the_lines_that_are_kept(line: Line):
    line.services.usage_rolling.run()
    found = line.run("recount", "--since", line.day)
    assert found.exit_code == 0 and found.output.endswith("differences: 0\n")
    for words in (("--agency", WARD), ("--agency", PROVINCE), ()):
        assert line.told("figures", "--since", line.day, *words)["days"] == {line.day: COUNTED}
    assert "scores_looked_up/found 31" in line.run("figures", "--since", line.day).output


def test_what_is_stored_differently_is_named_and_mended_when_asked(line: Line):
    line.services.usage_rolling.run()
    line.tell("public", 1, kind="scores_looked_up", outcome="found")  # the log kept a line back
    found = line.run("recount", "--since", line.day)
    assert found.exit_code == 1 and f"{WARD}  " in found.output and "differences: 1" in found.output
    (apart,) = line.told("recount", "--since", line.day)["differences"]
    assert apart["agency"] == WARD and apart["stored"] == COUNTED
    assert apart["told"] == COUNTED | {"scores_looked_up/found": 32}
    assert line.run("recount", "--since", line.day, "--mend").exit_code == 0
    assert line.told("recount", "--since", line.day)["differences"] == []


@pytest.mark.parametrize(
    "words", [("--since", "x"), ("--since", "2020-01-01"), ("--since", "2026-12-01", "--until", "2026-11-01")]
)
def test_days_that_are_none_are_told(line: Line, words: tuple[str, ...]):
    assert line.run("recount", *words).exit_code == 2
    assert line.run("figures", "--since", line.day, "--agency", "nobody").exit_code == 1
