"""Outside tools read the templates: CloudFormation's own schemas, and checkov's rules of a safe account.

What checkov says and is not followed stands in each template's Metadata with its reason; the two lists are the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.template import TEMPLATE, Template
from tests.support.code import ROOT
from tests.support.templates import EDGE, GIVEN

CHECKOV = ROOT / ".cache" / "checkov" / "bin" / "checkov"
BOTH = pytest.mark.parametrize(
    ("path", "where"), [(TEMPLATE, "ap-southeast-1"), (EDGE, "us-east-1")], ids=["stack", "edge"]
)


def linted(path: Path, where: str) -> str:
    tool = str(Path(sys.executable).parent / "cfn-lint")
    said = subprocess.run(
        [tool, "--regions", where, "--", str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert said.returncode == 0 or said.stdout, said.stderr
    return said.stdout


@BOTH
def test_cloudformation_s_own_schemas_find_nothing(path: Path, where: str) -> None:
    assert linted(path, where) == ""


def test_a_misspelt_property_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        TEMPLATE.read_text("utf-8").replace("DeletionProtectionEnabled: true", "DeletionProtected: true", 1)
    )

    assert "DeletionProtected" in linted(wrong, "ap-southeast-1")


def failed_checks(path: Path) -> set[tuple[str, str]]:
    if not CHECKOV.exists():
        pytest.fail("checkov is not installed: make setup-sweep")
    said = subprocess.run(
        [str(CHECKOV), "-f", str(path), "--framework", "cloudformation", "--skip-download", "-o", "json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = json.loads(said.stdout)
    assert told["summary"]["passed"] > 10
    return {(one["check_id"], one["resource"].split(".")[-1]) for one in told["results"]["failed_checks"]}


@pytest.mark.sweep
@BOTH
def test_checkov_says_just_what_the_template_excuses(path: Path, where: str) -> None:
    excused = Template(path, GIVEN).document["Metadata"]["CheckovExceptions"]

    assert all(len(one["Reason"]) > 20 for one in excused.values())
    assert failed_checks(path) == {(check, name) for check, one in excused.items() for name in one["Resources"]}
