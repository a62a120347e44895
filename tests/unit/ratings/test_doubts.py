"""Ballots that look wrong: bursts, one device, one address, the officers' own devices; which ballots, and above what."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.bounds import SUSPICION, Suspicion
from miniapp.ratings.doubts import Doubted, Fact, Usual, burst_bound, by_ballot, doubted
from miniapp.ratings.model import Doubt

START = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)
BUSY = {"quay-3": Usual(60, 480)}  # one in eight minutes: 5 in four times its span, so that the least holds


def at(seconds: int, ballot: str = "", **more: str) -> Fact:
    return Fact(ballot or f"b{seconds:05}", **{"counter": "quay-3", "at": START + timedelta(seconds=seconds), **more})


facts = st.lists(
    st.builds(
        lambda seconds, counter, device, address: (seconds, counter, device, address),
        st.integers(0, 3600),
        st.sampled_from(["quay-3", "quay-4", ""]),
        st.sampled_from(["d1", "d2", "officer", ""]),
        st.sampled_from(["a1", "wifi", ""]),
    ),
    max_size=40,
).map(lambda rows: [at(row[0], f"b{n}", counter=row[1], device=row[2], address=row[3]) for n, row in enumerate(rows)])


def found_in(held: list[Fact]) -> list[Doubted]:
    """With bounds so low that most drawn facts meet them: 3 in a span at one counter, 2 at the other."""
    limits = Suspicion(burst_least=2, address_most=5, shared_addresses=frozenset({"wifi"}))
    return doubted(held, {"quay-3": Usual(30, 480)}, {"officer"}, limits)


@pytest.mark.parametrize(
    ("usual", "bound"),
    [
        (None, 8),
        (Usual(0, 480), 8),
        (Usual(96, 480), 8),
        (Usual(97, 480), 9),
        (Usual(960, 480), 80),
        (Usual(5, 0), 8),
    ],
)
def test_a_counter_may_have_four_times_its_usual_span_and_eight_at_least(usual: Usual | None, bound: int):
    assert burst_bound(usual) == bound


def test_as_many_as_the_bound_are_no_burst_and_one_more_is_all_of_them():
    quick = [at(second) for second in range(9)]
    assert doubted(quick[:8], BUSY, ()) == []
    assert doubted(quick, BUSY, ()) == [Doubted(Doubt.BURST, tuple(fact.ballot for fact in quick), 9, 8)]


def test_a_burst_names_its_ballots_and_not_those_before_and_after():
    held = [at(0), *[at(3600 + 10 * turn) for turn in range(9)], at(9000)]
    [burst] = doubted(held, BUSY, ())
    assert burst.ballots == tuple(fact.ballot for fact in held[1:-1])


def test_a_ballot_just_a_span_later_is_not_in_it():
    spread = [at(turn) for turn in range(8)]
    assert doubted([*spread, at(600)], BUSY, ()) == []
    assert len(doubted([*spread, at(599)], BUSY, ())) == 1


def test_counters_are_looked_at_one_by_one_and_what_has_none_is_no_burst():
    spread = [at(turn, counter=f"quay-{turn % 2}") for turn in range(16)]
    assert doubted(spread, {}, ()) == []
    assert doubted([at(turn, counter="") for turn in range(99)], {}, ()) == []


def test_a_family_shares_a_device_and_a_fourth_ballot_is_one_too_many():
    shared = [at(3600 * turn, device="d1") for turn in range(4)]
    assert doubted(shared[:3], BUSY, ()) == []
    assert doubted(shared, BUSY, ()) == [Doubted(Doubt.ONE_DEVICE, tuple(fact.ballot for fact in shared), 4, 3)]


def test_a_village_may_share_an_address_and_our_own_counters_always_do():
    shared = [at(3600 * turn, address="a1") for turn in range(21)]
    assert doubted(shared[:20], BUSY, ()) == []
    [found] = doubted(shared, BUSY, ())
    assert (found.doubt, found.seen, found.bound) == (Doubt.ONE_ADDRESS, 21, 20)
    assert doubted(shared, BUSY, (), Suspicion(shared_addresses=frozenset({"a1"}))) == []


def test_one_ballot_from_the_officers_own_phone_is_enough():
    held = [at(0, device="officer"), at(60, device="d1")]
    assert doubted(held, BUSY, {"officer"}) == [Doubted(Doubt.OFFICERS_DEVICE, ("b00000",), 1, 0)]


def test_what_is_not_known_is_doubted_by_nobody():
    assert doubted([at(3600 * turn) for turn in range(50)], BUSY, {""}) == []


def test_a_ballot_has_every_reason_that_was_found_in_one_order():
    held = [at(second, device="officer") for second in range(9)]
    reasons = by_ballot(doubted(held, BUSY, {"officer"}))
    assert set(reasons.values()) == {(Doubt.BURST, Doubt.ONE_DEVICE, Doubt.OFFICERS_DEVICE)}
    assert list(reasons) == sorted(fact.ballot for fact in held)


def test_every_test_of_a_machine_can_be_met_and_only_people_say_reviewed():
    held = [at(second, device="officer", address="a1") for second in range(30)]
    assert {each.doubt for each in doubted(held, BUSY, {"officer"})} == set(Doubt) - {Doubt.REVIEWED}


@given(facts, st.randoms(use_true_random=False))
def test_the_order_and_the_repetition_of_facts_say_nothing(held: list[Fact], random):
    mixed = held + held[:5]
    random.shuffle(mixed)
    assert found_in(mixed) == found_in(held)


@given(facts, st.integers(0, 40))
def test_more_facts_never_clear_a_ballot(held: list[Fact], at_: int):
    fewer, more = by_ballot(found_in(held[:at_])), by_ballot(found_in(held))
    assert all(set(reasons) <= set(more[ballot]) for ballot, reasons in fewer.items())


@given(facts)
def test_what_is_in_a_burst_is_just_what_a_slow_count_finds(held: list[Fact]):
    span = timedelta(minutes=SUSPICION.burst_minutes)
    slow = set()
    for counter, bound in (("quay-3", 3), ("quay-4", 2)):
        mine = [fact for fact in held if fact.counter == counter]
        for last in mine:
            window = [fact for fact in mine if timedelta(0) <= last.at - fact.at < span]
            slow |= {fact.ballot for fact in window} if len(window) > bound else set()
    assert {ballot for each in found_in(held) if each.doubt is Doubt.BURST for ballot in each.ballots} == slow
