"""The frame of the desk says who sits there and as what, in the agency whose page it is."""

import pytest

from miniapp.accounts.access import Operator
from tests.support.visitor import Page
from tests.web.console.conftest import AGENCY, OTHER, Office

SCORES = f"/console/{AGENCY}/diem-thi"


def role_line(page: Page) -> str:
    line = page.soup.select_one("header .me small")
    return " ".join(line.get_text().split()) if line else ""


@pytest.mark.parametrize(
    ("roles", "line"),
    [
        (("approver",), "Người duyệt"),
        (("auditor", "publisher"), "Người nạp kết quả · Kiểm tra, giám sát"),
        (("agency_admin", "officer"), "Cán bộ xử lý · Quản trị cơ quan"),
    ],
)
def test_an_officers_roles_stand_below_the_name(office: Office, roles: tuple[str, ...], line: str) -> None:
    visitor = office.at_desk(office.desk("lan@angiang.gov.vn", *roles))
    for address in (SCORES, "/console/", "/console/account"):
        assert role_line(visitor.get(address)) == line


def test_the_roles_are_those_of_the_agency_whose_page_it_is(office: Office) -> None:
    desk = office.desk("lan@angiang.gov.vn", "publisher")
    office.services.accounts.people.give_roles(OTHER, desk.id, ["approver"], by=Operator())
    visitor = office.at_desk(desk)
    assert role_line(visitor.get(SCORES)) == "Người nạp kết quả"
    assert role_line(visitor.get(f"/console/{OTHER}/diem-thi")) == "Người duyệt"
    assert role_line(visitor.get("/console/")) == ""  # in two agencies one is two things


def test_the_role_line_is_english_on_an_english_page(office: Office) -> None:
    visitor = office.at_desk(office.desk("lan@angiang.gov.vn", "approver"))
    assert role_line(visitor.get(f"{SCORES}?lang=en")) == "Approver"
