"""Tokens: a ballot's id says nothing of its token, and a counter's code lives for two minutes and one person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Conflict, Refused
from miniapp.core.ids import RandomIds
from miniapp.core.sealing import Sealer, digest
from miniapp.ratings.tokens import SPENT_KEPT, TURNS_MOST, WINDOW, Visit, VisitCodes, ballot_ids, exchanged

NOW = datetime(2026, 7, 16, 3, 0, 0, tzinfo=UTC)
CODES = VisitCodes(Sealer("key"))


def test_a_token_has_one_ballot_and_another_key_gives_another_id():
    [id] = ballot_ids(Sealer("key"), "token")
    assert ballot_ids(Sealer("key"), "token") == (id,)
    assert ballot_ids(Sealer("other"), "token") != (id,)
    assert id not in ("token", digest("token"))


def test_after_a_key_has_turned_the_ballot_of_before_is_found():
    [before] = ballot_ids(Sealer("old"), "token")
    newest, *older = ballot_ids(Sealer("new", "old"), "token")
    assert older == [before] != [newest]
    assert (newest,) == ballot_ids(Sealer("new"), "token")


@pytest.mark.parametrize("seconds", [0, 59, 60, 119])
def test_a_code_holds_for_its_minute_and_the_next(seconds: int):
    code = CODES.code("quay-3", 0, NOW)
    visit = CODES.read("quay-3", code, NOW + timedelta(seconds=seconds))
    assert visit == Visit("quay-3", int(NOW.timestamp()) // WINDOW, 0)


@pytest.mark.parametrize("seconds", [-1, 120, 3600])
def test_a_code_of_another_time_is_unknown(seconds: int):
    with pytest.raises(Refused) as refused:
        CODES.read("quay-3", CODES.code("quay-3", 0, NOW), NOW + timedelta(seconds=seconds))
    assert refused.value.code == "rating_visit_unknown"


def test_a_code_changes_every_minute_and_with_every_use():
    shown = {CODES.code("quay-3", turn, NOW + timedelta(seconds=at)) for turn in range(3) for at in (0, 30, 60)}
    assert len(shown) == 6


@pytest.mark.parametrize(
    "code", ["", ".", "0", "0.", "00.{}", "1.{}", "-1.{}", "²." + "{}", "0.{}x", "99999999999.{}", "0.é"]
)
def test_what_is_no_code_is_unknown(code: str):
    mark = CODES.code("quay-3", 0, NOW).removeprefix("0.")
    with pytest.raises(Refused) as refused:
        CODES.read("quay-3", code.format(mark), NOW)
    assert refused.value.code == "rating_visit_unknown"


def test_another_counters_code_is_unknown_and_so_is_another_keys():
    for codes, counter in ((CODES, "quay-4"), (VisitCodes(Sealer("other")), "quay-3")):
        with pytest.raises(Refused):
            codes.read(counter, CODES.code("quay-3", 0, NOW), NOW)


def test_a_counter_shows_so_many_codes_a_minute_and_then_waits():
    CODES.code("quay-3", TURNS_MOST - 1, NOW)
    with pytest.raises(Refused) as refused:
        CODES.code("quay-3", TURNS_MOST, NOW)
    assert refused.value.code == "rating_counter_busy"


def test_who_comes_first_gets_a_token_and_everybody_after_is_told():
    assert exchanged(True, RandomIds()) != exchanged(True, RandomIds())
    with pytest.raises(Conflict) as refused:
        exchanged(False, RandomIds())
    assert refused.value.code == "rating_visit_used"


@given(
    st.integers(0, TURNS_MOST - 1), st.integers(0, 4 * WINDOW), st.sampled_from(["q", "q#1", "1"]), st.integers(0, 400)
)
def test_a_use_is_remembered_for_as_long_as_its_code_can_be_read(turn: int, made: int, counter: str, later: int):
    shown = NOW + timedelta(seconds=made)
    code = CODES.code(counter, turn, shown)
    try:
        visit = CODES.read(counter, code, shown + timedelta(seconds=later))
    except Refused:
        assert later >= WINDOW
    else:
        assert (visit.counter, visit.turn) == (counter, turn)
        assert timedelta(seconds=later) < SPENT_KEPT
