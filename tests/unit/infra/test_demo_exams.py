"""The demo's made-up files hold as many candidates as they are said to, each once, in every council."""

import csv
import io
from statistics import correlation, mean, pstdev

import pytest

from infra.seed import exams


def numbers(body: bytes, column: int = 0) -> list[str]:
    return [row[column] for row in list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:]]


def test_the_national_exam_has_a_hundred_thousand_candidates_in_all_its_councils() -> None:
    held = exams.national_exam("so-gddt")
    found = numbers(exams.national_file())
    assert len(found) == len(set(found)) == 100_000
    assert all(held.number_pattern.match(number) for number in found)
    assert {number[:2] for number in found} == set(held.expected_prefixes)


@pytest.mark.parametrize("candidates", [0, 1, 17, 1_001])
def test_a_smaller_file_has_exactly_the_candidates_asked_for(candidates: int) -> None:
    assert len(set(numbers(exams.national_file(candidates)))) == candidates


@pytest.fixture(scope="module")
def marks() -> dict[str, list[str]]:
    """What stands below each subject of the national file, for those who took it."""
    rows = list(csv.reader(io.StringIO(exams.national_file(20_000).decode("utf-8-sig"))))[1:]
    return {code: [row[at] for row in rows if row[at]] for at, code in enumerate(exams.COLUMNS, 1)}


def hundredths(marks: list[str]) -> list[int]:
    return [round(float(mark.replace(",", ".")) * 100) for mark in marks if mark != exams.WORDS["absent"]]


@pytest.mark.parametrize("code", exams.COLUMNS)
def test_scores_are_spread_as_in_such_an_exam(code: str, marks: dict[str, list[str]]) -> None:
    found = hundredths(marks[code])
    absent = len(marks[code]) - len(found)

    assert len(found) > 100
    assert all(score % (25 if code in ("van", "nn") else 5) == 0 for score in found)
    assert 450 <= mean(found) <= 800
    assert 80 <= pstdev(found) <= 220
    assert min(found) < mean(found) - 2 * pstdev(found)
    assert sum(score == 1000 for score in found) < 0.05 * len(found)
    assert sum(score <= 100 for score in found) < 0.03 * len(found)
    assert absent < 0.03 * len(marks[code])


def test_everybody_takes_four_subjects_and_who_is_good_at_one_is_rather_good_at_the_other(
    marks: dict[str, list[str]],
) -> None:
    both = [
        (float(one.replace(",", ".")), float(other.replace(",", ".")))
        for one, other in zip(marks["toan"], marks["van"], strict=True)
        if exams.WORDS["absent"] not in (one, other)
    ]

    assert sum(map(len, marks.values())) == 4 * 20_000
    assert len(marks["toan"]) == len(marks["van"]) == 20_000
    assert 0.1 < correlation(*zip(*both, strict=True)) < 0.8
    assert exams.national_file(500) == exams.national_file(500)
