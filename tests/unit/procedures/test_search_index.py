"""The index: the same bytes for the same entries, opened whole or not at all."""

import random

import pytest

from miniapp.procedures import layout
from miniapp.procedures.index import Index
from miniapp.procedures.indexing import build
from miniapp.procedures.rules import compiled
from miniapp.procedures.searching import Search
from tests.unit.procedures.catalogue import ENTRIES, entry


@pytest.fixture(scope="module")
def packed() -> bytes:
    return build(ENTRIES, compiled())


def test_the_order_of_the_entries_does_not_change_a_byte(packed: bytes) -> None:
    shuffled = ENTRIES[:]
    random.Random(4).shuffle(shuffled)
    assert build(shuffled, compiled()) == packed


def test_another_name_is_another_fingerprint(packed: bytes) -> None:
    assert layout.fingerprint(build(ENTRIES[:-1], compiled())) != layout.fingerprint(packed)


def test_what_was_packed_comes_back(packed: bytes) -> None:
    index = Index(packed)
    assert index.size == len(ENTRIES)
    assert index.codes == [entry.code for entry in ENTRIES]
    assert index.names == [entry.name for entry in ENTRIES]
    assert [index.field(at) for at in range(index.size)] == [entry.field for entry in ENTRIES]
    assert [index.levels(at) for at in range(index.size)] == [entry.levels for entry in ENTRIES]


def test_parts_are_as_they_were(packed: bytes) -> None:
    parts = layout.parts(packed)
    assert layout.packed(parts) == packed


@pytest.mark.parametrize("at", [0, 9, 20, 60, -1])
def test_an_object_with_a_changed_byte_is_refused(packed: bytes, at: int) -> None:
    changed = bytearray(packed)
    changed[at] ^= 0xFF
    with pytest.raises(ValueError, match="not whole"):
        Index(bytes(changed))


@pytest.mark.parametrize("length", [0, 10, 48, 200])
def test_an_object_that_was_cut_is_refused(packed: bytes, length: int) -> None:
    with pytest.raises(ValueError, match="not whole"):
        Index(packed[:length])


def test_a_catalogue_of_none_is_an_index_of_none() -> None:
    index = Index(build([], compiled()))
    assert index.size == 0
    assert index.codes == []


def test_short_forms_in_a_name_are_written_out(packed: bytes) -> None:
    index = Index(packed)
    injured = index.codes.index("1.000013")
    assert {index.words[word] for word in index.name_words(injured)} >= {"tai", "nan", "lao", "dong"}


def test_procedures_of_no_field_are_found() -> None:
    found = Search(build([entry("1.000001", "Đăng ký khai sinh", field="")], compiled())).search("khai sinh")
    assert [(match.code, match.field) for match in found.matches] == [("1.000001", "")]
