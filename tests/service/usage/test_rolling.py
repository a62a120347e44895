"""What the log tells is counted by agency and day, exactly, however often a window is counted and wherever a worker dies."""

import json
import logging
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from handlers.wiring import Services
from infra.local.told import Told
from miniapp.core import log
from miniapp.core.clock import iso
from miniapp.core.happenings import Kind
from miniapp.procedures.finding import SEARCHED as FOUND
from miniapp.usage.cloud_lines import CloudLines
from miniapp.usage.model import LAG, WINDOW, window_of
from miniapp.usage.rolling import UsageRolling
from miniapp.usage.store import UsageStore
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Killed

SEARCHED = Kind("searched", {"outcome": frozenset({"found", "nothing"})})
START = datetime(2026, 7, 16, 16, 0, tzinfo=UTC)  # 23:00 in Vietnam
DAY, NEXT = "2026-07-16", "2026-07-17"
WARD, OTHER, PROVINCE, NATION = "phuong-a", "xa-b", "tinh-x", "nuoc"


class KeptLines:
    """The log of a test: what was told, when."""

    def __init__(self) -> None:
        self.told: list[tuple[datetime, str]] = []

    def tell(self, at: datetime, agency: str, outcome: str = "found") -> None:
        line = {"at": at.isoformat(), "event": "happened", "kind": "searched", "agency": agency, "outcome": outcome}
        self.told.append((at, json.dumps(line)))

    def between(self, since: datetime, until: datetime) -> Iterator[str]:
        return (line for at, line in self.told if since <= at < until)


class Town:
    """Two communes of a province of the nation, until somebody moves one."""

    def __init__(self, cloud: Cloud) -> None:
        self.services = Services(cloud.settings, clock=StoppedClock(START))
        self.services.bind()
        self.clock = StoppedClock(START)
        self.lines, self.store = KeptLines(), UsageStore()
        self.above = {WARD: (NATION, PROVINCE), OTHER: (NATION, PROVINCE)}
        self.rolling = UsageRolling(
            self.store, self.lines, [SEARCHED], lambda agency, day: self.above[agency], self.clock
        )

    def later(self) -> int:
        """Two hours on: everything is over and counted."""
        self.clock.pass_by(hours=2)
        return self.rolling.run()

    def whole(self, agency: str) -> dict[str, dict[str, int]]:
        return {one.day: dict(one.whole) for one in self.store.days(agency, "2026-07-01", "2026-07-31")}


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def filled(town: Town) -> None:
    """A hundred lines over two hours round midnight in Vietnam."""
    chance = random.Random(7)
    for _ in range(100):
        at = START + timedelta(seconds=chance.randrange(2 * 3600))
        town.lines.tell(at, chance.choice([WARD, OTHER]), chance.choice(["found", "nothing"]))


def expected(town: Town, *agencies: str) -> dict[str, dict[str, int]]:
    """The same counted the plain way."""
    found: dict[str, dict[str, int]] = {}
    for at, line in town.lines.told:
        told = json.loads(line)
        if told["agency"] in agencies:
            day = found.setdefault(DAY if at < START + timedelta(hours=1) else NEXT, {})
            key = f"searched/{told['outcome']}"
            day[key] = day.get(key, 0) + 1
    return found


def everything(town: Town) -> list[dict[str, dict[str, int]]]:
    return [town.whole(agency) for agency in (WARD, OTHER, PROVINCE, NATION)]


def wanted(town: Town) -> list[dict[str, dict[str, int]]]:
    both = expected(town, WARD, OTHER)
    return [expected(town, WARD), expected(town, OTHER), both, both]


def test_lines_are_counted_by_day_in_vietnam_for_an_agency_and_all_above_it(town: Town):
    town.rolling.run()
    filled(town)
    town.later()
    town.clock.pass_by(minutes=30)
    town.rolling.run()
    assert everything(town) == wanted(town)
    assert sum(sum(day.values()) for day in town.whole(NATION).values()) == 100
    assert list(town.rolling.differences(DAY)) == [] and list(town.rolling.differences(NEXT)) == []


def test_a_window_is_counted_once_it_is_over_and_the_log_had_time(town: Town):
    town.rolling.run()
    assert town.store.position() == START - WINDOW
    town.clock.pass_by(seconds=LAG.total_seconds() - 1)
    assert town.rolling.run() == 0
    town.clock.pass_by(seconds=1)
    assert town.rolling.run() == 1 and town.store.position() == START


def test_counting_a_window_again_changes_nothing_and_a_late_line_comes_in(town: Town):
    town.rolling.run()
    filled(town)
    town.clock.pass_by(hours=3)
    town.rolling.run()
    before = everything(town)
    for place in range(8):
        town.rolling.count(START + WINDOW * place)
    assert everything(town) == before
    town.lines.tell(START, WARD)
    (apart,) = town.rolling.differences(DAY)
    assert (apart.agency, sum(apart.told.values()) - sum(apart.stored.values())) == (WARD, 1)
    town.rolling.count(START)
    assert everything(town) == wanted(town) and list(town.rolling.differences(DAY)) == []


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
def test_a_worker_that_dies_at_any_call_loses_nothing_and_counts_nothing_twice(town: Town, cloud: Cloud, after: bool):
    town.rolling.run()
    aws = town.services.aws
    at = START
    deaths = 0
    for place in range(200):
        town.lines.tell(at, WARD)
        town.lines.tell(at, OTHER, "nothing")
        town.clock.pass_by(seconds=WINDOW.total_seconds())
        try:
            with CountedCalls(aws, place, after):
                town.rolling.run()
        except Killed:
            deaths += 1
            town.rolling.run()
        else:
            break
        at += WINDOW
    town.clock.pass_by(hours=1)
    town.rolling.run()
    assert deaths >= 12
    whole = town.store.days(NATION, "2026-07-01", "2026-07-31")
    assert sum(sum(day.whole.values()) for day in whole) == len(town.lines.told)


def test_an_agency_that_moves_leaves_its_past_where_it_was(town: Town):
    town.rolling.run()
    town.lines.tell(START, WARD)
    town.clock.pass_by(hours=1)
    town.rolling.run()
    town.above[WARD] = (NATION, "tinh-moi")
    town.lines.tell(START + timedelta(minutes=50), WARD)  # the same day: it belongs where the day began
    town.lines.tell(START + timedelta(hours=1), WARD)
    town.clock.pass_by(hours=1)
    town.rolling.run()
    town.rolling.count(START)
    assert town.whole(PROVINCE) == {DAY: {"searched/found": 2}}
    assert town.whole("tinh-moi") == {NEXT: {"searched/found": 1}}
    assert town.whole(NATION) == {DAY: {"searched/found": 2}, NEXT: {"searched/found": 1}}


def test_the_log_of_the_cloud_hands_each_line_of_a_span_on_once(cloud: Cloud, town: Town):
    group, logs = "/aws/lambda/motcua-test-public", cloud.admin("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = datetime.now(UTC).replace(microsecond=0)
    for seconds in (0, 1, 60):
        town.lines.tell(now - timedelta(seconds=seconds), WARD)
    events = [{"timestamp": int(at.timestamp() * 1000), "message": line} for at, line in sorted(town.lines.told)]
    events.append({"timestamp": int(now.timestamp() * 1000), "message": "START RequestId: 1"})
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
    absent = "/aws/lambda/motcua-test-console"  # nobody has written to it yet
    found = list(CloudLines(town.services.aws, [group, absent]).between(now - timedelta(seconds=60), now))
    assert sorted(found) == sorted(line for at, line in town.lines.told if at < now)


def test_what_a_process_of_this_machine_tells_comes_into_the_log_that_is_counted(cloud: Cloud):
    clock = StoppedClock(datetime.now(UTC))
    services = Services(cloud.settings, clock=clock)
    services.bind()
    services.usage_rolling.run()
    told = Told(cloud.admin("logs"), "/aws/lambda/motcua-test-public")
    logger = logging.getLogger("motcua")
    before = logger.level, [(handler, handler.level) for handler in logger.handlers]
    told.follow()
    began = datetime.now(UTC)
    try:
        for outcome in ("found", "found", "nothing"):
            FOUND.tell(WARD, outcome=outcome)
        log.info("something else")
    finally:
        logger.removeHandler(told)
        logger.setLevel(before[0])
        for handler, level in before[1]:
            handler.setLevel(level)
    while told.send():
        pass
    stored = UsageStore()
    for _ in range(100):  # the process's own thread may be sending some of them
        clock.at = datetime.now(UTC) + timedelta(minutes=30)
        for window in {window_of(began), window_of(datetime.now(UTC))}:
            services.usage_rolling.count(window)
        days = stored.days(WARD, "2000-01-01", "2999-12-31")
        if days and sum(days[0].own.values()) == 3:
            break
        time.sleep(0.1)
    (day,) = days
    assert day.own == {"procedures_searched/found": 2, "procedures_searched/nothing": 1}


def test_what_lies_right_below_is_told_apart_with_all_under_it(town: Town):
    town.above |= {"truong": (NATION, PROVINCE, WARD), PROVINCE: (NATION,)}
    town.rolling.run()
    for agency in ("truong", "truong", WARD, OTHER, PROVINCE):
        town.lines.tell(START, agency)
    town.later()
    assert town.store.parts(PROVINCE, DAY, DAY) == {DAY: {WARD: {"searched/found": 3}, OTHER: {"searched/found": 1}}}
    assert town.store.parts(NATION, DAY, DAY) == {DAY: {PROVINCE: {"searched/found": 5}}}
    assert town.store.parts(WARD, DAY, NEXT) == {DAY: {"truong": {"searched/found": 2}}}


def test_a_sum_that_is_not_that_of_its_parts_is_named(town: Town):
    town.rolling.run()
    filled(town)
    town.later()
    town.clock.pass_by(minutes=30)
    town.rolling.run()
    looked = iso(town.clock.now())
    town.store.write_day(WARD, DAY, (NATION, PROVINCE), {"searched/found": 1}, looked)
    apart = {(one.agency, one.window) for one in town.rolling.differences(DAY)}
    wrong = {(WARD, DAY), (PROVINCE, f"{DAY} {WARD}"), (NATION, f"{DAY} {WARD}")}
    assert apart == wrong | {(PROVINCE, f"{DAY} below"), (NATION, f"{DAY} below")}
    town.rolling.count(START)
    assert list(town.rolling.differences(DAY)) == []


def test_a_window_that_is_not_over_is_no_difference(town: Town):
    town.rolling.run()
    town.lines.tell(START, WARD)
    assert list(town.rolling.differences(DAY)) == []
    town.clock.pass_by(seconds=(WINDOW + LAG).total_seconds())
    assert len(list(town.rolling.differences(DAY))) == 1
