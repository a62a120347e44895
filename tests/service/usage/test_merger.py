"""Provinces became fewer on 01/07/2025: what happened before stays where it was, and is found from who took over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from handlers.usage_kinds import KINDS
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.usage.model import times
from miniapp.usage.rolling import UsageRolling
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

OLD, NEW, WARD = "ubnd-tinh-phu-yen", "ubnd-tinh-dak-lak", "phuong-tuy-hoa"
EVE = datetime(2025, 6, 30, 2, 0, tzinfo=UTC)
KIND = "dossiers_taken_in"


class Log:
    """Lines of a test."""

    def __init__(self) -> None:
        self.told: list[tuple[datetime, str]] = []

    def tell(self, at: datetime, agency: str, often: int) -> None:
        line = {"at": at.isoformat(), "event": "happened", "kind": KIND, "agency": agency, "by": "desk", "times": often}
        self.told.append((at, json.dumps(line)))

    def between(self, since: datetime, until: datetime) -> Iterator[str]:
        return (line for at, line in self.told if since <= at < until)


class Years:
    """A ward of a province, before and after its province became a part of another."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock, self.log = StoppedClock(EVE - timedelta(hours=1)), Log()
        self.services = Services(cloud.settings, clock=self.clock)
        self.services.bind()
        tree = [Agency(id, id, Kind.PROVINCE, id, id) for id in (OLD, NEW)]
        tree.append(Agency(WARD, WARD, Kind.COMMUNE, WARD, WARD, parent=OLD))
        AgencyStore().add(tree)
        AgencyStore().placed({"": tree[:2], OLD: tree[2:]})
        self.rolling = UsageRolling(self.services.usage, self.log, KINDS, self.services._above, self.clock)
        self.rolling.run()

    def taken(self, agency: str) -> dict[str, int]:
        found = self.services.usage.days(agency, "2025-06-01", "2025-07-31")
        return {one.day: times(one.whole, KIND, "desk") for one in found}


@pytest.fixture
def years(cloud: Cloud) -> Years:
    return Years(cloud)


def test_what_happened_before_a_merger_stays_there_and_what_comes_after_is_the_successors(years: Years):
    years.log.tell(EVE, WARD, 5)
    years.log.tell(EVE, NEW, 1)
    years.log.tell(EVE + timedelta(days=1), WARD, 7)
    years.clock.pass_by(hours=3)
    years.rolling.run()
    years.services.agencies.merge(OLD, [NEW], "2025-06-30", "operator")
    years.clock.pass_by(days=2)
    years.rolling.run()
    assert years.taken(OLD) == {"2025-06-30": 5}
    assert years.taken(NEW) == {"2025-06-30": 1, "2025-07-01": 7}
    assert years.taken(WARD) == {"2025-06-30": 5, "2025-07-01": 7}
    assert years.taken(NATION) == {"2025-06-30": 6, "2025-07-01": 7}
    assert years.services.usage.parts(NATION, "2025-06-30", "2025-07-01") == {
        "2025-06-30": {OLD: {f"{KIND}/desk": 5}, NEW: {f"{KIND}/desk": 1}},
        "2025-07-01": {NEW: {f"{KIND}/desk": 7}},
    }
    years.rolling.count(EVE)  # anew, long after
    assert years.taken(OLD) == {"2025-06-30": 5} and years.taken(NEW) == {"2025-06-30": 1, "2025-07-01": 7}
    assert [list(years.rolling.differences(day)) for day in ("2025-06-30", "2025-07-01")] == [[], []]


def test_a_late_count_of_an_old_day_goes_by_the_tree_of_that_day(years: Years):
    years.log.tell(EVE, WARD, 5)
    years.clock.pass_by(days=2)
    years.services.agencies.merge(OLD, [NEW], "2025-06-30", "operator")
    years.rolling.run()
    assert years.taken(OLD) == {"2025-06-30": 5} and years.taken(NEW) == {}


def test_whoever_took_over_finds_who_was_before(years: Years):
    agencies = years.services.agencies
    agencies.merge(OLD, [NEW], "2025-06-30", "operator")
    assert [one.id for one in agencies.predecessors(agencies.now(NEW))] == [OLD]
    assert agencies.predecessors(agencies.now(WARD)) == []
    later = Agency("ubnd-tinh-moi", "ubnd-tinh-moi", Kind.PROVINCE, "mới", "new")
    AgencyStore().add([later])
    agencies.merge(NEW, [later.id], "2027-12-31", "operator")
    assert [one.id for one in agencies.predecessors(later)] == [NEW, OLD]


def test_what_was_merged_before_it_was_loaded_is_found_too(years: Years):
    gone = Agency("ubnd-tinh-cu", "ubnd-tinh-cu", Kind.PROVINCE, "cũ", "old").merged_into((NEW, WARD), "2025-06-30")
    AgencyStore().add([gone])
    agencies = years.services.agencies
    for id in (NEW, WARD):
        assert [one.id for one in agencies.predecessors(agencies.now(id))] == [gone.id]
