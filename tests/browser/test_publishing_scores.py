"""Publishing scores in a real browser: a file goes to storage with a figure, is checked, looked at, approved, taken back.

Once with script and once without; every stop is accessible, light and dark, and fits a phone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.store import AgencyStore
from tests.support import officers
from tests.support.axe import DESK, LIGHTS, PHONE, assert_accessible, assert_no_horizontal_scroll, served
from tests.support.cloud import Cloud
from tests.support.exams import exam_agency
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk
from tests.support.score_desk import GOOD, ScoreDesk, many

AGENCY = "so-gddt-an-giang"
PATIENCE = 15_000


@dataclass
class Town:
    """The app at its address, with one exam and two officers."""

    address: str
    clock: StoppedClock
    desk: ScoreDesk


@pytest.fixture
def town(cloud: Cloud, port: int) -> Iterator[Town]:
    address = f"http://127.0.0.1:{port}"
    settings = replace(cloud.settings, base_url=address)
    clock = StoppedClock(datetime.now(UTC))
    services = Services(settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(settings, services)
    name, english = "Sở Giáo dục và Đào tạo An Giang", "Department of Education of An Giang"
    AgencyStore().add([exam_agency(AGENCY, name=name, name_en=english, sector="gddt")])
    uploader = officers.officer(services.accounts, clock, "nap@angiang.gov.vn", AGENCY, "publisher")
    approver = officers.officer(services.accounts, clock, "duyet@angiang.gov.vn", AGENCY, "approver")
    desk = ScoreDesk(services, AGENCY, uploader, approver)
    desk.add(expected_prefixes=("01", "02", "03", "39"))
    with served(app, port):
        yield Town(address, clock, desk)


def signed_in(browser: Browser, town: Town, officer: Desk, path: str, **options: Any) -> Page:
    """A page in which an officer came in by password and phone, and went to `path`."""
    page = browser.new_context(viewport=DESK, **options).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{town.address}{path}")
    page.locator("#f-login").fill(officer.login)
    page.locator("#f-password").fill(officer.password)
    page.locator("main form button").first.click()
    assert page.locator("#f-code").count(), page.locator("main").inner_text()
    page.locator("#f-code").fill(officer.code())
    page.locator("main form button").first.click()
    page.wait_for_url(f"**{path}")
    return page


def looked_at(page: Page) -> None:
    """Fit to be shown to anybody: axe in both lights, and a phone's width."""
    for scheme in LIGHTS:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert_no_horizontal_scroll(page)
    page.set_viewport_size(DESK)


def test_a_file_becomes_results_by_two_people(browser: Browser, town: Town, tmp_path: Path) -> None:
    desk = town.desk
    file = tmp_path / "diem_thi_2019.csv"
    file.write_bytes(many(900))
    page = signed_in(browser, town, desk.uploader, desk.base)
    page.locator("main").get_by_role("link", name="Nạp kết quả").first.click()
    looked_at(page)
    page.get_by_role("button", name="Tiếp tục").click()
    looked_at(page)
    page.get_by_label("Tệp điểm").set_input_files(file)
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.get_by_role("rowheader").filter(has_text="diem_thi_2019.csv")).to_be_visible()
    expect(page.get_by_text("Đang chờ đọc tệp")).to_be_visible()

    (edition,) = desk.services.exam_office.editions(desk.now())
    desk.services.exam_store.beat(desk.now(), edition.id, "wrk", town.clock.now(), "counting", 450, 900)
    expect(page.locator("#import")).to_contain_text("450 / 900")  # the page asks by itself
    looked_at(page)
    desk.services.exam_store.leave(desk.now(), edition.id, "wrk")
    desk.work(edition)
    expect(page.get_by_text("Chờ duyệt")).to_be_visible()
    expect(page.get_by_text("Chưa có thí sinh nào của mã 39.")).to_be_visible()
    looked_at(page)

    judge = signed_in(browser, town, desk.approver, desk.at(edition))
    judge.get_by_role("link", name="Phân bố điểm").click()
    expect(judge.locator("figure")).to_have_count(4)
    looked_at(judge)
    judge.get_by_role("link", name="Tổng quan").click()
    judge.get_by_role("link", name="Duyệt và hẹn giờ").click()
    release = town.clock.now().astimezone(officers_zone()) + timedelta(days=1)
    for part, value in (("", release.day), ("-month", release.month), ("-year", release.year)):
        judge.locator(f"#f-release{part}").fill(str(value))
    judge.get_by_label("Giờ công bố").fill("08:00")
    judge.get_by_role("checkbox").check()
    looked_at(judge)
    judge.get_by_label("Mã xác thực").fill(desk.approver.code())
    judge.get_by_role("button", name="Duyệt", exact=True).click()
    expect(judge.get_by_text(f"900 thí sinh sẽ xem được điểm từ 08:00, {release:%d/%m/%Y}.")).to_be_visible()
    looked_at(judge)

    judge.get_by_role("link", name="Thu hồi công bố").click()
    judge.get_by_label("Lý do thu hồi").fill("Sai điểm môn Toán")
    judge.get_by_role("checkbox").check()
    looked_at(judge)
    judge.get_by_role("button", name="Thu hồi công bố").click()
    expect(judge.get_by_text("Đã thu hồi").first).to_be_visible()
    looked_at(judge)
    assert desk.now().next is None


def officers_zone() -> Any:
    """Where officers' clocks hang."""
    from handlers.formats import LOCAL

    return LOCAL


def test_without_script_the_bucket_sends_the_browser_back_and_a_post_starts(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    desk = town.desk
    file = tmp_path / "diem.csv"
    file.write_bytes(GOOD)
    edition = desk.begun()
    page = signed_in(browser, town, desk.uploader, desk.at(edition), java_script_enabled=False)
    page.get_by_label("Tệp điểm").set_input_files(file)
    page.get_by_role("button", name="Gửi tệp").click()
    # From the bucket no strict cookie comes along; the landing page leads back, and then it does.
    expect(page.get_by_role("heading", name="Tệp đã gửi, chưa kiểm tra")).to_be_visible()
    page.get_by_label("Tên để nhận ra tệp").fill("diem.csv")
    page.get_by_role("button", name="Bắt đầu kiểm tra").click()
    expect(page.get_by_role("rowheader").filter(has_text="diem.csv")).to_be_visible()
    desk.work(edition)
    page.reload()
    expect(page.get_by_text("Chờ duyệt")).to_be_visible()


def test_a_bucket_that_takes_no_scripts_is_posted_to_without_one(
    browser: Browser, town: Town, cloud: Cloud, tmp_path: Path
) -> None:
    desk = town.desk
    cloud.admin("s3").delete_bucket_cors(Bucket="test-uploads")
    file = tmp_path / "diem.csv"
    file.write_bytes(GOOD)
    edition = desk.begun()
    page = signed_in(browser, town, desk.uploader, desk.at(edition))
    page.get_by_label("Tệp điểm").set_input_files(file)
    page.get_by_role("button", name="Gửi tệp").click()
    expect(
        page.get_by_role("button", name="Bắt đầu kiểm tra").or_(page.get_by_text("Đang chờ đọc tệp"))
    ).to_be_visible()
