"""What tests of an agency's own desk do over and over: fill a form in and save it, send a logo, read the trail."""

import re

from miniapp.agencies.crests import CheckCrest
from tests.support.score_desk import upload
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

BASE = f"/console/{AGENCY}/co-quan"
HOME = f"/{AGENCY}/"
FACTS = {
    "name": "Sở Giáo dục An Giang",
    "name_en": "Education An Giang",
    "short": "Sở GD&ĐT",
    "hotline": "0296 3841 190",
    "site": "https://sgd.angiang.gov.vn/",
    "street": "10 Nguyễn Trãi, phường Long Xuyên",
    "identifier": "h56 .14",
}


def typed(page: Page, **more: str) -> dict[str, str]:
    """The form as it stands, with some fields typed over."""
    form = page.soup.find("form", action=re.compile("/co-quan/"))
    assert form is not None
    held = {str(item["name"]): str(item.get("value", "")) for item in form.find_all("input") if item.get("name")}
    return {**held, **more}


def saved(visitor: Visitor, path: str, status: int = 303, **fields: str) -> Page:
    return visitor.post(path, status, **typed(visitor.get(path), **fields))


def checked(office: Office) -> None:
    """What the worker does with the note that was left."""
    sent = office.services.crests.sent(AGENCY)
    assert sent is not None
    office.services.crests.check(CheckCrest(AGENCY, sent.upload))


def sent_logo(office: Office, visitor: Visitor, body: bytes) -> Page:
    """A logo sent as a browser without script does, and taken."""
    landed = upload(visitor.get(f"{BASE}/logo"), body, "logo.png")
    received = Visitor(office.app).get(landed)
    back = str(received.soup.find("a", class_="button")["href"])
    page = visitor.get(back)
    assert "Tệp đã đến" in page.text
    form = next(form for form in page.soup.find_all("form") if "Dùng tệp này" in form.get_text())
    fields = {str(item["name"]): str(item["value"]) for item in form.find_all("input")}
    return visitor.follow(visitor.post(str(form["action"]), **fields))


def trail(office: Office) -> list[str]:
    """What the audit trail says was changed, oldest first."""
    entries = office.services.audit.of_object(AGENCY, AGENCY)
    return [str(entry.facts["changed"]) for entry in reversed(entries) if entry.event == "agency_changed"]
