"""How people type: folding, tones, Telex and VNI, and what no text may do to us."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from miniapp.procedures.typed import halves, key, keys, slips, sounds, spelled, unwound, words

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
)


@given(st.one_of(VIETNAMESE, st.text()))
@example("ho\u00e0 h\u00f2a \ufb01")
def test_composed_and_decomposed_texts_have_the_same_keys(text: str) -> None:
    assert keys(unicodedata.normalize("NFC", text)) == keys(unicodedata.normalize("NFD", text))


@given(st.one_of(VIETNAMESE, st.text()))
def test_keys_of_keys_are_themselves(text: str) -> None:
    once = keys(text)
    assert keys(" ".join(once)) == once


@given(st.text(max_size=30))
def test_no_word_is_too_strange_to_be_read(word: str) -> None:
    assert isinstance(unwound(word), str)
    assert isinstance(spelled(word), str)
    assert all(key(one) == one for one in keys(word))


@given(VIETNAMESE)
def test_a_word_that_keeps_its_accents_has_the_key_of_the_word(text: str) -> None:
    assert all(
        not spelled(word).isascii() or spelled(word)[:-1] in key(word) or spelled(word) == key(word)
        for word in words(text)
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trichs", "trich"),
        ("lucj", "luc"),
        ("ddieemr", "diem"),
        ("giaays", "giay"),
        ("giaasy", "giay"),
        ("chuwngs", "chung"),
        ("thuwcj", "thuc"),
        ("ddawng", "dang"),
        ("kys", "ki"),
        ("dang9", "dang"),
        ("ky1", "ki"),
        ("d9a8ng", "dang"),
    ],
)
def test_what_telex_and_vni_left_behind_is_taken_off(typed: str, meant: str) -> None:
    assert unwound(typed) == meant


@pytest.mark.parametrize("word", ["khai", "sinh", "dang", "b", "2026", ""])
def test_a_word_without_anything_left_behind_is_not_unwound(word: str) -> None:
    assert unwound(word) == ""


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("kỹ", "kĩ")])
def test_where_the_tone_stands_does_not_matter(one: str, other: str) -> None:
    assert spelled(one) == spelled(other)
    assert key(one) == key(other)


def test_other_accents_are_another_spelling_of_one_key() -> None:
    assert {key(word) for word in ("tử", "tự", "từ", "tư", "tu")} == {"tu"}
    assert len({spelled(word) for word in ("tử", "tự", "từ", "tư", "tu")}) == 5


def test_words_that_sound_alike_and_slips_and_halves_are_offered() -> None:
    assert "xinh" in set(sounds("sinh"))
    assert {"trung", "chun"} <= set(sounds("chung"))
    assert {"khai", "kha", "hia"} <= set(slips("khia"))
    assert ("khai", "sinh") in set(halves("khaisinh"))


@pytest.mark.parametrize("text", ["", " ", "?!…", "\x00\x1b[31m", "\u202e\u200b\ufeff", "🙂" * 50, "\ud800"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert keys(text) == [] or all(one.isalnum() for one in keys(text))


def test_a_novel_is_read_so_far_and_no_further() -> None:
    assert len(words("khai sinh " * 10_000)) <= 48
    assert all(len(word) <= 24 for word in words("a" * 10_000))
