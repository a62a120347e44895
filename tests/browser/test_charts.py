"""Officers' charts in a real browser: drawn by the library under the strict policy, from the page's own figures; with the
server's picture and table without script, without the library and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from miniapp.exam_scores.model import Reason
from tests.support.axe import (
    DESK,
    NARROW,
    assert_accessible,
    assert_no_horizontal_scroll,
    assert_readable_at_double_size,
    served,
)
from tests.support.markup import collect_html, markup_errors
from tests.support.score_desk import ScoreDesk, many
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]
pytestmark = pytest.mark.browser

INK = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) inked += data[at] > 0;
  return inked / (data.length / 4);
}"""
# What the library holds for one drawing: its labels and the sets of figures, as the reader sees them.
HELD = """(canvas) => Chart.getChart(canvas).data.datasets.map((set) => [set.label, [...set.data]])"""


@dataclass
class Drawing:
    """The desk with a correction of an exam that has a year before, at its address."""

    base: str
    token: str
    distributions: str
    differences: str


@pytest.fixture
def drawing(office: Office) -> Iterator[Drawing]:
    uploader = office.desk("nap@angiang.gov.vn", "publisher")
    approver = office.desk("duyet@angiang.gov.vn", "approver")
    desk = ScoreDesk(office.services, AGENCY, uploader, approver)
    desk.add(slug="thpt-2018", year=2018, title="Kỳ thi THPT quốc gia 2018")
    desk.released(many(200, 300))
    desk.add()
    desk.released(many(300))
    edition = desk.checked(many(300, 125), reason=Reason.CORRECTION)
    with served(office.app) as base:
        yield Drawing(base, approver.come_in().token, desk.at(edition, "pho-diem"), desk.at(edition, "khac-biet"))


@contextmanager
def opened(browser: Browser, drawing: Drawing, path: str, block: str = "", **options: Any) -> Iterator[Page]:
    """A page of a signed-in officer; anything the browser complains about (a policy broken, script gone wrong) fails."""
    context = browser.new_context(**{"viewport": DESK, **options})
    context.add_cookies([{"name": "o", "value": drawing.token, "url": drawing.base}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda failure: complaints.append(str(failure)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    if block:
        page.route(block, lambda route: _nothing(route))
    page.goto(drawing.base + path)
    yield page
    context.close()
    assert [text for text in complaints if not block or "ERR_" not in text] == []


def _nothing(route: Route) -> None:
    route.abort()


def look(page: Page, tmp_path: Path, name: str) -> None:
    assert_accessible(page)
    assert_no_horizontal_scroll(page)
    assert_readable_at_double_size(page)
    collect_html(name, page.content(), tmp_path / "html")
    assert markup_errors(tmp_path / "html") == []


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"color_scheme": "light", "viewport": NARROW},
    ],
    ids=["light", "dark", "narrow"],
)
def test_distributions_are_drawn_over_the_servers_pictures(
    browser: Browser, drawing: Drawing, tmp_path: Path, options: dict[str, Any]
) -> None:
    with opened(browser, drawing, drawing.distributions, **options) as page:
        charts = page.locator("figure canvas")
        expect(charts).to_have_count(4)
        assert all(charts.nth(at).evaluate(INK) > 0.02 for at in range(4))
        expect(page.locator("figure svg").first).to_be_hidden()
        expect(page.locator("figure .canvas").first).to_have_attribute("aria-hidden", "true")
        before, now = charts.first.evaluate(HELD)
        assert (now[0], before[0]) == ("Lần này", "Kỳ thi THPT quốc gia 2018")
        for _, shares in (before, now):
            assert sum(shares) == pytest.approx(100)
        counts = [int(text) for text in str(page.locator("figure").first.get_attribute("data-counts")).split()]
        assert sum(counts) == 300
        assert now[1] == pytest.approx([count / 3 for count in counts])
        page.get_by_text("Bảng số liệu").first.click()
        expect(page.locator("figure table").first).to_be_visible()
        look(page, tmp_path, "charts distributions")


def test_differences_are_drawn_from_their_table(browser: Browser, drawing: Drawing, tmp_path: Path) -> None:
    with opened(browser, drawing, drawing.differences) as page:
        chart = page.locator("[data-chart=moved] canvas")
        assert chart.evaluate(INK) > 0.01
        held = dict(chart.evaluate(HELD))
        row = page.locator("tr[data-line]")
        expect(row).to_have_count(1)
        up, down, states = (int(part) for part in str(row.get_attribute("data-line")).split())
        assert held == {"Tăng": [up], "Giảm": [down], "Đổi trạng thái": [states]}
        assert (up, down, states) == (6, 0, 0)
        expect(row).to_contain_text("1,25")
        look(page, tmp_path, "charts differences")


def test_colours_follow_the_light_and_paper_gets_the_servers_picture(browser: Browser, drawing: Drawing) -> None:
    with opened(browser, drawing, drawing.distributions, color_scheme="light") as page:
        chart = page.locator("figure canvas").first
        colour = "(canvas) => Chart.getChart(canvas).data.datasets[1].backgroundColor"
        light = chart.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"(light) => ({colour})(document.querySelector('figure canvas')) !== light", arg=light)
        page.emulate_media(media="print")
        expect(page.locator("figure .canvas").first).to_be_hidden()
        expect(page.locator("figure svg").first).to_be_visible()


@pytest.mark.parametrize(
    ("block", "options"),
    [("", {"java_script_enabled": False}), ("**/assets/chart.*", {}), ("**/assets/charts.*", {})],
    ids=["no script", "no library", "no drawing"],
)
def test_without_script_or_library_the_servers_picture_and_tables_stand(
    browser: Browser, drawing: Drawing, block: str, options: dict[str, Any]
) -> None:
    with opened(browser, drawing, drawing.distributions, block, **options) as page:
        expect(page.locator("figure canvas")).to_have_count(0)
        expect(page.locator("figure svg").first).to_be_visible()
    with opened(browser, drawing, drawing.differences, block, **options) as page:
        expect(page.locator("canvas")).to_have_count(0)
        expect(page.get_by_role("table", name="Số điểm tăng và giảm theo môn")).to_be_visible()


def test_the_library_comes_only_to_pages_with_charts_and_may_be_kept_forever(
    browser: Browser, drawing: Drawing
) -> None:
    for path, wanted in ((drawing.distributions, True), (drawing.differences, True), ("/console/", False)):
        with opened(browser, drawing, path) as page:
            addresses = page.evaluate(
                "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
            )
            library = [address for address in addresses if address.startswith("/assets/chart.")]
            assert bool(library) is wanted
            for address in library:
                kept = page.request.get(drawing.base + address).headers["cache-control"]
                assert "immutable" in kept
