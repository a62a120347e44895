"""The entries for messages and rounds, called as Lambda calls them: record by record, twice, poisoned."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from handlers.lambdas import schedules, workers
from miniapp.exam_scores.rounds import TellWave
from miniapp.messaging.model import DeliverMessage
from tests.support.cloud import Cloud
from tests.support.letters import AGENCY, LAN, TO, notes

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}


@pytest.fixture
def environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The settings as a function gets them; the process makes its services from them."""
    for name in ("stage", "base_url", "session_key", "factor_keys", "aws_endpoint", "chat"):
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", getattr(cloud.settings, name))
    workers.services.cache_clear()
    yield cloud
    workers.services.cache_clear()


def event(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{place}", "body": body} for place, body in enumerate(bodies)]}


def test_a_poisoned_note_fails_alone_and_the_same_note_twice_is_one_message(environment: Cloud) -> None:
    outbox = workers.services().outbox
    outbox.queue("assistant_later", TO, "hello#1", FACTS)
    (body,) = notes(environment)
    answer = workers.deliver_messages(event(body, "not json", body, "[]", "{}"), None)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["m1", "m3", "m4"]
    assert len(workers.services().simulated_chat.conversation(AGENCY, LAN)) == 1


def test_a_note_of_the_release_before_or_after_ours_is_read(environment: Cloud) -> None:
    outbox = workers.services().outbox
    outbox.queue("assistant_later", TO, "hello#1", FACTS)
    message = outbox.find(AGENCY, LAN, "hello#1")
    assert message is not None
    held = asdict(DeliverMessage(AGENCY, LAN, message.id))
    older = {name: value for name, value in held.items() if name != "v"}
    answer = workers.deliver_messages(event(json.dumps({**older, "priority": "high"})), None)
    assert answer == {"batchItemFailures": []}
    assert len(workers.services().simulated_chat.conversation(AGENCY, LAN)) == 1


def test_notes_about_what_is_gone_are_done_with(environment: Cloud) -> None:
    gone = json.dumps(asdict(DeliverMessage(AGENCY, LAN, "f" * 32)))
    assert workers.deliver_messages(event(gone), None) == {"batchItemFailures": []}
    wave = json.dumps(asdict(TellWave(AGENCY, "no-such-exam")))
    assert len(workers.tell_waves(event(wave), None)["batchItemFailures"]) == 1


def test_the_schedules_of_an_empty_house_do_nothing(environment: Cloud) -> None:
    assert schedules.begin_rounds({}, None) == 0
    assert schedules.sweep_outbox({}, None) == 0
    assert schedules.erase_old({}, None) == 0
    assert schedules.anchor_audit({}, None) == 0
