"""Figures of use: who reads them, a span beside the one before, what lies below, what was before a merger, and files."""

import csv
import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from miniapp.accounts.access import Role
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from tests.support.faults import CountedCalls
from tests.support.markup import assert_markup, collect_html
from tests.support.used_desk import BUSY, used
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

BASE = f"/console/{AGENCY}/thong-ke"
SCHOOL = "thpt-long-xuyen"
LISTS = ("tong-hop", "dien-bien", "don-vi")


@pytest.fixture
def busy(office: Office) -> Office:
    """A department and its school in July, a day of June before; next door another."""
    school = Agency(SCHOOL, SCHOOL, Kind.SCHOOL, "THPT Long Xuyên", "Long Xuyen high school", parent=AGENCY)
    AgencyStore().add([school])
    AgencyStore().placed({AGENCY: [school]})
    used(office.services, AGENCY, "2026-07-15", **BUSY)
    used(office.services, AGENCY, "2026-06-15", pages_visited__yes=1_000)
    used(office.services, SCHOOL, "2026-07-14", (AGENCY,), pages_visited__yes=30, scores_looked_up__typed=9)
    used(office.services, OTHER, "2026-07-15", pages_visited__yes=77_777)
    return office


@pytest.fixture
def reader(busy: Office) -> Visitor:
    return busy.at_desk(busy.desk("xem@x.vn", "auditor"))


def rows(page: Page, place: int) -> dict[str, list[str]]:
    """A table's lines: what each says, by its head."""
    table = page.soup.select("main table")[place]
    found = {}
    for row in table.select("tbody tr"):
        head = row.find("th")
        assert head is not None
        name = (head.find("a") or head).get_text(" ", strip=True)
        found[name] = [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
    return found


def lines(visitor: Visitor, file: str) -> list[list[str]]:
    answer = visitor.client.get(f"{BASE}/tep/{file}")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_role_reads_its_own_agencys_figures_and_nobody_next_doors(busy: Office):
    for role in Role:
        visitor = busy.at_desk(busy.desk(f"{role.value}@x.vn", role.value))
        assert "1.530" in visitor.get(BASE).text and BASE in visitor.get("/console/").html + visitor.get(BASE).html
        for below in ("", *(f"/tep/{one}.{kind}" for one in LISTS for kind in ("csv", "xlsx"))):
            visitor.get(f"/console/{OTHER}/thong-ke{below}", 403)
    assert busy.visitor().client.get(BASE).status_code == 303


def test_a_month_stands_beside_the_one_before_alone_and_with_what_lies_below(reader: Visitor):
    page = reader.get(BASE)
    assert "77" not in page.text.replace("2026", "")
    assert rows(page, 0) == {
        "Lượt truy cập": ["1.500", "1.530", "1.000", "tăng 53 %"],
        "Người dùng trong ngày": ["1.200", "1.230", "1.000", "tăng 23 %"],
        "Lượt tra cứu điểm": ["42", "51", "0", "–"],
        "Phiếu điểm được mở": ["40", "40", "0", "–"],
        "Lượt tìm thủ tục": ["7", "7", "0", "–"],
        "Lượt theo dõi hồ sơ": ["5", "5", "0", "–"],
        "Hồ sơ được nộp": ["3", "3", "0", "–"],
        "Góp ý về trang thủ tục": ["1", "1", "0", "–"],
    }
    assert rows(page, 2) == {"THPT Long Xuyên": ["30", "30", "9", "0", "0", "0", "0", "0"]}
    assert "Long Xuyen high school" in reader.get(f"{BASE}?lang=en").text


def test_a_month_that_is_under_way_is_compared_with_as_many_days_of_the_one_before(busy: Office, reader: Visitor):
    used(busy.services, AGENCY, "2026-06-16", pages_visited__no=500)
    used(busy.services, AGENCY, "2026-06-17", pages_visited__no=90_000)
    page = reader.get(BASE)
    assert rows(page, 0)["Lượt truy cập"] == ["1.500", "1.530", "1.500", "tăng 2 %"]
    assert "cùng số ngày đầu của kỳ trước" in page.text
    assert lines(reader, "tong-hop.csv")[1][3] == "1500"
    whole = reader.get(f"{BASE}?ky=2026-06")
    assert rows(whole, 0)["Lượt truy cập"][0] == "91.500" and "cùng số ngày" not in whole.text


def test_what_is_drawn_is_chosen_and_stands_beside_the_same_day_of_the_month_before(reader: Visitor):
    days = rows(reader.get(BASE), 1)
    assert days["15/07/2026"] == ["1.500", "1.000"] and days["14/07/2026"] == ["30", "0"]
    assert list(days)[-1] == "16/07/2026"  # of tomorrow nothing is known
    page = reader.get(f"{BASE}?ve=look_ups")
    assert rows(page, 1)["15/07/2026"] == ["42", "0"]
    drawn = [cell.get("data-value") for cell in page.soup.select("figure[data-chart] tbody tr:nth-of-type(15) td")]
    assert drawn == ["42", "0"]
    assert rows(reader.get(f"{BASE}?ky=2026-03"), 1)["31/03/2026"] == ["0", "–"]  # February has no such day


def test_a_longer_span_is_told_by_months_and_sends_for_agencies_below_to_a_month(reader: Visitor):
    page = reader.get(f"{BASE}?ky=2026")
    months = rows(page, 1)
    assert months["06/2026"] == ["1.000", "0"] and months["07/2026"] == ["1.530", "0"] and len(months) == 7
    assert rows(page, 0)["Lượt truy cập"] == ["2.500", "2.530", "0", "–"]
    assert "Hãy chọn một tháng" in page.text


def test_what_is_no_span_no_figure_and_no_agency_of_before_is_told(reader: Visitor):
    reader.get(f"{BASE}?ky=2026-13", 422)
    for wrong in ("ve=people", f"cua={OTHER}", "cua=x", f"cua={SCHOOL}"):
        reader.get(f"{BASE}?{wrong}", 404)
        assert reader.client.get(f"{BASE}/tep/tong-hop.csv?{wrong}").status_code == 404
    for file in ("x.csv", "tong-hop.pdf"):
        assert reader.client.get(f"{BASE}/tep/{file}").status_code == 404


def test_whoever_took_over_reads_what_was_before_under_its_old_name_and_adds_none_of_it(busy: Office, reader: Visitor):
    assert "Trước khi sáp nhập" not in reader.get(BASE).text
    busy.services.agencies.merge(OTHER, [AGENCY], "2026-07-15", "operator")
    busy.clock.pass_by(seconds=6)
    page = reader.get(BASE)
    assert "đến hết ngày 15/07/2026" in page.text and rows(page, 0)["Lượt truy cập"][1] == "1.530"
    past = str(page.one(f'a[href*="cua={OTHER}"]')["href"])
    assert rows(reader.get(past), 0)["Lượt truy cập"][:1] == ["77.777"]
    assert ["Lượt truy cập", "77777", "77777", "0"] in lines(reader, f"tong-hop.csv?cua={OTHER}")
    assert f'name="cua" value="{OTHER}"' in reader.get(past).html
    stays = reader.get(f"{past}&ky=2026-06")
    assert f"cua={OTHER}" in str(stays.one("nav.months a")["href"])


def test_files_say_what_the_page_says_and_all_of_it(reader: Visitor):
    summed = lines(reader, "tong-hop.csv")
    assert summed[0] == ["Số liệu", "Riêng cơ quan", "Cả cơ quan bên dưới", "Kỳ trước"]
    assert summed[1] == ["Lượt truy cập", "1500", "1530", "1000"]
    course = lines(reader, "dien-bien.csv")
    assert len(course) == 32 and course[15] == ["2026-07-15", "1500", "1200", "42", "40", "7", "5", "3", "1"]
    assert lines(reader, "don-vi.csv")[1] == ["THPT Long Xuyên", "30", "30", "9", "0", "0", "0", "0", "0"]
    for one in LISTS:
        body = reader.client.get(f"{BASE}/tep/{one}.xlsx?lang=en").data
        assert ZipFile(io.BytesIO(body)).testzip() is None
        sheet = load_workbook(io.BytesIO(body)).active
        assert sheet is not None and sheet.max_column == len(lines(reader, f"{one}.csv")[0])


def test_a_page_asks_as_often_whatever_lies_below(busy: Office, reader: Visitor):
    reader.get(BASE)
    with CountedCalls(busy.services.aws) as few:
        reader.get(BASE)
    children = [
        Agency(f"th-{at}", f"th-{at}", Kind.SCHOOL, f"Tiểu học {at}", f"Primary {at}", parent=AGENCY)
        for at in range(60)
    ]
    AgencyStore().add(children)
    AgencyStore().placed({AGENCY: children})
    for child in children:
        used(busy.services, child.id, "2026-07-14", (AGENCY,), pages_visited__yes=1)
    busy.clock.pass_by(seconds=6)
    with CountedCalls(busy.services.aws) as many:
        page = reader.get(BASE)
    assert len(many.calls) <= len(few.calls) + 3 and "Còn 11 cơ quan nữa" in page.text
    assert len(lines(reader, "don-vi.csv")) == 62


def test_its_pages_are_clean_in_both_languages(reader: Visitor, tmp_path: Path):
    for below in ("", "?lang=en", "?ky=2026-Q3&ve=users", "?ky=2020-01"):
        collect_html(below or "start", reader.get(f"{BASE}{below}").html, tmp_path)
    assert_markup(tmp_path)
