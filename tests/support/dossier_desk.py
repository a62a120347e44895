"""What tests of the desk's dossiers do over and over: set the identifier, take something in, find the form of a page."""

from dataclasses import replace

import pytest

from miniapp.agencies.model import Description
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.opening import Reason
from miniapp.dossiers.service import Act, Order
from tests.support.dossier_town import AT_DESK, IDENTIFIER, OFFICER
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

BASE = f"/console/{AGENCY}/ho-so"
PERSON = ("Nguyễn Thị Lan", "001099123456", "0912345678")


def identified(office: Office, agency: str = AGENCY, identifier: str = IDENTIFIER) -> None:
    """The agency has its electronic identifier."""
    services = office.services
    held = services.agencies.now(agency)
    said = replace(Description.of(held), identifier=identifier)
    services.agencies.describe(agency, held.version, said, "off_admin")
    office.clock.pass_by(seconds=6)


@pytest.fixture
def officer(office: Office) -> Desk:
    """Who takes dossiers in at an agency that has its identifier."""
    identified(office)
    return office.desk("quay@x.vn", "officer")


@pytest.fixture
def clerk(office: Office, officer: Desk) -> Visitor:
    """That officer's browser."""
    return office.at_desk(officer)


def taken(office: Office, order: Order = AT_DESK, key: str = "key-1", agency: str = AGENCY, by: str = "") -> Dossier:
    """A dossier taken in by somebody else, or by an officer; whoever is at a desk has said today why they open it."""
    who = replace(OFFICER, id=by) if by else OFFICER
    made = office.services.dossier_office.take_in(agency, IDENTIFIER, order, by=who, key=key)
    if not by:
        stated(office, made)
    return made


def stated(office: Office, dossier: Dossier) -> None:
    """Everybody who is at a desk says why they open a dossier today."""
    for desk in office.desks:
        office.services.dossier_openings.state(dossier, desk.id, Reason.HELPING)


def moved(office: Office, dossier: Dossier, act: Act) -> Dossier:
    """What somebody else does with a dossier meanwhile."""
    services = office.services.dossier_office
    return services.move(dossier.agency, str(dossier.code), dossier.version, act, by=OFFICER)


def found(office: Office, dossier: Dossier) -> Dossier:
    """The dossier as it is now."""
    return office.services.dossier_office.find(dossier.agency, str(dossier.code))


def address(dossier: Dossier, below: str = "") -> str:
    """Its page at its agency's desk."""
    return f"/console/{dossier.agency}/ho-so/{dossier.code}{below}"


def typed(page: Page, **more: str) -> dict[str, str]:
    """The form of a page as it stands, with some fields typed over."""
    form = page.soup.find_all("form", method="post", action=lambda to: bool(to) and "/ho-so/" in to)[-1]
    ticks = ("radio", "checkbox")
    inputs = [one for one in form.find_all("input") if one.get("type") not in ticks or one.has_attr("checked")]
    fields = {str(one["name"]): str(one.get("value", "")) for one in inputs}
    fields |= {str(one["name"]): one.get_text() for one in form.find_all("textarea")}
    for one in form.find_all("select"):
        chosen = one.find("option", selected=True) or one.find("option")
        fields[str(one["name"])] = str(chosen["value"])
    return {**fields, **more}
