"""What one admin asks for, at the desks of both: who sees it, who says yes, who gets the link, and three taps."""

from dataclasses import replace
from typing import Any

import pytest

from miniapp.accounts.access import Operator
from miniapp.agencies.store import AgencyStore
from tests.support.markup import collect_html
from tests.support.officers import Desk, joined
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

PEOPLE = f"/console/{AGENCY}/officers"


@pytest.fixture
def mai(office: Office) -> Desk:
    return office.desk("mai@angiang.gov.vn", "agency_admin")


@pytest.fixture
def nam(office: Office) -> Desk:
    return office.desk("nam@angiang.gov.vn", "agency_admin")


@pytest.fixture
def asker(office: Office, mai: Desk) -> Visitor:
    return office.at_desk(mai)


@pytest.fixture
def second(office: Office, asker: Visitor, nam: Desk) -> Visitor:
    return office.at_desk(nam)


def invited(asker: Visitor) -> str:
    """Ask for an invitation; where the wish is."""
    sent = asker.submit(f"{PEOPLE}/new", name="Hà", login="ha@angiang.gov.vn", roles=["approver"])
    return str(sent.answer.headers["Location"])


def hidden(page: Page, **more: str) -> dict[str, Any]:
    return {"form_token": page.token(), "asked": page.value("asked"), **more}


def test_a_wish_is_seen_by_both_and_the_link_by_the_second_only(
    office: Office, asker: Visitor, second: Visitor
) -> None:
    address = invited(asker)
    mine = asker.get(address)
    collect_html("console asked mine", mine.html)
    assert "Đề nghị của bạn đang chờ" in mine.text
    assert not mine.soup.find(id="f-understood")
    for visitor in (asker, second):
        page = visitor.get(PEOPLE)
        collect_html("console people asked", page.html)
        assert "ha@angiang.gov.vn" in page.text
        assert address in page.html
    page = second.get(address)
    collect_html("console asked", page.html)
    assert "Lê Thị Lan" in page.text  # who asked
    refused = second.post(address, 422, **hidden(page))
    collect_html("console asked not understood", refused.html)
    fields = hidden(page, understood="1")
    made = [second.post(address, 200, **fields) for _ in range(3)]  # three taps, one link
    collect_html("console link made", made[0].html)
    links = {str(one.soup.select("[data-copy]")[0]["data-copy"]) for one in made}
    (link,) = links
    assert "/console/link/" in link
    for path in (PEOPLE, f"/console/{AGENCY}/audit", "/console/"):
        assert link not in asker.get(path).html
    token = link.rsplit("/", 1)[1]
    desk = joined(office.services.accounts, office.clock, token, "", "ha@angiang.gov.vn")
    assert desk.signed().may("scores.approve", AGENCY)
    asker.get(address, 404)
    english = asker.get(f"{PEOPLE}?lang=en")
    assert "Waiting for a second person" not in english.text


def test_three_taps_of_the_asker_are_one_wish(office: Office, asker: Visitor) -> None:
    page = asker.get(f"{PEOPLE}/new")
    collect_html("console invite", page.html)
    fields: dict[str, Any] = {"form_token": page.token(), "name": "Hà", "login": "ha@angiang.gov.vn"}
    sent = [asker.post(f"{PEOPLE}/new", roles=["approver"], **fields) for _ in range(3)]
    assert len({one.answer.headers["Location"] for one in sent}) == 1
    assert len(office.services.accounts.confirming.waiting(AGENCY, Operator())) == 1


def test_the_asker_cannot_say_yes_even_by_hand(office: Office, asker: Visitor) -> None:
    address = invited(asker)
    page = asker.get(address)
    refused = asker.post(address, 403, **hidden(page, understood="1"))
    collect_html("console asked by himself", refused.html)
    assert "Không thể tự xác nhận" in refused.text
    assert len(office.services.accounts.confirming.waiting(AGENCY, Operator())) == 1


@pytest.mark.parametrize("act", ["new-phone", "new-password"])
def test_a_new_way_in_for_somebody_waits_too(
    office: Office, asker: Visitor, second: Visitor, lan: Desk, act: str
) -> None:
    token = lan.come_in().token
    sent = asker.submit(f"{PEOPLE}/{lan.id}/{act}", understood="1")
    assert office.services.accounts.sessions.officer(token)
    page = second.get(str(sent.answer.headers["Location"]))
    collect_html(f"console asked {act}", page.html)
    made = second.post(str(page.soup.select("form.confirm")[0]["action"]), 200, **hidden(page, understood="1"))
    assert "/console/link/" in made.html
    assert office.services.accounts.sessions.officer(token) is None


def test_a_role_of_weight_counts_after_the_second_yes(
    office: Office, asker: Visitor, second: Visitor, lan: Desk
) -> None:
    token = lan.come_in().token
    sent = asker.submit(f"{PEOPLE}/{lan.id}/roles", roles=["approver", "publisher"])
    found = office.services.accounts.sessions.officer(token)
    assert found
    assert not found.may("scores.approve", AGENCY)
    address = str(sent.answer.headers["Location"])
    page = second.get(f"{address}?lang=en")
    collect_html("console asked roles", page.html)
    assert "Present roles" in page.text
    second.post(address, **hidden(page, understood="1"))
    found = office.services.accounts.sessions.officer(token)
    assert found
    assert found.may("scores.approve", AGENCY)


def test_whom_it_is_about_sees_it_and_does_not_confirm(asker: Visitor, second: Visitor, nam: Desk) -> None:
    sent = asker.submit(f"{PEOPLE}/{nam.id}/roles", roles=["agency_admin", "approver"])
    page = second.get(str(sent.answer.headers["Location"]))
    collect_html("console asked about me", page.html)
    assert "về chính bạn" in page.text
    second.post(str(sent.answer.headers["Location"]), 403, **hidden(page, understood="1"))


@pytest.mark.parametrize("who", ["asker", "second"])
def test_a_no_ends_it(
    request: pytest.FixtureRequest, office: Office, asker: Visitor, second: Visitor, who: str
) -> None:
    address = invited(asker)
    visitor: Visitor = request.getfixturevalue(who)
    page = visitor.get(address)
    fields = hidden(page)
    fields["form_token"] = str(page.soup.find_all("input", attrs={"name": "form_token"})[-1]["value"])
    for _ in range(3):
        gone = visitor.post(f"{address}/decline", **fields)
    assert gone.answer.headers["Location"] == PEOPLE
    visitor.get(address, 404)
    assert office.services.accounts.confirming.waiting(AGENCY, Operator()) == []
    trail = visitor.get(f"/console/{AGENCY}/audit")
    assert "Bỏ đề nghị về cán bộ" in trail.text


def test_a_yes_asks_for_the_phone_again_first(office: Office, asker: Visitor, second: Visitor, nam: Desk) -> None:
    address = invited(asker)
    page = second.get(address)
    office.clock.pass_by(minutes=6)
    assert "/console/second-factor?next=" in second.get(address, 303).answer.headers["Location"]
    late = second.post(address, 422, **hidden(page, understood="1"))
    collect_html("console asked late", late.html)
    assert "xác thực lần nữa" in late.text


def test_another_wish_for_the_same_person_is_refused_with_what_was_typed(
    asker: Visitor, second: Visitor, lan: Desk
) -> None:
    invited(asker)
    page = second.submit(f"{PEOPLE}/new", 422, name="Hà", login="ha@angiang.gov.vn", roles=["officer"])
    collect_html("console asked already", page.html)
    assert page.value("login") == "ha@angiang.gov.vn"


def test_a_wish_that_somebody_else_dealt_with_is_not_there(office: Office, asker: Visitor, second: Visitor) -> None:
    address = invited(asker)
    page = second.get(address)
    confirming = office.services.accounts.confirming
    (held,) = confirming.waiting(AGENCY, Operator())
    confirming.decline(held, by=Operator())
    second.post(address, 404, **hidden(page, understood="1"))
    invited(asker)
    second.post(address, 404, **hidden(page, understood="1"))


@pytest.mark.parametrize("role", ["publisher", "approver", "officer", "auditor"])
def test_who_is_no_admin_has_no_say(office: Office, asker: Visitor, role: str) -> None:
    address = invited(asker)
    other = office.at_desk(office.desk(f"{role}@angiang.gov.vn", role))
    other.get(address, 403)
    token = other.get("/console/account").token()
    for path in (address, f"{address}/decline"):
        other.post(path, 403, form_token=token, understood="1", asked="x")
    assert "chờ bạn xác nhận" not in other.get("/console/").text


def test_another_agencys_admin_has_no_say_and_strangers_sign_in(office: Office, asker: Visitor) -> None:
    address = invited(asker)
    other = office.at_desk(office.desk("an@phuyen.gov.vn", "agency_admin", agency=OTHER))
    other.get(address, 403)
    below = address.removeprefix(f"/console/{AGENCY}/")
    other.get(f"/console/{OTHER}/{below}", 404)
    token = other.get("/console/account").token()
    other.post(f"/console/{OTHER}/{below}", 404, form_token=token, understood="1", asked="x")
    assert office.visitor().get(address, 303).answer.headers["Location"].startswith("/console/sign-in?next=")


def test_the_admin_of_the_agency_above_confirms_at_his_own_desk(office: Office) -> None:
    child = replace(office.services.agencies.now(AGENCY), id="truong", address="truong-thpt", parent=AGENCY)
    AgencyStore().add([child])
    asker = office.desk("truong@angiang.gov.vn", "agency_admin", agency="truong").signed()
    office.services.accounts.people.invite("truong", "ha@angiang.gov.vn", "Hà", ["approver"], by=asker)
    above = office.at_desk(office.desk("mai@angiang.gov.vn", "agency_admin"))
    assert "1 việc về cán bộ" in above.get("/console/").text
    (link,) = above.get(PEOPLE).soup.select('a[href*="/asked/truong-thpt/"]')
    address = str(link["href"])
    made = above.post(address, 200, **hidden(above.get(address), understood="1"))
    assert "/console/link/" in made.html
    assert office.services.accounts.confirming.waiting("truong", Operator()) == []


def test_the_inbox_counts_what_i_can_confirm(asker: Visitor, second: Visitor) -> None:
    invited(asker)
    page = second.get("/console/")
    collect_html("console home asked", page.html)
    assert "1 việc về cán bộ chờ bạn xác nhận" in page.text
    assert "chờ bạn xác nhận" not in asker.get("/console/").text
    assert "1 request about an officer waits for you" in second.get("/console/?lang=en").text
