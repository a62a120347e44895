"""Walking a `verified` exam: stopped early whichever way it is done, others behind the address go on, answers tell nothing."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest

from miniapp.core.errors import NotFound, Problem, Refused
from miniapp.core.guarding import PROOF_BITS, WINDOW, Asker, is_proof
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Exam
from tests.support.askers import asker
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, Bureau, csv_file, verified
from tests.support.faults import READS, CountedCalls

MOST = 100
TRIES = 1_000
GIVES_UP = 60  # tries in vain, one after the other
BIRTH = {"birth_date": "16/07/2011"}
WRONG = {"birth_date": "01/01/2000"}


class CountingKeys(FactorKeys):
    """Keys that count the hash work asked of them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.marks = 0

    def mark(self, version: str, salt: str, number: str, factors: dict[str, str]) -> bytes:
        self.marks += 1
        return super().mark(version, salt, number, factors)


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def out(bureau: Bureau, at: timedelta | None = None) -> Exam:
    """A verified exam of 300 candidates, all born on one day, released at the hour (or `at` from now)."""
    rows = [[f"{number:06d}", 5, 6, 7, "16/07/2011"] for number in range(1, 301)]
    body = csv_file(["sbd", "toan", "ngu_van", "ngoai_ngu", "ngay_sinh"], rows)
    when = bureau.clock.now() + at if at is not None else None
    made = bureau.released(verified(), body, at=when)
    if at is None:
        bureau.clock.at = HOUR  # the beginning of a window
    return made


Next = Callable[[Bureau, int], Asker]


def one_cookie_kept(bureau: Bureau, attempt: int) -> Asker:
    return asker(bureau.clock, "kept", born=HOUR.timestamp())


def a_fresh_form_per_try(bureau: Bureau, attempt: int) -> Asker:
    return asker(bureau.clock, f"fresh-{attempt}", cookie=f"cookie-{attempt}")


def a_thousand_sessions(bureau: Bureau, attempt: int) -> Asker:
    """Opened long before the hour, so that their forms are old."""
    session = attempt % 1_000
    return asker(bureau.clock, f"session-{session}", cookie=f"cookie-{session}", born=HOUR.timestamp() - 3_600)


def walk(bureau: Bureau, made: Exam, who: Next, is_patient: bool) -> int:
    """Wrong answers got in one window, number after number; a patient walker waits as long as he is told to."""
    end = bureau.clock.now().timestamp() + WINDOW
    wrong = in_vain = 0
    for attempt in range(TRIES):
        bureau.later(milliseconds=50)
        if bureau.clock.now().timestamp() >= end or in_vain > GIVES_UP:
            break
        try:
            bureau.looking_up.verified(made, f"{attempt % 400 + 1:06d}", WRONG, who(bureau, attempt))
        except NotFound as answer:
            assert answer.code == "result_mismatch"
            wrong, in_vain = wrong + 1, 0
        except Refused as refusal:
            in_vain += 1
            if is_patient and "wait" in refusal.facts:
                bureau.later(seconds=refusal.facts["wait"])
    return wrong


@pytest.mark.parametrize("is_patient", [False, True], ids=["hasty", "patient"])
@pytest.mark.parametrize("who", [one_cookie_kept, a_fresh_form_per_try, a_thousand_sessions])
def test_a_walk_ends_after_at_most_a_hundred_wrong_answers(who: Next, is_patient: bool, bureau: Bureau) -> None:
    made = out(bureau)

    wrong = walk(bureau, made, who, is_patient)

    assert 0 < wrong <= MOST


@pytest.mark.parametrize("who", [one_cookie_kept, a_fresh_form_per_try, a_thousand_sessions])
def test_others_behind_the_same_address_are_unharmed(who: Next, bureau: Bureau) -> None:
    made = out(bureau)
    _, number = bureau.looking_up.verified(made, "000201", BIRTH, asker(bureau.clock, "neighbour"))
    mark = bureau.guard.served(made, number)
    walk(bureau, made, who, False)

    again = bureau.looking_up.verified(made, "000201", BIRTH, asker(bureau.clock, "neighbour-2", served=mark))
    assert again[1] == "000201"
    newcomer = asker(bureau.clock, "newcomer")
    if who is not one_cookie_kept:
        with pytest.raises(Refused, match="form_must_wait") as refusal:
            bureau.looking_up.verified(made, "000202", BIRTH, newcomer)
        assert refusal.value.facts["wait"] <= 20
        bureau.later(seconds=refusal.value.facts["wait"])
    assert bureau.looking_up.verified(made, "000202", BIRTH, newcomer)[1] == "000202"
    elsewhere = asker(bureau.clock, "elsewhere", address="198.51.100.9")
    assert bureau.looking_up.verified(made, "000203", BIRTH, elsewhere)[1] == "000203"


def test_a_newcomer_with_a_proof_of_work_need_not_wait(bureau: Bureau) -> None:
    made = out(bureau)
    walk(bureau, made, a_fresh_form_per_try, False)
    start = hashlib.sha256(b"newcomer:")
    for attempt in count():
        tried = start.copy()
        tried.update(str(attempt).encode())
        if int.from_bytes(tried.digest()[:4], "big") >> (32 - PROOF_BITS) == 0:
            break

    assert is_proof("newcomer", str(attempt))
    newcomer = asker(bureau.clock, "newcomer", proof=str(attempt))
    assert bureau.looking_up.verified(made, "000202", BIRTH, newcomer)[1] == "000202"


def test_a_number_that_others_tried_waits_a_minute_at_most(bureau: Bureau) -> None:
    made = out(bureau)
    for attempt in range(40):
        bureau.later(seconds=1)
        guesser = asker(bureau.clock, f"form-{attempt}", address=f"198.51.100.{attempt}")
        with pytest.raises((NotFound, Refused)):
            bureau.looking_up.verified(made, "000007", WRONG, guesser)

    owner = asker(bureau.clock, "owner", address="192.0.2.4")
    with pytest.raises(Refused, match="too_many_tries") as refusal:
        bureau.looking_up.verified(made, "000007", BIRTH, owner)
    assert 0 < refusal.value.facts["wait"] <= 60
    bureau.later(seconds=refusal.value.facts["wait"])
    assert bureau.looking_up.verified(made, "000007", BIRTH, owner)[1] == "000007"


ASKED = {
    "there": ("000042", BIRTH),
    "not there": ("000999", BIRTH),
    "wrong pair": ("000042", WRONG),
    "no date": ("000042", {"birth_date": "x"}),
}


def cost(bureau: Bureau, cloud: Cloud, made: Exam, number: str, factors: dict[str, str]) -> tuple[object, ...]:
    """What one look-up does in a fresh process: its answer, its reads, its writes, its hash work."""
    keys = CountingKeys(bureau.settings.factor_keys)
    editions = bureau.fresh_process()
    reader = LookingUp(editions, keys, bureau.sealer, bureau.guard, bureau.clock)
    editions.exam(made.agency, made.slug)
    answer = ""
    with CountedCalls(cloud.aws) as calls:
        try:
            reader.verified(
                made, number, factors, asker(bureau.clock, f"form-{number}-{factors}", address=f"a-{number}-{factors}")
            )
        except Problem as problem:
            answer = problem.code
    reads = [name for name in calls.calls if name.startswith(READS)]
    return answer, reads, len(calls.calls) - len(reads), keys.marks, editions.segments.reads


def test_there_not_there_and_wrong_cost_the_same_calls_and_the_same_hashes(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)

    found = {name: cost(bureau, cloud, made, *asked) for name, asked in ASKED.items()}

    assert found["not there"] == found["wrong pair"] == found["no date"]
    there, wrong = found["there"], found["wrong pair"]
    assert (there[0], wrong[0]) == ("", "result_mismatch")
    assert there[1] == wrong[1]
    assert (there[2], wrong[2]) == (0, 3)  # only failures are written
    assert there[3:] == wrong[3:] == (1, 1)


def test_before_the_hour_known_and_unknown_get_one_answer_for_one_price(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau, at=timedelta(hours=1))

    found = {name: cost(bureau, cloud, made, *asked) for name, asked in ASKED.items()}

    assert len(set(map(str, found.values()))) == 1
    assert found["there"][0] == "not_released"
    assert found["there"][2:] == (0, 0, 0)


def test_a_day_is_a_day_however_it_is_typed_and_another_is_not(bureau: Bureau) -> None:
    made = out(bureau)
    for form, typed in enumerate(("16/07/2011", "16-7-2011", "16.07.2011", " 2011-07-16 ")):
        assert bureau.looking_up.verified(made, "000009", {"birth_date": typed}, asker(bureau.clock, f"f{form}"))
    for form, typed in enumerate((date(2011, 7, 17).isoformat(), "", "31/02/2011", "7/16/2011")):
        with pytest.raises(NotFound, match="result_mismatch"):
            bureau.looking_up.verified(made, "000009", {"birth_date": typed}, asker(bureau.clock, f"w{form}"))


def test_a_lost_zero_is_put_back_by_format_alone_and_tells_nothing_of_a_number(bureau: Bureau) -> None:
    made = out(bureau)
    assert bureau.looking_up.verified(made, "00042", BIRTH, asker(bureau.clock, "right"))[1] == "000042"
    said = []
    for form, (typed, factors) in enumerate((("00042", WRONG), ("00999", BIRTH), ("000042", WRONG), ("000999", BIRTH))):
        with pytest.raises(NotFound, match="result_mismatch") as answer:
            bureau.looking_up.verified(made, typed, factors, asker(bureau.clock, f"form-{form}"))
        said.append(answer.value.facts)
    assert said == [{}] * 4
