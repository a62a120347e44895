"""The dashboard of ratings: who sees what, what is not shown, what stands beside a figure, and the files of each chart."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from miniapp.ratings.rolled import By
from tests.support.markup import assert_markup, collect_html
from tests.support.rated_desk import MONTH, PROCEDURE, UNIT, counted, tally
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/danh-gia"
READERS = ("officer", "approver", "agency_admin", "auditor")
CHARTS = ("muc-do", "ly-do", "dien-bien", "so-sanh")


def leader(office: Office) -> Visitor:
    return office.at_desk(office.desk("lanhdao@x.vn", "approver"))


def rated(office: Office, whole=None, **told) -> None:
    """A month's counts: the whole, and how it is told apart."""
    whole = whole or tally(90, 10)
    by = {By.UNIT: {UNIT: whole}, By.PROCEDURE: {PROCEDURE: whole}, By.OFFICER: {"": whole}}
    counted(office.services, AGENCY, whole, by | {By(name): held for name, held in told.items()})


def rows(page: Page, chart: str) -> list[list[str]]:
    table = page.soup.select(f"figure[data-name^=danh-gia-{chart}] tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in table]


def body(visitor: Visitor, below: str) -> bytes:
    answer = visitor.client.get(f"{BASE}{below}")
    assert answer.status_code == 200
    return answer.data


def lines(visitor: Visitor, file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(visitor, f"/tep/{file}").decode("utf-8-sig"))))


# --- who


def test_officers_leaders_admins_and_auditors_see_figures_and_who_publishes_results_does_not(office: Office):
    rated(office)
    for role in READERS:
        visitor = office.at_desk(office.desk(f"{role}@x.vn", role))
        assert "90,00" in visitor.get(BASE).html
        assert BASE in visitor.get("/console/").html
    other = office.at_desk(office.desk("nap@x.vn", "publisher"))
    for below in ("", "/tep/muc-do.csv", "/bao-cao", "/bao-cao/mau.xlsx", "/y-kien"):
        other.get(BASE + below, 403)
    assert BASE not in other.get("/console/").html


def test_nobody_sees_another_agencys_figures(office: Office):
    rated(office)
    foreign = office.at_desk(office.desk("la@y.vn", "approver", agency=OTHER))
    for below in ("", "/tep/so-sanh.xlsx", "/bao-cao", "/bao-cao/mau.xlsx", "/y-kien"):
        foreign.get(BASE + below, 403)
    assert "90,00" not in foreign.get(f"/console/{OTHER}/danh-gia").html


def test_an_officer_sees_himself_alone_and_a_leader_everybody(office: Office):
    mine, theirs = office.desk("a@x.vn", "officer"), office.desk("b@x.vn", "officer")
    rated(office, tally(100, 20), officer={mine.id: tally(60, 10), theirs.id: tally(40, 10)})
    address = f"{BASE}?theo=can-bo"
    page = office.at_desk(mine).get(address)
    assert len(rows(page, "so-sanh")) == 1
    assert mine.id not in page.html and theirs.id not in page.html
    assert len(rows(leader(office).get(address), "so-sanh")) == 2
    admin = office.at_desk(office.desk("qt@x.vn", "agency_admin"))
    assert rows(admin.get(address), "so-sanh") == []
    assert len(lines(office.at_desk(mine), "so-sanh.csv?theo=can-bo")) == 2


# --- what is shown


@pytest.mark.parametrize(
    ("ballots", "seen"), [(4, "chưa đến 5 phiếu"), (5, "Từ 30 phiếu"), (29, "Từ 30 phiếu"), (30, "100,00")]
)
def test_under_five_nothing_is_shown_under_thirty_no_share(office: Office, ballots: int, seen: str):
    rated(office, tally(ballots))
    page = leader(office).get(BASE)
    assert seen in page.html.replace("\u00a0", " ")
    assert bool(rows(page, "muc-do")) is (ballots >= 30)
    assert (f'<b class="big">{ballots}</b>' in page.html) is (ballots >= 5)


def test_beside_each_figure_stands_its_formula_its_interval_and_its_number_of_ballots(office: Office):
    rated(office, tally(90, 10))
    text = leader(office).get(BASE).text
    assert "100 × phiếu hài lòng ÷ phiếu được tính = 100 × 90 ÷ 100" in text
    assert "khoảng tin cậy 95 %: 82,56" in text.replace("\u00a0", " ")
    assert "100 × người được mời đã đánh giá ÷ người được mời = 100 × 100 ÷ 200 (công thức của hệ thống" in text


def test_a_small_part_is_hidden_together_with_what_would_give_it_away(office: Office):
    whole = tally(340, 3)
    rated(office, whole, unit={"Một": tally(300), "Hai": tally(40), "Ba": tally(0, 3)})
    told = {row[0]: row[3] for row in rows(leader(office).get(BASE), "so-sanh")}
    assert told["Một"] == "300"
    assert "–" in told["Hai"] and "–" in told["Ba"]


def test_ballots_that_are_set_apart_are_counted_apart_with_their_reasons(office: Office):
    rated(office, tally(90, 10, apart=3, doubt_burst=2, doubt_one_device=3))
    text = leader(office).get(BASE).text
    assert "3 phiếu có dấu hiệu bất thường được để riêng" in text
    assert "Nhiều phiếu từ một thiết bị" in text and "Quá nhiều phiếu ở một quầy" in text


def test_a_span_is_compared_with_the_one_before(office: Office):
    rated(office, tally(95, 5))
    counted(office.services, AGENCY, tally(60, 40), {By.UNIT: {UNIT: tally(60, 40)}}, "2026-06")
    visitor = leader(office)
    page = visitor.get(f"{BASE}?ky={MONTH}")
    assert "Tăng" in page.text and "So với Tháng 6/2026" in page.text
    assert rows(page, "so-sanh")[0][4:6] == ["60,00 %", "Tăng"]
    assert "Chưa so sánh được" in visitor.get(f"{BASE}?ky=2026-Q2").text


@pytest.mark.parametrize("span", ["2026-07", "2026-Q3", "2026-H2", "2026-9M", "2026"])
def test_every_kind_of_span_counts_its_months(office: Office, span: str):
    rated(office)
    page = leader(office).get(f"{BASE}?ky={span}")
    assert "90,00" in page.html
    assert page.soup.select_one("option[selected]")["value"] == span


def test_a_span_or_a_way_to_tell_apart_that_there_is_not_is_told(office: Office):
    visitor = leader(office)
    assert "Không có kỳ báo cáo này" in visitor.get(f"{BASE}?ky=2026-13", 422).text
    visitor.get(f"{BASE}?theo=ngay-sinh", 404)


def test_many_parts_are_read_page_by_page(office: Office):
    units = {f"Đơn vị {at:02}": tally(100 - at) for at in range(40)}
    rated(office, tally(sum(held.counted for held in units.values())), unit=units)
    visitor = leader(office)
    first, second = visitor.get(BASE), visitor.get(f"{BASE}?trang=2")
    names = [row[0] for page in (first, second) for row in rows(page, "so-sanh")]
    assert names == sorted(units)
    assert [row[0] for row in rows(visitor.get(f"{BASE}?trang=9"), "so-sanh")] == sorted(units)[:25]


# --- files


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_a_csv_and_a_workbook_with_the_same_lines(office: Office, chart: str):
    rated(office, tally(90, 40, reason_time=20, reason_attitude=3), unit={'=HYPERLINK("x")': tally(90, 40)})
    visitor = leader(office)
    assert body(visitor, f"/tep/{chart}.csv").startswith(b"\xef\xbb\xbf")
    told = lines(visitor, f"{chart}.csv")
    sheet = load_workbook(io.BytesIO(body(visitor, f"/tep/{chart}.xlsx"))).active
    book = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(told) > 1
    assert [[cell.removeprefix("'") for cell in line] for line in told] == book
    assert not any(cell.startswith("=") for line in told for cell in line)


def test_what_is_not_shown_is_in_no_file(office: Office):
    visitor = leader(office)
    rated(office, tally(3, 1, reason_time=1), unit={UNIT: tally(3, 1)})
    for chart in ("muc-do", "ly-do"):
        assert len(lines(visitor, f"{chart}.csv")) == 1
    _, line = lines(visitor, "so-sanh.csv")
    assert line[1:6] == ["–"] * 5
    visitor.get(f"{BASE}/tep/khac.csv", 404)


# --- the report


def test_the_report_has_the_decrees_forms_and_leaves_open_what_nobody_knows(office: Office):
    mine = office.desk("a@x.vn", "officer")
    told = tally(40, 0, **{"answer_contacts.none": 40, "answer_offices.one": 40})
    rated(office, told, officer={mine.id: told})
    page = leader(office).get(f"{BASE}/bao-cao")
    for form in ("Mẫu 01", "Mẫu 02", "Mẫu 03"):
        assert form in page.text
    assert "chưa xếp loại vì còn 7 chỉ số" in page.text
    own = office.at_desk(mine).get(f"{BASE}/bao-cao")
    assert "Mẫu 01" in own.text and "Mẫu 03" not in own.text


def test_the_workbook_adds_up_what_is_filled_in_and_fifteen_is_excellent_there_too(office: Office):
    told = tally(40, 0, **{"answer_contacts.none": 40, "answer_offices.none": 40, "answer_publicity.not_found": 40})
    rated(office, told, officer={"off_1": told})
    made = body(leader(office), f"/bao-cao/mau.xlsx?ky={MONTH}")
    book = load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Mẫu 02", "Mẫu 01", "Mẫu 03"]
    sheet = book["Mẫu 02"]
    assert [cell.value for cell in sheet[5]] == [
        *("TT", "Chỉ số", "Điểm chuẩn", "Điểm tự chấm", "Điểm thẩm định", "Số phiếu", "%")
    ]
    assert [sheet.cell(row, 5).value for row in range(7, 16)] == [None, None, 2, 2, None, 0, None, None, None]
    assert sheet.cell(16, 5).value == "=SUM(E7:E15)"
    formula = sheet.cell(17, 5).value
    assert 'IF(E16>=15,"Xuất sắc"' in formula and "COUNT(E7:E15)<9" in formula
    assert ZipFile(io.BytesIO(made)).testzip() is None


def test_pages_of_figures_are_sound_html(office: Office, tmp_path: Path):
    mine = office.desk("a@x.vn", "officer")
    rated(
        office,
        tally(90, 40, apart=2, doubt_burst=2, reason_time=20, reason_attitude=3),
        officer={mine.id: tally(90, 40)},
    )
    visitor = leader(office)
    at = [f"{BASE}{below}" for below in ("", "?theo=can-bo", "?ky=2020-01", "/bao-cao", "/bao-cao?ky=2020")]
    for address in (*at, *(f"{one}{'&' if '?' in one else '?'}lang=en" for one in at)):
        collect_html(address, visitor.get(address).html, tmp_path)
    assert_markup(tmp_path)
