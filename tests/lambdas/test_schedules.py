"""What the clock starts: at least once, so perhaps twice; and never, which must ring (F46)."""

import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from handlers.lambdas import schedules, workers
from handlers.lambdas.schedules import SCHEDULES
from handlers.wiring import Services
from infra.local.template import TEMPLATE, Template
from miniapp.core.errors import Unavailable
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import Silence


class Job:
    """A job that counts its runs, and fails as often as it is told."""

    def __init__(self, failing: int = 0) -> None:
        self.runs = 0
        self._failing = failing

    def __call__(self, event: Any, context: Any) -> int:
        self.runs += 1
        if self.runs <= self._failing:
            raise Unavailable("store_unavailable")
        return 7


class Clock:
    """The entry with one job of the test's own, and what it told."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.time = StoppedClock()
        for name in ("stage", "base_url", "session_key", "factor_keys", "aws_endpoint", "chat"):
            monkeypatch.setenv(f"MOTCUA_{name.upper()}", getattr(cloud.settings, name))
        workers.services.cache_clear()
        self.services: Services = workers.services()
        self.services.clock = self.time
        self.told = io.StringIO()
        handler = logging.getLogger("motcua.metrics").handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self.told)

    def start(self, job: Job) -> int:
        SCHEDULES["of_the_test"] = (job, 60)
        return schedules.handle({"schedule": "of_the_test"}, None)

    @property
    def beats(self) -> int:
        lines = [json.loads(line) for line in self.told.getvalue().splitlines()]
        return sum(line.get("Heartbeat", 0) for line in lines if line["schedule"] == "of_the_test")


@pytest.fixture
def clock(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    yield Clock(cloud, monkeypatch)
    SCHEDULES.pop("of_the_test", None)
    workers.services.cache_clear()


def test_two_starts_at_once_are_one_run_and_one_heartbeat(clock: Clock) -> None:
    job = Job()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(lambda _: clock.start(job), range(8)))

    assert (job.runs, answers) == (1, [0] * 7 + [7])
    assert clock.beats == 1


def test_a_start_that_comes_twice_some_seconds_apart_is_one_run(clock: Clock) -> None:
    job = Job()
    for seconds in (0, 5, 20):
        clock.time.pass_by(seconds=seconds)
        clock.start(job)

    assert job.runs == 1


def test_every_period_has_its_run_though_the_clock_is_not_exact(clock: Clock) -> None:
    job = Job()
    for seconds in (0, 61, 57, 62, 58):
        clock.time.pass_by(seconds=seconds)
        clock.start(job)

    assert job.runs == clock.beats == 5


def test_a_job_that_failed_is_begun_again_by_the_next_start_and_tells_no_heartbeat(clock: Clock) -> None:
    job = Job(failing=1)

    with pytest.raises(Unavailable):
        clock.start(job)
    assert clock.beats == 0
    assert clock.start(job) == 7
    assert (job.runs, clock.beats) == (2, 1)


def test_with_the_store_away_nothing_runs_and_the_start_fails_so_that_it_comes_again(clock: Clock) -> None:
    job = Job()
    with Silence(clock.services.aws, "dynamodb"), pytest.raises(Unavailable):
        clock.start(job)
    assert (job.runs, clock.beats) == (0, 0)


def test_silence_rings_and_a_beat_does_not(clock: Clock) -> None:
    held = Template(TEMPLATE, {"Stage": "house", "FunctionsDeployed": "yes"}).of_type("AWS::CloudWatch::Alarm")
    alarms = [alarm for alarm in held.values() if alarm.get("MetricName") == "Heartbeat"]

    assert {each["Value"] for alarm in alarms for each in alarm["Dimensions"] if each["Name"] == "schedule"} == set(
        SCHEDULES
    )
    for alarm in alarms:
        name = next(each["Value"] for each in alarm["Dimensions"] if each["Name"] == "schedule")
        assert (alarm["Namespace"], alarm["TreatMissingData"]) == ("MotCua", "breaching")
        assert alarm["Period"] >= SCHEDULES[name][1]
        assert not alarm["Threshold"] > 1  # one beat a period is enough
