"""Ratings at the desk in a real browser: drawn from their tables, saved as a picture, read and answered by keyboard alone,
accessible on a desk and on a phone, light even where a million people rated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.seed.ratings import made_up
from miniapp.core.tables import transact
from miniapp.procedures.model import Procedure
from miniapp.ratings.store import Held
from tests.browser.test_charts import HELD, INK
from tests.browser.test_weight import CONSOLE_MOST, Meter
from tests.support.axe import DESK, assert_accessible, served
from tests.support.desk_browser import assert_looks_right, at_desk
from tests.support.rated_desk import HOUR, busy
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]
pytestmark = pytest.mark.browser

BASE = f"/console/{AGENCY}/danh-gia"
NAMES = {"1.001193": "Đăng ký khai sinh", "1.000894": "Đăng ký kết hôn", "1.000656": "Đăng ký khai tử"}


def rated(office: Office) -> None:
    """The demo's half year of ratings, up to the day on which the clock stands."""
    services = office.services
    people = [office.desk(f"{name}@x.vn", "officer").id for name in ("lan", "minh")]
    records = [Procedure(code, name) for code, name in NAMES.items()]
    services.procedure_office.take(AGENCY, records, by="operator", source="test")
    for one in made_up(AGENCY, list(NAMES), people, date(2026, 7, 16)):
        invited = services.ballots.invite(one.token, Held(one.invitation, one.day), one.day, HOUR)
        transact(*invited, *(services.ballots.cast(one.ballot, HOUR) if one.ballot else ()))
    services.rolling_up.run()


@contextmanager
def opened(office: Office, browser: Browser) -> Iterator[tuple[str, Page, list[str]]]:
    """Who leads the agency, at the desk; with what the browser complains about."""
    leader = office.desk("lanhdao@x.vn", "approver")
    with served(office.app) as address:
        page = at_desk(browser, address, leader)
        complaints: list[str] = []
        page.on("pageerror", lambda failure: complaints.append(str(failure)))
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        yield address, page, complaints
        page.context.close()


def test_charts_are_drawn_from_their_tables_and_saved_as_pictures(office: Office, browser: Browser, tmp_path: Path):
    rated(office)
    with opened(office, browser) as (address, page, complaints):
        page.goto(f"{address}{BASE}?ky=2026-H1")
        charts = page.locator("figure canvas")
        expect(charts).to_have_count(4)
        assert all(charts.nth(at).evaluate(INK) > 0.01 for at in range(4))
        levels = page.locator("figure[data-name^=danh-gia-muc-do]")
        shown = [
            int(text or 0)
            for text in levels.locator("td[data-value]").evaluate_all("(all) => all.map((one) => one.dataset.value)")
        ]
        assert levels.locator("canvas").evaluate(HELD) == [["Số phiếu", shown]]
        expect(page.locator("figure .canvas").first).to_have_attribute("aria-hidden", "true")
        for at in range(4):
            button = page.get_by_role("button", name="Lưu ảnh PNG").nth(at)
            with page.expect_download() as saving:
                button.click()
            saved = tmp_path / saving.value.suggested_filename
            saving.value.save_as(saved)
            assert saved.suffix == ".png" and saved.read_bytes().startswith(b"\x89PNG")
        assert complaints == []


def test_without_script_the_tables_stand_and_nothing_offers_what_there_is_not(office: Office, browser: Browser):
    rated(office)
    leader = office.desk("lanhdao@x.vn", "approver")
    with served(office.app) as address:
        page = at_desk(browser, address, leader, java_script_enabled=False)
        page.goto(f"{address}{BASE}?ky=2026-H1")
        expect(page.locator("figure table")).to_have_count(4)
        expect(page.get_by_role("button", name="Lưu ảnh PNG")).to_have_count(0)
        page.locator("#f-ky").select_option("2026-Q2")
        page.get_by_role("button", name="Xem").click()
        expect(page.locator("nav.pager").first).to_contain_text("Quý 2/2026")
        page.context.close()


def test_figures_are_read_and_a_comment_answered_by_keyboard_alone(office: Office, browser: Browser):
    rated(office)
    with opened(office, browser) as (address, page, _):
        page.goto(f"{address}{BASE}?ky=2026-Q2")
        _reach(page, "a", "Theo thủ tục")
        expect(page.locator("#phan")).to_have_text("Theo thủ tục")
        _reach(page, "a", "Ý kiến của người dân")
        page.locator("#f-q").focus()
        page.keyboard.type("tan tinh")
        page.keyboard.press("Enter")
        expect(page.locator(".comments .lines").first).to_contain_text("tận tình")
        _reach(page, "a", "Trả lời:", is_start=True)
        page.locator("#f-text").focus()
        page.keyboard.type("Xin cảm ơn.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#problems")).to_contain_text("Không có ngày nào")
        assert_accessible(page)
        page.locator("#f-text").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(
            f"Về {' và '.join(NAMES.values()).lower()}: từ ngày 20/07/2026 quầy kiểm tra đủ giấy tờ một lần."
        )
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("h2").first).to_have_text("Câu trả lời thứ 1")


def _reach(page: Page, tag: str, words: str, is_start: bool = False) -> None:
    """Go by Tab to something of the content and press Enter there."""
    page.locator("#content").focus()
    for _ in range(150):
        page.keyboard.press("Tab")
        at = page.evaluate("() => [document.activeElement.localName, document.activeElement.textContent.trim()]")
        if at[0] == tag and (at[1] == words or (is_start and words.rstrip(":") in at[1] and ":" in at[1])):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{words} is not reached by the keyboard")


def test_every_page_looks_right_on_a_desk_and_on_a_phone(office: Office, browser: Browser):
    rated(office)
    office.services.rating_comments.reply(
        AGENCY, _first_comment(office), "Đã rõ.", by="off_2", key="k", seen=0, weak=[]
    )
    with opened(office, browser) as (address, page, complaints):
        paths = ("?ky=2026-H1", "?ky=2026-07&theo=can-bo", "?ky=2020", "/y-kien?ky=2026-H1", "/y-kien?q=khong-co-gi")
        for path in (*paths, f"/y-kien/{_first_comment(office)}", "/bao-cao?ky=2026-H1"):
            page.goto(f"{address}{BASE}{path}")
            assert_looks_right(page, f"ratings{path.replace(_first_comment(office), 'one')}")
        assert complaints == []


def _first_comment(office: Office) -> str:
    return office.services.ballots.words(AGENCY, "2026-06").ballots[0].id


def test_the_first_view_of_a_million_ratings_is_light(office: Office, browser: Browser):
    busy(office.services, AGENCY)
    leader = office.desk("lanhdao@x.vn", "approver")
    with served(office.app) as address:
        for axis in ("don-vi", "thu-tuc", "can-bo"):
            context = browser.new_context(viewport=DESK)
            context.add_cookies([{"name": "o", "value": leader.come_in().token, "url": address}])
            found = Meter(context.new_page()).visit(f"{address}{BASE}?ky=2026&theo={axis}")
            assert all(came.startswith(address) for came in found.came), found.came
            assert any("/assets/chart." in came for came in found.came)
            assert 0 < found.bytes <= CONSOLE_MOST, found.came
            context.close()


def test_printed_the_report_has_no_frame(office: Office, browser: Browser):
    rated(office)
    with opened(office, browser) as (address, page, _):
        page.goto(f"{address}{BASE}/bao-cao?ky=2026-H1")
        page.emulate_media(media="print")
        expect(page.locator(".side")).to_be_hidden()
        expect(page.locator("form.columns")).to_be_hidden()
        expect(page.locator("article.paper")).to_be_visible()
