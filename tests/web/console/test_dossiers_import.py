"""Files of the agency's own system at the desk: seen before anything is saved, taken in once, their problems by row."""

import io

import pytest
from openpyxl import load_workbook

from miniapp.core.ids import NATION
from miniapp.procedures.model import Procedure
from tests.support.dossier_desk import BASE, identified
from tests.support.dossier_sheets import code, line, table
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

NAP = f"{BASE}/nap"
RECEIVED = "15/07/2026 09:00"
MOMENTS = {"received": RECEIVED, "due": "20/07/2026 09:00"}


def row(place: int = 1, status: object = 4, **more: str) -> str:
    return line(place, status, **{**MOMENTS, **more})


@pytest.fixture
def clerk(office: Office) -> Visitor:
    identified(office)
    birth = Procedure("1.001193", "Đăng ký khai sinh")
    office.services.procedure_office.take(NATION, [birth], by="operator", source="test")
    office.clock.pass_by(seconds=6)
    return office.at_desk(office.desk("quay@x.vn", "officer"))


def sent(clerk: Visitor, body: bytes, status: int = 200, name: str = "ho-so.csv") -> Page:
    return clerk.post(NAP, status, form_token=clerk.get(NAP).token(), file=(io.BytesIO(body), name))


def confirmed(clerk: Visitor, page: Page, status: int = 303, **more: str) -> Page:
    fields = {name: page.value(name) for name in ("file", "name", "form_token")}
    return clerk.post(f"{NAP}/nhan", status, **{**fields, **more})


def test_a_file_is_seen_taken_in_and_followed(office: Office, clerk: Visitor):
    assert NAP in clerk.get(BASE).html
    page = sent(clerk, table(row(1), row(2, "x"), row(3, 1)))
    assert "Chưa có gì được lưu" in page.text
    assert code(1) in page.text and "Không hiểu giá trị này" in page.text
    assert office.services.sheet_imports.of(AGENCY) == []
    form = {name: page.value(name) for name in ("file", "name", "form_token")}
    first = clerk.post(f"{NAP}/nhan", 303, **form).answer.location
    assert clerk.post(f"{NAP}/nhan", 303, **form).answer.location == first  # tapped twice
    (held,) = office.services.sheet_imports.of(AGENCY)
    assert "Đang nạp hồ sơ" in clerk.get(first).text
    office.services.sheet_imports.resume_all()
    done = clerk.get(first)
    assert "Đã nạp xong" in done.text and "Không hiểu giá trị này" in done.text
    assert (held.name, held.rows) == ("ho-so.csv", 3)
    assert code(1) in clerk.get(BASE).text
    for address in (NAP, first, f"{BASE}/{code(1)}"):
        clerk.get(f"{address}?lang=en")


def test_what_is_wrong_is_handed_out_as_a_list_that_no_spreadsheet_calculates(office: Office, clerk: Visitor):
    page = sent(clerk, table(row(1, "=1+1"), row(2, "x", name="=A1"), header=table().decode().strip()))
    fields = {name: page.value(name) for name in ("file", "name", "form_token")}
    book, plain = (clerk.client.post(f"{NAP}/nhan", data={**fields, "as": kind}).data for kind in ("xlsx", "csv"))
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    found = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert found[0] == ["Dòng", "Cột", "Vấn đề và cách sửa"]
    assert [cells[1] for cells in found[1:]] == ["Trạng thái", "Người nộp"]
    text = plain.decode("utf-8-sig")
    assert "=1+1" not in text and "=A1" not in text and "Lan" not in text
    held = office.services.sheet_imports.begin(AGENCY, table(row(1), row(2, "x")), "x.csv", "off")
    office.services.sheet_imports.resume_all()
    for kind in ("csv", "xlsx"):
        answer = clerk.client.get(f"{NAP}/{held.id}/loi.{kind}")
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith(f'.{kind}"')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Chưa chọn tệp"),
        (b"%PDF-1.7\n", "PDF"),
        (b"a,b\n1,2\n", "Không tìm thấy dòng tiêu đề"),
        (table(row(), header=table().decode().strip().replace("Mã thủ tục", "x")), "Thiếu cột Mã thủ tục"),
        (table(), "Tệp chỉ có dòng tiêu đề"),
    ],
)
def test_what_is_no_table_of_dossiers_is_refused_with_what_to_do(clerk: Visitor, body: bytes, words: str):
    assert words in sent(clerk, body, 422).text


def test_a_file_that_changes_nothing_has_no_button_to_take_it_in(office: Office, clerk: Visitor):
    office.services.sheet_imports.begin(AGENCY, table(row(1)), "x.csv", "off")
    office.services.sheet_imports.resume_all()
    page = sent(clerk, table(row(1)))
    assert "Tệp không có gì mới để nạp" in page.text and "Nạp tệp này" not in page.text


def test_a_form_that_was_meddled_with_saves_nothing(office: Office, clerk: Visitor):
    page = sent(clerk, table(row(1)))
    confirmed(clerk, page, 422, file="@@@")
    confirmed(clerk, page, 422, form_token="x")
    assert office.services.sheet_imports.of(AGENCY) == []


def test_only_who_handles_the_agencys_dossiers_comes_in(office: Office, clerk: Visitor):
    held = office.services.sheet_imports.begin(AGENCY, table(row(1)), "x.csv", "off")
    for roles, home in ((("publisher", "approver", "agency_admin", "auditor"), AGENCY), (("officer",), OTHER)):
        stranger = office.at_desk(office.desk(f"{roles[0]}@x.vn", *roles, agency=home))
        for path in ("", f"/{held.id}", f"/{held.id}/loi.csv"):
            stranger.get(NAP + path, 403)
        for path in ("", "/nhan"):
            stranger.post(NAP + path, 403)
    identified(office, OTHER, "H56.15")
    other = office.at_desk(office.desk("khac@x.vn", "officer", agency=OTHER))
    for path in ("", "/loi.csv"):
        other.get(f"/console/{OTHER}/ho-so/nap/{held.id}{path}", 404)
