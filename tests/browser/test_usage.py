"""Figures of use in a real browser: drawn from their table beside the span before, accessible on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_charts import HELD, INK
from tests.support.axe import served
from tests.support.desk_browser import assert_looks_right, at_desk
from tests.support.used_desk import BUSY, used
from tests.web.console.conftest import AGENCY, OTHER, Office, office

__all__ = ["office"]
pytestmark = pytest.mark.browser

BASE = f"/console/{AGENCY}/thong-ke"


def test_a_figure_is_drawn_beside_the_month_before_and_stands_in_a_table_for_who_sees_no_canvas(
    office: Office, browser: Browser
):
    for at in range(1, 17):
        used(office.services, AGENCY, f"2026-07-{at:02}", **{name: often + 13 * at for name, often in BUSY.items()})
        used(office.services, AGENCY, f"2026-06-{at:02}", **BUSY)
    used(office.services, OTHER, "2026-07-15", (AGENCY,), pages_visited__yes=30, scores_looked_up__typed=9)
    reader = office.desk("xem@x.vn", "auditor")
    with served(office.app) as address:
        page = at_desk(browser, address, reader)
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.goto(f"{address}{BASE}")
        page.get_by_role("link", name="Lượt tra cứu điểm").click()
        drawn = page.locator("figure canvas")
        expect(drawn).to_have_count(1)
        assert drawn.evaluate(INK) > 0.01
        now, then = drawn.evaluate(HELD)
        cells = page.locator("figure td[data-value]").evaluate_all(
            "(all) => all.map((one) => Number(one.dataset.value))"
        )
        assert now == ["Lượt tra cứu điểm", cells[::2]] and then == ["Kỳ trước", cells[1::2]] and cells[0] == 55
        assert complaints == []
        assert_looks_right(page, "usage")
        page.goto(f"{address}{BASE}?lang=en&ky=2026")
        assert_looks_right(page, "usage-en")
        page.context.close()
