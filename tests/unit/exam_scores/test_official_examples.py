"""The worked examples of the rules: what is computed from scores is what the published texts compute."""

import pytest

from miniapp.exam_scores.model import CandidateNumber, Formula
from miniapp.exam_scores.official import graduates, graduation_score, mean_of_years, with_priority
from miniapp.exam_scores.scores import ABSENT, NOT_TAKEN, read_score
from miniapp.exam_scores.totals import by_formula
from tests.support.exams import exam

DOUBLED = Formula((("toan", 2), ("van", 2), ("nn", 1)))
PLAIN = Formula((("toan", 1), ("van", 1), ("nn", 1)), bonus_cap=300, floor=0)
HANOI = {"toan": 850, "van": 725, "nn": 900}


@pytest.mark.parametrize(
    ("years", "mean"), [((780, 810, 850), 825), ((800, 800, 800), 800), ((700, 700, 701), 701), ((0, 0, 1), 1)]
)
def test_the_mean_of_years_weighs_later_ones_more(years: tuple[int, int, int], mean: int) -> None:
    assert mean_of_years(*years) == mean


@pytest.mark.parametrize(
    ("scores", "encouragement", "years", "priority", "expected"),
    [
        ((725, 650, 675, 800), 100, 825, 25, 806),
        ((725, 650, 675, 800), 0, 825, 0, 769),  # 7,6875
        ((500, 500, 500, 500), 0, 499, 0, 500),  # 4,995 is rounded up
        ((500, 500, 500, 500), 0, 498, 0, 499),
        ((1000, 1000, 1000, 1000), 0, 1000, 50, 1050),
    ],
)
def test_the_graduation_score_is_rounded_once_at_its_end(
    scores: tuple[int, ...], encouragement: int, years: int, priority: int, expected: int
) -> None:
    assert graduation_score(scores, encouragement, years, priority) == expected


@pytest.mark.parametrize(
    ("scores", "graduation", "passed"),
    [((725, 650), 806, True), ((100, 900), 806, False), ((101, 900), 500, True), ((500, 500), 499, False)],
)
def test_graduation_needs_the_score_and_no_subject_at_the_floor(
    scores: tuple[int, ...], graduation: int, passed: bool
) -> None:
    assert graduates(scores, graduation) is passed


@pytest.mark.parametrize(
    ("total", "level", "expected"),
    [
        (2700, 75, 2730),
        (2250, 75, 2325),
        (2249, 75, 2324),
        (1500, 275, 1775),
        (2625, 25, 2638),  # 12,5 hundredths
        (3000, 275, 3000),
        (2999, 275, 2999),
    ],
)
def test_priority_of_universities_shrinks_from_two_and_twenty_and_a_half(total: int, level: int, expected: int) -> None:
    assert with_priority(total, level) == expected


@pytest.mark.parametrize(
    ("formula", "scores", "bonus", "total", "failed"),
    [
        (DOUBLED, HANOI, 0, 4050, ()),
        (PLAIN, HANOI, 0, 2475, ()),
        (PLAIN, HANOI, 150, 2625, ()),
        (PLAIN, HANOI, 350, 2775, ()),
        (PLAIN, {**HANOI, "van": 0}, 0, 1750, ("van",)),
        (PLAIN, {**HANOI, "van": ABSENT}, 0, None, ()),
        (PLAIN, {**HANOI, "van": NOT_TAKEN}, 0, None, ()),
    ],
)
def test_entrance_to_the_tenth_form_is_what_the_formula_of_its_year_says(
    formula: Formula, scores: dict[str, int], bonus: int, total: int | None, failed: tuple[str, ...]
) -> None:
    assert by_formula(formula, scores, bonus) == (total, failed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("8,25", 825), ("8.5", 850), ("8", 800), (".75", 75), ("7,33", 733), ("8,92", 892), ("10", 1000), ("0,00", 0)],
)
def test_scores_are_whole_hundredths(typed: str, code: int) -> None:
    assert read_score(typed).code == code


@pytest.mark.parametrize(
    ("typed", "text", "padded"),
    [("01000010", "01000010", ""), ("01 000 010", "01000010", ""), ("1000010", "1000010", "01000010")],
)
def test_a_lost_zero_is_offered_and_blanks_do_not_matter(typed: str, text: str, padded: str) -> None:
    assert CandidateNumber.read(typed, exam()) == CandidateNumber(text, padded)
