"""What a message may become, without any store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Conflict
from miniapp.messaging.model import (
    ENDS,
    LEASE,
    TRIES_MOST,
    Addressed,
    Message,
    State,
    UndeclaredMessage,
    new_message,
)
from tests.support.fakes import START

TO = Addressed("agc", "user")
LATER = START + LEASE


def message() -> Message:
    return new_message("entry_link", TO, "entry#1", {"agency_name": "Sở"}, START)


def test_a_message_with_other_facts_than_declared_cannot_be_made() -> None:
    for name, facts in (
        ("entry_link", {}),
        ("entry_link", {"agency_name": "a", "score": 9}),
        ("entry_link", {"agency_name": "x" * 301}),
        ("nothing", {}),
    ):
        with pytest.raises(UndeclaredMessage):
            new_message(name, TO, "fact", facts, START)  # type: ignore[arg-type]


def test_only_one_worker_has_a_message_while_its_lease_runs() -> None:
    claimed = message().claimed(START)
    with pytest.raises(Conflict, match="message_under_way"):
        claimed.claimed(START + LEASE / 2)


def test_what_nobody_knows_is_tried_once_more_and_never_a_third_time() -> None:
    first = message().claimed(START)
    second = first.claimed(LATER)
    third = second.claimed(LATER + LEASE)
    assert (first.state, second.state) == (State.SENDING, State.SENDING)
    assert (third.state, third.why) == (State.FAILED, "unsure")


def test_what_was_surely_not_sent_is_tried_until_its_time_is_over() -> None:
    held = message()
    for _ in range(TRIES_MOST):
        held = held.claimed(START).put_back()
    assert held.claimed(START).why == "too_many_tries"
    assert message().claimed(START + timedelta(minutes=10)).why == "too_late"


@given(st.lists(st.sampled_from(["claim", "back", "sent", "wait"]), max_size=30))
def test_no_order_of_events_sends_more_than_twice(events: list[str]) -> None:
    held, now, maybe_sent = replace(message(), until=START + timedelta(days=9)), START, 0
    for event in events:
        if event == "wait":
            now += LEASE
        elif event == "claim":
            try:
                after = held.claimed(now)
            except Conflict:
                continue
            maybe_sent += after.state is State.SENDING
            held = after
        elif held.state is State.SENDING:
            maybe_sent -= event == "back"
            held = held.put_back() if event == "back" else held.ended(State.SENT, now)
    assert maybe_sent <= 2
    assert held.state in State


@pytest.mark.parametrize("state", sorted(ENDS))
def test_an_ended_message_stays_ended(state: State) -> None:
    ended = message().claimed(START).ended(state, START)
    with pytest.raises(Conflict, match="message_ended"):
        ended.claimed(LATER)


def test_only_one_that_failed_can_be_begun_again_and_then_as_if_it_were_new() -> None:
    late = START + timedelta(days=1)
    failed = message().claimed(late)
    again = failed.again(late)
    assert (again.state, again.until - again.made_at) == (State.QUEUED, message().until - message().made_at)
    assert replace(again, made_at=START, until=message().until, version=0) == message()
    for other in (message(), message().claimed(START), message().claimed(START).ended(State.SENT, START)):
        with pytest.raises(Conflict, match="message_move_not_allowed"):
            other.again(late)
