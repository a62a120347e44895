"""Dead letters: notes that failed five times. For operators, who look at them, give them back to their queue, or drop them.

Giving back sends first and deletes after, record by record: stopped anywhere, nothing is lost, and at most one note comes
twice, which every worker bears. Of a note only ids are shown, never whom it is about. It decides nothing by itself."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from miniapp.core.aws import Aws
from miniapp.core.errors import Unavailable
from miniapp.core.queues import Queues

SUFFIX = "_dead"
BATCH = 10
HELD = 120  # seconds for which a note that is looked at or moved is nobody else's
SHOWN = ("agency", "slug", "edition", "exam", "upload", "message", "schedule")
EMPTY_TWICE = 2  # a queue lies on many machines: one that says it is empty may hold some


@dataclass(frozen=True)
class Dead:
    """One dead letter: its id, when it was first sent, what it is about."""

    id: str
    sent_at: datetime
    about: dict[str, str]


class DeadLetters:
    """The dead letters of one stage."""

    def __init__(self, aws: Aws, queues: Queues, held: int = HELD) -> None:
        self._aws = aws
        self._queues = queues
        self._held = held

    def count(self, queue: str) -> int:
        """How many lie there, about."""
        address = self._address(queue, queue + SUFFIX)
        asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        held = self._call("get_queue_attributes", queue, QueueUrl=address, AttributeNames=asked)
        return sum(int(held["Attributes"].get(name, 0)) for name in asked)

    def look(self, queue: str, most: int) -> list[Dead]:
        """Up to `most` dead letters; they stay."""
        address = self._address(queue, queue + SUFFIX)
        taken = list(self._taken(queue, most))
        for record in taken:
            back = {"ReceiptHandle": record["ReceiptHandle"], "VisibilityTimeout": 0}
            self._call("change_message_visibility", queue, QueueUrl=address, **back)
        return [_dead(record) for record in taken]

    def redrive(self, queue: str, most: int, tell: Callable[[int], None] = lambda done: None) -> int:
        """Give up to `most` back to the queue they come from; how many."""
        living = self._address(queue, queue)

        def give_back(record: dict[str, Any]) -> None:
            self._call("send_message", queue, QueueUrl=living, MessageBody=record["Body"])

        return self._moved(queue, most, give_back, tell)

    def drop(self, queue: str, most: int, tell: Callable[[int], None] = lambda done: None) -> int:
        """Delete up to `most` for good; how many."""
        return self._moved(queue, most, lambda record: None, tell)

    def _moved(
        self, queue: str, most: int, first: Callable[[dict[str, Any]], None], tell: Callable[[int], None]
    ) -> int:
        address = self._address(queue, queue + SUFFIX)
        done = 0
        for record in self._taken(queue, most):
            first(record)
            self._call("delete_message", queue, QueueUrl=address, ReceiptHandle=record["ReceiptHandle"])
            done += 1
            tell(done)
        return done

    def _taken(self, queue: str, most: int) -> Iterator[dict[str, Any]]:
        address = self._address(queue, queue + SUFFIX)
        ask = {"AttributeNames": ["SentTimestamp"], "VisibilityTimeout": self._held, "WaitTimeSeconds": 1}
        taken = empty = 0
        while taken < most and empty < EMPTY_TWICE:
            size = min(BATCH, most - taken)
            found = self._call("receive_message", queue, QueueUrl=address, MaxNumberOfMessages=size, **ask)
            records = found.get("Messages", [])
            empty = 0 if records else empty + 1
            taken += len(records)
            yield from records

    def _address(self, queue: str, whole: str) -> str:
        return str(self._answered(queue, lambda: self._queues.address(whole)))

    def _call(self, operation: str, queue: str, **asked: Any) -> Any:
        return self._answered(queue, lambda: getattr(self._aws.sqs, operation)(**asked))

    @staticmethod
    def _answered(queue: str, ask: Callable[[], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return ask()
        except (BotoCoreError, ClientError) as failure:
            raise Unavailable("queue_unavailable", queue=queue) from failure


def _dead(record: dict[str, Any]) -> Dead:
    sent = int(record.get("Attributes", {}).get("SentTimestamp", 0))
    return Dead(record["MessageId"], datetime.fromtimestamp(sent / 1000, UTC), _about(record["Body"]))


def _about(body: str) -> dict[str, str]:
    """The ids of a note; of what Lambda could not do, what was asked of it and the kind of its failure."""
    try:
        held = json.loads(body)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        return {"unreadable": f"{len(body)} characters"}
    asked, answer = held.get("requestPayload"), held.get("responsePayload")
    facts = {**held, **(asked if isinstance(asked, dict) else {})}
    shown = {name: str(facts[name])[:80] for name in SHOWN if name in facts}
    if isinstance(answer, dict) and "errorType" in answer:
        shown["failure"] = str(answer["errorType"])[:80]
    return shown
