"""Dossiers in the store: taken in once, moved by who saw them as they are, on the shelf where they belong, in the trail."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from miniapp.agencies.model import Description
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.dossiers.events import Happened
from miniapp.dossiers.lists import Line, Shelf
from miniapp.dossiers.parts import Step
from miniapp.dossiers.reported import Record, Report
from miniapp.dossiers.service import Act
from miniapp.dossiers.states import Status
from tests.support.cloud import Cloud
from tests.support.dossier_acts import (
    MISSING,
    asking,
    finished,
    giving,
    gone_on,
    handed_on,
    handed_over,
    received,
    refused,
    taken_up,
    withdrawn,
)
from tests.support.dossier_town import AT_DESK, IDENTIFIER, LAN, OFFICER, ONLINE, OTHER, WARD, DossierTown
from tests.support.faults import CountedCalls, Killed


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def shelves(town: DossierTown, agency: str = WARD) -> dict[str, list[str]]:
    """What lies where, by the end of its code."""
    on_desk = {one.value: town.office.shelf(agency, one).lines for one in Shelf if one is not Shelf.ENDED}
    found = {**on_desk, "ended": town.office.ended(agency, f"{town.clock.now():%Y-%m}").lines}
    return {name: [line.code[-4:] for line in lines] for name, lines in found.items() if lines}


def test_what_is_handed_in_at_a_desk_is_received_with_a_code_an_appointment_and_a_link(town: DossierTown):
    made = town.taken()
    assert (str(made.code), made.status, made.version) == ("H56.14-261120-0001", Status.RECEIVED, 2)
    assert made.due is not None and made.due.astimezone(town.clock.now().tzinfo).date() == date(2026, 11, 26)
    held = town.office.find(WARD, str(made.code))
    assert held == made
    assert held.applicant == LAN
    assert [one.what for one in town.office.story(WARD, str(made.code))] == [Happened.FILED, Happened.RECEIVED]
    assert shelves(town) == {"running": ["0001"]}
    assert town.told() == ["dossier_filed", "dossier_received"]
    lead = town.office.linked(town.office.link(WARD, str(made.code)))
    assert (lead.agency, lead.code) == (WARD, str(made.code))


def test_what_comes_online_waits_to_be_received_or_refused(town: DossierTown):
    first, second = town.taken(ONLINE, "a"), town.taken(ONLINE, "b")
    assert shelves(town) == {"new": ["0001", "0002"]}
    town.moved(first, received)
    town.moved(second, refused)
    assert shelves(town) == {"running": ["0001"], "ended": ["0002"]}


def test_the_same_order_twice_is_one_dossier_and_another_one_under_its_key_is_refused(town: DossierTown):
    first, again = town.taken(), town.taken()
    assert again == first
    assert town.told() == ["dossier_filed", "dossier_received"]
    with pytest.raises(Conflict) as conflict:
        town.taken(ONLINE)
    assert (conflict.value.code, conflict.value.facts) == ("order_differs", {"dossier": str(first.code)})
    assert town.taken(key="key-2").code != first.code


def test_the_same_order_from_many_at_once_is_one_dossier(town: DossierTown):
    made: list[str] = []
    many = [threading.Thread(target=lambda: made.append(str(town.taken().code))) for _ in range(8)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert len(made) == 8 and len(set(made)) == 1
    assert shelves(town) == {"running": [made[0][-4:]]}


def test_codes_are_given_once_whoever_asks_at_once(town: DossierTown):
    made: list[str] = []
    many = [threading.Thread(target=lambda at=at: made.append(str(town.taken(key=f"k{at}").code))) for at in range(8)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert sorted(made) == [f"{IDENTIFIER}-261120-{number:04}" for number in range(1, 9)]


def test_a_dossier_goes_its_way_and_its_line_with_it(town: DossierTown):
    held = town.moved(town.taken(), taken_up)
    held = town.moved(held, asking(MISSING[:1]))
    assert shelves(town) == {"waiting": ["0001"]}
    town.clock.pass_by(days=3)
    held = town.moved(held, giving(0))
    held = town.moved(held, gone_on)
    held = town.moved(held, handed_on)
    (line,) = town.office.shelf(WARD, Shelf.RUNNING).lines
    assert (line.post, line.officer, line.due, line.version) == ("Chủ tịch", "off_leader", held.due, held.version)
    held = town.moved(held, finished)
    assert shelves(town) == {"ready": ["0001"]}
    held = town.moved(held, handed_over)
    assert shelves(town) == {"ended": ["0001"]}
    story = town.office.story(WARD, str(held.code))
    assert [one.version for one in story] == list(range(1, held.version + 1))
    assert town.told() == [one.what.value for one in story]


def test_who_saw_an_older_version_moves_nothing(town: DossierTown):
    seen = town.taken()
    town.moved(seen, taken_up)
    before = town.told()
    with pytest.raises(Conflict) as conflict:
        town.moved(seen, withdrawn)
    assert conflict.value.code == "dossier_changed"
    assert town.told() == before


def test_of_many_who_move_at_once_one_does(town: DossierTown):
    seen, outcomes = town.taken(), []

    def tried(act: Act) -> None:
        try:
            outcomes.append(town.moved(seen, act).status)
        except Conflict as conflict:
            outcomes.append(conflict.code)

    many = [threading.Thread(target=tried, args=(act,)) for act in (taken_up, withdrawn) * 4]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert outcomes.count("dossier_changed") == 7
    assert len(town.told()) == 3
    assert sum(len(codes) for codes in shelves(town).values()) == 1


def test_what_the_table_of_moves_does_not_allow_changes_nothing(town: DossierTown):
    seen = town.taken()
    with pytest.raises(Conflict) as conflict:
        town.moved(seen, handed_over)
    assert conflict.value.code == "dossier_move_not_allowed"
    assert town.office.find(WARD, str(seen.code)) == seen


def test_nothing_is_read_across_agencies(town: DossierTown):
    made = town.taken()
    with pytest.raises(NotFound):
        town.office.find(OTHER, str(made.code))
    with pytest.raises(NotFound):
        town.office.link(OTHER, str(made.code))
    assert shelves(town, OTHER) == {}
    assert str(town.taken(agency=OTHER).code) != str(made.code), "an identifier's codes are given once, whoever has it"


def test_an_identifier_that_goes_to_another_agency_and_back_on_one_day_gives_no_code_twice(town: DossierTown):
    def identified(agency: str, identifier: str) -> None:
        held = town.services.agencies.now(agency)
        said = replace(Description.of(held), identifier=identifier)
        town.services.agencies.describe(agency, held.version, said, "off_admin")

    identified(WARD, IDENTIFIER)
    made = [town.taken()]
    identified(WARD, "")
    identified(OTHER, IDENTIFIER)
    made.append(town.taken(agency=OTHER))
    made.append(town.taken(key="late"))  # by a process that has not heard of it
    record = Record("1.001193", "Đăng ký khai sinh", LAN, Report(Status.FILED))
    made.append(town.services.bringing.create(OTHER, IDENTIFIER, record, by=OFFICER, key="api"))
    identified(OTHER, "")
    identified(WARD, IDENTIFIER)
    made.append(town.taken(key="back"))
    assert [str(one.code)[-4:] for one in made] == ["0001", "0002", "0003", "0004", "0005"]
    town.clock.pass_by(days=1)
    assert str(town.taken(agency=OTHER, key="next").code) == f"{IDENTIFIER}-261121-0001"


def test_a_link_that_was_taken_back_leads_nowhere_and_the_new_one_does(town: DossierTown):
    code = str(town.taken().code)
    old = town.office.link(WARD, code)
    new = town.office.link_anew(WARD, code, by=OFFICER)
    assert (new != old, town.office.link(WARD, code)) == (True, new)
    assert town.office.linked(new).code == code
    for token in (old, "", "x" * 500):
        with pytest.raises(NotFound):
            town.office.linked(token)
    assert town.told()[-1] == "dossier_link_renewed"


def test_the_shelf_shows_what_is_due_first_first_and_page_after_page(town: DossierTown):
    for place in range(5):
        town.taken(key=f"k{place}")
        town.clock.pass_by(minutes=7)
    first = town.office.shelf(WARD, Shelf.RUNNING, most=2)
    second = town.office.shelf(WARD, Shelf.RUNNING, after=first.cursor, most=2)
    last = town.office.shelf(WARD, Shelf.RUNNING, after=second.cursor, most=2)
    codes = [line.code[-1] for page in (first, second, last) for line in page.lines]
    assert (codes, last.cursor) == (list("12345"), "")
    due = first.lines[1].due
    assert due is not None
    assert [line.code[-1] for line in town.office.shelf(WARD, Shelf.RUNNING, due_before=due).lines] == ["1"]


def test_an_order_that_is_refused_uses_no_number_up(town: DossierTown):
    for steps in ((Step("Thẩm định", ""),), tuple(Step(f"Bước {at}", "Công chức") for at in range(31))):
        with pytest.raises(Invalid):
            town.taken(replace(AT_DESK, steps=steps), key="refused")
    assert town.taken().code.sequence == "0001"


def test_an_identifier_that_is_none_takes_nothing_in(town: DossierTown):
    with pytest.raises(Invalid):
        town.office.take_in(WARD, "X", AT_DESK, by=OFFICER, key="k")
    assert shelves(town) == {}


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "its answer lost"])
@pytest.mark.parametrize("what", ["take in", "move"])
def test_killed_at_any_call_it_is_done_wholly_or_not_at_all_and_can_be_done_again(cloud: Cloud, what: str, after: bool):
    kills = 0
    for place in range(60):
        cloud.engine.empty()
        town = DossierTown(cloud)
        seen = town.taken() if what == "move" else None

        try:
            with CountedCalls(town.services.aws, place, after):
                town.taken() if seen is None else town.moved(seen, taken_up)
        except Killed:
            kills += 1
        else:
            break
        whole = ["dossier_filed", "dossier_received", *(["dossier_taken_up"] if what == "move" else [])]
        told = town.told()
        assert told in ([], whole[:2], whole), told
        if what == "take in":
            assert shelves(town) == ({"running": [town.taken().code.sequence]} if told else {})
            town.taken()
        elif told == whole[:2]:
            town.moved(seen, taken_up)
        assert town.told() == whole
        assert sum(len(codes) for codes in shelves(town).values()) == 1
    assert kills >= 2


def test_lines_of_a_kind_are_looked_for_page_after_page_and_a_strange_cursor_begins_anew(town: DossierTown):
    for number in range(5):
        town.taken(key=f"a{number}")
        town.taken(replace(AT_DESK, procedure="2.000815"), key=f"b{number}")

    def keep(line: Line) -> bool:
        return line.procedure == "2.000815"

    first = town.office.shelf(WARD, Shelf.RUNNING, most=3, keep=keep)
    rest = town.office.shelf(WARD, Shelf.RUNNING, most=3, keep=keep, after=first.cursor)
    assert [line.code[-4:] for line in (*first.lines, *rest.lines)] == ["0002", "0004", "0006", "0008", "0010"]
    assert rest.cursor == ""
    for cursor in ("zzz", "running#" + "9" * 2_000, "ready#2026"):
        assert len(town.office.shelf(WARD, Shelf.RUNNING, after=cursor).lines) == 10
    assert len(town.office.ended(WARD, "2026-11", after="9" * 2_000).lines) == 0


def test_only_what_is_due_within_a_time_is_shown(town: DossierTown):
    due = town.taken().due
    assert due is not None
    hour = timedelta(hours=1)
    spans = ((due - hour, due + hour, 1), (due + hour, due + 2 * hour, 0), (due - 2 * hour, due - hour, 0))
    for start, end, count in spans:
        assert len(town.office.shelf(WARD, Shelf.RUNNING, due_from=start, due_before=end).lines) == count
