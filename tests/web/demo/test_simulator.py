"""The chat simulator without a browser: what it keeps, shows, opens and refuses."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from handlers.app import create_app
from miniapp.zalo.simulator import Fault
from tests.support.cloud import Cloud
from tests.support.letters import AGENCY, LAN, MINH, Town
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Visitor

CHAT = "/demo/chat"
LANS = {"agency": AGENCY, "citizen": "lan"}


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def test_it_is_there_only_where_it_is_the_configured_chat(town: Town) -> None:
    settings = replace(town.made.settings, chat="zalo")
    assert create_app(settings, town.made).test_client().get(CHAT).status_code == 404
    page = town.stranger().get(CHAT)
    csp = page.answer.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in csp
    assert "frame-ancestors 'self'" in csp
    assert "unsafe" not in csp


def test_what_is_typed_is_kept_and_answered_honestly(town: Town) -> None:
    visitor = town.stranger()
    done = visitor.submit(CHAT, text="Bao giờ có điểm <b>ạ</b>?", **LANS)
    town.deliver()
    page = visitor.follow(done)
    assert "Bao giờ có điểm <b>ạ</b>?" in page.text
    assert page.soup.find("b", string="ạ") is None
    assert "chưa có người đọc" in page.text
    assert page.soup.find("a", attrs={"data-sheet": f"/{AGENCY}/diem-thi"})


@pytest.mark.parametrize(
    ("text", "words"), [("", "nhập nội dung"), (" \u200b ", "nhập nội dung"), ("x" * 2001, "2.000")]
)
def test_an_empty_and_an_endless_message_come_back_with_their_reason(town: Town, text: str, words: str) -> None:
    page = town.stranger().submit(CHAT, 422, text=text, **LANS)
    assert words in page.text
    assert town.made.simulated_chat.conversation(AGENCY, LAN) == []


def test_my_things_comes_as_a_message_with_a_way_in_that_works_once(town: Town) -> None:
    visitor = town.stranger()
    visitor.post(f"{CHAT}/toi", form_token=visitor.get(CHAT).token(), **LANS)
    assert town.deliver() == 1
    way = visitor.get(CHAT).soup.find("a", class_="way")
    address = way["data-sheet"]
    assert "/toi/vao/" not in way["href"]
    opened = visitor.get(way["href"])
    assert opened.soup.find("iframe")["src"] == address
    visitor.submit(address)
    assert "Của tôi" in visitor.get("/toi").h1
    token = visitor.get(CHAT).token()
    assert visitor.client.post(address, data={"form_token": token}).status_code == 403


def test_a_menu_entry_opens_its_page_in_the_frame_and_nothing_else_can(town: Town) -> None:
    visitor = town.stranger()
    page = visitor.get(f"{CHAT}?open=scores")
    assert page.soup.find("iframe")["src"] == f"/{AGENCY}/diem-thi"
    assert page.soup.find(id="sheet").get("hidden") is None
    for wanted in ("https://example.com/", "//example.com", "javascript:alert(1)", "/console/", "scores/../x"):
        shut = visitor.client.get(f"{CHAT}?open={quote(wanted, safe='')}").get_data(as_text=True)
        assert (
            "example.com"
            not in shut.partition("<body")[2].partition('class="strip"')[0].replace("&amp;", "&").split("<iframe")[1]
        )
    visitor.get(f"{CHAT}?open=msg_none.0", 404)


def test_another_citizen_is_another_phone(town: Town) -> None:
    visitor = town.visitor()
    visitor.submit(CHAT, text="của Lan", **LANS)
    token = visitor.get(CHAT).token()
    done = visitor.post(f"{CHAT}/doi", form_token=token, agency=AGENCY, citizen="minh", was="lan")
    page = visitor.follow(done)
    assert "của Lan" not in page.text
    assert town.made.simulated_chat.conversation(AGENCY, MINH) == []
    visitor.get("/toi", 403)


def test_an_agency_without_scores_offers_none_and_unknown_ones_are_not_found(town: Town) -> None:
    visitor = town.stranger()
    page = visitor.get(f"{CHAT}?agency=ubnd-tinh-dak-lak")
    assert "Chưa có điểm" in page.text
    visitor.get(f"{CHAT}?agency=no-such", 404)
    visitor.get(f"{CHAT}?citizen=no-such", 404)
    visitor.post(CHAT, 404, text="x", agency="no-such", citizen="lan")


def test_looking_changes_nothing_and_forms_of_others_do_nothing(town: Town) -> None:
    visitor = town.stranger()
    for path in (CHAT, f"{CHAT}?open=home", f"{CHAT}?open=scores"):
        visitor.get(path)
    for path in (CHAT, f"{CHAT}/toi", f"{CHAT}/doi"):
        visitor.post(path, 422, form_token="a.b.c", text="x", **LANS)
    assert town.made.simulated_chat.conversation(AGENCY, LAN) == []
    assert town.deliver() == 0


def test_three_taps_on_my_things_are_one_message(town: Town) -> None:
    visitor = town.stranger()
    token = visitor.get(CHAT).token()
    for _ in range(3):
        visitor.post(f"{CHAT}/toi", form_token=token, **LANS)
    assert town.deliver() == 1
    assert len(town.made.simulated_chat.conversation(AGENCY, LAN)) == 2


def test_a_blocked_citizen_gets_nothing_and_the_page_stands(town: Town) -> None:
    town.made.simulated_chat.tell(AGENCY, LAN, Fault.BLOCKED)
    visitor = town.stranger()
    visitor.submit(CHAT, text="xin chào", **LANS)
    town.deliver()
    page = visitor.get(CHAT)
    assert "xin chào" in page.text
    assert "chưa có người đọc" not in page.text


def test_every_state_is_correct_markup_in_both_languages(town: Town, tmp_path: Path) -> None:
    visitor = Visitor(town.app())
    for more in ("", "&lang=en"):
        collect_html(f"chat-empty{more}", visitor.get(f"{CHAT}?citizen=lan{more}").html, tmp_path)
        collect_html(f"chat-open{more}", visitor.get(f"{CHAT}?open=scores{more}").html, tmp_path)
        collect_html(f"chat-none{more}", visitor.get(f"{CHAT}?agency=ubnd-tinh-dak-lak{more}").html, tmp_path)
        collect_html(
            f"chat-wrong{more}", visitor.submit(CHAT + more.replace("&", "?"), 422, text="", **LANS).html, tmp_path
        )
    visitor.submit(CHAT, text="xin chào", **LANS)
    visitor.post(f"{CHAT}/toi", form_token=visitor.get(CHAT).token(), **LANS)
    town.deliver()
    for more in ("", "&lang=en"):
        collect_html(f"chat-full{more}", visitor.get(f"{CHAT}?citizen=lan{more}").html, tmp_path)
    assert_markup(tmp_path)
