"""The units run on every Python that we say we run on: 3.11, 3.12 and 3.13, as far as this machine has them."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.packaging.targets import VERSIONS, NoInterpreter, find
from tests.support.code import ROOT

# What the units need, by its lines in the lists: no engine, no browser, no tools.
NEEDED = ("pytest", "hypothesis", "babel", "beautifulsoup4", "pyyaml", "vietnam-provinces", "vietnamadminunits")
UNITS = ("accounts", "audit", "core", "exam_scores", "messaging", "zalo", "agencies")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def wanted() -> list[str]:
    """Pinned lines: what runs, and of the others what is needed."""
    lines: dict[str, str] = {}
    for name in ("requirements.txt", "infra/requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            plain = line.partition("#")[0].strip()
            package = plain.partition("==")[0].lower()
            if plain and not plain.startswith("-") and (name == "requirements.txt" or package in NEEDED):
                lines[package] = plain
    return list(lines.values())


@pytest.mark.sweep
@pytest.mark.parametrize("version", [version for version in VERSIONS if version != HERE])
def test_the_units_run_on_every_python_of_ours(version: str, tmp_path: Path) -> None:
    try:
        found = find((version,))
    except NoInterpreter:
        pytest.skip(f"no Python {version} runs here: the units are not tried on it")
    python = environment(found.python, version)
    folders = [str(ROOT / "tests" / "unit" / name) for name in UNITS]
    command = [
        str(python),
        "-m",
        "pytest",
        "-m",
        "not sweep and not browser",
        "-q",
        f"--basetemp={tmp_path / 'bt'}",
        *folders,
    ]
    made = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-W", "default"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-1000:]


def environment(base: Path, version: str) -> Path:
    """An environment with the pinned packages, kept from run to run under what went into it."""
    key = hashlib.sha256("\n".join([str(base), *wanted()]).encode()).hexdigest()[:16]
    folder = ROOT / ".cache" / f"python-{version}-{key}"
    if not (folder / ".made").exists():
        subprocess.run([str(base), "-m", "venv", "--clear", str(folder)], check=True, capture_output=True, timeout=120)
        quiet = ["-q", "--disable-pip-version-check", "--no-input", "--prefer-binary"]
        subprocess.run(
            [str(folder / "bin" / "python"), "-m", "pip", "install", *quiet, *wanted()],
            check=True,
            capture_output=True,
            timeout=600,
        )
        (folder / ".made").touch()
    return folder / "bin" / "python"
