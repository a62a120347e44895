"""The agency's own software in a real browser: an admin makes its key, an officer takes its file in, and what that did is seen."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.procedures.model import Procedure
from tests.support import officers
from tests.support.axe import served
from tests.support.cloud import Cloud
from tests.support.desk_browser import assert_looks_right, at_desk
from tests.support.dossier_sheets import code, line, table
from tests.support.dossier_town import IDENTIFIER, NOON
from tests.support.fakes import StoppedClock

pytestmark = pytest.mark.browser

WARD = "phuong-hoa-mai"
KEYS, FILES = f"/console/{WARD}/co-quan/khoa", f"/console/{WARD}/ho-so/nap"


@dataclass
class Town:
    """The app at its address, an admin and an officer of a ward."""

    address: str
    services: Services
    admin: Page
    clerk: Page


@pytest.fixture
def town(cloud: Cloud, browser: Browser, port: int) -> Iterator[Town]:
    clock = StoppedClock(NOON)
    services = Services(cloud.settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    AgencyStore().add([Agency(WARD, WARD, Kind.COMMUNE, "Phường Hoa Mai", "Hoa Mai ward", identifier=IDENTIFIER)])
    birth = Procedure("1.001193", "Đăng ký khai sinh")
    services.procedure_office.take(NATION, [birth], by="operator", source="test")
    clock.pass_by(seconds=6)
    admin = officers.officer(services.accounts, clock, "quan@x.vn", WARD, "agency_admin")
    clerk = officers.officer(services.accounts, clock, "quay@x.vn", WARD, "officer")
    with served(app) as address:
        yield Town(address, services, at_desk(browser, address, admin), at_desk(browser, address, clerk))


def test_a_key_is_made_seen_once_used_and_revoked(town: Town):
    page = town.admin
    page.goto(town.address + KEYS)
    assert_looks_right(page, "keys-none")
    page.get_by_role("link", name="Tạo khóa").click()
    page.get_by_role("button", name="Tạo khóa").click()
    page.locator("#f-name").fill("Phần mềm một cửa của phường")
    page.get_by_label("Tạo và cập nhật hồ sơ").check()
    page.get_by_label("Xem hồ sơ của cơ quan").check()
    for part, text in (("", "31"), ("-month", "12"), ("-year", "2026")):
        page.locator(f"#f-last_day{part}").fill(text)
    assert_looks_right(page, "keys-new")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.locator("h1")).to_have_text("Khóa đã tạo")
    assert_looks_right(page, "keys-made")
    token = page.locator("#f-token").input_value()
    headers = {"Authorization": f"Bearer {token}"}
    asked = urllib.request.Request(f"{town.address}/api/v1/dossiers?shelf=new", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer) == {"dossiers": [], "next": ""}
    page.get_by_role("link", name="Đã cất khóa").click()
    expect(page.locator("main")).to_contain_text("20/11/2026")
    assert_looks_right(page, "keys-one")
    page.get_by_role("link", name="Thu hồi khóa").click()
    assert_looks_right(page, "keys-revoke")
    page.get_by_role("button", name="Thu hồi khóa").click()
    expect(page.locator("main")).to_contain_text("Khóa đã thu hồi")


def test_a_file_is_looked_at_taken_in_and_followed(town: Town):
    page = town.clerk
    page.goto(town.address + FILES)
    assert_looks_right(page, "files-none")
    rows = [line(1), line(2, 1), line(3, "xong rồi"), line(4, received="19/13/2026"), line(5, identity="38094001234")]
    body = table(*(f"{row},x" for row in rows), header=table().decode().strip() + ",Cột lạ")
    page.locator("#f-file").set_input_files({"name": "hồ sơ tháng 11.csv", "mimeType": "text/csv", "buffer": body})
    page.get_by_role("button", name="Xem tệp làm gì").click()
    expect(page.locator("main")).to_contain_text("Chưa có gì được lưu")
    assert_looks_right(page, "files-preview")
    page.get_by_role("button", name="Nạp tệp này").click()
    expect(page.locator("main")).to_contain_text("Đang nạp hồ sơ")
    assert_looks_right(page, "files-under-way")
    town.services.sheet_imports.resume_all()
    page.reload()
    expect(page.locator("main")).to_contain_text("Đã nạp xong")
    assert_looks_right(page, "files-done")
    page.get_by_role("link", name="Nạp tệp khác").click()
    assert_looks_right(page, "files-some")
    page.goto(f"{town.address}/console/{WARD}/ho-so")
    expect(page.locator("main")).to_contain_text(code(1))
