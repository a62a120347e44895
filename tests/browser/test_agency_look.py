"""An agency's admin changes colour and logo in a real browser, with script and without, and a citizen sees it on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.crests import CheckCrest
from miniapp.agencies.model import Agency, Description, Kind, Service
from miniapp.agencies.store import AgencyStore
from tests.support import officers
from tests.support.axe import (
    DESK,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    served,
)
from tests.support.cloud import Cloud
from tests.support.desk_browser import assert_looks_right
from tests.support.exams import exam_agency
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk
from tests.support.pictures import picture
from tests.support.score_desk import ScoreDesk

SHOTS = Path(__file__).resolve().parents[2] / "screenshots"
pytestmark = pytest.mark.browser

AGENCY, OTHER = "so-gddt-an-giang", "so-gddt-kien-giang"
BASE = f"/console/{AGENCY}/co-quan"
RED = "rgb(163, 0, 43)"
PATIENCE = 15_000


@dataclass
class Town:
    """The app at its address, and an agency's admin."""

    address: str
    services: Services
    admin: Desk
    clock: StoppedClock

    def work(self) -> None:
        """What the worker does with the note that was left."""
        sent = self.services.crests.sent(AGENCY)
        assert sent is not None
        self.services.crests.check(CheckCrest(AGENCY, sent.upload))


@pytest.fixture
def town(cloud: Cloud, port: int) -> Iterator[Town]:
    address = f"http://127.0.0.1:{port}"
    clock = StoppedClock(datetime.now(UTC))
    services = Services(replace(cloud.settings, base_url=address), clock=clock, sleep=lambda seconds: None)
    app = create_app(services.settings, services)
    names = {"name": "Sở Giáo dục và Đào tạo An Giang", "name_en": "Department of Education of An Giang"}
    agencies = [
        exam_agency(AGENCY, short="Sở GD&ĐT An Giang", hotline="1022", sector="gddt", **names),
        exam_agency(OTHER),
    ]
    schools = [
        Agency(f"thpt-{place}", f"thpt-{place}", Kind.SCHOOL, f"Trường THPT {place}", f"School {place}", parent=AGENCY)
        for place in range(3)
    ]
    AgencyStore().add([*agencies, *schools])
    AgencyStore().placed({"": agencies, AGENCY: schools})
    admin = officers.officer(services.accounts, clock, "quantri@angiang.gov.vn", AGENCY, "agency_admin")
    with served(app, port):
        yield Town(address, services, admin, clock)


def signed_in(browser: Browser, town: Town, path: str, **options: Any) -> Page:
    page = browser.new_context(viewport=DESK, **options).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{town.address}{path}")
    page.locator("#f-login").fill(town.admin.login)
    page.locator("#f-password").fill(town.admin.password)
    page.locator("main form button").first.click()
    page.locator("#f-code").fill(town.admin.code())
    page.locator("main form button").first.click()
    page.wait_for_url(f"**{path}")
    return page


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without"])
def test_colour_and_logo_change_and_a_citizen_sees_them(
    browser: Browser, town: Town, tmp_path: Path, scripted: bool
) -> None:
    file = tmp_path / "logo.webp"
    file.write_bytes(picture("WEBP", 300, 300))
    page = signed_in(browser, town, BASE, java_script_enabled=scripted)
    page.get_by_role("link", name="Đổi màu").click()
    page.get_by_label("Màu nhấn").fill("#ffcc00")
    if not scripted:
        page.get_by_role("button", name="Đo thử").click()
    expect(page.locator("#contrast")).to_contain_text("Khó đọc: độ tương phản 1,39 : 1")
    page.get_by_label("Màu nhấn").fill("#a3002b")
    if scripted:
        expect(page.locator("#contrast")).to_contain_text("Đọc được: độ tương phản 7,")
        expect(page.get_by_label("Chọn bằng mắt")).to_have_value("#a3002b")
    page.get_by_role("button", name="Lưu màu").click()
    page.get_by_role("link", name="Đổi logo").click()
    page.get_by_label("Tệp logo").set_input_files(file)
    page.get_by_role("button", name="Gửi tệp").click()
    if not scripted:
        page.wait_for_url("**tep=*")
        page.get_by_role("button", name="Dùng tệp này").click()
    expect(page.get_by_text("Đang kiểm tra logo")).to_be_visible()
    town.work()
    if not scripted:
        page.get_by_role("link", name="Xem lại").click()
    expect(page.get_by_text("Đã đổi logo")).to_be_visible()  # with script the page looks by itself

    phone = browser.new_context(viewport=PHONE, java_script_enabled=scripted).new_page()
    phone.goto(f"{town.address}/{AGENCY}/")
    crest = phone.locator("header img.crest")
    expect(crest).to_be_visible()
    if scripted:
        assert crest.evaluate("one => one.complete && one.naturalWidth") == 144
        assert (
            phone.locator(".agency").evaluate("one => getComputedStyle(document.querySelector('.phone')).color") == RED
        )
        assert_accessible(phone)
        assert_no_horizontal_scroll(phone)


def too_much(page: Page) -> None:
    """More in a field than a form may carry, as from a browser that keeps no bounds."""
    page.locator("#f-street").evaluate("one => { one.removeAttribute('maxlength'); one.value = 'x'.repeat(70000); }")


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without"])
def test_who_sent_too_much_goes_back_to_what_was_typed_and_sends_less(
    browser: Browser, town: Town, scripted: bool
) -> None:
    page = signed_in(browser, town, f"{BASE}/thong-tin", java_script_enabled=scripted)
    page.locator("#f-hotline").fill("0296 3841 190")
    too_much(page)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phần gửi lên quá lớn")
    expect(page.get_by_text("Bấm nút quay lại")).to_be_visible()
    page.go_back()
    expect(page.locator("#f-hotline")).to_have_value("0296 3841 190")
    page.locator("#f-street").fill("10 Nguyễn Trãi")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url(f"**{BASE}")
    held = town.services.agencies.now(AGENCY)
    assert (held.hotline, held.street) == ("02963841190", "10 Nguyễn Trãi")


def states(town: Town, page: Page, language: str) -> Iterator[str]:
    """Every state of these screens, one after another; the page shows it."""

    def at(path: str, base: str = BASE) -> None:
        more = ("&" if "?" in path else "?") + "lang=en" if language == "en" else ""
        page.goto(f"{town.address}{base}{path}{more}")

    def send() -> None:
        with page.expect_navigation():
            page.locator("main form .actions button").first.click()

    for path in ("", "/thong-tin", "/mau", "/logo", "/dich-vu/exam_scores", "/truc-thuoc"):
        at(path)
        yield f"plain{path}"
    at("/thong-tin")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("#f-name").fill("")
    send()
    yield "facts wrong"
    at("/thong-tin")
    too_much(page)
    send()
    yield "facts too large"
    at("/thong-tin")
    held = town.services.agencies.now(AGENCY)
    said = {name: getattr(held, name) for name in ("name", "name_en", "site")}
    town.services.agencies.describe(AGENCY, held.version, Description(**said, short="Sở GD", hotline="1900"), "off_2")
    page.locator("#f-hotline").fill("0296 3841 190")
    send()
    yield "facts meanwhile"
    at("/mau")
    page.locator("#f-accent").fill("#ffcc00")
    send()
    yield "colour wrong"
    crests = town.services.crests
    for place, body in enumerate((picture("PNG"), b"<svg/>")):
        upload = crests.new_upload()
        town.services.files.put("uploads", f"crests/{AGENCY}/{upload}", body)
        at(f"/logo?tep={upload}")
        yield f"logo arrived {place}"
        crests.take(AGENCY, upload, "off_2")
        at("/logo")
        yield f"logo waiting {place}"
        town.work()
        at("/logo")
        yield f"logo done {place}"
    with_results(town)
    at("/dich-vu/exam_scores")
    yield "closing"
    town.services.agencies.close_service(AGENCY, Service.EXAM_SCORES, "off_2")
    at("/dich-vu/exam_scores")
    yield "opening"
    at("/diem-thi", f"/{AGENCY}")
    yield "closed for citizens"
    town.services.agencies.merge(AGENCY, [OTHER], "2026-06-30", "operator")
    at("")
    yield "merged"


def with_results(town: Town) -> None:
    people = [
        officers.officer(town.services.accounts, town.clock, f"{role}@x.vn", AGENCY, role)
        for role in ("publisher", "approver")
    ]
    desk = ScoreDesk(town.services, AGENCY, *people)
    desk.add()
    desk.released()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_accessible_in_both_lights_and_fits_a_phone(browser: Browser, town: Town, language: str) -> None:
    page = signed_in(browser, town, BASE)
    for name in states(town, page, language):
        assert_looks_right(page, f"agency-{name}-{language}")
