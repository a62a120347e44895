"""What a visit weighs, and that nothing moves once it is painted: on a phone whose network and processor are slow.

Bytes are those that an edge sends: bodies after gzip -6 with their headers. No time is asserted: what takes long depends
on the machine, what is waited for does not."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.axe import DESK, PHONE, served
from tests.support.site import AGENCY, COMING, OPEN, VERIFIED, Site, number
from tests.support.site import site as site

pytestmark = pytest.mark.browser

FIRST_MOST, REPEAT_MOST, CONSOLE_MOST = 50_000, 15_000, 150_000
REQUESTS_MOST = 6
SCRIPT_MOST = 6_000
SHIFT_MOST = 0.02
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}  # 1.6 Mbit/s
BASE = f"/{AGENCY}/diem-thi"
CITIZENS = {
    "directory": "/",
    "home": f"/{AGENCY}/",
    "exams": BASE,
    "look-up": f"{BASE}/{OPEN}",
    "look-up with a date": f"{BASE}/{VERIFIED}",
    "slip": f"{BASE}/{OPEN}/{number(1)}",
    "distributions": f"{BASE}/{OPEN}/pho-diem",
    "before the hour": f"{BASE}/{COMING}",
}
PAINTED = """() => new Promise((done) => {
  const seen = { moved: 0, what: [], largest: null };
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    seen.moved += one.value;
    seen.what.push(...one.sources.map((source) => (source.node?.outerHTML || '').slice(0, 80)));
  })).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { seen.largest = list.getEntries().at(-1); })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => done({
    moved: seen.moved,
    what: seen.what,
    fetched: seen.largest.url,
    element: seen.largest.element?.outerHTML.slice(0, 80),
  }), 400);
})"""


@dataclass
class Visit:
    """What came over the network: every request's address, and the bytes of it."""

    came: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(self.came.values())


class Meter:
    """Listens to a page's network the way the browser's own tools do."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._tools = page.context.new_cdp_session(page)
        self._tools.send("Network.enable")
        self._tools.on("Network.responseReceived", self._received)
        self._tools.on("Network.requestServedFromCache", lambda event: self._kept.add(event["requestId"]))
        self._answers: dict[str, Any] = {}
        self._kept: set[str] = set()

    def _received(self, event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache") and event["response"]["url"].startswith("http"):
            self._answers[event["requestId"]] = event["response"]

    def visit(self, address: str) -> Visit:
        """Open an address and weigh what it took."""
        self._answers.clear()
        self._kept.clear()
        self._page.goto(address, wait_until="networkidle")
        found = Visit()
        for request, answer in self._answers.items():
            if request in self._kept:
                continue
            body = self._tools.send("Network.getResponseBody", {"requestId": request})
            raw = base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode()
            heads = sum(len(name) + len(value) + 4 for name, value in answer["headers"].items())
            found.came[answer["url"]] = len(gzip.compress(raw, 6)) + heads
        return found


def test_a_citizens_visit_is_light_and_the_next_one_lighter(browser: Browser, site: Site) -> None:
    with served(site.app) as base:
        for name, path in CITIZENS.items():
            context = browser.new_context(viewport=PHONE)
            meter = Meter(context.new_page())
            first, again = meter.visit(base + path), meter.visit(base + path)
            assert all(address.startswith(base) for address in first.came), (name, first.came)
            assert len(first.came) <= REQUESTS_MOST, (name, first.came)
            assert 0 < first.bytes <= FIRST_MOST, (name, first.came)
            assert again.bytes <= REPEAT_MOST, (name, again.came)
            assert list(again.came) in ([], [base + path]), "what may be kept is not asked for again"
            scripts = [size for address, size in first.came.items() if address.endswith(".js")]
            assert sum(scripts) <= SCRIPT_MOST, (name, first.came)
            context.close()


def test_an_officers_first_visit_stays_light_even_with_charts(browser: Browser, site: Site) -> None:
    client = site.officer()
    (cookie,) = client._cookies.values()
    pointer = site.held.exams[OPEN].pointer(site.clock.now())
    assert pointer is not None
    exam = f"/console/{AGENCY}/diem-thi/{OPEN}"
    paths = ["/console/", exam, *(f"{exam}/{pointer.edition}/{part}" for part in ("pho-diem", "khac-biet", "duyet"))]
    charted = 0
    with served(site.app) as base:
        for path in paths:
            context = browser.new_context(viewport=DESK)
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
            found = Meter(context.new_page()).visit(base + path)
            assert all(address.startswith(base) for address in found.came), found.came
            assert 0 < found.bytes <= CONSOLE_MOST, found.came
            charted += any("/assets/chart." in address for address in found.came)
            context.close()
    assert charted, "the pages with charts were among them"


def test_what_is_largest_comes_with_the_page_itself_and_nothing_moves_once_painted(
    browser: Browser, site: Site
) -> None:
    with served(site.app) as base:
        for name, path in CITIZENS.items():
            context = browser.new_context(viewport=PHONE)
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Network.emulateNetworkConditions", SLOW)
            tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(base + path)
            seen = page.evaluate(PAINTED)
            assert seen["moved"] <= SHIFT_MOST, (name, seen)
            assert seen["fetched"] == "", (name, seen)
            context.close()
