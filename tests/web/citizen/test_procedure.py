"""One procedure: what to bring, what it costs and why, when it is ready, where to go; whole at any length."""

from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from bs4 import Tag

from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Channel, FeeLine, Form, LegalBasis, Online, Paper, Procedure, Result, Way
from tests.support.cloud import Cloud
from tests.support.markup import assert_markup, collect_html
from tests.support.procedure_town import PROVINCE, WARD, ProcedureTown
from tests.support.visitor import Page

CODE = "1.234567"
HERE = f"/{WARD}/thu-tuc/{CODE}"
LONG = "Văn bản dài về điều kiện và hồ sơ của thủ tục này. "
ONE = Procedure(
    CODE,
    "Cấp giấy xác nhận nuôi ong",
    field="Chăn nuôi",
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    for_whom=("Công dân Việt Nam",),
    steps=("Nộp đơn", "Nhận kết quả"),
    channels=(
        Channel(
            Way.DESK,
            TimeLimit(Count.WORKING_DAYS, 3 * 480),
            (
                FeeLine(8_000, unit="bản", exemptions=("Hộ nghèo",)),
                FeeLine(5_000, unit="bản", valid_from="2027-01-01"),
                FeeLine(9_000, valid_to="2026-01-01", words="đã hết hiệu lực"),
            ),
        ),
        Channel(Way.ONLINE, TimeLimit(Count.HOURS, 240), (FeeLine(0),)),
    ),
    papers=(
        Paper("Đơn đề nghị", 1, forms=(Form("Mẫu 01", "https://example.vn/mau-01.docx"),)),
        Paper("Bản sao giấy tờ đất", 0, 2, case="Nếu có đất"),
    ),
    legal=(LegalBasis("12/2026/NĐ-CP", "Nghị định về nuôi ong"),),
    results=(Result("Giấy xác nhận"),),
    conditions="Có ít nhất một đàn ong",
    online=Online.WHOLE,
    mistakes=("Quên ghi số đàn ong",),
    owner="Công chức kinh tế",
    verified_on="2026-10-01",
)


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made = ProcedureTown(cloud)
    made.take(ONE)
    return made


def asked(page: Page) -> str:
    """What the banner of an answer says."""
    banner = page.soup.select_one("main .banner.success")
    return " ".join(banner.get_text(" ").split()) if isinstance(banner, Tag) else ""


def when(day: str, month: str, year: str, time: str, way: int = 0) -> str:
    return f"{HERE}?nhan-day={day}&nhan-month={month}&nhan-year={year}&gio={time}&cach={way}"


def test_the_answer_comes_first_and_everything_else_below(town: ProcedureTown) -> None:
    page = town.visitor.get(HERE)
    assert page.h1 == "Cấp giấy xác nhận nuôi ong"
    terms = [term.get_text() for term in page.soup.select("dl.rows dt")]
    rows = dict(zip(terms, (said.get_text() for said in page.soup.select("dl.rows dd")), strict=True))
    assert rows["Thời hạn"] == "3 ngày làm việc"
    assert rows["Nộp qua mạng"] == "Trực tuyến toàn trình"
    for text in (
        *("Đơn đề nghị", "1 bản chính", "2 bản sao", "Nếu có đất", "Mẫu: Mẫu 01", "Quên ghi số đàn ong"),
        *("Nộp đơn", "Có ít nhất một đàn ong", "Giấy xác nhận", "12/2026/NĐ-CP", "Công chức kinh tế", "01/10/2026"),
    ):
        assert text in page.text
    portal = page.soup.find("a", string="Nộp trên Cổng Dịch vụ công quốc gia")
    assert portal is not None
    assert str(portal["href"]).endswith("?ma_thu_tuc=1.234567")


def test_papers_can_be_ticked_without_script_and_their_heading_stands_once(town: ProcedureTown) -> None:
    page = town.visitor.get(HERE)
    assert len(page.soup.select("#checklist input[type=checkbox]")) == 2
    assert [heading.get_text() for heading in page.soup.select("#checklist h3")] == ["Nếu có đất"]


def test_a_fee_tells_how_it_comes_about_and_what_is_over_is_gone(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{HERE}?so-ban=3")
    assert "8.000 đ / bản × 3 = 24.000 đ" in page.text
    assert "Miễn, giảm: Hộ nghèo" in page.text
    assert "Từ 01/01/2027" in page.text
    assert "đã hết hiệu lực" not in page.text
    assert page.value("so-ban") == "3"


@pytest.mark.parametrize("typed", ["0", "100", "-1", "ba", "1.5", "٣"])
def test_a_number_of_copies_that_is_none_is_said_so_and_kept(town: ProcedureTown, typed: str) -> None:
    page = town.visitor.get(f"{HERE}?so-ban={typed}", 422)
    assert "Hãy nhập một số từ 1 đến 99" in page.text
    assert page.value("so-ban") == typed


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        (("20", "11", "2026", "15:40"), "15:40, 26/11/2026"),  # 24 November is a day off from 2026
        (("20", "11", "2026", "15h40"), "15:40, 26/11/2026"),
        (("27", "10", "2026", "9"), "09:00, 30/10/2026"),
        (("21", "8", "2026", "08:00"), "08:00, 25/08/2026"),  # Saturday the 22nd is made up for
    ],
)
def test_the_day_it_is_ready_goes_by_the_working_calendar(
    town: ProcedureTown, typed: tuple[str, str, str, str], due: str
) -> None:
    assert f"Chậm nhất {due}" in asked(town.visitor.get(when(*typed)))


def test_the_answer_says_which_days_did_not_count(town: ProcedureTown) -> None:
    said = asked(town.visitor.get(when("20", "11", "2026", "15:40")))
    assert "Không tính 2 ngày thứ Bảy, Chủ nhật" in said
    assert "24/11/2026" in said
    assert "Có tính ngày làm bù 22/08/2026" in asked(town.visitor.get(when("21", "8", "2026", "08:00")))
    night = asked(town.visitor.get(when("20", "11", "2026", "22:00")))
    assert "nên tính từ 07:00, 23/11/2026" in night


def test_another_way_to_hand_in_has_another_day(town: ProcedureTown) -> None:
    assert "Chậm nhất 15:00, 20/11/2026" in asked(town.visitor.get(when("20", "11", "2026", "09:00", way=1)))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (when("31", "2", "2026", "08:00"), "Ngày chưa đúng"),
        (when("20", "11", "2036", "08:00"), "xa quá 3 năm"),
        (when("20", "11", "2026", "25:00"), "Giờ chưa đúng"),
        (when("20", "11", "2026", "08:00", way=9), "Hãy chọn một cách nộp"),
        (when("x", "", "2026", "08:00"), "Ngày chưa đúng"),
        (when("²", "1", "2026", "08:00"), "Ngày chưa đúng"),
    ],
)
def test_a_question_that_can_not_be_answered_is_said_so_and_kept(town: ProcedureTown, address: str, words: str) -> None:
    page = town.visitor.get(address, 422)
    assert words in page.text
    assert asked(page) == ""
    assert str(page.soup.title).startswith("<title>Lỗi:")
    assert page.value("nhan-year") in address


def test_a_page_is_kept_by_caches_until_somebody_asks_it_something(town: ProcedureTown) -> None:
    assert "s-maxage=60" in town.visitor.get(HERE).answer.headers["Cache-Control"]
    assert town.visitor.get(when("20", "11", "2026", "8")).answer.headers["Cache-Control"] == "private, no-store"


def test_a_local_code_leads_to_the_one_address_and_an_unknown_one_nowhere(town: ProcedureTown) -> None:
    moved = town.visitor.client.get(f"/{WARD}/thu-tuc/{CODE}.000.00.00.H55")
    assert (moved.status_code, moved.headers["Location"]) == (301, HERE)
    for unknown in ("9.999999", "abc", "1.2345678", "%00", "..%2F"):
        town.visitor.get(f"/{WARD}/thu-tuc/{unknown}", 404)


def test_what_nobody_checked_for_180_days_says_so(town: ProcedureTown) -> None:
    assert "Nội dung chưa được kiểm tra" not in town.visitor.get(HERE).text
    assert "(chưa kiểm tra)" not in town.visitor.get(HERE).text
    town.clock.pass_by(days=200)
    assert "Nội dung chưa được kiểm tra trong 180 ngày qua" in town.visitor.get(HERE).text


def test_what_nobody_ever_checked_says_so_also_beside_its_fee(town: ProcedureTown) -> None:
    town.take(replace(ONE, verified_on=""))
    page = town.visitor.get(HERE)
    assert "Nội dung và mức phí chưa có cán bộ nào kiểm tra" in page.text
    fee = page.soup.find("dt", string="Phí, lệ phí").find_next("dd").get_text(" ", strip=True)
    assert fee == "Có phí, xem chi tiết (chưa kiểm tra)"
    assert "Chưa có ngày kiểm tra." in page.text


def test_it_says_where_to_go_when_it_is_open_how_to_get_there_and_whom_to_call(town: ProcedureTown) -> None:
    town.take(replace(ONE, address="12 Trần Phú"), layer=WARD)
    card = town.visitor.get(HERE).soup.select_one("#place + .card")
    said = " ".join(card.get_text(" ").split())
    assert said.startswith("Phường Hoa Mai 12 Trần Phú Cơ quan thực hiện: Ủy ban nhân dân cấp xã")
    assert "07:00 – 11:30 và 13:30 – 17:00, thứ Hai đến thứ Sáu" in said
    assert str(card.select_one("a.way")["href"]).endswith(f"query={quote_plus('12 Trần Phú')}")
    assert str(card.select_one("a.phone")["href"]) == "tel:1022"


def test_a_filled_sample_is_a_link_where_it_is_one(town: ProcedureTown) -> None:
    town.take(replace(ONE, samples=(Form("Đơn đã điền", "https://example.vn/don.pdf"), Form("Xấu", "javascript:x"))))
    page = town.visitor.get(HERE)
    assert [str(link["href"]) for link in page.soup.find_all("a", string="Đơn đã điền")] == [
        "https://example.vn/don.pdf"
    ]
    assert "Xấu" in page.text and "javascript:" not in page.html
    assert page.soup.find("a", href="https://example.vn/mau-01.docx") is not None


def test_an_abolished_procedure_says_so_and_offers_no_way_in(town: ProcedureTown) -> None:
    town.take(replace(ONE, is_open=False))
    page = town.visitor.get(HERE)
    assert "Thủ tục này đã bãi bỏ" in page.text
    assert page.soup.find("a", string="Nộp trên Cổng Dịch vụ công quốc gia") is None


def test_an_agencys_own_is_shown_here_and_not_next_door(town: ProcedureTown) -> None:
    town.take(replace(ONE, address="12 Trần Phú"), layer=WARD)
    assert "12 Trần Phú" in town.visitor.get(HERE).text
    assert "12 Trần Phú" not in town.visitor.get(f"/{PROVINCE}/thu-tuc/{CODE}").text


def test_a_bare_record_makes_a_page_that_says_what_is_missing(town: ProcedureTown) -> None:
    town.take(Procedure("1.000002", "Thủ tục trống"))
    page = town.visitor.get(f"/{WARD}/thu-tuc/1.000002")
    assert "Thủ tục này không nêu giấy tờ phải nộp" in page.text
    assert "Chưa có ngày kiểm tra" in page.text


def test_a_day_is_not_worked_out_where_no_time_limit_is_known(town: ProcedureTown) -> None:
    town.take(Procedure("1.000002", "Thủ tục trống", channels=(Channel(Way.DESK),)))
    page = town.visitor.get(f"/{WARD}/thu-tuc/1.000002?nhan-day=20&nhan-month=11&nhan-year=2026&gio=8&cach=0")
    assert (asked(page), page.soup.find(id="time")) == ("", None)


def test_long_texts_go_on_at_their_own_address_and_nothing_is_lost(town: ProcedureTown) -> None:
    papers = tuple(Paper(f"Giấy {place}: {LONG * 8}", 1, case=f"Nhóm {place // 30}") for place in range(90))
    town.take(replace(ONE, papers=papers, conditions="\n".join([LONG * 400] * 3), steps=(LONG * 300,)))
    page = town.visitor.get(HERE)
    assert len(page.html.encode()) < 60_000
    found: list[str] = []
    address = str(page.one(f'a[href^="{HERE}/toan-van/giay-to"]')["href"])
    for _ in range(50):
        part = town.visitor.get(address)
        assert len(part.html.encode()) < 60_000
        found += [str(card.p.contents[0])[:9].split(":")[0] for card in part.soup.select("main .card") if card.p]
        later = part.soup.select_one("a[rel=next]")
        if later is None:
            break
        address = str(later["href"])
    assert found == [f"Giấy {place}" for place in range(90)]
    for section in ("dieu-kien", "trinh-tu"):
        assert LONG.split(".")[0] in town.visitor.get(f"{HERE}/toan-van/{section}").text


@pytest.mark.parametrize(
    "below", ["bogus", "giay-to?trang=0", "giay-to?trang=99", "giay-to?trang=x", "giay-to?trang=²"]
)
def test_a_page_that_is_not_there_is_not_found(town: ProcedureTown, below: str) -> None:
    town.visitor.get(f"{HERE}/toan-van/{below}", 404)


@pytest.mark.parametrize("section", ["giay-to", "cach-nop", "trinh-tu", "dieu-kien", "ket-qua", "sai-sot", "can-cu"])
def test_every_section_can_be_read_in_full_in_both_languages(town: ProcedureTown, section: str) -> None:
    for more in ("", "?lang=en"):
        page = town.visitor.get(f"{HERE}/toan-van/{section}{more}")
        assert "Cấp giấy xác nhận nuôi ong" in page.h1


def test_the_markup_holds_with_answers_and_with_problems(town: ProcedureTown) -> None:
    collect_html("procedure-due", town.visitor.get(when("20", "11", "2026", "15:40")).html)
    collect_html("procedure-wrong", town.visitor.get(when("31", "2", "2026", "9") + "&so-ban=x", 422).html)
    collect_html("procedure-english", town.visitor.get(f"{HERE}?lang=en").html)
    for section in ("giay-to", "cach-nop", "can-cu"):
        collect_html(f"procedure-{section}", town.visitor.get(f"{HERE}/toan-van/{section}").html)
    assert_markup()
