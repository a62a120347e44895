"""The directory's file: keys, slips of the thumb, and what it refuses."""

import gzip
import json

import pytest

from miniapp.agencies.places import Places, initials, marked_key, name_key, one_slip
from miniapp.core.errors import Unavailable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thanh Hoá", "Thanh Hóa"),
        ("Đắk Lắk", "dac lac"),
        ("Mỹ Tho", "Mĩ Tho"),
        ("05", "5"),
        ("Cư M'gar", "cu mgar"),
        ("Văn Miếu - Quốc Tử Giám", "van mieu quoc tu giam"),
        ("Bắc Kạn", "Bắc Cạn"),
    ],
)
def test_two_spellings_of_a_name_share_a_key(one: str, other: str):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("An Khánh", "An Chánh"), ("Tân An", "Tân Anh")])
def test_different_names_keep_different_keys(one: str, other: str):
    assert name_key(one) != name_key(other)


def test_accents_tell_names_apart_wherever_they_were_put():
    assert marked_key("Cẩm Giàng") != marked_key("Cẩm Giang")
    assert marked_key("Hoà Bình") == marked_key("Hòa Bình")


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("tuihoa", "tuhioa", True),  # swapped
        ("tuihoa", "tuihoaa", True),  # one more
        ("tuihoa", "uihoa", True),  # one less at the start
        ("tuihoa", "tuixoa", True),  # one other
        ("tuihoa", "tuixxa", False),
        ("tuihoa", "tuihoaaa", False),
    ],
)
def test_one_slip_is_one_slip(one: str, other: str, near: bool):
    assert one_slip(one, other) is near
    assert one_slip(other, one) is near


def test_initials_are_of_names_with_several_words():
    assert initials("Bà Rịa - Vũng Tàu") == "brvt"
    assert initials("Huế") == ""


def test_a_file_of_another_format_is_as_good_as_none():
    with pytest.raises(Unavailable) as refused:
        Places.from_file(gzip.compress(json.dumps({"v": 0}).encode()))
    assert refused.value.code == "directory_unavailable"


def test_the_whole_file_stays_small_enough_to_be_read_at_a_start(directory_body: bytes):
    assert len(directory_body) <= 500_000
