"""Following a dossier in a real browser: by code with and without script, after a walk, in every state for axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
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
from tests.support.dossier_pages import AGENCY, WRONG, DossierPages
from tests.support.dossier_pages import PHONE as FIGURES
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
