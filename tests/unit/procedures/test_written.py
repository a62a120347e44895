"""A field of a procedure as text that officers type: what is read again is what was written."""

from collections.abc import Callable
from typing import Any

import pytest

from miniapp.core.plain import to_plain
from miniapp.procedures.layers import spare
from miniapp.procedures.model import Procedure
from miniapp.procedures.written import Unwritten, headings, label, read, written
from tests.support.procedure_town import demo_procedures
from tests.support.procedures import read_2026

FIELDS = tuple(name for name in Procedure.__dataclass_fields__ if name != "code")


def assert_comes_back(procedure: Procedure) -> None:
    plain: dict[str, Any] = spare(to_plain(procedure))
    for name in FIELDS:
        assert read(name, written(name, plain[name])) == plain[name], (procedure.code, name)


def test_every_field_of_the_demo_s_procedures_comes_back_as_it_was():
    for procedure in demo_procedures():
        assert_comes_back(procedure)


def test_so_do_the_national_portal_s():
    for made, _ in read_2026()[::40]:
        if made:
            assert_comes_back(made)


def test_a_fee_is_typed_as_people_write_it():
    (channel,) = read(
        "channels",
        "Cách nộp: tại quầy\nThời hạn: 3 ngày làm việc\nphí: 8.000\nĐơn vị tính: bản\nPhí: miễn phí\n"
        "Miễn giảm: hộ nghèo\n  người khuyết tật",
    )
    assert (channel["way"], channel["limit"]["amount"]) == ("desk", 3 * 480)
    assert [(fee["amount"], fee["unit"]) for fee in channel["fees"]] == [(8_000, "bản"), (0, "")]
    assert channel["fees"][1]["exemptions"] == ["hộ nghèo", "người khuyết tật"]


def test_a_line_without_a_heading_is_the_first_column_or_goes_on():
    papers = read("papers", "Tờ khai\ntheo mẫu\r\n\r\n\r\nGiấy chứng sinh\nBản chính: 1\n")
    assert [(one["name"], one["originals"]) for one in papers] == [("Tờ khai\ntheo mẫu", 0), ("Giấy chứng sinh", 1)]
    assert read("steps", "Bước 1:\n nộp\n \nBước 2") == ["Bước 1:\nnộp", "Bước 2"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("papers", "Bản chính: 1", "paper_shape"),
        ("papers", "Tờ khai\nBản chính: một", "paper_shape"),
        ("channels", "Thời hạn: 3 ngày làm việc", "way_unknown"),
        ("channels", "Hình thức nộp: bay", "word_unknown"),
        ("channels", "Hình thức nộp: Trực tiếp\nThời hạn: nhanh", "time_limit_shape"),
        ("channels", "Hình thức nộp: Trực tiếp\nPhí: tám nghìn", "fee_shape"),
        ("channels", "Hình thức nộp: Trực tiếp\nHình thức nộp: Trực tuyến", "line_repeated"),
        ("questions", "Mã câu hỏi: ai", "question_lacks"),
        ("questions", "Mã câu hỏi: ai\nCâu hỏi: Ai đi?\nLựa chọn: Cha", "question_lacks"),
        ("questions", "Mã câu hỏi: ai\nCâu hỏi: Ai đi?\nHỏi khi: luôn luôn", "rule_shape"),
        ("samples", "Liên kết mẫu điền sẵn: https://x.vn", "item_name_needed"),
        ("verified_on", "31/02/2026", "procedure_day_shape"),
        ("is_open", "có lẽ", "word_unknown"),
    ],
)
def test_what_can_t_be_read_is_named(name: str, text: str, code: str):
    with pytest.raises(Unwritten) as problem:
        read(name, text)
    assert problem.value.code == code


def test_a_line_of_a_text_that_looks_like_a_heading_stays_text():
    papers = [{"name": "Một\nBản sao: 3", "originals": 1, "copies": 0, "forms": [], "case": ""}]
    assert read("papers", written("papers", papers)) == papers


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_typed_is_nothing_said(name: str):
    nothing: Callable[[str], Any] = spare(to_plain(Procedure("", ""))).__getitem__
    assert read(name, " \n ") == nothing(name)
    assert label(name)


def test_the_headings_are_those_of_the_form():
    assert headings("papers")[:2] == ["Tên giấy tờ", "Bản chính"]
    assert headings("steps") == headings("address") == []
