"""The words of exam files: subjects, languages, columns, states, and every spelling they come in.

For reading files and for naming subjects on a page. The spellings are data (`data/subjects.json`); this module only
indexes them by folded key. It decides nothing about scores."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from miniapp.core.folding import folded_key

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject or language: its code and its names in both languages of the pages."""

    code: str
    vi: str
    en: str

    def name(self, language: str) -> str:
        """The name in `vi` or `en`."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded spelling → code, per kind of word."""

    subjects: dict[str, Subject]
    languages: dict[str, Subject]
    subject_words: dict[str, str]
    language_words: dict[str, str]
    column_words: dict[str, str]
    outcome_words: dict[str, str]
    outcomes: tuple[str, ...]
    state_words: dict[str, str]


@cache
def vocabulary() -> Vocabulary:
    """Every word we know, read once per process."""
    held = json.loads((DATA / "subjects.json").read_text("utf-8"))
    named = {entry["code"]: Subject(entry["code"], entry["vi"], entry["en"]) for entry in held["subjects"]}
    languages = {entry["code"]: Subject(entry["code"], entry["vi"], entry["en"]) for entry in held["languages"]}
    return Vocabulary(
        named,
        languages,
        _spellings(held["subjects"]),
        _spellings(held["languages"]),
        {folded_key(word): kind for kind, words in held["columns"].items() for word in words},
        _spellings(held["outcomes"]),
        tuple(entry["code"] for entry in held["outcomes"]),
        {folded_key(word): state for state, words in held["states"].items() for word in words},
    )


def _spellings(entries: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        for word in (entry["code"], entry.get("vi", entry["code"]), *entry["aliases"]):
            found.setdefault(folded_key(word), entry["code"])
    return found
