"""The words of our own form as sheets: headings, names of sheets, and what stands for a choice. For the modules of sheets.

They are data (`data/sheets.json`), for officers read them; this module only finds them by folded key. Of each, the first
spelling is what we write."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from miniapp.core.cells import Table
from miniapp.core.folding import folded_key

DATA = Path(__file__).parent / "data" / "sheets.json"
LONGEST_HEADING = 60


@cache
def _held() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return held


@lru_cache(maxsize=4_096)
def key(text: str) -> str:
    """What a heading is recognised by; empty for what is too long to be one."""
    return folded_key(text) if len(text) <= LONGEST_HEADING else ""


def code_heading() -> str:
    """The heading that every sheet has."""
    return str(_held()["code"][0])


@cache
def _codes() -> frozenset[str]:
    return frozenset(map(folded_key, _held()["code"]))


def is_code_heading(cell: str) -> bool:
    """Whether a cell says that its column holds the codes of procedures."""
    return key(cell) in _codes()


def title(sheet: str) -> str:
    """What a sheet is called."""
    return str(_held()["sheets"][sheet]["title"])


def heading(sheet: str, column: str) -> str:
    """What we write above a column."""
    return str(_held()["sheets"][sheet]["columns"][column][0])


def columns() -> list[tuple[str, str, list[str]]]:
    """Every sheet and column with its headings."""
    return [
        (sheet, column, words) for sheet, held in _held()["sheets"].items() for column, words in held["columns"].items()
    ]


@cache
def columns_by_heading() -> Mapping[str, tuple[str, str]]:
    """Folded heading → the sheet and the column that it is of."""
    return {folded_key(word): (sheet, column) for sheet, column, words in columns() for word in words}


def said(kind: str, value: str) -> str:
    """The word for a choice; its code where there is none."""
    return str(_held()["words"][kind].get(value, [value])[0])


def offered(kind: str) -> tuple[str, ...]:
    """The words that one may choose from."""
    return tuple(words[0] for words in _held()["words"][kind].values())


@cache
def meant(kind: str) -> Mapping[str, str]:
    """Folded word → the choice that it stands for."""
    return {folded_key(word): value for value, words in _held()["words"][kind].items() for word in (value, *words)}


def guide() -> Table:
    """How the form is filled in, as a sheet before the others."""
    held = _held()["guide"]
    return Table(held["title"], held["header"], [[line] for line in held["lines"]])
