"""The questions that the search is measured by are kept apart from what it knows: none is memorised."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from miniapp.procedures.rules import DATA
from miniapp.procedures.typed import keys
from tests.load import search_data
from tests.load.search_data import Query
from tests.support.real_data import real

OWN = search_data.written()


def phrases() -> Iterator[str]:
    for rule in json.loads((DATA / "synonyms.json").read_text("utf-8")):
        yield from rule["say"]


def folded(text: str) -> str:
    return " ".join(keys(text))


def test_there_are_at_least_three_hundred_questions_and_none_twice() -> None:
    texts = [folded(query.text) for query in OWN]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


def test_a_procedure_is_in_one_half_only_and_both_halves_are_many() -> None:
    halves = {part: search_data.own(part) for part in ("develop", "report")}
    develop, report = ({query.about for query in half} for half in halves.values())
    assert not develop & report
    assert min(map(len, halves.values())) >= 150


def test_no_phrase_of_a_synonym_is_a_whole_question_of_ours() -> None:
    assert not {folded(phrase) for phrase in phrases()} & {folded(query.text) for query in OWN}


@pytest.mark.parametrize("questions", [search_data.templates, search_data.natural, search_data.military_templates])
def test_no_phrase_of_a_synonym_is_a_whole_question_of_others(questions) -> None:
    real("procedures/qa")
    asked: list[Query] = questions()
    assert asked
    assert not {folded(phrase) for phrase in phrases()} & {folded(query.text) for query in asked}


def test_every_code_is_one_of_the_catalogue() -> None:
    real("procedures")
    codes = {entry.code for entry in search_data.catalogue()}
    assert {code for query in OWN for code in query.codes} <= codes


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_the_files_of_words_are_read(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))


def test_every_synonym_says_something_and_means_something() -> None:
    rules = json.loads((DATA / "synonyms.json").read_text("utf-8"))
    said = [folded(phrase) for rule in rules for phrase in rule["say"]]
    assert all(rule["say"] and (rule.get("means") or rule.get("codes")) for rule in rules)
    assert all(said)
    events = json.loads((DATA / "life_events.json").read_text("utf-8"))
    assert {rule["event"] for rule in rules if "event" in rule} <= set(events)
