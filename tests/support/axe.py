"""Accessibility and layout of a page in a real browser, for every test that opens one.

`assert_accessible(page)`, `assert_no_horizontal_scroll(page)`, `assert_readable_at_double_size(page)`. Axe finds about
half of what matters; journeys by keyboard and the eye have to find the rest.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, PdfMargins, Playwright, ViewportSize
from werkzeug.serving import make_server

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE: ViewportSize = {"width": 360, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
LIGHTS: tuple[Literal["dark", "light"], ...] = ("dark", "light")
CHROMIUM = "/usr/bin/chromium"
MARGINS = PdfMargins(top="15mm", right="15mm", bottom="15mm", left="15mm")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCROLL = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const boxes = (el) => el.closest('.scroll,.tabs,.places,.vh');
  return [...document.body.querySelectorAll('*')]
    .filter((el) => el.getBoundingClientRect().right > wide + 1 && !boxes(el))
    .map((el) => el.outerHTML.slice(0, 120));
}"""


def chromium(playwright: Playwright) -> Browser:
    """The browser of the machine, or Playwright's own where Debian's is missing."""
    path = CHROMIUM if os.path.exists(CHROMIUM) else None
    return playwright.chromium.launch(executable_path=path, args=list(QUIET))


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """An app on a free port of this machine (or on one that its settings name already), by its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)


def violations(page: Page) -> list[str]:
    """What axe finds, one line per kind with the first places."""
    options = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(f"{node['html'][:200]} — {node.get('failureSummary', '')[:300]}" for node in one["nodes"][:4])
        for one in found
    ]


def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA and axe's best practice, as the page stands now."""
    found = violations(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def assert_no_horizontal_scroll(page: Page) -> None:
    """Nothing sticks out to the right, whatever the width; boxes that scroll by themselves are fine."""
    found = page.evaluate(SCROLL)
    assert not found, f"{page.url} at {page.viewport_size}\n" + "\n".join(found[:6])


def assert_prints_on_one_page(page: Page) -> None:
    """On A4 the page is one sheet: what a school pins to its board or a parent keeps."""
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", margin=MARGINS)))
    assert sheets == 1, f"{page.url} prints on {sheets} sheets"


def assert_readable_at_double_size(page: Page) -> None:
    """Text twice as large, at the width the page has: nothing sticks out, nothing is cut off."""
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    try:
        assert_no_horizontal_scroll(page)
    finally:
        page.evaluate("document.documentElement.style.fontSize = ''")
