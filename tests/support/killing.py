"""Functions of the package that are killed at a chosen call, and go on as Lambda would have them go on.

Fixtures: `made` (the services as the test's own process uses them, by the wall clock; two agencies stand) and `wire`.
The wall clock runs in a function; where a dead worker's lease must lapse, its row is made older instead of waiting."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from handlers.wiring import Services
from infra.lambdas.function import Function, FunctionFailed
from infra.lambdas.sources import QueueSource
from tests.support.cloud import Cloud
from tests.support.dying import Wire
from tests.support.letters import COMMITTEE, DEPARTMENT

STARTED = "handlers.lambdas.started"
LONG_AGO = "2000-01-01T00:00:00+00:00"
LAMBDAS_TRIES = 3  # of a bucket's notice and of the clock's start

Places = Iterator[tuple[int, bool]]


class Source(Protocol):
    """What calls a function until it has done what there is."""

    function: Function

    def until_empty(self, most: int = 60, between: Callable[[], object] = lambda: None) -> int: ...


class Called:
    """A function called once with an event, and again as long as it fails: a bucket's notice, the clock's start."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.event: dict[str, Any] = {}

    def until_empty(self, most: int = LAMBDAS_TRIES, between: Callable[[], object] = lambda: None) -> int:
        """How many calls failed before one did not."""
        last: FunctionFailed | None = None
        for failed in range(most):
            try:
                self.function.invoke(self.event)
                return failed
            except FunctionFailed as failure:
                last = failure
                between()
        raise AssertionError(f"{self.event} failed {most} times") from last


@pytest.fixture(scope="module")
def made(kept_cloud: Cloud) -> Services:
    """The services as this process uses them, by the wall clock; the two agencies stand."""
    services = Services(kept_cloud.settings)
    services.bind()
    services.agencies._store.add([DEPARTMENT, COMMITTEE])
    return services


@pytest.fixture(scope="module")
def wire(kept_cloud: Cloud) -> Iterator[Wire]:
    held = Wire(kept_cloud.engine.endpoint)
    yield held
    held.shutdown()
    held.server_close()


def source(cloud: Cloud, function: Function, queue: str, batch: int = 10) -> QueueSource:
    return QueueSource(cloud.admin("sqs"), cloud.settings.resource(queue), function, batch)


def dead(cloud: Cloud, queue: str) -> list[str]:
    sqs = cloud.admin("sqs")
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(f"{queue}_dead"))["QueueUrl"]
    found = sqs.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages", [])
    for record in found:
        sqs.delete_message(QueueUrl=address, ReceiptHandle=record["ReceiptHandle"])
    return [record["Body"] for record in found]


def send(cloud: Cloud, queue: str, body: str) -> None:
    sqs = cloud.admin("sqs")
    address = sqs.get_queue_url(QueueName=cloud.settings.resource(queue))["QueueUrl"]
    sqs.send_message(QueueUrl=address, MessageBody=body)


def leases_lapse(cloud: Cloud) -> None:
    """A minute passes for whoever looks at the leases of the dead, and half a period for whose turn it is."""
    admin = cloud.admin("dynamodb")
    for short in ("messages", "exam_scores", "once"):
        table = cloud.settings.resource(short)
        for page in admin.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for row in page["Items"]:
                _older(admin, table, row)


def _older(admin: Any, table: str, row: dict[str, Any]) -> None:
    body = json.loads(row["body"]["S"]) if row.get("body", {}).get("S", "").startswith("{") else {}
    if body.get("lease"):
        admin.put_item(TableName=table, Item={**row, "body": {"S": json.dumps({**body, "lease": LONG_AGO})}})
    for name in ("beat", "lease"):
        if name in row:
            admin.put_item(TableName=table, Item={**row, name: {"N": "1"}})


def kill_at_every_call(wire: Wire, reader: Source, cloud: Cloud, arranged: Any, whole: Any, places: Places) -> int:
    """Arrange, kill at that call, go on until nothing is left to do, check; until a run ends before its call comes."""
    kills = 0
    for at, after in places:
        held = arranged(at, after)
        wire.arm(reader.function.kill, at, after)
        reader.until_empty(between=lambda: leases_lapse(cloud))
        whole(held)
        if not wire.killed:
            return kills
        kills += 1
    return kills


def alternating() -> Places:
    """Every call, killed before it in even places and after it in odd ones."""
    return ((at, at % 2 == 1) for at in range(200))


def both() -> Places:
    """Every call, before and after."""
    return ((at, after) for at in range(400) for after in (False, True))


def some() -> Places:
    """A sample of the calls, where each costs much to arrange: every seventh, before it and after it in turn."""
    return ((at, at % 2 == 0) for at in range(1, 400, 7))
