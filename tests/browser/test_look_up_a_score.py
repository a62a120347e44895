"""Looking a score up in a real browser: with and without script, by keyboard, on a phone, on a desk, on paper, for axe.

The site stands for the whole module. Each browser names a network address of its own, as an edge would."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from miniapp.core.guarding import ADDRESS_FREE, NUMBER_FREE
from tests.support import result_pages as stage
from tests.support.axe import (
    DESK,
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_prints_on_one_page,
    assert_readable_at_double_size,
    served,
)
from tests.support.exams import HOUR
from tests.support.markup import assert_markup, collect_html
from tests.support.result_pages import (
    BASE,
    BORN,
    Pages,
    built,
    english,
    every_state,
    look_up,
    newcomer,
    pages,
)
from tests.support.visitor import Visitor

__all__ = ["built", "pages"]

pytestmark = pytest.mark.browser

OPEN, TENTH = f"{BASE}/{stage.OPEN}", f"{BASE}/{stage.TENTH}"
HEADER = "HTTP_X_TEST_ADDRESS"
NETWORKS = (f"198.51.100.{place}" for place in itertools.count(1))
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, summary')].filter((el) => {
  const box = el.getBoundingClientRect();
  const inline = getComputedStyle(el).display === 'inline' && el.closest('p, li');
  return box.width && !el.closest('.skip') && !el.matches('.skip') && !inline && (box.width < 24 || box.height < 24);
}).map((el) => el.outerHTML.slice(0, 120))"""

LISTEN = """() => {
  window.said = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    said.push(text);
    write.call(this, text, ...rest);
  };
}"""


class BehindAnEdge:
    """The app as an edge shows it its callers: the network address comes from a header."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = environ.get(HEADER, "127.0.0.1")
        return self._app(environ, start)


@pytest.fixture(scope="module")
def address(built: Pages) -> Iterator[str]:
    with served(BehindAnEdge(built.app)) as found:
        yield found


@contextmanager
def opened(browser: Browser, address: str, network: str = "", **options: Any) -> Iterator[Page]:
    """A page whose context ends with the test; refused styles and broken script fail it."""
    headers = {"X-Test-Address": network or next(NETWORKS)}
    context = browser.new_context(**{"viewport": PHONE, "extra_http_headers": headers, **options})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda failure: complaints.append(str(failure)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.goto(address)
    yield page
    context.close()
    assert not complaints, complaints


def type_in(page: Page, number: str, year: str = BORN["birth_date-year"]) -> None:
    """The grade-10 form, filled as a parent would."""
    page.get_by_label("Số báo danh", exact=True).fill(number)
    page.get_by_label("Ngày", exact=True).fill("09")
    page.get_by_label("Tháng").fill("03")
    page.get_by_label("Năm").fill(year)


SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])


@SIZES
@SCRIPT
def test_a_pupil_finds_the_slip_and_the_distributions_and_comes_back(
    browser: Browser, address: str, pages: Pages, script: bool, size: dict[str, int]
) -> None:
    with opened(browser, address + BASE, java_script_enabled=script, viewport=size) as page:
        page.get_by_role("link", name="Kỳ thi tốt nghiệp trung học phổ thông năm 2026").first.click()
        page.get_by_label("Số báo danh", exact=True).fill("02 001 001")
        page.get_by_role("button", name="Xem điểm").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 02 001 001")
        expect(page.get_by_text("8,25")).to_be_visible()
        page.get_by_text("Xem thêm 11 tổ hợp").click()
        expect(page.get_by_text("C03", exact=True)).to_be_visible()
        page.get_by_role("link", name="Phổ điểm").click()
        page.get_by_role("link", name="D01", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Phổ điểm D01")
        page.go_back()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 02 001 001")
        page.get_by_role("link", name="Tra số khác").click()
        expect(page.get_by_label("Số báo danh", exact=True)).to_be_visible()


@SCRIPT
def test_a_parent_gets_it_wrong_then_right_and_reload_and_back_work(
    browser: Browser, address: str, pages: Pages, script: bool
) -> None:
    with opened(browser, address + TENTH, java_script_enabled=script) as page:
        type_in(page, stage.ADMITTED, "2010")
        page.get_by_role("button", name="Xem điểm").click()
        expect(page.get_by_role("alert")).to_contain_text("Không tìm thấy kết quả phù hợp")
        expect(page.get_by_label("Số báo danh", exact=True)).to_have_value(stage.ADMITTED)
        if script:
            expect(page.get_by_role("alert")).to_be_focused()
        page.get_by_label("Năm").fill("2011")
        page.get_by_role("button", name="Xem điểm").click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Số báo danh 120 001")
        page.reload()
        expect(heading).to_have_text("Số báo danh 120 001")
        page.get_by_role("link", name="Phổ điểm").click()
        page.go_back()
        expect(heading).to_have_text("Số báo danh 120 001")


def test_a_lost_zero_is_one_tap_away(browser: Browser, address: str, pages: Pages) -> None:
    with opened(browser, address + OPEN) as page:
        page.get_by_label("Số báo danh", exact=True).fill("2001001")
        page.get_by_role("button", name="Xem điểm").click()
        page.get_by_role("link", name="Có phải bạn muốn tìm số").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 02 001 001")


def test_by_keyboard_alone_the_number_is_typed_and_sent(browser: Browser, address: str, pages: Pages) -> None:
    with opened(browser, address + OPEN) as page:
        order = []
        for _ in range(6):
            page.keyboard.press("Tab")
            order.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        assert order == ["Đến nội dung chính", "Sở GD&ĐT Phú Yên", "VI", "EN", "Điểm thi", "f-number"]
        page.locator("#f-number").focus()
        page.keyboard.type(stage.FULL)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 02 001 001")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()


def test_a_number_is_remembered_on_this_phone_only_when_asked(browser: Browser, address: str, pages: Pages) -> None:
    with opened(browser, address + OPEN) as page:
        page.get_by_label("Số báo danh", exact=True).fill(stage.FULL)
        page.get_by_role("button", name="Xem điểm").click()
        page.goto(address + OPEN)
        expect(page.get_by_label("Số báo danh", exact=True)).to_have_value("")
        page.get_by_label("Số báo danh", exact=True).fill(stage.FULL)
        page.get_by_label("Nhớ số báo danh").check()
        page.get_by_role("button", name="Xem điểm").click()
        page.goto(address + OPEN)
        expect(page.get_by_label("Số báo danh", exact=True)).to_have_value(stage.FULL)


def test_a_phone_works_for_the_form_of_a_walked_network_and_a_person_need_not_wait(
    browser: Browser, address: str, pages: Pages
) -> None:
    network = next(NETWORKS)
    for place in range(ADDRESS_FREE):
        look_up(newcomer(pages, network), f"12{7_000 + place}", 404)
    with opened(browser, address + TENTH, network, java_script_enabled=False) as page:
        expect(page.get_by_role("status")).to_contain_text("Hãy chờ 20 giây")
        type_in(page, stage.ADMITTED)
        page.get_by_role("button", name="Xem điểm").click()
        expect(page.get_by_role("alert")).to_contain_text("Hãy chờ một chút")
        expect(page.get_by_label("Năm")).to_have_value("2011")
    with opened(browser, address + TENTH, network) as page:
        expect(page.locator("form")).to_have_attribute("data-proof", "17")
        type_in(page, stage.ADMITTED)
        page.get_by_role("button", name="Xem điểm").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 120 001", timeout=60_000)


def test_who_sends_before_the_proof_is_found_reads_what_is_going_on(
    browser: Browser, address: str, pages: Pages
) -> None:
    with opened(browser, address + OPEN) as page:
        form = page.locator("form").evaluate("form => form.outerHTML")
        hard = form.replace("<form", '<form data-proof="32"').replace(
            "</form>",
            '<input type=hidden name=proof value=""><p role=status data-working=working data-waiting=waiting></form>',
        )
        page.route("**/thu", answering(_with_script(page, hard)))
        page.goto(f"{address}/thu")
        expect(page.get_by_role("status")).to_have_text("working")
        page.get_by_label("Số báo danh", exact=True).fill(stage.FULL)
        page.get_by_role("button", name="Xem điểm").click()
        expect(page.get_by_role("status")).to_have_text("waiting")
        page.locator("[name=proof]").evaluate("field => field.value = '1'")
        expect(page.get_by_role("heading", level=1)).to_have_text("Số báo danh 02 001 001")


def _with_script(page: Page, body: str) -> str:
    script = page.locator("script[src]").get_attribute("src")
    return f'<!doctype html><html lang=vi><title>x</title><script type=module src="{script}"></script>{body}'


def test_a_slip_is_copied_and_kept_as_a_picture_with_everything_on_it(
    browser: Browser, address: str, pages: Pages
) -> None:
    with opened(
        browser, f"{address}{OPEN}/{stage.CORRECTED}", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        page.get_by_role("button", name="Chép").click()
        expect(page.get_by_role("status").first).to_have_text("Đã chép")
        assert page.evaluate("navigator.clipboard.readText()") == stage.CORRECTED
        page.evaluate(LISTEN)
        page.get_by_role("button", name="Lưu ảnh").click()
        expect(page.get_by_alt_text("Kết quả dưới dạng ảnh")).to_be_visible()
        said = " ".join(" ".join(page.evaluate("said")).split())
        for text in (
            "Sở GD&ĐT Phú Yên",
            "Số báo danh 02 001 004",
            "Toán",
            "10,00",
            "phúc khảo",
            "27,00",
            "Giấy chứng nhận",
        ):
            assert text in said, (text, said)


@pytest.fixture(scope="module")
def wrong_states(built: Pages) -> dict[str, str]:
    """The html of what only a POST shows, by name and language."""
    built.clock.at = HOUR
    found = {}
    for language, path in (("vi", TENTH), ("en", english(TENTH))):
        address = next(stage.ADDRESSES)
        visitor = newcomer(built, address)
        token = visitor.get(path).token()

        def sent(name: str, status: int, by: Visitor, path: str = path, **fields: str) -> None:
            found[f"{name}-{language}"] = by.post(path, status, **{**BORN, **fields}).html  # noqa: B023

        sent("mismatch", 404, visitor, form_token=token, number="129990")
        sent("no-date", 422, visitor, form_token=token, number=stage.ADMITTED, **dict.fromkeys(BORN, ""))
        sent("no-number", 422, visitor, form_token=token, number="")
        sent("form-expired", 422, visitor, form_token="old", number=stage.ADMITTED)
        often = "128880" if language == "vi" else "128881"
        for _ in range(NUMBER_FREE):
            look_up(newcomer(built), often, 404)
        sent("too-many", 429, newcomer(built), form_token=token, number=often)
        for place in range(ADDRESS_FREE - 1):  # one was wrong above
            look_up(newcomer(built, address), f"12{6_000 + place}", 404)
        strict = newcomer(built, address)
        form = strict.get(path)
        found[f"strict-{language}"] = form.html
        sent("must-wait", 429, strict, form_token=form.token(), number=stage.ADMITTED)
        built.clock.pass_by(minutes=11)
    return found


def test_every_state_is_correct_markup(pages: Pages, wrong_states: dict[str, str], tmp_path: Path) -> None:
    visitor = newcomer(pages)
    for name, path in every_state(visitor).items():
        for language, where in (("vi", path), ("en", english(path))):
            collect_html(f"{name}-{language}", visitor.client.get(where).text, tmp_path)
    for name, html in wrong_states.items():
        collect_html(name, html, tmp_path)
    assert_markup(tmp_path)


def both_lights(page: Page) -> None:
    """Axe, by day and by night."""
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        assert_accessible(page)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_accessible_and_its_targets_are_large(
    browser: Browser, address: str, pages: Pages, language: str
) -> None:
    with opened(browser, address + OPEN) as page:
        for name, path in every_state(newcomer(pages)).items():
            if name in ("sealed", "eliminated", "absent"):
                continue  # bound to another browser; the next test opens them in its own
            page.goto(address + (english(path) if language == "en" else path))
            both_lights(page)
            assert page.evaluate(SMALL_TARGETS) == [], name


def test_sealed_slips_are_accessible(browser: Browser, address: str, pages: Pages) -> None:
    for number in (stage.ADMITTED, stage.ELIMINATED, stage.ABSENT):
        with opened(browser, address + TENTH) as page:
            type_in(page, number)
            page.get_by_role("button", name="Xem điểm").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Số báo danh")
            both_lights(page)
            page.goto(english(page.url))
            both_lights(page)


def test_what_is_wrong_with_a_form_is_accessible(
    browser: Browser, address: str, pages: Pages, wrong_states: dict[str, str]
) -> None:
    with opened(browser, address + TENTH) as page:
        for html in wrong_states.values():
            page.route("**/thu", answering(html))
            page.goto(f"{address}/thu")
            both_lights(page)


def answering(html: str) -> Callable[[Route], None]:
    """A page of ours that only a POST shows, at an address of its own."""
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_no_state_scrolls_sideways_not_even_at_double_size(browser: Browser, address: str, pages: Pages) -> None:
    with opened(browser, address + BASE, viewport=NARROW) as page:
        for path in every_state(newcomer(pages)).values():
            page.goto(address + path)
            assert_no_horizontal_scroll(page)
            assert_readable_at_double_size(page)


def test_the_first_view_needs_one_request(browser: Browser, address: str, pages: Pages) -> None:
    with opened(browser, address + BASE) as page:
        page.route("**/assets/**", lambda route: route.abort())
        page.goto(f"{address}{OPEN}/{stage.FULL}", wait_until="domcontentloaded")
        expect(page.get_by_text("8,25")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.big')).fontWeight") == "700"


@pytest.mark.parametrize("number", [stage.FULL, stage.STATES, stage.CORRECTED])
def test_a_slip_prints_on_one_page(browser: Browser, address: str, pages: Pages, number: str) -> None:
    with opened(browser, f"{address}{OPEN}/{number}") as page:
        assert_prints_on_one_page(page)
