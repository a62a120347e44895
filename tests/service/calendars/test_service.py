"""Calendars in the store: layers are inherited, changes are conditional and stand in the trail, warm readers ask little."""

import threading
from datetime import date, datetime

import pytest

from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.calendars.model import AS_ABOVE
from miniapp.calendars.service import FRESH, GRACE, Calendars
from miniapp.calendars.store import CalendarStore
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Conflict, Invalid, Unavailable
from miniapp.core.ids import NATION
from miniapp.core.workdays import WORKING_DAY, DayKind, Hours
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls
from tests.support.working_time import VECTORS, local

NOTICE, OWN = "9441/TB-BNV", "12/TB-UBND"
SATURDAY, CULTURE = "2026-11-28", "2026-11-24"
PROVINCE, COMMUNE, OTHER = "tinh-a", "xa-b", "tinh-c"


class Town:
    """A province with a commune, another province, at a stopped clock."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = StoppedClock()
        self.services = Services(cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.services.bind()
        self.office = self.services.calendars
        places = ((PROVINCE, Kind.PROVINCE, ""), (COMMUNE, Kind.COMMUNE, PROVINCE), (OTHER, Kind.PROVINCE, ""))
        AgencyStore().add(Agency(id, id, kind, id, id, parent=parent) for id, kind, parent in places)

    def set(self, layer: str, day: str, kind: DayKind | None, document: str = NOTICE, version: int | None = None):
        seen = self.version(layer) if version is None else version
        return self.office.set_days(layer, seen, {day: kind}, document, "off_lan")

    def version(self, layer: str) -> int:
        return self.office.layers(layer if layer != NATION else "")[-1].version

    def reader(self, store: CalendarStore | None = None) -> Calendars:
        """A fresh process."""
        return Calendars(store or CalendarStore(), self.services.lineage, self.services.audit, self.clock)

    def kind(self, agency: str, day: str) -> DayKind:
        return self.reader().of(agency).kind(date.fromisoformat(day))

    def trail(self, layer: str):
        return [one for one in self.services.audit.page(layer).entries if one.event.startswith("calendar")]


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


class Watched(CalendarStore):
    """The store, with its reads counted and a switch that turns it off."""

    def __init__(self) -> None:
        self.reads, self.is_away = 0, False

    def layers(self, ids, sure=False):
        self.reads += 1
        if self.is_away:
            raise Unavailable("store_unavailable", cause="test")
        return super().layers(ids, sure)


@pytest.mark.parametrize("agency", [COMMUNE, PROVINCE])
def test_the_law_s_own_examples_hold_at_every_agency(town: Town, agency: str):
    calendar = town.reader().of(agency)
    for received, days, due in VECTORS:
        assert calendar.due(local(received), int(days * WORKING_DAY)) == local(due)


def test_the_ministry_s_notice_moves_due_dates_everywhere(town: Town):
    town.office.set_days(NATION, 0, {"2027-02-11": DayKind.OFF, "2027-02-20": DayKind.WORKING}, NOTICE, "operator")
    for agency in (COMMUNE, OTHER):
        calendar = town.reader().of(agency)
        assert calendar.due(local("10/02/2027 08:00"), WORKING_DAY) == local("12/02/2027 17:00")
        assert calendar.due(local("19/02/2027 15:00"), WORKING_DAY) == local("20/02/2027 15:00")


def test_an_agency_inherits_what_is_above_and_its_own_lies_over_it(town: Town):
    town.set(NATION, SATURDAY, DayKind.WORKING)
    assert {town.kind(one, SATURDAY) for one in (COMMUNE, PROVINCE, OTHER)} == {DayKind.WORKING}
    town.set(PROVINCE, SATURDAY, DayKind.MORNING, OWN)
    assert [town.kind(one, SATURDAY) for one in (COMMUNE, PROVINCE, OTHER)] == [
        DayKind.MORNING,
        DayKind.MORNING,
        DayKind.WORKING,
    ]
    town.set(COMMUNE, SATURDAY, DayKind.OFF, OWN)
    assert [town.kind(one, SATURDAY) for one in (COMMUNE, PROVINCE)] == [DayKind.OFF, DayKind.MORNING]
    town.set(COMMUNE, SATURDAY, None, OWN)
    assert town.kind(COMMUNE, SATURDAY) is DayKind.MORNING


def test_office_hours_are_inherited_too(town: Town):
    early, late = Hours((390, 660), (780, 990)), Hours((480, 720), (810, 1050))
    town.office.set_hours(PROVINCE, 0, early, OWN, "off_lan")
    assert town.reader().of(COMMUNE).due(local("26/10/2026 06:30"), 30) == local("26/10/2026 07:00")
    town.office.set_hours(COMMUNE, 0, late, OWN, "off_lan")
    assert town.reader().of(COMMUNE).hours == late
    town.office.set_hours(COMMUNE, 1, None, OWN, "off_lan")
    assert town.reader().of(COMMUNE).hours == early


def test_every_change_is_one_entry_a_day_with_its_document(town: Town):
    days = {SATURDAY: DayKind.WORKING, CULTURE: DayKind.AFTERNOON}
    held = town.office.set_days(PROVINCE, 0, days, OWN, "off_lan")
    town.set(PROVINCE, SATURDAY, None, "13/TB-UBND")
    town.office.set_hours(PROVINCE, 2, Hours(), OWN, "off_lan")
    hours, cleared, second, first = town.trail(PROVINCE)
    assert held.version == 1
    assert {one.by for one in (hours, cleared, second, first)} == {"off_lan"}
    assert (first.facts["day"], first.facts["kind"], first.facts["kind_before"]) == (SATURDAY, "working", AS_ABOVE)
    assert (second.facts["day"], second.facts["kind"], second.facts["document"]) == (CULTURE, "half_pm", OWN)
    assert (cleared.facts["kind"], cleared.facts["kind_before"], cleared.facts["version"]) == (AS_ABOVE, "working", 2)
    assert (hours.facts["hours"], hours.facts["hours_before"]) == ("07:00-11:30 13:30-17:00", AS_ABOVE)
    assert town.services.audit.verify(PROVINCE).is_clean


def test_the_same_again_leaves_no_trace_even_for_who_never_got_the_answer(town: Town):
    first = town.set(PROVINCE, SATURDAY, DayKind.WORKING, version=0)
    again = town.set(PROVINCE, SATURDAY, DayKind.WORKING, version=0)
    assert (first.version, again.version, len(town.trail(PROVINCE))) == (1, 1, 1)
    assert town.set(PROVINCE, CULTURE, None).version == 1
    assert town.office.set_hours(PROVINCE, 1, None, OWN, "off_lan").version == 1


def test_who_saw_an_older_version_is_refused_and_told_what_was_done(town: Town):
    town.set(PROVINCE, SATURDAY, DayKind.WORKING, OWN)
    with pytest.raises(Conflict, match="calendar_changed"):
        town.set(PROVINCE, CULTURE, DayKind.WORKING, version=0)
    with pytest.raises(Conflict, match="calendar_changed"):
        town.office.set_hours(PROVINCE, 0, Hours((390, 660), (780, 990)), OWN, "off_lan")
    (done,) = town.office.changes_since(PROVINCE, 0)
    assert (done.by, done.facts["day"], done.facts["document"]) == ("off_lan", SATURDAY, OWN)
    assert town.office.changes_since(PROVINCE, 1) == []
    assert town.kind(PROVINCE, CULTURE) is DayKind.OFF


def test_of_officers_at_once_on_one_version_one_wins_and_nothing_is_lost(town: Town):
    gate, outcomes = threading.Barrier(4), []

    def act(place: int) -> None:
        gate.wait()
        try:
            town.set(PROVINCE, f"2026-12-0{place + 1}", DayKind.OFF, version=0)
            outcomes.append("done")
        except Conflict as conflict:
            outcomes.append(conflict.code)

    threads = [threading.Thread(target=act, args=(place,)) for place in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["calendar_changed"] * 3 + ["done"]
    (held,) = CalendarStore().layers([PROVINCE], sure=True)
    assert (held.version, len(held.days), len(town.trail(PROVINCE))) == (1, 1, 1)


def test_a_change_without_a_document_is_refused(town: Town):
    for act in (
        lambda: town.set(PROVINCE, SATURDAY, DayKind.WORKING, ""),
        lambda: town.office.set_hours(PROVINCE, 0, Hours(), "", "off_lan"),
    ):
        with pytest.raises(Invalid, match="calendar_document_needed"):
            act()
    assert town.trail(PROVINCE) == []


def test_a_day_that_has_passed_can_be_corrected(town: Town):
    town.set(PROVINCE, "2026-07-06", DayKind.OFF, OWN)
    assert town.reader().of(PROVINCE).due(local("03/07/2026 09:00"), WORKING_DAY) == local("07/07/2026 09:00")


def test_a_warm_process_asks_once_in_five_seconds_for_all_layers(town: Town):
    reader = town.reader()
    reader.of(COMMUNE)
    with CountedCalls(town.services.aws) as warm:
        for _ in range(50):
            reader.of(COMMUNE)
    assert warm.calls == []
    town.set(NATION, SATURDAY, DayKind.WORKING)
    town.clock.pass_by(seconds=FRESH)
    with CountedCalls(town.services.aws) as later:
        assert reader.of(COMMUNE).kind(date.fromisoformat(SATURDAY)) is DayKind.WORKING
        reader.of(COMMUNE)
    assert later.calls == ["BatchGetItem"]


def test_whoever_changed_a_layer_sees_it_at_once_below_it_too(town: Town):
    assert town.office.of(COMMUNE).kind(date.fromisoformat(SATURDAY)) is DayKind.OFF
    town.set(NATION, SATURDAY, DayKind.WORKING)
    assert town.office.of(COMMUNE).kind(date.fromisoformat(SATURDAY)) is DayKind.WORKING


def test_while_the_store_is_away_the_last_calendar_serves_for_ten_minutes(town: Town):
    store = Watched()
    reader = town.reader(store)
    with_everything = reader.of(COMMUNE)
    store.is_away = True
    town.clock.pass_by(seconds=FRESH)
    for _ in range(20):
        assert reader.of(COMMUNE) == with_everything
    assert store.reads == 2  # one tried, the others did not wait for it
    town.clock.pass_by(seconds=GRACE)
    with pytest.raises(Unavailable):
        reader.of(COMMUNE)
    with pytest.raises(Unavailable):
        reader.of(OTHER)


def test_an_agency_nobody_knows_has_the_nation_s_calendar(town: Town):
    town.set(NATION, SATURDAY, DayKind.WORKING)
    assert town.kind("khong-co", SATURDAY) is DayKind.WORKING


def test_times_are_vietnam_s(town: Town):
    due = town.reader().of(COMMUNE).due(datetime(2026, 11, 23, 2, 0, tzinfo=VIETNAM), 60)
    assert due.isoformat() == "2026-11-23T08:00:00+07:00"
