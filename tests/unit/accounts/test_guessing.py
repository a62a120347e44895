"""Waits: none at first, doubling, with an end; and tries leak away."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.accounts.guess_store import Tried
from miniapp.accounts.guessing import ACCOUNT, ADDRESS, FACTOR, KNOWN_DEVICE, Guess, Patience, of_account, of_address
from tests.support.fakes import START

ALL = [ACCOUNT, ADDRESS, FACTOR, KNOWN_DEVICE]


@pytest.mark.parametrize("patience", ALL)
def test_the_first_tries_are_free_then_waits_double_up_to_the_longest(patience: Patience) -> None:
    waits = [int(patience.wait(tries).total_seconds()) for tries in range(1, patience.free + 40)]
    assert waits[: patience.free] == [0] * patience.free
    assert waits[patience.free : patience.free + 3] == [1, 2, 4]
    assert waits == sorted(waits)
    assert waits[-1] == patience.longest


@given(st.sampled_from(ALL), st.integers(0, 10_000), st.integers(-1000, 10_000_000))
def test_no_wait_is_a_lock(patience: Patience, tries: int, seconds: int) -> None:
    tried = Tried(tries, START)
    wait = patience.seconds_to_wait(tried, START + timedelta(seconds=seconds))
    assert 0 <= wait <= patience.longest + 1000
    if seconds >= patience.longest:
        assert wait == 0


@given(st.sampled_from(ALL), st.integers(0, 100), st.integers(-1000, 10_000_000))
def test_tries_only_ever_become_fewer_by_waiting(patience: Patience, tries: int, seconds: int) -> None:
    left = patience.tries_left_over(Tried(tries, START), START + timedelta(seconds=seconds))
    assert 0 <= left <= tries
    if seconds >= patience.leak.total_seconds() * tries:
        assert left == 0


def test_somebody_may_walk_at_most_a_few_hundred_codes_a_day() -> None:
    """Of a million codes of which three are right at any time, by who knows the password already."""
    now, tried, heard = START, None, 0
    while now < START + timedelta(days=1):
        now += timedelta(seconds=FACTOR.seconds_to_wait(tried, now))
        tried = Tried(FACTOR.tries_left_over(tried, now) + 1, now)
        heard += 1
    assert heard < 150


def test_rows_hold_neither_logins_nor_addresses() -> None:
    assert "lan@sogddt.vn" not in of_account("lan@sogddt.vn").key
    assert "192.0.2.1" not in of_address("192.0.2.1").key
    assert Guess("account", "x", ACCOUNT).key != Guess("address", "x", ADDRESS).key
