"""An answer that is a copy, names no day or not the matter is noticed before it is sent; nothing is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.answers import Weak, Weakness, copied, is_named, names_a_date, weaknesses

GENERAL = (
    "Cảm ơn ông/bà đã phản ánh. Cơ quan đã tiếp nhận và sẽ chỉ đạo bộ phận liên quan kiểm tra, xử lý theo quy định. "
    "Trân trọng."
)
GOOD = (
    "Đèn đường ở ngõ 12 phố Trần Phú hỏng từ ngày 14/7/2026 do đứt cáp. Đội chiếu sáng đã thay cáp sáng 16/7 và đèn đã "
    "sáng lại; mong bác báo thêm nếu còn chập chờn."
)
MATTER = ("Ngõ 12 phố Trần Phú", "PA-26-000123")


def codes(found: list[Weak]) -> list[Weakness]:
    return [each.weakness for each in found]


def test_an_answer_with_its_place_and_its_day_has_no_weakness():
    assert weaknesses(GOOD, MATTER, [GENERAL]) == []


def test_a_general_answer_sent_again_has_all_three():
    assert weaknesses(GENERAL, MATTER, ["khác hẳn", GENERAL]) == [
        Weak(Weakness.COPIED, 1, 100),
        Weak(Weakness.NO_DATE),
        Weak(Weakness.MATTER_UNNAMED),
    ]


def test_another_date_in_the_same_sentences_is_still_a_copy():
    first, second = (f"{GENERAL} Ngày trả lời: {day}/7/2026, hồ sơ số {day}." for day in (3, 14))
    assert codes(weaknesses(second, ["hồ sơ số 14"], [first])) == [Weakness.COPIED]


def test_accents_case_and_marks_make_no_difference_to_a_copy():
    assert copied(GENERAL.upper().replace(",", " -"), GENERAL) == 100


def test_a_polite_beginning_that_all_share_is_no_copy():
    mine = f"Cảm ơn ông/bà đã phản ánh. {GOOD}"
    assert copied(mine, GENERAL) < 20
    assert weaknesses(mine, MATTER, [GENERAL]) == []


def test_of_several_earlier_answers_the_nearest_is_named_and_of_equals_the_first():
    [found] = [each for each in weaknesses(GENERAL, MATTER, [GOOD, GENERAL, GENERAL]) if each.same is not None]
    assert found.earlier == 1


@pytest.mark.parametrize(("words", "is_copy"), [(10, True), (9, False)])
def test_eighty_of_a_hundred_groups_of_words_make_a_copy(words: int, is_copy: bool):
    mine = " ".join(f"{letter}x" for letter in "abcdefghijkl")  # twelve words, ten groups
    earlier = " ".join(mine.split()[:words])
    assert (copied(mine, earlier) >= 80) == is_copy
    assert (Weakness.COPIED in codes(weaknesses(mine, MATTER, [earlier]))) == is_copy


@pytest.mark.parametrize(
    "text",
    [
        "trả ngày 16/7/2026",
        "trả 16-07-2026",
        "trả 16.7.2026.",
        "hạn 2026-07-16",
        "Ngày 16 tháng 7 năm 2026",
        "trước ngày 16 tháng 7",
        "NGÀY 16/7 sẽ có",
        "sáng 16/7",
        "ngày 29/2",
        "trước 01/8, bác nhé",
        "nga\u0300y 16 tha\u0301ng 7",
    ],
)
def test_a_day_is_found_as_people_write_it(text: str):
    assert names_a_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sớm nhất có thể",
        "30/2/2026",
        "ngày 31/4",
        "ngày 32 tháng 1",
        "29/2/2026",
        "Nghị định 61/2018",
        "số 15/8",
        "1/2 số hồ sơ",
        "ngày 3/15/2026",
        "trong 5 ngày",
    ],
)
def test_what_is_no_day_of_the_calendar_is_none(text: str):
    assert not names_a_date(text)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("Ngõ 12 phố Trần Phú", True),
        ("phố trần phú", True),
        ("PA-26-000123", False),
        ("phố Trần", True),
        ("Trần Hưng", False),
        ("Cáp", True),
        ("áp", False),
        ("", False),
        ("…", False),
    ],
)
def test_a_matter_is_named_by_all_of_a_short_name_or_three_words_in_a_row(name: str, named: bool):
    assert is_named(name, GOOD) is named


def test_without_names_no_answer_can_name_the_matter():
    assert codes(weaknesses(GOOD, [], [])) == [Weakness.MATTER_UNNAMED]


def test_an_empty_answer_is_no_copy_of_anything():
    assert codes(weaknesses("", MATTER, ["", GENERAL])) == [Weakness.NO_DATE, Weakness.MATTER_UNNAMED]


@given(st.text(max_size=80), st.text(max_size=80))
def test_how_much_is_copied_is_a_share_and_all_of_oneself(mine: str, earlier: str):
    assert 0 <= copied(mine, earlier) <= 100
    assert copied(mine, mine) in (0, 100)


@given(st.text(max_size=80))
def test_any_text_at_all_gets_an_answer(text: str):
    assert set(codes(weaknesses(text, [text], [text]))) <= set(Weakness)


@given(st.dates())
def test_every_day_of_the_calendar_is_one(day):
    assert names_a_date(f"{day.day}/{day.month}/{day.year:04}")
    assert names_a_date(f"ngày {day.day} tháng {day.month}")
