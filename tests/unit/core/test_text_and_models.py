"""Folding, personal data, plain models: what everything above stands on."""

import json
import pickle
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.clock import from_iso, iso, local_day
from miniapp.core.folding import clean, fold, folded_key, folded_words
from miniapp.core.personal import Personal
from miniapp.core.plain import from_plain, to_plain

VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạèéẻẽẹÀĐỗữợ ", max_size=40)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded_words(folded_words(text)) == folded_words(text)
    assert folded_key(folded_key(text)) == folded_key(text)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Đăng ký", "dang ky"),
        ("hoà", "hoa"),
        ("HÒA", "hoa"),
        ("Số báo danh", "so bao danh"),
        ("thuý", "thuy"),
        ("Nguyễn\u200b Văn\u00a0An", "nguyen van an"),
        ("so_bao-danh", "so bao danh"),
        ("", ""),
    ],
)
def test_what_people_type_finds_what_is_written(typed: str, key: str) -> None:
    assert folded_words(typed) == key


@given(st.text(max_size=60))
def test_cleaned_text_is_composed_and_holds_no_controls(text: str) -> None:
    cleaned = clean(text)

    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf") for letter in cleaned)
    assert clean(cleaned) == cleaned


def test_names_keep_their_letters_byte_for_byte() -> None:
    assert clean("Nguyễn Thị Hoà") == "Nguyễn Thị Hoà"


def test_personal_data_shows_itself_only_when_asked() -> None:
    name = Personal("Nguyễn Văn An")

    assert f"{name} {name!r} {name:>10}" == "••• ••• •••"
    assert name.reveal == "Nguyễn Văn An"
    assert name == Personal("Nguyễn Văn An")
    with pytest.raises(TypeError):
        json.dumps({"name": name})
    with pytest.raises(TypeError):
        pickle.dumps(name)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    at: datetime
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner | None = None
    pairs: tuple[tuple[str, int], ...] = ()
    more: tuple[Inner, ...] = ()


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
INNERS = st.builds(Inner, MOMENTS)
OUTERS = st.builds(
    Outer,
    st.text(),
    st.none() | INNERS,
    st.lists(st.tuples(st.text(), st.integers())).map(tuple),
    st.lists(INNERS).map(tuple),
)


@given(OUTERS)
def test_a_model_survives_being_plain(model: Outer) -> None:
    assert from_plain(Outer, json.loads(json.dumps(to_plain(model)))) == model


def test_what_an_older_or_newer_release_wrote_can_be_read() -> None:
    assert from_plain(Outer, {"name": "x", "unheard_of": 1}) == Outer("x")


def test_the_day_changes_at_midnight_in_vietnam() -> None:
    assert local_day(datetime(2026, 7, 15, 16, 59, 59, tzinfo=UTC)) == "2026-07-15"
    assert local_day(datetime(2026, 7, 15, 17, 0, 0, tzinfo=UTC)) == "2026-07-16"
    assert local_day(datetime(2028, 2, 28, 17, 0, 0, tzinfo=UTC)) == "2028-02-29"


@given(MOMENTS)
def test_a_moment_survives_its_row_and_sorts_as_text(moment: datetime) -> None:
    assert from_iso(iso(moment)) == moment
    assert iso(moment) < iso(moment.replace(year=moment.year + 1, day=1))
