"""Markup by the Nu Html Checker, for every test that renders a page: collect each state, check all in one run.

`collect_html(name, html)` saves a page; `markup_errors(folder)` runs the checker once over a folder, since starting it
costs more than a hundred pages. The checker is the npm package vnu-jar (package.json) on Java.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.support.lacking import lacking

ROOT = Path(__file__).resolve().parents[2]
JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
COLLECTED = ROOT / ".cache" / "html"
PATIENCE = 180
# The checker's opinions that are not errors of ours; each with its reason.
ACCEPTED: tuple[str, ...] = (
    # SVG 2 has the property and browsers know it; the checker's list of CSS properties is older.
    "CSS: “vector-effect”: Property “vector-effect” doesn't exist.",
)


def collect_html(name: str, html: str, folder: Path = COLLECTED) -> Path:
    """Keep the html of one state of one page; `name` says which, and the same name overwrites."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ("".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name) + ".html")
    path.write_text(html, encoding="utf-8")
    return path


def markup_errors(folder: Path = COLLECTED) -> list[str]:
    """What is wrong with the pages of a folder, one line each. Without the checker: skipped here, failed in CI."""
    java = shutil.which("java")
    if not JAR.exists() or java is None:
        lacking("the Nu Html Checker is missing: npm ci --ignore-scripts, and Java 17")
    pages = sorted(str(path) for path in folder.glob("*.html"))
    assert pages, f"no page was collected in {folder}"
    command = [java, "-Xmx400m", "-jar", str(JAR), "--format", "json", "--stdout", "--exit-zero-always", *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    messages = json.loads(done.stdout)["messages"]
    return [
        f"{Path(one['url']).name}:{one.get('lastLine', 0)}: {one['message']} — {one.get('extract', '').strip()[:120]}"
        for one in messages
        if (one["type"] == "error" or one.get("subType") == "warning") and one["message"] not in ACCEPTED
    ]


def assert_markup(folder: Path = COLLECTED) -> None:
    """No page of a folder has an error."""
    found = markup_errors(folder)
    assert not found, "\n".join(found[:20])
