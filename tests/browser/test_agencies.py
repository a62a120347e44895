"""The directory and an agency's home in a real browser: by eye, by keyboard, without script, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import (
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.markup import assert_markup, collect_html

pytestmark = pytest.mark.browser

STATES = {
    "start": "/",
    "province": "/?thuoc=ubnd-tinh-dak-lak",
    "nothing-below": "/?thuoc=th-tuy-hoa-dak-lak",
    "one": "/?q=sở giáo dục phú yên",
    "ambiguous": "/?q=tân an",
    "slip": "/?q=tyu hoa",
    "miss": "/?q=qwertyuiop",
    "too-long": "/?q=" + "a" * 130,
    "home": "/so-gddt-dak-lak/",
    "home-without-services": "/th-tuy-hoa-dak-lak/",
    "merged": "/so-gddt-phu-yen/",
}


@pytest.fixture
def address(agencies_app: Flask, agencies_client: FlaskClient) -> Iterator[str]:
    with served(agencies_app) as found:
        yield found


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page whose context ends with the test; refused styles and broken script fail it."""
    context = browser.new_context(**{"viewport": PHONE, **options})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda failure: complaints.append(str(failure)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.goto(address)
    yield page
    context.close()
    assert not complaints, complaints


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_accessible(browser: Browser, address: str, language: str, light: Any) -> None:
    with opened(browser, address, color_scheme=light) as page:
        for path in STATES.values():
            glue = "&" if "?" in path else "?"
            page.goto(f"{address}{path}{glue}lang={language}" if language == "en" else address + path)
            assert_accessible(page)


def test_no_state_scrolls_sideways_not_even_at_double_size(browser: Browser, address: str) -> None:
    with opened(browser, address, viewport=NARROW) as page:
        for path in STATES.values():
            page.goto(address + path)
            assert_no_horizontal_scroll(page)
            assert_readable_at_double_size(page)


def test_every_state_is_correct_markup(agencies_client: FlaskClient, tmp_path: Any) -> None:
    for name, path in STATES.items():
        for language in ("", "en"):
            html = (
                agencies_client.get(path, query_string=None).text
                if not language
                else agencies_client.get(_english(path)).text
            )
            collect_html(f"agencies-{name}-{language}", html, tmp_path)
    assert_markup(tmp_path)


def _english(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang=en"


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_parent_finds_the_department_by_the_provinces_old_name(browser: Browser, address: str, script: bool) -> None:
    with opened(browser, address, java_script_enabled=script) as page:
        page.get_by_label("Tên nơi ở, trường hoặc cơ quan").fill("sở giáo dục phú yên")
        page.get_by_role("button", name="Tìm").click()
        found = page.get_by_role("link", name="Sở Giáo dục và Đào tạo Đắk Lắk")
        expect(found).to_contain_text("gồm cả tỉnh Phú Yên cũ")
        found.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sở Giáo dục và Đào tạo Đắk Lắk")
        expect(page.get_by_role("link", name="Điểm thi")).to_be_visible()


def test_the_tree_can_be_walked_down_and_back_up(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.get_by_role("link", name="tỉnh Đắk Lắk").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ủy ban nhân dân tỉnh Đắk Lắk")
        page.get_by_role("link", name="Sở Y tế Đắk Lắk").click()
        page.go_back()
        page.get_by_role("link", name="Cấp trên").or_(page.get_by_role("link", name="Danh bạ cơ quan")).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tìm cơ quan")


def test_by_keyboard_alone_the_search_comes_before_the_list(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.locator("main").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_label("Tên nơi ở, trường hoặc cơ quan")).to_be_focused()
        page.keyboard.type("tuy hoa")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="phường Tuy Hòa")).to_be_visible()


def test_who_reads_english_stays_in_english(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/?lang=en") as page:
        page.get_by_label("Name of a place, school or agency").fill("tuy hoa")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="People's Committee of Tuy Hòa Ward").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_have_text("People's Committee of Tuy Hòa Ward")


def test_a_link_of_a_department_that_was_merged_leads_on(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/so-gddt-phu-yen/") as page:
        expect(page.get_by_text("Cơ quan này không còn hoạt động")).to_be_visible()
        page.get_by_role("link", name="Sở Giáo dục và Đào tạo Đắk Lắk").click()
        expect(page).to_have_url(f"{address}/so-gddt-dak-lak/")
