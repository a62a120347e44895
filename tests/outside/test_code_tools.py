"""Outside tools read the code: no dangerous construct without a written reason, no secret in any file, no import astray."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.code import ROOT, kept

REASON = re.compile(r"#\s*noqa:\s*(?:[A-Z]+\d+,\s*)*S(\d+)\b[^-]*-\s*\S+|#\s*nosec\s+B(\d+)\b[^-]*-\s*\S+")
# Made of digests of packages and of published texts.
NOT_SECRET = ("package-lock.json", "requirements.txt", "versions.json")
# Alphabets and keys that nobody could take for one of ours.
NAMES = re.compile(r'"MOTCUA_SECRETS_READ": "[a-z_,]*"')  # which secrets a function asks for, never one
PUBLIC = re.compile(r"0{64}|1{64}|k{64}|s{64}|f{64}|0123456789[A-Z]{22}|23456789[A-Z]{22}|ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def has_reason(finding: dict[str, Any]) -> bool:
    """Whether the line says why: one reason serves ruff's S rule and bandit's of the same number."""
    if finding["issue_text"].endswith("password: ''"):
        return True  # an empty one is none
    lines = (ROOT / finding["filename"]).read_text("utf-8").splitlines()
    place = finding["line_range"]
    given = [match for line in lines[place[0] - 1 : place[-1]] for match in REASON.finditer(line)]
    return any(finding["test_id"].removeprefix("B") in match.groups() for match in given)


def bandit(*places: str) -> list[dict[str, Any]]:
    said = run(tool("bandit"), "-q", "-r", *places, "-c", "pyproject.toml", "-f", "json")
    found: list[dict[str, Any]] = json.loads(said.stdout)["results"]
    return found


def test_bandit_finds_nothing_without_a_written_reason():
    found = bandit("miniapp", "handlers", "infra")
    unexplained = [
        f"{one['test_id']} {one['filename']}:{one['line_number']} {one['issue_text']}"
        for one in found
        if not has_reason(one)
    ]
    assert unexplained == []


def test_bandit_would_find_a_fault(tmp_path: Path):
    bad = tmp_path / "bad.py"
    bad.write_text("import subprocess\nsubprocess.run('ls ' + name, shell=True)\n")
    assert {"B602"} <= {one["test_id"] for one in bandit(str(bad))}


def detected(folder: Path, *names: str) -> list[tuple[str, dict[str, Any]]]:
    """What detect-secrets finds; it takes names below the folder it runs in only."""
    command = [tool("detect-secrets"), "scan", "--all-files", "--no-verify", *names]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=True)
    return [(name, hit) for name, hits in json.loads(said.stdout)["results"].items() for hit in hits]


def is_harmless(name: str, hit: dict[str, Any]) -> bool:
    """Made-up passwords of tests, alphabets, and names that only sound like secrets, with the reason beside them."""
    line = (ROOT / name).read_text("utf-8", "replace").splitlines()[hit["line_number"] - 1]
    is_keyword = hit["type"] == "Secret Keyword"
    return bool(PUBLIC.search(line) or NAMES.search(line)) or (
        is_keyword and (name.startswith("tests/") or "noqa: S105 - " in line)
    )


def text_files() -> list[str]:
    return [
        path.relative_to(ROOT).as_posix()
        for path in kept()
        if path.name not in NOT_SECRET and path.suffix not in (".gz", ".png", ".po", ".ico")
    ]


def test_detect_secrets_finds_none_in_any_file_of_the_project():
    found = [
        (name, hit["line_number"], hit["type"])
        for name, hit in detected(ROOT, *text_files())
        if not is_harmless(name, hit)
    ]
    assert found == []


def test_detect_secrets_would_find_one(tmp_path: Path):
    planted = tmp_path / "settings.py"
    planted.write_text("AWS_SECRET = '" + "wJalrXUtn" + "FEMI/K7MDENG/" + "bPxRfiCYz" + "Q7Kd93kqe'\n")
    assert {hit["type"] for _, hit in detected(tmp_path, planted.name)} >= {"Secret Keyword"}


def secretlint(*names: str) -> subprocess.CompletedProcess[str]:
    config = str(ROOT / "tests" / "outside" / "secretlint.json")
    return run("node_modules/.bin/secretlint", "--secretlintrc", config, "--format", "compact", *names)


def test_secretlint_finds_none_in_any_file_of_the_project():
    said = secretlint(*text_files())
    assert (said.stdout.strip(), said.returncode) == ("", 0), said.stderr


def test_secretlint_would_find_one(tmp_path: Path):
    planted = tmp_path / "notes.txt"
    planted.write_text("token: " + "ghp_" + "wWPw5k4aXcaT" + "4fNP0UcnZwJU" + "VFk6LO0pINUx\n")
    assert secretlint(str(planted)).returncode == 1


def test_every_import_contract_holds():
    said = run(tool("lint-imports"))
    assert said.returncode == 0, said.stdout[-4_000:] + said.stderr[-2_000:]
