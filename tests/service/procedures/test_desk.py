"""An agency's officers lay their own over the catalogue: from a day on, without losing what is to come or what others did."""

from dataclasses import replace
from typing import Any

import pytest

from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.ids import NATION
from miniapp.procedures.layers import drift_mark
from miniapp.procedures.model import Paper, Procedure
from tests.support.cloud import Cloud
from tests.support.procedure_town import PROVINCE, WARD, ProcedureTown

CODE = "1.001193"
NATIONAL = Procedure(CODE, "Đăng ký khai sinh", address="Bộ phận một cửa", papers=(Paper("Tờ khai"),), steps=("Nộp",))
TODAY, LATER = "2026-11-20", "2026-12-01"


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made = ProcedureTown(cloud)
    made.take(NATIONAL)
    return made


def edit(town: ProcedureTown, agency: str = WARD, day: str = "", expected: str = "", **fields: Any) -> None:
    seen = expected or town.services.procedure_desk.state(agency, CODE).mark
    town.services.procedure_office.edit(agency, CODE, fields, by="off_1", expected=seen, effective=day)
    town.clock.pass_by(seconds=6)


def shown(town: ProcedureTown, day: str = "", agency: str = WARD) -> Procedure:
    return town.services.procedure_desk.state(agency, CODE, day).procedure


def test_what_an_officer_types_is_laid_over_what_is_inherited_and_can_be_dropped(town: ProcedureTown):
    edit(town, PROVINCE, owner="Phòng Tư pháp tỉnh")
    edit(town, address="Số 1 Lê Lợi", steps=["Nộp", "Nhận"])
    state = town.services.procedure_desk.state(WARD, CODE)
    assert (state.sources["address"], state.sources["owner"], state.sources["name"]) == (WARD, PROVINCE, NATION)
    assert dict(state.own) == {"address": "Số 1 Lê Lợi", "steps": ["Nộp", "Nhận"]}
    edit(town, address=None)
    assert (shown(town).address, shown(town).steps) == ("Bộ phận một cửa", ("Nộp", "Nhận"))
    edit(town, steps=["Nộp"])
    assert not town.services.procedure_desk.own(WARD), "who says what is said above says nothing of its own"


def test_what_begins_later_holds_from_midnight_in_vietnam(town: ProcedureTown):
    edit(town, day=LATER, address="Trụ sở mới")
    state = town.services.procedure_desk.state(WARD, CODE)
    assert (state.procedure.address, state.days) == ("Bộ phận một cửa", [LATER])
    assert shown(town, LATER).address == "Trụ sở mới"
    assert [(one.fields, one.days) for one in town.services.procedure_desk.own(WARD)] == [([], [LATER])]
    town.clock.pass_by(hours=8, days=10)
    assert shown(town).address == "Bộ phận một cửa", "23:40 on the day before"
    town.clock.pass_by(minutes=20)
    assert shown(town).address == "Trụ sở mới"
    assert town.services.catalogue.get(WARD, CODE).procedure.address == "Trụ sở mới"


def test_a_change_of_today_goes_on_in_what_is_to_come_but_for_what_changes_there(town: ProcedureTown):
    edit(town, address="Cũ", owner="Tổ một cửa")
    edit(town, day=LATER, address="Mới")
    edit(town, address="Tạm", owner="Văn phòng", conditions="Có hẹn")
    assert (shown(town).address, shown(town).owner) == ("Tạm", "Văn phòng")
    later = shown(town, LATER)
    assert (later.address, later.owner, later.conditions) == ("Mới", "Văn phòng", "Có hẹn")
    edit(town, owner=None)
    assert (shown(town).owner, shown(town, LATER).owner, shown(town, LATER).address) == ("", "", "Mới")


def test_of_two_officers_the_second_is_told_and_nothing_is_overwritten(town: ProcedureTown):
    seen = town.services.procedure_desk.state(WARD, CODE)
    edit(town, address="Của người thứ nhất")
    with pytest.raises(Conflict) as conflict:
        edit(town, expected=seen.mark, owner="Của người thứ hai")
    assert conflict.value.code == "procedures_changed"
    ((version, differences),) = town.services.procedure_desk.changed_since(WARD, CODE, seen.number)
    assert (version.by, version.source, version.number) == ("off_1", "desk", seen.number + 1)
    assert [(one.field, one.before, one.after) for one in differences] == [("address", None, "Của người thứ nhất")]
    assert shown(town).owner == ""


def test_another_procedure_or_another_agency_does_not_stand_in_the_way(town: ProcedureTown):
    town.take(Procedure("1.000894", "Đăng ký kết hôn"))
    seen = town.services.procedure_desk.state(WARD, CODE).mark
    town.services.procedure_office.edit(
        WARD,
        "1.000894",
        {"address": "Khác"},
        by="off_2",
        expected=town.services.procedure_desk.state(WARD, "1.000894").mark,
    )
    edit(town, PROVINCE, address="Tỉnh")
    edit(town, expected=seen, owner="Tổ một cửa")
    assert shown(town).owner == "Tổ một cửa"


@pytest.mark.parametrize("day", ["2026-11-19", "2028-12-30"])
def test_a_day_that_has_passed_or_is_far_away_is_refused(town: ProcedureTown, day: str):
    with pytest.raises(Invalid) as problem:
        edit(town, day=day, address="x")
    assert (problem.value.code, problem.value.facts["field"]) == ("effective_shape", "effective")


def test_what_may_not_be_kept_is_refused_as_a_whole(town: ProcedureTown):
    rule = [{"question": "ai", "choices": ["cha"]}]
    with pytest.raises(Invalid):
        edit(town, address="x", papers=[{"name": "Tờ khai", "originals": 1, "when": rule}])
    assert town.services.procedure_desk.own(WARD) == []


def test_a_version_tells_what_it_changed_from_its_day_on(town: ProcedureTown):
    edit(town, address="Một")
    edit(town, day=LATER, address="Hai")
    edit(town, address=None)
    desk = town.services.procedure_desk
    told = [[(one.day, one.field, one.before, one.after) for one in desk.differences(WARD, n)[1]] for n in (1, 2, 3)]
    assert told == [
        [(TODAY, "address", None, "Một")],
        [(LATER, "address", "Một", "Hai")],
        [(TODAY, "address", "Một", None)],
    ]
    with pytest.raises(NotFound):
        desk.differences(WARD, 4)


def test_a_change_above_shows_as_drift_until_an_officer_has_seen_it(town: ProcedureTown):
    edit(town, address="Một")
    town.take(Procedure(CODE, NATIONAL.name, address="Nơi khác", papers=NATIONAL.papers, steps=NATIONAL.steps))
    office, desk = town.services.procedure_office, town.services.procedure_desk
    town.clock.pass_by(seconds=6)
    state = desk.state(WARD, CODE)
    assert [one.field for one in office.drifts(WARD)[CODE]] == ["address"] == [one.field for one in state.drifts]
    office.keep_own(WARD, CODE, by="off_1", expected=state.mark, seen=drift_mark(state.drifts))
    assert office.drifts(WARD) == {}


@pytest.mark.parametrize("who", ["the agency", "those above"])
def test_whoever_stays_with_their_own_stays_with_what_they_saw(town: ProcedureTown, who: str):
    edit(town, address="Một")
    town.take(replace(NATIONAL, address="Nơi khác"))
    town.clock.pass_by(seconds=6)
    state = town.services.procedure_desk.state(WARD, CODE)
    if who == "the agency":
        edit(town, address="Hai")
    else:
        town.take(replace(NATIONAL, address="Nơi khác nữa"))
    with pytest.raises(Conflict) as conflict:
        town.services.procedure_office.keep_own(
            WARD, CODE, by="off_1", expected=state.mark, seen=drift_mark(state.drifts)
        )
    assert conflict.value.code == "procedures_changed"


def call_off(town: ProcedureTown, day: str = LATER, expected: str = "") -> None:
    seen = expected or town.services.procedure_desk.state(WARD, CODE).mark
    town.services.procedure_office.call_off(WARD, CODE, day, by="off_1", expected=seen)


def test_a_change_to_come_is_called_off_and_what_begins_later_keeps_its_own(town: ProcedureTown):
    edit(town, address="Nay", owner="Tổ một cửa")
    edit(town, day=LATER, address="Trụ sở mới", conditions="Có hẹn")
    edit(town, day="2026-12-24", owner="Văn phòng")
    call_off(town)
    assert town.services.procedure_desk.state(WARD, CODE).days == ["2026-12-24"]
    assert (shown(town, LATER).address, shown(town, LATER).conditions) == ("Nay", "")
    last = shown(town, "2026-12-24")
    assert (last.address, last.conditions, last.owner) == ("Nay", "", "Văn phòng")


def test_the_only_change_of_an_agency_is_called_off_and_nothing_is_left(town: ProcedureTown):
    edit(town, day=LATER, address="Trụ sở mới")
    call_off(town)
    assert town.services.procedure_desk.own(WARD) == []
    assert shown(town, LATER).address == NATIONAL.address


@pytest.mark.parametrize("day", ["2026-12-02", TODAY, "2026-11-01", "x"])
def test_only_what_is_to_come_can_be_called_off(town: ProcedureTown, day: str):
    edit(town, address="Nay")
    edit(town, day=LATER, address="Trụ sở mới")
    with pytest.raises(NotFound):
        call_off(town, day)
    assert shown(town, LATER).address == "Trụ sở mới"


def test_who_saw_something_else_calls_nothing_off(town: ProcedureTown):
    edit(town, day=LATER, address="Trụ sở mới")
    seen = town.services.procedure_desk.state(WARD, CODE).mark
    edit(town, day=LATER, address="Trụ sở khác")
    with pytest.raises(Conflict):
        call_off(town, expected=seen)
    assert shown(town, LATER).address == "Trụ sở khác"


def test_a_file_of_today_goes_on_in_what_is_to_come(town: ProcedureTown):
    edit(town, day=LATER, address="Trụ sở mới")
    town.services.procedure_office.take(WARD, [replace(NATIONAL, owner="Văn phòng")], by="off_1", source="file")
    town.clock.pass_by(seconds=6)
    assert (shown(town, LATER).address, shown(town, LATER).owner) == ("Trụ sở mới", "Văn phòng")


def test_a_procedure_that_nobody_knows_is_not_found(town: ProcedureTown):
    with pytest.raises(NotFound):
        town.services.procedure_desk.state(WARD, "9.999999")
