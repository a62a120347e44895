"""The published consent texts: which versions there are and since when. For the wiring and the pages that show them.

templates/consents/versions.json lists every version (consents/score_news/1.html is the first) with the hash of its
file: a published text never changes, a new wording is a new file with a new version (a test holds them to it)."""

import json
from datetime import date

from handlers.words import TEMPLATES
from miniapp.accounts.model import Wording

FOLDER = "consents"


def published() -> dict[str, tuple[Wording, ...]]:
    """Every purpose and its versions, oldest first."""
    held = json.loads((TEMPLATES / FOLDER / "versions.json").read_text(encoding="utf-8"))
    return {
        purpose: tuple(Wording(purpose, one["version"], date.fromisoformat(one["since"])) for one in versions)
        for purpose, versions in held.items()
    }


def template(purpose: str, version: str) -> str:
    """The template of one version."""
    return f"{FOLDER}/{purpose}/{version}.html"
