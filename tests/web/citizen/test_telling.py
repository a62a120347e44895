"""The page «Báo cho tôi khi có điểm» in every state: unknown, empty, agreed, full, expired, hostile, after the hour."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from miniapp.exam_scores.telling import NUMBERS_MOST, PURPOSE
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, exam
from tests.support.letters import AGENCY, LAN, MINH, Town
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def agree(town: Town, number: str = "02000001", user: str = LAN) -> None:
    town.made.consents.give(user, AGENCY, PURPOSE, "1")
    town.made.telling.register(AGENCY, town.exam.slug, user, number)


def test_the_hours_page_leads_here_and_is_the_same_for_everybody(town: Town) -> None:
    address = f"/{AGENCY}/diem-thi/{town.exam.slug}"
    page = town.stranger().get(address)
    assert page.soup.find("a", href=town.tell_address)
    assert town.visitor().get(address).html == page.html


def test_who_is_not_known_is_told_how_to_come_in_and_can_send_nothing(town: Town) -> None:
    stranger = town.stranger()
    page = stranger.get(town.tell_address)
    assert "Của tôi" in page.text
    assert [form["action"] for form in page.soup.find_all("form")] == [f"{town.tell_address}/nho"]
    stranger.post(town.tell_address, 403, number="02000001", agree="1", version="1")
    assert town.made.telling.of(LAN) == []


def test_a_number_is_registered_with_the_consent_that_was_read(town: Town) -> None:
    visitor = town.visitor()
    page = visitor.get(town.tell_address)
    assert "Sở Giáo dục và Đào tạo Đắk Lắk" in page.text
    assert "60 ngày" in page.text
    assert page.soup.find("input", attrs={"name": "agree"}).get("checked") is None
    done = visitor.submit(town.tell_address, number="02 000 001", agree="1", version="1")
    shown = visitor.follow(done)
    assert "…001" in shown.text
    assert "02000001" not in shown.html
    assert shown.soup.find("input", attrs={"name": "agree"}) is None


def test_without_the_tick_nothing_is_kept_and_the_number_stays_typed(town: Town) -> None:
    page = town.visitor().submit(town.tell_address, 422, number="02000001", version="1")
    assert "đánh dấu đồng ý" in page.text
    assert page.value("number") == "02000001"
    assert town.made.telling.of(LAN) == []
    assert town.made.consents.of(LAN) == []


@pytest.mark.parametrize("number", ["", "abc", "0200000<", "1" * 300])
def test_what_is_no_number_comes_back_with_its_reason(town: Town, number: str) -> None:
    page = town.visitor().submit(town.tell_address, 422, number=number, agree="1", version="1")
    assert page.soup.find(id="f-number-problem")
    assert town.made.telling.of(LAN) == []


def test_a_version_that_nobody_published_is_no_consent(town: Town) -> None:
    page = town.visitor().submit(town.tell_address, 422, number="02000001", agree="1", version="99")
    assert page.soup.find(id="f-agree-problem")
    assert town.made.consents.of(LAN) == []


def test_a_form_sent_twice_registers_once_and_one_without_our_token_nothing(town: Town) -> None:
    visitor = town.visitor()
    token = visitor.get(town.tell_address).token()
    for _ in range(2):
        visitor.post(town.tell_address, form_token=token, number="02000001", agree="1", version="1")
    visitor.post(town.tell_address, 422, form_token="made.up.token", number="02000002", agree="1", version="1")
    (held,) = town.made.telling.of(LAN)
    assert len(held.numbers) == 1


def test_a_number_is_taken_back_by_its_mark_and_nobody_elses_can_be(town: Town) -> None:
    agree(town)
    agree(town, "02000002", MINH)
    visitor = town.visitor()
    (mark,) = (mark for mark, _ in town.made.telling.of(LAN)[0].numbers)
    (others,) = (mark for mark, _ in town.made.telling.of(MINH)[0].numbers)
    for sent in (mark, others, "", "x" * 500):
        token = visitor.get(town.tell_address).token()
        visitor.post(f"{town.tell_address}/bo", form_token=token, mark=sent)
    assert town.made.telling.of(LAN) == []
    assert len(town.made.telling.of(MINH)) == 1


def test_five_numbers_are_enough(town: Town) -> None:
    for place in range(NUMBERS_MOST):
        agree(town, f"0200000{place}")
    page = town.visitor().get(town.tell_address)
    assert page.soup.find("input", attrs={"name": "number"}) is None
    assert "đủ 5 số báo danh" in page.text


def test_after_the_hour_the_page_gives_way_to_the_look_up(town: Town) -> None:
    visitor = town.visitor()
    token = visitor.get(town.tell_address).token()
    town.clock.at = HOUR
    visitor = town.visitor()
    assert visitor.get(town.tell_address, 303).answer.headers["Location"].endswith(f"/diem-thi/{town.exam.slug}")
    assert token
    page = visitor.client.post(town.tell_address, data={"number": "02000001", "form_token": token})
    assert page.status_code in (403, 422)


def test_unknown_exams_and_agencies_are_not_found(town: Town) -> None:
    for path in (f"/{AGENCY}/diem-thi/no-such/bao-tin", "/no-such/diem-thi/thpt-2019/bao-tin"):
        town.visitor().get(path, 404)


def test_every_state_is_correct_markup_in_both_languages(town: Town, tmp_path: Path) -> None:
    visitor, states = town.visitor(), {}
    for language in ("vi", "en"):
        more = "?lang=en" if language == "en" else ""
        states[f"unknown-{language}"] = town.stranger().get(town.tell_address + more)
        states[f"empty-{language}"] = visitor.get(town.tell_address + more)
        states[f"wrong-{language}"] = visitor.submit(town.tell_address + more, 422, number="x", version="1")
    agree(town)
    for language in ("vi", "en"):
        more = "?lang=en" if language == "en" else ""
        states[f"waiting-{language}"] = visitor.get(town.tell_address + more)
    for name, page in states.items():
        collect_html(f"telling-{name}", page.html, tmp_path)
    assert_markup(tmp_path)


# --- before one is known


def typed(town: Town, number: str = "02 000 001", status: int = 303) -> tuple[Visitor, Page]:
    stranger = town.stranger()
    page = stranger.get(town.tell_address)
    return stranger, stranger.post(f"{town.tell_address}/nho", status, form_token=page.token(), number=number)


def test_a_stranger_types_the_number_comes_in_from_the_chat_and_finds_it_again(town: Town) -> None:
    stranger, done = typed(town)
    waiting = stranger.follow(done)
    assert "kết thúc bằng 001" in waiting.text
    assert "Của tôi" in waiting.text
    assert "02000001" not in waiting.html
    assert "02000001" not in done.answer.headers["Set-Cookie"]
    assert "02000001" not in done.answer.headers["Location"]

    link = urlsplit(town.made.accounts.citizen_links.make(LAN)).path
    landed = stranger.submit(link)
    assert landed.answer.headers["Location"] == town.tell_address
    page = stranger.follow(landed)
    assert page.value("number") == "02000001"
    stranger.post(town.tell_address, form_token=page.token(), number="02000001", agree="1", version="1")
    (held,) = town.made.telling.of(LAN)
    assert held.tails == ["…001"]
    assert stranger.get(town.tell_address).value("number") == ""  # nothing is remembered any more


def test_a_link_to_a_page_of_its_own_goes_there(town: Town) -> None:
    stranger, _ = typed(town)
    link = urlsplit(town.made.accounts.citizen_links.make(LAN, f"/{AGENCY}/diem-thi")).path
    assert stranger.submit(link).answer.headers["Location"] == f"/{AGENCY}/diem-thi"


def test_without_a_wish_one_comes_in_to_ones_own_page(town: Town) -> None:
    stranger = town.stranger()
    link = urlsplit(town.made.accounts.citizen_links.make(LAN)).path
    assert stranger.submit(link).answer.headers["Location"] == "/toi"


@pytest.mark.parametrize("number", ["", "abc", "0200000<", "1" * 300])
def test_what_is_no_number_is_not_remembered_and_stays_typed(town: Town, number: str) -> None:
    stranger, page = typed(town, number, 422)
    assert page.soup.find(id="f-number-problem")
    assert page.value("number") == number
    assert "Set-Cookie" not in page.answer.headers
    assert "kết thúc bằng" not in stranger.get(town.tell_address).text


def test_known_and_unknown_numbers_are_remembered_alike(town: Town) -> None:
    pages = set()
    for number in ("02000001", "99999989"):
        stranger, done = typed(town, number)
        pages.add(stranger.follow(done).text.replace(f"bằng {number[-3:]}", "…"))
    assert len(pages) == 1


@pytest.mark.parametrize("cookie", ["", "made-up", "A" * 60, "é" * 10])
def test_a_wish_that_is_not_ours_is_no_wish(town: Town, cookie: str) -> None:
    stranger = town.stranger()
    stranger.client.set_cookie("w", cookie)
    assert "kết thúc bằng" not in stranger.get(town.tell_address).text
    link = urlsplit(town.made.accounts.citizen_links.make(LAN)).path
    assert stranger.submit(link).answer.headers["Location"] == "/toi"


def test_a_wish_ends_after_half_an_hour_and_is_for_its_own_exam_only(town: Town) -> None:
    stranger, _ = typed(town)
    other = town.bureau.office.add_exam(exam(agency=AGENCY, slug="another"), "off_x")
    assert "kết thúc bằng" not in stranger.get(f"/{AGENCY}/diem-thi/{other.slug}/bao-tin").text
    town.bureau.later(minutes=31)
    assert "kết thúc bằng" not in stranger.get(town.tell_address).text


def test_a_forged_form_is_not_remembered(town: Town) -> None:
    stranger = town.stranger()
    stranger.post(f"{town.tell_address}/nho", 422, form_token="made.up.token", number="02000001")
    assert "kết thúc bằng" not in stranger.get(town.tell_address).text


def test_the_pages_for_strangers_are_sound(town: Town, tmp_path: Path) -> None:
    stranger, done = typed(town)
    collect_html("waiting", stranger.follow(done).html, tmp_path)
    collect_html("wrong", typed(town, "x", 422)[1].html, tmp_path)
    collect_html("english", town.stranger().get(f"{town.tell_address}?lang=en").html, tmp_path)
    assert_markup(tmp_path)
