"""Whoever opens a dossier at the desk leaves a trace that its citizen reads: post, time, reason, once a day."""

from tests.support.dossier_acts import handed_on
from tests.support.dossier_desk import address, clerk, moved, officer, taken
from tests.support.faults import CountedCalls, Silence
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import Office

__all__ = ["clerk", "officer"]


def reasons(office: Office, agency: str, code: str) -> list[tuple[str, str]]:
    return [(one.post, one.reason.value) for one in office.services.dossier_openings.of(agency, code)]


def test_opening_is_noted_with_the_post_that_has_it_and_again_only_on_another_day(
    office: Office, officer: Desk, clerk: Visitor
):
    held = taken(office, by=officer.id)
    for below in ("", "", "/giay-hen"):
        clerk.get(address(held, below))
    assert reasons(office, held.agency, str(held.code)) == [("Công chức tư pháp", "handling")]
    office.clock.pass_by(days=1)
    office.at_desk(officer).get(address(held))
    assert len(reasons(office, held.agency, str(held.code))) == 2


def test_who_decides_is_told_from_who_has_no_part_in_it(office: Office, officer: Desk, clerk: Visitor):
    held = moved(office, taken(office, by=officer.id), handed_on)
    clerk.get(address(held))
    office.at_desk(office.desk("lanhdao@x.vn", "approver")).get(address(held))
    assert sorted(reasons(office, held.agency, str(held.code))) == [("", "supervision"), ("", "unstated")]


def test_lists_and_what_is_not_there_leave_no_trace_and_nothing_is_shown_that_could_not_be_noted(
    office: Office, officer: Desk, clerk: Visitor
):
    held = taken(office, by=officer.id)
    clerk.get(f"/console/{held.agency}/ho-so")
    clerk.get(f"/console/{held.agency}/ho-so/H56.14-261120-0999", 404)
    assert reasons(office, held.agency, str(held.code)) == []
    with CountedCalls(office.services.aws) as counted:
        clerk.get(address(held))
    assert "PutItem" in counted.calls
    with Silence(office.services.aws, "dynamodb"):
        assert held.procedure_name not in clerk.get(address(held), 503).html


def test_rows_of_two_years_ago_are_shown_no_more(office: Office, officer: Desk, clerk: Visitor):
    held = taken(office, by=officer.id)
    clerk.get(address(held))
    office.clock.pass_by(days=2 * 365 + 1)
    assert reasons(office, held.agency, str(held.code)) == []
