"""Published consent texts: each has its file, no published file was touched, newer ones come later."""

import hashlib
import json

from handlers.consent_texts import FOLDER, published, template
from handlers.words import TEMPLATES

HELD = json.loads((TEMPLATES / FOLDER / "versions.json").read_text(encoding="utf-8"))


def test_no_published_text_was_changed() -> None:
    changed = [
        template(purpose, one["version"])
        for purpose, versions in HELD.items()
        for one in versions
        if hashlib.sha256((TEMPLATES / template(purpose, one["version"])).read_bytes()).hexdigest() != one["hash"]
    ]
    assert changed == [], "a new wording is a new version"


def test_every_text_is_listed_and_versions_follow_each_other() -> None:
    files = {path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / FOLDER).rglob("*.html")}
    assert files == {template(purpose, one["version"]) for purpose, versions in HELD.items() for one in versions}
    for versions in published().values():
        since = [one.since for one in versions]
        assert since == sorted(since)
        assert len({one.version for one in versions}) == len(versions)
