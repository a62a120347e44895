"""What a store did not do of a batch is asked again until all is there (F37)."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Unavailable
from tests.support.cloud import Cloud
from tests.support.letters import services

MANY = 30


class Halves:
    """The store answers a batch with nothing done, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.asked = 0

    def send(self, request: Any, **_: Any) -> AWSResponse | None:
        if "BatchGetItem" not in str(request.headers.get("X-Amz-Target", b"")):
            return None
        self.asked += 1
        if not self.left:
            return None
        self.left -= 1
        undone = json.loads(request.body)["RequestItems"]
        body = json.dumps({"Responses": {}, "UnprocessedKeys": undone}).encode()
        raw = SimpleNamespace(stream=lambda *sizes, **options: iter([body]), read=lambda *sizes: body)
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, raw)


@pytest.fixture
def store(cloud: Cloud) -> AgencyStore:
    services(cloud)
    held = AgencyStore()
    held.add([Agency(f"xa-{place}", f"xa-{place}", Kind.COMMUNE, "Xã", "Commune") for place in range(MANY)])
    return held


@pytest.mark.parametrize("times", [1, 3])
def test_keys_that_a_store_did_not_get_to_are_asked_again(store: AgencyStore, cloud: Cloud, times: int) -> None:
    halves = Halves(times)
    events = cloud.aws.dynamodb.meta.events
    events.register("before-send", halves.send)
    try:
        found = store.existing([f"xa-{place}" for place in range(MANY + 5)])
    finally:
        events.unregister("before-send", halves.send)

    assert len(found) == MANY
    assert halves.asked > times


def test_a_store_that_never_gets_to_them_is_away_and_not_empty(store: AgencyStore, cloud: Cloud) -> None:
    halves = Halves(10_000)
    events = cloud.aws.dynamodb.meta.events
    events.register("before-send", halves.send)
    try:
        with pytest.raises(Unavailable):
            store.existing([f"xa-{place}" for place in range(MANY)])
    finally:
        events.unregister("before-send", halves.send)
    assert halves.asked < 100
