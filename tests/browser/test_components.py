"""The developers' page in a real browser: every component in every state, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from tests.support.axe import (
    DESK,
    LIGHTS,
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_prints_on_one_page,
    assert_readable_at_double_size,
    served,
)
from tests.support.cloud import settings_for
from tests.support.markup import assert_markup, collect_html

FRAMES = ("chat", "console", "plain")
LANGUAGES = ("vi", "en")


def developers_app() -> Flask:
    """The app as it is; the developers' page needs no store, so there is none behind this address."""
    return create_app(settings_for("http://127.0.0.1:9"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(developers_app()) as found:
        yield found


def opened(browser: Browser, address: str, **options: Any) -> Page:
    """A page that fails its test by whatever it complains of: refused styles, missing files, broken script."""
    page = browser.new_context(**options).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("load")
    assert not complaints, complaints
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_component_is_accessible_light_and_dark(
    browser: Browser, address: str, frame: str, language: str, size: dict[str, int]
) -> None:
    page = opened(browser, f"{address}/demo/components/{frame}?lang={language}", viewport=size)
    for scheme in LIGHTS:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    assert_no_horizontal_scroll(page)
    page.context.close()


@pytest.mark.parametrize("frame", FRAMES)
def test_nothing_sticks_out_on_a_narrow_phone_or_at_double_text_size(
    browser: Browser, address: str, frame: str
) -> None:
    page = opened(browser, f"{address}/demo/components/{frame}", viewport=NARROW)
    assert_no_horizontal_scroll(page)
    page.set_viewport_size(PHONE)
    assert_readable_at_double_size(page)
    page.set_viewport_size({"width": 640, "height": 360})
    assert_no_horizontal_scroll(page)
    page.context.close()


def test_every_state_is_correct_markup(tmp_path: Path) -> None:
    client = developers_app().test_client()
    for frame in FRAMES:
        for language in LANGUAGES:
            html = client.get(f"/demo/components/{frame}?lang={language}").text
            collect_html(f"components-{frame}-{language}", html, tmp_path)
    assert_markup(tmp_path)


def test_nothing_is_needed_from_the_script(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/chat", viewport=PHONE, java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Chép")).to_have_count(0)
    expect(page.get_by_text("Còn 2 giờ 5 phút")).to_be_visible()
    page.context.close()


def test_the_script_shows_what_it_can_do_and_copies_the_number_without_spaces(browser: Browser, address: str) -> None:
    page = opened(
        browser, f"{address}/demo/components/chat", viewport=PHONE, permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_role("button", name="Chép").click()
    expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "02001234"
    page.context.close()


def test_the_summary_of_problems_is_focused_and_leads_to_the_field(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/chat", viewport=PHONE)
    assert page.evaluate("document.activeElement.id") == "problems"
    page.locator("#problems a").first.click()
    assert page.evaluate("document.activeElement.id") == "f-number"
    page.context.close()


def test_three_taps_send_one_form(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/plain", viewport=PHONE)
    sent: list[str] = []

    def slow(route: Any) -> None:
        sent.append(route.request.method)
        page.wait_for_timeout(10)

    page.route("**/demo/components", slow)
    page.get_by_label("Thư điện tử").fill("someone@example.gov.vn")
    page.get_by_label("Mật khẩu").fill("a long enough password")
    page.evaluate("for (let i = 0; i < 3; i++) document.querySelector('form').requestSubmit()")
    page.wait_for_timeout(300)
    assert sent == ["POST"]
    page.context.close()


def test_a_number_is_remembered_only_when_asked_and_forgotten_when_unticked(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/chat", viewport=PHONE)
    kept = "JSON.stringify({...localStorage})"
    page.route(
        "**/demo/components", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    page.get_by_label("Số báo danh").fill("02009999")
    submit = "document.querySelector('form').dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}))"
    page.evaluate(submit)
    assert "02009999" not in page.evaluate(kept)
    page.reload()
    page.get_by_label("Số báo danh").fill("02009999")
    page.get_by_label("Nhớ số này trên máy này").check()
    page.evaluate(submit)
    assert "02009999" in page.evaluate(kept)
    page.reload()
    expect(page.get_by_label("Nhớ số này trên máy này")).to_be_checked()
    page.get_by_label("Nhớ số này trên máy này").uncheck()
    page.evaluate(submit)
    assert "02009999" not in page.evaluate(kept)
    page.context.close()


def test_a_slip_can_be_kept_as_a_picture(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/chat", viewport=PHONE)
    # A desk's share sheet can't be driven; without it the page shows the picture to hold down.
    page.evaluate("navigator.canShare = undefined")
    page.get_by_role("button", name="Lưu ảnh").click()
    picture = page.get_by_alt_text("Kết quả dưới dạng ảnh")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") == 800
    page.context.close()


def test_paper_is_white_without_frame_and_a_short_page_is_one_sheet(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/demo/components/plain", viewport=PHONE, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("navigation", name="Ngôn ngữ")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert_prints_on_one_page(page)
    page.goto(f"{address}/demo/components/chat")
    with pytest.raises(AssertionError, match="sheets"):
        assert_prints_on_one_page(page)
    page.context.close()
