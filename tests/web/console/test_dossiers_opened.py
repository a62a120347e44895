"""Whoever opens a dossier at the desk leaves a trace that its citizen reads: post, time, reason, once a day."""

from pathlib import Path

import pytest

from miniapp.dossiers.model import Dossier
from tests.support.dossier_acts import asking, handed_on
from tests.support.dossier_desk import address, clerk, moved, officer, taken
from tests.support.dossier_town import OFFICER
from tests.support.faults import CountedCalls, Silence
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import OTHER, Office

__all__ = ["clerk", "officer"]


def reasons(office: Office, agency: str, code: str) -> list[tuple[str, str]]:
    return [(one.post, one.reason.value) for one in office.services.dossier_openings.of(agency, code)]


def press(by: Visitor, page: Page, held: Dossier, reason: str, below: str, status: int = 303) -> Page:
    """One of the page's answers."""
    fields = {"form_token": page.token(), "reason": reason, "below": below}
    return by.post(address(held, "/ly-do"), status, **fields)


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


def test_who_decides_is_told_from_who_had_it_today(office: Office, officer: Desk, clerk: Visitor):
    held = moved(office, taken(office, by=officer.id), handed_on)
    clerk.get(address(held))
    office.at_desk(office.desk("lanhdao@x.vn", "approver")).get(address(held))
    assert sorted(reasons(office, held.agency, str(held.code))) == [("", "handling"), ("", "supervision")]


@pytest.mark.parametrize("below", ["", "/giay-hen", "/phieu/bo-sung"])
def test_who_has_no_part_in_it_says_why_by_one_press_and_once_a_day(below: str, office: Office, officer: Desk):
    held = moved(office, taken(office, by=OFFICER.id), asking())
    other = office.at_desk(office.desk("khac@x.vn", "officer"))
    page = other.get(address(held, below))
    assert "Vì sao mở hồ sơ" in page.text and "Nguyễn Thị Lan" not in page.html
    assert reasons(office, held.agency, str(held.code)) == []
    shown = other.follow(press(other, page, held, "answering", below))
    assert "Nguyễn Thị Lan" in shown.text and str(held.code) in shown.text
    assert "Vì sao mở hồ sơ" not in other.get(address(held)).text
    assert reasons(office, held.agency, str(held.code)) == [("", "answering")]
    another = office.at_desk(office.desk("nua@x.vn", "officer"))
    assert "Vì sao mở hồ sơ" in another.get(address(held)).text
    office.clock.pass_by(days=1)
    assert "Vì sao mở hồ sơ" in office.at_desk(office.desks[-2]).get(address(held, below)).text


def test_a_reason_that_is_none_to_choose_shows_nothing_and_asks_again(office: Office, officer: Desk):
    held = taken(office, by=OFFICER.id)
    other = office.at_desk(office.desk("khac@x.vn", "officer"))
    for reason in ("x" * 5_000, "supervision", "unstated", ""):
        page = press(other, other.get(address(held)), held, reason, "", 422)
        assert "Vì sao mở hồ sơ" in page.text and "Nguyễn Thị Lan" not in page.html
    assert "chọn một lý do" in page.text
    assert reasons(office, held.agency, str(held.code)) == []
    page = press(other, other.get(address(held)), held, "helping", "//elsewhere.vn/")
    assert str(page.answer.location).endswith(address(held)), "only pages of the dossier are gone on to"


def test_a_press_that_comes_twice_leaves_one_trace_and_other_agencies_leave_none(office: Office, officer: Desk):
    held = taken(office, by=OFFICER.id)
    other = office.at_desk(office.desk("khac@x.vn", "officer"))
    page = other.get(address(held))
    for _ in range(2):
        press(other, page, held, "checking", "")
    assert reasons(office, held.agency, str(held.code)) == [("", "checking")]
    stranger = office.at_desk(office.desk("la@x.vn", "officer", agency=OTHER))
    stranger.post(address(held, "/ly-do"), 403, form_token=page.token(), reason="helping")
    assert len(reasons(office, held.agency, str(held.code))) == 1


def test_the_question_s_markup_is_sound_in_both_languages(office: Office, officer: Desk, tmp_path: Path):
    held = taken(office, by=OFFICER.id)
    other = office.at_desk(office.desk("khac@x.vn", "officer"))
    for language in ("", "?lang=en"):
        collect_html(f"why{language}", other.get(address(held, language)).html, tmp_path)
        wrong = other.post(address(held, f"/ly-do{language}"), 422, form_token=other.get(address(held)).token())
        collect_html(f"wrong{language}", wrong.html, tmp_path)
    assert_markup(tmp_path)


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
