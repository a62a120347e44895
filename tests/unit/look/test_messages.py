"""The English catalogue is complete, and every template of the house compiles in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from handlers.translation import Entry, Message, read_catalogue
from handlers.words import CODES, TEMPLATES, build_environment
from infra.messages import Heard, main, messages, updated, written, wrong_entries

WORDS = build_environment()
NOT_YET = Entry("-.", "-.")
PAGES = [path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html"))]


def test_every_message_of_the_templates_has_english_words() -> None:
    wanted = [heard.message for heard in messages()]
    assert wrong_entries(wanted, read_catalogue(TEMPLATES / "i18n" / "en.po")) == []


def test_no_message_stands_twice_in_the_catalogue() -> None:
    entries = (TEMPLATES / "i18n" / "en.po").read_text("utf-8").split("\n\n")
    keys = [re.sub(r"(?m)^#.*\n", "", entry).partition("msgstr")[0] for entry in entries]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_the_command_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert "complete" in capsys.readouterr().out


def test_what_is_wrong_with_a_catalogue_is_named() -> None:
    wanted = [Message("Mới"), Message("Chưa %(n)s"), Message("Mờ"), Message("Trống"), Message("Nháy")]
    catalogue = {
        Message("Cũ"): Entry("Old", "Old"),
        Message("Chưa %(n)s"): Entry("Not %(m)s", "Not %(m)s"),
        Message("Mờ"): Entry("Dim", "Dim", fuzzy=True),
        Message("Trống"): Entry("", ""),
        Message("Nháy"): Entry('a "quote"', 'a "quote"'),
    }
    kinds = [line.split(":")[0] for line in wrong_entries(wanted, catalogue)]
    assert kinds == [
        "a straight quote would end an attribute",
        "fuzzy",
        "no words",
        "no words",
        "obsolete",
        "other places",
    ]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", WORDS.languages)
def test_every_template_compiles(language: str, name: str) -> None:
    WORDS.template(language, name)


def test_sentences_are_polite_plain_text() -> None:
    catalogue = read_catalogue(TEMPLATES / "i18n" / "en.po")
    for heard in messages():
        for text in (heard.message.singular, catalogue.get(heard.message, NOT_YET).one):
            assert "!" not in text, text
            if heard.template.startswith(CODES):
                assert not set("<>&") & set(text), text
                assert text.endswith("."), text


def test_every_sentence_can_be_said_in_every_language() -> None:
    # A figure will do for any fact: formats of figures and sizes take it, and text is printed as it is.
    for code, names in WORDS.facts_of.items():
        for language in WORDS.languages:
            assert WORDS.sentence(language, code, dict.fromkeys(names, 5)), code


def test_the_reader_reads_what_the_command_writes_back_to_the_letter(tmp_path: Path) -> None:
    message = Message("Một “câu” %(n)s %%\nhai dòng\t\\", "Nhiều %(n)s", None)
    old = Catalog(locale="en")
    new = updated(old, [Heard(message, "a.html")], {message.singular: ['one "quoted" %(n)s', "many %(n)s\n"]})
    path = tmp_path / "en.po"
    path.write_bytes(written(new))
    assert read_catalogue(path) == {message: Entry('one "quoted" %(n)s', "many %(n)s\n")}
    kept = updated(new, [Heard(message, "b.html"), Heard(Message("Mới"), "b.html")], {})
    path.write_bytes(written(kept))
    assert read_catalogue(path)[message].many == "many %(n)s\n"
    assert read_catalogue(path)[Message("Mới")] == Entry("", "")
