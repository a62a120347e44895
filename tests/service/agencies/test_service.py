"""Agencies as the pages see them: cached reads, a store that is away, changes that show at once where they are made."""

import threading

import pytest

from miniapp.agencies import service as agencies_service
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.service import Agencies
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.tables import Write
from tests.support.fakes import StoppedClock


def agency(id: str, **given: object) -> Agency:
    return Agency(id, id, Kind.DEPARTMENT, id, id, **given)  # type: ignore[arg-type]


class FakeStore(AgencyStore):
    """Agencies in a dictionary; counts readings and can be away or slow."""

    def __init__(self, *agencies: Agency) -> None:
        self.held = {one.id: one for one in agencies}
        self.readings: list[str] = []
        self.away = False
        self.gate: threading.Event | None = None
        self.asked = threading.Event()

    def find(self, address: str, sure: bool = False) -> Agency | None:
        self.readings.append(address)
        self.asked.set()
        if self.gate is not None:
            self.gate.wait(5)
        if self.away:
            raise Unavailable("store_unavailable", cause="test")
        return self.held.get(address)

    def changed(self, before: Agency, after: Agency) -> list[Write]:
        self.held[after.id] = after
        return []


class Notes:
    """What was written into the audit trail."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    def __call__(self, changed: str, agency: str, by: str, writes: list[Write]) -> None:
        self.lines.append((changed, agency, by))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(agency("so-a"), agency("so-b"), agency("so-c"))


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def agencies(store: FakeStore, clock: StoppedClock, notes: Notes) -> Agencies:
    return Agencies(store, clock, notes)


def test_an_agency_is_read_once_in_five_seconds(agencies: Agencies, store: FakeStore, clock: StoppedClock):
    for _ in range(5):
        assert agencies.at("so-a").id == "so-a"
    assert store.readings == ["so-a"]
    clock.pass_by(seconds=5)
    agencies.at("so-a")
    assert store.readings == ["so-a", "so-a"]


def test_many_at_once_read_it_once(agencies: Agencies, store: FakeStore):
    store.gate = threading.Event()
    found: list[Agency] = []
    threads = [threading.Thread(target=lambda: found.append(agencies.at("so-a"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    store.gate.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 12
    assert store.readings == ["so-a"]


def test_an_unknown_address_is_not_asked_again_at_once(agencies: Agencies, store: FakeStore):
    for _ in range(3):
        with pytest.raises(NotFound) as refused:
            agencies.at("so-x")
        assert refused.value.code == "agency_unknown"
    assert store.readings == ["so-x"]


@pytest.mark.parametrize("address", ["", "wp-login.php", "..", "SO-A", "x" * 500, "so a", "\x00", "so-a\n"])
def test_what_can_be_no_address_is_answered_without_a_reading(address: str, agencies: Agencies, store: FakeStore):
    assert agencies.find(address) is None
    assert store.readings == []


def test_guessing_addresses_pushes_no_known_agency_out(agencies: Agencies, store: FakeStore):
    agencies.at("so-a")
    for number in range(agencies_service.KEPT + 50):
        agencies.find(f"x{number}")
    store.readings.clear()
    agencies.at("so-a")
    assert store.readings == []


def test_an_older_reading_serves_while_the_store_is_away(agencies: Agencies, store: FakeStore, clock: StoppedClock):
    agencies.at("so-a")
    store.away = True
    clock.pass_by(minutes=5)
    assert agencies.at("so-a").id == "so-a"
    clock.pass_by(minutes=6)
    with pytest.raises(Unavailable):
        agencies.at("so-a")


def test_while_the_store_is_silent_one_asker_in_five_seconds_waits_for_it(
    agencies: Agencies, store: FakeStore, clock: StoppedClock
):
    agencies.at("so-a")
    store.away = True
    clock.pass_by(seconds=6)
    for _ in range(20):
        agencies.at("so-a")
    assert store.readings == ["so-a", "so-a"]
    clock.pass_by(seconds=5)
    agencies.at("so-a")
    assert len(store.readings) == 3


def test_who_meets_a_reading_under_way_is_served_what_is_known(
    agencies: Agencies, store: FakeStore, clock: StoppedClock
):
    agencies.at("so-a")
    clock.pass_by(seconds=6)
    store.gate = threading.Event()
    store.asked.clear()
    slow = threading.Thread(target=lambda: agencies.at("so-a"))
    slow.start()
    assert store.asked.wait(10)
    assert agencies.at("so-a").id == "so-a"
    assert not store.gate.is_set()
    store.gate.set()
    slow.join(10)
    assert store.readings == ["so-a", "so-a"]


def test_a_store_that_was_never_reached_is_no_unknown_agency(agencies: Agencies, store: FakeStore):
    store.away = True
    with pytest.raises(Unavailable):
        agencies.at("so-a")


def test_a_change_is_noted_and_shows_at_once(agencies: Agencies, notes: Notes):
    agencies.at("so-a")
    agencies.open_service("so-a", Service.EXAM_SCORES, by="off_1")
    assert agencies.at("so-a").services == {Service.EXAM_SCORES}
    agencies.close_service("so-a", Service.EXAM_SCORES, by="off_1")
    assert agencies.at("so-a").services == frozenset()
    assert notes.lines == [
        ("open_service exam_scores", "so-a", "off_1"),
        ("close_service exam_scores", "so-a", "off_1"),
    ]


def test_what_changes_nothing_is_not_noted(agencies: Agencies, notes: Notes):
    agencies.close_service("so-a", Service.NEWS, by="off_1")
    assert notes.lines == []


def test_an_agency_is_merged_only_into_known_ones(agencies: Agencies):
    with pytest.raises(NotFound):
        agencies.merge("so-a", ["so-x"], "2026-06-30", by="off_1")
    assert agencies.at("so-a").successors == ()


def test_successors_of_successors_are_followed_and_a_ring_ends(agencies: Agencies, store: FakeStore):
    agencies.merge("so-a", ["so-b"], "2026-06-30", by="off_1")
    agencies.merge("so-b", ["so-c"], "2026-07-31", by="off_1")
    assert [one.id for one in agencies.successors(agencies.at("so-a"))] == ["so-c"]
    store.held["so-c"] = agency("so-c").merged_into(("so-a",), "2026-08-31")
    fresh = Agencies(store, StoppedClock(), lambda *line: None)
    assert fresh.successors(fresh.at("so-a")) == []
