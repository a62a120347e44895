"""The operator takes a file of dossiers in, or asks what it would do; twice is once."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.support.cloud import Cloud
from tests.support.dossier_sheets import ImportTown, code, line, table
from tests.support.procedure_town import WARD


@pytest.fixture
def town(cloud: Cloud) -> ImportTown:
    return ImportTown(cloud)


def run(town: ImportTown, path: Path, body: bytes, *words: str) -> Result:
    path.write_bytes(body)
    args = ["dossiers", "import", str(path), "--agency", WARD, *words]
    return town.app.test_cli_runner().invoke(args=args)


def told(result: Result) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(result.stdout)
    return {name: facts[name] for name in ("rows", "new", "moved", "unchanged", "refused")}


def test_a_dry_run_says_what_the_run_does_and_twice_is_once(town: ImportTown, tmp_path: Path):
    path, body = tmp_path / "ho-so.csv", table(line(1), line(2, 1))
    wanted = {"rows": 2, "new": 2, "moved": 0, "unchanged": 0, "refused": 0}
    assert told(run(town, path, body, "--dry-run", "--json")) == wanted
    assert town.imports.of(WARD) == []
    done = run(town, path, body, "--json")
    assert (done.exit_code, told(done)) == (0, wanted)
    assert told(run(town, path, body, "--json")) == {**wanted, "new": 0, "unchanged": 2}


def test_what_is_refused_is_named_by_row_and_column_and_ends_with_1(town: ImportTown, tmp_path: Path):
    result = run(town, tmp_path / "x.csv", table(line(1), line(2, "x")))
    assert result.exit_code == 1
    assert "row      3  status       This value is not understood." in result.stdout
    assert town.services.dossier_office.find(WARD, code(1)).version == 3


def test_a_file_that_is_no_table_changes_nothing(town: ImportTown, tmp_path: Path):
    result = run(town, tmp_path / "x.csv", b"%PDF-1.7\n")
    assert result.exit_code == 1
    assert town.imports.of(WARD) == []
