"""Addresses that an agency says many share: stated once, by who manages it, in the trail, and of two at once one is told."""

from threading import Barrier, Thread

import pytest

from miniapp.accounts.access import Operator, Role, Standing
from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.ratings.address_store import Stated
from miniapp.ratings.shared_addresses import SharedAddresses
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed
from tests.support.rating_town import OTHER, WARD, RatingTown

LINE, SECOND = "113.160.1.20", "113.160.1.48/28"
EVENT = "rating_addresses_stated"


@pytest.fixture
def town(cloud: Cloud) -> RatingTown:
    return RatingTown(cloud)


@pytest.fixture
def shared(town: RatingTown) -> SharedAddresses:
    return town.services.shared_addresses


def told(town: RatingTown, agency: str = WARD) -> list[tuple[object, object]]:
    """What the trail says was stated and stood before, the newest first."""
    facts = [entry.facts for entry in town.services.audit.page(agency).entries if entry.event == EVENT]
    return [(each["addresses"], each["addresses_before"]) for each in facts]


def test_what_is_stated_replaces_what_was_and_stands_in_the_trail_with_both(town: RatingTown, shared: SharedAddresses):
    assert shared.of(WARD) == Stated()
    shared.state(WARD, f"{SECOND}\n{LINE}", 0, by=Operator())
    assert shared.of(WARD) == Stated((LINE, SECOND), 1)
    shared.state(WARD, LINE, 1, by=Operator())
    shared.state(WARD, "", 2, by=Operator())
    assert shared.of(WARD) == Stated((), 3)
    both = f"{LINE}, {SECOND}"
    assert told(town) == [(None, LINE), (LINE, both), (both, None)]
    assert (shared.of(OTHER), shared.marks(OTHER), told(town, OTHER)) == (Stated(), frozenset(), [])


def test_the_same_again_changes_nothing_whatever_version_was_seen(town: RatingTown, shared: SharedAddresses):
    for version in (0, 0, 1, 7):
        assert shared.state(WARD, f" {LINE} {LINE}/32 ", version, by=Operator()) == Stated((LINE,), 1)
    assert told(town) == [(LINE, None)]


def test_whoever_saw_what_stood_before_is_told_and_changes_nothing(town: RatingTown, shared: SharedAddresses):
    shared.state(WARD, LINE, 0, by=Operator())
    for version in (0, 2, -1):
        with pytest.raises(Conflict, match="rating_addresses_changed"):
            shared.state(WARD, SECOND, version, by=Operator())
    assert shared.of(WARD) == Stated((LINE,), 1)
    assert told(town) == [(LINE, None)]


def test_bad_input_changes_nothing(town: RatingTown, shared: SharedAddresses):
    with pytest.raises(Invalid, match="rating_address_private"):
        shared.state(WARD, f"{LINE} 192.168.1.1", 0, by=Operator())
    assert (shared.of(WARD), told(town)) == (Stated(), [])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AGENCY_ADMIN}))
def test_only_who_manages_the_agency_states(town: RatingTown, shared: SharedAddresses, role: Role):
    for by in (
        Standing("off_1", {WARD: frozenset({role})}),
        Standing("off_2", {OTHER: frozenset({Role.AGENCY_ADMIN})}),
    ):
        with pytest.raises(Refused):
            shared.state(WARD, LINE, 0, by=by)
    assert shared.of(WARD) == Stated()


def test_of_many_at_once_one_states_and_the_trail_has_one_entry(town: RatingTown, shared: SharedAddresses):
    start, refused = Barrier(6), []

    def state(at: int) -> None:
        start.wait()
        try:
            shared.state(WARD, f"113.160.1.{at}", 0, by=Operator())
        except Conflict as conflict:
            refused.append(conflict.code)

    threads = [Thread(target=state, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["rating_addresses_changed"] * 5
    held = shared.of(WARD)
    assert (held.version, told(town)) == (1, [(held.addresses[0], None)])


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
def test_whoever_dies_at_any_call_and_states_it_again_has_it_once(
    town: RatingTown, shared: SharedAddresses, after: bool
):
    with CountedCalls(town.services.aws) as counted:
        shared.state(WARD, LINE, 0, by=Operator())
    version = 1
    for at in range(len(counted.calls)):
        wanted = f"113.160.2.{at}"
        with pytest.raises(Killed), CountedCalls(town.services.aws, at, after):
            shared.state(WARD, wanted, version, by=Operator())
        version = shared.state(WARD, wanted, version, by=Operator()).version
        assert shared.of(WARD) == Stated((wanted,), version)
    assert version == len(told(town)) == len(counted.calls) + 1
