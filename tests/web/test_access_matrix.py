"""Every kind of user, every address, the own agency and others: who comes in, what they read, and that a refusal changes
nothing. The table is `tests/support/access.txt`."""

from dataclasses import dataclass

import pytest

from tests.support.access import NOT_THERE, Told, Walking, addresses, rows, table
from tests.support.access_town import ABOVE, AGENCIES, OWN, AccessTown
from tests.support.access_users import User, users
from tests.support.cloud import Cloud

# Pages that show nothing though they are for whoever asks, and what they say: nothing of the kind is there.
OTHERWISE = {
    "/<agency>/chat-luong/<period>": 404,
    "/<agency>/chat-luong/<period>/<name>": 404,
    "/<agency>/diem-thi/<slug>/bao-tin": 303,
    "/assets/<name>": 404,
    "/assets/crests/<picture>": 404,
    "/assets/forms/<name>": 404,
    "/console/sign-in": 303,
    "/console/sign-in/code": 303,
    "/demo/chat": 404,
    "/hs/<token>/danh-gia": 409,
}


@dataclass
class Walked:
    """A town, who walked through it, what they were told, and its rows before and after all that was refused."""

    town: AccessTown
    users: list[User]
    told: Told
    before: object
    after: object


def walked(cloud: Cloud, whole: bool) -> Walked:
    cloud.engine.empty()
    town = AccessTown(cloud)
    everybody = users(town)
    walking = Walking(town, whole)
    before = rows(town)
    for turn, user in enumerate(everybody):
        walking.go(user, turn, for_them=False)
    after = rows(town)
    for turn, user in enumerate(everybody):
        walking.go(user, turn, for_them=True)
    cloud.engine.empty()
    return Walked(town, everybody, walking.told, before, after)


@pytest.fixture(scope="module")
def walk(_session_cloud: Cloud) -> Walked:
    return walked(_session_cloud, whole=False)


def test_every_address_of_the_app_stands_in_the_table_and_no_other(walk: Walked):
    assert {f"{method} {rule.rule}" for rule, method in addresses(walk.town)} == table().keys()


def test_nobody_comes_in_where_the_table_does_not_let_them(walk: Walked):
    assert walk.told.let_in == []


def test_everybody_comes_in_where_the_table_lets_them(walk: Walked):
    assert walk.told.shut_out == []


def test_no_address_fails_for_anybody(walk: Walked):
    assert {f"{asked}: {status}" for asked, status in walk.told.answers.items() if status >= 500} == set()


def test_nobody_reads_what_is_for_others(walk: Walked):
    assert walk.told.leaks == []


def test_every_kind_of_secret_was_met_by_somebody_who_may_read_it(walk: Walked):
    """So that the search above could have found it."""
    assert list(walk.town.unseen(walk.told.seen)) == []


def test_a_refusal_writes_nothing(walk: Walked):
    assert walk.told.written == []


def test_after_all_refusals_every_row_is_as_it_was(walk: Walked):
    assert walk.before == walk.after


def test_pages_of_the_own_agency_show_what_they_have(walk: Walked):
    """So that a refusal elsewhere is one of the door, and not of an address that leads nowhere."""
    wrong = {
        f"{asked.rule}: {status}"
        for asked, status in walk.told.answers.items()
        if asked.method == "GET" and asked.is_for_them and not asked.is_anothers and asked.agency in (OWN, ABOVE)
        if status not in (200, OTHERWISE.get(asked.rule))
    }
    assert wrong == set()


def test_the_walk_was_everywhere(walk: Walked):
    told = walk.told.answers
    assert {asked.user for asked in told} == {user.name for user in walk.users}
    assert {asked.agency for asked in told} == set(AGENCIES)
    assert NOT_THERE in {status for asked, status in told.items() if asked.is_anothers}
    assert len(told) > 6_000


@pytest.fixture
def long_walk(_session_cloud: Cloud) -> Walked:
    return walked(_session_cloud, whole=True)


@pytest.mark.sweep
def test_every_other_agency_is_shut_to_everybody_who_is_not_of_it(long_walk: Walked):
    told = long_walk.told
    assert (told.let_in, told.shut_out, told.leaks, told.written) == ([], [], [], [])
    assert long_walk.before == long_walk.after
