"""When a grant is refreshed, by whom, and when a person must look; no clock, no store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from miniapp.core import outside
from miniapp.core.errors import Invalid
from miniapp.core.stuck import AFTER
from miniapp.zalo.grants import LEASE, Grant, State, account_id

MADE = datetime(2026, 7, 16, 1, tzinfo=UTC)
GRANT = Grant("388613280878808645", "agc", State.VALID, 1, 1, "sealed", MADE, MADE + timedelta(hours=25), MADE, MADE)
HALF = MADE + timedelta(hours=12.5)


def test_a_valid_pair_is_due_at_half_its_life() -> None:
    assert not GRANT.is_due(HALF - timedelta(seconds=1))
    assert GRANT.is_due(HALF)


def test_one_that_is_being_refreshed_is_due_when_its_lease_lapsed_and_a_lost_one_never() -> None:
    taken = replace(GRANT, state=State.REFRESHING, lease=HALF + LEASE)
    assert not taken.is_due(HALF + LEASE - timedelta(seconds=1))
    assert taken.is_due(HALF + LEASE)
    assert not replace(GRANT, state=State.LOST).is_due(HALF + timedelta(days=100))


def test_every_death_doubles_the_wait_up_to_about_an_hour() -> None:
    waits, held = [], GRANT
    for _ in range(9):
        lease, tries = held.lease_from(HALF)
        waits.append((lease - HALF) // timedelta(minutes=1))
        held = replace(held, state=State.REFRESHING, tries=tries)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_a_lease_outlasts_the_longest_call() -> None:
    assert LEASE.total_seconds() > 2 * (outside.CONNECT_WITHIN + outside.ANSWER_WITHIN)


def test_a_person_looks_at_once_where_only_a_person_can_help() -> None:
    assert replace(GRANT, state=State.LOST, since=HALF).stuck_since(HALF) == HALF
    for state in (State.VALID, State.REFRESHING):
        held = replace(GRANT, state=state)
        assert held.stuck_since(HALF + AFTER - timedelta(seconds=1)) is None
        assert held.stuck_since(HALF + AFTER) == HALF


@pytest.mark.parametrize("text", ["", "abc", "12a", "1" * 31, "-1", "١٢", "1 2", "12\n"])
def test_an_account_is_figures(text: str) -> None:
    with pytest.raises(Invalid, match="zalo_account_shape"):
        account_id(text)


def test_an_account_of_nineteen_figures_stays_as_it_is() -> None:
    assert account_id("9007199254740993001") == "9007199254740993001"
