"""The whole story of a dossier in real browsers: received and printed, followed, supplemented, finished, told of, rated badly,
looked at again, and read as figures by who leads. In Vietnamese and English, with script and without; pictures of each page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.model import Channel, Procedure, Way
from tests.support import officers
from tests.support.axe import PHONE, assert_accessible, assert_no_horizontal_scroll, served
from tests.support.cloud import Cloud
from tests.support.desk_browser import PATIENCE, SHOTS, at_desk
from tests.support.dossier_pages import AGENCY as WARD
from tests.support.dossier_pages import open_ward
from tests.support.dossier_town import IDENTIFIER, NOON
from tests.support.fakes import StoppedClock
from tests.support.rated_desk import cast, said

pytestmark = pytest.mark.browser

DESK, MAI = f"/console/{WARD}", "84000000000000031"
POST = "Phó Chủ tịch UBND phường Hoa Mai"
PAPER, WHY = "Giấy chứng sinh", "Ngày sinh của con ghi sai"
ANSWER = "Về việc Đăng ký khai sinh: cơ quan mở lại sổ gốc, trả bản đúng trước ngày 04/12/2026."
WORDS = {  # what each of them reads at the turns of the story
    "vi": {
        "missing": "Giấy tờ cần bổ sung",
        "finished": "Đánh giá việc giải quyết hồ sơ",
        "offer": "Việc chưa ổn? Đề nghị xem xét lại",
        "named": "Đề nghị không ẩn danh",
        "waits": "Đang chờ lãnh đạo trả lời",
        "again": "Cơ quan đang xem xét lại hồ sơ",
    },
    "en": {
        "missing": "Papers to bring",
        "finished": "Rate how the dossier was handled",
        "offer": "Still not right? Ask for a second look",
        "named": "This request is not anonymous",
        "waits": "Waiting for a leader's answer",
        "again": "The agency is looking at the dossier again",
    },
}


@dataclass
class Story:
    """The ward with its people: who is at the counter, who leads, and a citizen with a phone."""

    base: str
    services: Services
    language: str
    name: str
    clerk: Page
    leader: Page
    citizen: Page
    code: str = ""

    def open(self, page: Page, path: str) -> None:
        """A page in the language of the story."""
        more = "" if self.language == "vi" else "&lang=en" if "?" in path else "?lang=en"
        page.goto(f"{self.base}{path}{more}")
        expect(page.locator("html")).to_have_attribute("lang", self.language)

    def reads(self, page: Page, word: str) -> None:
        """What stands there in this language."""
        expect(page.locator("main")).to_contain_text(WORDS[self.language][word])

    def keeps(self, page: Page, name: str) -> None:
        """A picture of what stands there."""
        page.screenshot(path=str(SHOTS / f"story-{name}-{self.name}.png"), full_page=True)

    def does(self, act: str, **typed: str) -> None:
        """An act of the clerk on the dossier, by its page."""
        self.open(self.clerk, f"{urlsplit(self.dossier).path}/viec/{act}")
        for field, text in typed.items():
            self.clerk.locator(f"#f-{field}").fill(text)
        for choice in self.clerk.locator("main input[type=radio]").all()[:1]:
            choice.check()
        send(self.clerk)
        expect(self.clerk).to_have_url(self.dossier)

    @property
    def dossier(self) -> str:
        """Where the dossier stands at the desk."""
        more = "" if self.language == "vi" else "?lang=en"
        return f"{self.base}{DESK}/ho-so/{self.code}{more}"

    def heard(self) -> list[str]:
        """What the clock left in the citizen's outbox by now, in any order."""
        self.services.dossier_telling.run()
        self.services.reopening_news.run()
        return [one.name for one in self.services.outbox.of(MAI)]


def send(page: Page) -> None:
    """The button of the page's form."""
    with page.expect_navigation():
        page.locator("main form[method=post] button:not([type=button])").last.click()
    assert not page.locator("#problems").count(), page.locator("main").inner_text()


@contextmanager
def begun(cloud: Cloud, browser: Browser, language: str, script: bool) -> Iterator[Story]:
    clock = StoppedClock(NOON)
    services = Services(cloud.settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    ward = open_ward(WARD, "phường Hoa Mai", Service.DOSSIERS, Service.PROCEDURES)
    AgencyStore().add([replace(ward, identifier=IDENTIFIER)])
    birth = Procedure(
        "1.001193", "Đăng ký khai sinh", channels=(Channel(Way.DESK, TimeLimit(Count.WORKING_DAYS, 1_440)),)
    )
    services.procedure_office.take(NATION, [birth], by="operator", source="test")
    clock.pass_by(seconds=6)
    clerk, leader = (
        officers.officer(services.accounts, clock, f"{role}@x.vn", WARD, role) for role in ("officer", "approver")
    )
    links = services.accounts.citizen_links
    with served(app) as base:
        phone = browser.new_context(viewport=PHONE, java_script_enabled=script)
        mine = links.enter(links.make(MAI).rpartition("/")[2]).token
        phone.add_cookies([{"name": "s", "value": mine, "url": base}])
        at_counter, leading = (at_desk(browser, base, who, java_script_enabled=script) for who in (clerk, leader))
        name = f"{language}-{'script' if script else 'plain'}"
        story = Story(base, services, language, name, at_counter, leading, phone.new_page())
        story.citizen.set_default_timeout(PATIENCE)
        yield story
        for page in (story.clerk, story.leader, story.citizen):
            page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_dossier_from_the_counter_to_a_second_look_and_the_month_s_figures(
    cloud: Cloud, browser: Browser, tmp_path: Path, language: str, script: bool
) -> None:
    with begun(cloud, browser, language, script) as story:
        link = received_and_printed(story)
        followed_and_kept(story, link)
        supplemented_and_finished(story, link)
        rated_badly(story, link)
        looked_at_again(story, link)
        read_as_figures(story, tmp_path)


def received_and_printed(story: Story) -> str:
    """The officer types the dossier in and prints its receipt; where the receipt's QR code leads."""
    page = story.clerk
    story.open(page, f"{DESK}/ho-so/tiep-nhan?thu-tuc=1.001193")
    typed = {"name": "Nguyễn Thị Lan", "identity": "001099123456", "phone": "0912345678"}
    for field, text in {**typed, "steps": "Thẩm định: Công chức tư pháp\nKý: Chủ tịch"}.items():
        page.locator(f"#f-{field}").fill(text)
    send(page)
    story.code = urlsplit(page.url).path.rpartition("/")[2]
    story.open(page, f"{DESK}/ho-so/{story.code}/giay-hen")
    page.emulate_media(media="print")
    expect(page.locator("article.paper")).to_contain_text(story.code)
    expect(page.locator(".side")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    story.keeps(page, "1-receipt")
    page.emulate_media(media="screen")
    return urlsplit(page.locator(".paper-codes .link").first.inner_text()).path


def followed_and_kept(story: Story, link: str) -> None:
    """The citizen scans, follows, keeps the dossier and asks to be told."""
    page = story.citizen
    story.open(page, link)
    expect(page.locator("h1")).to_contain_text("Đăng ký khai sinh")
    story.keeps(page, "2-followed")
    page.locator("main a[href*='/giu']").last.click()
    send(page)
    page.locator("#f-agree").check()
    with page.expect_navigation():
        page.locator("main form[action*='/bao-tin'] button").click()
    assert story.services.dossier_keeping.of(MAI)[0].keeper.is_told


def supplemented_and_finished(story: Story, link: str) -> None:
    """Papers are asked for, brought and noted; the result is ready; the citizen hears of each."""
    story.does("xu-ly")
    day = {"deadline": "30", "deadline-month": "11", "deadline-year": "2026"}
    story.does("bo-sung", papers=f"{PAPER}: nộp bản chính", article="Điều 18 Luật Hộ tịch", **day)
    assert story.heard() == ["dossier_supplement_asked"]
    story.open(story.citizen, link)
    story.reads(story.citizen, "missing")
    expect(story.citizen.locator("main")).to_contain_text(PAPER)
    story.keeps(story.citizen, "3-supplement")
    for act in ("nhan-giay", "giai-quyet-tiep", "xong"):
        story.does(act)
    assert set(story.heard()) == {"dossier_supplement_asked", "dossier_supplemented", "dossier_finished"}


def rated_badly(story: Story, link: str) -> None:
    """The leader has taken on to answer; the citizen rates, says why, and asks for a second look."""
    story.open(story.leader, f"{DESK}/ho-so/xem-lai")
    story.leader.locator("#f-post").fill(POST)
    send(story.leader)
    page = story.citizen
    story.open(page, link)
    story.reads(page, "finished")
    page.locator("main a[href*='/danh-gia']").click()
    page.locator("main input[name=overall][value=dissatisfied]").check()
    page.locator("#f-words").fill("Phải đi lại hai lần")
    send(page)
    page.locator("main input[name=time]").check()
    story.reads(page, "offer")
    story.keeps(page, "4-reasons")
    with page.expect_navigation():
        page.locator("main form[method=post] button").first.click()
    story.reads(page, "offer")
    expect(page.locator("main")).to_contain_text(POST)
    story.keeps(page, "5-thanks")
    page.locator("main a[href*='/xem-lai']").click()
    story.reads(page, "named")
    expect(page.locator("main")).to_contain_text(story.code)
    if story.name.endswith("script"):
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
    page.locator("#f-words").fill(WHY)
    story.keeps(page, "6-second-look")
    send(page)
    story.reads(page, "waits")


def looked_at_again(story: Story, link: str) -> None:
    """The senior reads the citizen's words and reopens; the citizen hears of it and reads it where the dossier is followed."""
    page = story.leader
    story.open(page, f"{DESK}/ho-so/xem-lai")
    story.keeps(page, "7-requests")
    page.locator("tbody a", has_text=story.code).click()
    expect(page.locator("main")).to_contain_text(WHY)
    page.locator("main input[name=verdict][value=reopened]").check()
    page.locator("#f-text").fill(ANSWER)
    story.keeps(page, "8-deciding")
    if story.name.endswith("script"):
        assert_accessible(page)
    send(page)
    expect(page.locator("main")).to_contain_text(ANSWER)
    assert "dossier_reopening_told" in story.heard()
    story.open(story.citizen, link)
    story.reads(story.citizen, "again")
    expect(story.citizen.locator("main")).to_contain_text(ANSWER)
    expect(story.citizen.locator("main")).to_contain_text(POST)
    story.keeps(story.citizen, "9-reopened")


def read_as_figures(story: Story, folder: Path) -> None:
    """Among those of others the ballot is counted; the leader reads the month and takes its report along."""
    others = [said(f"b{at}", "", WARD, "satisfied", day="2026-11-19") for at in range(39)]
    cast(story.services, *others)
    page = story.leader
    story.open(page, f"{DESK}/danh-gia?ky=2026-11")
    expect(page.locator("main")).to_contain_text("40")
    story.keeps(page, "10-dashboard")
    story.open(page, f"{DESK}/danh-gia/bao-cao?ky=2026-11")
    with page.expect_download() as saving:
        page.locator("a[href*='mau.xlsx']").click()
    saved = folder / saving.value.suggested_filename
    saving.value.save_as(saved)
    assert saved.name == "bao-cao-nd61-2026-11.xlsx"
    cells = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(BytesIO(saved.read_bytes()))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert any("phường hoa mai" in text.lower() for text in cells)
