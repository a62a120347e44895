"""Deciding at the desk: what is seen before, approving, moving the hour, taking back, coming back; by pages alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.formats import moment, score
from handlers.wiring import Services
from miniapp.exam_scores.model import Edition, Reason
from miniapp.exam_scores.statistics import Figures
from tests.support.faults import Hooks
from tests.support.score_desk import HEADER, ScoreDesk, csv_file, many, send
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

LIST = f"/console/{AGENCY}/diem-thi"


def decide(visitor: Visitor, desk: ScoreDesk, edition: Edition, status: int = 303, **fields: str) -> Page:
    """Open the decision, fill it in, send it."""
    path = desk.at(edition, "duyet")
    given = {"mode": "now", "understood": "1", "code": desk.approver.code(), **fields}
    return visitor.submit(path, status, **given)


def test_the_preview_shows_distributions_against_the_year_before(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add(slug="thpt-2018", year=2018, title="Kỳ thi THPT quốc gia 2018")
    desk.released(many(200, 300))
    desk.add()
    edition = desk.checked(many(300))
    page = approving.get(desk.at(edition, "pho-diem"))
    figures = page.soup.find_all("figure")
    assert [figure.find("b").get_text() for figure in figures] == ["Toán", "Ngữ văn", "Vật lí", "Hóa học"]
    assert all(figure.find("path", class_="before") for figure in figures)
    assert all(figure.find("table") for figure in figures)
    assert "Kỳ thi THPT quốc gia 2018" in page.text
    rows = [row.get_text(" ", strip=True) for row in page.soup.find_all("tr")]
    assert any(row.startswith("02 100 ") for row in rows)


def cells(page: Page, caption: str) -> dict[str, list[str]]:
    """A table's rows by their head."""
    (table,) = [one for one in page.soup.find_all("table") if one.find("caption").get_text() == caption]
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]
    return {row[0]: row[1:] for row in rows}


def test_the_preview_shows_combinations_and_every_prefix_with_median_and_shares(
    desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add()
    edition = desk.checked(many(300))
    page = approving.get(desk.at(edition, "pho-diem"))

    maths = cells(page, "Toán theo hội đồng thi")
    first = [place * 7 % 41 * 25 for place in range(0, 300, 3)]
    tens, low = first.count(1000), sum(score <= 100 for score in first)
    assert list(maths) == ["01", "02", "03"]
    assert maths["01"] == [
        "100",
        score((2 * sum(first) + 100) // 200),
        score(sorted(first)[49]),
        f"{tens} ({tens},00\N{NO-BREAK SPACE}%)",
        f"{low} ({low},00\N{NO-BREAK SPACE}%)",
    ]
    totals = cells(page, "Phân bố tổng điểm theo tổ hợp")
    assert totals["A00"][:2] == ["Toán, Vật lí, Hóa học", "300"]
    assert len(page.soup.select("td svg.bars")) == len(totals) > 1
    assert "không được thống kê riêng" not in page.text


def test_figures_of_the_release_before_and_prefixes_without_any_are_said(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add(expected_prefixes=("02", "97"))
    edition = desk.checked(many(300))
    store, made = desk.services.exam_store, desk.now()
    held = store.statistics(made, edition.build)
    old = {code: Figures(*figures[:2]) for code, figures in held.prefixes["01"].items()}
    store.forget_build(made, store.manifest(made, edition.build))
    store.keep_statistics(
        made, edition.build, replace(held, prefixes={"01": old, "97": {"": Figures(7, 0)}}, uncounted=2)
    )

    page = approving.get(desk.at(edition, "pho-diem"))

    assert cells(page, "Toán theo hội đồng thi")["01"][2:] == ["–", "–", "–"]
    assert "97" not in cells(page, "Toán theo hội đồng thi")
    assert cells(page, "Thí sinh và điểm trung bình theo mã hội đồng thi")["97"] == ["7", "–", "–", "–", "–"]
    assert "Còn 2 mã khác không được thống kê riêng: chỉ 1.000 mã đầu được tính từng mã." in page.text


def test_differences_name_who_came_went_and_changed(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    desk.released()
    rows = [["02000001", "9", "7,5", "6", ""], ["02000002", ".75", "0", "5", "10"], ["02000009", "1", "1", "1", "1"]]
    edition = desk.checked(csv_file(HEADER, rows), reason=Reason.CORRECTION)
    page = approving.get(desk.at(edition, "khac-biet"))
    assert "thêm 1, bỏ 1, thay đổi 2 thí sinh" in page.text
    rows_shown = [row.get_text(" ", strip=True) for row in page.soup.find_all("tr")]
    assert "02 000 001 Đổi điểm Toán 8,25 9,00" in rows_shown
    assert "02 000 002 Đổi điểm Vật lí Vắng thi 5,00" in rows_shown


# --- deciding


def test_approving_says_what_it_will_do_and_does_it_at_its_hour(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add(expected_at=office.clock.now() + timedelta(hours=3))
    edition = desk.checked()
    page = approving.get(desk.at(edition, "duyet"))
    assert "3 thí sinh sẽ xem được điểm từ 11:0" in page.text
    at = {"release-day": "20", "release-month": "7", "release-year": "2026", "release-time": "08:00"}
    done = decide(approving, desk, edition, mode="at", **at)
    assert done.answer.headers["Location"] == desk.at(edition)
    assert desk.now().coming(office.clock.now()) is not None
    assert "3 thí sinh sẽ xem được điểm từ 08:00, 20/07/2026" in approving.get(desk.at(edition)).text


def test_the_steps_of_an_edition_say_who_took_them_and_when(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add()
    edition = desk.checked()

    def steps() -> list[tuple[str, str]]:
        items = approving.get(desk.at(edition)).soup.select("ol.steps li")
        return [(str(item["class"][0]), " ".join(item.get_text(" ").split())) for item in items]

    at = moment(office.clock.now())
    people = desk.services.accounts.people.names([desk.uploader.id, desk.approver.id])
    sender, judge = (people[who.id].reveal for who in (desk.uploader, desk.approver))
    sent, read, decided, out = steps()
    assert [state for state, _ in (sent, read, decided, out)] == ["done", "done", "current", "waiting"]
    assert sender in sent[1]
    assert at in sent[1]
    assert at in read[1]
    office.clock.pass_by(minutes=7)
    decide(approving, desk, edition)
    decided, out = steps()[2:]
    assert (decided[0], out[0]) == ("done", "done")
    assert judge in decided[1]
    assert moment(office.clock.now()) in decided[1]
    assert moment(office.clock.now()) in out[1]


@pytest.mark.parametrize("seen", ["the version", "the edition"])
def test_who_approves_too_late_is_told_who_was_first_and_when(office: Office, desk: ScoreDesk, seen: str) -> None:
    desk.add()
    edition = desk.checked()
    second = office.desk("duyet2@angiang.gov.vn", "approver")
    visitor = office.at_desk(second)
    page = visitor.get(desk.at(edition, "duyet"))
    desk.services.exam_office.approve(desk.now(), edition.id, desk.approver.id, None)
    at = moment(office.clock.now())

    fields = {"mode": "now", "understood": "1", "code": second.code(), "form_token": page.token()}
    version = str(desk.exam.version) if seen == "the version" else str(desk.now().version)
    late = visitor.client.post(desk.at(edition, "duyet"), data={**fields, "version": version})

    assert late.status_code in (409, 422)
    name = desk.services.accounts.people.names({desk.approver.id})[desk.approver.id].reveal
    assert f"{name} đã duyệt công bố lúc {at}" in late.text


AT = {"release-day": "20", "release-month": "7", "release-year": "2026", "release-time": "08:00"}


def name_of(desk: ScoreDesk) -> str:
    """What the first approver is called."""
    return desk.services.accounts.people.names({desk.approver.id})[desk.approver.id].reveal


def waiting(desk: ScoreDesk, office: Office) -> Edition:
    """An edition whose hour is in twenty minutes."""
    desk.add()
    edition = desk.checked()
    at = office.clock.now() + timedelta(minutes=20)
    desk.services.exam_office.approve(desk.now(), edition.id, desk.approver.id, at)
    return edition


def others_deeds(desk: ScoreDesk, office: Office) -> dict[str, Callable[[], object]]:
    """What another officer may decide meanwhile, by the words that tell of it."""
    scores, by = desk.services.exam_office, desk.approver.id
    hour = office.clock.now() + timedelta(hours=2)
    return {
        "đã thu hồi công bố": lambda: scores.withdraw(desk.now(), by, "sai"),
        "đã đổi giờ công bố": lambda: scores.move_release(desk.now(), hour, by),
        "đã duyệt công bố": lambda: scores.approve(desk.now(), desk.checked(many(20)).id, by, hour),
    }


@pytest.mark.parametrize("told", ["đã thu hồi công bố", "đã đổi giờ công bố", "đã duyệt công bố"])
def test_who_moves_the_hour_too_late_is_told_who_was_first_and_when(office: Office, desk: ScoreDesk, told: str) -> None:
    edition = waiting(desk, office)
    second = office.desk("duyet2@angiang.gov.vn", "approver")
    visitor = office.at_desk(second)
    page = visitor.get(desk.at(edition, "doi-gio"))
    others_deeds(desk, office)[told]()
    decided, at = desk.now(), moment(office.clock.now())
    late = send(visitor, page, desk.at(edition, "doi-gio"), 422, code=second.code(), **AT)
    assert f"{name_of(desk)} {told} lúc {at}" in late.text
    assert desk.now() == decided


def test_an_hour_that_has_come_is_moved_by_nobody_and_nobody_was_first(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    edition = waiting(desk, office)
    page = approving.get(desk.at(edition, "doi-gio"))
    office.clock.pass_by(minutes=21)
    late = send(approving, page, desk.at(edition, "doi-gio"), 422, code=desk.approver.code(), **AT)
    assert "đã duyệt công bố lúc" not in late.soup.select_one("#problems").get_text()  # type: ignore[union-attr]


def test_who_takes_back_what_another_took_back_is_told_who_and_when(office: Office, desk: ScoreDesk) -> None:
    desk.add()
    desk.released()
    path = f"{desk.base}/thu-hoi"
    visitor = office.at_desk(office.desk("duyet2@angiang.gov.vn", "approver"))
    page = visitor.get(path)
    desk.services.exam_office.withdraw(desk.now(), desk.approver.id, "sai")
    told = f"{name_of(desk)} đã thu hồi công bố lúc {moment(office.clock.now())}"
    assert told in send(visitor, page, path, 409, reason="sai", understood="1").text
    assert told in visitor.get(path, 409).text


@pytest.mark.parametrize("late", ["doi-gio", "thu-hoi"])
def test_two_decisions_in_one_moment_end_with_one_and_its_officer_named_to_the_other(
    office: Office, desk: ScoreDesk, late: str
) -> None:
    edition = waiting(desk, office)
    second = office.desk("duyet2@angiang.gov.vn", "approver")
    visitor = office.at_desk(second)
    path = desk.at(edition, late) if late == "doi-gio" else f"{desk.base}/{late}"
    page = visitor.get(path)
    other = Services(desk.services.settings, clock=office.clock)
    first = [
        lambda: other.exam_office.move_release(desk.now(), office.clock.now() + timedelta(hours=2), desk.approver.id)
    ]

    def before_the_write(params: dict[str, Any], **more: Any) -> None:
        if first and re.search(rb"scores_withdrawn|release_time_moved", params["body"]):
            first.pop()()

    hooks = Hooks(desk.services.aws, ("dynamodb",))
    hooks.on("before-call.dynamodb.TransactWriteItems", before_the_write)
    with hooks:
        told = send(visitor, page, path, 409, code=second.code(), reason="sai", understood="1", **AT)
    assert first == []
    assert f"{name_of(desk)} đã đổi giờ công bố lúc {moment(office.clock.now())}" in told.text


def test_approving_takes_the_second_factor_once_more_and_goes_on_under_a_new_token(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add()
    edition = desk.checked()
    before = approving.client.get_cookie("o")
    page = decide(approving, desk, edition, 422, code="000000")
    assert page.soup.find(id="f-code-problem")
    assert page.soup.find(attrs={"name": "mode", "checked": True})["value"] == "now"  # type: ignore[index]
    assert decide(approving, desk, edition, 422, code="").soup.find(id="f-code-problem")
    assert desk.now().next is None
    decide(approving, desk, edition)
    after = approving.client.get_cookie("o")
    assert before
    assert after
    assert before.value != after.value
    assert office.visitor(o=before.value).client.get(LIST).status_code == 303
    assert desk.now().pointer(office.clock.now()) is not None


def test_a_refused_decision_keeps_what_was_typed_and_the_session(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add()
    late = desk.checked()
    desk.released(many(20))
    page = decide(approving, desk, late, 409)
    assert "đã thay đổi kể từ lúc kiểm tra" in page.text
    assert not page.soup.find(id="f-code")  # the code was right: it is not asked again
    again = send(approving, page, desk.at(late, "duyet"), 409, mode="now", understood="1")
    assert "đã thay đổi kể từ lúc kiểm tra" in again.text
    assert "Kiểm tra lại" in office.at_desk(desk.uploader).get(desk.at(late)).text


def test_the_hour_and_the_box_must_be_right(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    edition = desk.checked()
    past = {"release-day": "1", "release-month": "1", "release-year": "2026", "release-time": "08:00"}
    page = decide(approving, desk, edition, 422, mode="at", **past)
    assert "Giờ công bố đã qua" in page.text
    assert page.value("release-year") == "2026"
    for fields in ({"release-day": "31", "release-month": "2"}, {"release-time": "8 rưỡi"}, {"release-year": ""}):
        assert decide(approving, desk, edition, 422, mode="at", **{**past, **fields}).soup.find(id="problems")
    assert decide(approving, desk, edition, 422, understood="").soup.find(id="f-understood-problem")
    far = {**past, "release-year": "2030"}
    assert "quá xa" in decide(approving, desk, edition, 422, mode="at", **far).text
    assert desk.now().next is None


def test_who_uploaded_cannot_approve_nor_can_a_file_with_errors_be(office: Office, desk: ScoreDesk) -> None:
    both = office.desk("ca-hai@angiang.gov.vn", "publisher", "approver")
    desk.uploader = desk.approver = both
    desk.add()
    edition = desk.checked()
    visitor = office.at_desk(both)
    assert "Người nạp tệp hoặc cho đọc lại tệp không thể duyệt" in visitor.get(desk.at(edition, "duyet")).text
    fields = {"mode": "now", "understood": "1", "code": both.code()}
    page = visitor.get(desk.at(edition))
    refused = visitor.post(desk.at(edition, "duyet"), 422, form_token=page.token(), **fields)
    assert "Người nạp tệp hoặc cho đọc lại tệp không thể duyệt" in refused.text
    desk.uploader = office.desk("nap2@angiang.gov.vn", "publisher")
    faulty = desk.checked(csv_file(HEADER, [["2000004", "5", "5", "5", "5"]]))
    token = visitor.get(desk.at(faulty)).token() or visitor.get(desk.at(edition)).token()
    answer = visitor.post(desk.at(faulty, "duyet"), 422, form_token=token, **{**fields, "code": both.code()})
    assert "1 lỗi" in answer.text
    assert desk.now().next is None


def test_the_hour_is_moved_and_not_in_its_last_minute(office: Office, desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    edition = desk.checked()
    release = office.clock.now() + timedelta(minutes=20)
    desk.services.exam_office.approve(desk.now(), edition.id, desk.approver.id, release)
    path = desk.at(edition, "doi-gio")
    at = {"release-day": "17", "release-month": "7", "release-year": "2026", "release-time": "9h30"}
    approving.submit(path, code=desk.approver.code(), **at)
    assert "09:30, 17/07/2026" in approving.get(desk.at(edition)).text
    assert approving.submit(path, 422, **{**at, "release-time": "x"}).value("release-day") == "17"
    desk.services.exam_office.move_release(desk.now(), office.clock.now() + timedelta(seconds=59), desk.approver.id)
    page = approving.submit(path, 409, code=desk.approver.code(), **at)
    assert "60 giây" in page.text


def test_taking_back_asks_again_in_words_and_coming_back_takes_two(
    office: Office, desk: ScoreDesk, approving: Visitor
) -> None:
    desk.add()
    edition = desk.released()
    path = f"{desk.base}/thu-hoi"
    assert "3 thí sinh sẽ không xem được điểm nữa" in approving.get(path).text
    office.clock.pass_by(minutes=6)
    page = approving.submit(path, 422, reason="sai môn Toán", understood="1")
    assert page.soup.find(id="f-code-problem")
    assert page.soup.find("textarea").get_text() == "sai môn Toán"  # type: ignore[union-attr]
    assert approving.submit(path, 422, reason="", understood="1").soup.find(id="f-reason-problem")
    assert approving.submit(path, 422, reason="sai").soup.find(id="f-understood-problem")
    approving.submit(path, reason="sai môn Toán", understood="1", code=desk.approver.code())
    assert desk.now().pointer(office.clock.now()) is None
    assert "Thu hồi: sai môn Toán" in approving.get(desk.at(edition, "nhat-ky")).text

    decide(approving, desk, edition)
    assert "cần thêm một người nữa" in approving.get(desk.at(edition)).text
    assert desk.now().pointer(office.clock.now()) is None
    second = office.desk("duyet2@angiang.gov.vn", "approver")
    desk.approver = second
    decide(office.at_desk(second), desk, edition)
    assert desk.now().pointer(office.clock.now()) is not None
    assert approving.get(path).status == 200


def test_an_exam_without_results_has_nothing_to_take_back(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    approving.get(f"{desk.base}/thu-hoi", 409)
