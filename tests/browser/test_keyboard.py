"""Officers who use no mouse: from signing in to results that are out, by Tab, Space, Enter and typing alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_publishing_scores import Town
from tests.browser.test_publishing_scores import town as town
from tests.support.axe import DESK
from tests.support.score_desk import many

pytestmark = pytest.mark.browser

STOPS_MOST = 60
# What shows where the keyboard stands: an outline or a ring that the same thing has not when it is not focused.
RINGED = """() => {
  const here = document.activeElement, look = (el) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(el);
    return outlineStyle === 'none' || outlineWidth === '0px' ? boxShadow : outlineStyle + outlineWidth + boxShadow;
  };
  const focused = look(here);
  here.blur();
  const plain = look(here);
  here.focus({ focusVisible: true });
  return focused !== plain;
}"""
HIDDEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
  return !top || !(document.activeElement.contains(top) || top.contains(document.activeElement));
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the keyboard stands on it; where it stands must be seen."""
    expect(wanted).to_be_visible()
    for _ in range(STOPS_MOST):
        if wanted.evaluate("(el) => el === document.activeElement"):
            assert page.evaluate(RINGED), "no ring"
            assert not page.evaluate(HIDDEN), "covered"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by {STOPS_MOST} presses of Tab on {page.url}")


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def go(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_an_approver_signs_in_looks_and_approves_by_keyboard_alone(browser: Browser, town: Town) -> None:
    desk, officer = town.desk, town.desk.approver
    edition = desk.checked(many(300))
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{town.address}{desk.base}")
    type_into(page, "Tên đăng nhập hoặc thư điện tử", officer.login)
    type_into(page, "Mật khẩu", officer.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    type_into(page, "Mã xác thực", officer.code())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    go(page, page.locator(f"main a[href*='{edition.id}']").first)
    go(page, page.get_by_role("link", name="Phân bố điểm"))
    table = page.locator("summary").filter(has_text="Bảng số liệu").first
    tab_to(page, table)
    page.keyboard.press("Enter")
    expect(page.locator("figure table").first).to_be_visible()
    go(page, page.get_by_role("link", name="Tổng quan"))
    go(page, page.get_by_role("link", name="Duyệt và hẹn giờ"))
    tab_to(page, page.locator("[name=mode]:checked"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Ngay sau khi duyệt")).to_be_checked()
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    type_into(page, "Mã xác thực", officer.code())
    go(page, page.get_by_role("button", name="Duyệt", exact=True))
    expect(page.get_by_text("Đang công bố").first).to_be_visible()
    assert desk.now().pointer(town.clock.now()) is not None
    page.context.close()
