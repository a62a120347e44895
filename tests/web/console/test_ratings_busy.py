"""The dashboard of an agency with a million ratings a year: read units and calls that do not grow with what is asked for."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.billed import Billed
from tests.support.rated_desk import busy
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, Office

BASE = f"/console/{AGENCY}/danh-gia"
UNITS_MOST = 40


def asked(office: Office, visitor: Visitor, address: str) -> tuple[float, Counter[str]]:
    """Read units and calls of a page, the officer's session and the agency's row included."""
    with Billed(office.services.aws) as billed:
        assert "chưa đến 5 phiếu" not in visitor.get(address).text
    return billed.units, Counter(billed.calls)


@pytest.fixture
def leader(office: Office) -> Visitor:
    busy(office.services, AGENCY)
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


def test_a_page_of_a_million_ratings_costs_at_most_forty_units_and_as_many_calls_whatever_is_asked_for(
    office: Office, leader: Visitor
):
    leader.get(BASE)  # what a process reads once: the agency, the catalogue
    spans = ("2026-07", "2026-Q3", "2026-H2", "2026-9M", "2026")
    found = {
        (span, axis): asked(office, leader, f"{BASE}?ky={span}&theo={axis}")
        for span in spans
        for axis in ("don-vi", "thu-tuc", "can-bo")
    }
    assert {key: units for key, (units, _) in found.items() if units > UNITS_MOST} == {}
    for axis in ("don-vi", "thu-tuc", "can-bo"):
        calls = [made for (_, each), (_, made) in found.items() if each == axis]
        assert all(made == calls[0] for made in calls), axis
        assert sum(calls[0].values()) <= 6


def test_an_agency_that_a_few_people_rated_is_asked_in_as_many_calls(office: Office, leader: Visitor):
    leader.get(BASE)
    _, many = asked(office, leader, f"{BASE}?ky=2026-07")
    with Billed(office.services.aws) as billed:
        leader.get(f"{BASE}?ky=2024-07")
    assert Counter(billed.calls) == many
