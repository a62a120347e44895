"""Ballots that look wrong are set apart as days are counted: with reasons, once, however often the clock starts or dies."""

from contextlib import suppress
from dataclasses import replace

import pytest

from miniapp.accounts.access import Operator
from miniapp.core.errors import Conflict
from miniapp.core.tables import transact
from miniapp.ratings.casting import Came, Given
from miniapp.ratings.counting import ZERO
from miniapp.ratings.model import Ballot, Doubt, Place, State
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import days_between
from miniapp.ratings.tokens import VisitCodes
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed
from tests.support.rating_town import DAY, HOUR, WARD, RatingTown

SHARED = "113.160.1.20"
GOOD, BAD = Given({"overall": "very_satisfied"}), Given({"overall": "dissatisfied"}, (), "Chờ lâu")


@pytest.fixture
def town(cloud: Cloud) -> RatingTown:
    return RatingTown(cloud)


def visit(town: RatingTown, counter: str = "quay-1") -> str:
    """A token of somebody who scans a counter's code, a minute after whoever came before."""
    town.clock.pass_by(seconds=60)
    code = VisitCodes(town.services.sealer).shown(f"{WARD}/{counter}", town.clock.now())
    return town.services.casting.visited(Place(WARD, counter), counter, code)


def cast(town: RatingTown, *came: Came, counter: str = "quay-1") -> list[Ballot]:
    """A ballot of each, a minute apart."""
    return [town.services.casting.cast(WARD, visit(town, counter), GOOD, each) for each in came]


def many(count: int) -> list[Came]:
    """As many people, who have nothing in common."""
    return [Came(f"browser {at}", f"203.0.113.{at}") for at in range(count)]


def count(town: RatingTown) -> tuple[int, int]:
    """How many are counted and set apart once the clock ran, and that the counts are those of the rows."""
    town.rolling_up.run(first=town.services.doubting.look)
    town.rolling_up.run(first=town.services.doubting.look)  # what was set apart is counted by the next start
    assert town.differences(days=days_between("2026-11-01", "2026-11-30")) == []
    held = town.counts.read(WARD, ["2026-11"], By.WHOLE).get(WARD, ZERO)
    return held.counted, held.numbers.get("apart", 0)


def held(town: RatingTown, ballot: Ballot) -> Ballot:
    found = town.store.find(WARD, [ballot.id])
    assert found is not None
    return found


def test_a_device_that_rates_more_than_three_times_is_doubted_with_all_it_said(town: RatingTown):
    mine = cast(town, *[Came("one", f"203.0.113.{at}") for at in range(3)])
    assert count(town) == (3, 0)
    mine += cast(town, Came("one", "203.0.113.9"), Came("other", "203.0.113.10"))
    assert count(town) == (1, 4)
    assert [held(town, each).doubts for each in mine] == [(Doubt.ONE_DEVICE,)] * 4 + [()]
    assert [held(town, each).said for each in mine] == [each.said for each in mine]


def test_an_address_may_be_shared_by_twenty_and_no_more(town: RatingTown):
    for at in range(20):
        cast(town, Came(f"browser {at}", "203.0.113.7"), counter=f"quay-{at}")
    assert count(town) == (20, 0)
    cast(town, Came("browser 20", "203.0.113.7"), counter="quay-20")
    assert count(town) == (0, 21)


def test_an_address_that_the_agency_says_many_share_is_no_reason_and_every_other_reason_stays(town: RatingTown):
    town.services.shared_addresses.state(WARD, f"{SHARED} 113.160.1.48/28", 0, by=Operator())
    for at in range(21):
        cast(town, Came(f"browser {at}", SHARED), Came(f"other {at}", "113.160.1.55"), counter=f"quay-{at}")
    assert count(town) == (42, 0)
    one = cast(town, *[Came("one", SHARED)] * 4, counter="quay-40")
    quick = cast(town, *[Came(f"quick {at}", SHARED) for at in range(9)], counter="quay-50")
    phone = cast(town, Came("phone", SHARED, is_officers=True), counter="quay-60")
    assert count(town) == (42, 14)
    for ballots, doubt in ((one, Doubt.ONE_DEVICE), (quick, Doubt.BURST), (phone, Doubt.OFFICERS_DEVICE)):
        assert {held(town, each).doubts for each in ballots} == {(doubt,)}


def test_an_address_that_nobody_stated_or_another_agency_did_stays_a_reason(town: RatingTown):
    town.services.shared_addresses.state("phuong-hoa-lan", SHARED, 0, by=Operator())
    town.services.shared_addresses.state(WARD, "113.160.1.21", 0, by=Operator())
    for at in range(21):
        cast(town, Came(f"browser {at}", SHARED), counter=f"quay-{at}")
    assert count(town) == (0, 21)


def test_an_address_that_is_stated_no_longer_is_a_reason_again_once_a_ballot_comes(town: RatingTown):
    stated = town.services.shared_addresses.state(WARD, SHARED, 0, by=Operator())
    for at in range(20):
        cast(town, Came(f"browser {at}", SHARED), counter=f"quay-{at}")
    cast(town, Came("browser 20", SHARED), counter="quay-20")
    assert count(town) == (21, 0)
    town.services.shared_addresses.state(WARD, "", stated.version, by=Operator())
    cast(town, Came("browser 21", SHARED), counter="quay-21")
    assert count(town) == (0, 22)


def test_an_officer_s_own_phone_is_doubted_from_the_first_also_once_nobody_is_signed_in(town: RatingTown):
    signed_in, later, other = cast(town, Came("phone", "a", is_officers=True), Came("phone", "b"), Came("else", "c"))
    assert count(town) == (1, 2)
    assert [held(town, each).doubts for each in (signed_in, later, other)] == [(Doubt.OFFICERS_DEVICE,)] * 2 + [()]


def test_more_than_eight_in_ten_minutes_are_a_burst_of_a_counter_that_nobody_knows_yet(town: RatingTown):
    cast(town, *many(8))
    assert count(town) == (8, 0)
    cast(town, *many(9)[8:])
    assert count(town) == (0, 9)


def test_a_counter_that_is_always_busy_may_have_as_many(town: RatingTown):
    for _ in range(3):  # a visit a minute for eight minutes, every day
        cast(town, *many(8))
        town.clock.pass_by(days=1)
    cast(town, *many(10))
    assert count(town) == (34, 0)


def test_whoever_edits_a_ballot_that_is_set_apart_leaves_it_there_and_nothing_is_doubted_twice(town: RatingTown):
    mine = [visit(town) for _ in range(4)]
    ballots = [town.services.casting.cast(WARD, token, GOOD, Came("one", "a")) for token in mine]
    assert count(town) == (0, 4)
    edited = town.services.casting.cast(WARD, mine[0], BAD, Came("two", "b"))
    assert count(town) == (0, 4)
    assert held(town, ballots[0]) == edited
    assert (edited.state, edited.doubts, edited.said.words) == (State.APART, (Doubt.ONE_DEVICE,), "Chờ lâu")


def test_what_somebody_let_count_is_set_apart_for_another_reason_only(town: RatingTown):
    [first, *_] = cast(town, *[Came("one", "a")] * 4)
    assert count(town) == (0, 4)
    apart = held(town, first)
    town.change(apart, apart.cleared())
    assert count(town) == (1, 3)
    cast(town, *[Came("one", "a")] * 5)
    assert count(town) == (0, 9)
    assert held(town, first).doubts == (Doubt.BURST,)


def test_another_agency_s_ballots_are_looked_at_apart(town: RatingTown):
    mine = cast(town, *[Came("one", "a")] * 4)
    assert town.services.doubting.look("phuong-hoa-lan", "2026-11-20") == 0
    assert held(town, mine[0]).state is State.COUNTED


def test_a_clock_that_dies_at_any_call_sets_apart_and_counts_all_the_same_with_its_next_start(town: RatingTown):
    expected, look = 4, town.services.doubting.look
    cast(town, *[Came("one", "a")] * 4)
    with CountedCalls(town.services.aws) as counted:
        town.rolling_up.run(first=look)
    assert count(town) == (0, expected)
    for at in counted.writes[:6]:
        for after in (False, True):
            town.clock.pass_by(seconds=3600)
            cast(town, *[Came(f"{at} {after}", "a")] * 4, counter=f"quay-{at}-{after}")
            with CountedCalls(town.services.aws, at, after), suppress(Killed):
                town.rolling_up.run(first=look)
            expected += 4
            assert count(town) == (0, expected)
    assert expected > 4


def test_an_edit_of_what_was_seen_before_the_clock_looked_does_not_undo_what_it_found(town: RatingTown):
    [first, *_] = cast(town, *[Came("one", "a")] * 4)
    stale = held(town, first)
    town.services.doubting.look(WARD, DAY)
    with pytest.raises(Conflict, match="rating_changed"):
        transact(*town.store.changed(stale, stale.edited(replace(stale.said, words="Đã sửa"), DAY), HOUR))
    assert held(town, first).doubts == (Doubt.ONE_DEVICE,)
