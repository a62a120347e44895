"""What people wrote: found without accents, read by whom it concerns, answered once it was looked at; nobody deletes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from miniapp.core.errors import Conflict, Refused
from miniapp.procedures.model import Procedure
from miniapp.ratings.comments import PAGE_MOST, Comments, Wanted
from miniapp.ratings.model import Doubt
from tests.support.markup import assert_markup, collect_html
from tests.support.rated_desk import MONTH, PROCEDURE, cast, said
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/danh-gia/y-kien"
NAME = "Đăng ký khai sinh"
GOOD = "Về việc đăng ký khai sinh của ông bà: ngày 20/07/2026 cơ quan đã bổ sung người tại quầy, mời ông bà đến nhận."
OTHER_GOOD = (
    "Hồ sơ đăng ký khai sinh đã xong, trả tận nhà trước ngày 25/07/2026 theo đúng lời hẹn của chúng tôi hôm trước."
)


@pytest.fixture
def comments(office: Office) -> Comments:
    """Six ballots of July, five of them with words."""
    services = office.services
    services.procedure_office.take(AGENCY, [Procedure(PROCEDURE, NAME)], by="operator", source="test")
    cast(
        services,
        said("b1", "Phải đi lại ba lần", AGENCY, reasons=("many_trips",)),
        said("b2", "Cán bộ nhiệt tình", AGENCY, "very_satisfied", day="2026-07-11"),
        said("b3", "Chờ hơi lâu", AGENCY, "neutral", day="2026-07-12"),
        said("b4", "Không ai trả lời điện thoại", AGENCY, reasons=("attitude",), day="2026-07-13"),
        replace(said("b5", "spam spam", AGENCY, day="2026-07-14").set_apart((Doubt.BURST,)), version=1),
        said("b6", "", AGENCY, "satisfied"),
        said("b7", "Rất tốt", AGENCY, "satisfied"),
    )
    return services.rating_comments


@pytest.fixture
def visitor(office: Office) -> Visitor:
    """Who leads the agency."""
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


def found(page: Page) -> list[str]:
    return [each.get_text() for each in page.soup.select(".comments .lines")]


def sent(visitor: Visitor, page: Page, text: str, status: int = 303) -> Page:
    fields = {name: page.value(name) for name in ("form_token", "seen", "looked")}
    return visitor.post(f"{BASE}/b1", status, **fields, text=text)


# --- reading


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            "",
            [
                "spam spam",
                "Không ai trả lời điện thoại",
                "Chờ hơi lâu",
                "Cán bộ nhiệt tình",
                "Rất tốt",
                "Phải đi lại ba lần",
            ],
        ),
        ("q=dien thoai", ["Không ai trả lời điện thoại"]),
        ("q=ĐIỆN THOẠI", ["Không ai trả lời điện thoại"]),
        ("muc=neutral", ["Chờ hơi lâu"]),
        ("ly-do=many_trips", ["Phải đi lại ba lần"]),
        ("muc=dissatisfied&ly-do=attitude&q=ai", ["Không ai trả lời điện thoại"]),
        ("q=khong co gi nhu the", []),
        ("ky=2026-06", []),
        (
            "muc=khac&ly-do=khac",
            [
                "spam spam",
                "Không ai trả lời điện thoại",
                "Chờ hơi lâu",
                "Cán bộ nhiệt tình",
                "Rất tốt",
                "Phải đi lại ba lần",
            ],
        ),
    ],
)
def test_words_are_found_with_and_without_accents_by_level_and_by_reason(
    visitor: Visitor, comments: Comments, asked: str, words: list[str]
):
    assert found(visitor.get(f"{BASE}?{asked}")) == words


def test_neither_the_day_nor_the_hour_nor_the_officer_is_told(visitor: Visitor, comments: Comments):
    for address in (BASE, f"{BASE}/b4"):
        page = visitor.get(address)
        assert "07/2026" in page.text
        assert "13/07/2026" not in page.text and "2026-07-13" not in page.html
    assert "Để riêng" in visitor.get(f"{BASE}?q=spam").text


def test_of_a_month_with_fewer_than_five_ballots_no_word_is_read(office: Office, visitor: Visitor):
    cast(office.services, *(said(f"c{at}", f"Ý kiến {at}", AGENCY) for at in range(4)))
    page = visitor.get(BASE)
    assert found(page) == [] and "chưa đến 5 phiếu: 07/2026" in page.text
    visitor.get(f"{BASE}/c1", 404)
    cast(office.services, said("c4", "Ý kiến 4", AGENCY))
    assert len(found(visitor.get(BASE))) == 5


def test_an_officer_reads_what_is_about_himself_or_nobody_by_name(office: Office, visitor: Visitor):
    lan, minh = office.desk("lan@x.vn", "officer"), office.desk("minh@x.vn", "officer")
    for who in ("", lan.id, minh.id):
        cast(office.services, *(said(f"{who}{at}", f"về {who or 'chung'}", AGENCY, officer=who) for at in range(5)))
    mine = office.at_desk(lan)
    assert set(found(mine.get(BASE))) == {f"về {lan.id}", "về chung"}
    mine.get(f"{BASE}/{minh.id}0", 404)
    mine.post(f"{BASE}/{minh.id}0", 404, form_token=mine.get(f"{BASE}/{lan.id}0").token(), text=GOOD)
    assert len(set(found(visitor.get(BASE)))) == 3
    for role in ("agency_admin", "auditor"):
        office.at_desk(office.desk(f"{role}@x.vn", role)).get(BASE, 403)


def test_words_are_read_page_by_page_each_once(office: Office, visitor: Visitor):
    cast(
        office.services,
        *(said(f"c{at:02}", f"Ý kiến {at:02}", AGENCY, day=f"2026-07-{at % 9 + 1:02}") for at in range(45)),
    )
    told, address = [], BASE
    while address:
        page = visitor.get(address)
        assert len(found(page)) <= PAGE_MOST
        told += found(page)
        later = page.soup.select_one("a[rel=next]")
        address = str(later["href"]) if later else ""
    assert sorted(told) == [f"Ý kiến {at:02}" for at in range(45)]
    assert found(visitor.get(f"{BASE}?sau=2019-01-01%23x")) == found(visitor.get(BASE))


def test_what_is_asked_for_may_lie_behind_many_that_are_not(office: Office, comments: Comments):
    held = Wanted(["2026-07"], text="phai di lai")
    assert [each.ballot.id for each in comments.page(AGENCY, held).comments] == ["b1"]


# --- answering


def test_an_answer_is_sent_and_stands_beside_the_words_and_in_the_trail(
    office: Office, visitor: Visitor, comments: Comments
):
    sent(visitor, visitor.get(f"{BASE}/b1"), GOOD)
    assert GOOD in visitor.get(f"{BASE}/b1").text
    assert "Đã trả lời" in visitor.get(BASE).text
    assert [reply.text for reply in comments.of_ballot(AGENCY, "b1")] == [GOOD]
    entry = office.services.audit.page(AGENCY).entries[0]
    assert (entry.event, entry.facts) == ("rating_answered", {"ballot": "b1", "number": 1, "weak": ""})
    assert comments.of_ballot(OTHER, "b1") == []


def test_a_general_answer_comes_back_with_what_is_missing_and_what_was_typed(visitor: Visitor, comments: Comments):
    page = sent(visitor, visitor.get(f"{BASE}/b1"), "Cảm ơn ông bà đã góp ý.", 422)
    assert "Không có ngày nào" in page.text and "Không nhắc tên việc" in page.text
    assert page.one("textarea").get_text() == "Cảm ơn ông bà đã góp ý."
    assert comments.of_ballot(AGENCY, "b1") == []
    mended = sent(visitor, page, "Về đăng ký khai sinh, cảm ơn ông bà đã góp ý.", 422)
    assert "Không có ngày nào" in mended.text and "Không nhắc tên việc" not in mended.text
    sent(visitor, mended, GOOD)
    assert [reply.text for reply in comments.of_ballot(AGENCY, "b1")] == [GOOD]


def test_whoever_has_seen_what_is_missing_may_send_the_same_text(office: Office, visitor: Visitor, comments: Comments):
    page = sent(visitor, visitor.get(f"{BASE}/b1"), "Cảm ơn ông bà đã góp ý.", 422)
    sent(visitor, page, "Cảm ơn ông bà đã góp ý.")
    assert len(comments.of_ballot(AGENCY, "b1")) == 1
    assert office.services.audit.page(AGENCY).entries[0].facts["weak"] == "no_date matter_unnamed"
    assert (
        "không có ngày, không nhắc tên việc"
        in office.at_desk(office.desk("kt@x.vn", "auditor")).get(f"/console/{AGENCY}/audit").text
    )


def test_a_copy_of_an_earlier_answer_is_told_with_how_much_of_it_is_the_same(visitor: Visitor, comments: Comments):
    comments.reply(AGENCY, "b4", GOOD, by="off_2", key="k", seen=0, weak=[])
    page = sent(visitor, visitor.get(f"{BASE}/b1"), GOOD.replace("20/07", "21/07"), 422)
    assert "100 % câu chữ giống" in page.text
    assert "Không có ngày nào" not in page.text
    sent(visitor, page, OTHER_GOOD)


@pytest.mark.parametrize(("text", "told"), [("", "còn trống"), ("   \n ", "còn trống"), ("a" * 2001, "dài hơn 2000")])
def test_an_answer_has_words_and_not_too_many(visitor: Visitor, comments: Comments, text: str, told: str):
    page = sent(visitor, visitor.get(f"{BASE}/b1"), text, 422)
    assert told in page.text
    assert comments.of_ballot(AGENCY, "b1") == []


def test_the_same_form_twice_is_one_answer(visitor: Visitor, comments: Comments):
    page = visitor.get(f"{BASE}/b1")
    for _ in range(3):
        sent(visitor, page, GOOD)
    assert len(comments.of_ballot(AGENCY, "b1")) == 1
    again = [comments.reply(AGENCY, "b1", GOOD, by="off_2", key="form", seen=1, weak=[]) for _ in range(2)]
    assert again[0] == again[1]
    assert len(comments.of_ballot(AGENCY, "b1")) == 2


def test_who_answers_second_is_shown_the_first_answer_and_keeps_what_was_typed(visitor: Visitor, comments: Comments):
    page = visitor.get(f"{BASE}/b1")
    comments.reply(AGENCY, "b1", OTHER_GOOD, by="off_2", key="k", seen=0, weak=[])
    again = sent(visitor, page, GOOD, 409)
    assert OTHER_GOOD in again.text and again.one("textarea").get_text() == GOOD
    sent(visitor, again, GOOD)
    assert [reply.text for reply in comments.of_ballot(AGENCY, "b1")] == [OTHER_GOOD, GOOD]


def test_after_three_answers_there_is_no_form_and_nothing_more_is_taken(visitor: Visitor, comments: Comments):
    page = visitor.get(f"{BASE}/b1")
    for at in range(3):
        comments.reply(AGENCY, "b1", f"{GOOD} {at}", by="off_2", key=f"k{at}", seen=at, weak=[])
    assert visitor.get(f"{BASE}/b1").soup.select("main form[method=post]") == []
    assert "3 lần" in sent(visitor, page, OTHER_GOOD, 422).text
    with pytest.raises(Refused, match="rating_replies_used"):
        comments.reply(AGENCY, "b1", GOOD, by="off_2", key="more", seen=3, weak=[])
    with pytest.raises(Conflict, match="rating_answered"):
        comments.reply(AGENCY, "b4", GOOD, by="off_2", key="more", seen=2, weak=[])


def test_nobody_deletes_or_changes_words_or_answers(visitor: Visitor, comments: Comments):
    for method in ("delete", "put", "patch"):
        assert getattr(visitor.client, method)(f"{BASE}/b1").status_code == 405
    assert not [name for name in dir(Comments) if name.startswith(("delete", "remove", "change", "edit"))]


def test_pages_of_words_are_sound_html(visitor: Visitor, comments: Comments, tmp_path: Path):
    comments.reply(AGENCY, "b4", GOOD, by="off_2", key="k", seen=0, weak=[])
    for at in ("", "?q=khong co gi nhu the", "?ky=2025", "/b1", "/b4", f"?ky={MONTH}&lang=en", "/b4?lang=en"):
        collect_html(f"words{at}", visitor.get(BASE + at).html, tmp_path)
    collect_html("weak", sent(visitor, visitor.get(f"{BASE}/b1"), "Cảm ơn.", 422).html, tmp_path)
    assert_markup(tmp_path)
