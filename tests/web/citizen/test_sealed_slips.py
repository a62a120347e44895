"""Exams that ask for more than a number: sealed slips, wrong facts alike, who waits and who does not."""

import itertools
import json
from dataclasses import replace

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.core.guarding import ADDRESS_FREE, ADDRESS_WAIT, FORM_MOST, NUMBER_FREE, is_proof
from tests.support import result_pages as stage
from tests.support.result_pages import ADDRESSES, BASE, BORN, Pages, built, look_up, newcomer, pages, same, visitor
from tests.support.visitor import Visitor

__all__ = ["built", "pages", "visitor"]

OPEN = f"{BASE}/{stage.OPEN}"
TENTH = f"{BASE}/{stage.TENTH}"
CODED = f"{BASE}/{stage.CODED}"


@pytest.mark.parametrize(
    ("number", "outcome", "total"),
    [
        (stage.ADMITTED, "Trúng tuyển", "25,75"),
        (stage.NOT_ADMITTED, "Không trúng tuyển", "14,25"),
        (stage.ELIMINATED, "Bị loại do có điểm liệt Môn có điểm liệt: Toán.", "19,00"),
    ],
)
def test_the_right_facts_open_the_slip_with_what_the_formula_decides(
    visitor: Visitor, number: str, outcome: str, total: str
) -> None:
    page = visitor.follow(look_up(visitor, number))
    banner = page.soup.select_one(".banner p")
    assert banner and " ".join(banner.get_text(" ", strip=True).split()) == outcome
    assert f"Tổng điểm xét tuyển {total}" in page.text
    assert "Điểm chuẩn 16,50" in page.text


def test_who_was_absent_has_no_total_and_the_slip_says_why(visitor: Visitor) -> None:
    page = visitor.follow(look_up(visitor, stage.ABSENT))
    assert "Tổng điểm xét tuyển Không tính Vì có môn không có điểm." in page.text
    assert "Vắng thi" in page.text


def test_a_code_of_the_card_is_compared_without_case_and_dashes(visitor: Visitor) -> None:
    sent = visitor.submit(CODED, number=stage.ADMITTED, card_code=" k7-q2m ")
    assert visitor.follow(sent).h1 == "Số báo danh 120 001"


def test_nothing_personal_stands_in_an_address_and_the_page_is_kept_by_nobody(visitor: Visitor) -> None:
    sent = look_up(visitor, stage.ADMITTED)
    where = sent.answer.headers["Location"]
    assert stage.ADMITTED not in where
    assert "2011" not in where
    assert visitor.get(where).answer.headers["Cache-Control"] == "private, no-store"
    visitor.get(f"{TENTH}/{stage.ADMITTED}", 404)


def test_reload_and_back_work_for_ten_minutes_then_the_form_says_why(pages: Pages, visitor: Visitor) -> None:
    where = look_up(visitor, stage.ADMITTED).answer.headers["Location"]
    for _ in range(2):
        assert visitor.get(where).h1 == "Số báo danh 120 001"
        visitor.get(TENTH)
        pages.clock.pass_by(minutes=4, seconds=59)
    pages.clock.pass_by(minutes=1)
    page = visitor.get(where, 403)
    assert "Trang kết quả đã đóng" in page.text
    assert page.soup.select_one("form [name=number]")
    assert page.soup.title and not page.soup.title.get_text().startswith("Lỗi:")


def test_a_sealed_address_opens_in_the_browser_that_made_it_only(pages: Pages, visitor: Visitor) -> None:
    where = look_up(visitor, stage.ADMITTED).answer.headers["Location"]
    other = newcomer(pages)
    assert "Trang kết quả đã đóng" in other.get(where, 403).text
    other.get(TENTH)
    assert "Trang kết quả đã đóng" in other.get(where, 403).text


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "A" * 2_000])
def test_a_token_that_we_did_not_make_opens_nothing(visitor: Visitor, token: str) -> None:
    assert "Trang kết quả đã đóng" in visitor.get(f"{TENTH}/kq/{token}", 403).text
    visitor.get(f"{OPEN}/kq/{token}", 404)


def test_a_token_of_one_exam_opens_no_slip_of_another(visitor: Visitor) -> None:
    token = look_up(visitor, stage.ADMITTED).answer.headers["Location"].rpartition("/")[2]
    visitor.get(f"{CODED}/kq/{token}", 403)


def test_an_unknown_number_and_a_wrong_birth_date_get_the_same_answer(pages: Pages) -> None:
    unknown = look_up(newcomer(pages), "129999", 404)
    wrong = look_up(newcomer(pages), stage.ADMITTED, 404, **{"birth_date-year": "2010"})
    assert same(unknown).replace("129999", "N").replace('value="2011"', "Y") == same(wrong).replace(
        "120001", "N"
    ).replace('value="2010"', "Y")
    assert "Không tìm thấy kết quả phù hợp" in wrong.text
    assert wrong.value("number") == stage.ADMITTED
    assert wrong.value("birth_date-year") == "2010"


@pytest.mark.parametrize("typed", [("", "", ""), ("31", "2", "2011"), ("x", "3", "2011"), ("9", "3", "11")])
def test_a_date_that_is_none_is_a_problem_of_its_field_and_no_try(
    visitor: Visitor, typed: tuple[str, str, str]
) -> None:
    parts = dict(zip(("birth_date-day", "birth_date-month", "birth_date-year"), typed, strict=True))
    for _ in range(NUMBER_FREE + 2):
        page = look_up(visitor, stage.NOT_ADMITTED, 422, **parts)
        assert page.soup.select_one("#problems a[href='#f-birth_date']")
        assert page.soup.select_one("#f-birth_date")
    look_up(visitor, stage.NOT_ADMITTED)


def test_a_code_left_empty_is_asked_for(visitor: Visitor) -> None:
    page = visitor.submit(CODED, 422, number=stage.ADMITTED, card_code="")
    assert page.soup.select_one("#f-card_code-problem")


def test_a_form_open_too_long_keeps_what_was_typed_and_the_next_press_works(pages: Pages, visitor: Visitor) -> None:
    token = visitor.get(TENTH).token()
    pages.clock.pass_by(hours=13)
    page = visitor.post(TENTH, 422, form_token=token, number=stage.ADMITTED, **BORN)
    assert "Trang đã mở quá lâu" in page.text
    assert page.value("number") == stage.ADMITTED
    assert page.value("birth_date-year") == "2011"
    visitor.post(TENTH, 303, form_token=page.token(), number=stage.ADMITTED, **BORN)


def test_a_key_that_was_taken_away_too_early_is_a_polite_page_and_a_line_that_wakes_somebody(
    pages: Pages, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = replace(pages.services.settings, factor_keys="v2:" + "2" * 64)
    without = Services(settings, clock=pages.clock, sleep=lambda seconds: None)
    stranger = newcomer(replace(pages, app=create_app(settings, without)))
    for number in (stage.ADMITTED, "129999"):
        page = look_up(stranger, number, 503)
        assert "đã báo cho bộ phận kỹ thuật" in page.text
        assert page.answer.headers["Retry-After"]
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    told = [line for line in lines if line.get("event") == "factor_key_missing"]
    assert [(line["level"], line["version"]) for line in told] == [("error", "v1")] * 2
    assert stage.ADMITTED not in json.dumps(lines)
    for _ in range(NUMBER_FREE):
        look_up(stranger, stage.ADMITTED, 503)
    look_up(newcomer(pages), stage.ADMITTED)


def test_a_number_tried_too_often_waits_for_at_most_a_minute_and_is_never_locked(pages: Pages) -> None:
    for _ in range(NUMBER_FREE):
        look_up(newcomer(pages), "120044", 404)
    page = look_up(newcomer(pages), "120044", 429)
    assert 0 < int(page.answer.headers["Retry-After"]) <= 60
    assert "tra cứu sai nhiều lần" in page.text
    assert page.value("number") == "120044"
    pages.clock.pass_by(seconds=61)
    look_up(newcomer(pages), "120044", 404)


def test_one_form_has_a_number_of_tries_and_then_must_be_opened_again(pages: Pages) -> None:
    visitor = newcomer(pages)
    token = visitor.get(TENTH).token()
    for place in range(FORM_MOST):
        visitor.post(TENTH, 404, form_token=token, number=f"12{5_000 + place}", **BORN)
    page = visitor.post(TENTH, 429, form_token=token, number="126000", **BORN)
    assert page.soup.select_one(f'#problems a[href="{TENTH}"]')


def walked(pages: Pages, address: str) -> None:
    """An address that has used up its wrong answers."""
    for place in range(ADDRESS_FREE):
        look_up(newcomer(pages, address), f"12{8_000 + place}", 404)


def proof_of(token: str) -> str:
    """What a phone's script finds."""
    return next(str(n) for n in itertools.count() if is_proof(token, str(n)))


def test_after_a_walk_new_forms_wait_or_work_while_the_served_go_on(pages: Pages) -> None:
    address = next(ADDRESSES)
    served = newcomer(pages, address)
    look_up(served, stage.ADMITTED)
    walked(pages, address)

    newly = newcomer(pages, address)
    form = newly.get(TENTH)
    assert form.soup.select_one("form[data-proof] [name=proof]")
    assert f"Hãy chờ {ADDRESS_WAIT} giây" in form.text
    early = newly.post(TENTH, 429, form_token=form.token(), number=stage.ADMITTED, **BORN)
    assert early.value("birth_date-day") == "9"
    assert early.token() == form.token()
    pages.clock.pass_by(seconds=ADDRESS_WAIT)
    newly.post(TENTH, 303, form_token=early.token(), number=stage.ADMITTED, **BORN)

    worker = newcomer(pages, address)
    token = worker.get(TENTH).token()
    worker.post(TENTH, 303, form_token=token, number=stage.ADMITTED, proof=proof_of(token), **BORN)

    again = served.get(TENTH)
    assert not again.soup.select("[data-proof]")
    look_up(served, stage.ADMITTED)
    assert not newcomer(pages).get(TENTH).soup.select("[data-proof]")


def test_a_proof_of_another_form_is_none(pages: Pages) -> None:
    address = next(ADDRESSES)
    walked(pages, address)
    visitor = newcomer(pages, address)
    proof = proof_of(visitor.get(TENTH).token())
    other = visitor.get(TENTH).token()
    if is_proof(other, proof):  # one in 131,072
        return
    visitor.post(TENTH, 429, form_token=other, number=stage.ADMITTED, proof=proof, **BORN)
