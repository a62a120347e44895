"""People of an agency in the console: who may see them, what is done to them, and the trail that tells."""

import pytest

from tests.support.markup import collect_html
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

PEOPLE = f"/console/{AGENCY}/officers"
TRAIL = f"/console/{AGENCY}/audit"


def test_the_list_shows_this_agencys_people_and_no_others(office: Office, visitor: Visitor, lan: Desk) -> None:
    office.desk("an@phuyen.gov.vn", "publisher", agency=OTHER)
    page = visitor.get(PEOPLE)
    collect_html("console people", page.html)
    assert "lan@angiang.gov.vn" in page.text
    assert "Người nạp kết quả" in page.text
    assert "an@phuyen.gov.vn" not in page.text
    english = visitor.get(f"{PEOPLE}?lang=en")
    assert english.soup.html
    assert english.soup.html["lang"] == "en"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"name": "", "login": "nam@angiang.gov.vn", "roles": ["officer"]}, "name"),
        ({"name": "Nam", "login": "Nam Nguyễn", "roles": ["officer"]}, "login"),
        ({"name": "Nam", "login": "nam@angiang.gov.vn"}, "roles"),
        ({"name": "Nam", "login": "nam@angiang.gov.vn", "roles": ["king"]}, "roles"),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_at_its_field(
    visitor: Visitor, fields: dict[str, object], at: str
) -> None:
    page = visitor.submit(f"{PEOPLE}/new", 422, **fields)
    collect_html(f"console invite wrong {at}", page.html)
    assert page.soup.find(id=f"f-{at}-problem")
    assert page.soup.select_one(f'#problems a[href="#f-{at}"]')
    assert page.value("name") == fields["name"]
    assert page.value("login") == str(fields["login"])


def test_roles_change_by_a_form_and_count_at_once(office: Office, visitor: Visitor, lan: Desk) -> None:
    token = lan.come_in().token
    page = visitor.get(f"{PEOPLE}/{lan.id}/roles")
    collect_html("console roles", page.html)
    assert [box["value"] for box in page.soup.find_all("input", checked=True)] == ["publisher"]
    visitor.post(f"{PEOPLE}/{lan.id}/roles", form_token=page.token(), roles=["auditor"])
    found = office.services.accounts.sessions.officer(token)
    assert found
    assert found.may("audit.read", AGENCY)


def test_nobody_gives_himself_a_role(visitor: Visitor, admin: Desk, office: Office) -> None:
    page = visitor.submit(f"{PEOPLE}/{admin.id}/roles", 403, roles=["approver", "agency_admin"])
    collect_html("console roles refused", page.html)
    assert "Không thể tự thay đổi vai trò" in page.text
    own = visitor.get(f"{PEOPLE}/{admin.id}")
    collect_html("console person me", own.html)
    assert "/disable" not in own.html


@pytest.mark.parametrize("act", ["disable", "end-sessions"])
def test_every_act_asks_in_words_and_is_done_once_understood(
    office: Office, visitor: Visitor, lan: Desk, act: str
) -> None:
    token = lan.come_in().token
    address = f"{PEOPLE}/{lan.id}/{act}"
    assert address in visitor.get(f"{PEOPLE}/{lan.id}").html
    page = visitor.get(address)
    collect_html(f"console act {act}", page.html)
    refused = visitor.post(address, 422, form_token=page.token())
    assert refused.soup.find(id="f-understood-problem")
    assert office.services.accounts.sessions.officer(token)
    visitor.post(address, form_token=refused.token(), understood="1")
    assert office.services.accounts.sessions.officer(token) is None


def test_a_disabled_officer_is_let_in_again(office: Office, visitor: Visitor, lan: Desk) -> None:
    visitor.submit(f"{PEOPLE}/{lan.id}/disable", understood="1")
    page = visitor.get(f"{PEOPLE}/{lan.id}")
    collect_html("console person disabled", page.html)
    assert "Đã khóa" in page.text
    visitor.submit(f"{PEOPLE}/{lan.id}/enable", understood="1")
    assert lan.come_in()


def test_what_changes_ways_in_asks_for_the_phone_again_first(office: Office, admin: Desk, lan: Desk) -> None:
    visitor = office.at_desk(admin)
    form = visitor.get(f"{PEOPLE}/{lan.id}/roles")
    office.clock.pass_by(minutes=6)
    asked = visitor.get(f"{PEOPLE}/{lan.id}/roles", 303).answer.headers["Location"]
    assert asked.startswith("/console/second-factor?next=")
    late = visitor.post(f"{PEOPLE}/{lan.id}/roles", 422, form_token=form.token(), roles=["approver", "auditor"])
    assert "xác thực lần nữa" in late.text
    assert {str(box["value"]) for box in late.soup.find_all("input", checked=True)} == {"approver", "auditor"}
    page = visitor.get(asked)
    collect_html("console second factor", page.html)
    back = visitor.post(asked, form_token=page.token(), code=admin.code())
    assert back.answer.headers["Location"] == f"{PEOPLE}/{lan.id}/roles"
    visitor.submit(f"{PEOPLE}/{lan.id}/roles", roles=["approver"])


def test_people_of_another_agency_are_nobody(office: Office, visitor: Visitor) -> None:
    other = office.desk("an@phuyen.gov.vn", "publisher", agency=OTHER)
    for below in ("", "/roles", "/disable", "/new-phone"):
        visitor.get(f"{PEOPLE}/{other.id}{below}", 404)
    for below in ("/roles", "/disable", "/end-sessions", "/new-phone"):
        token = visitor.get(f"{PEOPLE}/new").token()
        visitor.post(f"{PEOPLE}/{other.id}{below}", 404, form_token=token, understood="1", roles=["officer"])


def test_another_agencys_desk_is_closed(visitor: Visitor, lan: Desk) -> None:
    for below in ("/officers", "/officers/new", f"/officers/{lan.id}", "/audit"):
        visitor.get(f"/console/{OTHER}{below}", 403)
    visitor.get("/console/khong-co/officers", 404)


@pytest.mark.parametrize("role", ["publisher", "approver", "officer", "auditor"])
def test_who_is_no_admin_sees_no_people(office: Office, lan: Desk, role: str) -> None:
    other = office.at_desk(office.desk(f"{role}@angiang.gov.vn", role))
    for address in (PEOPLE, f"{PEOPLE}/new", f"{PEOPLE}/{lan.id}", f"{PEOPLE}/{lan.id}/roles"):
        other.get(address, 403)
    token = other.get("/console/account").token()
    other.post(f"{PEOPLE}/new", 403, form_token=token, name="X", login="xxx", roles=["agency_admin"])
    other.post(f"{PEOPLE}/{lan.id}/roles", 403, form_token=token, roles=["agency_admin"])
    assert other.get(TRAIL, 200 if role == "auditor" else 403)


def test_whoever_is_not_signed_in_comes_to_sign_in(office: Office) -> None:
    for address in (PEOPLE, TRAIL, "/console/account", "/console/second-factor"):
        assert office.visitor().get(address, 303).answer.headers["Location"].startswith("/console/sign-in?next=")


def test_an_unknown_act_is_an_unknown_page(visitor: Visitor, lan: Desk) -> None:
    visitor.get(f"{PEOPLE}/{lan.id}/promote", 404)
    visitor.get(f"{PEOPLE}/off_nobody", 404)


def test_ones_own_account_shows_sessions_and_ends_them(office: Office, lan: Desk) -> None:
    visitor = office.at_desk(lan)
    lan.come_in()
    page = visitor.get("/console/account")
    collect_html("console account", page.html)
    assert len(page.soup.find_all("tr")) == 3
    visitor.post("/console/account/end-sessions", form_token=page.token())
    visitor.get("/console/account", 303)


def test_the_trail_tells_what_was_done_newest_first_and_by_whom(office: Office, visitor: Visitor, lan: Desk) -> None:
    visitor.submit(f"{PEOPLE}/{lan.id}/roles", roles=["publisher", "auditor"])
    page = visitor.get(TRAIL)
    collect_html("console trail", page.html)
    first = page.soup.find("tbody").find("tr").get_text(" ")  # type: ignore[union-attr]
    assert "Đổi vai trò" in first
    assert "Lê Thị Lan" in first
    assert "Người nạp kết quả" in first
    assert "publisher" not in first
    about = visitor.get(f"{TRAIL}?about={lan.id}")
    assert len(about.soup.find_all("tr")) == 4


def test_a_long_trail_has_pages_and_a_day_is_found(office: Office, visitor: Visitor, lan: Desk) -> None:
    for number in range(30):
        office.services.accounts.people.give_roles(
            AGENCY, lan.id, ["approver"] if number % 2 else ["officer"], by=office_operator()
        )
    office.clock.pass_by(days=1)
    office.services.accounts.people.give_roles(AGENCY, lan.id, ["auditor"], by=office_operator())
    admin = office.at_desk(office.desk("second@angiang.gov.vn", "auditor"))
    seen: list[str] = []
    address = TRAIL
    while address:
        page = admin.get(address)
        seen += [cell.get_text() for cell in page.soup.select("tbody td:last-child")]
        later = page.soup.find("a", rel="next")
        address = str(later["href"]) if later else ""
    assert len(seen) == len(set(seen)) > 35
    assert "2026-07-16 1" in seen
    day = admin.get(f"{TRAIL}?day=2026-07-16")
    assert all(cell.get_text().startswith("2026-07-16") for cell in day.soup.select("tbody td:last-child"))
    for nonsense in ("day=yesterday", "cursor=x", "cursor=2026-07-16:x"):
        admin.get(f"{TRAIL}?{nonsense}", 422)


def office_operator() -> object:
    from miniapp.accounts.access import Operator

    return Operator()
