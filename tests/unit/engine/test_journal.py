"""The journal's file format against torn ends, damage and half-done compaction."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.journal import HEAD, MAGIC, Change, Damaged, Groups, Journal, apply, compact, encode

GROUPS = st.sampled_from(["table", "item:a", "item:b", "message:q"])
KEYS = st.integers(0, 5).map(lambda number: json.dumps(["pk", str(number)]))
VALUES = st.one_of(st.just(""), st.text(max_size=20).map(json.dumps))
CHANGES = st.one_of(st.builds(Change, GROUPS, KEYS, VALUES), GROUPS.map(Change))
LOOKS = st.lists(st.lists(CHANGES, min_size=1, max_size=4), min_size=1, max_size=8)


def kept(folder: Path) -> Groups:
    """What a fresh start reads, without groups that hold nothing."""
    journal = Journal(folder)
    groups = journal.load()
    journal.close()
    return {name: values for name, values in groups.items() if values}


def after(looks: list[list[Change]]) -> Groups:
    groups: Groups = {}
    for changes in looks:
        apply(groups, encode(changes))
    return {name: values for name, values in groups.items() if values}


def written(folder: Path, looks: list[list[Change]], every: int = 100) -> Journal:
    journal = Journal(folder)
    journal.load()
    for number, changes in enumerate(looks, 1):
        journal.append(changes)
        if number % every == 0:
            journal.rotate()
    return journal


def last_segment(folder: Path) -> Path:
    return max(path for path in folder.glob("journal-*.log") if path.stat().st_size)


@given(LOOKS, st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_what_was_appended_is_read_again_across_segments(
    tmp_path_factory: pytest.TempPathFactory, looks: list[list[Change]], every: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    written(folder, looks, every).close()

    assert kept(folder) == after(looks)
    assert kept(folder) == after(looks)


@given(LOOKS, st.data())
@settings(max_examples=100, deadline=None)
def test_a_torn_end_leaves_whole_looks_only(
    tmp_path_factory: pytest.TempPathFactory, looks: list[list[Change]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = written(folder, looks[:-1])
    before = journal.size
    grown = journal.append(looks[-1])
    journal.close()
    path = last_segment(folder)
    with path.open("r+b") as file:
        file.truncate(before + data.draw(st.integers(0, grown - 1)))

    assert kept(folder) == after(looks[:-1])
    assert kept(folder) == after(looks[:-1])


FRAME = HEAD.pack(MAGIC, 30, 1)


@pytest.mark.parametrize(
    "rest", [b"\0" * 4096, b"MC", b"MCJ1\0\0", FRAME, FRAME + b"half", FRAME + b"half".ljust(30, b"\0")]
)
def test_what_an_interrupted_write_leaves_is_cut_off(tmp_path: Path, rest: bytes) -> None:
    looks = [[Change("table", '"a"', "1")], [Change("table", '"b"', "2")]]
    written(tmp_path, looks).close()
    with last_segment(tmp_path).open("ab") as file:
        file.write(rest)

    assert kept(tmp_path) == after(looks)
    assert kept(tmp_path) == after(looks)


@pytest.mark.parametrize("rest", [b"rubbish", b"some longer rubbish", FRAME + b"x" * 30, FRAME + b"x" * 50])
def test_what_no_interrupted_write_leaves_is_damage(tmp_path: Path, rest: bytes) -> None:
    written(tmp_path, [[Change("table", '"a"', "1")]]).close()
    with last_segment(tmp_path).open("ab") as file:
        file.write(rest)

    with pytest.raises(Damaged):
        kept(tmp_path)


def test_a_torn_end_in_an_older_segment_is_damage(tmp_path: Path) -> None:
    journal = written(tmp_path, [[Change("table", '"a"', "1")]])
    older = last_segment(tmp_path)
    journal.rotate()
    journal.close()
    older.write_bytes(older.read_bytes()[:-1])

    with pytest.raises(Damaged, match=older.name):
        kept(tmp_path)


@given(LOOKS, st.data())
@settings(max_examples=100, deadline=None)
def test_damage_before_the_end_is_named_and_nothing_is_changed(
    tmp_path_factory: pytest.TempPathFactory, looks: list[list[Change]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = written(folder, looks)
    first = journal.size
    journal.append([Change("table", '"last"', "1")])
    journal.close()
    path = last_segment(folder)
    body = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, first - 1))
    body[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(body)

    with pytest.raises(Damaged) as told:
        kept(folder)

    assert str(path) in str(told.value)
    assert told.value.offset <= at
    assert path.read_bytes() == body


def test_damage_in_a_compacted_base_is_named_even_at_its_end(tmp_path: Path) -> None:
    journal = written(tmp_path, [[Change("table", '"a"', '"value"')]])
    compact(tmp_path, journal.rotate())
    journal.close()
    base = next(tmp_path.glob("base-*.log"))
    base.write_bytes(base.read_bytes()[:-1])

    with pytest.raises(Damaged, match=base.name):
        kept(tmp_path)


@given(LOOKS, LOOKS)
@settings(max_examples=60, deadline=None)
def test_compaction_changes_nothing_but_the_size(
    tmp_path_factory: pytest.TempPathFactory, before: list[list[Change]], later: list[list[Change]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = written(folder, before, every=2)
    sealed = journal.rotate()
    for changes in later:
        journal.append(changes)
    compact(folder, sealed)
    journal.close()

    assert len(list(folder.glob("journal-*.log"))) == 1
    assert kept(folder) == after(before + later)


def test_a_compaction_that_died_before_its_last_step_is_forgotten(tmp_path: Path) -> None:
    looks = [[Change("table", '"a"', "1")]]
    written(tmp_path, looks).close()
    (tmp_path / "base-00000001.tmp").write_bytes(b"half a base")

    assert kept(tmp_path) == after(looks)
    assert not list(tmp_path.glob("*.tmp"))


def test_segments_that_a_compaction_left_behind_are_not_applied_twice(tmp_path: Path) -> None:
    journal = written(tmp_path, [[Change("table", '"a"', "1")], [Change("table", '"a"')]])
    path = last_segment(tmp_path)
    old = path.read_bytes()
    compact(tmp_path, journal.rotate())
    journal.close()
    path.write_bytes(old[: HEAD.size + len(encode([Change("table", '"a"', "1")]))])  # as if its removal came too late

    assert kept(tmp_path) == {}
    assert not path.exists()


def test_many_small_segments_ask_for_compaction(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for _ in range(16):
        journal.load()
    assert not journal.wants_compaction()

    journal.rotate()

    assert journal.wants_compaction()
