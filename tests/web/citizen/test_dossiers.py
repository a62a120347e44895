"""Following a dossier on a phone: by QR at once, by a typed code and four figures, told in plain words in every state."""

import json
import re
from datetime import timedelta

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Service
from miniapp.core.guarding import ADDRESS_FREE, ADDRESS_WAIT, FORM_MOST, NUMBER_FREE
from miniapp.dossiers.codes import EXAMPLE, DossierCode
from tests.support.dossier_acts import GROUND, REASON
from tests.support.dossier_pages import (
    AGENCY,
    BASE,
    IDENTITY,
    NEIGHBOUR,
    PHONE,
    SHUT,
    UNKNOWN,
    WRONG,
    DossierPages,
    built,
    look_up,
    misspelt,
    pages,
)
from tests.support.dossier_town import LAN, NOON, OFFICER
from tests.support.faults import Silence
from tests.support.happened import heard
from tests.support.visitor import Page, Visitor

__all__ = ["built", "pages"]

TOKENS = re.compile(r'(name="form_token" value=")[^"]*')


def told(pages: DossierPages, state: str, more: str = "") -> Page:
    return pages.newcomer().get(pages.link(state) + more)


def rows(page: Page) -> dict[str, str]:
    """The facts of a dossier's page."""
    found = [(row.find("dt"), row.find("dd")) for row in page.soup.select("dl.rows > div")]
    return {term.get_text(): " ".join(said.get_text(" ").split()) for term, said in found if term and said}


def banner(page: Page) -> str:
    return " ".join(page.one("main .banner").get_text(" ").split())


def same(page: Page) -> str:
    """A page without what must differ: its one-time token, and what was typed."""
    return re.sub(r'value="[^"]*" id="f-', 'value="" id="f-', TOKENS.sub(r"\1", page.html))


def test_what_is_followed_is_counted_by_the_way_in_and_neither_by_code_nor_by_link(pages: DossierPages):
    with heard() as held:
        link = pages.link("in-progress")
        told(pages, "in-progress")
        visitor = pages.newcomer()
        visitor.get(str(look_up(visitor, pages.code("in-progress")).answer.location))
        look_up(visitor, pages.code("in-progress"), WRONG, 404)
    assert held.counted == {
        (AGENCY, "dossiers_followed", "link"): 1,
        (AGENCY, "dossiers_followed", "code"): 1,
    }
    assert not any(link.rsplit("/", 1)[-1] in line or "H56" in line for line in held.lines)


def test_a_qr_code_opens_its_dossier_at_once_in_the_agency_s_own_frame(pages: DossierPages):
    page = told(pages, "in-progress")
    assert page.h1 == "Đăng ký khai sinh"
    assert pages.made["in-progress"].code.printed in page.text
    assert "phường Hoa Mai" in page.one("header .agency").get_text()


def test_a_dossier_under_way_says_where_it_is_what_comes_next_until_when_and_how_long(pages: DossierPages):
    page = told(pages, "in-progress")
    assert banner(page) == "Đang giải quyết Đến lượt cơ quan làm, bạn không phải làm gì."
    assert rows(page) == {
        "Đang ở": "Công chức tư pháp (Thẩm định)",
        "Tiếp theo": "Chuyển đến: Chủ tịch",
        "Hẹn trả kết quả": "09:00, 26/11/2026",
        "Thời gian còn lại": "3 ngày làm việc",
    }
    assert rows(told(pages, "last-post"))["Tiếp theo"] == "Có kết quả"
    assert rows(told(pages, "unlimited"))["Hẹn trả kết quả"] == "Không có ngày hẹn cố định"
    assert rows(told(pages, "short"))["Thời gian còn lại"] == "4 giờ làm việc"


def test_what_is_left_is_counted_in_working_time_and_then_how_late_it_is(pages: DossierPages):
    pages.clock.pass_by(days=3, hours=1)  # Monday the 23rd, 10:00
    assert rows(told(pages, "in-progress"))["Thời gian còn lại"] == "1 ngày làm việc và 7 giờ"
    pages.clock.at = NOON + timedelta(days=6, minutes=-20)
    assert rows(told(pages, "in-progress"))["Thời gian còn lại"] == "chưa đến 1 giờ làm việc"
    pages.clock.at = NOON + timedelta(days=7)
    page = told(pages, "in-progress")
    assert "Đã quá hẹn 1 ngày làm việc." in banner(page)
    assert "warning" in str(page.one("main .banner")["class"])
    assert rows(page)["Đã muộn"] == "1 ngày làm việc"
    assert "It is late by 1 working day." in told(pages, "in-progress", "?lang=en").text


def test_what_was_filed_online_says_by_when_an_answer_comes_and_whom_to_call_when_none_did(pages: DossierPages):
    assert rows(told(pages, "filed")) == {
        "Đang ở": "Bộ phận một cửa",
        "Tiếp theo": "Cơ quan báo tiếp nhận hoặc nêu lý do không tiếp nhận",
        "Trả lời chậm nhất": "17:00, 20/11/2026",
    }
    pages.clock.pass_by(days=1)
    assert "Đã quá giờ phải trả lời. Hãy gọi 02573811234 để hỏi." in banner(told(pages, "filed"))


def test_missing_papers_are_listed_with_what_is_wrong_what_to_do_and_until_when(pages: DossierPages):
    page = told(pages, "papers")
    assert "Cần bạn bổ sung giấy tờ Đến lượt bạn." in banner(page)
    for text in ("Giấy chứng sinh – Còn thiếu Xin cấp lại tại bệnh viện", "Tờ khai – Chưa đúng Ghi lại ngày sinh"):
        assert text in page.text
    assert "Nộp đủ các giấy tờ này chậm nhất 09:00, 04/12/2026" in page.text
    assert "Hẹn trả kết quả" not in rows(page)
    given = told(pages, "one-paper").text
    assert "Giấy chứng sinh – đã nhận" in given and "Giấy chứng sinh – Còn thiếu" not in given
    assert "Giấy chứng sinh – đã nhận" in told(pages, "all-papers").text
    whole = told(pages, "all-papers")
    assert "Đã nhận đủ giấy tờ bổ sung" in banner(whole)
    assert "Đến lượt bạn" not in whole.text
    pages.clock.pass_by(days=15)
    assert "Hạn nộp 09:00, 04/12/2026 đã qua, cơ quan có thể dừng giải quyết." in told(pages, "papers").text


def test_a_fee_says_how_much_by_which_rule_and_where(pages: DossierPages):
    page = told(pages, "payment")
    assert "8.000 đồng Theo Thông tư 281/2016/TT-BTC. Nộp ở nơi đã nộp hồ sơ và giữ biên lai." in page.text


def test_an_apology_says_why_what_was_promised_and_what_is_promised_now(pages: DossierPages):
    page = told(pages, "apologised")
    assert f"Trước đây hẹn 09:00, 26/11/2026, nay hẹn lại 09:00, 04/12/2026. Lý do: {REASON}" in page.text
    assert rows(page)["Hẹn trả kết quả"] == "09:00, 04/12/2026"


@pytest.mark.parametrize(("state", "title"), [("refused", "Không được tiếp nhận"), ("stopped", "Đã dừng giải quyết")])
def test_a_refusal_and_a_stop_say_the_reason_and_the_article(state: str, title: str, pages: DossierPages):
    page = told(pages, state)
    assert title in banner(page)
    assert f"Lý do {GROUND.words} Căn cứ: {GROUND.article}" in page.text
    assert "Hẹn trả kết quả" not in rows(page)


def test_what_is_done_says_how_to_get_it_and_whether_it_was_in_time(pages: DossierPages):
    page = told(pages, "finished")
    assert "Hãy mang giấy hẹn và giấy tờ tùy thân đến nơi nộp hồ sơ để nhận." in banner(page)
    assert rows(page)["So với hẹn"] == "Sớm hơn hẹn"
    assert "Không còn việc gì phải làm." in banner(told(pages, "returned"))
    assert "Đã rút hồ sơ theo yêu cầu" in banner(told(pages, "withdrawn"))


def test_what_has_been_is_told_with_its_hours_the_newest_first(pages: DossierPages):
    passed = [" ".join(one.get_text(" ").split()) for one in told(pages, "goes-on").soup.select("main ol li")]
    assert [one.rpartition(" 09:00, 20/11/2026")[0] for one in passed] == [
        "Đã bổ sung đủ giấy tờ, tính tiếp thời hạn",
        "Cơ quan yêu cầu bổ sung giấy tờ, tạm dừng tính thời hạn",
        "Cơ quan tiếp nhận",
        "Nộp hồ sơ",
    ]
    assert "Cơ quan hủy yêu cầu bổ sung vì yêu cầu chưa đúng" in told(pages, "annulled").text


def test_every_page_says_where_to_go_when_and_whom_to_call(pages: DossierPages):
    for _, link in pages.every_state():
        page = pages.newcomer().get(link)
        assert "12 Trần Hưng Đạo" in page.text
        assert "07:00 – 11:30 và 13:30 – 17:00" in page.text
        assert page.one("main a[href='tel:02573811234']")
        assert page.one(f"main a[href='/{AGENCY}/thu-tuc/1.001193']")


def test_no_page_says_who_asked_who_works_on_it_or_lets_anybody_keep_it(pages: DossierPages):
    visitor = pages.newcomer()
    sealed = look_up(visitor, pages.code("papers"))
    shown = [visitor.get(link) for _, link in pages.every_state()] + [visitor.follow(sealed)]
    hidden = [LAN.name.reveal, "Lan", LAN.identity.reveal, LAN.phone.reveal, PHONE, IDENTITY, OFFICER.id, "off_leader"]
    for page in shown:
        assert [one for one in hidden if one in page.html] == []
        assert page.answer.headers["Cache-Control"] == "private, no-store"
        assert page.answer.headers["Referrer-Policy"] == "no-referrer"
        assert page.one("meta[name=robots]")["content"] == "noindex"


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 2_000, "%00", "'; --", "<script>"])
def test_a_link_that_leads_nowhere_gets_the_page_of_one_that_was_taken_back(token: str, pages: DossierPages):
    visitor = pages.newcomer()
    unknown = visitor.get(f"/hs/{token}", 404)
    assert unknown.h1 == "Mã QR này không mở được hồ sơ"
    assert "nhập mã hồ sơ in trên giấy hẹn" in unknown.text
    old = pages.link("received")
    pages.services.dossier_office.link_anew(AGENCY, pages.code("received"), by=OFFICER)
    gone = visitor.get(old, 404)
    assert gone.text == unknown.text
    assert visitor.get(pages.link("received")).h1 == "Đăng ký khai sinh"


def test_a_code_and_four_figures_open_the_page_under_an_address_that_says_nothing(pages: DossierPages):
    visitor = pages.newcomer()
    sent = look_up(visitor, " h5614 261120 0008 ", "001099123456")
    where = sent.answer.headers["Location"]
    assert where.startswith(f"{BASE}/kq/")
    assert "0008" not in where
    assert IDENTITY not in where
    assert "Trang này đóng sau 10 phút" in visitor.get(where).text


def test_a_page_behind_a_code_opens_for_ten_minutes_in_its_own_browser(pages: DossierPages):
    visitor = pages.newcomer()
    where = look_up(visitor, pages.code("papers")).answer.headers["Location"]
    for _ in range(2):
        assert visitor.get(where).h1 == "Đăng ký khai sinh"
    other = pages.newcomer().get(where, 403)
    assert "Trang hồ sơ đã đóng" in other.text
    assert other.one("form [name=code]")
    pages.clock.pass_by(minutes=10, seconds=1)
    assert "Trang hồ sơ đã đóng" in visitor.get(where, 403).text


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "A" * 2_000])
def test_a_sealed_address_that_we_did_not_make_opens_nothing(token: str, pages: DossierPages):
    assert "Trang hồ sơ đã đóng" in pages.newcomer().get(f"{BASE}/kq/{token}", 403).text


def test_nothing_is_read_across_agencies(pages: DossierPages):
    visitor = pages.newcomer()
    where = look_up(visitor, pages.code("papers")).answer.headers["Location"]
    visitor.get(where.replace(AGENCY, NEIGHBOUR), 403)
    there = look_up(visitor, pages.code("papers"), PHONE, 404, f"/{NEIGHBOUR}/ho-so")
    assert "Không tìm thấy hồ sơ phù hợp" in there.text


def test_a_wrong_code_and_wrong_figures_are_one_page_that_says_what_to_try_and_keeps_what_was_typed(
    pages: DossierPages,
):
    unknown = look_up(pages.newcomer(), UNKNOWN, PHONE, 404)
    wrong = look_up(pages.newcomer(), pages.code("papers"), WRONG, 404)
    assert same(unknown).replace(UNKNOWN, "CODE").replace(PHONE, "NNNN") == same(wrong).replace(
        pages.code("papers"), "CODE"
    ).replace(WRONG, "NNNN")
    assert "Nếu vẫn chưa thấy" in wrong.text
    assert (wrong.value("code"), wrong.value("figures")) == (pages.code("papers"), WRONG)


def test_what_is_typed_wrongly_is_a_problem_of_its_field_and_no_try(pages: DossierPages):
    visitor = pages.newcomer()
    for _ in range(FORM_MOST + 1):
        page = look_up(visitor, "H56.14-26112", "12", 422)
    assert page.one("#problems a[href='#f-code']")
    assert page.one("#problems a[href='#f-figures']")
    assert (page.value("code"), page.value("figures")) == ("H56.14-26112", "12")
    look_up(visitor, pages.code("papers"))


def test_a_check_character_of_another_code_is_told_beside_the_dossier(pages: DossierPages):
    def shown(code: str) -> Page:
        visitor = pages.newcomer()
        return visitor.follow(look_up(visitor, code))

    code = pages.code("papers")
    assert "Có đúng hồ sơ của bạn không?" in shown(misspelt(code)).text
    for right in (code, pages.made["papers"].code.printed):
        assert "Có đúng hồ sơ của bạn không?" not in shown(right).text


def test_codes_that_were_perhaps_meant_are_the_same_whether_there_are_such_dossiers_or_not(pages: DossierPages):
    def meant(agency: str) -> list[str]:
        page = look_up(pages.newcomer(), misspelt(pages.code("papers")), WRONG, 404, f"/{agency}/ho-so")
        return [str(one["value"]) for one in page.soup.select("button[name=meant]")]

    assert meant(AGENCY)[0] == pages.made["papers"].code.printed
    assert meant(AGENCY) == meant(NEIGHBOUR)


def test_a_code_that_was_meant_is_one_press_away_and_the_figures_stay(pages: DossierPages):
    visitor, code = pages.newcomer(), UNKNOWN
    page = look_up(visitor, misspelt(code), PHONE, 404)
    again = visitor.post(
        BASE, 404, form_token=page.token(), code=misspelt(code), figures=PHONE, meant=DossierCode.of(code).printed
    )
    assert again.value("code") == DossierCode.of(code).printed
    assert again.value("figures") == PHONE
    assert not again.soup.select("button[name=meant]")


def test_a_form_open_too_long_keeps_what_was_typed_and_the_next_press_works(pages: DossierPages):
    visitor = pages.newcomer()
    token = visitor.get(BASE).token()
    pages.clock.pass_by(hours=13)
    page = visitor.post(BASE, 422, form_token=token, code=pages.code("papers"), figures=PHONE)
    assert "Trang đã mở quá lâu" in page.text
    visitor.post(BASE, 303, form_token=page.token(), code=page.value("code"), figures=page.value("figures"))


def test_a_code_tried_too_often_waits_for_at_most_a_minute_and_says_so(pages: DossierPages):
    for _ in range(NUMBER_FREE):
        look_up(pages.newcomer(), pages.code("stopped"), WRONG, 404)
    page = look_up(pages.newcomer(), pages.code("stopped"), PHONE, 429)
    assert 0 < int(page.answer.headers["Retry-After"]) <= 60
    assert "Mã hồ sơ này vừa được tra cứu sai nhiều lần" in page.text
    assert page.value("code") == pages.code("stopped")
    pages.clock.pass_by(seconds=61)
    look_up(pages.newcomer(), pages.code("stopped"))


def test_one_form_has_a_number_of_tries_and_then_must_be_opened_again(pages: DossierPages):
    visitor = pages.newcomer()
    token = visitor.get(BASE).token()
    for place in range(FORM_MOST):
        visitor.post(BASE, 404, form_token=token, code=f"H56.14-261119-{place + 1:04}", figures=WRONG)
    page = visitor.post(BASE, 429, form_token=token, code="H56.14-261119-0099", figures=WRONG)
    assert page.one(f'#problems a[href="{BASE}"]')


def test_after_a_walk_new_forms_wait_or_work_while_the_served_go_on(pages: DossierPages):
    address = "198.51.100.7"
    served = pages.newcomer(address)
    look_up(served, pages.code("papers"))
    for place in range(ADDRESS_FREE):
        look_up(pages.newcomer(address), f"H56.14-261118-{place + 1:04}", WRONG, 404)
    newly = pages.newcomer(address)
    form = newly.get(BASE)
    assert form.one("form[data-proof] [name=proof]")
    assert f"Hãy chờ {ADDRESS_WAIT} giây" in form.text
    early = newly.post(BASE, 429, form_token=form.token(), code=pages.code("papers"), figures=PHONE)
    assert early.token() == form.token()
    pages.clock.pass_by(seconds=ADDRESS_WAIT)
    newly.post(BASE, 303, form_token=early.token(), code=pages.code("papers"), figures=PHONE)
    assert not served.get(BASE).soup.select("[data-proof]")
    look_up(served, pages.code("papers"))


def test_while_the_store_is_away_what_was_typed_stays_and_right_and_wrong_hear_the_same(
    pages: DossierPages, capfd: pytest.CaptureFixture[str]
):
    services = Services(pages.services.settings, clock=pages.clock, sleep=lambda seconds: None)
    visitor = Visitor(create_app(pages.services.settings, services))
    token = visitor.get(BASE).token()
    heard = set()
    with Silence(services.aws, "dynamodb"):
        for figures in (PHONE, WRONG):
            page = visitor.post(BASE, 503, form_token=token, code=pages.code("papers"), figures=figures)
            assert (page.value("code"), page.value("figures")) == (pages.code("papers"), figures)
            assert page.answer.headers["Retry-After"]
            heard.add(same(page))
    assert len(heard) == 1
    assert "Hãy chờ ít phút rồi bấm “Xem hồ sơ” lần nữa; thông tin đã nhập vẫn còn." in page.text
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["path"] for line in lines if line.get("event") == "unavailable"] == ["dossiers.find"] * 2
    assert pages.code("papers") not in json.dumps(lines)
    pages.clock.pass_by(seconds=6)
    visitor.post(BASE, 303, form_token=page.token(), code=pages.code("papers"), figures=PHONE)


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "' OR 1=1 --", "H56.14-261120-0008\x00", "{{ 7*7 }}", "9" * 3_000, "٣" * 50, "🐝"],
)
def test_hostile_text_is_shown_as_text_and_breaks_nothing(typed: str, pages: DossierPages):
    visitor = pages.newcomer()
    token = visitor.get(BASE).token()
    page = Page(visitor.client.post(BASE, data={"form_token": token, "code": typed, "figures": typed}))
    assert page.status in (404, 422)
    assert "<script>alert" not in page.html
    assert page.value("form_token")


def test_a_post_without_our_token_shows_the_form_again_as_it_was_typed(pages: DossierPages):
    page = pages.newcomer().post(BASE, 422, form_token="x", code=pages.code("papers"), figures=PHONE)
    assert page.value("code") == pages.code("papers")


def test_where_the_service_is_closed_every_way_in_says_so(pages: DossierPages):
    visitor = pages.newcomer()
    heard = {visitor.get(f"/{SHUT}/ho-so{below}", 404).text for below in ("", "/kq/x")}
    heard.add(visitor.post(f"/{SHUT}/ho-so", 404, code=UNKNOWN, figures=PHONE).text)
    assert len(heard) == 1
    assert "02573811234" in heard.pop()
    assert f'href="/{AGENCY}/ho-so"' in visitor.get(f"/{AGENCY}/").html
    assert "/ho-so" not in visitor.get(f"/{SHUT}/").html
    link = pages.link("papers")
    pages.services.agencies.close_service(AGENCY, Service.DOSSIERS, "off_1")
    pages.clock.pass_by(seconds=6)
    try:
        assert visitor.get(link, 404).h1 == "Dịch vụ không mở ở đây"
    finally:
        pages.services.agencies.open_service(AGENCY, Service.DOSSIERS, "off_1")
        pages.clock.pass_by(seconds=6)


def test_the_example_of_the_form_is_a_code_as_receipts_print_it_with_its_check_character(pages: DossierPages):
    assert DossierCode.of(EXAMPLE).printed in pages.newcomer().get(BASE).text
