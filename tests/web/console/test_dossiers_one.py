"""One dossier at the desk: all of it on one screen, each act on its own page, from what was seen and never blindly."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.console.dossiers_acts import DEEDS
from miniapp.core.clock import VIETNAM
from miniapp.dossiers.ending import finish, hand_over
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.parts import Channel, Lack, Wanted
from miniapp.dossiers.pausing import ask_for_papers, give_paper
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import take_up
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
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

__all__ = ["clerk", "officer"]

PAPERS = {
    "papers": "Giấy chứng sinh: bản chính\nTờ khai",
    "outdated": "Căn cước",
    "article": "Điều 16 Luật Hộ tịch",
    "deadline-day": "4",
    "deadline-month": "12",
    "deadline-year": "2099",
}
GROUND = {"article": "Điều 7", "words": "Không đủ điều kiện"}


@pytest.fixture
def leader(office: Office, officer: Desk) -> Visitor:
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


def soon(office: Office, days: int = 60) -> dict[str, str]:
    """A Wednesday ahead, as three fields behind a name."""
    day = office.clock.now() + timedelta(days=days)
    day += timedelta(days=(2 - day.weekday()) % 7)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def days(name: str, office: Office, after: int = 60) -> dict[str, str]:
    return {f"{name}-{part}": text for part, text in soon(office, after).items()}


def done(visitor: Visitor, dossier, deed: str, status: int = 303, **fields: str) -> Page:  # type: ignore[no-untyped-def]
    path = address(dossier, f"/viec/{deed}")
    return visitor.post(path, status, **typed(visitor.get(path), **fields))


def kept(page: Page) -> dict[str, str]:
    """What was typed, by the words of its field."""
    return {row.dt.get_text(): row.dd.get_text() for row in page.soup.select("main dl.rows > div")}


def rows(page: Page) -> dict[str, str]:
    """What stands in the rows of a page."""
    return {row.dt.get_text(): row.dd.get_text(" ", strip=True) for row in page.soup.select("main dl.rows > div")}


def offered(page: Page) -> set[str]:
    return {str(link["href"]).rpartition("/")[2] for link in page.soup.select('main a[href*="/viec/"]')}


# --- the screen


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


# --- a way through


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


# --- two at once, and twice


def test_the_second_of_two_officers_is_told_who_did_what_and_loses_nothing(office: Office, clerk: Visitor):
    made = taken(office)
    path = address(made, "/viec/bo-sung")
    fields = typed(clerk.get(path), **{**PAPERS, **days("deadline", office)})
    other = office.desk("khac@x.vn", "officer")
    moved(office, made, lambda one, at, cal: take_up(one, By(Side.OFFICER, other.id), at))
    page = clerk.post(path, 409, **fields)
    assert "Người khác vừa lưu" in page.text
    assert "Bắt đầu xử lý hồ sơ" in page.text and "Lê Thị Lan" in page.text
    assert page.one("#f-papers").get_text() == PAPERS["papers"]
    assert page.value("article") == PAPERS["article"]
    assert found(office, made).supplement is None
    clerk.post(path, **typed(page))
    assert found(office, made).status is Status.SUPPLEMENT


def test_what_somebody_else_made_impossible_says_so_and_shows_what_was_typed(office: Office, clerk: Visitor):
    made = moved(office, taken(office), lambda one, at, cal: take_up(one, OFFICER, at))
    path = address(made, "/viec/nop-tien")
    fields = typed(clerk.get(path), amount="8000", article="Điều 99 đã gõ")
    moved(office, made, lambda one, at, cal: finish(one, OFFICER, at))
    page = clerk.post(path, 409, **fields)
    assert "Giải quyết xong hồ sơ" in page.text
    assert "Chưa làm được việc này" in page.text and "Điều 99 đã gõ" in page.text
    assert "Trạng thái hiện nay: Đã xử lý xong." in page.text
    assert kept(page) == {"Số tiền": "8000", "Căn cứ": "Điều 99 đã gõ"}


@pytest.mark.parametrize("deed", ["chuyen", "bo-sung", "xin-loi"])
def test_what_was_typed_is_shown_with_its_field_s_words_and_choices_by_theirs(
    deed: str, office: Office, officer: Desk, clerk: Visitor
):
    made = moved(office, taken(office), lambda one, at, cal: take_up(one, OFFICER, at))
    path = address(made, f"/viec/{deed}")
    texts = {
        "chuyen": {"step": "1", "officer": officer.id},
        "bo-sung": PAPERS,
        "xin-loi": {"reason": "Chờ", "due-day": "4", "due-month": "", "due-year": "2099"},
    }
    fields = typed(clerk.get(path), **texts[deed])
    moved(office, made, lambda one, at, cal: finish(one, OFFICER, at))
    page = clerk.post(path, 409, **fields)
    assert (
        kept(page)
        == {
            "chuyen": {"Bước": "Ký duyệt – Chủ tịch", "Người nhận": "Lê Thị Lan"},
            "bo-sung": {
                "Giấy tờ còn thiếu": PAPERS["papers"],
                "Giấy tờ hết giá trị": "Căn cước",
                "Căn cứ": PAPERS["article"],
                "Hạn bổ sung": "4/12/2099",
            },
            "xin-loi": {"Lý do trễ hẹn": "Chờ", "Hẹn trả mới": "4/2099"},
        }[deed]
    )
    assert officer.id not in page.text
    assert kept(clerk.get(path, 409)) == {}


def test_three_taps_move_once(office: Office, clerk: Visitor):
    made = taken(office)
    path = address(made, "/viec/xu-ly")
    fields = typed(clerk.get(path))
    for _ in range(3):
        clerk.post(path, **fields)
    assert found(office, made).version == made.version + 1


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_an_act_that_does_not_fit_says_why(deed: str, office: Office, clerk: Visitor, leader: Visitor):
    made = taken(office)
    if DEEDS[deed].fits(made):
        made = moved(
            office,
            moved(office, made, lambda one, at, cal: take_up(one, OFFICER, at)),
            lambda one, at, cal: finish(one, OFFICER, at),
        )
    visitor = leader if DEEDS[deed].may == "dossiers.approve" else clerk
    page = visitor.get(address(made, f"/viec/{deed}"), 409)
    assert "Hồ sơ đang ở trạng thái khác nên không làm được việc này." in page.text
    assert not page.soup.select('main form[method="post"]')


# --- what is typed wrong


@pytest.mark.parametrize(
    ("deed", "fields", "field", "words"),
    [
        ("bo-sung", {"papers": "", "outdated": ""}, "papers", "Hãy ghi tên từ 1 đến 40 giấy tờ"),
        ("bo-sung", {"article": ""}, "article", "Chưa ghi điều khoản"),
        ("bo-sung", {"deadline-day": "32"}, "deadline", "Ngày chưa đúng"),
        ("bo-sung", {"deadline-year": "2020"}, "deadline", "Hạn bổ sung phải ở phía trước"),
        ("nop-tien", {"amount": "-1"}, "amount", "Số tiền chưa đúng"),
        ("nop-tien", {"amount": "9" * 30}, "amount", "Số tiền chưa đúng"),
        ("xin-loi", {"reason": ""}, "reason", "Chưa ghi lý do"),
        ("chuyen", {"step": "7"}, "step", "Không có bước này"),
        ("chuyen", {"officer": "off_stranger"}, "officer", "Hãy chọn người nhận"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays(
    deed: str, fields: dict[str, str], field: str, words: str, office: Office, clerk: Visitor
):
    made = taken(office)
    whole = {"amount": "8000", "reason": "Chờ", **days("deadline", office), **days("due", office)}
    known = {name: text for name, text in {**PAPERS, **whole}.items() if name in DEEDS[deed].fields}
    page = done(clerk, made, deed, 422, **{**known, **fields})
    assert words in page.text
    assert page.soup.find(id=f"f-{field}-problem") is not None
    assert found(office, made) == made


@pytest.mark.parametrize(
    ("deed", "fields", "wrong"),
    [
        ("bo-sung", {"deadline-year": "2020"}, ["#f-papers", "#f-article", "#f-deadline"]),
        ("bo-sung", {"deadline-day": "x"}, ["#f-papers", "#f-article", "#f-deadline"]),
        ("nop-tien", {"amount": "x"}, ["#f-amount", "#f-article"]),
        ("xin-loi", {"due-year": "2020"}, ["#f-reason", "#f-due"]),
        ("xin-loi", {"due-day": ""}, ["#f-reason", "#f-due"]),
        ("dung", {}, ["#f-article", "#f-words"]),
    ],
)
def test_everything_that_is_wrong_is_said_at_once(
    deed: str, fields: dict[str, str], wrong: list[str], office: Office, clerk: Visitor
):
    made = moved(office, taken(office), lambda one, at, cal: take_up(one, OFFICER, at))
    dates = {**days("deadline", office), **days("due", office)}
    known = {name: text for name, text in dates.items() if name in DEEDS[deed].fields}
    page = done(clerk, made, deed, 422, **{**known, **fields})
    assert [str(link["href"]) for link in page.soup.select("#problems a")] == wrong
    assert found(office, made) == made


def test_the_day_of_the_old_appointment_is_no_new_one_and_the_one_apology_stays(office: Office, clerk: Visitor):
    made = taken(office)
    due = made.due
    assert due is not None
    same = {"due-day": f"{due:%d}", "due-month": f"{due:%m}", "due-year": f"{due:%Y}"}
    page = done(clerk, made, "xin-loi", 422, reason="Chờ xác minh", **same)
    assert "Ngày hẹn mới phải sau ngày hẹn cũ" in page.one("#f-due-problem").get_text()
    assert page.value("due-day") == f"{due:%d}"
    assert found(office, made) == made
    done(clerk, made, "xin-loi", reason="Chờ xác minh", **days("due", office))
    assert found(office, made).apology is not None


def test_hostile_words_are_shown_as_words(office: Office, clerk: Visitor):
    made = taken(office, ONLINE)
    done(clerk, made, "tu-choi", article="<script>alert(1)</script>", words='"><img src=x onerror=alert(1)>')
    page = clerk.get(address(made))
    assert "<script>alert" not in page.html and "<img src=x" not in page.html
    assert "<script>alert(1)</script>" in page.text


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 20, "1"])
def test_a_version_that_was_never_seen_moves_nothing(seen: str, office: Office, clerk: Visitor):
    made = taken(office)
    done(clerk, made, "xu-ly", 409, seen=seen)
    assert found(office, made) == made


# --- who


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
