"""`flask … dlq`: dead letters looked at, given back and dropped; whatever stops it, nothing is lost (F41)."""

import json
from typing import Any

import pytest
from click.testing import Result

from miniapp.core.dead_letters import DeadLetters
from tests.support.cloud import Cloud
from tests.support.faults import CountedCalls, Killed, Silence
from tests.support.letters import AGENCY, LAN, Town, notes

ABOUT = {"agency": AGENCY, "user": LAN, "message": "f" * 32, "v": 1}


@pytest.fixture
def town(cloud: Cloud) -> Town:
    made = Town(cloud)
    for queue in ("messages", "score_imports", "score_tellings"):
        notes(cloud, queue)
    return made


def died(cloud: Cloud, queue: str, *bodies: str) -> None:
    sqs = cloud.admin("sqs")
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(f"{queue}_dead"))["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=address, MessageBody=body)


def note(place: int) -> str:
    return json.dumps({**ABOUT, "message": f"{place:032x}"})


def run(town: Town, *words: str) -> Result:
    return town.app().test_cli_runner().invoke(args=["dlq", *words])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_queue_is_listed_with_what_its_notes_are_about_and_not_whom(town: Town) -> None:
    died(town.cloud, "messages", note(1), "not json")
    died(
        town.cloud,
        "schedules",
        json.dumps(
            {
                "requestPayload": {"schedule": "erase_old"},
                "responsePayload": {"errorType": "Unavailable", "errorMessage": LAN},
            }
        ),
    )

    result = run(town, "list", "--json")

    held = told(result)
    assert {name: one["count"] for name, one in held.items() if one["count"]} == {"messages": 2, "schedules": 1}
    assert held["messages"]["notes"][0]["message"] == f"{1:032x}"
    assert held["messages"]["notes"][1]["unreadable"] == "8 characters"
    assert (held["schedules"]["notes"][0]["schedule"], held["schedules"]["notes"][0]["failure"]) == (
        "erase_old",
        "Unavailable",
    )
    assert LAN not in result.output
    assert told(run(town, "list", "messages", "--json"))["messages"]["count"] == 2, "looking takes nothing away"
    assert f"message={1:032x}" in run(town, "list", "messages").stdout


def test_a_dry_run_says_what_it_would_do_and_does_nothing(town: Town) -> None:
    died(town.cloud, "messages", *map(note, range(13)))

    for words in (("redrive", "messages"), ("drop", "messages")):
        held = told(run(town, *words, "--dry-run", "--json"))
        assert (held["notes"], held["dry_run"], len(held["about"])) == (13, True, 13)

    assert notes(town.cloud, "messages") == []
    assert town.made.dead_letters.count("messages") == 13


def test_all_are_given_back_to_the_queue_they_come_from(town: Town) -> None:
    bodies = [*map(note, range(23)), "poison"]
    died(town.cloud, "messages", *bodies)
    died(town.cloud, "score_imports", "another queue's")

    assert told(run(town, "redrive", "messages", "--json"))["notes"] == 24

    assert sorted(notes(town.cloud, "messages")) == sorted(bodies)
    assert town.made.dead_letters.count("messages") == 0
    assert town.made.dead_letters.count("score_imports") == 1


def test_no_more_are_taken_than_asked_for(town: Town) -> None:
    died(town.cloud, "messages", *map(note, range(5)))

    assert "messages: 2 given back" in run(town, "redrive", "messages", "--most", "2").stdout
    assert "messages: 1 dropped" in run(town, "drop", "messages", "--most", "1").stdout

    assert len(notes(town.cloud, "messages")) == 2
    assert town.made.dead_letters.count("messages") == 2


def test_an_empty_queue_is_no_fault(town: Town) -> None:
    assert told(run(town, "redrive", "score_tellings", "--json"))["notes"] == 0


def test_what_lambda_gave_up_has_no_queue_to_go_back_to(town: Town) -> None:
    assert run(town, "redrive", "schedules").exit_code == 2
    died(town.cloud, "schedules", "{}")
    assert told(run(town, "drop", "schedules", "--json"))["notes"] == 1


def test_a_queue_that_does_not_answer_is_one_line(town: Town) -> None:
    with Silence(town.made.aws, "sqs"):
        result = run(town, "list", "messages")
    assert result.exit_code == 1
    assert "queue_unavailable" in result.output


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "its reply lost"])
def test_killed_at_any_call_nothing_is_lost_and_at_most_one_comes_twice(town: Town, after: bool) -> None:
    bodies = sorted(map(note, range(4)))
    at = 0
    while True:
        died(town.cloud, "messages", *bodies)
        with CountedCalls(town.cloud.aws, at, after) as calls:
            try:
                DeadLetters(town.cloud.aws, town.made.queues, held=0).redrive("messages", 4)
                whole = True
            except Killed:
                whole = False
        found = notes(town.cloud, "messages") + _left(town)
        assert sorted(set(found)) == bodies, calls.calls
        assert len(found) <= len(bodies) + 1
        if whole:
            break
        at += 1
    assert at >= 8


def _left(town: Town) -> list[str]:
    """What lies among the dead letters still; taken away."""
    return notes(town.cloud, "messages_dead")
