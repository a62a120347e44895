"""Tables of other systems: what is read of them, and what of each is wrong, by row and column."""

import io
import json
from datetime import datetime, timedelta

import pytest

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid, NotFound
from miniapp.core.folding import folded_key
from miniapp.core.reading import read_rows
from miniapp.dossiers import sheet_cells
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.sheet import Heading, Row, read_sheet
from miniapp.dossiers.sheet_words import DATA, sheet_words
from miniapp.dossiers.states import Status
from tests.support.dossier_sheets import HEADER, code, line, table, workbook
from tests.support.nasty import gzip_bomb, old_excel, zipped


def named(text: str) -> tuple[str, str]:
    if text != "1.001193":
        raise NotFound("procedure_unknown", procedure=text)
    return text, "Đăng ký khai sinh"


def read(body: bytes) -> tuple[Heading, list[Row]]:
    return read_sheet(read_rows(io.BytesIO(body)), named)


def only(body: bytes) -> Row:
    (row,) = read(body)[1]
    return row


def troubles(body: bytes) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for row in read(body)[1] for one in row.troubles]


def test_a_row_is_a_record_with_its_own_code_and_local_moments():
    record = only(table(line())).record
    assert record is not None and record.code is not None
    assert str(record.code) == code(1)
    assert record.applicant.name.reveal == "Nguyễn Thị Lan"
    assert (record.report.status, record.channel) == (Status.IN_PROGRESS, Channel.DESK)
    assert record.report.received == datetime(2026, 11, 19, 9, 0, tzinfo=VIETNAM)


def test_a_workbook_says_the_same_with_moments_as_cells_of_time():
    moment = datetime(2026, 11, 19, 9, 30)
    cells = [code(1), "1.001193", "Lan", "001099123456", "0912345678", moment, moment + timedelta(days=4), 4]
    record = only(workbook([cells])).record
    assert record is not None and record.report.received == moment.replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "header",
    [
        "MÃ HỒ SƠ,MÃ THỦ TỤC,NGƯỜI NỘP,SỐ CCCD,SỐ ĐIỆN THOẠI,NGÀY TIẾP NHẬN,NGÀY HẸN TRẢ,TRẠNG THÁI",
        "ma_ho_so,ma_tthc,ho_ten,cccd,sdt,thoi_gian_tiep_nhan,han_tra,tinh_trang",
        "Số hồ sơ,Mã TTHC,Chủ hồ sơ,Số định danh cá nhân,Điện thoại,Ngày nhận,Hẹn ngày trả,Trạng thái hồ sơ",
    ],
)
def test_columns_are_known_by_the_names_that_systems_give_them(header: str):
    assert only(table(line(), header=header)).record is not None


def test_titles_above_the_headings_and_columns_of_no_use_are_passed_over():
    body = ("PHƯỜNG HOA MAI\n\nDanh sách hồ sơ\n").encode() + table("1," + line() + ",x", header=f"STT,{HEADER},Lạ")
    heading, (row,) = read(body)
    assert row.record is not None and row.number == 5
    assert heading.unknown == ("Lạ",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("20/11/2026 09:30", "2026-11-20T09:30:00+07:00"),
        ("20/11/2026 9h30", "2026-11-20T09:30:00+07:00"),
        ("09:30 20/11/2026", "2026-11-20T09:30:00+07:00"),
        ("20-11-2026", "2026-11-20T07:00:00+07:00"),
        ("20261120093000", "2026-11-20T09:30:00+07:00"),
        ("2026-11-20T02:30:00Z", "2026-11-20T02:30:00+00:00"),
        ("2026-11-20T09:30", "2026-11-20T09:30:00+07:00"),
        ("2026-11-20", "2026-11-20T07:00:00+07:00"),
        ("46346.395833", "2026-11-20T09:30:00+07:00"),
        ("46346", "2026-11-20T07:00:00+07:00"),
    ],
)
def test_moments_are_read_as_systems_write_them(text: str, wanted: str):
    assert sheet_cells.moment(text, "received") == datetime.fromisoformat(wanted)


@pytest.mark.parametrize(
    "text", ["32/11/2026", "11/20/2026", "20/11/26", "hôm qua", "20261320093000", "123", "2026-11"]
)
def test_what_is_no_moment_is_no_moment(text: str):
    with pytest.raises(Invalid, match="dossier_import_moment"):
        sheet_cells.moment(text, "received")


def test_a_day_alone_ends_in_the_evening_where_something_is_due():
    assert sheet_cells.moment("20/11/2026", "due", is_end=True).hour == 17


@pytest.mark.parametrize("text", ["8000", "8.000", "8,000 đ", "8.000đồng"])
def test_amounts_are_read_with_marks_and_the_currency(text: str):
    assert sheet_cells.amount(text, "amount") == 8_000


@pytest.mark.parametrize("text", ["0", "8.00", "-8000", "tám nghìn", "99999999999999"])
def test_what_is_no_amount_is_no_amount(text: str):
    with pytest.raises(Invalid, match="dossier_fee_shape"):
        sheet_cells.amount(text, "amount")


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_read_from_its_number(status: Status):
    assert sheet_cells.number_of(str(status.value), "status") == status.value


def test_every_word_means_one_thing_and_every_column_is_found_under_the_name_it_is_shown_by():
    held, words = json.loads(DATA.read_text("utf-8")), sheet_words()
    for part in ("columns", "statuses", "channels", "subjects"):
        every = [word for listed in held[part].values() for word in listed]
        assert len(every) == len(set(every)), part
    assert not set(words.columns) & words.ignored
    assert {words.columns[folded_key(name)]: name for name in words.shown.values()} == words.shown


NASTY = [
    ("a formula", table(line(name="=HYPERLINK(1)")), (2, "name", "dossier_import_formula")),
    ("no code", table(line(code="")), (2, "code", "dossier_import_cell_empty")),
    ("a code of no shape", table(line(code="HS-0001")), (2, "code", "dossier_code_shape")),
    ("another code's check character", table(line(code=f"{code(1)} [!]")), (2, "code", "dossier_import_check")),
    ("the same code twice", table(line(), line()), (3, "code", "dossier_import_code_repeated")),
    ("a procedure that is none", table(line(procedure="9.999999")), (2, "procedure", "dossier_procedure_unknown")),
    ("nobody", table(line(name=" ")), (2, "name", "applicant_name_needed")),
    ("no number", table(line(identity="", phone="")), (2, "identity", "applicant_number_needed")),
    ("a lost zero", table(line(identity="38094001234")), (2, "identity", "dossier_import_zero_lost")),
    ("a phone without its zero", table(line(phone="912345678")), (2, "phone", "dossier_import_zero_lost")),
    ("a rounded number", table(line(identity="1.09912E+11")), (2, "identity", "dossier_import_scientific")),
    ("letters for a phone", table(line(phone="gọi sau")), (2, "phone", "applicant_phone_shape")),
    ("an American day", table(line(received="11/19/2026")), (2, "received", "dossier_import_moment")),
    ("an unknown status", table(line(status="xong rồi")), (2, "status", "dossier_import_word")),
    ("status 0", table(line(status=0)), (2, "status", "dossier_import_word")),
    ("a cell that was cut", table(line(name="Lan, Nguyễn")), None),
    ("a wider row", table(line() + ",x"), (2, "", "dossier_import_row_width")),
    ("a short row", table(code(1)), (2, "procedure", "dossier_import_cell_empty")),
]


@pytest.mark.parametrize(("body", "wanted"), [case[1:] for case in NASTY], ids=[case[0] for case in NASTY])
def test_what_is_wrong_with_a_row_is_named_with_row_and_column(body: bytes, wanted: tuple[int, str, str] | None):
    found = troubles(body)
    assert found
    assert wanted is None or wanted in found


def test_all_that_is_wrong_with_a_row_is_said_at_once_and_nothing_of_who_asks():
    found = only(table(line(code="x", identity="1", phone="y", received="z", status="w"))).troubles
    assert {one.column for one in found} == {"code", "identity", "phone", "received", "status"}
    assert "Lan" not in str(found)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file_is_pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "file_is_picture"),
        (old_excel(), "file_is_old_excel"),
        (zipped({"word/document.xml": b"<x/>"})(), "file_is_document"),
        (b'{"hoSo": []}', "file_is_json"),
        (b"<table><tr><td>x</td></tr></table>", "file_is_web_page"),
        ("Mã hồ sơ,x\nNguyễn".encode("utf-16-le"), "encoding"),
        ("Mã hồ sơ".encode() + b"\n\xff\xfe\xfd\n", "encoding"),
        (b"a,b\n1,2\n", "dossier_import_no_heading"),
        (table(), "dossier_import_no_rows"),
        (table(line(), header=HEADER.replace("Mã thủ tục", "x")), "dossier_import_column_missing"),
        (
            table(line(), header=HEADER.replace("Số CCCD", "x").replace("Số điện thoại", "y")),
            "dossier_import_column_missing",
        ),
        (table(line(), header=HEADER.replace("Ngày hẹn trả", "Mã hồ sơ")), "dossier_import_column_twice"),
        (table(*(line(place) for place in range(1, 5_003))), "dossier_import_too_many_rows"),
    ],
)
def test_what_is_no_table_of_dossiers_is_refused_whole(body: bytes, wanted: str):
    with pytest.raises(Invalid, match=f"^{wanted}$"):
        read(body)


def test_a_bomb_ends_at_the_bound():
    with pytest.raises(Invalid, match=r"^dossier_import_no_heading$"):
        read(gzip_bomb())
