"""Messages that failed and terms that passed are listed, rung for, and begun again on a person's word alone."""

from typing import Any

import pytest

from handlers.lambdas import schedules
from infra.local.template import TEMPLATE, Template
from miniapp.core.errors import Unavailable
from miniapp.messaging.model import LATELY, DeliverMessage, State
from miniapp.zalo.simulator import Fault
from tests.support.cloud import Cloud
from tests.support.exams import csv_file, verified
from tests.support.letters import AGENCY, LAN, TO, Town, deliver_all, notes
from tests.web.commands.test_stuck import listed

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}


@pytest.fixture
def town(cloud: Cloud) -> Town:
    return Town(cloud)


def failed(town: Town, fact: str = "hello#1") -> None:
    """A message that came to be too late."""
    town.made.outbox.queue("assistant_later", TO, fact, FACTS)
    assert len(notes(town.cloud)) == 1
    town.bureau.later(hours=2)
    message = town.made.outbox.find(AGENCY, LAN, fact)
    assert message is not None
    town.made.outbox.deliver(DeliverMessage(AGENCY, LAN, message.id))
    assert state(town, fact) is State.FAILED


def state(town: Town, fact: str = "hello#1") -> State:
    message = town.made.outbox.find(AGENCY, LAN, fact)
    assert message is not None
    return message.state


def run(town: Town, *words: str) -> str:
    result = town.app().test_cli_runner().invoke(args=["stuck", *words])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def rows(cloud: Cloud, which: str) -> list[Any]:
    found = cloud.admin("dynamodb").scan(TableName=cloud.settings.resource("messages"))["Items"]
    return [row for row in found if row["pk"]["S"].startswith(f"{which}#")]


# Messages


def test_a_message_that_failed_is_listed_with_its_reason_and_nobody_s_name(town: Town) -> None:
    failed(town)

    (one,) = listed(town)

    assert (one["pipeline"], one["agency"], one["what"]) == ("unsent", AGENCY, "assistant_later too_late")
    assert LAN not in str(one)
    assert schedules.reconciled(town.made) == 0, "nobody begins it again by himself"
    assert notes(town.cloud) == []


def test_it_is_sent_anew_on_a_person_s_word_once(town: Town) -> None:
    failed(town)
    assert run(town, "again", "--dry-run") == "unsent: 1 would be begun again"
    assert state(town) is State.FAILED

    assert run(town, "again", "--agency", AGENCY) == "unsent: 1 begun again"

    assert listed(town) == []
    assert (deliver_all(town.made, town.cloud), state(town)) == (1, State.SENT)
    assert len(town.made.simulated_chat.conversation(AGENCY, LAN)) == 1
    assert run(town, "again") == "unsent: 0 begun again"
    assert rows(town.cloud, "failed") == rows(town.cloud, "waiting") == []


def test_begun_again_it_has_its_whole_time_and_its_note_may_be_lost_too(town: Town) -> None:
    failed(town)
    run(town, "again")
    assert notes(town.cloud)
    town.bureau.later(minutes=4)

    assert town.made.outbox.sweep() == 1
    town.bureau.later(minutes=50)
    deliver_all(town.made, town.cloud)
    assert state(town) is State.SENT


def test_one_that_fails_again_is_listed_again(town: Town) -> None:
    failed(town)
    run(town, "again")
    assert len(notes(town.cloud)) == 1
    town.bureau.later(hours=2)
    town.made.outbox.deliver(DeliverMessage(AGENCY, LAN, town.made.outbox.of(LAN)[0].id))

    assert [one["pipeline"] for one in listed(town)] == ["unsent"]
    assert len(rows(town.cloud, "failed")) == 1


def test_what_is_dropped_or_grown_old_is_listed_no_more_and_stays_as_it_is(town: Town) -> None:
    failed(town, "hello#1")
    assert run(town, "drop", "--dry-run") == "unsent: 1 would be dropped"
    assert len(listed(town)) == 1
    assert run(town, "drop") == "unsent: 1 dropped"
    assert (listed(town), state(town)) == ([], State.FAILED)

    failed(town, "hello#2")
    town.bureau.later(seconds=LATELY.total_seconds() + 1)
    assert listed(town) == []


def test_only_the_agency_that_was_named_is_begun_again(town: Town) -> None:
    failed(town)
    assert run(town, "again", "--agency", "ubnd-tinh-dak-lak") == "unsent: 0 begun again"
    assert len(listed(town)) == 1


def test_of_a_person_who_is_forgotten_no_mark_stays(town: Town) -> None:
    failed(town)
    assert len(rows(town.cloud, "failed")) == 1
    town.made.outbox.forget(LAN)

    assert (rows(town.cloud, "failed"), listed(town)) == ([], [])


def test_one_that_the_worker_died_over_twice_is_listed_as_unsure(town: Town) -> None:
    made = town.made
    made.outbox.queue("assistant_later", TO, "hello#1", FACTS)
    message = made.outbox.find(AGENCY, LAN, "hello#1")
    assert message is not None
    made.simulated_chat.tell(AGENCY, LAN, Fault.SILENT)
    for _ in range(3):
        try:
            made.outbox.deliver(DeliverMessage(AGENCY, LAN, message.id))
        except Unavailable:
            town.bureau.later(minutes=2)

    assert [one["what"] for one in listed(town)] == ["assistant_later unsure"]


# The term of the law


def due(town: Town) -> tuple[Any, str]:
    """An exam whose days are over, and where a part of its build lies that erasing needs."""
    rows = [[f"10000{place}", "8", f"{place + 1:02d}/07/2011"] for place in range(9)]
    held = verified(agency=AGENCY, slug="vao-10-2026")
    released = town.bureau.released(held, csv_file(["sbd", "toan", "ngay_sinh"], rows))
    pointer = released.pointer(town.clock.now())
    assert pointer is not None
    town.bureau.later(days=60, minutes=1)
    return released, pointer.build


def test_erasing_that_is_put_off_for_hours_is_listed_until_it_is_done(town: Town) -> None:
    exam, build = due(town)
    table, dynamodb = town.cloud.settings.resource("exam_scores"), town.cloud.admin("dynamodb")
    (lost, *_) = [
        row
        for row in dynamodb.scan(TableName=table)["Items"]
        if build[:32] in row["pk"]["S"] and row["sk"]["S"].startswith("statistics")
    ]
    dynamodb.delete_item(TableName=table, Key={name: lost[name] for name in ("pk", "sk")})
    found = []
    for _ in range(5):
        assert town.made.erasing.run() == []
        found.append([one["what"] for one in listed(town) if one["pipeline"] == "erasing"])
        town.bureau.later(hours=1)
    assert found == [[], [], [], [exam.slug], [exam.slug]]

    dynamodb.put_item(TableName=table, Item=lost)
    heal(town)
    town.bureau.later(hours=1)
    heal(town)
    assert listed(town) == []


def test_what_is_erased_in_time_is_never_listed(town: Town) -> None:
    due(town)
    for _ in range(6):
        town.made.erasing.run()
        town.bureau.later(hours=1)
        assert listed(town) == []


def heal(town: Town) -> None:
    run(town, "heal")


# Alarms


def test_every_pipeline_rings_when_anything_of_it_is_stuck(town: Town) -> None:
    held = Template(TEMPLATE, {"Stage": "house", "FunctionsDeployed": "yes"}).of_type("AWS::CloudWatch::Alarm")
    rings = {
        each["Value"]
        for alarm in held.values()
        if (alarm["MetricName"], alarm.get("Threshold")) == ("Stuck", 0)
        for each in alarm["Dimensions"]
        if each["Name"] == "pipeline"
    }
    assert rings == set(town.made.stuck())
