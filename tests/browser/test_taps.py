"""Three taps on one button, on a slow network and without our script: three requests come, one thing happens (F23)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from miniapp.exam_scores.telling import PURPOSE
from tests.support.axe import PHONE, served
from tests.support.site import AGENCY, CITIZEN, COMING, Site, fresh_site

__all__ = ["fresh_site"]
pytestmark = pytest.mark.browser

TAPS = (0, 80, 300)  # milliseconds
SLOW = {"offline": False, "latency": 900, "downloadThroughput": -1, "uploadThroughput": -1}
PATIENCE = 30.0  # seconds
TELL_ME = f"/{AGENCY}/diem-thi/{COMING}/bao-tin"


@dataclass
class Door:
    """The app's door, noting what was posted and how it was answered."""

    inner: Any
    posted: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def started(status: str, *more: Any) -> Any:
            if environ["REQUEST_METHOD"] == "POST":
                self.posted.append((environ["PATH_INFO"], status[:3]))
            return start_response(status, *more)

        return self.inner(environ, started)

    def wait(self, count: int) -> None:
        """Until so many were answered."""
        until = time.monotonic() + PATIENCE
        while len(self.posted) < count and time.monotonic() < until:
            time.sleep(0.05)


@dataclass
class Phone:
    """A phone on a bad network that runs no script of ours."""

    page: Page
    base: str
    door: Door

    def open(self, address: str) -> None:
        self.page.goto(self.base + address)

    def tap(self, words: str) -> list[tuple[str, str]]:
        """Three taps on a button as an impatient thumb gives them; what came to the server of it."""
        self.door.posted.clear()
        box = self.page.get_by_role("button", name=words, exact=True).bounding_box()
        assert box is not None
        place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        start = time.monotonic()
        for at in TAPS:
            time.sleep(max(0.0, start + at / 1000 - time.monotonic()))
            self.page.mouse.click(*place)
        self.door.wait(len(TAPS))
        return list(self.door.posted)


@pytest.fixture
def phone(fresh_site: Site, browser: Browser) -> Iterator[Phone]:
    door = Door(fresh_site.app)
    with served(door) as base, slow_page(browser) as page:
        yield Phone(page, base, door)


@contextmanager
def slow_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="vi-VN", java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW)
    yield page
    context.close()


def rows(site: Site, table: str, **wanted: str) -> list[dict[str, Any]]:
    """What lies in a table, of the kind that is asked for."""
    found = site.cloud.admin("dynamodb").scan(TableName=site.services.settings.resource(table))["Items"]
    return [row for row in found if all(row.get(name, {}).get("S") == value for name, value in wanted.items())]


def test_three_taps_on_a_one_time_link_open_one_session_and_lead_to_one_page(fresh_site: Site, phone: Phone) -> None:
    way = fresh_site.services.accounts.citizen_links.make(CITIZEN, TELL_ME).partition("/toi/vao/")[2]
    phone.open(f"/toi/vao/{way}")
    posted = phone.tap("Vào")
    assert posted == [(f"/toi/vao/{way}", "303")] * 3
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Báo cho tôi khi có điểm")
    assert phone.page.url == phone.base + TELL_ME
    assert len(rows(fresh_site, "sessions", kind="citizen", subject=CITIZEN)) == 1


def test_three_taps_on_a_registration_register_once_and_show_one_receipt(fresh_site: Site, phone: Phone) -> None:
    enter(fresh_site, phone)
    phone.open(TELL_ME)
    phone.page.get_by_label("Số báo danh").fill("120001")
    phone.page.get_by_label("Tôi đã đọc và đồng ý").check()
    posted = phone.tap("Báo cho tôi")
    assert posted == [(TELL_ME, "303")] * 3
    expect(phone.page.get_by_text("Đang chờ báo tin")).to_be_visible()
    assert phone.page.locator("dl.rows dt b").all_inner_texts() == ["…001"]
    assert phone.page.url == phone.base + TELL_ME
    registered = [row for row in rows(fresh_site, "exam_scores") if f"#{COMING}#tell#" in row["pk"]["S"]]
    assert [row["version"]["N"] for row in registered] == ["1"]
    assert [step.purpose for step in fresh_site.services.consents.history(CITIZEN)] == [PURPOSE]


def enter(site: Site, phone: Phone) -> None:
    """Give the phone the session of somebody who came from the chat."""
    cookies = [{"name": one.key, "value": one.value, "url": phone.base} for one in site.citizen()._cookies.values()]
    phone.page.context.add_cookies(cookies)  # type: ignore[arg-type]
