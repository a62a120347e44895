"""Events carry exactly their declared fields, and a chain can't be taken apart unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.audit.model import EVENTS, Entry, Event, Head, Link, UndeclaredEvent, entry_of, genesis, link
from miniapp.audit.verify import entries_of_day
from miniapp.core.personal import Personal

FACTS = st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none())


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_takes_its_declared_fields_and_no_others(name: str) -> None:
    fields = EVENTS[name].fields
    assert Event(name, **dict.fromkeys(fields, "x")).facts.keys() == fields
    with pytest.raises(UndeclaredEvent):
        Event(name, **dict.fromkeys([*fields, "another"], "x"))
    with pytest.raises(UndeclaredEvent):
        Event(name, **dict.fromkeys(sorted(fields)[1:], "x"))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_what_an_event_belongs_to_is_among_its_fields(name: str) -> None:
    assert set(EVENTS[name].of) <= EVENTS[name].fields
    assert len(EVENTS[name].of) <= 2  # with the head and the entry they share one transaction with the business


@pytest.mark.parametrize("fact", [Personal("Lan"), 1.5, ["a"], {"a": 1}, b"x", "x" * 2001])
def test_no_personal_data_and_nothing_but_plain_facts(fact: object) -> None:
    with pytest.raises(UndeclaredEvent):
        Event("officer_joined", officer=fact)  # type: ignore[arg-type]


def test_an_undeclared_event_is_a_fault() -> None:
    with pytest.raises(UndeclaredEvent):
        Event("officer_promoted")


@given(st.dictionaries(st.text(max_size=8), FACTS, max_size=5), st.text(max_size=10))
def test_an_entry_survives_being_kept(facts: dict[str, str | int | bool | None], by: str) -> None:
    entry = Entry("a", "2026-07-16", 1, "aud_1", "2026-07-16T01:00:00.000Z", by, "some_event", facts)
    assert entry_of(entry.body()) == entry
    assert entry_of(entry.body()).body() == entry.body()  # type: ignore[union-attr]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "{}", '{"facts": 1}', '{"facts": {}, "what": 1}'])
def test_a_body_made_unreadable_is_no_entry(body: str) -> None:
    assert entry_of(body) is None


def test_chains_of_two_agencies_begin_differently() -> None:
    assert genesis("a") != genesis("b")


def chain(length: int) -> tuple[Head, list[Link]]:
    before = start = genesis("a")
    links = []
    for seq in range(1, length + 1):
        body = Entry("a", "d", seq, f"aud_{seq}", "", "x", "e", {}).body()
        links.append(Link(seq, body, before, link(before, body)))
        before = links[-1].hash
    return Head("a", "d", length, before, start), links


@given(st.integers(1, 12))
def test_an_untouched_chain_is_clean(length: int) -> None:
    assert entries_of_day(*chain(length)) == []


@given(st.data())
def test_any_change_to_any_entries_is_noticed(data: st.DataObject) -> None:
    head, links = chain(data.draw(st.integers(1, 8)))
    touched = list(links)
    for _ in range(data.draw(st.integers(1, 4))):
        if not touched:
            break
        at = data.draw(st.integers(0, len(touched) - 1))
        held = touched[at]
        act = data.draw(st.sampled_from(["drop", "body", "before", "hash", "place", "copy", "fit"]))
        if act == "drop":
            del touched[at]
        elif act == "copy":
            touched.append(Link(data.draw(st.integers(0, 9)), held.body, held.before, held.hash))
        elif act == "fit":
            body = held.body.replace('"by":"x"', '"by":"y"')
            touched[at] = Link(held.place, body, held.before, link(held.before, body))
        else:
            parts = {"place": held.place, "body": held.body, "before": held.before, "hash": held.hash}
            parts[act] = data.draw(st.integers(0, 9)) if act == "place" else data.draw(st.text(max_size=5))
            touched[at] = Link(**parts)  # type: ignore[arg-type]
    same = sorted(touched, key=repr) == sorted(links, key=repr)
    assert bool(entries_of_day(head, touched)) != same
