"""The papers on data and keys, logs and limits say what the code does: row by row, event by event, number by number."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from handlers.tables import TABLES
from miniapp.core.settings import Settings
from tests.support.code import ROOT

PAPERS = [ROOT / "infra" / "decisions" / name for name in ("data-and-keys.md", "logs-and-limits.md")]
LIMIT = re.compile(
    r"(^|_)(MOST|LIFE|KEPT|FRESH|LONGEST|FARTHEST|FREE|WAIT|WINDOW)($|_)|^XLSX_|^(ACCOUNT|KNOWN_DEVICE|ADDRESS|MACHINE|FACTOR)$"
)
# What is held against strangers: these must be listed; others are where somebody asked how much is allowed.
GUARDS = {
    *("miniapp.accounts.guessing", "miniapp.core.guarding", "miniapp.core.unpacking"),
    *(
        "miniapp.core.workbooks",
        "miniapp.agencies.crests",
        "handlers.forms",
        "handlers.app",
        "handlers.api.reading",
    ),
}
# What a field of a log line must never be: whom it is about, or a secret.
PERSONAL = re.compile(r"name|login|phone|mail|number|birth|user|officer|citizen|address|password|token|secret|value")
LEVELS = ("info", "warning", "error")


def table(title: str) -> dict[str, list[str]]:
    """A table of the papers below a title: its first cell, and the others."""
    part = (
        "\n".join(paper.read_text("utf-8") for paper in PAPERS)
        .partition(f"## {title}\n")[2]
        .partition("\n## ")[0]
        .partition("\n# ")[0]
    )
    lines = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells[1:]] for cells in lines}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("miniapp", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text("utf-8"))


def events() -> dict[str, set[str]]:
    """Every event that is logged, with its fields; `…` where a problem's own facts follow."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, tree in sources():
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and module != "miniapp.core.log"
            ):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "log" and node.func.attr in LEVELS:
                assert isinstance(node.args[0], ast.Constant), f"{module}: the event's name stands in the code"
                given = {word.arg or "…" for word in node.keywords}
                found[str(node.args[0].value)] |= given | ({"failure", "where"} if len(node.args) > 1 else set())
    return found


def said(value: Any) -> str:
    """A limit in few letters: seconds for a span."""
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds())} s"
    if is_dataclass(value):
        return " ".join(said(getattr(value, one.name)) for one in fields(value))
    return f"{value:_}"


def limits() -> dict[str, dict[str, str]]:
    """Every limit that the code states as a number or a span, by module."""
    found: dict[str, dict[str, str]] = {}
    for module, tree in sources():
        names = [
            name.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name) and LIMIT.search(name.id)
        ]
        held = {name: getattr(importlib.import_module(module), name) for name in names}
        if plain := {
            name: said(value)
            for name, value in held.items()
            if isinstance(value, int | float | timedelta) or is_dataclass(value)
        }:
            found[module] = plain
    return found


def test_every_kind_of_row_is_in_the_data_map_and_ends_as_it_says() -> None:
    mapped = table("Data")
    kinds = {row.__name__: "expires" in {one.attr_name for one in row.get_attributes().values()} for row in TABLES}
    assert set(mapped) == set(kinds)
    assert {kind for kind, cells in mapped.items() if "by itself" in cells[-1]} == {
        kind for kind in kinds if kinds[kind]
    }
    assert {kind: cells for kind, cells in mapped.items() if len(cells) != 3 or not all(cells)} == {}


def test_every_secret_of_the_settings_is_in_the_inventory_of_keys() -> None:
    assert {one.name for one in fields(Settings) if not one.repr} <= set(table("Keys"))


def test_every_event_that_is_logged_is_in_the_inventory_with_just_its_fields() -> None:
    assert {event: set(cells[0].split(", ")) - {"–"} for event, cells in table("Logs").items()} == events()


def test_no_field_of_a_log_line_is_about_a_person() -> None:
    assert {
        event: wrong for event, given in events().items() if (wrong := [one for one in given if PERSONAL.search(one)])
    } == {}


def test_every_limit_of_a_module_that_is_listed_stands_there_as_it_is_in_the_code() -> None:
    written = {module: set(cells[0].split(", ")) for module, cells in table("Limits").items()}
    coded = {module: {f"{name} {text}" for name, text in held.items()} for module, held in limits().items()}
    assert set(written) >= GUARDS
    assert written == {module: held for module, held in coded.items() if module in written or module in GUARDS}


def test_each_paper_is_short_enough_to_be_read() -> None:
    assert [paper.name for paper in PAPERS if len(paper.read_text("utf-8").splitlines()) >= 160] == []
