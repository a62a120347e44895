"""Asking for a second look on a phone: offered to who is dissatisfied, with a name and a moment; nothing typed is lost."""

from pathlib import Path

import pytest

from miniapp.dossiers.reopening import Senior, State
from miniapp.dossiers.states import Status
from miniapp.ratings.model import Place
from miniapp.ratings.tokens import VisitCodes
from tests.support.dossier_acts import finished, taken_up
from tests.support.dossier_pages import AGENCY, PHONE, DossierPages, built, look_up, pages
from tests.support.dossier_town import AT_DESK, IDENTIFIER, LEADER, OFFICER
from tests.support.faults import CountedCalls, Silence
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page

__all__ = ["built", "pages"]

HOA = Senior(LEADER.id, "Trần Thị Hòa", "Chủ tịch UBND phường Hoa Mai")
WHY = "Giấy khai sinh ghi sai ngày sinh"
OFFER = "Việc chưa ổn? Đề nghị xem xét lại"
_keys = iter(f"again {at}" for at in range(1_000))


@pytest.fixture
def named(pages: DossierPages) -> DossierPages:
    """Somebody answers at the ward."""
    service = pages.services.reopenings
    service.name(AGENCY, HOA, service.seniors(AGENCY).version, by=LEADER.id)
    return pages


def ended(pages: DossierPages) -> tuple[str, str]:
    """Another dossier that is finished: its code, and the address of its rating."""
    office = pages.services.dossier_office
    made = office.take_in(AGENCY, IDENTIFIER, AT_DESK, by=OFFICER, key=next(_keys))
    for act in (taken_up, finished):
        made = office.move(AGENCY, str(made.code), made.version, act, by=OFFICER)
    code = str(made.code)
    return code, f"/{AGENCY}/danh-gia/{pages.services.casting.link(AGENCY, code)}"


def rated(pages: DossierPages, level: str = "dissatisfied") -> tuple[str, str]:
    """The same, rated."""
    code, sheet = ended(pages)
    pages.newcomer().submit(sheet, 303, overall=level)
    return code, sheet


def asked(pages: DossierPages, sheet: str, status: int = 303, **fields: str) -> Page:
    visitor = pages.newcomer()
    page = visitor.get(f"{sheet}/xem-lai")
    sent = {"form_token": page.token(), "seen": page.value("seen"), "words": WHY, **fields}
    return visitor.post(f"{sheet}/xem-lai", status, **sent)


def answer(pages: DossierPages, code: str, state: State, text: str) -> None:
    service = pages.services.reopenings
    held = service.of(AGENCY, code)[-1]
    service.decide(AGENCY, code, held.number, held.version, state, text, by=LEADER.id, key=f"{code} {text}")


def test_who_rates_badly_is_offered_a_second_look_with_a_named_senior_and_a_moment_on_every_page_after(
    named: DossierPages,
):
    _, sheet = rated(named)
    for more in ("", "/ly-do", "/cam-on"):
        page = named.newcomer().get(f"{sheet}{more}")
        assert OFFER in page.text, more
        assert f"{HOA.name}, {HOA.post}" in page.text
        assert "chậm nhất 09:00, 30/11/2026" in page.text
        ways = [str(way["href"]) for way in page.soup.select("a.button")]
        assert f"{sheet}/xem-lai" in ways or page.soup.select("form button[name=again]"), more


def test_whoever_goes_on_from_the_reasons_loses_none_of_them(named: DossierPages):
    _, sheet = rated(named)
    sent = named.newcomer().submit(f"{sheet}/ly-do", 303, time="yes", words="Chờ lâu", again="1")
    assert sent.answer.headers["Location"] == f"{sheet}/xem-lai"
    ballot = named.services.casting.asked(AGENCY, sheet.rpartition("/")[2]).ballot
    assert ballot is not None and (ballot.said.reasons, ballot.said.words) == (("time",), "Chờ lâu")


@pytest.mark.parametrize("level", ["very_satisfied", "neutral"])
def test_who_does_not_is_offered_none_and_neither_is_who_has_not_rated_yet_or_visited_a_counter(
    named: DossierPages, level: str
):
    _, sheet = rated(named, level)
    assert OFFER not in named.newcomer().get(f"{sheet}/cam-on").text
    assert OFFER not in named.newcomer().get(ended(named)[1]).text


def test_a_request_does_not_tell_how_somebody_rated_for_the_address_is_open_to_all_who_hold_the_link(
    named: DossierPages,
):
    for code, sheet in (rated(named, "very_satisfied"), ended(named)):
        asked(named, sheet)
        assert [each.words for each in named.services.reopenings.of(AGENCY, code)] == [WHY]


def test_before_the_button_the_page_says_that_the_request_names_the_dossier_and_who_reads_it(named: DossierPages):
    code, sheet = rated(named)
    page = named.newcomer().get(f"{sheet}/xem-lai")
    shown = page.text
    assert shown.index("Đề nghị không ẩn danh") < shown.index("Gửi đề nghị")
    assert code in shown and f"{HOA.name}, {HOA.post}" in shown
    for personal in ("Nguyễn Thị Lan", "0912345678", "001099123456"):
        assert personal not in page.html


def test_asking_leads_to_where_it_stands_and_the_dossier_s_page_and_the_rating_say_the_same(named: DossierPages):
    code, sheet = rated(named)
    sent = asked(named, sheet)
    assert sent.answer.headers["Location"] == f"{sheet}/xem-lai"
    link = f"/hs/{named.services.dossier_office.link(AGENCY, code)}"
    visitor = named.newcomer()
    typed = visitor.get(str(look_up(visitor, code, PHONE).answer.headers["Location"]))
    everywhere = [named.newcomer().get(address) for address in (f"{sheet}/xem-lai", sheet, f"{sheet}/cam-on", link)]
    for page in (*everywhere, typed):
        assert "Đang chờ lãnh đạo trả lời" in page.text and HOA.name in page.text
        assert WHY not in page.html, "others may hold the link as well"
        assert OFFER not in page.text and "Gửi đề nghị" not in page.text
    answer(named, code, State.REOPENED, "Sẽ xem sổ gốc.\n\nXong trước 04/12/2026.")
    for address in (f"{sheet}/xem-lai", sheet, link):
        shown = named.newcomer().get(address).text
        assert "Cơ quan đang xem xét lại hồ sơ" in shown and "Xong trước 04/12/2026." in shown
    answer(named, code, State.ANSWERED, "Đã cấp lại bản đúng ngày 25/11/2026.")
    for address in (f"{sheet}/xem-lai", sheet, link):
        shown = named.newcomer().get(address).text
        assert "Đã có câu trả lời" in shown and "Đã cấp lại bản đúng" in shown
        assert "off_leader" not in shown
    assert named.services.dossier_office.find(AGENCY, code).status is Status.FINISHED


def test_whatever_is_wrong_is_said_and_what_was_typed_stays(named: DossierPages):
    code, sheet = rated(named)
    empty = asked(named, sheet, 422, words=" ")
    assert "Chưa có lý do" in empty.text and empty.one("#problems a")["href"] == "#f-words"
    long = asked(named, sheet, 422, words="a" * 1001)
    assert "dài hơn 1000 ký tự" in long.text.replace(".", "") and long.one("textarea").get_text() == "a" * 1001
    other = asked(named, sheet, 409, seen="somebody else")
    assert "Người trả lời vừa được thay" in other.text and other.one("textarea").get_text() == WHY
    foreign = named.newcomer().post(f"{sheet}/xem-lai", 422, form_token="x", words=WHY, seen="")
    assert foreign.one("textarea").get_text() == WHY
    assert named.services.reopenings.of(AGENCY, code) == []


def test_a_form_from_before_another_s_request_is_told_of_it(named: DossierPages):
    code, sheet = rated(named)
    visitor = named.newcomer()
    page = visitor.get(f"{sheet}/xem-lai")
    asked(named, sheet)
    late = visitor.post(
        f"{sheet}/xem-lai", 409, form_token=page.token(), seen=page.value("seen"), words="Của người thứ hai"
    )
    assert "đang có một đề nghị chờ trả lời" in late.text
    assert [each.words for each in named.services.reopenings.of(AGENCY, code)] == [WHY]


def test_two_taps_make_one_request(named: DossierPages):
    code, sheet = rated(named)
    visitor = named.newcomer()
    page = visitor.get(f"{sheet}/xem-lai")
    for _ in range(2):
        visitor.post(f"{sheet}/xem-lai", 303, form_token=page.token(), seen=page.value("seen"), words=WHY)
    assert len(named.services.reopenings.of(AGENCY, code)) == 1


def test_while_the_store_does_not_answer_nothing_is_asked_and_the_same_form_works_after(named: DossierPages):
    code, sheet = rated(named)
    visitor = named.newcomer()
    page = visitor.get(f"{sheet}/xem-lai")
    fields = {"form_token": page.token(), "seen": page.value("seen"), "words": WHY}
    with Silence(named.services.aws, "dynamodb"):
        assert "Hệ thống đang bận" in visitor.post(f"{sheet}/xem-lai", 503, **fields).text
    visitor.post(f"{sheet}/xem-lai", 303, **fields)
    assert len(named.services.reopenings.of(AGENCY, code)) == 1


def test_where_nobody_answers_the_page_says_whom_to_call(pages: DossierPages):
    service = pages.services.reopenings
    service.unname(AGENCY, HOA.officer, service.seniors(AGENCY).version, by=LEADER.id)
    _, sheet = rated(pages)
    for address in (f"{sheet}/cam-on", f"{sheet}/xem-lai"):
        page = pages.newcomer().get(address)
        assert "Cơ quan chưa nêu tên lãnh đạo trả lời" in page.text and "02573811234" in page.text
        assert "Gửi đề nghị" not in page.text


def test_a_visit_at_the_counter_has_no_dossier_to_look_at_again(named: DossierPages):
    code = VisitCodes(named.services.sealer).shown(f"{AGENCY}/quay-1", named.clock.now())
    token = named.services.casting.visited(Place(AGENCY, "quay-1"), "quay-1", code)
    sheet = f"/{AGENCY}/danh-gia/{token}"
    named.newcomer().submit(sheet, 303, overall="dissatisfied")
    assert OFFER not in named.newcomer().get(f"{sheet}/cam-on").text
    named.newcomer().get(f"{sheet}/xem-lai", 404)
    named.newcomer().get(f"/{AGENCY}/danh-gia/khong-co/xem-lai", 404)


def test_a_rating_s_page_of_who_is_satisfied_pays_one_read_for_it(named: DossierPages):
    _, sheet = rated(named, "satisfied")
    visitor = named.newcomer()
    visitor.get(f"{sheet}/cam-on")
    with CountedCalls(named.services.aws) as counted:
        visitor.get(f"{sheet}/cam-on")
    assert counted.calls.count("GetItem") == 3, "the token, the ballot, and whether anything was asked"


def test_english_pages_are_whole_and_all_are_good_markup(named: DossierPages, tmp_path: Path):
    code, sheet = rated(named)
    visitor = named.newcomer()
    page = visitor.get(f"{sheet}/xem-lai?lang=en")
    assert "This request is not anonymous" in page.text and "Send the request" in page.text
    assert page.h1.endswith("Ask for a second look at the dossier")
    wrong = visitor.submit(f"{sheet}/xem-lai?lang=en", 422, words="")
    collect_html("form", page.html, tmp_path)
    collect_html("wrong", wrong.html, tmp_path)
    sent = visitor.post(
        f"{sheet}/xem-lai?lang=en", 303, form_token=page.token(), seen=page.value("seen"), words="Wrong date"
    )
    assert sent.answer.headers["Location"].endswith("/xem-lai?lang=en")
    answer(named, code, State.REOPENED, "Sẽ xem sổ gốc trước 04/12/2026.")
    for name, address in (("asked", f"{sheet}/xem-lai?lang=en"), ("thanks", f"{sheet}/cam-on"), ("sheet", sheet)):
        shown = visitor.get(address)
        collect_html(name, shown.html, tmp_path)
    assert "The agency is looking at the dossier again" in visitor.get(f"{sheet}/xem-lai?lang=en").text
    assert_markup(tmp_path)
