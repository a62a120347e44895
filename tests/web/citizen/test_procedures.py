"""Citizens find procedures: in their own words, by life event, by code; and are helped on when nothing fits."""

import logging

import pytest

from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures.levels import Level
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Silence
from tests.support.markup import assert_markup, collect_html
from tests.support.procedure_town import BIRTH, SHUT, WARD, ProcedureTown, demo_procedures
from tests.support.visitor import Page

SEARCH = f"/{WARD}/thu-tuc"


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made = ProcedureTown(cloud)
    made.take(*demo_procedures())
    return made


def names(page: Page) -> list[str]:
    """The lists' lines, without the half-lines below the names."""
    found = []
    for link in page.soup.select("ul.services a, ol.services a"):
        for small in link.select("small"):
            small.extract()
        found.append(" ".join(link.get_text(" ").split()))
    return found


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("đăng ký khai sinh", "Đăng ký khai sinh"),
        ("dang ky khai sinh", "Đăng ký khai sinh"),
        ("ddanwg kys khai sinh", "Đăng ký khai sinh"),
        ("dang ki khai sinhh", "Đăng ký khai sinh"),
        ("mới sinh con", "Đăng ký khai sinh"),
        ("giấy chứng tử", "Đăng ký khai tử"),
        ("1.001193", "Đăng ký khai sinh"),
        ("001193", "Đăng ký khai sinh"),
    ],
)
def test_what_people_type_finds_the_procedure(town: ProcedureTown, typed: str, wanted: str) -> None:
    assert names(town.visitor.get(f"{SEARCH}?q={typed}"))[0] == wanted


def test_a_match_says_why_it_was_found_and_what_it_takes(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=giấy chứng tử")
    first = page.one("ul.services a")
    said = " ".join(first.get_text(" ").split())
    assert "“giấy chứng tử” thường gọi là" in said
    assert "1.000656" in said
    assert "Cấp xã" in said
    assert first["href"] == f"{SEARCH}/1.000656"


def test_a_part_of_what_a_phrase_stands_for_is_not_called_so(town: ProcedureTown) -> None:
    rows = [
        link.get_text(" ") for link in town.visitor.get(f"{SEARCH}?q=con moi sinh lam giay gi").soup.select("a.service")
    ]
    assert "“con moi sinh” thường gọi là “Đăng ký khai sinh”" in " ".join(rows[0].split())
    other = next(row for row in rows if "Đăng ký khai tử" in row)
    assert "thường gọi là" not in other


def test_a_question_leads_to_the_part_that_answers_it(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=làm khai sinh hết bao nhiêu tiền")
    first = page.one("ul.services a")
    assert first["href"] == f"{SEARCH}/{BIRTH}#fee"
    assert town.visitor.get(f"{SEARCH}/{BIRTH}").soup.find(id="fee") is not None


def test_when_nothing_fits_the_page_says_what_to_do_and_whom_to_call(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=xyzzy qwrtp")
    assert "Chưa thấy thủ tục nào khớp rõ" in page.text
    assert page.soup.select_one('main a[href="tel:1022"]') is not None
    assert "Sinh con" in names(page)
    assert page.value("q") == "xyzzy qwrtp"


def test_a_slip_of_the_finger_that_nothing_explains_is_answered_by_a_word_that_names_have(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=hộ kinh doamh")
    assert "hộ kinh doanh" in " ".join(names(page)).lower()


def test_the_start_offers_life_events_and_each_lists_its_procedures_in_order(town: ProcedureTown) -> None:
    start = town.visitor.get(SEARCH)
    assert {"Sinh con", "Kết hôn", "Mở cửa hàng", "Nhà đất"} <= set(names(start))
    assert names(start)[:3] == ["Sinh con", "Người thân qua đời", "Kết hôn"]
    event = town.visitor.get(f"{SEARCH}?viec=birth")
    assert event.h1 == "Sinh con"
    assert names(event)[0] == "1. Đăng ký khai sinh"
    town.visitor.get(f"{SEARCH}?viec=bogus", 404)


def test_more_matches_come_when_asked_for(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=đăng ký")
    more = page.soup.find("a", string="Xem thêm thủ tục")
    assert more is not None
    assert len(names(town.visitor.get(str(more["href"])))) > len(names(page))
    for hostile in ("-1", "0", "99999999999", "١٢", "x"):
        town.visitor.get(f"{SEARCH}?q=đăng ký&xem={hostile}")


def test_it_is_all_there_in_english(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=giấy chứng tử&lang=en")
    assert page.h1 == "Find a procedure"
    first = page.one("ul.services a")
    assert str(first["href"]).endswith("?lang=en")
    assert "is officially called" in first.get_text()
    assert town.visitor.get(f"{SEARCH}?viec=birth&lang=en").h1 == "Having a child"


def test_without_a_catalogue_the_page_says_so(cloud: Cloud) -> None:
    empty = ProcedureTown(cloud)
    for address in (SEARCH, f"{SEARCH}?q=khai sinh"):
        assert "Danh mục thủ tục chưa được nạp" in empty.visitor.get(address).text


def test_an_agency_that_has_not_opened_procedures_says_whom_to_call(town: ProcedureTown) -> None:
    for address in (f"/{SHUT}/thu-tuc", f"/{SHUT}/thu-tuc?q=khai sinh", f"/{SHUT}/thu-tuc/{BIRTH}"):
        assert "1022" in town.visitor.get(address, 404).text


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "%00%00", "a" * 5000, "%F0%9F%98%80", "' OR 1=1--", "%u"]
)
def test_hostile_questions_are_questions(town: ProcedureTown, typed: str) -> None:
    page = town.visitor.get(f"{SEARCH}?q={typed}")
    assert "<script>alert" not in page.html
    assert len(page.value("q")) <= 300


def test_a_search_asks_no_table_and_works_while_the_store_is_silent(town: ProcedureTown) -> None:
    visitor = town.visitor
    visitor.get(f"{SEARCH}?q=khai sinh")
    with CountedCalls(town.services.aws) as calls:
        for _ in range(5):
            visitor.get(f"{SEARCH}?q=khai sinh")
    assert calls.calls == []
    with Silence(town.services.aws, "dynamodb", "s3"):
        assert names(visitor.get(f"{SEARCH}?q=khai sinh"))[0] == "Đăng ký khai sinh"
        assert visitor.get(f"{SEARCH}/{BIRTH}").h1 == "Đăng ký khai sinh"


def test_a_search_is_private_and_what_was_typed_is_in_no_log(
    town: ProcedureTown, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = town.visitor.get(f"{SEARCH}?q=khai sinh cho Nguyen Van Bimat")
    assert page.answer.headers["Cache-Control"] == "private, no-store"
    assert "Bimat" not in caplog.text
    assert "max-age" in town.visitor.get(SEARCH).answer.headers["Cache-Control"]


def test_how_a_search_went_is_counted_once_without_a_call_and_without_its_words(
    town: ProcedureTown, caplog: pytest.LogCaptureFixture
) -> None:
    town.visitor.get(f"{SEARCH}?q=khai sinh")  # opens what is read once
    caplog.clear()
    with caplog.at_level(logging.INFO), CountedCalls(town.services.aws) as calls:
        for query in (
            "q=khai sinh",
            "q=khai sinh&xem=50",
            "q=cắt tóc gội đầu",
            "q=cắt tóc gội đầu&da-gui=1",
            "q=qwxyz",
            "q=",
        ):
            town.visitor.get(f"{SEARCH}?{query}")
    assert calls.calls == []
    told = [line.facts for line in caplog.records if line.getMessage() == "happened"]
    assert [one["outcome"] for one in told] == ["found", "unsure", "nothing"]
    assert all(one == {"kind": "procedures_searched", "agency": WARD, "outcome": one["outcome"]} for one in told)


def test_an_agencys_own_words_stand_on_the_match_at_once(town: ProcedureTown) -> None:
    one = Procedure(
        "1.999999",
        "Xác nhận nuôi ong lấy mật",
        levels=(Level.COMMUNE,),
        papers=(Paper("Đơn", 1),),
        channels=(Channel(Way.DESK, TimeLimit(Count.WORKING_DAYS, 240), (FeeLine(12_000),)),),
    )
    town.take(one)
    page = town.visitor.get(f"{SEARCH}?q=nuoi ong")
    first = page.one("ul.services a")
    assert "0,5 ngày làm việc · 12.000 đ" in " ".join(first.get_text(" ").split())


def test_the_markup_of_every_page_holds(town: ProcedureTown) -> None:
    addresses = {
        "start": SEARCH,
        "found": f"{SEARCH}?q=khai sinh",
        "doubt": f"{SEARCH}?q=xyzzy",
        "event": f"{SEARCH}?viec=birth",
        "one": f"{SEARCH}/{BIRTH}",
    }
    for name, address in addresses.items():
        collect_html(f"procedures-{name}", town.visitor.get(address).html)
    assert_markup()
