"""Lists as files: ordered by who may have them, followed, fetched by a link that holds for some minutes."""

import urllib.request

import pytest

from miniapp.core.ids import NATION
from miniapp.procedures.model import Procedure
from tests.support.dossier_desk import BASE, identified
from tests.support.dossier_sheets import code, table
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office
from tests.web.console.test_dossiers_import import row

FILES = f"/console/{AGENCY}/tep-xuat"


@pytest.fixture
def clerk(office: Office) -> Visitor:
    identified(office)
    birth = Procedure("1.001193", "Đăng ký khai sinh")
    office.services.procedure_office.take(NATION, [birth], by="operator", source="test")
    office.clock.pass_by(seconds=6)
    return office.at_desk(office.desk("quay@x.vn", "officer"))


def ordered(by: Visitor, status: int = 303, **more: str) -> Page:
    return by.post(FILES, status, form_token=by.get(FILES).token(), **more)


def fetched(by: Visitor, address: str) -> str:
    page = by.post(f"{address}/lien-ket", 200, form_token=by.get(address).token())
    link = next(part for part in page.html.split('"') if "X-Amz-Signature" in part).replace("&amp;", "&")
    with urllib.request.urlopen(link) as answer:
        return str(answer.read().decode("utf-8-sig"))


def with_dossiers(office: Office) -> None:
    held = office.services.sheet_imports.begin(AGENCY, table(row(1), row(2, 1), row(3, 4)), "x.csv", "off")
    office.services.sheet_imports.resume_all()
    assert office.services.sheet_imports.find(AGENCY, held.id).new == 3


def test_a_list_is_ordered_followed_and_fetched_and_says_of_nobody_who_asks(office: Office, clerk: Visitor):
    with_dossiers(office)
    assert FILES in clerk.get(BASE).html and "Chưa yêu cầu tệp nào" in clerk.get(FILES).text
    token = clerk.get(FILES).token()
    address = clerk.post(FILES, 303, form_token=token, what="desk").answer.location
    assert clerk.post(FILES, 303, form_token=token, what="desk").answer.location == address  # tapped twice
    other = {"what": "ended", "from": "7/2026", "to": "7/2026"}
    assert clerk.post(FILES, 303, form_token=token, **other).answer.location != address  # gone back, and the other one
    assert "Số dòng đã ghi" in clerk.get(address).text
    early = clerk.post(f"{address}/lien-ket", 409, form_token=clerk.get(address).token())
    assert "chưa xong" in early.text
    assert office.services.export_writing.resume_all() == 2
    done = next(one for one in office.services.exports._store.of(AGENCY, 9) if one.id in address)
    page = clerk.get(address)
    assert "Tệp đã ghi xong" in page.text and done.sha256 in page.text
    lines = fetched(clerk, address).splitlines()
    assert lines[0].startswith('"Mã hồ sơ","Trạng thái","Mã thủ tục"')
    assert sorted(line.split('"')[1] for line in lines[1:]) == [code(place) for place in (1, 2, 3)]
    assert any('"Đang xử lý"' in line for line in lines) and not any("Lan" in line for line in lines)
    trail = [entry.event for entry in office.services.audit.page(AGENCY).entries]
    assert trail[0] == "export_fetched" and {"export_ordered", "export_ended"} <= set(trail)
    office.clock.pass_by(days=7)
    clerk = office.at_desk(office.desk("quay2@x.vn", "officer"))
    assert "đã được xóa" in clerk.get(address).text
    for shown in (FILES, address):
        clerk.get(f"{shown}?lang=en")


def test_what_ended_is_asked_for_by_months_and_a_wrong_month_is_named(office: Office, clerk: Visitor):
    with_dossiers(office)
    for first, last in (("13/2026", "7/2026"), ("7/2026", ""), ("8/2026", "7/2026"), ("1/2020", "7/2026"), ("x", "y")):
        page = ordered(clerk, 422, **{"what": "ended", "from": first, "to": last})
        assert "Tháng chưa đúng" in page.text and page.value("from") == first
    assert office.services.exports._store.of(AGENCY, 9) == []
    address = ordered(clerk, **{"what": "ended", "from": "6/2026", "to": "07-2026"}).answer.location
    office.services.export_writing.resume_all()
    assert len(fetched(clerk, address).splitlines()) == 1  # none of them ended
    assert "06/2026 – 07/2026" in clerk.get(address).text


def test_others_neither_see_nor_fetch(office: Office, clerk: Visitor):
    address = ordered(clerk, what="desk").answer.location
    office.services.export_writing.resume_all()
    auditor = office.at_desk(office.desk("kt@x.vn", "auditor"))
    other = office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER))
    for visitor in (auditor, other):
        for shown in (FILES, address):
            visitor.get(shown, 403)
    theirs = address.replace(AGENCY, OTHER)
    other.get(theirs, 404)
