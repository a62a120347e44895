"""The operator takes files of procedures in: the real catalogue whole, an agency's own over it; twice is once."""

import json
from pathlib import Path
from typing import Any

from click.testing import Result

from tests.support.real_data import real
from tests.web.console.conftest import AGENCY, Office, office

__all__ = ["office"]


def run(office: Office, *words: str) -> Result:
    return office.app.test_cli_runner().invoke(args=["procedures", "import", *words])


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
