"""What the search knows of one procedure: its code, its name, and the texts that people's words may come from.

Whoever keeps the catalogue makes entries (`entries`); the search never sees a table or a page."""

from dataclasses import dataclass

from miniapp.procedures.levels import Level


@dataclass(frozen=True, slots=True)
class Entry:
    """One procedure as it is indexed. `levels` and `for_citizens` say whom a plain question most likely means."""

    code: str
    name: str
    field: str = ""
    levels: tuple[Level, ...] = ()
    agency: str = ""
    for_citizens: bool = False
    papers: str = ""
    steps: str = ""
    results: str = ""
    conditions: str = ""
    legal: str = ""
    keywords: str = ""  # what its keeper says that people call it
