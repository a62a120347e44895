"""Our own form as sheets: what is laid out is read again as it was, what a file does not speak of is left alone."""

import io
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import downloads
from infra.local.demo import PROCEDURES
from miniapp.core.errors import Invalid
from miniapp.core.folding import folded_key
from miniapp.core.plain import to_plain
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.procedures import sheet_words, to_sheets
from miniapp.procedures.importing import ALL, Read, read_file
from miniapp.procedures.model import (
    Channel,
    FeeLine,
    Form,
    LegalBasis,
    Level,
    Online,
    Paper,
    Procedure,
    Result,
    Way,
)
from miniapp.procedures.sheet_form import BARE, MAIN, form
from miniapp.procedures.sheets import CELL_LONGEST, RETURN, ROWS_MOST
from miniapp.procedures.to_sheets import ROW_LONGEST
from miniapp.procedures.wording import line, lines
from tests.support import nasty
from tests.support.procedures import read_2025, read_2026
from tests.web.console.test_lists_for_spreadsheets import converted, soffice

__all__ = ["soffice"]

WRITERS = {"xlsx": downloads.tables_as_xlsx, "csv": downloads.tables_as_csv}
BIRTH = Procedure("1.001193", "Đăng ký khai sinh", papers=(Paper("Tờ khai", 1),))


def read(body: bytes, *known: Procedure) -> Read:
    return read_file(io.BytesIO(body), lambda: known, lambda stage, done, total: None)


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def again(procedures: list[Procedure], kind: str) -> list[Procedure]:
    """What is read of a file in which they were laid out; nothing may be wrong with it."""
    made = read(WRITERS[kind](to_sheets.tables(procedures)))
    assert {one.code for one in made.findings} <= {"columns_left_alone", "formula_in_cell"}
    assert (made.refused, made.shape) == (0, "sheets")
    return list(made.procedures)


# --- what is laid out is read again

letters = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)) | st.sampled_from("=+-@'\n <>\"_x;,"), max_size=30
)
texts = letters.map(lines).filter(lambda text: RETURN not in text)
names = letters.map(line).filter(lambda text: text and RETURN not in text)
days = st.dates().map(lambda day: day.isoformat())
limits = st.builds(
    TimeLimit,
    st.sampled_from([one for one in Count if one is not Count.UNSTATED]),
    st.integers(1, 9_999),
    texts,
) | st.builds(TimeLimit, words=texts)
fees = st.builds(
    FeeLine,
    amount=st.none() | st.integers(0, 10**9),
    currency=st.sampled_from(["VND", "USD", "EUR"]),
    unit=texts,
    words=texts,
    valid_from=st.just("") | days,
    exemptions=st.lists(names, max_size=3).map(tuple),
)
forms = st.lists(st.builds(Form, names, texts), max_size=3).map(tuple)
channels = st.builds(Channel, st.sampled_from(Way), limits, st.lists(fees, max_size=3).map(tuple), texts)
papers = st.builds(Paper, names, st.integers(0, 99), st.integers(0, 99), forms, texts)
many = {"max_size": 3}
procedures = st.builds(
    Procedure,
    code=st.from_regex(r"[0-9]\.[0-9]{6}", fullmatch=True).filter(str.isascii),
    name=names,
    levels=st.lists(st.sampled_from(Level), unique=True, **many).map(tuple),
    address=texts,
    for_whom=st.lists(names, **many).map(tuple),
    conditions=texts
    | st.integers(1, 3).flatmap(lambda n: st.just(lines("Một điều kiện\n" * ROW_LONGEST * n)[:40_000].strip())),
    steps=st.lists(texts.filter(bool), **many).map(tuple),
    channels=st.lists(channels, **many).map(tuple),
    papers=st.lists(papers, **many).map(tuple),
    legal=st.lists(st.builds(LegalBasis, names, texts), **many).map(tuple),
    results=st.lists(st.builds(Result, names, texts), **many).map(tuple),
    mistakes=st.lists(texts.filter(bool), **many).map(tuple),
    samples=forms,
    online=st.sampled_from(Online),
    effective=st.just("") | days,
    verified_on=st.just("") | days,
    is_open=st.booleans(),
)


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=60, deadline=None)
@given(made=st.lists(procedures, min_size=1, max_size=4, unique_by=lambda one: one.code))
def test_whatever_is_laid_out_is_read_again_as_it_was(kind: str, made: list[Procedure]) -> None:
    assert again(made, kind) == made


@pytest.mark.parametrize("kind", WRITERS)
def test_the_demo_s_procedures_are_read_again_as_they_were(kind: str) -> None:
    with PROCEDURES.open("rb") as body:
        made = list(read_file(body, lambda: (), lambda stage, done, total: None).procedures)
    assert again(made, kind) == made


@pytest.mark.sweep
@pytest.mark.parametrize("kind", WRITERS)
def test_every_procedure_of_the_national_portal_is_read_again_as_it_was(kind: str) -> None:
    made = list({one.code: one for one, _ in (*read_2025(), *read_2026()) if one}.values())
    assert len(made) >= 2_642
    assert again(made, kind) == made


@pytest.mark.sweep
@pytest.mark.parametrize("kind", WRITERS)
def test_what_libreoffice_saved_again_is_read_as_it_was(kind: str, soffice: str, tmp_path: Path) -> None:
    """By a double click and Save As, which takes some codes for numbers."""
    made = sorted((one for one, _ in read_2026() if one), key=lambda one: len(one.conditions))[-60:]
    body = converted(soffice, WRITERS[kind](to_sheets.tables(made)), f"catalogue.{kind}", tmp_path)
    found = read(body)
    assert ({one.code for one in found.findings} - {"code_mended"}, found.refused) == ({"columns_left_alone"}, 0)
    assert list(found.procedures) == made


@pytest.mark.parametrize("kind", WRITERS)
def test_the_longest_texts_of_the_national_portal_are_read_again_as_they_were(kind: str) -> None:
    every = [one for one, _ in read_2026() if one]
    made = {
        one.code: one
        for name in ("name", "conditions", "steps", "papers", "channels", "legal", "results", "address")
        for one in sorted(every, key=lambda one: len(str(getattr(one, name))))[-4:]
    }
    assert max(len(one.conditions) for one in made.values()) > CELL_LONGEST
    assert again(list(made.values()), kind) == list(made.values())


def test_no_row_is_longer_than_a_reader_takes() -> None:
    long = replace(BIRTH, conditions="Điều kiện. " * 9_000, address="Số 1, đường Láng. " * 900)
    rows = [row for table in to_sheets.tables([long]) for row in table.rows]
    assert max(sum(map(len, row)) for row in rows) <= ROW_LONGEST + len(BIRTH.code)


# --- the form speaks of every field


def test_every_field_of_the_model_has_its_column() -> None:
    def under(kind: type) -> dict[str, object]:
        return {one.name: get_type_hints(kind)[one.name] for one in fields(kind)}

    def leaf(hint: object) -> object:
        return next((one for one in get_args(hint) if isinstance(one, type) and is_dataclass(one)), hint)

    assert set(form()) - {MAIN} | {one.key for one in form()[MAIN].columns} == ALL
    spoken = to_plain(Channel(Way.DESK, TimeLimit(), (FeeLine(),)))
    assert set(spoken["limit"]) == {"count", "amount", "words"}
    for sheet in (one for one in form().values() if one.field != MAIN and one.columns[0].key != BARE):
        item = leaf(under(Procedure)[sheet.field])
        assert {one.key.partition(".")[0] for one in sheet.columns} | ({sheet.within} - {""}) == set(under(item))
        if sheet.within:
            within = set(under(leaf(under(item)[sheet.within])))
            assert {one.key for one in sheet.more} == within - {"currency"}  # a sum names its own


def test_every_column_has_headings_that_no_other_has() -> None:
    assert [(sheet, column) for sheet, column, _ in sheet_words.columns()] == [
        (sheet.field, key) for sheet in form().values() for key, _ in sheet.headed()
    ]
    spelt = [(folded_key(word), (sheet, column)) for sheet, column, words in sheet_words.columns() for word in words]
    assert dict(spelt) == dict(reversed(spelt))
    assert not any(sheet_words.is_code_heading(word) for _, _, words in sheet_words.columns() for word in words)


@pytest.mark.parametrize(("kind", "choices"), [("Level", Level), ("Way", Way), ("Online", Online)])
def test_every_choice_has_its_words(kind: str, choices: type[Level]) -> None:
    assert {sheet_words.meant(kind)[folded_key(word)] for word in sheet_words.offered(kind)} == set(choices)


def test_the_empty_form_is_read_as_nothing() -> None:
    for write in WRITERS.values():
        made = read(write([sheet_words.guide(), *to_sheets.tables([])]))
        assert (made.records, {one.code for one in made.findings}) == (0, {"columns_left_alone"})


# --- as officers fill it in


def test_headings_are_known_without_accents_and_case_in_any_order_and_unknown_ones_are_named() -> None:
    made = read(csv("LINH VUC;Ghi chu rieng;ten thu tuc;MA THU TUC", "Hộ tịch;x;Khai sinh;1.001193"))
    (one,) = made.procedures
    assert (one.code, one.name, one.field) == ("1.001193", "Khai sinh", "Hộ tịch")
    assert made.told == {"1.001193": {"name", "field"}}
    assert [(one.code, one.field, one.row) for one in made.findings] == [("unknown_column", "Ghi chu rieng", 1)]


def test_a_sheet_or_a_column_that_is_absent_or_that_nobody_filled_in_is_left_alone() -> None:
    made = read(csv("Mã thủ tục,Tên thủ tục,Địa chỉ tiếp nhận,Lĩnh vực", "1.001193,A,,Hộ tịch", "1.001194,B,,"))
    assert made.told == {code: {"name", "field"} for code in ("1.001193", "1.001194")}
    assert [(one.code, one.example) for one in made.findings] == [("columns_left_alone", "Địa chỉ tiếp nhận")]


def test_steps_alone_are_a_file_for_procedures_that_are_known() -> None:
    made = read(csv("Mã thủ tục,Bước thực hiện", "1.001193,Nộp", ",Nhận"), BIRTH)
    assert (made.procedures[0].steps, made.told) == (("Nộp", "Nhận"), {"1.001193": {"steps"}})
    unknown = read(csv("Mã thủ tục,Bước thực hiện", "9.001193,Nộp"), BIRTH)
    assert [(one.code, one.record) for one in unknown.findings] == [("procedure_name_shape", "9.001193")]


def test_a_row_of_a_code_alone_says_that_there_is_nothing() -> None:
    made = read(csv("Mã thủ tục,Bước thực hiện", "1.001193,"), BIRTH)
    assert (made.procedures[0].steps, made.told) == ((), {"1.001193": {"steps"}})


def test_sheets_stand_below_each_other_in_csv_and_beside_each_other_in_a_workbook() -> None:
    main = [["Mã thủ tục", "Tên thủ tục"], ["1.001193", "Khai sinh"]]
    steps = [["Mã thủ tục", "Bước"], ["1.001193", "Nộp"]]
    below = csv(*(",".join(row) for row in (*main, [], *steps)))
    for body in (below, nasty.book([["Sở Tư pháp"]], main, steps)(), nasty.book(main + steps)()):
        (one,) = read(body).procedures
        assert (one.name, one.steps) == ("Khai sinh", ("Nộp",))


def test_a_second_fee_and_a_second_form_stand_on_rows_of_their_own() -> None:
    made = read(
        csv(
            "Mã thủ tục,Hình thức nộp,Thời hạn,Phí,Phí bằng lời",
            "1.001193,Trực tiếp,3 ngày làm việc,8000,một bản",
            '1.001193,,,"12,50 USD",ở nước ngoài',
            ",truc tuyen,0.5 ngày làm việc,Miễn phí,",
            "",
            "Mã thủ tục,Tên giấy tờ,Bản chính,Mẫu đơn,Liên kết mẫu",
            "1.001193,Tờ khai,1,Mẫu 1,https://a.vn/1",
            ",,,Mẫu 2,",
        ),
        BIRTH,
    )
    desk, online = made.procedures[0].channels
    assert (desk.way, desk.limit, online.limit) == (
        Way.DESK,
        TimeLimit(Count.WORKING_DAYS, 1_440),
        TimeLimit(Count.WORKING_DAYS, 240),
    )
    assert [(one.amount, one.currency, one.words) for one in desk.fees] == [
        (8_000, "VND", "một bản"),
        (1_250, "USD", "ở nước ngoài"),
    ]
    assert [one.amount for one in online.fees] == [0]
    assert made.procedures[0].papers[0].forms == (Form("Mẫu 1", "https://a.vn/1"), Form("Mẫu 2"))
    assert {one.code for one in made.findings} == {"columns_left_out"}


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("Cấp thực hiện", "Cấp huyện", "word_unknown"),
        ("Ngày rà soát", "31/02/2026", "procedure_day_shape"),
        ("Ngày rà soát", "7-2026", "procedure_day_shape"),
        ("Đang áp dụng", "có lẽ", "word_unknown"),
        ("Tên thủ tục", "T" * 2_001, "procedure_name_shape"),
        ("Hình thức nộp", "Bồ câu", "word_unknown"),
        ("Thời hạn", "3", "time_limit_shape"),
        ("Thời hạn", "0 ngày", "time_limit_shape"),
        ("Thời hạn", "1/0 ngày", "time_limit_shape"),
        ("Thời hạn", "0.5 ngày", "time_limit_shape"),
        ("Phí, lệ phí", "8.00", "fee_shape"),
        ("Phí, lệ phí", "-5", "fee_shape"),
        ("Phí, lệ phí", "theo quy định", "fee_shape"),
        ("Bản chính", "một", "paper_shape"),
        ("Liên kết mẫu", "https://a.vn/1", "nothing_above"),
    ],
)
def test_a_cell_that_can_not_be_read_is_named_with_its_place_and_its_record_is_not_kept(
    heading: str, cell: str, code: str
) -> None:
    before = [["Hình thức nộp"], ["Trực tiếp"]] if heading.startswith("Phí") else [[], []]
    rows = [["Mã thủ tục", *before[0], heading], ["1.001193", *before[1], cell], ["1.001194"]]
    made = read(nasty.book([["Bìa"]], rows)(), BIRTH, replace(BIRTH, code="1.001194"))
    wrong = [one for one in made.findings if one.severity == "error"]
    assert [(one.code, one.record, one.row, one.sheet) for one in wrong] == [(code, "1.001193", 2, "Sheet2")]
    assert wrong[0].field == heading or code == "procedure_name_shape"
    assert wrong[0].example.startswith(cell[:100]) or code == "nothing_above"
    assert made.refused == 1


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("50.000", 50_000), ("50,000 đ", 50_000), ("1 200 000 VNĐ", 1_200_000), ("0", 0), ("Không thu phí", 0)],
)
def test_sums_are_read_as_people_write_them(cell: str, amount: int) -> None:
    made = read(csv("Mã thủ tục;Hình thức nộp;Mức phí", f"1.001193;Trực tiếp;{cell}"), BIRTH)
    assert [one.amount for one in made.procedures[0].channels[0].fees] == [amount]


def test_a_code_that_a_spreadsheet_took_for_a_number_is_mended_and_named() -> None:
    body = nasty.book([["Mã thủ tục", "Bước"], [1.00422, "Nộp"], ["2,000815", "Nộp"]])()
    made = read(body, replace(BIRTH, code="1.004220"), replace(BIRTH, code="2.000815"))
    assert [one.code for one in made.procedures] == ["1.004220", "2.000815"]
    assert [(one.code, one.example) for one in made.findings] == [
        ("code_mended", "1.00422"),
        ("code_mended", "2,000815"),
    ]


def test_rows_without_a_code_twice_the_same_code_and_text_beside_the_table_are_named() -> None:
    made = read(
        csv("Mã thủ tục,Tên thủ tục,", "1.001193,A,bên cạnh", "1.001193,B,", ",C,", "x.1,D,", "1.001195,=A1&B1,")
    )
    assert [(one.code, one.row) for one in made.findings] == [
        ("cell_without_heading", 2),
        ("code_repeated", 3),
        ("code_missing", 4),
        ("procedure_code_shape", 5),
        ("formula_in_cell", 6),
    ]
    assert [one.code for one in made.procedures] == ["1.001195"]


def test_a_sheet_that_is_none_of_ours_is_named_and_a_cover_is_not() -> None:
    known = [["Mã thủ tục", "Bước"], ["1.001193", "Nộp"]]
    strange = [["Mã thủ tục", "Mùa"], ["1.001193", "Xuân"]]
    made = read(nasty.book([["Sở Tư pháp"], ["Năm 2026"]], known, strange, [["Ghi chú"]])(), BIRTH)
    assert [(one.code, one.sheet, one.row) for one in made.findings] == [
        ("sheet_unknown", "Sheet3", 1),
        ("sheet_unknown", "Sheet4", 1),
    ]


def test_a_file_of_too_many_rows_is_refused() -> None:
    body = b"Ma thu tuc,Buoc\n" + b"1.001193,x\n" * ROWS_MOST
    with pytest.raises(Invalid, match="too_many_rows"):
        read(body, BIRTH)
