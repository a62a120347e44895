"""An officer edits a procedure in a real browser, with script and without, and sees it on a citizen's phone before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
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
    DESK,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk

SHOTS = Path(__file__).resolve().parents[2] / "screenshots"
pytestmark = pytest.mark.browser

COMMUNE, CODE = "phuong-tuy-hoa-dak-lak", "1.001193"
BASE = f"/console/{COMMUNE}/thu-tuc"
EDIT = f"{BASE}/{CODE}/sua"
PATIENCE = 15_000


@dataclass
class Town:
    """The app at its address, and an officer at the counter of a commune."""

    address: str
    services: Services
    clock: StoppedClock
    officer: Desk

    def desk(self, browser: Browser, **options: Any) -> Page:
        """A browser in which the officer has just signed in."""
        context = browser.new_context(viewport=DESK, **options)
        context.add_cookies([{"name": "o", "value": self.officer.come_in().token, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

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
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert_accessible(page)
        kept(page, f"{name}{more}-desk")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert_no_horizontal_scroll(page)
        assert_readable_at_double_size(page)
        kept(page, f"{name}{more}-phone")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]


def kept(page: Page, name: str) -> None:
    """A picture for whoever wants to look at the state."""
    plain = name.replace("/", "-").replace("?", "-").replace(" ", "-")
    page.screenshot(path=str(SHOTS / f"procedures-{plain}.png"), full_page=True)
