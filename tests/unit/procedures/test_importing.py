"""A file of records is told by its shape and its packing; what can't be read is refused, what can't be kept is named."""

import gzip
import io
import json
import lzma

import pytest

from miniapp.core.errors import Invalid
from miniapp.procedures.importing import read_file
from miniapp.procedures.model import Procedure

PORTAL = {"ma_thu_tuc": "1.000001", "ten_thu_tuc": "Cấp thẻ"}
OWN = {"code": "1.000002", "name": "Khai sinh", "papers": [{"name": "Tờ khai", "originals": 1}], "owner": "Tư pháp"}


def read(body, known=()):
    return read_file(io.BytesIO(body), lambda: known, lambda stage, done, total: None)


def lines(*records):
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, lambda body: b"\xef\xbb\xbf" + body])
def test_a_packed_file_is_the_same_file(pack):
    made = read(pack(lines(PORTAL, {**PORTAL, "ma_thu_tuc": "1.000003"})))
    assert (made.shape, made.records, [one.code for one in made.procedures]) == (
        "portal_2026",
        2,
        ["1.000001", "1.000003"],
    )


def test_our_own_form_is_read_field_by_field_and_tells_only_its_own():
    made = read(json.dumps([OWN]).encode())
    assert made.procedures[0].papers[0].originals == 1
    assert made.told["1.000002"] == {"name", "papers", "owner"}
    assert (made.findings, made.is_older) == ((), False)


def test_a_portal_record_does_not_speak_of_what_our_officers_wrote():
    assert not {"owner", "mistakes", "verified_on", "samples", "is_open"} & read(lines(PORTAL)).told["1.000001"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({**OWN, "name": ""}, "procedure_name_shape"),
        ({**OWN, "online": "mostly"}, "record_shape"),
        ({**OWN, "papers": [{"originals": 1}]}, "record_shape"),
        ({**OWN, "code": "x"}, "procedure_code_shape"),
    ],
)
def test_a_record_that_can_not_be_kept_is_named_and_the_others_are_read(record, code):
    made = read(lines(record, {**OWN, "code": "1.000009"}))
    assert [one.code for one in made.procedures] == ["1.000009"]
    assert [(one.code, one.row) for one in made.findings] == [(code, 1)]


def test_a_field_that_we_do_not_have_is_named():
    assert [one.code for one in read(lines({**OWN, "colour": "red"})).findings] == ["field_unknown"]


def test_a_code_twice_is_kept_once_and_named():
    made = read(lines(PORTAL, PORTAL))
    assert (len(made.procedures), [(one.code, one.row) for one in made.findings if one.severity == "error"]) == (
        1,
        [("code_repeated", 2)],
    )


def test_an_older_export_is_matched_by_name():
    record = {
        "title": "Thủ tục khai sinh",
        "Trình tự thực hiện": "Nộp",
        "Cách thức thực hiện": [],
        "Thành phần hồ sơ": [],
    }
    made = read(json.dumps([record]).encode(), known=[Procedure("1.001193", "Khai sinh")])
    assert (made.procedures[0].code, made.is_older) == ("1.001193", True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"[1]", b'{"a": 1}', b"\x1f\x8b\x00", b"\xfd7zXZ\x00", b"a,b\n1,2\n"]
)
def test_what_is_no_file_of_records_is_refused(body):
    with pytest.raises(Invalid) as problem:
        read(body)
    assert problem.value.code == "procedures_file_shape"


@pytest.mark.parametrize(
    ("body", "code"), [(b"PK\x03\x04", "xlsx_broken"), (b"\xff\xfe", "file_empty"), (b"%PDF-1.7\n", "file_is_pdf")]
)
def test_what_is_another_kind_of_file_is_refused_by_what_it_is(body, code):
    with pytest.raises(Invalid) as problem:
        read(body)
    assert problem.value.code == code


def test_who_leaves_the_name_out_keeps_the_one_that_is_known():
    made = read(
        lines({"code": "1.000002.000.00.00.H55", "owner": "Tư pháp"}), known=[Procedure("1.000002", "Khai sinh")]
    )
    assert (made.procedures[0].name, made.told["1.000002"]) == ("Khai sinh", {"owner"})


def test_texts_of_our_own_form_are_kept_as_clean_as_the_portal_s():
    made = read(lines({**OWN, "conditions": " Bản\u00a0 chính \r\n\r\nKhông\u200b tẩy xóa", "steps": [" Nộp  đơn"]}))
    assert (made.procedures[0].conditions, made.procedures[0].steps) == ("Bản chính\nKhông tẩy xóa", ("Nộp đơn",))
