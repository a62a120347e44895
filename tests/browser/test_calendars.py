"""An agency's admin enters a swapped day in a real browser, with script and without, and the due date follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.workdays import DayKind, Hours
from tests.support import officers
from tests.support.axe import (
    served,
)
from tests.support.cloud import Cloud
from tests.support.desk_browser import assert_looks_right, at_desk
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk

pytestmark = pytest.mark.browser

PROVINCE, COMMUNE = "ubnd-tinh-dak-lak", "phuong-tuy-hoa-dak-lak"
BASE = f"/console/{COMMUNE}/lich-lam-viec"
NOTICE = "Thông báo số 9441/TB-BNV ngày 16/10/2025"


@dataclass
class Town:
    """The app at its address, and the admin of a commune below a province with days of its own."""

    address: str
    services: Services
    admin: Desk

    def desk(self, browser: Browser, **options: Any) -> Page:
        """A browser in which the admin has just signed in."""
        return at_desk(browser, self.address, self.admin, **options)

    def set(self, layer: str, day: str, kind: DayKind, document: str) -> None:
        held = self.services.calendars.layers("" if layer == NATION else layer)[-1]
        self.services.calendars.set_days(layer, held.version, {day: kind}, document, "operator")


@pytest.fixture
def town(cloud: Cloud, port: int) -> Iterator[Town]:
    address = f"http://127.0.0.1:{port}"
    clock = StoppedClock()
    services = Services(replace(cloud.settings, base_url=address), clock=clock, sleep=lambda seconds: None)
    app = create_app(services.settings, services)
    AgencyStore().add(
        [
            Agency(PROVINCE, PROVINCE, Kind.PROVINCE, "Ủy ban nhân dân tỉnh Đắk Lắk", "Dak Lak People's Committee"),
            Agency(COMMUNE, COMMUNE, Kind.COMMUNE, "Ủy ban nhân dân phường Tuy Hòa", "Tuy Hoa Ward", parent=PROVINCE),
        ]
    )
    town = Town(address, services, officers.officer(services.accounts, clock, "quantri@x.vn", COMMUNE, "agency_admin"))
    town.set(NATION, "2026-12-31", DayKind.OFF, NOTICE)
    town.set(PROVINCE, "2026-11-21", DayKind.MORNING, "21/UBND-NC")
    with served(app, port):
        yield town


def fill_day(page: Page, day: str, month: str, kind: str, document: str) -> None:
    form = page.locator("main form")
    for name, text in (("day", day), ("day-month", month), ("day-year", "2026"), ("document", document)):
        form.locator(f"#f-{name}").fill(text)
    form.get_by_label(kind).check()


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without"])
def test_a_swapped_day_is_tried_saved_and_taken_away_again(browser: Browser, town: Town, scripted: bool) -> None:
    page = town.desk(browser, java_script_enabled=scripted)
    page.goto(town.address + BASE)
    page.get_by_role("link", name="Thêm ngày").click()
    fill_day(page, "28", "11", "Làm việc cả ngày", "")
    page.get_by_role("button", name="Tính thử").click()
    expect(page.locator("#example")).to_contain_text("hiện nay trả lúc 15:15, 02/12/2026")
    expect(page.locator("#example")).to_contain_text("sau khi lưu sẽ trả lúc 15:15, 01/12/2026")
    expect(page.get_by_label("Làm việc cả ngày")).to_be_checked()
    page.get_by_label("Văn bản").fill(NOTICE)
    page.get_by_role("button", name="Lưu ngày").click()
    expect(page.get_by_text("Riêng của cơ quan")).to_be_visible()
    page.get_by_role("link", name=re.compile("Bỏ.*28.11.2026")).click()
    expect(page.get_by_text("Sau khi bỏ")).to_be_visible()
    page.get_by_label("Văn bản").fill("Ghi nhầm")
    page.get_by_role("button", name="Bỏ ngày này").click()
    expect(page.get_by_role("heading", name="Lịch làm việc năm 2026")).to_be_visible()
    expect(page.get_by_text("Riêng của cơ quan")).to_have_count(0)


def states(town: Town, page: Page, language: str) -> Iterator[str]:
    """Every state of these screens, one after another; the page shows it."""

    def at(path: str) -> None:
        more = ("&" if "?" in path else "?") + "lang=en" if language == "en" else ""
        page.goto(f"{town.address}{BASE}{path}{more}")

    def press(value: str = "") -> None:
        page.evaluate("document.querySelector('main form').noValidate = true")
        buttons = page.locator("main form .actions button")
        with page.expect_navigation():
            (page.locator(f"main form button[value={value}]") if value else buttons.first).click()

    calendars = town.services.calendars
    document = NOTICE if language == "vi" else "Decision 3/2026"
    town.set(COMMUNE, "2026-11-28", DayKind.WORKING, document)
    calendars.set_hours(
        COMMUNE, calendars.layers(COMMUNE)[-1].version, Hours((450, 690), (810, 1035)), document, "operator"
    )
    for path in ("", "?nam=2027", "?nam=2040", "/ngay", "/ngay?ngay=2026-11-24", "/gio", "/bo/2026-11-28"):
        at(path)
        yield f"plain{path}"
    for path in ("/ngay", "/gio", "/bo/2026-11-28"):
        at(path)
        page.locator("#f-document").fill("")
        press()
        yield f"wrong{path}"
    at("/gio")
    press("try")
    yield "hours tried"
    at("/ngay?ngay=2026-11-24")
    page.locator("main [value=working]").check()
    press("try")
    yield "day tried"
    page.locator("#f-document").fill(document)
    town.set(COMMUNE, "2026-12-05", DayKind.AFTERNOON if language == "vi" else DayKind.OFF, document)
    press()
    expect(page.locator("#problems li")).to_have_count(1)
    yield "meanwhile"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_accessible_in_both_lights_and_fits_a_phone(browser: Browser, town: Town, language: str) -> None:
    page = town.desk(browser)
    for name in states(town, page, language):
        assert_looks_right(page, f"calendar-{name}-{language}")
