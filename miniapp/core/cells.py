"""What a list is before it becomes a file: tables of text cells that no spreadsheet calculates. For whoever hands lists out.

`safe` guards a text (quality F52) and `plain` takes the guard off again, so that what was handed out and comes back is
what it was. Pure; `handlers.downloads` writes the files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Full-width signs count in some programs; the last is what our writer of workbooks would take for markup.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "<r>")
GUARD = "'"


@dataclass(frozen=True)
class Table:
    """One sheet: what it is called, its headings, its rows, and for some columns the words that a cell may be."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def safe(cell: object) -> str:
    """A cell of a CSV file as text that no spreadsheet calculates."""
    text = str(cell)
    return GUARD + text if _is_risky(text) else text


def safe_in_book(cell: object) -> str:
    """A cell of a workbook, where the type says that it is text: guarded only where `plain` would take something off."""
    text = str(cell)
    return safe(text) if text.startswith((GUARD, "<r>")) else text


def plain(text: str) -> str:
    """What a cell said before it was guarded."""
    return text[1:] if text.startswith(GUARD) and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    return text.lstrip(f" {GUARD}").startswith(RISKY)
