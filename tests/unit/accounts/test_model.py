"""The moves of an officer's account, and the two ends of a session."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.accounts.model import MOVES, SPANS, Kind, Officer, State, new_session
from miniapp.core.errors import Conflict
from miniapp.core.personal import Personal
from tests.support.fakes import START


def officer(state: State = State.ACTIVE) -> Officer:
    return Officer("off_1", Personal("lan"), Personal("Lan"), "a", state, 3, 7, START)


@given(st.lists(st.sampled_from(list(State)), max_size=8))
def test_only_declared_moves_are_made_and_each_ends_sessions_and_links(wanted: list[State]) -> None:
    held = officer(State.INVITED)
    for state in wanted:
        if state in MOVES[held.state]:
            moved = held.moved(state)
            assert (moved.generation, moved.version) == (held.generation + 1, held.version + 1)
            held = moved
        else:
            with pytest.raises(Conflict):
                held.moved(state)


def test_nobody_is_active_without_having_been_invited_or_enabled() -> None:
    assert {state for state, to in MOVES.items() if State.ACTIVE in to} == {State.INVITED, State.DISABLED}


@given(st.sampled_from(list(Kind)), st.lists(st.integers(1, 3600), max_size=30))
def test_a_session_lives_while_it_is_used_and_never_beyond_its_end(kind: Kind, pauses: list[int]) -> None:
    session = new_session("x", kind, "off_1", START, officer() if kind is Kind.OFFICER else None)
    now = START
    for pause in pauses:
        now += timedelta(seconds=pause)
        alive = pause < SPANS[kind].idle.total_seconds() and now < START + SPANS[kind].most
        assert session.is_alive(now) == alive
        if not alive:
            return
        session = session.touched(now)


def test_an_officer_in_a_log_line_shows_no_name() -> None:
    assert "Lan" not in repr(officer())
    assert "lan" not in str(officer())
