"""The packages that run in Lambda, from `locked.txt`: every one of them by version and hash, for the target's Python.

For the packaging. `requirements.txt` says what the project needs; the lock says what that came to, so that two builds of
one commit are the same bytes. What only deploys or only serves the command line is left out: Zappa and what it brings,
boto3 (botocore is what we call), progress bars."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.packaging.targets import VERSIONS, Target

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.txt"
LOCK = Path(__file__).with_name("locked.txt")
LEFT_OUT = ("zappa", "boto3", "tqdm")
# Lambda's image has glibc 2.34; a newer wheel would fail there and nowhere else.
PLATFORMS = tuple(f"{name}_x86_64" for name in ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014"))
HEAD = "# Made by `python -m infra.package --lock` from requirements.txt; wheels for Lambda's x86_64 and every Python of it.\n"


class NotInstalled(Exception):
    """pip could not do it; the text is what it said."""


def wanted() -> list[str]:
    """The lines of requirements.txt that go to Lambda."""
    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text("utf-8").splitlines())
    return [line for line in lines if line and line.partition("==")[0].lower() not in LEFT_OUT]


def site(target: Target, cache: Path) -> Path:
    """A folder with just these packages, kept from build to build; `site-packages` of a virtual environment in form.

    Zappa looks for it under the version of the Python that runs Zappa, whatever the target is."""
    key = hashlib.sha256(LOCK.read_bytes() + target.version.encode() + sys.version.encode()).hexdigest()[:16]
    folder = cache / f"site-{key}"
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    if not packages.exists():
        with tempfile.TemporaryDirectory(dir=cache) as making:
            install(target.version, "--no-deps", "--require-hashes", "--target", making, "-r", str(LOCK))
            packages.parent.mkdir(parents=True, exist_ok=True)
            Path(making).rename(packages)  # all at once: a build that was stopped leaves nothing half
            Path(making).mkdir()  # for whoever cleans up
    return folder


def lock() -> int:
    """Write `locked.txt` anew for every Python of Lambda's; how many packages it holds."""
    found: dict[str, tuple[str, set[str]]] = {}
    for version in VERSIONS:
        for package in _resolved(version):
            name, number = package["metadata"]["name"].lower().replace("_", "-"), package["metadata"]["version"]
            held = found.setdefault(name, (number, set()))
            if held[0] != number:
                raise NotInstalled(f"{name}: {held[0]} and {number} for different Pythons")
            held[1].add(package["download_info"]["archive_info"]["hashes"]["sha256"])
    lines = [HEAD]
    for name, (number, hashes) in sorted(found.items()):
        lines.append(
            " \\\n    ".join([f"{name}=={number}", *(f"--hash=sha256:{text}" for text in sorted(hashes))]) + "\n"
        )
    LOCK.write_text("".join(lines), "utf-8")
    return len(found)


def _resolved(version: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        install(version, "--dry-run", "--ignore-installed", "--report", str(report), "--target", folder, *wanted())
        found: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["install"]
        return found


def install(version: str, *arguments: str) -> None:
    platforms = [text for name in PLATFORMS for text in ("--platform", name)]
    command: Sequence[str] = [
        *(sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--no-compile"),
        *("--only-binary=:all:", "--python-version", version, *platforms, *arguments),
    ]
    made = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if made.returncode != 0:
        raise NotInstalled(made.stderr[-3000:])
