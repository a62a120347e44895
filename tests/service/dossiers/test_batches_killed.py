"""Batches of dossiers of any size cost the same for each, and a worker that dies at any call loses and doubles nothing."""

from collections import Counter

import pytest

from miniapp.dossiers.batches import BATCH_MOST, Batch, BatchState
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.events import Happened
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.states import Status
from tests.support.batched import later, ordered, outcomes, taken, town, worked
from tests.support.cloud import Cloud
from tests.support.dossier_acts import withdrawn
from tests.support.dossier_town import OFFICER, WARD, DossierTown
from tests.support.faults import CountedCalls, Killed

__all__ = ["town"]


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "its answer lost"])
@pytest.mark.parametrize("what", ["order", "apply", "call off"])
def test_killed_at_any_call_nothing_is_lost_or_doubled(cloud: Cloud, what: str, after: bool):
    kills = 0
    for place in range(80):
        cloud.engine.empty()
        town = DossierTown(cloud)
        made = taken(town, 2)
        town.moved(made[1], withdrawn)
        batch = ordered(town, made) if what != "order" else None
        if what == "apply":
            later(town)
        try:
            with CountedCalls(town.services.aws, place, after):
                died(town, made, what, batch)
        except Killed:
            kills += 1
        else:
            break
        if what == "order":
            batch = ordered(town, made)
            later(town)
        assert batch is not None
        if what == "call off":
            assert town.services.batches.call_off(WARD, batch.id, by=OFFICER.id, is_leader=False)
            later(town)
            town.services.batches.apply(ApplyBatch(WARD, batch.id))
            assert set(outcomes(town, batch).values()) == {"waiting"}
        else:
            assert worked(town, batch).state is BatchState.DONE
            assert outcomes(town, batch) == {"0001": "moved", "0002": "dossier_changed"}
        told = town.told()
        assert told.count("dossier_taken_up") == (what != "call off")
        assert told.count("dossier_batch_ordered") == 1
        assert told.count("dossier_batch_done") + told.count("dossier_batch_called_off") == 1
        town.clock.pass_by(days=1)
        assert town.services.batches.wake() == 0, "nothing is left lying"
    assert kills >= 3


def died(town: DossierTown, made: list[Dossier], what: str, batch: Batch | None) -> None:
    """The act that is killed."""
    if batch is None:
        ordered(town, made)
    elif what == "apply":
        worked(town, batch)
    else:
        town.services.batches.call_off(WARD, batch.id, by=OFFICER.id, is_leader=False)


def calls_of(town: DossierTown, count: int) -> Counter[str]:
    made = [town.taken(key=f"calls {count} {place}") for place in range(count)]
    batch = ordered(town, made, key=f"calls {count}")
    later(town)
    with CountedCalls(town.services.aws) as counted:
        worked(town, batch)
    assert set(outcomes(town, batch).values()) == {"moved"}
    return Counter(counted.calls)


def test_a_dossier_costs_the_same_calls_in_a_batch_of_any_size(town: DossierTown):
    for count in (5, 10, 20):
        calls = calls_of(town, count)
        assert calls["TransactWriteItems"] == count + 1
        assert calls["Query"] == count + 3, "the head of the trail, once a dossier and at the end; the pieces, twice"
        assert count < calls["GetItem"] <= count + 5, (
            "each dossier, the batch, and the agency's tree unless it is known"
        )
        assert sum(calls.values()) <= 3 * count + 12


@pytest.mark.sweep
def test_two_thousand_are_moved_each_once(town: DossierTown):
    made = taken(town, BATCH_MOST)
    batch = ordered(town, made)
    later(town)
    assert worked(town, batch).state is BatchState.DONE
    assert list(outcomes(town, batch).values()) == ["moved"] * BATCH_MOST
    story = [town.office.story(WARD, str(one.code))[-1].what for one in made[::97]]
    assert set(story) == {Happened.TAKEN_UP}
    assert {line.status for line in town.office.shelf(WARD, Shelf.RUNNING).lines} == {Status.IN_PROGRESS}
