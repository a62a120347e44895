"""Network addresses that many who rate share: stated by who manages the agency, the one of this browser at one tick."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

COUNTERS = f"/console/{AGENCY}/danh-gia/quay"
BASE = f"/console/{AGENCY}/danh-gia/dia-chi-chung"
LINE, SIX = "113.160.1.20", "2401:d800:1:2::/64"


@pytest.fixture
def manager(office: Office) -> Visitor:
    """Whoever manages the agency, at its counter."""
    return connected(office.at_desk(office.desk("quan@angiang.gov.vn", "agency_admin")), LINE)


def connected(visitor: Visitor, address: str) -> Visitor:
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def sent(visitor: Visitor, page: Page, status: int = 303, **fields: str) -> Page:
    """The form of a page as it stands there, but for what is typed over."""
    held = {"addresses": typed(page), "version": page.value("version"), "form_token": page.token()}
    return visitor.post(BASE, status, **(held | fields))


def typed(page: Page) -> str:
    return page.one("#f-addresses").get_text()


def stated(office: Office) -> tuple[str, ...]:
    return office.services.shared_addresses.of(AGENCY).addresses


def entries(office: Office) -> int:
    return sum("addresses" in entry.event for entry in office.services.audit.page(AGENCY).entries)


def test_the_address_of_this_browser_is_stated_by_a_tick_once_however_often_the_form_is_sent(
    office: Office, manager: Visitor
) -> None:
    counters = manager.get(COUNTERS)
    assert "Chưa ghi địa chỉ nào" in counters.text
    page = manager.get(counters.one("a[href$='/dia-chi-chung']")["href"])
    box = page.one("input[name=here]")
    assert (box["value"], box.has_attr("checked"), typed(page)) == (LINE, False, "")
    for _ in range(2):
        after = sent(manager, page, here=str(box["value"]))
    assert stated(office) == (LINE,)
    assert entries(office) == 1
    assert LINE in manager.follow(after).text
    again = manager.get(BASE)
    assert typed(again) == LINE
    assert again.soup.select_one("input[name=here]") is None and "đã được ghi" in again.text


def test_a_phone_s_network_is_offered_as_a_whole_and_an_inner_address_is_not(office: Office, manager: Visitor) -> None:
    page = connected(manager, "2401:d800:1:2:3:4:5:6").get(BASE)
    assert page.value("here") == SIX
    sent(manager, page, here=SIX, addresses=LINE)
    assert stated(office) == (LINE, SIX)
    inside = connected(manager, "10.0.0.7").get(BASE)
    assert inside.soup.select_one("input[name=here]") is None and "mạng nội bộ" in inside.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("wifi", "Mục thứ 2 không phải địa chỉ mạng"),
        ("192.168.1.1", "Mục thứ 2 là địa chỉ nội bộ"),
        ("113.160.0.0/16", "Mục thứ 2 là cả một mạng lớn"),
        (" ".join(f"113.160.2.{at}" for at in range(6)), "ghi được 6 mục"),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed_and_changes_nothing(
    office: Office, manager: Visitor, wrong: str, said: str
) -> None:
    text = f"{LINE}\n{wrong}"
    page = sent(manager, manager.get(BASE), 422, addresses=text, here=LINE)
    assert said in page.one("#f-addresses-problem").get_text()
    assert typed(page) == text
    assert page.one("input[name=here]").has_attr("checked")
    assert (stated(office), entries(office)) == ((), 0)
    sent(manager, page, addresses=LINE)
    assert stated(office) == (LINE,)


def test_of_two_who_change_it_at_once_the_second_reads_what_the_first_saved_and_loses_nothing_typed(
    office: Office, manager: Visitor
) -> None:
    page, other = manager.get(BASE), manager.get(BASE)
    sent(manager, other, addresses=SIX)
    met = sent(manager, page, 409, addresses=LINE)
    assert typed(met) == LINE and SIX in met.text and "Người khác vừa đổi" in met.text
    assert stated(office) == (SIX,)
    sent(manager, met, addresses=f"{LINE}\n{SIX}")
    assert stated(office) == (LINE, SIX)
    assert entries(office) == 2


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 10, "1"])
def test_a_version_that_never_was_changes_nothing(office: Office, manager: Visitor, version: str) -> None:
    sent(manager, manager.get(BASE), 409, addresses=LINE, version=version)
    assert (stated(office), entries(office)) == ((), 0)


def test_the_trail_says_it_in_words_with_the_addresses_before_and_after(office: Office, manager: Visitor) -> None:
    sent(manager, manager.get(BASE), addresses=LINE)
    sent(manager, manager.get(BASE), addresses=SIX)
    auditor = office.at_desk(office.desk("kiem@angiang.gov.vn", "auditor"))
    text = auditor.get(f"/console/{AGENCY}/audit").text
    assert "Đổi địa chỉ mạng dùng chung khi đánh giá" in text
    assert LINE in text and SIX in text and "rating_addresses" not in text


def test_only_who_manages_the_agency_reads_or_states_them(office: Office, manager: Visitor) -> None:
    page = manager.get(BASE)
    officer = office.at_desk(office.desk("canbo@angiang.gov.vn", "officer"))
    foreign = office.at_desk(office.desk("la@y.vn", "agency_admin", agency=OTHER))
    assert "dia-chi-chung" not in officer.get(COUNTERS).html
    for stranger in (officer, foreign):
        stranger.get(BASE, 403)
        sent(stranger, page, 403, addresses=LINE)
    assert stated(office) == ()


def test_pages_of_addresses_are_sound(office: Office, manager: Visitor, tmp_path: Path) -> None:
    old = manager.get(BASE)
    sent(manager, manager.get(BASE), addresses=LINE)
    for language in ("", "?lang=en"):
        collect_html(f"addresses{language}", manager.get(BASE + language).html, tmp_path)
        collect_html(f"counters{language}", manager.get(COUNTERS + language).html, tmp_path)
    collect_html("wrong", sent(manager, old, 422, addresses="wifi").html, tmp_path)
    collect_html("changed", sent(manager, manager.get(BASE), 409, addresses=SIX, version="0").html, tmp_path)
    assert_markup(tmp_path)
