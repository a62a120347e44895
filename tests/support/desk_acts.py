"""Acts on one dossier through the pages of the desk, and what a page offers and shows. For tests of the console."""

from datetime import timedelta

import pytest

from miniapp.dossiers.model import Dossier
from tests.support.dossier_desk import (
    address,
    typed,
)
from tests.support.officers import Desk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import Office

PAPERS = {
    "papers": "Giấy chứng sinh: bản chính\nTờ khai",
    "outdated": "Căn cước",
    "article": "Điều 16 Luật Hộ tịch",
    "deadline-day": "4",
    "deadline-month": "12",
    "deadline-year": "2099",
}


GROUND = {"article": "Điều 7", "words": "Không đủ điều kiện"}


@pytest.fixture
def leader(office: Office, officer: Desk) -> Visitor:
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


def soon(office: Office, days: int = 60) -> dict[str, str]:
    """A Wednesday ahead, as three fields behind a name."""
    day = office.clock.now() + timedelta(days=days)
    day += timedelta(days=(2 - day.weekday()) % 7)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def days(name: str, office: Office, after: int = 60) -> dict[str, str]:
    return {f"{name}-{part}": text for part, text in soon(office, after).items()}


def done(visitor: Visitor, dossier: Dossier, deed: str, status: int = 303, **fields: str) -> Page:
    path = address(dossier, f"/viec/{deed}")
    return visitor.post(path, status, **typed(visitor.get(path), **fields))


def kept(page: Page) -> dict[str, str]:
    """What was typed, by the words of its field."""
    return {row.dt.get_text(): row.dd.get_text() for row in page.soup.select("main dl.rows > div")}


def rows(page: Page) -> dict[str, str]:
    """What stands in the rows of a page."""
    return {row.dt.get_text(): row.dd.get_text(" ", strip=True) for row in page.soup.select("main dl.rows > div")}


def offered(page: Page) -> set[str]:
    return {str(link["href"]).rpartition("/")[2] for link in page.soup.select('main a[href*="/viec/"]')}
