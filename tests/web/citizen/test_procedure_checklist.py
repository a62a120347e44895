"""The personal checklist: questions in a form that needs no script, then exactly the papers that apply, and why."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from miniapp.procedures.model import Channel, FeeLine, Form, Paper, Procedure, Way
from miniapp.procedures.questions import Choice, Condition, Question
from tests.support.cloud import Cloud
from tests.support.markup import assert_markup, collect_html
from tests.support.procedure_town import BIRTH, SHUT, WARD, ProcedureTown, demo_procedures
from tests.support.procedures import paths
from tests.support.visitor import Page, Visitor

BASE = f"/{WARD}/thu-tuc"
LICENCE, PASSPORT = "3.000348", "1.001456"
PAGE_MOST = 14_000
AT_HOME = {"c-quoctich": "khong", "c-hoancanh": "thuong", "c-chungsinh": "khong", "c-lamchung": "khong"}
WHOLE = {**AT_HOME, "c-nguoidi": "khac", "c-cach": "quay"}
YES = Condition("co", ("co",))
STRANGE = Procedure(
    "9.999999",
    "Thủ tục <thử> & khó",
    papers=(
        Paper(
            "Giấy <b>một</b>", 2, 1, (Form("Mẫu", "https://x.vn/m.doc"), Form("Xấu", "javascript:alert(1)")), "", (YES,)
        ),
        Paper("Giấy hai"),
    ),
    channels=(
        Channel(Way.DESK, fees=(FeeLine(20_000, unit="bản", when=(YES,)), FeeLine(0))),
        Channel(Way.POST, fees=(FeeLine(1_250, "USD", exemptions=("Hộ nghèo",)),)),
    ),
    questions=(Question("co", "Có <i>không</i>?", (Choice("co", "Có & có"), Choice("khong", "Không"))),),
)


@pytest.fixture(scope="module")
def town(_session_cloud: Cloud) -> Iterator[ProcedureTown]:
    _session_cloud.engine.empty()
    made = ProcedureTown(_session_cloud)
    made.take(*demo_procedures(), STRANGE)
    yield made
    _session_cloud.engine.empty()


@pytest.fixture
def visitor(town: ProcedureTown) -> Visitor:
    return town.visitor


def at(code: str = BIRTH, **given: str) -> str:
    return f"{BASE}/{code}/giay-to" + (f"?{urlencode(given)}" if given else "")


def papers(page: Page) -> list[str]:
    lists = page.soup.select("#checklist dl.rows")
    return [item.get_text(strip=True) for item in lists[0].select("dt")] if lists else []


def test_at_first_there_are_the_questions_that_everybody_is_asked_and_no_list(visitor: Visitor) -> None:
    page = visitor.get(at())
    assert page.h1 == "Đăng ký khai sinh Giấy tờ cho trường hợp của bạn"
    assert [legend.get_text() for legend in page.soup.select("legend")] == [
        "Cha hoặc mẹ của bé có phải là người nước ngoài không?",
        "Bé thuộc trường hợp nào?",
        "Ai đi khai sinh cho bé?",
        "Bạn nộp hồ sơ bằng cách nào?",
    ]
    form = page.soup.find("form")
    assert form is not None
    assert (form["method"], form["action"]) == ("get", at())
    assert not page.soup.select("[checked], dl.rows, [data-picture]")
    assert page.one("a.back")["href"] == f"{BASE}/{BIRTH}"


def test_a_question_of_some_comes_after_the_answer_that_calls_for_it_and_answers_stay(visitor: Visitor) -> None:
    page = visitor.get(at(**{"c-hoancanh": "thuong", "c-cach": "quay"}))
    assert [field["value"] for field in page.soup.select("[checked]")] == ["thuong", "quay"]
    assert "Bé có giấy chứng sinh không?" in page.text
    left = [link["href"] for link in page.soup.select(".banner a")]
    assert left == ["#f-c-quoctich", "#f-c-chungsinh", "#f-c-nguoidi"]
    assert all(page.soup.find(id=str(link)[1:]) for link in left)


def test_the_list_has_exactly_the_papers_that_apply_each_with_its_answer(visitor: Visitor) -> None:
    page = visitor.get(at(**WHOLE))
    assert papers(page) == [
        "Tờ khai theo mẫu",
        "Giấy cam đoan về việc sinh",
        "Văn bản ủy quyền có chứng thực",
        "Căn cước hoặc hộ chiếu (xuất trình)",
    ]
    assert "Cần 4 giấy tờ" in page.text
    assert "Giấy cam đoan về việc sinh 1 bản chính Vì bạn trả lời: Có ai làm chứng việc sinh không? Không" in page.text
    assert (
        "Văn bản ủy quyền có chứng thực 1 bản chính Vì bạn trả lời: Ai đi khai sinh cho bé? Người khác được ủy quyền"
        in page.text
    )
    left = [" ".join(item.get_text(" ").split()) for item in page.soup.select("details li")]
    assert "Giấy chứng sinh Vì bạn trả lời: Bé có giấy chứng sinh không? Không có" in left
    assert len(left) == 6
    assert page.soup.select_one("[data-picture=checklist]")


def test_fees_follow_the_answers(visitor: Visitor) -> None:
    lost = visitor.get(at(PASSPORT, **{"c-tuoi": "lon", "c-cu": "mat"})).text
    assert "400.000 đồng/hộ chiếu" in lost
    assert "200.000 đồng" not in lost
    first = visitor.get(at(PASSPORT, **{"c-tuoi": "lon", "c-cu": "chua"})).text
    assert "200.000 đồng/hộ chiếu" in first
    assert "400.000 đồng" not in first


def test_whoever_the_procedure_is_not_for_is_told_why_and_where_to_go(visitor: Visitor) -> None:
    page = visitor.get(at(**{**WHOLE, "c-quoctich": "co"}))
    assert "Thủ tục này chưa phù hợp với bạn" in page.text
    assert "mã 2.000528" in page.text
    assert papers(page) == []
    assert not page.soup.select("[data-picture]")
    assert len(page.soup.select("[checked]")) == len(WHOLE)  # nothing that was answered is lost
    assert page.soup.select_one(f".banner a[href='{BASE}']")


def test_every_way_of_answering_shows_its_papers(visitor: Visitor, town: ProcedureTown) -> None:
    procedure = town.services.catalogue.get(WARD, LICENCE).procedure
    for given, told in paths(procedure):
        page = visitor.get(at(LICENCE, **{f"c-{name}": choice for name, choice in given.items()}))
        assert papers(page) == [one.what.name for one in told.papers]


@pytest.mark.parametrize(
    "query",
    [
        "c-cach=%3Cscript%3E&c-nguoidi=x",
        "c-lamchung=co&c-chungsinh=giay",  # asked of nobody yet
        "cach=quay&c-=quay&c-khongco=co",
        "c-cach=QUAY&c-cach=mang",
        "c-cach=" + "a" * 3_000,
        "&".join(f"c-cach{place}=quay" for place in range(300)),
        "c-cach=%FF%00&c-cach[]=quay&c-cach=quay%0d%0aX-Y:1",
        "lang=fr&lang=en&c-quoctich=%20khong",
    ],
)
def test_what_nobody_can_have_answered_counts_for_nothing(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"{at()}?{query}")
    assert not page.soup.select("[checked], dl.rows, .banner")
    assert "X-Y" not in page.answer.headers
    assert "<script>" not in str(page.soup.find("main"))


def test_the_first_of_two_answers_counts(visitor: Visitor) -> None:
    page = visitor.get(f"{at()}?c-cach=quay&c-cach=mang")
    assert [field["value"] for field in page.soup.select("[checked]")] == ["quay"]


def test_words_of_officers_are_words_and_only_https_is_a_link(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.get(at(STRANGE.code, **{"c-co": "co"}))
    assert papers(page) == ["Giấy <b>một</b>", "Giấy hai"]
    assert [link["href"] for link in page.soup.select("#checklist dd a")] == ["https://x.vn/m.doc"]
    assert "2 bản chính, 1 bản sao" in page.text
    shown = [item.get_text() for item in page.soup.select("#checklist dd.full")]
    assert shown[1:] == ["20.000 đ / bản", "Không thu phí", "12,50 USD Miễn, giảm: Hộ nghèo"]
    lines = [item["data-line"] for item in page.soup.select("#checklist div[data-line]")]
    assert lines[0] == "☐ Giấy <b>một</b> – 2 bản chính, 1 bản sao"
    assert lines[2] == "Trực tiếp: 20.000 đ / bản; Không thu phí"
    collect_html("strange", page.html, tmp_path)
    assert_markup(tmp_path)


@pytest.mark.parametrize("code", ["0.000000", "x", "1.001193x", "%22", "1.001193%00", "a" * 500])
def test_a_code_that_is_none_is_a_page_that_says_so(visitor: Visitor, code: str) -> None:
    assert "Không tìm thấy thủ tục này" in visitor.get(at(code), 404).text


@pytest.mark.parametrize("change", [{"questions": ()}, {"is_open": False}])
def test_a_procedure_that_asks_nothing_or_is_over_leads_to_its_own_page(
    visitor: Visitor, town: ProcedureTown, change: dict[str, Any]
) -> None:
    plain = replace(STRANGE, code="9.999998", papers=(Paper("Giấy"),), channels=(), **change)
    town.take(plain)
    for language in ("", "?lang=en"):
        sent = visitor.get(at(plain.code) + language, 303)
        assert sent.answer.headers["Location"] == f"{BASE}/{plain.code}{language}"


def test_an_agency_without_the_service_says_so(visitor: Visitor) -> None:
    assert visitor.get(f"/{SHUT}/thu-tuc/{BIRTH}/giay-to", 404).h1 == "Dịch vụ không mở ở đây"
    assert visitor.get(f"/khong-co/thu-tuc/{BIRTH}/giay-to", 404)


def test_looking_asks_no_table_writes_nothing_and_is_nobody_else_s_to_keep(
    visitor: Visitor, town: ProcedureTown
) -> None:
    visitor.get(at())
    calls: list[str] = []
    for client in (town.services.aws.dynamodb, town.services.aws.s3, town.services.aws.sqs):
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    page = visitor.get(at(**WHOLE))
    assert calls == []
    assert page.answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in page.answer.headers
    assert visitor.client.post(at(), data=WHOLE).status_code == 405


def test_every_state_is_sound_and_small_in_both_languages(visitor: Visitor, tmp_path: Path) -> None:
    states = [{}, {"c-cach": "quay"}, AT_HOME, WHOLE, {**WHOLE, "c-quoctich": "co"}]
    for place, given in enumerate(states):
        for language in ("vi", "en"):
            page = visitor.get(at(**given, **({"lang": "en"} if language == "en" else {})))
            assert len(gzip.compress(page.html.encode(), 6)) <= PAGE_MOST
            assert page.soup.html and page.soup.html["lang"] == language
            for link in page.soup.select("main a[href^='/']:not([href^='/assets/'])"):
                assert ("lang=en" in str(link["href"])) == (language == "en"), link
            assert bool(page.soup.select("form [name=lang]")) == (language == "en")
            collect_html(f"{place} {language}", page.html, tmp_path)
    assert "Papers for your case" in page.h1
    assert_markup(tmp_path)


def test_a_layer_of_the_agency_has_papers_of_its_own(visitor: Visitor, town: ProcedureTown) -> None:
    own = replace(
        town.services.catalogue.get(WARD, LICENCE).procedure,
        papers=(Paper("Giấy riêng của phường", 1, when=(Condition("tuoc", ("co",)),)),),
    )
    town.take(own, layer=WARD)
    whole = {"c-hang": "oto", "c-quoctich": "trongnuoc"}
    assert papers(visitor.get(at(LICENCE, **whole, **{"c-tuoc": "co"}))) == ["Giấy riêng của phường"]
    assert papers(visitor.get(at(LICENCE, **whole, **{"c-tuoc": "khong"}))) == []
