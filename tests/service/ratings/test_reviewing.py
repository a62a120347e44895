"""Ballots that were set apart are reviewed by groups: once, exactly, with a reason in the trail, and counts follow."""

from contextlib import suppress
from dataclasses import replace

import pytest

from miniapp.accounts.access import Operator, Role, Standing
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.spans import Span
from miniapp.ratings.counting import ZERO
from miniapp.ratings.model import Doubt, State
from miniapp.ratings.reviewing import AT_ONCE, Group, Reviewing
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import days_between
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed
from tests.support.rated_desk import said
from tests.support.rating_town import DAY, OTHER, WARD, RatingTown

BURST, DEVICE = (Doubt.BURST,), (Doubt.ONE_DEVICE,)
WHY = "Cả xóm đến cùng lúc"


@pytest.fixture
def town(cloud: Cloud) -> RatingTown:
    return RatingTown(cloud)


@pytest.fixture
def reviewing(town: RatingTown) -> Reviewing:
    return town.services.rating_reviewing


def apart(town: RatingTown, count: int, unit: str = "quay-1", doubts: tuple[Doubt, ...] = BURST, **more: str) -> None:
    """So many ballots of today that are set apart, counted."""
    for at in range(count):
        ballot = said(f"{unit}-{doubts[0]}-{at}", "", WARD, day=DAY)
        place = replace(ballot.place, unit=unit, **more)
        town.cast(replace(ballot, invitation=replace(ballot.invitation, place=place)).set_apart(doubts))
    town.rolling_up.run()


def states(town: RatingTown) -> list[State]:
    return [ballot.state for ballot in town.store.ballots(WARD, DAY)]


def trail(town: RatingTown) -> list[tuple[str, dict[str, object]]]:
    found = town.services.audit.page(WARD).entries
    return [(entry.event, dict(entry.facts)) for entry in found if entry.event.startswith("rating_group")]


def counts(town: RatingTown) -> tuple[int, int]:
    town.rolling_up.run(first=town.services.doubting.look)
    assert town.differences(days=days_between("2026-11-01", "2026-11-30")) == []
    held = town.counts.read(WARD, ["2026-11"], By.WHOLE).get(WARD, ZERO)
    return held.counted, held.apart


def test_days_and_groups_say_how_many_and_why_and_no_ballot(town: RatingTown, reviewing: Reviewing) -> None:
    apart(town, 3)
    apart(town, 2, "quay-2", DEVICE)
    town.cast(said("fine", "", WARD, day=DAY))
    town.rolling_up.run()
    assert reviewing.days(WARD, Span.read("2026-11")) == {DAY: 5}
    assert reviewing.days(OTHER, Span.read("2026-11")) == {} == reviewing.days(WARD, Span.read("2026-10"))
    assert reviewing.groups(WARD, DAY) == [Group(DAY, "quay-1", BURST, 3), Group(DAY, "quay-2", DEVICE, 2)]
    assert reviewing.groups(OTHER, DAY) == []


def test_a_cleared_group_counts_again_and_no_other_and_the_trail_says_why(
    town: RatingTown, reviewing: Reviewing
) -> None:
    apart(town, 3)
    apart(town, 2, "quay-2", DEVICE)
    for _ in range(2):  # the same sent again
        reviewing.clear(WARD, Group(DAY, "quay-1", BURST, 3), f" {WHY} ", by=Operator())
    assert counts(town) == (3, 2)
    facts = {"day": DAY, "unit": "quay-1", "doubts": "burst", "count": 3, "reason": WHY}
    assert trail(town) == [("rating_group_cleared", facts)]


def test_a_confirmed_group_stays_apart_says_so_and_may_still_be_cleared(town: RatingTown, reviewing: Reviewing) -> None:
    apart(town, 2)
    for _ in range(2):
        reviewing.confirm(WARD, Group(DAY, "quay-1", BURST, 2), WHY, by=Operator())
    assert counts(town) == (0, 2)
    (group,) = reviewing.groups(WARD, DAY)
    assert group.is_confirmed and group.doubts == (Doubt.BURST, Doubt.REVIEWED)
    reviewing.confirm(WARD, group, WHY, by=Operator())  # it is already
    reviewing.clear(WARD, group, WHY, by=Operator())
    assert counts(town) == (2, 0)
    assert [event for event, _ in trail(town)] == ["rating_group_cleared", "rating_group_confirmed"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_without_a_reason_nothing_is_decided(town: RatingTown, reviewing: Reviewing, reason: str) -> None:
    apart(town, 1)
    with pytest.raises(Invalid, match="rating_review_reason_shape"):
        reviewing.clear(WARD, Group(DAY, "quay-1", BURST, 1), reason, by=Operator())
    assert states(town) == [State.APART] and trail(town) == []


def test_more_than_was_seen_nobody_decides_about(town: RatingTown, reviewing: Reviewing) -> None:
    apart(town, 3)
    with pytest.raises(Conflict, match="rating_group_grown"):
        reviewing.clear(WARD, Group(DAY, "quay-1", BURST, 2), WHY, by=Operator())
    with pytest.raises(NotFound, match="rating_group_unknown"):
        reviewing.clear(WARD, Group(DAY, "quay-1", (), 3), WHY, by=Operator())
    assert set(states(town)) == {State.APART} and trail(town) == []


def test_who_may_not_review_and_who_is_rated_in_a_group_is_refused(town: RatingTown, reviewing: Reviewing) -> None:
    apart(town, 2, officer="off_me")
    group = Group(DAY, "quay-1", BURST, 2)
    me = Standing("off_me", {WARD: frozenset({Role.APPROVER})})
    for by, code in (
        (me, "rating_review_own"),
        (
            Standing("off_desk", {WARD: frozenset({Role.OFFICER, Role.AGENCY_ADMIN, Role.AUDITOR})}),
            "permission_missing",
        ),
        (Standing("off_else", {OTHER: frozenset({Role.APPROVER})}), "permission_missing"),
    ):
        for deed in (reviewing.clear, reviewing.confirm):
            with pytest.raises(Refused, match=code):
                deed(WARD, group, WHY, by=by)
    assert set(states(town)) == {State.APART}
    reviewing.clear(WARD, group, WHY, by=Standing("off_lead", {WARD: frozenset({Role.APPROVER})}))
    assert set(states(town)) == {State.COUNTED}


def test_whoever_dies_at_any_write_of_a_large_group_and_sends_again_has_told_of_each_ballot_once(
    town: RatingTown, reviewing: Reviewing
) -> None:
    size = AT_ONCE + 2
    apart(town, size, "first")
    with CountedCalls(town.services.aws) as counted:
        reviewing.clear(WARD, Group(DAY, "first", BURST, size), WHY, by=Operator())
    assert len(counted.writes) == 2
    for at in counted.writes:
        for after in (False, True):
            unit = f"quay-{at}-{after}"
            apart(town, size, unit)
            group = Group(DAY, unit, BURST, size)
            with CountedCalls(town.services.aws, at, after), suppress(Killed):
                reviewing.clear(WARD, group, WHY, by=Operator())
            reviewing.clear(WARD, group, WHY, by=Operator())
            told = [facts["count"] for _, facts in trail(town) if facts["unit"] == unit]
            assert sorted(map(str, told)) == ["2", str(AT_ONCE)]
    assert counts(town) == (5 * size, 0)
