"""An edition and its files at the desk: sent, read, what needs a person, read again, taken out; by pages alone."""

import re

from miniapp.exam_scores.model import Reason
from tests.support.score_desk import BAD, GOOD, HEADER, ROWS, ScoreDesk, csv_file, send, upload
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

LIST = f"/console/{AGENCY}/diem-thi"


def flat(page: Page) -> str:
    """The text of a page with plain blanks."""
    return page.text.replace("\u00a0", " ")


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
