"""Rating on a phone: from a finished dossier's page or a counter's code, in two steps, changed for a week, nothing lost."""

import re

import pytest

from miniapp.ratings.tokens import VisitCodes
from tests.support.dossier_pages import AGENCY, NEIGHBOUR, DossierPages, built, look_up, pages
from tests.support.faults import Silence
from tests.support.visitor import Page

__all__ = ["built", "pages"]

SHEET = re.compile(rf"/{AGENCY}/danh-gia/[\w-]+\Z")


@pytest.fixture
def sheet(pages: DossierPages) -> str:
    """The sheet of the returned dossier, whose rating is anybody's who tests."""
    found = pages.newcomer().get(f"{pages.link('returned')}/danh-gia", status=303)
    assert SHEET.match(at(found))
    return at(found)


@pytest.fixture
def visit(pages: DossierPages) -> str:
    """A fresh sheet: that of a visit at the counter."""
    return fresh(pages)


def fresh(pages: DossierPages) -> str:
    """The sheet of another visit at the counter."""
    begun = pages.newcomer().submit(address := counter(pages), 303, ma=code_of(address))
    assert SHEET.match(at(begun))
    return at(begun)


_turns = iter(range(1, 1_000))


def counter(pages: DossierPages) -> str:
    """The address that a counter's code leads to, of a counter that nobody used yet."""
    name = f"quay-{next(_turns)}"
    code = VisitCodes(pages.services.sealer).shown(f"{AGENCY}/{name}", pages.clock.now())
    return f"/{AGENCY}/danh-gia/quay/{name}?ma={code}"


def code_of(address: str) -> str:
    return address.partition("?ma=")[2]


def at(page: Page) -> str:
    """Where a redirect leads."""
    return str(page.answer.headers["Location"])


def chosen(page: Page) -> list[str]:
    return [str(one["value"]) for one in page.soup.select("input[checked]")]


def test_a_finished_dossier_s_page_leads_to_its_rating_and_no_other_s_does(pages: DossierPages, sheet: str):
    for state, link in pages.every_state():
        page = pages.newcomer().get(link)
        ways = [str(way["href"]) for way in page.soup.select("a.button") if "danh-gia" in str(way["href"])]
        assert ways == ([f"{link}/danh-gia"] if state in ("finished", "returned") else []), state
    page = pages.newcomer().get(sheet)
    assert page.h1.endswith("Đánh giá việc phục vụ")
    assert pages.code("returned") not in page.html


def test_the_page_behind_a_typed_code_leads_there_too(pages: DossierPages, sheet: str):
    visitor = pages.newcomer()
    found = visitor.get(at(look_up(visitor, pages.code("returned"))))
    [way] = [str(one["href"]) for one in found.soup.select("a.button") if "danh-gia" in str(one["href"])]
    assert at(visitor.get(way, status=303)) == sheet


def test_a_dossier_without_a_result_is_not_to_be_rated_yet_in_the_words_of_the_law(pages: DossierPages):
    page = pages.newcomer().get(f"{pages.link('in-progress')}/danh-gia", status=409)
    assert "Mã hồ sơ chưa đủ điều kiện để được đánh giá" in page.text


def test_a_good_rating_takes_one_page_and_can_be_changed_from_the_thanks(pages: DossierPages, visit: str):
    visitor = pages.newcomer()
    sent = visitor.submit(visit, 303, overall="very_satisfied", words="Cảm ơn quầy")
    assert at(sent) == f"{visit}/cam-on"
    thanks = visitor.get(at(sent))
    assert "27/11/2026" in thanks.text
    again = visitor.get(str(thanks.one("a.button")["href"]))
    assert chosen(again) == ["very_satisfied"]
    assert again.one("textarea").get_text() == "Cảm ơn quầy"
    assert at(visitor.submit(visit, 303, overall="satisfied")).endswith("/cam-on")


def test_whoever_is_dissatisfied_is_asked_why_next_and_has_said_it_already(pages: DossierPages, visit: str):
    visitor = pages.newcomer()
    sent = visitor.submit(visit, 303, overall="dissatisfied", words="Chờ lâu")
    assert at(sent) == f"{visit}/ly-do"
    asked = visitor.get(at(sent))
    assert asked.one("textarea").get_text() == "Chờ lâu"
    assert at(visitor.submit(at(sent), 303, time="yes", attitude="yes", words="Chờ lâu")).endswith("/cam-on")
    assert chosen(visitor.get(f"{visit}/ly-do")) == ["yes", "yes"]
    held = pages.services.casting.asked(AGENCY, visit.rpartition("/")[2]).ballot
    assert held is not None
    assert (held.said.option("overall"), held.said.reasons, held.said.words) == (
        "dissatisfied",
        ("time", "attitude"),
        "Chờ lâu",
    )
    assert at(visitor.submit(visit, 303, overall="satisfied", words="Đã xong")).endswith("/cam-on")


def test_what_is_missing_is_said_beside_its_question_and_what_was_typed_stays(pages: DossierPages, visit: str):
    page = pages.newcomer().submit(visit, 422, overall="", words="Đã viết rồi")
    assert "Câu này chưa có câu trả lời" in page.text
    assert page.one("textarea").get_text() == "Đã viết rồi"
    assert page.one("#problems a")["href"] == "#f-overall"
    assert pages.services.casting.asked(AGENCY, visit.rpartition("/")[2]).ballot is None


def test_while_the_store_does_not_answer_a_rating_is_asked_to_come_back_and_does(pages: DossierPages, visit: str):
    visitor = pages.newcomer()
    page = visitor.get(visit)
    with Silence(pages.services.aws, "dynamodb"):
        failed = visitor.post(visit, 503, form_token=page.token(), overall="satisfied")
    assert "Hệ thống đang bận" in failed.text
    assert at(visitor.submit(visit, 303, overall="satisfied")).endswith("/cam-on")


def test_what_the_agency_answered_stands_on_every_page_behind_the_token_without_who_wrote_it(
    pages: DossierPages, visit: str
):
    visitor, services = pages.newcomer(), pages.services
    for at_sheet in (visit, *(fresh(pages) for _ in range(4))):  # of fewer than five no officer reads a word
        visitor.submit(at_sheet, 303, overall="satisfied", words="Chờ hơi lâu")
    services.rolling_up.run()
    held = services.casting.asked(AGENCY, visit.rpartition("/")[2]).ballot
    assert held is not None
    assert "Trả lời của cơ quan" not in visitor.get(visit).text
    for number, text in enumerate(("Đã thêm người.\n\nMời ông bà đến.", "Xong ngày 24/11/2026.")):
        services.rating_comments.reply(
            AGENCY, held.id, text, by="off_hidden", key=f"form{number}", seen=number, weak=(), officer=""
        )
    visitor.submit(visit, 303, overall="satisfied", words="")  # an answer outlives the words it answers
    for more in ("", "/cam-on"):
        page = visitor.get(f"{visit}{more}")
        told = [[line.get_text() for line in card.select("p[lang]")] for card in page.soup.select("section.card")]
        assert told == [["Đã thêm người.", "Mời ông bà đến."], ["Xong ngày 24/11/2026."]]
        assert [str(at["datetime"])[:10] for at in page.soup.select("section.card time")] == ["2026-11-20"] * 2
        assert "off_hidden" not in page.html
    pages.clock.pass_by(days=8)
    assert "Đã thêm người." in visitor.get(visit).text
    assert "Đã thêm người." not in visitor.get(fresh(pages)).text


def test_after_its_time_a_rating_is_closed_and_says_since_when(pages: DossierPages, visit: str):
    visitor = pages.newcomer()
    visitor.submit(visit, 303, overall="satisfied")
    pages.clock.pass_by(days=8)
    assert "27/11/2026" in visitor.get(visit).text
    assert visitor.get(visit).h1 == "Đã hết thời hạn đánh giá"


def test_a_code_of_the_counter_is_anybody_s_first_and_nobody_s_second(pages: DossierPages):
    address = counter(pages)
    first, second = pages.newcomer(), pages.newcomer()
    waiting = second.get(address)
    assert SHEET.match(at(first.submit(address, 303, ma=code_of(address))))
    late = second.post(address, 409, form_token=waiting.token(), ma=waiting.value("ma"))
    assert "Mã này đã có người dùng" in late.text
    old = pages.newcomer().submit(address, 409, ma="0.xyz")
    assert "Mã đánh giá tại quầy đã đổi" in old.text


def test_another_agency_and_a_made_up_token_ask_nothing(pages: DossierPages, sheet: str):
    visitor = pages.newcomer()
    for address in (sheet.replace(AGENCY, NEIGHBOUR, 1), f"/{AGENCY}/danh-gia/khong-co"):
        for more in ("", "/ly-do", "/cam-on"):
            assert "không dùng được" in visitor.get(f"{address}{more}", status=404).text


def test_every_page_is_there_in_both_languages(pages: DossierPages, visit: str):
    visitor = pages.newcomer()
    assert visitor.get(f"{counter(pages)}&lang=en").h1 == "Rate the counter"
    assert "Very satisfied" in visitor.get(f"{visit}?lang=en").text
    assert at(visitor.submit(f"{visit}?lang=en", 303, overall="dissatisfied")) == f"{visit}/ly-do?lang=en"
    assert "I had to come several times" in visitor.get(f"{visit}/ly-do?lang=en").text
    assert "Thank you" in visitor.get(f"{visit}/cam-on?lang=en").h1
