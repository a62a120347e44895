"""A table of scores written in any of the usual ways and read again is the same table."""

import csv
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import downloads
from miniapp.core.errors import Invalid
from miniapp.core.reading import read_rows
from miniapp.exam_scores.gathering import Gathering, Run
from miniapp.exam_scores.scores import ABSENT, CANCELLED, EXEMPT, NOT_TAKEN, SUSPENDED
from tests.support.exams import exam

SUBJECTS = ("toan", "van", "nn", "li")
EXAM = exam(subjects=SUBJECTS, languages=True)
HEADER = ["Số báo danh", "Toán", "Ngữ văn", "Ngoại ngữ", "Vật lí", "Mã ngoại ngữ", "STT"]
WORDS = {NOT_TAKEN: "", ABSENT: "Vắng", EXEMPT: "Miễn thi", SUSPENDED: "Đình chỉ", CANCELLED: "Hủy kết quả"}

codes = st.one_of(st.integers(0, 1000), st.sampled_from(list(WORDS)))
tables = st.dictionaries(
    st.integers(0, 99_999_999).map(lambda number: f"{number:08d}"),
    st.tuples(st.tuples(codes, codes, codes, codes), st.integers(0, 7)),
    min_size=1,
    max_size=30,
)
Table = dict[str, tuple[tuple[int, ...], int]]


def rows_of(table: Table, comma: str) -> list[list[str]]:
    """The table as people write it, in any order."""

    def cell(code: int) -> str:
        return WORDS[code] if code in WORDS else f"{code // 100}{comma}{code % 100:02d}".removesuffix(f"{comma}00")

    return [
        [number, *map(cell, scores), f"N{language}" if language else "", str(place)]
        for place, (number, (scores, language)) in enumerate(sorted(table.items(), reverse=True))
    ]


def written(rows: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([HEADER, *rows])
    return text.getvalue()


def as_book(rows: list[list[str]]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as workbook:
        sheet = workbook.add_worksheet()
        for place, cells in enumerate([HEADER, *rows]):
            for column, text in enumerate(cells):
                if text:
                    sheet.write_string(place, column, text)
    return held.getvalue()


def as_numbers(rows: list[list[str]]) -> bytes:
    """Scores as a spreadsheet's numbers; only candidate numbers are text."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for place, cells in enumerate(rows, 1):
            sheet.write_string(place, 0, cells[0])
            for column, text in enumerate(cells[1:], 1):
                is_number = text.replace(".", "", 1).isdigit()
                sheet.write(place, column, float(text) if is_number else text or None)
    return held.getvalue()


WAYS: dict[str, Callable[[Table], bytes]] = {
    "plain": lambda table: written(rows_of(table, ".")).encode(),
    "semicolons, decimal commas, a mark, Windows": lambda table: written(rows_of(table, ","), ";", end="\r\n").encode(
        "utf-8-sig"
    ),
    "commas, decimal commas in quotes": lambda table: written(rows_of(table, ",")).encode(),
    "tabs, UTF-16": lambda table: written(rows_of(table, ","), "\t").encode("utf-16"),
    "everything quoted": lambda table: written(rows_of(table, "."), quoting=csv.QUOTE_ALL).encode(),
    "gzip": lambda table: gzip.compress(written(rows_of(table, ".")).encode(), 1),
    "xz": lambda table: lzma.compress(written(rows_of(table, ".")).encode(), preset=0),
    "workbook of texts": lambda table: as_book(rows_of(table, ",")),
    "our own CSV": lambda table: downloads.as_csv(HEADER, rows_of(table, ",")),
    "our own XLSX": lambda table: downloads.as_xlsx(HEADER, rows_of(table, ",")),
    "workbook of numbers": lambda table: as_numbers(rows_of(table, ".")),
}


def gathered(body: bytes) -> Run:
    return Gathering(EXAM).take(read_rows(io.BytesIO(body)))


@pytest.mark.parametrize("way", WAYS)
@settings(derandomize=True, max_examples=25, deadline=None)
@given(table=tables)
def test_what_was_written_is_what_is_read(way: str, table: Table) -> None:
    run = gathered(WAYS[way](table))

    held = {}
    for record in run.records:
        result = run.shape.result(record)
        held[result.number] = (tuple(result.scores[subject] for subject in SUBJECTS), result.language)
    assert held == table
    assert run.records == sorted(run.records)
    assert (run.rows, run.findings.count("error")) == (len(table), 0)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_no_bytes_at_all_break_the_reading(noise: bytes) -> None:
    for body in (noise, b"sbd,toan\n" + noise, gzip.compress(noise), b"PK\x03\x04" + noise):
        try:
            run = gathered(body)
        except Invalid:
            continue
        assert run.rows >= len(run.records)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(tables, st.integers(0, 40), st.sampled_from(["", "x", "11", "25-Aug", "=A1", "-2"]))
def test_one_bad_cell_is_named_where_it_is_and_harms_no_other(table: Table, at: int, bad: str) -> None:
    rows = rows_of(table, ".")
    at %= len(rows)
    rows[at][1] = bad

    run = gathered(written(rows).encode())

    errors = [place for place in run.findings if place.code not in ("score_off_step", "no_score_at_all")]
    if bad:
        assert [(place.row, place.column, place.value) for place in errors if place.code != "all_without_scores"] == [
            (at + 2, "Toán", bad)
        ]
    assert len(run.records) == len(table)
