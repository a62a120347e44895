"""An officer edits a procedure in a real browser, with script and without, and sees it on a citizen's phone before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from infra.local import demo
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from tests.support import officers
from tests.support.axe import (
    served,
)
from tests.support.cloud import Cloud
from tests.support.desk_browser import assert_looks_right, at_desk
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk

pytestmark = pytest.mark.browser

COMMUNE, CODE = "phuong-tuy-hoa-dak-lak", "1.001193"
BASE = f"/console/{COMMUNE}/thu-tuc"
EDIT = f"{BASE}/{CODE}/sua"


@dataclass
class Town:
    """The app at its address, and an officer at the counter of a commune."""

    address: str
    services: Services
    clock: StoppedClock
    officer: Desk

    def desk(self, browser: Browser, **options: Any) -> Page:
        """A browser in which the officer has just signed in."""
        return at_desk(browser, self.address, self.officer, **options)

    def edit(self, **fields: str) -> None:
        """What another officer saves."""
        mark = self.services.procedure_desk.state(COMMUNE, CODE).mark
        self.services.procedure_office.edit(COMMUNE, CODE, fields, by="operator", expected=mark)

    def above(self, address: str) -> None:
        """The nation says something else."""
        held = replace(self.services.catalogue.get(COMMUNE, CODE).procedure, address=address)
        self.services.procedure_office.take(NATION, [held], by="operator", source="test")
        self.clock.pass_by(seconds=6)


@pytest.fixture
def town(cloud: Cloud, port: int) -> Iterator[Town]:
    address = f"http://127.0.0.1:{port}"
    clock = StoppedClock()
    services = Services(replace(cloud.settings, base_url=address), clock=clock, sleep=lambda seconds: None)
    app = create_app(services.settings, services)
    opened = frozenset({Service.PROCEDURES})
    AgencyStore().add([Agency(COMMUNE, COMMUNE, Kind.COMMUNE, "Phường Tuy Hòa", "Tuy Hoa Ward", services=opened)])
    demo.load_procedures(services, lambda text: None)
    clock.pass_by(seconds=6)
    with served(app, port):
        yield Town(
            address, services, clock, officers.officer(services.accounts, clock, "quay@x.vn", COMMUNE, "officer")
        )


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without"])
def test_an_address_is_typed_seen_on_a_phone_and_kept(browser: Browser, town: Town, scripted: bool) -> None:
    page = town.desk(browser, java_script_enabled=scripted)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto(f"{town.address}{BASE}?q=khai sinh")
    page.locator(f'main a[href="{BASE}/{CODE}"]').first.click()
    page.get_by_role("link", name="Sửa").click()
    page.locator("#f-address").fill("Số 1 Lê Lợi, phường Tuy Hòa")
    page.locator("#f-mistakes").fill("Thiếu chữ ký của người yêu cầu")
    page.get_by_role("button", name="Xem trước").click()
    phone = page.frame_locator("iframe.phone-frame")
    expect(phone.locator("#place + .card")).to_contain_text("Số 1 Lê Lợi, phường Tuy Hòa")
    expect(phone.get_by_text("Thiếu chữ ký của người yêu cầu")).to_be_visible()
    ground = phone.locator(".card").first.evaluate("card => getComputedStyle(card).borderTopLeftRadius")
    assert ground == "10px", "the citizens' own style"
    assert town.services.procedure_desk.own(COMMUNE) == []
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Riêng của cơ quan")).to_have_count(2)
    page.get_by_role("button", name="Đã kiểm tra hôm nay").click()
    expect(page.get_by_role("button", name="Đã kiểm tra hôm nay")).to_have_count(0)
    town.clock.pass_by(seconds=6)
    page.get_by_role("link", name="Xem trang của người dân").click()
    expect(page.get_by_text("Kiểm tra lần cuối ngày 16/07/2026")).to_be_visible()
    assert said == []


def test_all_of_it_is_done_by_keyboard(browser: Browser, town: Town) -> None:
    page = town.desk(browser)
    page.goto(town.address + EDIT)
    page.locator("#f-owner").focus()
    page.keyboard.type("Trưởng bộ phận một cửa")
    page.keyboard.press("Enter")
    expect(page.locator("iframe.phone-frame")).to_be_visible()
    page.get_by_role("button", name="Lưu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Trưởng bộ phận một cửa").first).to_be_visible()


def states(town: Town, page: Page, more: str) -> Iterator[str]:
    """Every state of these screens, one after another; the page shows it."""

    def at(path: str) -> None:
        page.goto(f"{town.address}{BASE}{path}{more}")

    def press() -> None:
        with page.expect_navigation():
            page.locator("main form .actions button").first.click()

    at("/lich-su")
    yield "no versions"
    town.edit(address=f"Số 1 Lê Lợi {more}", owner="Bộ phận Tiếp nhận và Trả kết quả")
    for path in ("", f"/{CODE}", f"/{CODE}/sua", "/lich-su", "/lich-su/1", "/khac-cap-tren"):
        at(path)
        yield f"plain{path}"
    at(f"/{CODE}/sua")
    page.locator("#f-channels").fill("Thời hạn: nhanh")
    press()
    yield "wrong"
    at(f"/{CODE}/sua")
    page.locator("#f-address").fill(f"Số 2 Nguyễn Huệ {more}")
    page.locator("#f-mistakes").fill("Thiếu chữ ký\n\nẢnh mờ")
    press()
    expect(page.locator("iframe.phone-frame")).to_be_visible()
    yield "preview"
    town.edit(address="Của người khác", owner="Văn phòng")
    press()
    expect(page.locator("#problems li")).to_have_count(1)
    yield "meanwhile"
    town.above(f"Nơi khác của cả nước {more}")
    for path in ("", f"/{CODE}", "/khac-cap-tren"):
        at(path)
        yield f"drifted{path}"


@pytest.mark.parametrize("more", ["", "?lang=en"])
def test_every_state_is_accessible_in_both_lights_and_fits_a_phone(browser: Browser, town: Town, more: str) -> None:
    page = town.desk(browser)
    for name in states(town, page, more):
        assert_looks_right(page, f"procedures-{name}{more}")
