"""Thousands behind one address of a mobile carrier: whoever is right goes on, one who only guesses is stopped (F8).

A right look-up writes nothing, so the last of many is treated as the first was: `make test` sends some hundreds, the
sweep sends all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from miniapp.core.errors import Problem
from miniapp.core.guarding import ADDRESS_FREE, FORM_MOST
from miniapp.exam_scores.model import Exam
from tests.service.exam_scores.test_walking import BIRTH, WRONG, bureau, out
from tests.support.askers import asker
from tests.support.exams import Bureau
from tests.support.faults import CountedCalls

__all__ = ["bureau"]

CANDIDATES = 300
GUESSES = 200
AT_ONCE = 8


def answer(bureau: Bureau, made: Exam, place: int, factors: dict[str, str], form: str) -> str:
    """What the look-up of one person says: the number, or why there is none."""
    number = f"{place % CANDIDATES + 1:06d}"
    try:
        return bureau.looking_up.verified(made, number, factors, asker(bureau.clock, form, cookie=form))[1]
    except Problem as problem:
        return problem.code


@pytest.mark.parametrize("people", [250, pytest.param(5_000, marks=pytest.mark.sweep)])
def test_everybody_of_one_address_who_is_right_is_served_and_one_who_guesses_is_stopped(
    people: int, bureau: Bureau
) -> None:
    made = out(bureau)
    for place in range(ADDRESS_FREE // 2):  # some mistype their birth date, as people do
        assert answer(bureau, made, place, WRONG, f"hasty-{place}") == "result_mismatch"

    with CountedCalls(bureau.aws) as seen, ThreadPoolExecutor(AT_ONCE) as pool:
        served = list(pool.map(lambda place: answer(bureau, made, place, BIRTH, f"form-{place}"), range(people)))

    assert served == [f"{place % CANDIDATES + 1:06d}" for place in range(people)]
    assert len(seen.calls) >= people
    assert seen.writes == []

    guessed = Counter(answer(bureau, made, place, WRONG, "guesser") for place in range(GUESSES))
    assert guessed == {"result_mismatch": FORM_MOST, "form_used_up": GUESSES - FORM_MOST}
    assert answer(bureau, made, 7, BIRTH, "neighbour") == "000008"
