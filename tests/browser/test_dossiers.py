"""Following a dossier in a real browser: by code with and without script, after a walk, in every state for axe."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from miniapp.core.guarding import ADDRESS_FREE
from tests.support.axe import (
    DESK,
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.desk_browser import SHOTS
from tests.support.dossier_pages import AGENCY, WRONG, DossierPages
from tests.support.dossier_pages import PHONE as FIGURES
from tests.support.scanner import scanned
from tests.web.citizen.test_dossiers import BASE, built, look_up, misspelt, pages

__all__ = ["built", "pages"]
pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])


@pytest.fixture(scope="module")
def base(built: DossierPages) -> Iterator[str]:
    with served(built.app) as found:
        yield found


def ask(page: Page, code: str, figures: str = FIGURES) -> None:
    """Fill the form that stands there and send it."""
    page.get_by_label("Mã hồ sơ").fill(code)
    page.get_by_label("4 số cuối").fill(figures)
    page.get_by_role("button", name="Xem hồ sơ").click()


@SCRIPT
def test_a_code_typed_carelessly_leads_to_the_dossier_and_back_to_the_form(
    browser: Browser, base: str, pages: DossierPages, script: bool
) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=script).new_page()
    page.goto(f"{base}/{AGENCY}/")
    page.get_by_role("link", name="Hồ sơ").first.click()
    ask(page, pages.code("papers").lower().replace(".", " "))
    expect(page.get_by_role("heading", name="Giấy tờ cần bổ sung")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Giấy tờ cần bổ sung")).to_be_visible()
    page.get_by_role("link", name="Xem hồ sơ khác").click()
    expect(page.get_by_label("Mã hồ sơ")).to_be_empty()


@SCRIPT
def test_a_slip_of_the_finger_is_one_press_away_from_what_was_meant(
    browser: Browser, base: str, pages: DossierPages, script: bool
) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=script).new_page()
    page.goto(base + BASE)
    code = pages.code("payment")
    ask(page, f"{code[:-4]}{code[-4:][::-1]} {pages.made['payment'].code.check}")
    expect(page.get_by_text("Không tìm thấy hồ sơ phù hợp")).to_be_visible()
    expect(page.get_by_label("4 số cuối")).to_have_value(FIGURES)
    ask(page, misspelt(code), WRONG)
    meant = pages.made["payment"].code.printed
    page.get_by_label("4 số cuối").fill(FIGURES)
    page.get_by_role("button", name=meant).click()
    expect(page.get_by_text("8.000 đồng")).to_be_visible()


def test_after_a_walk_the_phone_works_for_its_answer(browser: Browser, base: str, pages: DossierPages) -> None:
    for place in range(ADDRESS_FREE):
        look_up(pages.newcomer("127.0.0.1"), f"H56.14-261117-{place + 1:04}", WRONG, 404)
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(base + BASE)
    ask(page, pages.code("papers"))
    expect(page.get_by_role("heading", name="Giấy tờ cần bổ sung")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("language", ["", "?lang=en"], ids=["vi", "en"])
def test_every_state_is_accessible_and_fits_the_narrowest_phone(
    browser: Browser, base: str, pages: DossierPages, language: str
) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    addresses = [BASE, f"{BASE}/kq/x", "/hs/x", *(link for _, link in pages.every_state())]
    for address in addresses:
        page.goto(base + address + language)
        assert_accessible(page)
        for size in (NARROW, DESK, PHONE):
            page.set_viewport_size(size)
            assert_no_horizontal_scroll(page)
    page.goto(base + pages.link("papers") + language)
    assert_readable_at_double_size(page)


@pytest.mark.parametrize("language", ["", "?lang=en"], ids=["vi", "en"])
def test_a_receipt_kept_as_a_picture_fits_one_screen_and_its_bars_are_read_back(
    browser: Browser, base: str, pages: DossierPages, language: str
) -> None:
    page = browser.new_context(viewport=PHONE, device_scale_factor=3).new_page()
    page.goto(f"{base}{pages.link('in-progress')}/giu-lai{language}")
    page.screenshot(path=str(SHOTS / f"dossier-picture{language[-2:]}.png"))
    last = page.locator("main img").last.bounding_box()
    assert last is not None and last["y"] + last["height"] <= PHONE["height"]
    seen = Image.open(BytesIO(page.locator("main img").first.screenshot())).convert("L")
    middle = [seen.getpixel((at, seen.height // 2)) < 128 for at in range(seen.width)]
    assert scanned(middle) == pages.code("in-progress")
    assert_accessible(page)
    for size in (NARROW, DESK, PHONE):
        page.set_viewport_size(size)
        assert_no_horizontal_scroll(page)
    assert_readable_at_double_size(page)


@SCRIPT
def test_a_line_copied_from_the_picture_is_checked_and_one_that_was_changed_is_told(
    browser: Browser, base: str, pages: DossierPages, script: bool
) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=script).new_page()
    page.goto(f"{base}{pages.link('in-progress')}/giu-lai")
    page.locator("summary").click()
    line = page.locator("code").inner_text()
    page.get_by_role("link", name="Kiểm tra giấy hẹn").click()
    page.get_by_label("Dòng chữ trên giấy hẹn").fill(line)
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.get_by_text("Giấy hẹn thật")).to_be_visible()
    if script:
        page.screenshot(path=str(SHOTS / "dossier-check.png"), full_page=True)
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
        assert_readable_at_double_size(page)
    page.get_by_label("Dòng chữ trên giấy hẹn").fill(line.replace("1.001193", "1.001194"))
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.get_by_text("Giấy hẹn thật")).to_be_hidden()
    expect(page.get_by_text("Chưa đọc được")).to_be_visible()
