"""Procedures in a real browser: found from the agency's home with and without script, ticked on this phone, kept as a picture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_look_up_a_score import LISTEN
from tests.support.axe import (
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.cloud import Cloud
from tests.support.procedure_town import BIRTH, WARD, ProcedureTown, demo_procedures
from tests.support.procedures import read_2026

pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
HERE = f"/{WARD}/thu-tuc/{BIRTH}"


@pytest.fixture(scope="module")
def base(kept_cloud: Cloud) -> Iterator[str]:
    town = ProcedureTown(kept_cloud)
    town.take(*demo_procedures())
    with served(town.app) as found:
        yield found


def boxes(page: Page) -> list[bool]:
    return [box.is_checked() for box in page.locator("#checklist input[type=checkbox]").all()]


@SCRIPT
def test_from_the_home_of_a_ward_to_the_day_it_is_ready(browser: Browser, base: str, script: bool) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{base}/{WARD}/")
    page.get_by_label("Bạn cần gì?").fill("lam lai giay khai sinh")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Đăng ký lại khai sinh").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký lại khai sinh")
    page.get_by_label("Giờ nộp").fill("15:40")
    page.get_by_role("button", name="Tính ngày nhận").click()
    expect(page.get_by_text("Chậm nhất")).to_be_visible()
    page.get_by_role("link", name="Trang này có giúp được bạn không?").click()
    page.get_by_label("Không, còn thiếu hoặc chưa rõ").check()
    page.get_by_role("button", name="Gửi góp ý").click()
    expect(page.get_by_text("Cảm ơn bạn")).to_be_visible()
    context.close()


def test_what_was_ticked_stays_ticked_on_this_phone_and_stands_on_the_picture(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script(f"({LISTEN})()")
    page = context.new_page()
    page.goto(base + HERE)
    assert not any(boxes(page))
    page.locator("#checklist label").nth(1).click()
    page.reload()
    ticked = boxes(page)
    assert ticked.index(True) == 1
    assert sum(ticked) == 1
    page.get_by_role("button", name="Lưu danh sách thành ảnh").click()
    expect(page.get_by_role("img", name="Danh sách giấy tờ dưới dạng ảnh")).to_be_visible()
    said = " ".join(" ".join(page.evaluate("said")).split())
    assert "Đăng ký khai sinh" in said
    assert said.count("☑") == 1
    assert said.count("☐") == len(ticked) - 1
    context.close()


def test_a_script_that_may_keep_nothing_leaves_the_list_as_it_is(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(base + HERE)
    page.locator("#checklist label").first.click()
    assert boxes(page)[0]
    assert wrong == []
    context.close()


def test_the_longest_records_of_the_portal_are_readable_on_the_narrowest_phone(browser: Browser, cloud: Cloud) -> None:
    town = ProcedureTown(cloud)
    longest = sorted((made for made, _ in read_2026() if made), key=lambda one: len(repr(one)), reverse=True)[:3]
    town.take(*longest)
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    with served(town.app) as address:
        for one in longest:
            for below in ("", "/toan-van/giay-to", "/toan-van/cach-nop", "/toan-van/dieu-kien"):
                page.goto(f"{address}/{WARD}/thu-tuc/{one.code}{below}")
                assert_accessible(page)
                assert_no_horizontal_scroll(page)
                assert_readable_at_double_size(page)
    context.close()
