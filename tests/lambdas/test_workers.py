"""The workers of the package behind real queues, a bucket's notices and the clock: partial failures, poison, kill -9."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from handlers.lambdas.schedules import SCHEDULES
from handlers.wiring import Services
from infra.lambdas.function import FunctionFailed
from infra.lambdas.sources import schedule_event, sqs_event, stored_event
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, EditionState, Exam, Reason
from miniapp.messaging.model import Addressed, DeliverMessage, State
from tests.support.alarms import rings
from tests.support.cloud import Cloud
from tests.support.dying import Wire
from tests.support.exams import UPLOADER, csv_file, exam
from tests.support.killing import (
    STARTED,
    alternating,
    both,
    dead,
    kill_at_every_call,
    leases_lapse,
    made,
    send,
    source,
    wire,
)
from tests.support.lambdas import Maker
from tests.support.letters import AGENCY

__all__ = ["made", "wire"]

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}
ROWS = [[f"0200000{place}", str(place)] for place in range(1, 8)]
SCORES = csv_file(["sbd", "toan"], ROWS)
SAMPLE = 5  # of an import's calls, in `make test`; the sweep tries each


def queued(made: Services, *users: str) -> None:
    for user in users:
        assert made.outbox.queue("assistant_later", Addressed(AGENCY, user), f"hello#{user}", FACTS)


def outcome(made: Services, user: str) -> tuple[State, int]:
    """What became of a person's message, and how many lines the person sees."""
    message = made.outbox.find(AGENCY, user, f"hello#{user}")
    assert message is not None
    return message.state, len(made.simulated_chat.conversation(AGENCY, user))


# Queues


def test_of_ten_records_one_poisoned_nine_are_done_once_and_one_reaches_the_dead_letters(
    made: Services, functions: Maker, kept_cloud: Cloud
) -> None:
    users = [f"8400000000000010{place}" for place in range(9)]
    queued(made, *users)
    send(kept_cloud, "messages", '{"agency": "poison"')
    reader = source(kept_cloud, functions(f"{STARTED}.messages.handle"), "messages")
    assert not rings(kept_cloud, "messages_dead")
    batches = reader.until_empty()
    assert rings(kept_cloud, "messages_dead")
    assert [outcome(made, user) for user in users] == [(State.SENT, 1)] * 9
    assert dead(kept_cloud, "messages") == ['{"agency": "poison"']
    assert batches >= 5, "five tries before the dead letters"
    assert not rings(kept_cloud, "messages_dead"), "once somebody has taken it"


def test_a_batch_reports_just_the_records_that_failed(made: Services, functions: Maker, kept_cloud: Cloud) -> None:
    function = functions(f"{STARTED}.messages.handle")
    gone = json.dumps(asdict(DeliverMessage(AGENCY, "84999", "f" * 32)))
    bodies = [gone, "not json", gone, "[]", '{"agency": 1}', "{}"]
    records = [{"MessageId": f"m{place}", "ReceiptHandle": "r", "Body": body} for place, body in enumerate(bodies)]
    reply = function.invoke(sqs_event("test-messages", records))
    assert [item["itemIdentifier"] for item in reply["batchItemFailures"]][:2] == ["m1", "m3"]
    assert function.invoke({"Records": []}) == {"batchItemFailures": []}
    assert function.starts == 1


def test_a_worker_runs_nothing_that_a_direct_invocation_names(functions: Maker, made: Services) -> None:
    function = functions(f"{STARTED}.messages.handle")
    for event in ({"raw_command": "1/0"}, {"command": "x.y"}, {"manage": "shell"}):
        assert function.invoke(event) == {"batchItemFailures": []}


@pytest.mark.parametrize("places", [alternating, pytest.param(both, marks=pytest.mark.sweep)])
def test_messages_survive_kill_at_every_call(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, places: Any
) -> None:
    function = functions(f"{STARTED}.messages.handle", aws_endpoint=wire.address)
    reader = source(kept_cloud, function, "messages")

    def arranged(at: int, after: bool) -> list[str]:
        users = [f"85{places is both:d}{at:05d}{after:d}{place}" for place in (1, 2)]
        queued(made, *users)
        return users

    def whole(users: list[str]) -> None:
        assert [outcome(made, user) for user in users] == [(State.SENT, 1)] * 2, wire.calls

    assert kill_at_every_call(wire, reader, kept_cloud, arranged, whole, places()) >= 6
    assert dead(kept_cloud, "messages") == []


class Imports:
    """Editions with one file each, waiting for a worker; all of one content."""

    def __init__(self, made: Services) -> None:
        self.made = made
        self.exam: Exam = made.exam_office.add_exam(exam(agency=AGENCY, subjects=("toan",), slug="thu-2026"), UPLOADER)

    def begun(self) -> Edition:
        office = self.made.exam_office
        edition = office.begin(self.exam, UPLOADER, Reason.RELEASE)
        file_id, _ = office.upload_form(self.exam, edition, "http://localhost/then")
        self.made.files.put("uploads", f"scores/{AGENCY}/{self.exam.slug}/{edition.id}/{file_id}", SCORES)
        return office.take_file(self.exam, edition.id, file_id, "diem.csv", UPLOADER)

    def seen(self, edition: Edition) -> tuple[Any, ...]:
        held = self.made.exam_office.edition(self.exam, edition.id)
        file = held.files[0]
        return held.state, held.candidates, held.build, file.rows, file.errors, len(held.files)


@pytest.fixture(scope="module")
def imports(made: Services) -> Imports:
    return Imports(made)


def test_an_import_killed_at_some_calls_ends_as_one_that_was_left_alone(
    imports: Imports, functions: Maker, kept_cloud: Cloud, wire: Wire
) -> None:
    reader = source(
        kept_cloud, functions(f"{STARTED}.imports.handle", aws_endpoint=wire.address), "score_imports", batch=1
    )
    alone = imports.begun()
    reader.function.start()  # what a start asks is asked before the first note
    wire.arm(reader.function.kill, -1, False)
    reader.until_empty()
    calls = len(wire.calls)
    expected = imports.seen(alone)
    assert expected[0] is EditionState.CHECKED
    assert expected[1] == len(ROWS)
    for place in range(SAMPLE):
        at = 1 + place * (calls - 2) // (SAMPLE - 1)
        edition = imports.begun()
        wire.arm(reader.function.kill, at, place % 2 == 1)
        reader.until_empty(between=lambda: leases_lapse(kept_cloud))
        assert wire.killed
        assert imports.seen(edition) == expected, (at, wire.calls)
    assert dead(kept_cloud, "score_imports") == []


@pytest.mark.sweep
def test_an_import_killed_at_any_call_ends_as_one_that_was_left_alone(
    imports: Imports, functions: Maker, kept_cloud: Cloud, wire: Wire
) -> None:
    reader = source(
        kept_cloud, functions(f"{STARTED}.imports.handle", aws_endpoint=wire.address), "score_imports", batch=1
    )
    alone = imports.begun()
    reader.until_empty()
    expected = imports.seen(alone)

    def whole(edition: Edition) -> None:
        assert imports.seen(edition) == expected, wire.calls

    kill_at_every_call(wire, reader, kept_cloud, lambda at, after: imports.begun(), whole, both())
    assert dead(kept_cloud, "score_imports") == []


def test_a_note_about_an_unknown_import_reaches_the_dead_letters(
    functions: Maker, kept_cloud: Cloud, made: Services
) -> None:
    note = json.dumps(asdict(ImportEdition(AGENCY, "no-such-exam", "edn_none")))
    send(kept_cloud, "score_imports", note)
    source(kept_cloud, functions(f"{STARTED}.imports.handle"), "score_imports", batch=1).until_empty()
    assert rings(kept_cloud, "score_imports_dead")
    assert dead(kept_cloud, "score_imports") == [note]


# The bucket's notices


def test_a_file_that_nobody_can_take_any_more_is_dropped_and_no_other(
    imports: Imports, made: Services, functions: Maker, kept_cloud: Cloud
) -> None:
    held = imports.begun()
    base = f"scores/{AGENCY}/{imports.exam.slug}"
    taken, waiting = held.files[0].key, f"{base}/{held.id}/fil_waiting"
    stray = [f"{base}/edn_unknown/fil_1", f"scores/{AGENCY}/khong-co/edn_1/fil_1", "scores/a b+c/đ/e/f"]
    other = "logos/x"
    for key in (waiting, *stray, other):
        made.files.put("uploads", key, b"x")
    bucket = kept_cloud.settings.resource("uploads")
    function = functions(f"{STARTED}.uploads.handle")
    event = stored_event(bucket, taken, waiting, *stray, other)
    assert function.invoke(event) == {"stayed": 3, "dropped": 3}
    assert function.invoke(event) == {"stayed": 3, "dropped": 3}, "twice is once"
    left = set(made.files.keys("uploads", ""))
    assert {taken, waiting, other} <= left
    assert not set(stray) & left
    assert function.invoke(stored_event("somebody-elses-uploads", taken)) == {"stayed": 0, "dropped": 0}


def test_a_file_for_an_edition_that_was_approved_meanwhile_is_dropped(
    imports: Imports, made: Services, functions: Maker, kept_cloud: Cloud
) -> None:
    edition = imports.begun()
    made.importing.run(ImportEdition(AGENCY, imports.exam.slug, edition.id))
    made.exam_office.approve(imports.exam, edition.id, "off_approver", None)
    late = f"scores/{AGENCY}/{imports.exam.slug}/{edition.id}/fil_late"
    made.files.put("uploads", late, b"x")
    event = stored_event(kept_cloud.settings.resource("uploads"), late, edition.files[0].key)
    assert functions(f"{STARTED}.uploads.handle").invoke(event) == {"stayed": 1, "dropped": 1}


# The clock


def test_every_schedule_runs_and_an_unknown_one_is_an_error(functions: Maker, made: Services) -> None:
    function = functions(f"{STARTED}.schedules.handle")
    for name in SCHEDULES:
        assert isinstance(function.invoke(schedule_event(name)), int)
    for event in (schedule_event("no_such"), {}, {"command": "handlers.lambdas.schedules.erase_old"}):
        with pytest.raises(FunctionFailed) as failed:
            function.invoke(event)
        assert failed.value.kind == "KeyError"
