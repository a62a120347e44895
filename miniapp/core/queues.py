"""Queues of small notes. For services that leave news, and for workers that read it record by record.

A note is a frozen dataclass in the slice that reads it: ids and facts, never documents or personal data, with a version
`v`. A queue carries one kind of note. Delivery is at least once and in any order: what reads a note must bear both."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar

from miniapp.core import log, metrics
from miniapp.core.aws import Aws
from miniapp.core.errors import Unavailable
from miniapp.core.personal import Personal
from miniapp.core.settings import Settings

RESERVE = 5  # seconds that must be left of a function's time for another record to be begun
TRIES = 5  # as in the redrive policies of `infra/stack.yaml`: a note that fails once more goes to the dead letters


class Note(Protocol):
    """What travels on a queue; `queue` is the queue's short name in `infra/stack.yaml`."""

    queue: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


NoteT = TypeVar("NoteT", bound=Note)


class Queues:
    """Sends notes."""

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings
        self._addresses: dict[str, str] = {}

    def send(self, note: Note, delay: int = 0) -> None:
        """Leave a note, readable after `delay` seconds (0-900); Unavailable when the queue does not answer."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._aws.sqs.send_message(QueueUrl=self.address(note.queue), MessageBody=encode(note), DelaySeconds=delay)
        except (BotoCoreError, ClientError) as failure:
            raise Unavailable("queue_unavailable", queue=note.queue) from failure

    def address(self, queue: str) -> str:
        """The queue's URL, asked once per process."""
        if queue not in self._addresses:
            found = self._aws.sqs.get_queue_url(QueueName=self._settings.resource(queue))
            self._addresses[queue] = found["QueueUrl"]
        return self._addresses[queue]


def encode(note: Note) -> str:
    """A note as JSON; refuses personal data by its type."""
    facts = asdict(note)
    if any(isinstance(value, Personal) for value in facts.values()):
        raise TypeError("personal data does not travel on a queue")
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False)


def decode(kind: type[NoteT], body: str) -> NoteT:
    """A note from JSON; unknown names are ignored and missing ones take defaults, so two releases can run together."""
    held = json.loads(body)
    if not isinstance(held, dict):
        raise ValueError("a note is an object")
    names = {spec.name for spec in fields(kind)}
    return kind(**{name: value for name, value in held.items() if name in names})


def per_record(kind: type[NoteT], work: Callable[[NoteT], None]) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """A Lambda entry for one queue: does `work` for every record and reports just the records that failed.

    Takes exactly (event, context), and nothing escapes: Zappa calls a function again on TypeError (house trap 1).
    Records that the function's time may not last for are given back unread, all but the first."""

    def entry(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        records = event.get("Records", [])
        failed = []
        for place, record in enumerate(records):
            if place and _is_late(context):
                log.warning("notes_given_back", queue=kind.queue, notes=len(records) - place)
                failed += records[place:]
                break
            try:
                work(decode(kind, record["body"]))
            except Exception as failure:  # a poisoned note goes to the dead letters after its tries (F41)
                log.error("note_failed", failure, queue=kind.queue, note=record.get("messageId"))
                failed.append(record)
        _tell(kind.queue, records, failed)
        return {"batchItemFailures": [{"itemIdentifier": record.get("messageId")} for record in failed]}

    return entry


def _is_late(context: Any) -> bool:
    return context is not None and context.get_remaining_time_in_millis() < RESERVE * 1000


def _tell(queue: str, records: Sequence[Mapping[str, Any]], failed: Sequence[Mapping[str, Any]]) -> None:
    """What became of a batch, and how long its oldest note had waited."""
    if not records:
        return
    told = [record.get("attributes", {}) for record in records]
    sent = [int(held["SentTimestamp"]) for held in told if "SentTimestamp" in held]
    begun = [
        int(held["ApproximateFirstReceiveTimestamp"]) for held in told if "ApproximateFirstReceiveTimestamp" in held
    ]
    age = {"NoteAge": max(0.0, (max(begun) - min(sent)) / 1000)} if sent and begun else {}
    last = sum(int(record.get("attributes", {}).get("ApproximateReceiveCount", 0)) >= TRIES for record in failed)
    figures = {"NotesDone": len(records) - len(failed), "NotesFailed": len(failed), "NotesDead": last}
    metrics.put({"queue": queue}, **figures, **age)
