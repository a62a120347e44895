"""One dossier at the desk: all of it on one screen, and each act from there."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.console.dossiers_acts import DEEDS
from miniapp.core.clock import VIETNAM
from miniapp.dossiers.ending import finish, hand_over
from miniapp.dossiers.parts import Channel, Lack, Wanted
from miniapp.dossiers.pausing import ask_for_papers, give_paper
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import take_up
from tests.support.desk_acts import GROUND, PAPERS, days, done, kept, leader, offered, rows
from tests.support.dossier_desk import (
    BASE,
    PERSON,
    address,
    clerk,
    found,
    identified,
    moved,
    officer,
    stated,
    taken,
    typed,
)
from tests.support.dossier_town import AT_DESK, OFFICER, ONLINE
from tests.support.markup import assert_markup, collect_html
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "leader", "officer"]


def test_who_asks_where_it_stands_and_what_happened_stand_on_one_screen(office: Office, clerk: Visitor):
    made = taken(office)
    page = clerk.get(address(made))
    for text in (*PERSON, AT_DESK.procedure_name, made.code.printed, "Công chức tư pháp", "Được tiếp nhận", "Chủ tịch"):
        assert text in page.text
    assert page.text.index("Tiếp nhận hồ sơ") < page.text.index("Nộp hồ sơ")
    assert "Còn 3 ngày làm việc" in page.text


def test_numbers_of_persons_are_for_who_handles_dossiers(office: Office, leader: Visitor):
    page = leader.get(address(taken(office)))
    assert PERSON[0] in page.text
    assert "001*******56" in page.text and "091*****78" in page.text
    assert PERSON[1] not in page.html and PERSON[2] not in page.html


def test_what_can_be_done_now_is_offered_and_nothing_else(office: Office, clerk: Visitor, leader: Visitor):
    made = taken(office)
    assert offered(clerk.get(address(made))) == {"xu-ly", "chuyen", "bo-sung", "nop-tien", "xin-loi", "rut"}
    assert offered(leader.get(address(made))) == set()
    filed = taken(office, ONLINE, "b")
    assert offered(clerk.get(address(filed))) == {"tiep-nhan", "rut", "tu-choi"}


def test_a_dossier_goes_its_way_from_the_desk(office: Office, officer: Desk, clerk: Visitor):
    made = taken(office)
    done(clerk, made, "xu-ly")
    assert (found(office, made).status, found(office, made).officer) == (Status.IN_PROGRESS, officer.id)
    done(clerk, made, "bo-sung", **{**PAPERS, **days("deadline", office)})
    asked = found(office, made).supplement
    assert asked is not None
    assert asked.papers == (
        Wanted("Giấy chứng sinh", Lack.MISSING, "bản chính"),
        Wanted("Tờ khai"),
        Wanted("Căn cước", Lack.OUTDATED),
    )
    assert offered(clerk.get(address(made))) >= {"nhan-giay"}
    for place in range(3):
        done(clerk, made, "nhan-giay", paper=str(place))
    done(clerk, made, "giai-quyet-tiep")
    done(clerk, made, "nop-tien", amount="8.000", article="Thông tư 85")
    assert "8.000 đ" in clerk.get(address(made)).text
    done(clerk, made, "da-nop-tien")
    done(clerk, made, "chuyen", step="1", officer=officer.id)
    assert found(office, made).post == "Chủ tịch"
    done(clerk, made, "xin-loi", reason="Chờ xác minh", **days("due", office))
    done(clerk, made, "xong")
    done(clerk, made, "tra-ket-qua", channel="3")
    held = found(office, made)
    assert (held.status, held.returned_by) == (Status.RETURNED, Channel.POST)
    page = clerk.get(address(made))
    assert offered(page) == set()
    assert "Ở trạng thái này bạn không có việc nào cần làm." in page.text


def test_what_was_filed_online_is_received_or_refused(office: Office, clerk: Visitor):
    first, second = taken(office, ONLINE, "a"), taken(office, ONLINE, "b")
    done(clerk, first, "tiep-nhan", amount="2", count="working_days", steps="Thẩm định: Công chức")
    assert found(office, first).status is Status.RECEIVED
    done(clerk, second, "tu-choi", **GROUND)
    held = found(office, second)
    assert held.status is Status.NOT_RECEIVED and held.ground is not None
    assert "Không đủ điều kiện" in clerk.get(address(second)).text


def test_it_is_stopped_or_withdrawn(office: Office, clerk: Visitor):
    first, second = taken(office, key="a"), taken(office, key="b")
    done(clerk, first, "xu-ly")
    done(clerk, first, "dung", **GROUND)
    done(clerk, second, "rut")
    assert (found(office, first).status, found(office, second).status) == (Status.STOPPED, Status.WITHDRAWN)


def test_a_leader_who_did_not_ask_says_that_a_request_was_wrong_and_nobody_else(
    office: Office, clerk: Visitor, leader: Visitor
):
    made = taken(office)
    done(clerk, made, "bo-sung", **{**PAPERS, **days("deadline", office)})
    clerk.get(address(made, "/viec/huy-yeu-cau"), 403)
    clerk.post(address(made, "/viec/huy-yeu-cau"), 403)
    done(leader, made, "huy-yeu-cau", 422, words="")
    done(leader, made, "huy-yeu-cau", words="Giấy này cơ quan đã có")
    assert found(office, made).status is Status.RECEIVED
    both = office.desk("ca-hai@x.vn", "officer", "approver")
    visitor = office.at_desk(both)
    done(visitor, made, "bo-sung", **{**PAPERS, **days("deadline", office)})
    assert offered(leader.get(address(made))) == set()  # once only


def test_who_asked_for_papers_does_not_annul_the_own_request(office: Office):
    identified(office)
    visitor = office.at_desk(office.desk("ca-hai@x.vn", "officer", "approver"))
    made = taken(office)
    done(visitor, made, "bo-sung", **{**PAPERS, **days("deadline", office)})
    page = done(visitor, made, "huy-yeu-cau", 403, words="Nhầm")
    assert "Người đã yêu cầu bổ sung không tự xác nhận" in page.text
    assert page.value("words") == "Nhầm"


def test_what_is_finished_says_when_and_whether_in_time_and_is_on_nobody_s_desk(office: Office):
    identified(office)
    made = moved(office, taken(office), lambda one, at, cal: take_up(one, OFFICER, at))
    late = taken(office, key="late")
    office.clock.pass_by(seconds=3_600)
    made = moved(office, made, lambda one, at, cal: finish(one, OFFICER, at))
    assert late.due is not None
    office.clock.at = late.due + timedelta(days=7)
    late = moved(office, late, lambda one, at, cal: take_up(one, OFFICER, at))
    late = moved(office, late, lambda one, at, cal: finish(one, OFFICER, at))
    visitor = office.at_desk(office.desk("sau@x.vn", "officer"))
    for one in (made, late):
        stated(office, one)
    early = rows(visitor.get(address(made)))
    assert made.ended_at is not None
    assert early["Giải quyết xong lúc"] == f"{made.ended_at.astimezone(VIETNAM):%H:%M, %d/%m/%Y} Trước hạn"
    assert "Còn" not in early["Hẹn trả"] and "Đang ở" not in early
    assert "Quá 5 ngày làm việc" in rows(visitor.get(address(late)))["Giải quyết xong lúc"]
    made = moved(office, made, lambda one, at, cal: hand_over(one, Channel.POST, OFFICER, at))
    assert rows(visitor.get(address(made)))["Trả kết quả lúc"].endswith("Bưu chính công ích")
    assert "Công chức" not in visitor.get(f"{BASE}?ke=ready").one("tbody").get_text()


def test_papers_are_told_by_name_and_going_on_names_what_is_missing(office: Office, clerk: Visitor):
    made = taken(office)
    form = clerk.get(address(made, "/viec/bo-sung"))
    hint = form.one("#f-deadline-hint").get_text()
    figures = [int(text) for text in re.findall(r"\d+", hint)]
    assert datetime(figures[2], figures[1], figures[0], tzinfo=VIETNAM) > office.clock.now()
    done(clerk, made, "bo-sung", **{**PAPERS, **days("deadline", office)})
    done(clerk, made, "nhan-giay", paper="1")
    story = clerk.get(address(made)).one("main ol").get_text()
    assert "Giấy tờ: Tờ khai" in story and "Giấy tờ thứ" not in story
    page = clerk.get(address(made, "/viec/giai-quyet-tiep"), 409)
    assert "Còn thiếu 2 giấy tờ trong yêu cầu bổ sung" in page.text
    assert [one.get_text() for one in page.soup.select(".banner li")] == ["Giấy chứng sinh", "Căn cước"]


def test_roles_and_other_agencies_stay_outside(office: Office, clerk: Visitor, leader: Visitor):
    made = taken(office)
    reader = [address(made), *(address(made, f"/viec/{deed}") for deed in DEEDS)]
    for role in ("publisher", "agency_admin", "auditor"):
        other = office.at_desk(office.desk(f"{role}@x.vn", role))
        for path in reader:
            other.get(path, 403)
            other.post(path, 403) if "/viec/" in path else None
    foreign = office.at_desk(office.desk("khac@x.vn", "officer", "approver", agency=OTHER))
    for path in reader:
        foreign.get(path, 403)
        foreign.get(path.replace(AGENCY, OTHER), 404)
    for deed in DEEDS:
        if DEEDS[deed].may == "dossiers.manage":
            leader.get(address(made, f"/viec/{deed}"), 403)
            leader.post(address(made, f"/viec/{deed}"), 403)
    assert found(office, made) == made


@pytest.mark.parametrize("code", ["khong-co", "H56.14-261120-9999", "h56.14-261120-0001", "%00", "x" * 300])
def test_what_is_no_code_of_the_agency_is_not_found(code: str, clerk: Visitor):
    clerk.get(f"{BASE}/{code}", 404)
    clerk.get(f"{BASE}/{code}/viec/xu-ly", 404)


def test_every_state_s_markup_is_sound_in_both_languages(office: Office, clerk: Visitor, tmp_path: Path):
    made = taken(office)
    deadline = office.clock.now() + timedelta(days=7)
    wanted = (Wanted("Tờ khai", Lack.OUTDATED, "ký lại"), Wanted("Giấy chứng sinh"))
    for language in ("", "?lang=en"):
        for deed in ("bo-sung", "chuyen", "nop-tien", "xin-loi", "rut", "xong"):
            status = 409 if deed == "xong" else 200
            collect_html(
                f"{deed}{language}", clerk.get(address(made, f"/viec/{deed}{language}"), status).html, tmp_path
            )
        collect_html(f"one{language}", clerk.get(address(made, language)).html, tmp_path)
    waiting = moved(
        office, made, lambda one, at, cal: ask_for_papers(one, wanted, "Điều 1", deadline, OFFICER, at, cal)
    )
    given = moved(office, waiting, lambda one, at, cal: give_paper(one, 0, OFFICER, at))
    for language in ("", "?lang=en"):
        collect_html(f"waiting{language}", clerk.get(address(given, language)).html, tmp_path)
        collect_html(f"giving{language}", clerk.get(address(given, f"/viec/nhan-giay{language}")).html, tmp_path)
        going = clerk.get(address(given, f"/viec/giai-quyet-tiep{language}"), 409)
        collect_html(f"going{language}", going.html, tmp_path)
        path = address(given, f"/viec/xin-loi{language}")
        late = {"seen": str(given.version), "reason": "Chờ", **days("due", office)}
        token = typed(clerk.get(address(given, "/viec/nhan-giay")))["form_token"]
        kept_page = clerk.post(path, 409, form_token=token, **late)
        assert kept(kept_page)
        collect_html(f"kept{language}", kept_page.html, tmp_path)
    assert_markup(tmp_path)
