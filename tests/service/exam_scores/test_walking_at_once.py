"""Walking a `verified` exam with hundreds of requests in flight at once: no more wrong answers than one after the other.

Every look-up reads the counters before any of them has counted: the worst that many processes can do to each other."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from miniapp.core.errors import Problem
from miniapp.core.guarding import (
    ADDRESS_FREE,
    ADDRESS_WAIT,
    FORM_MOST,
    NUMBER_FREE,
    PROOF_BITS,
    SILENCE,
    Asker,
    Guard,
    is_proof,
)
from miniapp.core.sealing import Sealer
from miniapp.exam_scores.model import Exam
from tests.service.exam_scores.test_walking import (
    BIRTH,
    WRONG,
    a_fresh_form_per_try,
    a_thousand_sessions,
    bureau,
    one_cookie_kept,
    out,
)
from tests.support.askers import asker
from tests.support.cloud import Cloud
from tests.support.exams import Bureau
from tests.support.faults import Silence
from tests.support.lockstep import ReadTogether

__all__ = ["bureau"]

AT_ONCE: dict[Callable[[Bureau, int], Asker], int] = {
    one_cookie_kept: 100,
    a_fresh_form_per_try: 400,
    a_thousand_sessions: 200,
}
MISS, MUST_WAIT = "result_mismatch", "form_must_wait"
BUSY = "store_unavailable"  # a slow machine; such an answer says nothing about the pair


def at_once(
    bureau: Bureau, cloud: Cloud, made: Exam, tries: Iterable[tuple[str, dict[str, str], Asker]]
) -> Counter[str]:
    """All these look-ups, none of which knows of another when it decides; how many got which answer."""
    tries = list(tries)

    def one(number: str, factors: dict[str, str], who: Asker) -> str:
        try:
            bureau.looking_up.verified(made, number, factors, who)
        except Problem as problem:
            return problem.code
        return "slip"

    bureau.looking_up.released(made)
    with ThreadPoolExecutor(len(tries)) as pool, ReadTogether(cloud.aws, len(tries)):
        return Counter(pool.map(lambda asked: one(*asked), tries))


def proof_of(form: str) -> str:
    """What a phone's script finds."""
    start = hashlib.sha256(f"{form}:".encode())
    for attempt in count():
        tried = start.copy()
        tried.update(str(attempt).encode())
        if int.from_bytes(tried.digest()[:4], "big") >> (32 - PROOF_BITS) == 0:
            return str(attempt)
    raise AssertionError


def walked(bureau: Bureau, made: Exam, wrong: int = ADDRESS_FREE) -> None:
    """The address has had so many wrong answers, one after the other."""
    for place in range(wrong):
        with pytest.raises(Problem, match=MISS):
            bureau.looking_up.verified(made, f"{100_000 + place:06d}", WRONG, asker(bureau.clock, f"walk-{place}"))


@pytest.mark.parametrize("who", AT_ONCE)
def test_a_walk_all_at_once_gets_no_more_than_one_by_one_and_harms_no_neighbour(
    who: Callable[[Bureau, int], Asker], bureau: Bureau, cloud: Cloud
) -> None:
    made = out(bureau)
    _, number = bureau.looking_up.verified(made, "000201", BIRTH, asker(bureau.clock, "neighbour"))
    mark = bureau.guard.served(made, number)

    said = at_once(bureau, cloud, made, ((f"{place:06d}", WRONG, who(bureau, place)) for place in range(AT_ONCE[who])))

    assert 0 < said[MISS] <= (FORM_MOST if who is one_cookie_kept else ADDRESS_FREE)
    assert said.keys() <= {MISS, MUST_WAIT, "form_used_up", BUSY}
    assert bureau.looking_up.verified(made, "000201", BIRTH, asker(bureau.clock, "later", served=mark))[1] == number


def test_a_number_guessed_at_all_at_once_gives_its_few_answers_and_no_more(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    everywhere = [asker(bureau.clock, f"form-{place}", address=f"198.51.100.{place}") for place in range(100)]

    said = at_once(bureau, cloud, made, (("000007", WRONG, who) for who in everywhere))
    assert 0 < said[MISS] <= NUMBER_FREE
    assert said.keys() <= {MISS, "too_many_tries", BUSY}

    bureau.later(seconds=60)
    said = at_once(bureau, cloud, made, (("000007", WRONG, who) for who in everywhere))
    assert said[MISS] <= 1


def test_of_all_who_waited_out_the_same_twenty_seconds_one_may_be_wrong(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    walked(bureau, made)
    patient = [asker(bureau.clock, f"old-{place}") for place in range(50)]
    bureau.later(seconds=ADDRESS_WAIT)

    said = at_once(bureau, cloud, made, ((f"{place:06d}", WRONG, who) for place, who in enumerate(patient)))

    assert said[MISS] <= 1
    assert said.keys() <= {MISS, MUST_WAIT, BUSY}


def test_one_proof_of_work_buys_one_wrong_answer_at_once_and_later(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    walked(bureau, made)
    worker = asker(bureau.clock, "worker", proof=proof_of("worker"))

    said = at_once(bureau, cloud, made, ((f"{place:06d}", WRONG, worker) for place in range(50)))

    assert said[MISS] <= 1
    assert said.keys() <= {MISS, "form_used_up", BUSY}
    with pytest.raises(Problem, match="form_used_up"):
        bureau.looking_up.verified(made, "000202", BIRTH, worker)
    other = asker(bureau.clock, "other", proof=proof_of("other"))
    assert bureau.looking_up.verified(made, "000202", BIRTH, other)[1] == "000202"


def test_wrong_answers_that_were_worked_for_keep_nobody_waiting_longer(bureau: Bureau) -> None:
    made = out(bureau)
    walked(bureau, made)
    newcomer = asker(bureau.clock, "newcomer")
    for place in range(4):
        bureau.later(seconds=ADDRESS_WAIT / 4)
        worker = asker(bureau.clock, f"worker-{place}", proof=proof_of(f"worker-{place}"))
        with pytest.raises(Problem, match=MISS):
            bureau.looking_up.verified(made, f"{place:06d}", WRONG, worker)

    assert bureau.looking_up.verified(made, "000202", BIRTH, newcomer)[1] == "000202"


def test_who_was_served_gets_a_forms_worth_of_wrong_answers_and_no_spelling_of_the_mark_gets_more(
    bureau: Bureau, cloud: Cloud
) -> None:
    made = out(bureau)
    mark = bureau.guard.served(made, "000201")
    walked(bureau, made)
    who, _, sign = mark.partition(".")
    spelled = [mark, f"{who}.{sign}=", f"{who}.!{sign}", f"{who}.{sign}*", f"{who}. {sign}"]
    spelled += [f"{who}.{sign[:-1]}{last}" for last in "ABCDEFGHIJKLMNOP"]

    tries = [asker(bureau.clock, f"form-{place}", served=spelled[place % len(spelled)]) for place in range(100)]
    said = at_once(bureau, cloud, made, ((f"{place:06d}", WRONG, who) for place, who in enumerate(tries)))
    assert 0 < said[MISS] <= FORM_MOST

    alone = asker(bureau.clock, "alone", served=mark)
    said += at_once(bureau, cloud, made, ((f"{place + 200:06d}", WRONG, alone) for place in range(20)))
    assert said[MISS] <= FORM_MOST
    assert said.keys() <= {MISS, MUST_WAIT, "form_used_up", BUSY}


def test_a_mark_of_one_exam_is_none_in_another(bureau: Bureau) -> None:
    made = out(bureau)
    walked(bureau, made)
    other = bureau.guard.served(made, "000201")
    assert not bureau.guard.is_strict(made, asker(bureau.clock, "x").address, other)

    foreign = Guard(bureau.clock, Sealer("key")).served(_renamed(made), "000201")
    assert bureau.guard.is_strict(made, asker(bureau.clock, "x").address, foreign)


def _renamed(made: Exam) -> Exam:
    return replace(made, slug="another")


def test_while_the_store_is_silent_right_ones_go_on_and_wrong_ones_come_back_later(
    bureau: Bureau, cloud: Cloud
) -> None:
    made = out(bureau)
    bureau.looking_up.verified(made, "000201", BIRTH, asker(bureau.clock, "before"))

    with Silence(cloud.aws, "dynamodb") as silence:
        assert bureau.looking_up.verified(made, "000202", BIRTH, asker(bureau.clock, "right"))[1] == "000202"
        asked = silence.asked
        codes = Counter(_code(bureau, made, place) for place in range(ADDRESS_FREE + 5))
        assert silence.asked == asked

    assert codes == {BUSY: ADDRESS_FREE, MUST_WAIT: 5}
    bureau.later(seconds=SILENCE)
    elsewhere = asker(bureau.clock, "after", address="198.51.100.9")
    assert bureau.looking_up.verified(made, "000203", BIRTH, elsewhere)[1] == "000203"


def _code(bureau: Bureau, made: Exam, place: int) -> str:
    with pytest.raises(Problem) as problem:
        bureau.looking_up.verified(made, f"{place:06d}", WRONG, asker(bureau.clock, f"silent-{place}"))
    return problem.value.code


def test_proofs_are_what_they_say() -> None:
    assert is_proof("worker", proof_of("worker"))
    assert not is_proof("worker2", proof_of("worker"))
