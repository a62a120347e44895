"""An officer's dossiers in a real browser: received by keyboard alone, looked at on a desk and on a phone, printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.ids import NATION
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.dossiers.batches import HELD_FOR, PIECE_SIZE
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.service import Act, Order
from miniapp.procedures.model import Channel, Paper, Procedure, Way
from tests.support import officers
from tests.support.axe import served
from tests.support.cloud import Cloud
from tests.support.desk_browser import SHOTS, assert_looks_right, at_desk
from tests.support.dossier_acts import apologised, asking, refused
from tests.support.dossier_town import AT_DESK, IDENTIFIER, NOON, OFFICER, ONLINE
from tests.support.fakes import StoppedClock
from tests.support.scanner import scanned

pytestmark = pytest.mark.browser

WARD = "phuong-hoa-mai"
BASE = f"/console/{WARD}/ho-so"
PAPERS = (("bo-sung", AT_DESK, asking()), ("tu-choi", ONLINE, refused), ("xin-loi", AT_DESK, apologised))


@dataclass
class Town:
    """The app at its address, and an officer at the counter of a ward."""

    address: str
    services: Services
    clock: StoppedClock
    page: Page

    def taken(self, key: str, order: Order = AT_DESK) -> Dossier:
        """A dossier that somebody else received."""
        return self.services.dossier_office.take_in(WARD, IDENTIFIER, order, by=OFFICER, key=key)


@pytest.fixture
def town(cloud: Cloud, browser: Browser, port: int) -> Iterator[Town]:
    clock = StoppedClock(NOON)
    services = Services(cloud.settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    ward = Agency(WARD, WARD, Kind.COMMUNE, "Phường Hoa Mai", "Hoa Mai ward", identifier=IDENTIFIER)
    AgencyStore().add([ward])
    limit = TimeLimit(Count.WORKING_DAYS, 1_440)
    papers = (
        Paper("Giấy chứng sinh", 1),
        Paper("Tờ khai đăng ký khai sinh", 1),
        Paper("Văn bản ủy quyền được chứng thực theo quy định, trong trường hợp ủy quyền thực hiện việc đăng ký", 1),
        Paper("Giấy tờ chứng minh nơi cư trú của cha hoặc mẹ, khi dữ liệu dân cư chưa có thông tin này", 1),
        Paper("Giấy chứng nhận kết hôn của cha và mẹ, nếu cha và mẹ đã đăng ký kết hôn", 1),
    )
    birth = Procedure("1.001193", "Đăng ký khai sinh", papers=papers, channels=(Channel(Way.DESK, limit),))
    services.procedure_office.take(NATION, [birth], by="operator", source="test")
    clock.pass_by(seconds=6)
    officer = officers.officer(services.accounts, clock, "quay@x.vn", WARD, "officer", "approver")
    with served(app) as address:
        yield Town(address, services, clock, at_desk(browser, address, officer))


def test_a_dossier_is_received_and_taken_up_by_keyboard_alone(town: Town):
    page = town.page
    page.goto(f"{town.address}{BASE}/tiep-nhan?thu-tuc=1.001193")
    page.locator("#f-name").focus()
    page.keyboard.type("Nguyễn Thị Lan")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("001099123456")
    page.locator("#f-steps").focus()
    page.keyboard.type("Thẩm định: Công chức tư pháp")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("H56.14-261120-0001")
    page.get_by_role("link", name="Bắt đầu xử lý").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bắt đầu xử lý").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Đang xử lý")


def test_every_page_looks_right_on_a_desk_and_on_a_phone(town: Town):
    page = town.page
    made = [town.taken(f"key {number}") for number in range(3)]
    code = made[0].code
    paths = ("", "?ke=ended", "/tiep-nhan", "/tiep-nhan?thu-tuc=1.001193", f"/{code}", f"/{code}/viec/bo-sung")
    batches = f"/nhieu?viec=take_up&ma={code}", "/cac-luot"
    for path in (*paths, *batches, f"/{code}/viec/chuyen", f"/{code}/giay-hen", f"/{code}/lien-ket-moi"):
        page.goto(f"{town.address}{BASE}{path}")
        assert_looks_right(page, f"dossiers{path.replace(str(code), 'one')}")


def test_the_menu_wraps_on_a_phone_so_no_place_is_cut(town: Town):
    page = town.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{town.address}{BASE}")
    places = page.locator(".places a").all()
    assert len(places) > 3
    for place in places:
        box = place.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, place.inner_text()


def test_a_batch_is_confirmed_called_off_and_ordered_again_by_keyboard_alone(town: Town):
    page, batches = town.page, town.services.batches
    for number in range(PIECE_SIZE + 1):
        town.taken(f"key {number}")

    def confirmed() -> str:
        page.goto(f"{town.address}{BASE}")
        page.locator("#f-viec").focus()
        page.keyboard.press("Home")
        page.get_by_role("button", name="Xem trước cả danh sách").focus()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text(
            f"{PIECE_SIZE + 1} trong {PIECE_SIZE + 1} hồ sơ đã chọn sẽ được làm"
        )
        page.get_by_role("button", name="Xác nhận").focus()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Hồ sơ chưa đổi gì")
        return page.url.rpartition("/")[2]

    confirmed()
    assert_looks_right(page, "dossiers-batch-held")
    page.get_by_role("button", name="Hoàn tác cả lượt").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Không hồ sơ nào bị đổi")
    note = ApplyBatch(WARD, confirmed())
    town.clock.pass_by(seconds=HELD_FOR.total_seconds())
    batches.apply(note)
    page.reload()
    expect(page.locator("main")).to_contain_text(f"Đã xem {PIECE_SIZE} trong {PIECE_SIZE + 1} hồ sơ")
    assert_looks_right(page, "dossiers-batch-under-way")
    batches.apply(note)
    page.reload()
    expect(page.locator("main")).to_contain_text(f"Đã làm {PIECE_SIZE + 1} hồ sơ, không làm được 0 hồ sơ")
    assert_looks_right(page, "dossiers-batch-done")


def test_single_dossiers_are_ticked_for_a_batch_by_keyboard(town: Town):
    page = town.page
    chosen, other = town.taken("one"), town.taken("another")
    page.goto(f"{town.address}{BASE}")
    page.locator(f'input[type="checkbox"][value="{chosen.code}"]').focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Xem trước hồ sơ đã đánh dấu").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("1 trong 1 hồ sơ đã chọn sẽ được làm")
    page.get_by_role("button", name="Xác nhận").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(str(chosen.code))
    expect(page.locator("main")).not_to_contain_text(str(other.code))


def test_who_has_no_part_in_a_dossier_says_why_by_one_key_and_reads_on(town: Town, browser: Browser):
    made = town.taken("key")
    accounts, clock = town.services.accounts, town.services.clock
    assert isinstance(clock, StoppedClock)
    page = at_desk(browser, town.address, officers.officer(accounts, clock, "khac@x.vn", WARD, "officer"))
    page.goto(f"{town.address}{BASE}/{made.code}/giay-hen")
    assert_looks_right(page, "dossiers-why")
    page.get_by_role("button", name="Trả lời câu hỏi của người nộp").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".paper")).to_contain_text("Nguyễn Thị Lan")


def test_the_printed_receipt_has_no_frame_and_fits_one_sheet(town: Town):
    page = town.page
    page.goto(f"{town.address}{BASE}/{town.taken('key').code}/giay-hen")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    for picture in page.locator(".paper img").all():
        expect(picture).to_be_visible()
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    page.screenshot(path=str(SHOTS / "dossiers-receipt-printed.png"), full_page=True)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    edge = "15mm"  # what browsers leave around a page unless somebody says otherwise
    framed = page.pdf(format="A4", margin={"top": edge, "right": edge, "bottom": edge, "left": edge})
    assert framed.count(b"/Type /Page\n") == 1


def test_the_bars_on_the_printed_receipt_are_read_back_from_what_is_seen(town: Town, browser: Browser):
    page, code = town.page, str(town.taken("key").code)
    page.goto(f"{town.address}{BASE}/{code}/giay-hen")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    seen = Image.open(BytesIO(page.locator(".bars img").screenshot())).convert("L")
    middle = [seen.getpixel((at, seen.height // 2)) < 128 for at in range(seen.width)]
    assert scanned(middle) == code


@pytest.mark.parametrize(("kind", "order", "act"), PAPERS)
def test_each_printed_paper_has_no_frame_and_fits_one_sheet(town: Town, kind: str, order: Order, act: Act):
    page, made = town.page, town.taken("key", order)
    town.services.dossier_office.move(WARD, str(made.code), made.version, act, by=OFFICER)
    page.goto(f"{town.address}{BASE}/{made.code}/phieu/{kind}")
    assert_looks_right(page, f"dossiers-paper-{kind}")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".paper .signatures")).to_be_visible()
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    page.screenshot(path=str(SHOTS / f"dossiers-paper-{kind}-printed.png"), full_page=True)
    edge = "15mm"
    framed = page.pdf(format="A4", margin={"top": edge, "right": edge, "bottom": edge, "left": edge})
    assert framed.count(b"/Type /Page\n") == 1
