"""Requests for a second look at the desk: who answers, what is due, one decided by a leader, knowingly and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from miniapp.dossiers.events import By, Side
from miniapp.dossiers.reopening import Request, Senior, State
from tests.support.dossier_acts import finished, taken_up
from tests.support.dossier_desk import clerk, moved, officer, taken
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "officer"]

BASE = f"/console/{AGENCY}/ho-so/xem-lai"
POST = "Phó Chủ tịch UBND phường"
WHY = "Giấy khai sinh ghi sai ngày sinh"
GOOD = "Về việc Đăng ký khai sinh: cơ quan đã mở sổ gốc, sẽ trả bản đúng trước ngày 04/12/2026."


@pytest.fixture
def leader(office: Office, officer: Desk) -> Desk:
    """Who leads the agency."""
    return office.desk("lanhdao@x.vn", "approver")


@pytest.fixture
def visitor(office: Office, leader: Desk) -> Visitor:
    """The leader's browser."""
    return office.at_desk(leader)


@pytest.fixture
def request_(office: Office, leader: Desk) -> Request:
    """A request that waits for that leader."""
    return asked(office, leader)


def asked(office: Office, leader: Desk, key: str = "key-1", words: str = WHY) -> Request:
    service = office.services.reopenings
    me = Senior(leader.id, "Lê Thị Lan", POST)
    service.name(AGENCY, me, service.seniors(AGENCY).version, by=leader.id)
    held = moved(office, moved(office, taken(office, key=key), taken_up), finished)
    return service.ask(AGENCY, str(held.code), words, seen=service.seen(me), key=key)


def at(request: Request) -> str:
    return f"{BASE}/{request.code}/{request.number}"


def sent(
    visitor: Visitor, page: Page, request: Request, text: str, verdict: str = "reopened", status: int = 303
) -> Page:
    fields = {name: page.value(name) for name in ("form_token", "seen", "looked")}
    return visitor.post(at(request), status, **fields, text=text, verdict=verdict)


def test_a_leader_takes_on_to_answer_with_the_post_of_his_signature_and_gives_it_up(
    office: Office, leader: Desk, visitor: Visitor
):
    page = visitor.get(BASE)
    assert "Chưa có ai nhận trả lời" in page.text
    fields = {"form_token": page.token(), "version": page.value("version")}
    wrong = visitor.post(BASE, 422, **fields, post=" ")
    assert "Chức vụ cần có chữ" in wrong.text and wrong.one("#problems a")["href"] == "#f-post"
    visitor.post(BASE, 303, form_token=wrong.token(), version="0", post=POST)
    people = office.services.reopenings.seniors(AGENCY).people
    assert people == (Senior(leader.id, "Lê Thị Lan", POST),)
    page = visitor.get(BASE)
    assert page.value("post") == POST
    stale = visitor.post(BASE, 409, form_token=page.token(), version="0", post="Chủ tịch")
    assert "vừa được đổi ở nơi khác" in stale.text and stale.value("post") == "Chủ tịch"
    visitor.post(BASE, 303, form_token=stale.token(), version="1", officer=leader.id)
    assert office.services.reopenings.seniors(AGENCY).people == ()
    assert [one.event for one in office.services.audit.page(AGENCY).entries[:2]] == ["senior_unnamed", "senior_named"]


def test_who_leads_no_more_is_marked_and_any_leader_takes_them_off(office: Office, visitor: Visitor):
    office.services.reopenings.name(AGENCY, Senior("off_gone", "Người Cũ", "Chủ tịch"), 0, by="off_gone")
    page = visitor.get(BASE)
    assert "Không còn là lãnh đạo ở đây" in page.text
    visitor.post(BASE, 303, form_token=page.token(), version="1", officer="off_gone")
    assert "Người Cũ" not in visitor.get(BASE).text


def test_what_has_to_be_answered_is_listed_by_its_due_moment_and_counted_on_the_first_page(
    office: Office, leader: Desk, visitor: Visitor
):
    first = asked(office, leader)
    office.clock.pass_by(days=1)
    second = asked(office, leader, "key-2")
    visitor = office.at_desk(leader)
    rows = [str(row.get_text()) for row in visitor.get(BASE).soup.select("tbody th a")]
    assert rows == [first.code, second.code]
    assert "Đề nghị xem lại" not in visitor.get("/console/").text
    assert first.due is not None
    office.clock.pass_by(seconds=(first.due - office.clock.now()).total_seconds() - 3600)
    home = office.at_desk(leader).get("/console/")
    assert "Đề nghị xem lại, hạn trả lời hôm nay (1)" in home.text
    assert "Hôm nay" in office.at_desk(leader).get(BASE).text
    office.clock.pass_by(days=30)
    home = office.at_desk(leader).get("/console/")
    assert "Đề nghị xem lại, quá hạn trả lời (2)" in home.text
    assert BASE in [str(way["href"]) for way in home.soup.select("a.button")]


def test_the_words_of_the_citizen_are_read_and_the_dossier_is_reopened_then_answered(
    office: Office, visitor: Visitor, request_: Request
):
    page = visitor.get(at(request_))
    assert WHY in page.text and request_.code in page.h1
    assert [str(one["value"]) for one in page.soup.select("input[type=radio]")] == ["reopened", "answered"]
    sent(visitor, page, request_, GOOD)
    page = visitor.get(at(request_))
    assert GOOD in page.text and "Đang xem xét lại" in page.text and "Lê Thị Lan" in page.text
    assert [str(one["value"]) for one in page.soup.select("input[type=radio]")] == ["answered"]
    last = "Đăng ký khai sinh: bản đúng đã trả ngày 02/12/2026, xin lỗi ông bà."
    sent(visitor, page, request_, last, "answered")
    page = visitor.get(at(request_))
    assert last in page.text and not page.soup.select("textarea")
    assert "Không có đề nghị nào chờ trả lời" in visitor.get(BASE).text
    entry = office.services.audit.page(AGENCY).entries[0]
    facts = {"dossier": request_.code, "number": 1, "weak": ""}
    assert (entry.event, entry.facts) == ("dossier_reopening_answered", facts)


def test_an_answer_that_looks_general_comes_back_once_and_is_sent_when_sent_again(
    office: Office, visitor: Visitor, request_: Request
):
    text = "Cảm ơn ông bà.\n\nSẽ xem lại."
    page = sent(visitor, visitor.get(at(request_)), request_, text, status=422)
    assert "Không có ngày nào" in page.text and "Không nhắc tên việc" in page.text
    assert page.one("textarea").get_text() == text and "checked" in page.one("input[value=reopened]").attrs
    assert office.services.reopenings.of(AGENCY, request_.code) == [request_]
    sent(visitor, page, request_, text)
    [held] = office.services.reopenings.of(AGENCY, request_.code)
    assert (held.state, held.decided[0].text) == (State.REOPENED, text)
    assert office.services.audit.page(AGENCY).entries[0].facts["weak"] == "no_date matter_unnamed"


def test_an_answer_copied_from_an_earlier_request_is_told(office: Office, leader: Desk, visitor: Visitor):
    first, second = asked(office, leader), asked(office, leader, "key-2")
    sent(visitor, visitor.get(at(first)), first, GOOD)
    page = sent(visitor, visitor.get(at(second)), second, GOOD, status=422)
    assert "câu chữ giống một câu đã trả lời trước đây" in page.text


def test_whatever_is_wrong_is_said_and_what_was_typed_stays(office: Office, visitor: Visitor, request_: Request):
    page = visitor.get(at(request_))
    none = sent(visitor, page, request_, GOOD, "", 422)
    assert "Chưa chọn quyết định" in none.text and none.one("textarea").get_text() == GOOD
    empty = sent(visitor, none, request_, " ", "answered", 422)
    assert "Câu trả lời còn trống" in empty.text
    long = sent(visitor, empty, request_, "a" * 2001, "answered", 422)
    assert long.one("textarea").get_text() == "a" * 2001
    visitor.get(f"{BASE}/{request_.code}/2", 404)
    visitor.get(f"{BASE}/khong-co/1", 404)
    assert office.services.reopenings.of(AGENCY, request_.code) == [request_]


def test_of_two_leaders_who_looked_the_second_hears_what_the_first_decided_and_loses_no_word(
    office: Office, visitor: Visitor, request_: Request
):
    other = office.at_desk(office.desk("pho@x.vn", "approver"))
    mine, theirs = visitor.get(at(request_)), other.get(at(request_))
    sent(other, theirs, request_, GOOD)
    text = "Việc Đăng ký khai sinh này đúng luật, xem Điều 5, trả lời ngày 24/11/2026."
    late = sent(visitor, mine, request_, text, "answered", 409)
    assert "vừa quyết định về đề nghị này" in late.text and GOOD in late.text
    assert late.one("textarea").get_text() == text
    sent(visitor, late, request_, text, "answered")
    [held] = office.services.reopenings.of(AGENCY, request_.code)
    assert [each.state for each in held.decided] == [State.REOPENED, State.ANSWERED]


def test_two_taps_decide_once(office: Office, visitor: Visitor, request_: Request):
    page = visitor.get(at(request_))
    for _ in range(2):
        sent(visitor, page, request_, GOOD)
    [held] = office.services.reopenings.of(AGENCY, request_.code)
    assert len(held.decided) == 1


def test_who_moved_the_dossier_answers_nothing_about_it(office: Office, leader: Desk):
    both = office.desk("kiem@x.vn", "approver", "officer")
    service, act = office.services.dossier_office, By(Side.OFFICER, both.id)
    taken_in = taken(office, by=both.id)
    for move in (taken_up, finished):
        taken_in = service.move(AGENCY, str(taken_in.code), taken_in.version, move, by=act)
    reopenings, me = office.services.reopenings, Senior(leader.id, "Lê Thị Lan", POST)
    reopenings.name(AGENCY, me, 0, by=leader.id)
    request = reopenings.ask(AGENCY, str(taken_in.code), WHY, seen=reopenings.seen(me), key="key")
    visitor = office.at_desk(both)
    page = sent(visitor, visitor.get(at(request)), request, GOOD, status=409)
    assert "Bạn đã tham gia giải quyết hồ sơ này" in page.text and page.one("textarea").get_text() == GOOD
    assert reopenings.of(AGENCY, request.code) == [request]


@pytest.mark.parametrize("role", ["officer", "agency_admin", "auditor", "publisher"])
def test_requests_are_for_leaders_of_the_agency_and_nobody_else(office: Office, request_: Request, role: str):
    visitor = office.at_desk(office.desk(f"{role}@x.vn", role))
    for address in (BASE, at(request_)):
        visitor.get(address, 403)
        visitor.post(address, 403, text=GOOD, verdict="answered", post=POST)
    foreign = office.at_desk(office.desk("la@x.vn", "approver", agency=OTHER))
    foreign.get(at(request_), 403)
    foreign.get(at(request_).replace(AGENCY, OTHER), 404)
    assert office.services.reopenings.of(AGENCY, request_.code) == [request_]


def test_who_handles_the_dossier_sees_on_its_page_that_it_is_looked_at_again_without_the_words_of_who_asked(
    office: Office, clerk: Visitor, visitor: Visitor, request_: Request
):
    sent(visitor, visitor.get(at(request_)), request_, GOOD)
    page = clerk.get(f"/console/{AGENCY}/ho-so/{request_.code}")
    assert "Đang xem xét lại" in page.text and GOOD in page.text
    assert WHY not in page.html and at(request_) not in page.html
    assert at(request_) in visitor.get(f"/console/{AGENCY}/ho-so/{request_.code}").html
    assert BASE in visitor.get(f"/console/{AGENCY}/danh-gia").html


def test_english_pages_are_whole_and_all_are_good_markup(visitor: Visitor, request_: Request, tmp_path: Path):
    page = visitor.get(f"{at(request_)}?lang=en")
    assert "Look at the dossier again" in page.text and page.h1.startswith("Second look at dossier")
    assert (
        "I will answer" in visitor.get(f"{BASE}?lang=en").text
        or "Change the post" in visitor.get(f"{BASE}?lang=en").text
    )
    for name, address in (("list", BASE), ("list-en", f"{BASE}?lang=en"), ("one", at(request_))):
        collect_html(name, visitor.get(address).html, tmp_path)
    weak = sent(visitor, visitor.get(at(request_)), request_, "Cảm ơn.", status=422)
    collect_html("weak", weak.html, tmp_path)
    assert_markup(tmp_path)
