"""Citizens say whether a page helped, what they chose after a failed search and that nothing was right; nobody is named."""

from dataclasses import replace

import pytest

from miniapp.procedures.signal_store import SignalRow
from tests.support.cloud import Cloud
from tests.support.faults import Silence
from tests.support.happened import heard
from tests.support.markup import assert_markup, collect_html
from tests.support.procedure_town import BIRTH, SHUT, WARD, ProcedureTown, demo_procedures

SEARCH = f"/{WARD}/thu-tuc"
ASK = f"{SEARCH}/{BIRTH}/y-kien"
VAIN = f"{SEARCH}?q=xyzzy qwrtp con"


@pytest.fixture
def town(cloud: Cloud) -> ProcedureTown:
    made = ProcedureTown(cloud)
    made.take(*demo_procedures())
    return made


def test_a_page_leads_to_the_question_and_the_answer_is_thanked_for(town: ProcedureTown) -> None:
    visitor = town.visitor
    link = visitor.get(f"{SEARCH}/{BIRTH}").soup.find("a", href=ASK)
    assert link is not None
    sent = visitor.submit(ASK, helped="no", reason="unclear")
    assert "Đã nhận góp ý" in visitor.follow(sent).h1
    (one,) = town.services.procedure_signals.week(WARD).worst
    assert (one.code, one.unhelped, one.reasons) == (BIRTH, 1, (("unclear", 1),))


def test_three_taps_are_one_answer(town: ProcedureTown) -> None:
    visitor = town.visitor
    token = visitor.get(ASK).token()
    with heard() as held:
        for _ in range(3):
            visitor.post(ASK, form_token=token, helped="no")
    assert held.counted == {(WARD, "procedures_judged", "no"): 1}
    assert town.services.procedure_signals.week(WARD).votes == 1


def test_a_reason_for_a_page_that_helped_is_none(town: ProcedureTown) -> None:
    town.visitor.submit(ASK, helped="yes", reason="wrong")
    (row,) = list(SignalRow.scan())
    assert (bool(row.helped), row.reason) == (True, "")


@pytest.mark.parametrize("typed", [{}, {"helped": "maybe"}, {"helped": "no", "reason": "x" * 300}])
def test_an_answer_that_is_none_is_asked_for_again_and_changes_nothing(
    town: ProcedureTown, typed: dict[str, str]
) -> None:
    page = town.visitor.submit(ASK, 422, **typed)
    assert str(page.soup.title).startswith("<title>Lỗi:")
    assert list(SignalRow.scan()) == []


def test_after_a_failed_search_a_choice_leads_on_and_is_counted(town: ProcedureTown) -> None:
    visitor = town.visitor
    page = visitor.get(VAIN)
    choice = page.one("button.service")
    sent = visitor.post(f"{SEARCH}/chon", form_token=page.token(), q=page.value("q"), code=str(choice["value"]))
    assert sent.answer.headers["Location"] == f"{SEARCH}/{choice['value']}"
    (search,) = town.services.procedure_signals.week(WARD).searches
    assert (search.question, search.picked) == ("xyzzy qwrtp con", ((choice["value"], 1),))


def test_who_finds_nothing_right_says_so_and_is_told_whom_to_call(town: ProcedureTown) -> None:
    visitor = town.visitor
    page = visitor.get(VAIN)
    sent = visitor.post(f"{SEARCH}/khong-thay", form_token=page.token(), q=page.value("q"))
    after = visitor.follow(sent)
    assert "Cán bộ sẽ xem câu tìm này" in after.text
    assert after.value("q") == "xyzzy qwrtp con"
    assert after.soup.select_one('main a[href="tel:1022"]') is not None
    assert town.services.procedure_signals.week(WARD).searches[0].missed == 1


def test_a_search_that_found_nothing_at_all_can_be_told_too(town: ProcedureTown) -> None:
    visitor = town.visitor
    page = visitor.get(f"{SEARCH}?q=zzz qqq www")
    assert page.soup.select("button.service, ul.services a[href*='/thu-tuc/']") == []
    visitor.post(
        str(page.one(f"form[action='{SEARCH}/khong-thay']")["action"]), form_token=page.token(), q="zzz qqq www"
    )
    assert town.services.procedure_signals.week(WARD).searches[0].missed == 1


def test_what_an_agency_closed_is_told_as_not_found(town: ProcedureTown) -> None:
    town.take(*(replace(one, is_open=False) for one in demo_procedures()), layer=WARD)
    assert "Chưa thấy thủ tục nào khớp rõ" in town.visitor.get(f"{SEARCH}?q=khai sinh").text


def test_a_search_that_found_something_for_certain_asks_nothing(town: ProcedureTown) -> None:
    page = town.visitor.get(f"{SEARCH}?q=đăng ký khai sinh")
    assert page.soup.select("button.service") == []
    assert page.token() == ""


def test_while_the_store_is_silent_who_chose_goes_on_and_who_answers_is_asked_to_come_back(
    town: ProcedureTown,
) -> None:
    visitor = town.visitor
    page, asked = visitor.get(VAIN), visitor.get(ASK)
    with Silence(town.services.aws, "dynamodb", "s3"):
        sent = visitor.post(f"{SEARCH}/chon", form_token=page.token(), q="xyzzy", code=BIRTH)
        assert sent.answer.headers["Location"] == f"{SEARCH}/{BIRTH}"
        visitor.post(ASK, 503, form_token=asked.token(), helped="no")


@pytest.mark.parametrize("code", ["", "9.999999", "../../x", "1.0" * 900])
def test_a_choice_that_is_none_leads_back_to_the_search(town: ProcedureTown, code: str) -> None:
    visitor = town.visitor
    sent = visitor.post(f"{SEARCH}/chon", form_token=visitor.get(VAIN).token(), q="abc", code=code)
    assert sent.answer.headers["Location"] == f"{SEARCH}?q=abc"


def test_without_our_token_nothing_is_counted(town: ProcedureTown) -> None:
    visitor = town.visitor
    for below, typed in (("khong-thay", {}), ("chon", {"code": BIRTH})):
        page = visitor.post(f"{SEARCH}/{below}", 422, q="abc", **typed)
        assert page.value("q") == "abc"
        assert page.soup.find(id="problems") is not None
        visitor.post(f"{SEARCH}/{below}", 422)
    visitor.post(ASK, 422, helped="no")
    assert list(SignalRow.scan()) == []


def test_an_agency_that_shows_no_procedures_takes_no_word_about_them(town: ProcedureTown) -> None:
    visitor = town.visitor
    token = visitor.get(ASK).token()
    visitor.get(f"/{SHUT}/thu-tuc/{BIRTH}/y-kien", 404)
    visitor.post(f"/{SHUT}/thu-tuc/{BIRTH}/y-kien", 404, form_token=token, helped="no")
    visitor.post(f"/{SHUT}/thu-tuc/khong-thay", 404, form_token=token, q="abc")


def test_it_speaks_english_and_its_markup_holds(town: ProcedureTown) -> None:
    visitor = town.visitor
    collect_html("feedback", visitor.get(ASK).html)
    collect_html("feedback-wrong", visitor.submit(ASK, 422).html)
    english = visitor.get(f"{ASK}?lang=en")
    assert "Did this page help?" in english.h1
    collect_html("feedback-english", english.html)
    collect_html("feedback-thanks", visitor.get(f"{ASK}/cam-on").html)
    collect_html("search-vain", visitor.get(VAIN).html)
    collect_html("search-told", visitor.get(f"{VAIN}&da-gui=1").html)
    assert_markup()
