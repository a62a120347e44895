"""Acts at the desk that come second, that do not fit, or that are filled in wrongly: told, and nothing typed is lost."""

import pytest

from handlers.console.dossiers_acts import DEEDS
from miniapp.dossiers.ending import finish
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.states import Status
from miniapp.dossiers.working import take_up
from tests.support.desk_acts import PAPERS, days, done, kept, leader
from tests.support.dossier_desk import (
    address,
    clerk,
    found,
    moved,
    officer,
    taken,
    typed,
)
from tests.support.dossier_town import OFFICER, ONLINE
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import Office

__all__ = ["clerk", "leader", "officer"]


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
