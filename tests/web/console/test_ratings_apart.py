"""Reviewing ballots that were set apart, at the desk: days, groups, one form each; nothing of what a ballot says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from miniapp.ratings.model import Doubt, State
from tests.support.markup import assert_markup, collect_html
from tests.support.rated_desk import cast, said
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/danh-gia"
DAY = "2026-07-10"
WORDS = "Chờ lâu quá"


@pytest.fixture
def leader(office: Office) -> Visitor:
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


@pytest.fixture
def groups(office: Office) -> None:
    """Two of one reason, one of two, with words, and one that counts."""
    held = [replace(said(f"b{at}", WORDS, AGENCY).set_apart((Doubt.BURST,)), version=1) for at in range(2)]
    both = said("both", WORDS, AGENCY).set_apart((Doubt.BURST, Doubt.ONE_DEVICE))
    cast(office.services, *held, replace(both, version=1), said("fine", WORDS, AGENCY))


def typed(page: Page, place: int, **more: str) -> dict[str, str]:
    """The form of one group, filled in."""
    fields = page.soup.select("main form")[place].select("input[name]")
    return {str(one["name"]): str(one.get("value", "")) for one in fields} | {"reason": "Cả xóm đến", **more}


def apart(office: Office) -> set[str]:
    return {one.id for one in office.services.ballots.ballots(AGENCY, DAY) if one.state is State.APART}


def test_a_group_is_let_count_from_the_dashboard_on_and_no_page_says_what_its_ballots_say(
    office: Office, leader: Visitor, groups: None
) -> None:
    assert f"{BASE}/de-rieng?ky=2026-07" in leader.get(f"{BASE}?ky=2026-07").html
    assert f"{BASE}/de-rieng/{DAY}" in leader.get(f"{BASE}/de-rieng?ky=2026-07").html
    page = leader.get(f"{BASE}/de-rieng/{DAY}")
    for secret in (WORDS, "dissatisfied", "Không hài lòng", "b0", "both"):
        assert secret not in page.html
    assert "2 phiếu" in page.text and "1 phiếu" in page.text
    form = typed(page, 0, verdict="clear")
    for _ in range(2):
        leader.post(f"{BASE}/de-rieng/{DAY}", 303, **form)
    assert apart(office) == {"both"}
    auditor = office.at_desk(office.desk("kiemtra@x.vn", "auditor"))
    told = auditor.get(f"/console/{AGENCY}/audit").text
    assert "Cho phiếu để riêng được tính lại" in told
    entries = office.services.audit.page(AGENCY).entries
    assert [entry.facts["count"] for entry in entries if entry.event == "rating_group_cleared"] == [2]


def test_a_group_is_kept_apart_and_then_offers_to_count_alone(office: Office, leader: Visitor, groups: None) -> None:
    address = f"{BASE}/de-rieng/{DAY}"
    leader.post(address, 303, **typed(leader.get(address), 1, verdict="confirm"))
    page = leader.get(address)
    assert apart(office) == {"b0", "b1", "both"}
    assert "Có người xem lại và để riêng" in page.text
    assert [len(form.select("button[name=verdict]")) for form in page.soup.select("main form")] == [2, 1]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"reason": " ", "verdict": "clear"}, 422, "Hãy viết vì sao"),
        ({"count": "1", "verdict": "clear"}, 409, "nhiều hơn"),
        ({"count": "x", "verdict": "confirm"}, 409, "nhiều hơn"),
        ({"doubts": "made up", "verdict": "clear"}, 404, "Không có nhóm phiếu như vậy"),
        ({"verdict": "delete"}, 404, "Không có nhóm phiếu như vậy"),
        ({"form_token": "", "verdict": "clear"}, 422, ""),
    ],
)
def test_what_is_wrong_changes_nothing_and_keeps_what_was_typed(
    office: Office, leader: Visitor, groups: None, more: dict[str, str], status: int, words: str
) -> None:
    address = f"{BASE}/de-rieng/{DAY}"
    form = typed(leader.get(address), 0, **more)
    page = leader.post(address, status, **form)
    assert words in page.text
    if status == 409:
        assert page.soup.select_one("#f-reason")["value"] == form["reason"]  # type: ignore[index]
    assert apart(office) == {"b0", "b1", "both"}


def test_only_who_reviews_here_comes_in(office: Office, leader: Visitor, groups: None) -> None:
    address = f"{BASE}/de-rieng/{DAY}"
    form = typed(leader.get(address), 0, verdict="clear")
    visitors = [
        office.at_desk(office.desk(f"{role}@x.vn", role))
        for role in ("officer", "publisher", "agency_admin", "auditor")
    ]
    visitors.append(office.at_desk(office.desk("la@y.vn", "approver", "auditor", agency=OTHER)))
    for visitor in visitors:
        for below in ("/de-rieng", f"/de-rieng/{DAY}"):
            visitor.get(BASE + below, 403)
        visitor.post(address, 403, **form)
    assert "de-rieng" not in visitors[0].get(f"{BASE}?ky=2026-07").html
    leader.get(f"{BASE}/de-rieng/hom-qua", 404)
    assert apart(office) == {"b0", "b1", "both"}


def test_pages_of_what_is_apart_are_sound(leader: Visitor, groups: None, tmp_path: Path) -> None:
    for below in ("?ky=2026-07", "?ky=2020", f"/{DAY}", "/2020-01-01"):
        for language in ("vi", "en"):
            at = f"{BASE}/de-rieng{below}{'&' if '?' in below else '?'}lang={language}"
            collect_html(at, leader.get(at).html, tmp_path)
    assert_markup(tmp_path)
