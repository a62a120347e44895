"""Tries are kept by the millisecond, never later than they were made."""

from datetime import UTC, datetime

from miniapp.accounts.guessing import ADDRESS, Guess
from miniapp.accounts.service import Accounts
from tests.support.fakes import StoppedClock


def test_a_second_try_in_the_same_instant_waits_for_nothing(accounts: Accounts, clock: StoppedClock) -> None:
    guesses = accounts._guesses
    for microsecond in (0, 499, 500, 501, 999, 123_456, 999_999):
        clock.at = datetime(2026, 7, 16, 1, 0, tzinfo=UTC).replace(microsecond=microsecond)
        guess = Guess("address", f"at {microsecond}", ADDRESS)
        for _ in range(ADDRESS.free):
            guesses.take([guess])
        guesses.was_right(forget=Guess("account", "x", ADDRESS), spare=guess)
        guesses.take([guess])
