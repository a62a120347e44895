"""Batches of moves: held back, called off or applied, each dossier once and only as it was seen, whatever dies or comes twice."""

import threading
from datetime import timedelta

import pytest

from handlers.lambdas.workers import WORKERS
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.queues import encode, per_record
from miniapp.dossiers.batches import BATCH_MOST, Batch, BatchState, Chosen, Deed
from miniapp.dossiers.batching import STALLED, ApplyBatch
from miniapp.dossiers.keeping import PURPOSE
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.states import Status
from tests.support.batched import later, ordered, outcomes, statuses, taken, town, worked, worked_on
from tests.support.dossier_acts import finished, taken_up, withdrawn
from tests.support.dossier_town import LEADER, NOON, OFFICER, OTHER, WARD, DossierTown
from tests.support.faults import Silence

__all__ = ["town"]


def test_a_batch_waits_five_minutes_and_is_then_applied_to_each(town: DossierTown):
    made = taken(town, 3)
    batch = ordered(town, made)
    town.services.batches.apply(ApplyBatch(WARD, batch.id))
    assert set(statuses(town, made)) == {Status.RECEIVED}, "it waits"
    later(town)
    assert worked(town, batch).state is BatchState.DONE
    assert outcomes(town, batch) == {"0001": "moved", "0002": "moved", "0003": "moved"}
    assert set(statuses(town, made)) == {Status.IN_PROGRESS}
    told = town.told()
    assert told[-5:] == ["dossier_batch_ordered", *["dossier_taken_up"] * 3, "dossier_batch_done"]
    entries = town.services.audit.page(WARD).entries
    assert {entry.facts["batch"] for entry in entries if entry.event == "dossier_taken_up"} == {batch.id}
    assert (entries[0].facts["moved"], entries[0].facts["refused"]) == (3, 0)


def test_whoever_keeps_a_dossier_hears_of_a_batch_as_of_a_single_move(town: DossierTown):
    held = town.moved(town.taken(), taken_up)
    keeping, user = town.services.dossier_keeping, "84000000000000001"
    mark = keeping.keep(held.agency, str(held.code), user, "vi")
    town.services.consents.give(user, held.agency, PURPOSE, "1")
    keeping.tell(user, mark, "vi")
    batch = ordered(town, [held], Deed.FINISH)
    town.services.dossier_telling.run()
    assert not town.services.outbox.of(user), "nothing is told of what can still be called off"
    later(town)
    worked(town, batch)
    town.services.dossier_telling.run()
    town.services.dossier_telling.run()
    assert [one.name for one in town.services.outbox.of(user)] == ["dossier_finished"]


def test_its_moves_count_from_the_moment_of_the_order_so_nobody_is_late_by_waiting(town: DossierTown):
    held = town.moved(town.taken(), taken_up)
    due = held.due
    assert due is not None
    town.clock.at = due - timedelta(minutes=1)
    batch = ordered(town, [held], Deed.FINISH)
    later(town)
    worked(town, batch)
    done = town.office.find(WARD, str(held.code))
    assert (done.ended_at, done.lateness(town.clock.now())) == (batch.at, "on_time")


def test_what_it_does_with_each_is_the_move_of_that_dossier(town: DossierTown):
    first, second, third = (town.moved(one, taken_up) for one in taken(town, 3))
    for deed, one, officer in (
        (Deed.HAND_ON, first, "off_b"),
        (Deed.ASSIGN, second, "off_b"),
        (Deed.FINISH, third, ""),
    ):
        batch = ordered(town, [one], deed, key=deed.value, officer=officer)
        later(town)
        assert worked(town, batch).state is BatchState.DONE
    now = [town.office.find(WARD, str(one.code)) for one in (first, second, third)]
    assert [(one.step, one.officer) for one in now[:2]] == [(1, "off_b"), (0, "off_b")]
    assert now[2].status is Status.FINISHED
    batch = ordered(town, [now[2]], Deed.RETURN, key="return")
    later(town)
    worked(town, batch)
    returned = town.office.find(WARD, str(third.code))
    assert (returned.status, returned.returned_by) == (Status.RETURNED, Channel.POST)


def test_who_cannot_be_moved_is_named_with_why_and_the_others_are_moved(town: DossierTown):
    made = taken(town, 5)
    made[4] = town.moved(made[4], withdrawn)
    made[3] = town.moved(made[3], taken_up)
    batch = ordered(town, [*made[:4], made[4]], Deed.TAKE_UP)
    town.moved(made[1], withdrawn)
    later(town)
    worked(town, batch)
    assert outcomes(town, batch) == {
        "0001": "moved",
        "0002": "dossier_changed",
        "0003": "moved",
        "0004": "dossier_move_not_allowed",
        "0005": "dossier_not_running",
    }
    assert town.services.audit.page(WARD).entries[0].facts == {"batch": batch.id, "moved": 2, "refused": 3}


def test_a_dossier_at_its_last_step_and_one_that_lies_there_already_say_so(town: DossierTown):
    one, two = taken(town, 2)
    last = worked_on(town, ordered(town, [one], Deed.HAND_ON, key="a", officer=LEADER.id))
    assert last == {"0001": "moved"}
    held = town.office.find(WARD, str(one.code))
    assert worked_on(town, ordered(town, [held], Deed.HAND_ON, key="b", officer="off_b")) == {
        "0001": "dossier_at_last_step"
    }
    assert worked_on(town, ordered(town, [two], Deed.ASSIGN, key="c", officer=two.officer)) == {
        "0002": "dossier_there_already"
    }


def test_what_was_called_off_is_never_applied(town: DossierTown):
    made = taken(town, 2)
    batch = ordered(town, made)
    with pytest.raises(Refused):
        town.services.batches.call_off(WARD, batch.id, by="off_other", is_leader=False)
    for who, is_leader in ((OFFICER.id, False), (LEADER.id, True)):
        off = town.services.batches.call_off(WARD, batch.id, by=who, is_leader=is_leader)
        assert off.state is BatchState.CALLED_OFF
    later(town)
    town.services.batches.apply(ApplyBatch(WARD, batch.id))
    assert set(statuses(town, made)) == {Status.RECEIVED}
    assert town.told()[-1] == "dossier_batch_called_off"
    assert town.told().count("dossier_batch_called_off") == 1
    town.clock.pass_by(days=1)
    assert (town.services.batches.wake(), town.services.batches.stuck()) == (0, [])


def test_what_is_being_applied_is_called_off_no_more(town: DossierTown):
    batch = ordered(town, taken(town, 1))
    later(town)
    worked(town, batch)
    with pytest.raises(Conflict) as conflict:
        town.services.batches.call_off(WARD, batch.id, by=OFFICER.id, is_leader=False)
    assert conflict.value.code == "batch_begun"


def test_of_calling_off_and_beginning_at_once_exactly_one_happens(town: DossierTown):
    for number in range(4):
        one = town.taken(key=f"race{number}")
        batch = ordered(town, [one], key=f"race{number}")
        later(town)
        said: list[str] = []

        def call_off(batch: Batch = batch, said: list[str] = said) -> None:
            try:
                said.append(town.services.batches.call_off(WARD, batch.id, by=OFFICER.id, is_leader=False).state.value)
            except Conflict as conflict:
                said.append(conflict.code)

        both = [threading.Thread(target=call_off), threading.Thread(target=worked, args=(town, batch))]
        for each in both[:: 1 if number % 2 else -1]:
            each.start()
        for each in both:
            each.join()
        end = town.services.batches.find(WARD, batch.id)
        moved = town.office.find(WARD, str(one.code)).status is Status.IN_PROGRESS
        assert (end.state, said, moved) in (
            (BatchState.CALLED_OFF, ["called_off"], False),
            (BatchState.DONE, ["batch_begun"], True),
        )


def test_of_two_batches_over_the_same_dossiers_each_dossier_is_moved_by_one(town: DossierTown):
    made = taken(town, 6)
    first, second = ordered(town, made, key="a"), ordered(town, made, Deed.ASSIGN, key="b", officer="off_b")
    later(town)
    both = [threading.Thread(target=worked, args=(town, batch)) for batch in (first, second)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    for code, by_first in outcomes(town, first).items():
        assert {by_first, outcomes(town, second)[code]} == {"moved", "dossier_changed"}
    assert [town.office.find(WARD, str(one.code)).version for one in made] == [3] * 6
    assert sum(event in ("dossier_taken_up", "dossier_handed_on") for event in town.told()) == 6


def test_one_form_sent_twice_is_one_batch_and_a_note_that_comes_again_does_nothing(town: DossierTown):
    made = taken(town, 2)
    batch, again = ordered(town, made), ordered(town, made)
    assert again == batch
    later(town)
    worked(town, batch)
    told = town.told()
    for _ in range(3):
        town.services.batches.apply(ApplyBatch(WARD, batch.id))
    assert town.told() == told
    assert told.count("dossier_batch_ordered") == told.count("dossier_batch_done") == 1


def test_the_same_note_at_many_workers_at_once_moves_each_once(town: DossierTown):
    made = taken(town, 8)
    batch = ordered(town, made)
    later(town)
    many = [threading.Thread(target=worked, args=(town, batch)) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert set(outcomes(town, batch).values()) == {"moved"}
    assert town.told().count("dossier_taken_up") == 8
    assert town.told().count("dossier_batch_done") == 1


def test_a_note_that_was_lost_is_sent_again_by_the_clock_and_not_before(town: DossierTown):
    made = taken(town, 1)
    with Silence(town.services.aws, "sqs"):
        batch = ordered(town, made)
    assert batch.state is BatchState.HELD, "the order stands"
    later(town)
    assert town.services.batches.wake() == 0
    town.clock.pass_by(seconds=int(STALLED.total_seconds()))
    assert town.services.batches.wake() == 1
    town.clock.pass_by(seconds=900)
    assert [one.what for one in town.services.batches.stuck()] == [batch.id]
    worked(town, batch)
    assert town.services.batches.stuck() == []


def test_the_queue_s_reader_applies_it_and_what_the_store_refuses_comes_again(town: DossierTown):
    made = taken(town, 1)
    batch = ordered(town, made)
    records = {"Records": [{"messageId": "1", "body": encode(ApplyBatch(WARD, batch.id))}]}
    reader = per_record(ApplyBatch, town.services.batches.apply)
    later(town)
    with Silence(town.services.aws, "dynamodb"):
        assert reader(records, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert reader(records, None) == {"batchItemFailures": []}
    assert statuses(town, made) == [Status.IN_PROGRESS]
    assert ApplyBatch.queue in WORKERS


def test_nothing_of_another_agency_is_read_or_moved(town: DossierTown):
    foreign = town.taken(agency=OTHER)
    batch = ordered(town, [foreign])
    with pytest.raises(NotFound):
        town.services.batches.find(OTHER, batch.id)
    assert worked_on(town, batch) == {"0001": "dossier_unknown"}
    assert town.office.find(OTHER, str(foreign.code)) == foreign


def test_none_and_too_many_are_refused_and_change_nothing(town: DossierTown):
    plan = town.services.batches.planned(WARD, Deed.TAKE_UP, OFFICER.id, "", Channel.DESK, 0)
    for count in (0, BATCH_MOST + 1):
        with pytest.raises(Invalid) as invalid:
            town.services.batches.order(
                plan, [Chosen(f"H56.14-261120-{n:05}", 1) for n in range(count)], key="k", begun=NOON
            )
        assert invalid.value.code == "batch_size"
    assert town.services.batches.newest(WARD) == []


def test_what_it_would_do_is_told_before_by_what_is_true_now(town: DossierTown):
    made = taken(town, 4)
    made[1] = town.moved(town.moved(made[1], taken_up), finished)
    plan = town.services.batches.planned(WARD, Deed.TAKE_UP, OFFICER.id, "", Channel.DESK, 4)
    codes = [*(str(one.code) for one in made), "H56.14-261120-0999"]
    told, seen = town.services.batches.judge(plan, codes)
    assert [str(move.dossier.code)[-4:] for move in told.moves] == ["0001", "0003", "0004"]
    assert told.refused == {"dossier_not_running": [codes[1]], "dossier_unknown": [codes[4]]}
    assert [one.version for one in seen] == [2, 4, 2, 2, 0]
