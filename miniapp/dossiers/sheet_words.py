"""Which words of other systems mean what in a table of dossiers: columns, statuses, ways, kinds of who asks.

For `sheet`. The words are data, folded to letters and figures; one that means two things is a mistake of the data."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "import_words.json"


@dataclass(frozen=True)
class SheetWords:
    """Folded word → what it means."""

    shown: dict[str, str]  # column → what lists of problems and forms call it, in the language of files
    columns: dict[str, str]
    ignored: frozenset[str]
    kinds: dict[str, dict[str, int]]  # `status`, `channel`, `subject` → folded word → the portal's number


@cache
def sheet_words() -> SheetWords:
    """The words, read once."""
    held = json.loads(DATA.read_text("utf-8"))
    kinds = {
        name: {word: int(number) for number, words in held[part].items() for word in (number, *words)}
        for name, part in (("status", "statuses"), ("channel", "channels"), ("subject", "subjects"))
    }
    columns = {word: column for column, words in held["columns"].items() for word in words}
    return SheetWords(held["shown"], columns, frozenset(held["ignored"]), {**kinds, "returned_by": kinds["channel"]})
