"""The English catalogue kept in step with the templates: `python -m infra.messages` after changing a text.

For developers, at build time; Babel is needed here only. New messages appear empty, changed ones lose their words, gone
ones are removed: a test (tests/unit/look/test_messages.py) names what is still empty. `--check` changes nothing;
`--words FILE` takes words from a JSON object {"Vietnamese": "English" or ["one", "many"]}, under a lock, so that
several people can add theirs at once. Will NOT translate.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from handlers.translation import PLACE, Entry, Message, read_catalogue
from handlers.words import SOURCE_LANGUAGE, TEMPLATES, build_environment

HEADER = (
    b'msgid ""\nmsgstr ""\n'
    b'"Content-Type: text/plain; charset=utf-8\\n"\n'
    b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
SUFFIXES = {".html", ".txt", ".json"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and the template it was first met in."""

    message: Message
    template: str


def messages(folder: Path = TEMPLATES) -> Iterator[Heard]:
    """Every text to translate, template by template, each once."""
    environment = build_environment(folder=folder).environment(SOURCE_LANGUAGE)
    seen: set[Message] = set()
    found: list[Message] = []
    environment.heard = found.append  # type: ignore[attr-defined]
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SUFFIXES or "assets" in path.parts:
            continue
        found.clear()
        environment.parse(path.read_text(encoding="utf-8"))
        for message in found:
            if message not in seen:
                seen.add(message)
                yield Heard(message, path.relative_to(folder).as_posix())


def wrong_entries(wanted: list[Message], catalogue: dict[Message, Entry]) -> list[str]:
    """What keeps a catalogue from being complete, one line each."""
    wrong = [f"obsolete: {message.singular}" for message in catalogue.keys() - set(wanted)]
    for message in wanted:
        entry = catalogue.get(message)
        if entry is None or not entry.one or not entry.many:
            wrong.append(f"no words: {message.singular}")
        elif entry.fuzzy:
            wrong.append(f"fuzzy: {message.singular}")
        elif _places(entry.one) != _places(message.singular) or _places(entry.many) != _places(
            message.plural or message.singular
        ):
            wrong.append(f"other places: {message.singular}")
        elif '"' in entry.one + entry.many:
            wrong.append(f"a straight quote would end an attribute: {message.singular}")
    return sorted(wrong)


def _places(text: str) -> set[str]:
    return {place[1] for place in PLACE.finditer(text) if place[1]}


Given = dict[str, str | list[str]]


def updated(old: Catalog, heard: list[Heard], given: Given) -> Catalog:
    """The catalogue for these messages, with the words just given and else the words it had."""
    new = Catalog(
        locale=old.locale, project="Một Cửa", charset="utf-8", header_comment="# English words of the templates."
    )
    for one in heard:
        message = one.message
        key = (message.singular, message.plural) if message.plural else message.singular
        known = old.get(key if isinstance(key, str) else key[0], message.context)
        had = known.string if known is not None and bool(known.pluralizable) == bool(message.plural) else ""
        words = given.get(message.singular, had)
        if message.plural and isinstance(words, str):
            words = [words, words]
        new.add(
            key,
            tuple(words) if isinstance(words, list) else words or None,
            locations=[(one.template, 0)],
            context=message.context,
        )
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: no dates and no line numbers, so that only words make a difference."""
    out = BytesIO()
    write_po(out, catalogue, width=120, omit_header=True, include_lineno=False)
    return HEADER + out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Update en.po, or with --check say what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is wrong")
    parser.add_argument("--words", type=Path, help="a JSON file of words to put in")
    parser.add_argument("--language", default="en")
    options = parser.parse_args(arguments)
    path = TEMPLATES / "i18n" / f"{options.language}.po"
    heard = list(messages())
    if not options.check:
        given: Given = json.loads(options.words.read_text(encoding="utf-8")) if options.words else {}
        with path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            new = written(updated(read_po(file, locale=options.language), heard, given))
            file.truncate(0)
            file.write(new)
    wrong = wrong_entries([one.message for one in heard], read_catalogue(path))
    print(*wrong or [f"{len(heard)} messages, complete"], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
