"""The chat's side for tests: the outbox, the simulated chat, consents and registrations on one engine, time stopped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.wiring import Services
from miniapp.accounts.model import Wording
from miniapp.core.queues import decode
from miniapp.messaging.model import Addressed, DeliverMessage, Fact, Said
from miniapp.zalo.model import Button
from tests.support.cloud import Cloud
from tests.support.fakes import CountedIds, StoppedClock

AGENCY = "so-gddt-dak-lak"
LAN, MINH = "84000000000000001", "84000000000000002"
TO = Addressed(AGENCY, LAN)
WORDINGS = {"score_news": (Wording("score_news", "1", date(2026, 1, 1)),)}


class PlainWords:
    """Says the name and the facts."""

    def render(self, name: str, language: str, facts: Mapping[str, Fact]) -> Said:
        text = f"{name} {language} " + " ".join(f"{key}={value}" for key, value in sorted(facts.items()))
        link = str(facts.get("link", ""))
        return Said(text, (Button("open", link),) if link else ())


def services(cloud: Cloud, clock: StoppedClock | None = None, **settings: Any) -> Services:
    """The whole wiring on this engine, with a stopped clock and ids that can be foretold."""
    clock = clock or StoppedClock()
    made = Services(replace(cloud.settings, **settings), clock, CountedIds(), lambda seconds: None)
    made.aws = cloud.aws
    made.bind()
    return made


def notes(cloud: Cloud, queue: str = "messages") -> list[Any]:
    """Take what lies on a queue, as a worker would (delays are waited for by nobody: they are kept short in tests)."""
    sqs = cloud.admin("sqs")
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(queue))["QueueUrl"]
    found = []
    while records := sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages", []):
        for record in records:
            sqs.delete_message(QueueUrl=address, ReceiptHandle=record["ReceiptHandle"])
            found.append(record["Body"])
    return found


def deliver_all(made: Services, cloud: Cloud) -> int:
    """What the worker does with everything that waits now."""
    held = [decode(DeliverMessage, body) for body in notes(cloud)]
    for note in held:
        made.outbox.deliver(note)
    return len(held)
