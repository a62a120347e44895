"""The operator takes files of procedures in and writes them: the real catalogue whole, an agency's own; twice is once."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from openpyxl import load_workbook

from miniapp.core.cells import RISKY
from miniapp.core.ids import NATION
from tests.support.real_data import real
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]


def run(office: Office, *words: str) -> Result:
    return office.app.test_cli_runner().invoke(args=["procedures", "import", *words])


def export(office: Office, *words: str) -> Result:
    return office.app.test_cli_runner().invoke(args=["procedures", "export", *words])


def told(result: Result) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def test_the_three_real_files_are_taken_in_and_every_record_is_accounted_for(office: Office) -> None:
    first = run(office, str(real("procedures/tthc_2026_chatbot_tthc.jsonl.xz")), "--json")
    assert first.exit_code == 0
    assert (told(first)["records"], told(first)["added"], told(first)["refused"]) == (2_642, 2_642, 0)
    second = told(run(office, str(real("procedures/tthc_bqp_2025_nhdandz.jsonl.xz")), "--json"))
    assert second["added"] + second["unchanged"] == second["records"] == 207
    third = run(office, str(real("procedures/dichvucong_2021_trannguyenhan.json.xz")), "--json")
    facts = told(third)
    assert (third.exit_code, facts["changed"], facts["unchanged"] + facts["refused"]) == (1, 0, 87)
    assert {one["record"] for one in facts["problems"] if one["severity"] == "error"}
    again = told(run(office, str(real("procedures/tthc_2026_chatbot_tthc.jsonl.xz")), "--json"))
    assert (again["unchanged"], again["book"]) == (2_642, second["book"])
    shown = office.services.catalogue.get(AGENCY, "1.004222").procedure
    assert shown.name == "Đăng ký thường trú"


def test_the_index_is_made_anew_from_what_is_out(office: Office, tmp_path: Path) -> None:
    national = tmp_path / "national.json"
    national.write_text(json.dumps([{"code": "1.000001", "name": "Nuôi ong"}], ensure_ascii=False), "utf-8")
    assert run(office, str(national)).exit_code == 0
    store = office.services.procedure_store
    before = store.shown(NATION)
    store.show(NATION, replace(before, indexes=()))
    made = office.app.test_cli_runner().invoke(args=["procedures", "reindex", "--json"])
    assert (made.exit_code, json.loads(made.stdout)) == (0, {"number": 1, "book": before.book, "layers": 1})
    assert store.shown(NATION) == before
    assert len(office.services.audit.page(NATION).entries) == 1, "nothing was changed"


def test_an_agency_lays_its_own_over_the_nation_s_from_a_day_on(office: Office, tmp_path: Path) -> None:
    national, own = tmp_path / "national.json", tmp_path / "own.json"
    national.write_text(
        json.dumps([{"code": "2.000815", "name": "Chứng thực", "owner": "Bộ", "conditions": "Bản chính"}])
    )
    own.write_text(json.dumps([{"code": "2.000815", "name": "Chứng thực", "owner": "Xã"}]))
    assert run(office, str(national)).exit_code == 0
    result = run(office, str(own), "--agency", AGENCY)
    assert "changed" in result.stdout
    shown = office.services.catalogue.get(AGENCY, "2.000815")
    assert (shown.procedure.owner, shown.sources["owner"], shown.procedure.conditions) == ("Xã", AGENCY, "Bản chính")


def test_a_file_of_something_else_and_an_agency_that_is_none_are_told_in_one_line(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "scores.csv"
    file.write_text("so_bao_danh,toan\n1,2\n")
    for words in ((str(file),), (str(file), "--agency", "nowhere")):
        result = run(office, *words)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1 or "Error" in result.stderr


NATIONAL = [
    {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "owner": "Bộ",
        "steps": ["- Nộp", "=Nhận"],
        "mistakes": ["Sai tên"],
    },
    {"code": "2.000815", "name": "Chứng thực", "conditions": "Bản chính\nKhông tẩy xóa"},
]


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
def test_what_an_agency_shows_is_written_and_taken_in_again_without_a_change(
    office: Office, tmp_path: Path, ending: str
) -> None:
    national, own, out = tmp_path / "national.json", tmp_path / "own.json", tmp_path / f"out.{ending}"
    national.write_text(json.dumps(NATIONAL))
    own.write_text(json.dumps([{"code": "1.001193", "owner": "Xã"}]))
    assert run(office, str(national)).exit_code == 0
    assert told(run(office, str(own), "--agency", AGENCY, "--json"))["added"] == 1
    national.write_text(json.dumps([{"code": "1.001193", "owner": "Cục"}]))  # the agency's officers have not seen this
    assert run(office, str(national)).exit_code == 0
    drifts = office.services.procedure_office.drifts(AGENCY)
    assert set(drifts) == {"1.001193"}

    office.clock.pass_by(seconds=6)
    assert told(export(office, str(out), "--agency", AGENCY, "--json")) == {"file": str(out), "procedures": 2}
    for agency in (AGENCY, ""):
        words = [str(out), "--agency", agency] if agency else [str(out)]
        assert export(office, *words).exit_code == 0
        facts = told(run(office, *words, "--json"))
        assert (facts["unchanged"], facts["refused"], facts["changed"]) == (2, 0, 0)
    assert office.services.procedure_office.drifts(AGENCY) == drifts
    assert told(export(office, str(out), "--agency", AGENCY, "--own", "--json"))["procedures"] == 1


def test_an_officer_s_sheet_changes_the_fields_that_it_speaks_of_and_names_the_rest(
    office: Office, tmp_path: Path
) -> None:
    national, sheet = tmp_path / "national.json", tmp_path / "buoc.csv"
    national.write_text(json.dumps(NATIONAL))
    assert run(office, str(national)).exit_code == 0
    sheet.write_text("Mã thủ tục;Bước thực hiện;Màu\n1.001193;Nộp tại xã;\n9.999999;Nộp;\n", "utf-8-sig")
    result = run(office, str(sheet), "--json")
    facts = told(result)
    assert (result.exit_code, facts["records"], facts["changed"], facts["refused"]) == (1, 2, 1, 1)
    assert {(one["code"], one["record"], one["row"]) for one in facts["problems"]} == {
        ("unknown_column", "", 1),
        ("procedure_name_shape", "9.999999", 3),
    }
    assert "unknown_column: Các bước!1: , Màu" in run(office, str(sheet)).stdout
    office.clock.pass_by(seconds=6)
    shown = office.services.catalogue.get(AGENCY, "1.001193").procedure
    assert (shown.steps, shown.mistakes, shown.owner) == (("Nộp tại xã",), ("Sai tên",), "Bộ")


def test_an_agency_s_own_procedure_is_known_by_its_code_too(office: Office, tmp_path: Path) -> None:
    first, second = tmp_path / "own.csv", tmp_path / "more.csv"
    first.write_text("code,name\n3.000001,Thủ tục của sở\n")
    second.write_text("code,step\n3.000001,Nộp\n")
    assert run(office, str(first), "--agency", AGENCY).exit_code == 0
    assert told(run(office, str(second), "--agency", AGENCY, "--json"))["changed"] == 1
    assert run(office, str(second)).exit_code == 1


def test_the_empty_form_is_a_workbook_that_says_how_it_is_filled_in(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "mau.xlsx"
    assert told(export(office, "--empty", str(out), "--json"))["procedures"] == 0
    book = load_workbook(out)
    assert book.sheetnames[:3] == ["Hướng dẫn", "Thủ tục", "Các bước"]
    assert [book["Các bước"].cell(1, place).value for place in (1, 2)] == ["Mã thủ tục", "Bước thực hiện"]
    assert book["Thủ tục"].data_validations.dataValidation
    assert told(run(office, str(out), "--json"))["records"] == 0


def test_no_cell_that_is_written_is_a_formula(office: Office, tmp_path: Path) -> None:
    national, book, text = (tmp_path / f"a.{ending}" for ending in ("json", "xlsx", "csv"))
    national.write_text(
        json.dumps([{"code": "1.001193", "name": "=1+1", "steps": ["@SUM(A1)", "<r><t>x</t></r>", "-1"]}])
    )
    assert run(office, str(national)).exit_code == 0
    for out in (book, text):
        assert export(office, str(out)).exit_code == 0
        assert told(run(office, str(out), "--json"))["unchanged"] == 1
    cells = [cell for sheet in load_workbook(book) for row in sheet for cell in row if cell.value is not None]
    assert {"=1+1", "@SUM(A1)", "-1"} <= {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} == {"s"}
    written = [cell for row in csv.reader(text.open(encoding="utf-8-sig", newline="")) for cell in row]
    assert {"'=1+1", "'@SUM(A1)", "'-1"} <= set(written)
    assert [cell for cell in written if cell.lstrip(" ").startswith(RISKY)] == []


def test_an_ending_that_we_do_not_write_is_told_and_nothing_is_written(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "out.xls"
    result = export(office, str(out))
    assert (result.exit_code, out.exists()) == (2, False)
    assert ".xlsx" in result.stderr
