"""How much lies on a shelf is counted by the store, up to a bound and in one call."""

from datetime import timedelta

import pytest

from miniapp.core.errors import Unavailable
from miniapp.dossiers.lists import Shelf
from tests.support.billed import Billed
from tests.support.cloud import Cloud
from tests.support.dossier_acts import taken_up
from tests.support.dossier_town import NOON, OTHER, WARD, DossierTown
from tests.support.faults import Silence


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    made = DossierTown(cloud)
    for place in range(5):
        made.taken(key=f"key-{place}")
    made.taken(agency=OTHER)
    return made


def test_a_shelf_is_counted_up_to_a_bound_beyond_which_it_is_one_more(town: DossierTown):
    count = town.office.count
    assert count(WARD, Shelf.RUNNING) == 5
    assert count(WARD, Shelf.RUNNING, most=5) == 5
    assert count(WARD, Shelf.RUNNING, most=4) == 5
    assert count(WARD, Shelf.RUNNING, most=2) == 3
    assert count(WARD, Shelf.READY) == 0


def test_what_is_due_in_a_span_is_counted_as_it_is_listed(town: DossierTown):
    town.clock.pass_by(hours=3)
    moved = town.moved(town.taken(key="later"), taken_up)
    assert moved.due is not None
    for since, until in ((None, moved.due), (moved.due, None), (NOON, moved.due + timedelta(minutes=1))):
        span = {"due_from": since, "due_before": until}
        assert town.office.count(WARD, Shelf.RUNNING, **span) == len(
            town.office.shelf(WARD, Shelf.RUNNING, **span).lines
        )


def test_a_count_is_one_call_and_is_billed_for_what_it_counts(town: DossierTown):
    aws = town.services.aws
    with Billed(aws) as listed:
        town.office.shelf(WARD, Shelf.RUNNING, most=4)
    with Billed(aws) as counted:
        town.office.count(WARD, Shelf.RUNNING, most=4)
    assert counted.calls == listed.calls == ["Query"]
    assert counted.units == listed.units


def test_a_store_that_does_not_answer_is_no_empty_shelf(town: DossierTown):
    with Silence(town.services.aws, "dynamodb"), pytest.raises(Unavailable):
        town.office.count(WARD, Shelf.RUNNING)
