"""Counters at which people rate: named by who manages the agency; a screen whose code leads a phone to a sheet, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import segno

from miniapp.ratings.tokens import VisitCodes
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/danh-gia/quay"


@pytest.fixture
def admin(office: Office) -> Visitor:
    return office.at_desk(office.desk("quan@angiang.gov.vn", "agency_admin"))


@pytest.fixture
def officer(office: Office) -> Visitor:
    return office.at_desk(office.desk("canbo@angiang.gov.vn", "officer"))


def add(visitor: Visitor, name: str, status: int = 303) -> Page:
    return visitor.post(BASE, status, form_token=visitor.get(BASE).token(), name=name)


def events(office: Office) -> list[str]:
    return [entry.event for entry in office.services.audit.page(AGENCY).entries if "counter" in entry.event]


def names(office: Office) -> list[str]:
    return [counter.name for counter in office.services.rating_counters.of(AGENCY)]


def test_a_counter_is_added_once_however_often_the_form_is_sent_and_taken_away_and_both_are_in_the_trail(
    office: Office, admin: Visitor
) -> None:
    assert "chưa có quầy nào" in admin.get(BASE).text
    form = {"form_token": admin.get(BASE).token(), "name": " Quầy  số 3 "}
    for _ in range(2):
        admin.post(BASE, 303, **form)
    assert names(office) == ["Quầy số 3"]
    ask = admin.get(f"{BASE}/quay-so-3/bo")
    for _ in range(2):
        admin.post(f"{BASE}/quay-so-3/bo", 303, form_token=ask.token())
    assert names(office) == []
    assert events(office) == ["rating_counter_removed", "rating_counter_added"]
    admin.get(f"{BASE}/quay-so-3", 404)
    assert office.services.rating_counters.names(AGENCY) == {"quay-so-3": "Quầy số 3"}  # figures of before name it
    add(admin, "Quầy số 3")
    assert names(office) == ["Quầy số 3"]


@pytest.mark.parametrize("name", ["", "…", "Quầy " + "9" * 26, "QUAY 1"])
def test_a_name_that_no_address_can_have_or_that_is_there_is_refused_with_words_and_stays_typed(
    office: Office, admin: Visitor, name: str
) -> None:
    add(admin, "Quầy 1")
    page = add(admin, name, 422)
    assert page.value("name") == name
    assert page.soup.select_one("#f-name-problem")
    assert names(office) == ["Quầy 1"]
    assert events(office) == ["rating_counter_added"]


def test_only_who_manages_the_agency_names_counters_and_only_its_own_officers_open_screens(
    office: Office, admin: Visitor, officer: Visitor
) -> None:
    add(admin, "Quầy 1")
    token = admin.get(BASE).token()
    assert "quay-1/bo" not in officer.get(BASE).html
    officer.get(f"{BASE}/quay-1")
    publisher = office.at_desk(office.desk("nap@x.vn", "publisher"))
    foreign = office.at_desk(office.desk("la@y.vn", "agency_admin", agency=OTHER))
    for stranger in (publisher, foreign):
        for below in ("", "/quay-1"):
            stranger.get(BASE + below, 403)
    for stranger in (officer, publisher, foreign):
        stranger.get(f"{BASE}/quay-1/bo", 403)
        stranger.post(f"{BASE}/quay-1/bo", 403, form_token=token)
        stranger.post(BASE, 403, form_token=token, name="Quầy 2")
    assert names(office) == ["Quầy 1"]
    assert not office.services.rating_counters.of(OTHER)


def test_the_screen_leads_a_phone_to_a_sheet_and_shows_another_code_within_a_minute_without_a_script(
    office: Office, admin: Visitor, officer: Visitor
) -> None:
    add(admin, "Quầy 1")
    page = officer.get(f"{BASE}/quay-1")
    seconds = int(re.search(r'<noscript><meta http-equiv="refresh" content="(\d+)"></noscript>', page.html)[1])  # type: ignore[index]
    assert seconds <= 60
    assert "Lê Thị Lan" not in page.text and "Đăng xuất" not in page.text
    address = scanned(office, page)
    begun = begin(office, address)
    assert re.fullmatch(rf"/{AGENCY}/danh-gia/[\w-]+", begun.answer.location)
    assert "đã có người dùng" in begin(office, address, 409).text
    office.clock.pass_by(seconds=seconds)
    later = scanned(office, officer.get(f"{BASE}/quay-1"))
    assert later != address
    begin(office, later)


def test_pages_of_counters_are_sound(office: Office, admin: Visitor, tmp_path: Path) -> None:
    add(admin, "Quầy 1")
    for below in ("", "/quay-1", "/quay-1/bo"):
        for language in ("", "?lang=en"):
            collect_html(f"quay{below}{language}", admin.get(BASE + below + language).html, tmp_path)
    assert_markup(tmp_path)


def scanned(office: Office, page: Page) -> str:
    """What the screen's picture says, proved by drawing it from the codes of the clock."""
    code = VisitCodes(office.services.sealer).shown(f"{AGENCY}/quay-1", office.clock.now())
    address = f"/{AGENCY}/danh-gia/quay/quay-1?ma={code}"
    drawn = segno.make(office.services.settings.base_url.rstrip("/") + address, error="m", micro=False)
    shown = page.soup.select_one("#code[data-refresh] img")
    assert shown and shown["src"] == drawn.svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return address


def begin(office: Office, address: str, status: int = 303) -> Page:
    return office.visitor().submit(address, status, ma=address.partition("?ma=")[2])
