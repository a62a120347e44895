"""Combinations as a file: at the desk without script, at the command line, and what is wrong named row by row."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from miniapp.core.errors import Conflict, Invalid
from miniapp.exam_scores.combination_files import COMBINATIONS_MOST, FILE_MOST, keep_set, read_set_file, set_file
from miniapp.exam_scores.combinations import Combination
from tests.support.markup import assert_markup, collect_html
from tests.support.real_data import real
from tests.support.score_desk import ScoreDesk
from tests.support.visitor import Page, Visitor
from tests.web.console.conftest import AGENCY, Office

PLACE = ["--agency", AGENCY, "--exam", "thpt-2019"]
GOOD = """Mã tổ hợp,Môn 1,Môn 2,Môn 3,Năm
D01,Toán,Ngữ văn,Tiếng Anh,2019
A00,toan,Vật lí,Hoá học,
X06,Toán,Vật lí,Tin học,2025
D02,Ngữ văn,Toán,Tiếng Nga,2019
""".encode()
MINE = (
    Combination("A00", ("toan", "li", "hoa")),
    Combination("D01", ("toan", "van", "nn"), 1),
    Combination("D02", ("van", "toan", "nn"), 2),
)


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    made = office.score_desk()
    made.add()
    return made


@pytest.fixture
def visitor(office: Office, desk: ScoreDesk) -> Visitor:
    return office.at_desk(desk.uploader)


def send(visitor: Visitor, desk: ScoreDesk, body: bytes | None, status: int = 303) -> Page:
    """Send the page's own form as a browser without script does."""
    page = visitor.get(f"{desk.base}/to-hop")
    form = page.soup.find("form", attrs={"enctype": "multipart/form-data"})
    assert form is not None
    token = form.find("input", attrs={"name": "form_token"})["value"]
    sent: dict[str, Any] = {"form_token": token}
    if body is not None:
        sent["file"] = (io.BytesIO(body), "to-hop.csv")
    answer = visitor.client.post(form["action"], data=sent, content_type="multipart/form-data")
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else visitor.get(answer.headers["Location"])


def as_book(rows: list[list[object]]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
    return held.getvalue()


def said(body: bytes, year: int = 2019) -> list[tuple[str, int, str, str]]:
    return [(one.code, one.row, one.column, one.value) for one in read_set_file(body, year).problems]


# --- reading


def test_a_file_says_its_years_set_by_codes_or_names() -> None:
    read = read_set_file(GOOD, 2019)
    assert (read.combinations, read.others, read.problems) == (MINE, 1, [])
    one_column = "code;subjects;language\nD01;Toán, Ngữ văn, Ngoại ngữ;N1\nA00;Toán - Vật lí - Hóa học;\n".encode()
    assert read_set_file(one_column, 2019).combinations == MINE[:2]
    book = as_book([["code", "subject1", "subject2", "subject3", "year"], ["A00", "toan", "li", "hoa", 2019]])
    assert read_set_file(book, 2019).combinations == MINE[:1]


def test_every_wrong_row_is_named_with_its_column_and_value() -> None:
    body = """code,subject1,subject2,subject3,language,coefficients,year
A00,toan,li,hoa,,,
a00,toan,van,li,,,
,toan,van,su,,,
A-1,toan,van,dia,,,
B00,toan,Sinh vật học,hoa,,,
B01,toan,toan,hoa,,,
B02,toan,hoa,,,,
D01,toan,van,nn,N9,,
D02,toan,van,li,N1,,
D03,toan,van,Tiếng Nga,N1,,
D04,toan,van,nn,N1,2-1-1,
D05,toan,van,nn,N1,,năm nay
D06,toan,van,nn,N1,"1, 1, 1",2019
D07,toan,van,nn,N1,,,x
""".encode()
    assert said(body) == [
        ("combination_repeated", 3, "code", "A00"),
        ("combination_code", 4, "code", ""),
        ("combination_code", 5, "code", "A-1"),
        ("combination_subject", 6, "subject2", "Sinh vật học"),
        ("combination_subjects", 7, "", "toan, toan, hoa"),
        ("combination_subject", 8, "subject3", ""),
        ("combination_language", 9, "language", "N9"),
        ("combination_language", 10, "language", "N1"),
        ("combination_language", 11, "language", "N1"),
        ("combination_coefficient", 12, "coefficients", "2-1-1"),
        ("combination_year", 13, "year", "năm nay"),
        ("row_width", 15, "", "D07,toan,van,nn,N1,,,x"),
    ]
    assert read_set_file(body, 2019).combinations == ()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"code,subject1,subject2,subject3,colour\n", ["combination_column"]),
        (b"code,code,subject1,subject2,subject3\n", ["combination_column", "combination_column"]),
        (b"A00,toan,li,hoa\n", ["combination_column"] * 4),
        (b"code,subject1,subject2\nA00,toan,li\n", ["combination_columns_missing"]),
        (b"code,subject1,subject2,subject3\n", ["combinations_empty"]),
        (b"code,subject1,subject2,subject3,year\nA00,toan,li,hoa,2018\n", ["combinations_empty"]),
        (b"code,subject1,subject2,subject3\n=1+1,toan,li,hoa\n", ["combination_code"]),
        (b"code,subject1,subject2,subject3\n<b>,toan,li,hoa\n", ["combination_code"]),
    ],
)
def test_files_that_are_no_set_are_refused(body: bytes, found: list[str]) -> None:
    wrong = [code for code, *_ in said(body)]
    assert [code for code in wrong if code != "combination_columns_missing" or found == [code]] == found


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n , \n", "file_empty"),
        (b"%PDF-1.7\n", "file_is_pdf"),
        (b"code\0,subject1\n", "file_kind_unknown"),
        ("mã,môn 1\n".encode("latin-1", "replace") + b"\xff\xfe\xfa", "encoding"),
        (b"PK\x03\x04 no workbook", "xlsx_broken"),
        (b"x" * (FILE_MOST + 1), "file_too_large"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(body: bytes, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        read_set_file(body, 2019)


def test_more_than_a_year_can_need_is_refused() -> None:
    rows = [f"A{place:04d},toan,li,hoa" for place in range(COMBINATIONS_MOST + 1)]
    body = "\n".join(["code,subject1,subject2,subject3", *rows, ""]).encode()
    assert [code for code, *_ in said(body)] == ["combinations_too_many"]


def test_the_real_list_of_244_is_read_and_what_needs_a_combined_paper_is_named() -> None:
    body = real("education/subject_combinations.csv").read_bytes()
    wrong = said(body)
    assert {(code, value) for code, _, _, value in wrong} == {
        ("combination_subject", "KHTN"),
        ("combination_subject", "KHXH"),
    }
    assert len(wrong) == 43
    kept = b"\n".join(line for line in body.splitlines() if b"KHTN" not in line and b"KHXH" not in line) + b"\n"
    assert len(read_set_file(kept, 2026).combinations) == 244 - len({row for _, row, _, _ in wrong})


# --- keeping


def test_what_is_written_out_and_brought_in_again_is_the_same_to_the_byte(office: Office, desk: ScoreDesk) -> None:
    exam_office = office.services.exam_office
    shipped = set_file(desk.now())
    assert shipped.startswith(b"code,subject1,subject2,subject3,language,year\r\nA00,toan,li,hoa,,2019\r\n")
    for body in (shipped, GOOD):
        keep_set(exam_office, desk.now(), desk.uploader.id, body)
        written = set_file(desk.now())
        keep_set(exam_office, desk.now(), desk.uploader.id, written)
        assert set_file(desk.now()) == written
    assert desk.now().combinations == MINE


def test_a_wrong_row_changes_nothing_and_a_right_file_is_audited(office: Office, desk: ScoreDesk) -> None:
    before = desk.now()
    read = keep_set(office.services.exam_office, before, desk.uploader.id, GOOD + b"A01,toan,li,x,\n")
    assert (len(read.problems), desk.now()) == (1, before)
    keep_set(office.services.exam_office, before, desk.uploader.id, GOOD)
    (entry,) = [
        entry
        for entry in office.services.audit.of_object(AGENCY, before.id)
        if entry.facts["changed"] == "combinations"
    ]
    assert entry.by == desk.uploader.id


def test_once_results_are_there_the_set_stays(office: Office, desk: ScoreDesk, visitor: Visitor) -> None:
    token_page = visitor.get(f"{desk.base}/to-hop")
    desk.checked()
    with pytest.raises(Conflict, match="combinations_locked"):
        keep_set(office.services.exam_office, desk.now(), desk.uploader.id, GOOD)
    assert "tổ hợp không đổi được nữa" in visitor.get(f"{desk.base}/to-hop").text
    token = token_page.soup.find("input", attrs={"name": "form_token"})["value"]
    sent = {"form_token": token, "file": (io.BytesIO(GOOD), "x.csv")}
    answer = visitor.client.post(f"{desk.base}/to-hop", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "tổ hợp không đổi được nữa" in answer.get_data(as_text=True)
    assert desk.now().combinations == ()


# --- at the desk


def test_an_officer_brings_a_set_in_and_takes_it_out_again(desk: ScoreDesk, visitor: Visitor) -> None:
    assert f"{desk.base}/to-hop" in visitor.get(desk.base).html
    page = send(visitor, desk, GOOD)
    assert "Bộ tổ hợp riêng của kỳ thi: 3 tổ hợp." in page.text
    assert "Ngữ văn, Toán, Ngoại ngữ (N2)" in page.text
    held = visitor.client.get(f"{desk.base}/to-hop.csv")
    assert held.headers["Content-Disposition"] == 'attachment; filename="thpt-2019-to-hop.csv"'
    assert held.data == set_file(desk.now())
    send(visitor, desk, held.data)
    assert visitor.client.get(f"{desk.base}/to-hop.csv").data == held.data


def test_the_page_names_what_is_wrong_and_keeps_what_was_there(desk: ScoreDesk, visitor: Visitor) -> None:
    page = send(visitor, desk, GOOD + "A01,Toán,<script>,Lịch sử,\n".encode(), 422)
    assert "Không nhận ra môn này." in page.text
    row = page.soup.find("table").find_all("tr")[1]
    assert [cell.get_text() for cell in row.find_all(["th", "td"])][1:] == ["6", "Môn 2", "<script>"]
    assert "Hãy chọn một tệp." in send(visitor, desk, None, 422).text
    assert "Hãy chọn một tệp." in send(visitor, desk, b"", 422).text
    assert "64" in send(visitor, desk, b"x" * (FILE_MOST + 1), 422).text
    assert desk.now().combinations == ()
    page = visitor.get(f"{desk.base}/to-hop")
    answer = visitor.client.post(f"{desk.base}/to-hop", data={"file": (io.BytesIO(GOOD), "x.csv")})
    assert answer.status_code == 422
    too_much = {"form_token": "x", "file": (io.BytesIO(b"x" * 200_000), "x.csv")}
    assert visitor.client.post(f"{desk.base}/to-hop", data=too_much).status_code == 413
    assert desk.now().combinations == ()


def test_a_long_set_survives_saving_the_exams_form(desk: ScoreDesk, visitor: Visitor) -> None:
    rows = [f"A{place:03d},toan,li,hoa" for place in range(250)]
    send(visitor, desk, "\n".join(["code,subject1,subject2,subject3", *rows, ""]).encode())
    page = visitor.get(f"{desk.base}/sua")
    assert "bộ tổ hợp riêng đã nạp từ tệp" in page.text
    form = page.soup.find("form", attrs={"action": f"{desk.base}/sua"})
    sent = {item["name"]: item.get("value", "") for item in form.find_all("input") if item.get("name")}
    unticked = {
        item["name"] for item in form.find_all("input", type=["checkbox", "radio"]) if not item.has_attr("checked")
    }
    sent = {name: value for name, value in sent.items() if name not in unticked} | {
        "policy": "open",
        "title": "Tên mới",
    }
    visitor.post(f"{desk.base}/sua", 303, **sent)
    assert (desk.now().title, len(desk.now().combinations)) == ("Tên mới", 250)


def test_only_who_manages_exams_comes_in(office: Office, desk: ScoreDesk) -> None:
    other = office.at_desk(desk.approver).client
    for path in ("to-hop", "to-hop.csv"):
        assert other.get(f"{desk.base}/{path}").status_code == 403
    assert other.post(f"{desk.base}/to-hop", data={"file": (io.BytesIO(GOOD), "x.csv")}).status_code == 403


def test_the_pages_are_sound_html(desk: ScoreDesk, visitor: Visitor, tmp_path: Path) -> None:
    collect_html("shipped", visitor.get(f"{desk.base}/to-hop").html, tmp_path)
    collect_html("wrong", send(visitor, desk, b"code,x\n", 422).html, tmp_path)
    collect_html("missing", send(visitor, desk, None, 422).html, tmp_path)
    collect_html("own", send(visitor, desk, GOOD).html, tmp_path)
    collect_html("english", visitor.get(f"{desk.base}/to-hop?lang=en").html, tmp_path)
    assert_markup(tmp_path)


# --- at the command line


def run(office: Office, *arguments: str, typed: str = "", code: int = 0) -> Any:
    done = office.app.test_cli_runner().invoke(args=["scores", "combinations", *arguments], input=typed)
    assert done.exit_code == code, (done.exit_code, done.output, done.stderr, done.exception)
    return done


def test_commands_bring_a_set_in_and_write_it_out(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    given, written = tmp_path / "set.csv", tmp_path / "out.csv"
    given.write_bytes(GOOD)
    as_officer = ["--as", desk.uploader.login, "--code-stdin", "--json"]
    told = run(office, "import", str(given), *PLACE, *as_officer, typed=desk.uploader.code() + "\n")
    assert json.loads(told.stdout) == {"combinations": 3, "other_years": 1, "problems": []}
    run(office, "export", *PLACE, "--to", str(written))
    assert written.read_bytes() == set_file(desk.now()) == run(office, "export", *PLACE).stdout_bytes
    assert "3 combinations" in run(office, "import", str(written), *PLACE).stdout
    assert json.loads(run(office, "export", *PLACE, "--json").stdout)[0]["code"] == "A00"


def test_commands_name_every_wrong_row_and_change_nothing(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    given = tmp_path / "set.csv"
    given.write_bytes(GOOD + b"A01,toan,li,x,\n")
    told = json.loads(run(office, "import", str(given), *PLACE, "--json", code=1).stdout)
    assert [(one["code"], one["row"], one["value"]) for one in told["problems"]] == [("combination_subject", 6, "x")]
    assert "row 6, Môn 3 'x': combination_subject" in run(office, "import", str(given), *PLACE, code=1).stderr
    given.write_bytes(b"x" * (FILE_MOST + 1))
    assert "file_too_large" in run(office, "import", str(given), *PLACE, code=1).stderr
    wrong = ["import", str(given), *PLACE, "--as", desk.approver.login, "--code-stdin"]
    assert "permission_missing" in run(office, *wrong, typed=desk.approver.code() + "\n", code=1).stderr
    assert desk.now().combinations == ()
