"""Officers and citizens come in with a real browser: without script, by keyboard, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from miniapp.accounts.access import Operator
from tests.support.axe import (
    NARROW,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.markup import collect_html, markup_errors
from tests.support.officers import PASSWORD, Desk
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]
pytestmark = pytest.mark.browser


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    with served(office.app) as found:
        yield found


@pytest.fixture
def look(tmp_path: Path) -> Iterator[Callable[[Page, str], None]]:
    """Look at a state: axe, width, double size; the markup of all states is checked in one run at the end."""

    def looked(page: Page, name: str) -> None:
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
        assert_readable_at_double_size(page)
        collect_html(name, page.content(), tmp_path / "html")

    yield looked
    if (tmp_path / "html").exists():
        assert markup_errors(tmp_path / "html") == []


def send(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def enter(page: Page) -> None:
    """Send a form by the keyboard and wait for the page that comes."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow_the_link(page: Page, office: Office, address: str, look: Callable[[Page, str], None]) -> Desk:
    """From the link to the recovery codes, as an invited officer does it."""
    link = office.services.accounts.people.invite(AGENCY, "nam@angiang.gov.vn", "Nam", ["agency_admin"], by=Operator())
    page.goto(f"{address}/console/link/{link.token}")
    look(page, "link")
    page.get_by_label("Mật khẩu mới").fill("matkhau123456")
    send(page, "Tiếp tục")
    look(page, "link weak")
    expect(page.get_by_label("Mật khẩu mới")).to_have_value("")
    page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    send(page, "Tiếp tục")
    look(page, "phone")
    page.get_by_text("Không quét được", exact=True).click()
    secret = page.locator("code").inner_text().replace(" ", "")
    desk = Desk(link.officer.id, "nam@angiang.gov.vn", secret, [], office.services.accounts, office.clock)
    page.get_by_label("Mã xác thực").fill(desk.code())
    send(page, "Hoàn tất")
    look(page, "codes")
    assert page.locator("li code").count() == 10
    return desk


def sign_in(page: Page, desk: Desk, look: Callable[[Page, str], None]) -> None:
    page.get_by_label("Tên đăng nhập").fill(desk.login)
    page.get_by_label("Mật khẩu").fill("sai mat khau roi")
    enter(page)
    look(page, "sign-in wrong")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value(desk.login)
    page.get_by_label("Mật khẩu").fill(desk.password)
    enter(page)
    look(page, "code")
    page.get_by_label("Mã xác thực").fill(desk.code())
    enter(page)


@pytest.mark.parametrize(
    "options",
    [
        {"java_script_enabled": False, "viewport": NARROW, "color_scheme": "light"},
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    ],
    ids=["narrow without script", "wide and dark"],
)
def test_an_officer_comes_in_invites_another_and_leaves(
    browser: Browser, office: Office, address: str, look: Callable[[Page, str], None], options: dict[str, Any]
) -> None:
    scripted = options.get("java_script_enabled", True)
    seen = look if scripted else (lambda page, name: None)  # axe is a script itself
    context = browser.new_context(**options)
    page = context.new_page()
    desk = follow_the_link(page, office, address, seen)
    page.get_by_role("link", name="Đăng nhập").click()
    sign_in(page, desk, seen)
    page.goto(f"{address}/console/{AGENCY}/officers")
    seen(page, "people")
    page.get_by_role("link", name="Mời cán bộ").click()
    page.get_by_label("Họ và tên").fill("Lan")
    page.get_by_label("Tên đăng nhập").fill("lan@angiang.gov.vn")
    page.get_by_label("Người duyệt").check()
    seen(page, "invite")
    send(page, "Gửi đề nghị mời")
    expect(page.get_by_role("main")).to_contain_text("lan@angiang.gov.vn")
    seen(page, "invitation asked for")
    (asked,) = office.services.accounts.confirming.waiting(AGENCY, Operator())
    assert asked.by == desk.id
    page.goto(f"{address}/console/{AGENCY}/audit?lang=en")
    seen(page, "trail en")
    page.goto(f"{address}/console/account")
    seen(page, "account")
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Bạn đã đăng xuất")
    seen(page, "signed out")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    context.close()


def test_a_citizen_taps_three_times_and_is_in_once(
    browser: Browser, office: Office, address: str, look: Callable[[Page, str], None]
) -> None:
    made = office.services.accounts.citizen_links.make("zalo-1", "/").removeprefix("http://localhost:8000")
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(f"{address}{made}")
    look(page, "entry")
    page.get_by_role("button", name="Vào").click(click_count=3, delay=5)
    page.wait_for_url(f"{address}/")
    (cookie,) = [one for one in context.cookies() if one["name"] == "s"]
    found = office.services.accounts.sessions.citizen(str(cookie["value"]))
    assert found
    assert found.subject == "zalo-1"
    context.close()
