"""One score's cell, against a reading with decimal numbers that knows nothing of ours."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.core.folding import fold, folded_key, folded_words
from miniapp.exam_scores import scores
from miniapp.exam_scores.scores import ReadScore, read_score, rounded


def oracle(text: str, scale: int) -> tuple[int | None, bool]:
    """(hundredths, off the scale): what an accountant reads, None for what is no plain decimal of two places."""
    plain = text.strip().replace(",", ".")
    digits = plain.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit() or plain.endswith("."):
        return None, False
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None, False
    hundredths = value * 100
    if hundredths != hundredths.to_integral_value():
        return None, False
    return int(hundredths), hundredths > scale


numerals = st.one_of(
    st.from_regex(r"[0-9]{0,3}[.,]?[0-9]{0,4}", fullmatch=True),
    st.decimals(0, 20, places=2).map(str),
    st.text("0123456789.,+- eE", max_size=8),
)


@settings(derandomize=True, max_examples=1_500, deadline=None)
@given(numerals, st.sampled_from([1000, 2000, 5000]))
def test_a_number_is_read_as_an_accountant_reads_it(text: str, scale: int) -> None:
    said = read_score(text, scale)
    hundredths, is_off = oracle(text, scale)

    if not text.strip():
        assert said == ReadScore(scores.NOT_TAKEN)
    elif said.warning == "minus_one":
        assert float(text.replace(",", ".")) == -1
    elif hundredths is None:
        assert said.code is None
    elif is_off:
        assert said == ReadScore(None, "score_off_scale")
    else:
        assert said.code == hundredths
        assert said.warning == ("score_off_step" if hundredths % 5 else "")


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_and_none_becomes_a_score_by_chance(text: str) -> None:
    said = read_score(text)

    if said.code is not None and scores.is_score(said.code):
        assert oracle(text, 1000) == (said.code, False)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_quotient_is_rounded_half_up(numerator: int, denominator: int) -> None:
    from decimal import ROUND_HALF_UP

    exact = Decimal(numerator) / Decimal(denominator) if (numerator * 10) % denominator == 0 else None
    found = rounded(numerator, denominator)

    assert abs(found * denominator - numerator) * 2 <= denominator
    if exact is not None:
        assert found == int(exact.to_integral_value(ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("", "not_taken"),
        ("  ", "not_taken"),
        ("vắng", "absent"),
        ("VẮNG", "absent"),
        ("Va\u0306\u0301ng thi", "absent"),
        ("Miễn thi", "exempt"),
        ("đình chỉ", "suspended"),
        ("Hủy kết quả bài thi", "cancelled"),
        ("huỷ", "cancelled"),
        ("-1", "absent"),
    ],
)
def test_states_are_told_apart(cell: str, state: str) -> None:
    assert read_score(cell).code == scores.STATES[state]


def test_what_minus_one_means_is_said_per_file() -> None:
    assert read_score("-1,0", minus_one="not_taken") == ReadScore(scores.NOT_TAKEN, warning="minus_one")


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text(max_size=30))
def test_folding_forgets_how_letters_are_composed_and_is_done_once(text: str) -> None:
    import unicodedata

    composed, taken_apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert fold(composed) == fold(taken_apart)
    assert fold(fold(text)) == fold(text)
    assert folded_key(text).isalnum() or folded_key(text) == ""
    assert folded_key(text) == folded_words(text).replace(" ", "")


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("Đăng ký", "dang ky"), ("THUỶ", "thủy"), ("đ", "Đ")])
def test_spellings_that_people_mix_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)
