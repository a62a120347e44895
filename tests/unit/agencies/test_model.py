"""Agencies: their moves, addresses and days."""

from typing import Any

import pytest

from miniapp.agencies.model import MOVES, RESERVED, Agency, Description, Kind, Move, Service, State, is_address
from miniapp.core.errors import Conflict, Invalid

DEPARTMENT = Agency("so-gddt-dak-lak", "so-gddt-dak-lak", Kind.DEPARTMENT, "Sở Giáo dục", "Department of Education")
MERGED = DEPARTMENT.merged_into(("so-gddt-gia-lai",), "2026-06-30")


def agency(**given: Any) -> Agency:
    return Agency(**{"id": "a", "address": "a", "kind": Kind.SCHOOL, "name": "A", "name_en": "A", **given})


def test_opening_a_service_twice_is_opening_it_once():
    once = DEPARTMENT.opened(Service.EXAM_SCORES)
    assert once.opened(Service.EXAM_SCORES) == once
    assert once.services == {Service.EXAM_SCORES}


def test_closing_a_service_leaves_the_others_open():
    both = DEPARTMENT.opened(Service.EXAM_SCORES).opened(Service.NEWS)
    assert both.closed(Service.EXAM_SCORES).services == {Service.NEWS}


def test_a_renamed_agency_keeps_its_id():
    renamed = DEPARTMENT.renamed("Sở mới", "New", "Sở", "so-moi")
    assert (renamed.id, renamed.address, renamed.name) == ("so-gddt-dak-lak", "so-moi", "Sở mới")


def test_a_merger_ends_the_services_and_names_the_successors():
    assert MERGED.state is State.MERGED
    assert MERGED.services == frozenset()
    assert MERGED.successors == ("so-gddt-gia-lai",)


def test_every_state_has_its_moves_in_the_table():
    assert set(MOVES) == set(State)


@pytest.mark.parametrize(
    "act",
    [
        lambda: MERGED.opened(Service.NEWS),
        lambda: MERGED.closed(Service.NEWS),
        lambda: MERGED.renamed("B", "B", "B", "b"),
        lambda: MERGED.merged_into(("b",), "2026-07-01"),
        lambda: MERGED.described(Description.of(MERGED)),
        lambda: MERGED.coloured("#0b57b8"),
        lambda: MERGED.crested("crests/a.png"),
    ],
    ids=[move.value for move in Move],
)
def test_a_merged_agency_makes_no_move(act: Any):
    with pytest.raises(Conflict) as refused:
        act()
    assert refused.value.code == "agency_merged"


@pytest.mark.parametrize(("today", "closed"), [("2026-06-29", False), ("2026-06-30", False), ("2026-07-01", True)])
def test_the_last_day_is_a_working_day(today: str, closed: bool):
    assert MERGED.is_closed(today) is closed


def test_an_agency_without_a_last_day_is_never_closed():
    assert not DEPARTMENT.is_closed("2999-12-31")


@pytest.mark.parametrize("address", sorted(RESERVED))
def test_our_own_addresses_are_no_agencys(address: str):
    with pytest.raises(Invalid) as refused:
        agency(address=address)
    assert refused.value.code in ("agency_address_reserved", "agency_address_shape")


@pytest.mark.parametrize(
    "address", ["", "Sở", "so gddt", "-so", "so-", "so--gddt", "SO", "so/gddt", "so.gddt", "a" * 73, "so\n", "../so"]
)
def test_an_address_is_short_plain_and_hyphenated(address: str):
    assert not is_address(address)
    with pytest.raises(Invalid) as refused:
        agency(address=address)
    assert refused.value.code == "agency_address_shape"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "agency_name_shape"),
        ({"name_en": "x" * 201}, "agency_name_shape"),
        ({"valid_from": "1/7/2025"}, "agency_day_shape"),
        ({"valid_from": "2025-07-02", "valid_to": "2025-07-01"}, "agency_days_reversed"),
        ({"site": "http://example.vn"}, "agency_site_shape"),
        ({"site": "javascript:alert(1)"}, "agency_site_shape"),
    ],
)
def test_what_an_agency_is_made_of_is_checked(given: dict[str, str], code: str):
    with pytest.raises(Invalid) as refused:
        agency(**given)
    assert refused.value.code == code


@pytest.mark.parametrize("successors", [(), ("so-gddt-dak-lak",), tuple(f"a{number}" for number in range(13))])
def test_a_merger_needs_some_other_successors(successors: tuple[str, ...]):
    with pytest.raises(Invalid) as refused:
        DEPARTMENT.merged_into(successors, "2026-06-30")
    assert refused.value.code == "agency_successors"
