"""Exam scores at the desk: an exam, its files, what needs a person, the decision, taking back; each by pages alone."""

from miniapp.exam_scores.councils import councils_of
from miniapp.exam_scores.model import Policy
from tests.support.score_desk import HEADER, ScoreDesk, csv_file
from tests.support.visitor import Visitor
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


NATIONAL = {
    **EXAM,
    "year": "2019",
    "policy": "open",
    "number_mask": "99999999",
    "number_example": "02001234",
    "prefix_length": "2",
    "expected_prefixes": "65",
    "all_councils": "1",
}


def test_a_national_exam_takes_its_years_councils_without_typing_and_they_stand_in_the_form(
    desk: ScoreDesk, uploading: Visitor
) -> None:
    uploading.submit(f"{LIST}/them", **NATIONAL)
    made = desk.services.exam_office.exam(AGENCY, "lop-10-2026")
    assert made.expected_prefixes == tuple(f"{place:02d}" for place in range(1, 66) if place != 20)
    page = uploading.get(f"{LIST}/lop-10-2026/sua")
    shown = page.soup.find(attrs={"name": "expected_prefixes"})
    assert shown
    assert shown.get_text().split() == list(made.expected_prefixes)
    assert not page.soup.select_one("#f-all_councils[checked]")


def test_a_year_whose_councils_are_not_known_is_typed(desk: ScoreDesk, uploading: Visitor) -> None:
    page = uploading.submit(f"{LIST}/them", 422, **{**NATIONAL, "year": "2016"})
    assert "Chưa có danh sách mã hội đồng thi của năm 2016" in page.text
    assert page.soup.select_one("#f-all_councils[checked]")
    assert uploading.submit(f"{LIST}/them", 422, **{**NATIONAL, "prefix_length": "3"}).soup.find(
        id="f-expected_prefixes-problem"
    )
    assert desk.services.exam_office.exams(AGENCY) == []


def test_councils_that_are_missing_or_strange_are_named(
    desk: ScoreDesk, uploading: Visitor, approving: Visitor
) -> None:
    known = [code for code in councils_of(2019) if code not in ("39", "40")]
    desk.add(expected_prefixes=tuple(councils_of(2019)))
    body = csv_file(HEADER, [[f"{code}000001", "5", "5", "5", "5"] for code in (*known, "65")])
    edition = desk.checked(body)
    page = uploading.get(desk.at(edition))
    assert "Chưa có thí sinh nào của mã 39 Phú Yên, 40 Đắk Lắk." in page.text
    assert "Có thí sinh của mã 65 Bộ Quốc phòng, không nằm trong danh sách." in page.text
    assert "mã 39 Phú Yên, 40 Đắk Lắk." in approving.get(desk.at(edition, "duyet")).text
    preview = approving.get(desk.at(edition, "pho-diem"))
    assert "mã 39 Phú Yên, 40 Đắk Lắk." in preview.text
    assert "01 Hà Nội" in {cell.get_text() for cell in preview.soup.find_all("th", scope="row")}


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
