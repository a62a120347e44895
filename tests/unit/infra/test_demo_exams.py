"""The demo's made-up files hold as many candidates as they are said to, each once, in every council."""

import csv
import io

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
