"""Exam scores at the desk: an exam, its files, what needs a person, the decision, taking back; each by pages alone."""

import re
from datetime import timedelta

import pytest

from handlers.formats import moment
from miniapp.exam_scores.model import Edition, Policy, Reason
from tests.support.score_desk import BAD, GOOD, HEADER, ROWS, ScoreDesk, csv_file, many, send, upload
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

LIST = f"/console/{AGENCY}/diem-thi"
EXAM = {
    "title": "Kỳ thi tuyển sinh lớp 10 năm 2026",
    "title_en": "Grade 10 entrance exam 2026",
    "slug": "lop-10-2026",
    "year": "2026",
    "number_mask": "A99999",
    "number_example": "B12345",
    "scale": "10",
    "prefix_length": "1",
    "expected_prefixes": "A B",
    "policy": "verified",
    "factor-birth_date": "1",
    "subject-toan": "1",
    "subject-van": "1",
    "weight-toan": "2",
    "weight-van": "1",
    "bonus_cap": "3",
    "floor": "1,0",
    "benchmark": "24,75",
    "combination_set": "",
    "combinations": "",
    "paper": "Giấy báo kết quả",
    "expected-day": "20",
    "expected-month": "7",
    "expected-year": "2026",
    "expected-time": "08:00",
    "opens-day": "20",
    "opens-month": "7",
    "opens-year": "2026",
    "opens-time": "08:00",
    "closes-day": "30",
    "closes-month": "7",
    "closes-year": "2026",
    "closes-time": "17:00",
    "remark_place": "Trường THPT Lê Lợi",
}


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    uploader = office.desk("nap@angiang.gov.vn", "publisher")
    return ScoreDesk(office.services, AGENCY, uploader, office.desk("duyet@angiang.gov.vn", "approver"))


@pytest.fixture
def uploading(office: Office, desk: ScoreDesk) -> Visitor:
    return office.at_desk(desk.uploader)


@pytest.fixture
def approving(office: Office, desk: ScoreDesk) -> Visitor:
    return office.at_desk(desk.approver)


def flat(page: Page) -> str:
    """The text of a page with plain blanks."""
    return page.text.replace("\u00a0", " ")


def decide(visitor: Visitor, desk: ScoreDesk, edition: Edition, status: int = 303, **fields: str) -> Page:
    """Open the decision, fill it in, send it."""
    path = desk.at(edition, "duyet")
    given = {"mode": "now", "understood": "1", "code": desk.approver.code(), **fields}
    return visitor.submit(path, status, **given)


# --- exams


def test_an_agency_without_exams_is_told_what_to_do(uploading: Visitor, approving: Visitor) -> None:
    assert "Chưa có kỳ thi nào" in uploading.get(LIST).text
    assert uploading.get(LIST).soup.find("a", href=f"{LIST}/them")
    assert not approving.get(LIST).soup.find("a", href=f"{LIST}/them")


def test_everything_about_an_exam_is_typed_kept_and_shown_again(desk: ScoreDesk, uploading: Visitor) -> None:
    there = uploading.submit(f"{LIST}/them", **EXAM)
    assert there.answer.headers["Location"] == f"{LIST}/lop-10-2026"
    made = desk.services.exam_office.exam(AGENCY, "lop-10-2026")
    assert (made.number_format, made.policy, made.factors) == ("[A-Z][0-9]{5}", Policy.VERIFIED, ("birth_date",))
    assert (made.subjects, made.expected_prefixes, made.benchmark) == (("toan", "van"), ("A", "B"), 2475)
    assert made.formula is not None
    assert (made.formula.weights, made.formula.bonus_cap, made.formula.floor) == ((("toan", 2), ("van", 1)), 300, 100)
    assert made.expected_at is not None
    assert made.expected_at.astimezone().timestamp() == 1784509200  # 01:00 UTC
    page = uploading.get(f"{LIST}/lop-10-2026/sua")
    shown = {
        name: page.value(name) for name in EXAM if not name.startswith(("slug", "policy", "combination", "expected_p"))
    }
    assert shown == {name: EXAM[name] if name != "floor" else "1" for name in shown}


def test_what_is_wrong_with_an_exam_is_named_and_nothing_typed_is_lost(desk: ScoreDesk, uploading: Visitor) -> None:
    wrong = {**EXAM, "slug": "Lớp 10", "year": "26", "number_mask": "(9+)+", "weight-toan": "99", "closes-day": "1"}
    wrong |= {"expected-time": "25:99", "combinations": "D01 toan van", "expected_prefixes": "ABC", "policy": "?"}
    page = uploading.submit(f"{LIST}/them", 422, **wrong)
    problems = page.soup.find(id="problems")
    assert problems
    fields = {str(link["href"]).removeprefix("#f-") for link in problems.find_all("a")}
    assert fields == {
        *("slug", "year", "number_mask", "weight-toan", "closes", "expected-time", "combinations"),
        *("expected_prefixes", "policy"),
    }
    assert page.value("title") == EXAM["title"]
    assert page.value("number_mask") == "(9+)+"
    assert desk.services.exam_office.exams(AGENCY) == []


def test_two_exams_cannot_have_one_name(desk: ScoreDesk, uploading: Visitor) -> None:
    uploading.submit(f"{LIST}/them", **EXAM)
    page = uploading.submit(f"{LIST}/them", 422, **EXAM)
    assert "Đã có kỳ thi với tên lop-10-2026" in page.text
    assert uploading.submit(f"{LIST}/them", 422, **{**EXAM, "slug": "them"}).soup.find(id="f-slug-problem")


def test_an_exam_with_an_edition_keeps_what_its_records_depend_on(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add()
    desk.begun()
    page = uploading.get(f"{desk.base}/sua")
    assert not page.soup.find(attrs={"name": "number_mask"})
    fields = {"title": "Tên mới", "title_en": "New", "year": "2019", "subject-dia": "1", "number_mask": "9"}
    uploading.post(
        f"{desk.base}/sua", form_token=page.token(), version=page.value("version"), expected_prefixes="", **fields
    )
    assert (desk.now().title, desk.now().number_format, len(desk.now().subjects)) == ("Tên mới", "[0-9]{8}", 9)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add()
    page = uploading.get(f"{desk.base}/sua")
    desk.services.exam_office.change_exam(desk.now(), "off_other", title="Tên của người khác")
    fields = {name: page.value(name) for name in ("title_en", "year", "number_mask", "number_example", "version")}
    more = {"scale": "10", "prefix_length": "2", "policy": "open", "subject-toan": "1", "title": "Tên của tôi"}
    again = uploading.post(f"{desk.base}/sua", 422, form_token=page.token(), **fields, **more)
    assert "vừa được người khác thay đổi" in again.text
    assert again.value("title") == "Tên của tôi"
    assert desk.now().title == "Tên của người khác"


# --- editions and their files


def test_a_correction_needs_a_decision_and_results_that_are_out(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add()
    path = f"{desk.base}/bat-dau"
    page = uploading.submit(path, 422, reason="remark", rows="all", decision="")
    assert page.soup.find(id="f-decision-problem")
    page = uploading.submit(path, 422, reason="remark", rows="changed", decision="12/QĐ")
    assert "Chưa có kết quả đang công bố" in page.text
    assert page.value("decision") == "12/QĐ"
    assert uploading.submit(path, 422, reason="?", rows="all").soup.find(id="f-reason-problem")
    uploading.submit(path, reason="release", rows="all")
    assert [edition.reason for edition in desk.services.exam_office.editions(desk.now())] == [Reason.RELEASE]


def test_without_script_a_file_goes_to_storage_and_back_and_starts_by_a_post(
    office: Office, desk: ScoreDesk, uploading: Visitor
) -> None:
    desk.add()
    edition = desk.begun()
    page = uploading.get(desk.at(edition))
    bucket = re.search(r"form-action 'self' (\S+);", page.answer.headers["Content-Security-Policy"])
    assert bucket
    assert upload(page, GOOD).startswith(desk.at(edition, "da-nhan"))
    landing = office.visitor().get(upload(page, GOOD))  # no cookie comes along from another site
    assert landing.soup.find("a", href=desk.at(edition))
    assert desk.services.exam_office.edition(desk.now(), edition.id).files == ()

    page = uploading.get(desk.at(edition))
    assert "Tệp đã gửi, chưa kiểm tra" in page.text
    send(uploading, page, desk.at(edition, "tep"), name="của tôi.csv", minus_one="not_taken", pad="1")
    (item,) = desk.services.exam_office.edition(desk.now(), edition.id).files
    assert (item.name, item.minus_one, item.pad_numbers, item.uploader) == (
        *("của tôi.csv", "not_taken", True),
        desk.uploader.id,
    )
    assert "Tệp đã gửi, chưa kiểm tra" not in uploading.get(desk.at(edition)).text


def test_a_file_that_never_arrived_is_said_so(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add()
    edition = desk.begun()
    page = uploading.get(desk.at(edition))
    for file in ("fil_0", "../fil_0", ""):
        there = uploading.post(
            desk.at(edition, "tep"), 404 if file == "fil_0" else 422, form_token=page.token(), file=file, name="x"
        )
        assert "tệp" in there.text.lower()


def test_progress_is_a_figure_and_a_dead_worker_is_noticed_after_a_minute(
    office: Office, desk: ScoreDesk, uploading: Visitor
) -> None:
    desk.add()
    edition = desk.taken(desk.begun(), GOOD)
    desk.services.exam_store.beat(desk.now(), edition.id, "wrk_1", office.clock.now(), "counting", 412_000, 881_331)
    page = uploading.get(desk.at(edition))
    assert "Đang thống kê, thí sinh 412.000 / 881.331 · 47 %" in flat(page)
    assert page.soup.find(attrs={"data-refresh": "2"})
    assert page.soup.find("noscript")
    office.clock.pass_by(seconds=61)
    page = uploading.get(desk.at(edition))
    assert "Kiểm tra bị dừng" in page.text
    assert not page.soup.find(attrs={"data-refresh": True})
    send(uploading, page, desk.at(edition, "kiem-tra"))
    desk.work(edition)
    assert "Chờ duyệt" in uploading.get(desk.at(edition)).text


def test_problems_are_grouped_and_a_file_is_read_again_or_taken_out(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add(expected_prefixes=("02", "39"))
    edition = desk.checked(csv_file(HEADER, [*ROWS, ["2000004", "5", "5", "5", "5"]]))
    page = uploading.get(desk.at(edition))
    assert "Số báo danh mất số 0 ở đầu" in page.text
    assert "Chưa có thí sinh nào của mã 39" in page.text
    assert "2000004" in uploading.get(desk.at(edition, "van-de")).text
    (item,) = edition.files
    send(uploading, page, desk.at(edition, "tep", item.id, "doc-lai"), pad="1", minus_one="absent")
    edition = desk.work(edition)
    assert (edition.errors, edition.candidates) == (0, 4)
    page = uploading.get(desk.at(edition))
    send(uploading, page, desk.at(edition, "tep", item.id, "bo"))
    assert desk.services.exam_office.edition(desk.now(), edition.id).files == ()
    assert "Tệp đã gửi, chưa kiểm tra" not in uploading.get(desk.at(edition)).text


def test_a_file_sent_by_mistake_is_deleted_and_a_taken_one_is_not(desk: ScoreDesk, uploading: Visitor) -> None:
    desk.add()
    edition = desk.taken(desk.begun(), GOOD)
    lost = desk.sent(edition, BAD)
    page = uploading.get(desk.at(edition))
    send(uploading, page, desk.at(edition, "tep", lost, "xoa"))
    assert "Tệp đã gửi, chưa kiểm tra" not in uploading.get(desk.at(edition)).text
    (item,) = edition.files
    page = uploading.get(desk.at(edition))
    uploading.post(desk.at(edition, "tep", item.id, "xoa"), 422, form_token=page.token())
    assert desk.work(edition).candidates == 3


# --- before deciding


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


def test_the_history_names_people_not_ids(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    edition = desk.released()
    text = approving.get(desk.at(edition, "nhat-ky")).text
    assert "Lê Thị Lan" in text
    assert "Hệ thống" in text
    assert "Duyệt 3 thí sinh" in text
    assert desk.uploader.id not in text


def test_english_pages_stay_english(desk: ScoreDesk, approving: Visitor) -> None:
    desk.add()
    edition = desk.released()
    page = approving.get(f"{desk.at(edition)}?lang=en")
    assert "3 candidates can see their scores since" in page.text
    ours = [str(link["href"]) for link in page.soup.main.find_all("a") if AGENCY in str(link["href"])]  # type: ignore[union-attr]
    assert ours
    assert all(link.endswith("lang=en") for link in ours)


def test_another_agency_sees_nothing(office: Office, desk: ScoreDesk) -> None:
    desk.add()
    edition = desk.released()
    stranger = office.at_desk(office.desk("la@phuyen.gov.vn", "publisher", "approver", agency=OTHER))
    there = f"/console/{OTHER}/diem-thi"
    assert "Chưa có kỳ thi nào" in stranger.get(there).text
    stranger.get(f"{there}/{desk.exam.slug}", 404)
    stranger.get(f"{there}/{desk.exam.slug}/{edition.id}", 404)
    for path in (LIST, desk.base, desk.at(edition), desk.at(edition, "van-de.csv"), desk.at(edition, "duyet")):
        stranger.get(path, 403)
