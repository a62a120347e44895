"""The personal checklist in a real browser: answered with and without script, by keyboard, kept as a picture, for axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_look_up_a_score import LISTEN
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
from tests.support.procedure_town import BIRTH, ProcedureTown
from tests.web.citizen.test_procedure_checklist import WHOLE, at, town

__all__ = ["town"]
pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])


@pytest.fixture(scope="module")
def base(town: ProcedureTown) -> Iterator[str]:
    with served(town.app) as found:
        yield found


def choose(page: Page, question: str, words: str) -> None:
    page.get_by_role("group", name=question).get_by_label(words, exact=True).check()


def press(page: Page, words: str = "Xem giấy tờ cần có") -> None:
    page.get_by_role("button", name=words).click()


@SCRIPT
def test_a_parent_answers_step_by_step_and_changes_an_answer(browser: Browser, base: str, script: bool) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(base + at(BIRTH))
    choose(page, "Cha hoặc mẹ của bé có phải là người nước ngoài không?", "Không")
    choose(page, "Bé thuộc trường hợp nào?", "Không thuộc hai trường hợp dưới đây")
    choose(page, "Ai đi khai sinh cho bé?", "Cha hoặc mẹ")
    choose(page, "Bạn nộp hồ sơ bằng cách nào?", "Đến quầy một cửa")
    press(page)
    page.get_by_role("link", name="Bé có giấy chứng sinh không?").click()
    choose(page, "Bé có giấy chứng sinh không?", "Có bản giấy")
    press(page)
    expect(page.get_by_role("heading", name="Cần 3 giấy tờ")).to_be_visible()
    expect(page.locator("#checklist dt", has_text="Giấy chứng sinh")).to_be_visible()
    choose(page, "Bé thuộc trường hợp nào?", "Bé bị bỏ rơi")
    press(page, "Cập nhật danh sách")
    expect(page.locator("#checklist dt", has_text="Biên bản về việc trẻ bị bỏ rơi")).to_be_visible()
    page.go_back()
    expect(page.locator("#checklist dt", has_text="Giấy chứng sinh")).to_be_visible()
    expect(page.get_by_role("button", name="Lưu ảnh")).to_be_visible(visible=script)
    context.close()


def test_the_picture_has_every_paper_with_its_copies_and_the_fees(browser: Browser, base: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(base + at(BIRTH, **WHOLE))
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Lưu ảnh").click()
    expect(page.get_by_role("img", name="Giấy tờ cần có dưới dạng ảnh")).to_be_visible()
    said = " ".join(" ".join(page.evaluate("said")).split())
    for text in (
        "Đăng ký khai sinh",
        "Cần 4 giấy tờ",
        "☐ Tờ khai theo mẫu – 1 bản chính",
        "☐ Giấy cam đoan về việc sinh – 1 bản chính",
        "☐ Căn cước hoặc hộ chiếu (xuất trình)",
        "Trực tiếp: Miễn phí (đúng hạn)",
        "Lập ngày",
    ):
        assert text in said, (text, said)
    assert "Giấy chứng sinh" not in said
    page.close()


@pytest.mark.parametrize("given", [{}, {"c-cach": "quay"}, WHOLE, {**WHOLE, "c-quoctich": "co"}])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_is_accessible_and_fits(browser: Browser, base: str, given: dict[str, str], language: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(base + at(BIRTH, **given, lang=language))
    for summary in page.locator("summary").all():
        summary.click()
    assert_accessible(page)
    for size in (DESK, PHONE, NARROW):
        page.set_viewport_size(size)
        assert_no_horizontal_scroll(page)
    assert_readable_at_double_size(page)
    page.close()


def test_a_list_prints_on_one_sheet(browser: Browser, base: str) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(base + at(BIRTH, **WHOLE))
    assert_prints_on_one_page(page)
    page.close()
