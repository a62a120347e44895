"""What the clock does with dossiers: stops what waited too long, counts anew after a day off was announced, once each."""

import threading
from datetime import datetime, timedelta

import pytest

from miniapp.core.clock import VIETNAM
from miniapp.core.workdays import DayKind
from miniapp.dossiers.events import Happened
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Lack, Wanted
from miniapp.dossiers.states import Status
from tests.support.cloud import Cloud
from tests.support.dossier_acts import MISSING, asking, giving, gone_on, taken_up
from tests.support.dossier_town import OTHER, WARD, DossierTown
from tests.support.faults import CountedCalls, Killed

DAY_OFF = "2026-11-23"


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def waiting(town: DossierTown, key: str = "key-1", agency: str = WARD) -> Dossier:
    """A dossier whose two papers are asked for within a fortnight."""
    return town.moved(town.taken(key=key, agency=agency), asking(MISSING))


def now(town: DossierTown, held: Dossier) -> Dossier:
    return town.office.find(held.agency, str(held.code))


def happened(town: DossierTown, held: Dossier) -> list[Happened]:
    return [one.what for one in town.office.story(held.agency, str(held.code))]


def announce(town: DossierTown, layer: str = WARD) -> None:
    """A day off, as a document says."""
    version = town.services.calendars.layers(layer)[-1].version
    town.services.calendars.set_days(layer, version, {DAY_OFF: DayKind.OFF}, "Công văn 12/UBND-VX", "off_admin")
    town.clock.pass_by(seconds=6)


def test_a_dossier_whose_papers_did_not_come_is_stopped_with_its_article_a_working_day_after_the_deadline(
    town: DossierTown,
):
    held = waiting(town)
    asked = held.supplement
    assert asked is not None
    town.clock.pass_by(seconds=(asked.deadline - town.clock.now()).total_seconds() + 3600)
    assert town.services.dossier_sweeping.run() == 0, "what came at the last moment can still be written down"
    town.clock.pass_by(days=4)
    assert town.services.dossier_sweeping.run() == 1
    stopped = now(town, held)
    assert (stopped.status, happened(town, held)[-1]) == (Status.STOPPED, Happened.STOPPED)
    assert stopped.ground is not None and stopped.ground.article == "Thông tư 03/2025/TT-VPCP, Điều 7"
    assert "\n" not in stopped.ground.words and stopped.ground.words.endswith(".")
    assert town.told()[-1] == "dossier_stopped"
    assert town.services.audit.page(WARD).entries[0].by == "system"
    assert town.services.dossier_sweeping.run() == 0


def test_whoever_brought_everything_is_not_stopped_and_what_went_on_is_left_alone(town: DossierTown):
    brought = town.moved(town.moved(waiting(town, "a"), giving(0)), giving(1))
    went_on = town.moved(
        town.moved(town.moved(town.taken(key="b"), asking((Wanted("Tờ khai", Lack.MISSING),))), giving(0)), gone_on
    )
    half = town.moved(waiting(town, "c"), giving(0))
    town.clock.pass_by(days=30)
    assert town.services.dossier_sweeping.run() == 1
    assert now(town, brought).status is Status.SUPPLEMENT
    assert now(town, went_on).status is Status.RECEIVED
    assert now(town, half).status is Status.STOPPED


def test_every_agency_s_dossiers_are_swept(town: DossierTown):
    held = [waiting(town, agency=WARD), waiting(town, agency=OTHER)]
    town.clock.pass_by(days=30)
    assert town.services.dossier_sweeping.run() == 2
    assert {now(town, one).status for one in held} == {Status.STOPPED}


def test_more_deadlines_than_a_page_holds_are_all_looked_at(town: DossierTown):
    held = [waiting(town, f"k{at}") for at in range(5)]
    marks = town.services.dossier_sweeping.marks
    later = town.clock.now() + timedelta(days=60)
    found: list[str] = []
    after = ""
    while places := marks.deadlines(WARD, None, later, 2, after):
        found += places
        after = places[-1]
    assert [place.partition("#")[2] for place in found] == [str(one.code) for one in held]


def test_a_day_off_that_is_announced_moves_the_appointments_and_tells_it_in_each_story(town: DossierTown):
    held = [town.taken(key="a"), town.moved(town.taken(key="b"), taken_up)]
    town.services.dossier_sweeping.run()
    town.services.dossier_sweeping.run()
    announce(town)
    assert town.services.dossier_sweeping.run() == 2
    for one in held:
        after = now(town, one)
        assert after.due is not None and one.due is not None
        assert after.due == datetime(2026, 11, 27, 9, 0, tzinfo=VIETNAM)
        assert happened(town, one)[-1] is Happened.RESCHEDULED
    assert [line.due for line in town.office.shelf(WARD, Shelf.RUNNING).lines] == [now(town, one).due for one in held]


def test_once_all_is_counted_by_a_calendar_no_dossier_is_read_for_it_again(town: DossierTown):
    for at in range(3):
        town.taken(key=f"k{at}")
    for _ in range(2):
        town.services.dossier_sweeping.run()
    with CountedCalls(town.services.aws) as counted:
        assert town.services.dossier_sweeping.run() == 0
    assert sorted(set(counted.calls)) in (["Query"], ["BatchGetItem", "Query"])
    assert len(counted.calls) <= 4


def test_two_sweeps_at_once_stop_and_count_anew_once(town: DossierTown):
    for at in range(4):
        waiting(town, f"w{at}")
    for at in range(4):
        town.taken(key=f"r{at}")
    announce(town)
    town.clock.pass_by(days=30)
    moved: list[int] = []
    many = [threading.Thread(target=lambda: moved.append(town.services.dossier_sweeping.run())) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert sum(moved) == 8
    told = town.told()
    assert (told.count("dossier_stopped"), told.count("dossier_rescheduled")) == (4, 4)


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "its answer lost"])
def test_killed_at_any_call_the_next_sweep_finishes_and_does_nothing_twice(cloud: Cloud, after: bool):
    kills = 0
    for place in range(60):
        cloud.engine.empty()
        town = DossierTown(cloud)
        held, running = waiting(town, "w"), town.taken(key="r")
        announce(town)
        town.clock.pass_by(days=30)
        try:
            with CountedCalls(town.services.aws, place, after):
                town.services.dossier_sweeping.run()
        except Killed:
            kills += 1
        else:
            break
        town.services.dossier_sweeping.run()
        town.services.dossier_sweeping.run()
        assert now(town, held).status is Status.STOPPED
        assert now(town, running).due == datetime(2026, 11, 27, 9, 0, tzinfo=VIETNAM)
        told = town.told()
        assert (told.count("dossier_stopped"), told.count("dossier_rescheduled")) == (1, 1)
    assert kills >= 5
