"""An officer's pages in a real browser: signed in a moment ago, looked at in both lights, on a desk and on a phone."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.axe import (
    DESK,
    LIGHTS,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
)
from tests.support.officers import Desk

SHOTS = Path(__file__).resolve().parents[2] / "screenshots"
PATIENCE = 15_000


def at_desk(browser: Browser, address: str, officer: Desk, **options: Any) -> Page:
    """A browser in which the officer has just signed in."""
    context = browser.new_context(viewport=DESK, **options)
    context.add_cookies([{"name": "o", "value": officer.come_in().token, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def assert_looks_right(page: Page, name: str) -> None:
    """What stands there is accessible in both lights and fits a phone; pictures of it for whoever wants to look."""
    for scheme in LIGHTS:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    _kept(page, f"{name}-desk")
    page.set_viewport_size(PHONE)
    assert_no_horizontal_scroll(page)
    assert_readable_at_double_size(page)
    _kept(page, f"{name}-phone")
    page.set_viewport_size(DESK)


def _kept(page: Page, name: str) -> None:
    plain = name.replace("/", "-").replace("?", "-").replace(" ", "-")
    page.screenshot(path=str(SHOTS / f"{plain}.png"), full_page=True)
