"""Rows of agencies: by id and address, children in a page, conditional changes."""

from dataclasses import replace
from typing import Any

import pytest

from miniapp.agencies import store as agencies_store
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.tables import bind, transact
from tests.support.cloud import Cloud

PROVINCE = Agency("ubnd-tinh-a", "ubnd-tinh-a", Kind.PROVINCE, "Tỉnh A", "A Province", code="01", hotline="1022")


def school(number: int, **given: Any) -> Agency:
    name = f"truong-{number:03}"
    return Agency(name, name, Kind.SCHOOL, f"Trường {number}", f"School {number}", parent=PROVINCE.id, **given)


@pytest.fixture
def store(each_store: Cloud) -> AgencyStore:
    bind(agencies_store.TABLES, each_store.settings, each_store.aws)
    return AgencyStore()


def test_an_agency_comes_back_as_it_was_kept(store: AgencyStore):
    full = replace(
        school(1),
        short="T1",
        sector="thpt",
        code="00004",
        valid_from="2025-07-01",
        valid_to="2026-06-30",
        successors=("truong-002", "truong-003"),
        hotline="113",
        site="https://example.vn",
        services=frozenset({Service.EXAM_SCORES, Service.NEWS}),
        accent="#0b6b4f",
        crest="/assets/crest.svg",
    )
    store.add([full])
    assert store.get(full.id) == replace(full, version=1)


def test_what_nobody_added_is_not_found(store: AgencyStore):
    assert store.find("truong-404") is None
    with pytest.raises(NotFound) as refused:
        store.get("truong-404")
    assert refused.value.code == "agency_unknown"


def test_the_same_address_is_taken_once(store: AgencyStore):
    store.add([school(1)])
    with pytest.raises(Conflict) as refused:
        store.add([school(1)])
    assert refused.value.code == "agency_address_taken"


def test_after_a_rename_the_new_and_the_old_address_lead_to_it(store: AgencyStore):
    store.add([school(1)])
    before = store.get("truong-001")
    store.placed({PROVINCE.id: [before]})
    transact(*store.changed(before, before.renamed("Trường mới", "New School", "Mới", "truong-moi")))
    for address in ("truong-moi", "truong-001"):
        found = store.find(address)
        assert found is not None
        assert (found.id, found.address, found.name) == ("truong-001", "truong-moi", "Trường mới")
    assert [child.address for child in store.page(PROVINCE.id).children] == ["truong-moi"]


def test_a_rename_to_an_address_in_use_changes_nothing(store: AgencyStore):
    store.add([school(1), school(2)])
    before = store.get("truong-001")
    store.placed({PROVINCE.id: [before]})
    with pytest.raises(Conflict) as refused:
        transact(*store.changed(before, before.renamed("Khác", "Other", "K", "truong-002")))
    assert refused.value.code == "agency_address_taken"
    assert store.get("truong-001") == before


def identified(store: AgencyStore, id: str, identifier: str) -> None:
    before = store.get(id)
    transact(*store.changed(before, replace(before, identifier=identifier)))


def test_an_identifier_is_one_agencys_alone_until_it_is_left(store: AgencyStore):
    store.add([school(1), school(2)])
    identified(store, "truong-001", "H56.14")
    with pytest.raises(Conflict) as refused:
        identified(store, "truong-002", "H56.14")
    assert refused.value.code == "agency_identifier_taken"
    assert store.get("truong-002").identifier == ""
    identified(store, "truong-001", "H56.15")
    identified(store, "truong-002", "H56.14")
    holders = [store.holder(one) for one in ("H56.14", "H56.15", "H56.16")]
    assert [one and one.id for one in holders] == ["truong-002", "truong-001", None]
    identified(store, "truong-002", "")
    assert store.holder("H56.14") is None


def test_an_agency_that_is_added_with_its_identifier_has_it(store: AgencyStore):
    store.add([replace(school(1), identifier="H56.14")])
    with pytest.raises(Conflict) as refused:
        store.add([replace(school(2), identifier="H56.14")])
    assert refused.value.code == "agency_identifier_taken"
    assert store.find("truong-002") is None


def test_of_two_agencies_that_take_one_identifier_at_once_one_has_it(store: AgencyStore):
    store.add([school(1), school(2)])
    first, second = store.get("truong-001"), store.get("truong-002")
    transact(*store.changed(first, replace(first, identifier="H56.14")))
    with pytest.raises(Conflict) as refused:
        transact(*store.changed(second, replace(second, identifier="H56.14")))
    assert refused.value.code == "agency_identifier_taken"
    holder = store.holder("H56.14")
    assert holder is not None and holder.id == "truong-001"


def test_two_changes_of_one_reading_let_the_first_win(store: AgencyStore):
    store.add([school(1)])
    read = store.get("truong-001")
    transact(*store.changed(read, read.opened(Service.NEWS)))
    with pytest.raises(Conflict) as refused:
        transact(*store.changed(read, read.opened(Service.ALERTS)))
    assert refused.value.code == "agency_changed"
    assert store.get("truong-001").services == {Service.NEWS}


def test_children_come_in_pages_that_miss_and_repeat_none(store: AgencyStore):
    store.placed({PROVINCE.id: [school(number) for number in range(25)]})
    seen: list[str] = []
    cursor = ""
    for _ in range(9):
        page = store.page(PROVINCE.id, cursor, most=10)
        assert page.total == 25
        seen += [child.id for child in page.children]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == [f"truong-{number:03}" for number in range(25)]  # 2 before 10


def test_children_added_later_join_those_who_stand_there(store: AgencyStore):
    store.placed({PROVINCE.id: [school(1)]})
    store.placed({PROVINCE.id: [school(1), school(2)], "": [PROVINCE]})
    assert [child.id for child in store.page(PROVINCE.id).children] == ["truong-001", "truong-002"]
    assert [child.id for child in store.page("").children] == [PROVINCE.id]


def test_a_node_without_children_has_an_empty_page(store: AgencyStore):
    page = store.page("truong-001")
    assert (page.children, page.total, page.cursor) == ((), 0, "")


def test_no_agency_can_stand_where_the_store_keeps_its_own_rows():
    from miniapp.agencies.model import is_address

    assert not is_address(agencies_store.TOP)
    assert not is_address(agencies_store.SEEDED)
