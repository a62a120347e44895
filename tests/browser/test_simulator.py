"""The story of the chat in a real browser: register before the hour, be told after it; with and without script."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from miniapp.exam_scores.rounds import TellWave
from tests.support.axe import (
    DESK,
    LIGHTS,
    NARROW,
    PHONE,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.cloud import Cloud
from tests.support.exams import HOUR
from tests.support.letters import AGENCY, Town

pytestmark = pytest.mark.browser
NUMBER = "02000001"


class Phone:
    """One citizen's phone: the conversation and the sheet over it."""

    def __init__(self, town: Town, browser: Browser, base: str, **options: Any) -> None:
        self.town = town
        self.base = base
        self.script = options.get("java_script_enabled", True)
        self.page: Page = browser.new_context(**options).new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(f"{base}/demo/chat")

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)

    @property
    def sheet(self) -> FrameLocator:
        return self.page.frame_locator("iframe[name=sheet]")

    def menu(self, name: str) -> None:
        """Tap an entry of the menu, with the sheet closed before."""
        self.close()
        entry = self.page.get_by_role("navigation", name="Trình đơn")
        entry.get_by_role("button" if name == "Của tôi" else "link", name=name).click()

    def close(self) -> None:
        if self.page.locator("#sheet").is_visible():
            self.page.get_by_role("link", name="Đóng").click()
            expect(self.page.locator("#sheet")).to_be_hidden()

    def receive(self) -> None:
        """The worker delivers; with script the message appears by itself, without it after a reload."""
        self.town.deliver()
        if not self.script:
            self.page.goto(f"{self.base}/demo/chat")

    def come_in(self) -> None:
        """Ask for my things, follow the link."""
        self.menu("Của tôi")
        expect(self.page.get_by_role("log").get_by_text("Bạn: Của tôi")).to_be_visible()
        self.receive()
        self.page.get_by_role("link", name="Mở mục Của tôi").click(timeout=15_000)
        self.sheet.get_by_role("button", name="Vào").click()
        expect(self.sheet.get_by_role("heading", name="Của tôi", level=1)).to_be_visible()

    def looked_at(self, state: str) -> None:
        """What every state must stand: axe in both lights, nothing sticking out."""
        for scheme in LIGHTS:
            self.page.emulate_media(color_scheme=scheme)
            assert_accessible(self.page)
        self.page.emulate_media(color_scheme="light")
        assert_no_horizontal_scroll(self.page)
        assert not self.complaints, (state, self.complaints)


def story(phone: Phone) -> None:
    """From an empty conversation to the slip."""
    town, sheet, inspect = phone.town, phone.sheet, phone.looked_at if phone.script else lambda state: None
    inspect("empty")
    phone.page.get_by_label("Tin nhắn").fill("Bao giờ có điểm ạ?")
    phone.page.get_by_role("button", name="Gửi").click()
    expect(phone.page.get_by_text("Bao giờ có điểm ạ?")).to_be_visible()
    phone.receive()
    expect(phone.page.get_by_text("chưa có người đọc")).to_be_visible(timeout=15_000)
    inspect("answered")
    phone.come_in()
    inspect("my things")
    phone.menu("Tra cứu điểm")
    sheet.get_by_role("link", name="Kỳ thi THPT quốc gia 2019").click()
    sheet.get_by_role("link", name="Báo cho tôi").click()
    inspect("form")
    sheet.get_by_role("textbox", name="Số báo danh").fill(NUMBER)
    sheet.get_by_role("button", name="Báo cho tôi").click()
    expect(sheet.get_by_role("alert")).to_contain_text("đánh dấu đồng ý")
    sheet.get_by_label("Tôi đã đọc và đồng ý").check()
    sheet.get_by_role("button", name="Báo cho tôi").click()
    expect(sheet.get_by_role("heading", name="Đang chờ báo tin")).to_be_visible()
    inspect("registered")
    town.clock.at = HOUR + timedelta(minutes=1)
    assert town.made.rounds.wave(TellWave(AGENCY, town.exam.slug)) == 1
    phone.close()
    phone.receive()
    expect(phone.page.get_by_text("Đã có kết quả")).to_be_visible(timeout=15_000)
    inspect("told")
    # The hour was jumped to: what the browser keeps of the page before it (five seconds, never beyond a real hour) ends.
    phone.page.wait_for_timeout(5_500)
    phone.page.get_by_role("link", name="Xem điểm").click()
    sheet.get_by_role("textbox", name="Số báo danh").fill(NUMBER)
    sheet.get_by_role("button", name="Xem điểm").click()
    expect(sheet.get_by_text("8,00").first).to_be_visible()
    inspect("slip")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_parent_asks_to_be_told_and_is_told(browser: Browser, cloud: Cloud, size: dict[str, int]) -> None:
    town = Town(cloud)
    with served(town.app()) as base:
        phone = Phone(town, browser, base, viewport=size)
        story(phone)
        phone.page.context.close()


def test_the_same_story_works_without_script(browser: Browser, cloud: Cloud) -> None:
    town = Town(cloud)
    with served(town.app()) as base:
        phone = Phone(town, browser, base, viewport=PHONE, java_script_enabled=False)
        story(phone)
        phone.page.context.close()


def test_the_strip_stands_beside_the_phone_on_a_desk_only(browser: Browser, cloud: Cloud) -> None:
    town = Town(cloud)
    with served(town.app()) as base:
        phone = Phone(town, browser, base, viewport=DESK)
        page = phone.page
        expect(page.get_by_label("Cơ quan")).to_be_visible()
        page.get_by_label("Người dân").select_option("minh")
        page.get_by_role("button", name="Đổi").click()
        expect(page.get_by_label("Người dân")).to_have_value("minh")
        page.set_viewport_size(PHONE)
        expect(page.get_by_label("Cơ quan")).to_be_hidden()
        box = page.locator("main").bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
        page.set_viewport_size(NARROW)
        assert_no_horizontal_scroll(page)
        assert_readable_at_double_size(page)
        page.context.close()


def test_the_sheet_takes_the_keyboard_and_gives_it_back(browser: Browser, cloud: Cloud) -> None:
    town = Town(cloud)
    with served(town.app()) as base:
        phone = Phone(town, browser, base, viewport=DESK)
        page = phone.page
        entry = page.get_by_role("link", name="Tra cứu điểm")
        entry.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Đóng")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#sheet")).to_be_hidden()
        expect(entry).to_be_focused()
        page.context.close()


def test_my_things_stand_on_every_width_and_in_every_light(browser: Browser, cloud: Cloud) -> None:
    town = Town(cloud)
    with served(town.app()) as base:
        phone = Phone(town, browser, base, viewport=PHONE)
        phone.come_in()
        page = phone.page
        for path in ("/toi", "/toi/xoa", "/toi?lang=en", town.tell_address):
            page.goto(base + path)
            phone.looked_at(path)
            page.set_viewport_size(NARROW)
            assert_no_horizontal_scroll(page)
            assert_readable_at_double_size(page)
            page.set_viewport_size(PHONE)
        page.context.close()
