"""Faults between us and AWS: death before or after a call, throttling, lost replies, silence. For tests of survival.

Hooks on botocore's own events of the clients that the code under test uses; nothing of ours is patched. `Killed` is no
Exception, so no handler of ours can swallow it, and a dead process makes no more calls: every later one dies too."""

import json
import random
from collections.abc import Callable, Collection
from threading import Lock
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from miniapp.core.aws import Aws

TYPES = b"com.amazonaws.dynamodb.v20120810"
READS = ("Get", "Head", "List", "Query", "Describe", "BatchGet", "TransactGet", "Scan")


class Killed(BaseException):
    """The process is gone."""


class Hooks:
    """Handlers on every client for as long as the block runs."""

    def __init__(self, aws: Aws, services: tuple[str, ...] = ("dynamodb", "s3", "sqs")) -> None:
        self._clients: list[Any] = [getattr(aws, service) for service in services]
        self._handlers: list[tuple[str, Callable[..., Any]]] = []

    def on(self, event: str, handler: Callable[..., Any]) -> None:
        self._handlers.append((event, handler))

    def __enter__(self) -> Self:
        for client in self._clients:
            for event, handler in self._handlers:
                client.meta.events.register(event, handler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            for event, handler in self._handlers:
                client.meta.events.unregister(event, handler)


class CountedCalls(Hooks):
    """Every call by name, in order; with `at` the process dies at that call (from 0), before it is sent or after."""

    def __init__(self, aws: Aws, at: int | None = None, after: bool = False) -> None:
        super().__init__(aws)
        self.calls: list[str] = []
        self._at = at
        self._after = after
        self._dead = False
        self.on("before-call", self._before)
        self.on("after-call", self._answered)

    @property
    def writes(self) -> list[int]:
        """The places of calls that change something."""
        return [place for place, name in enumerate(self.calls) if not name.startswith(READS)]

    def _before(self, model: Any, **more: Any) -> None:
        if self._dead:
            raise Killed
        self.calls.append(model.name)
        if len(self.calls) - 1 == self._at and not self._after:
            self._dead = True
            raise Killed

    def _answered(self, **more: Any) -> None:
        if self._after and len(self.calls) - 1 == self._at:
            self._dead = True
            raise Killed


class Throttling(Hooks):
    """A share of requests (retries too) is refused by DynamoDB for being too many."""

    def __init__(self, aws: Aws, share: float, seed: int) -> None:
        super().__init__(aws, ("dynamodb",))
        self._share = share
        self._chance = random.Random(seed)
        self.refused = 0
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> AWSResponse | None:
        if self._chance.random() >= self._share:
            return None
        self.refused += 1
        return _refusal(
            request, b'{"__type":"%s#ProvisionedThroughputExceededException","message":"slow down"}' % TYPES
        )


class LongThrottling(Hooks):
    """Some requests (by their place, from 1) are refused so many times in a row; all others go through."""

    def __init__(self, aws: Aws, at: set[int], times: int) -> None:
        super().__init__(aws, ("dynamodb",))
        self.refused = 0
        self._at = at
        self._times = times
        self._seen = 0
        self._left: dict[str, int] = {}
        self._one_at_a_time = Lock()
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> AWSResponse | None:
        name = str(request.headers.get("amz-sdk-invocation-id"))
        with self._one_at_a_time:
            if name not in self._left:
                self._seen += 1
                self._left[name] = self._times if self._seen in self._at else 0
            if not self._left[name]:
                return None
            self._left[name] -= 1
            self.refused += 1
        return _refusal(
            request, b'{"__type":"%s#ProvisionedThroughputExceededException","message":"slow down"}' % TYPES
        )


def _refusal(request: Any, body: bytes, status: int = 400) -> AWSResponse:
    raw = SimpleNamespace(stream=lambda *sizes, **options: iter([body]), read=lambda *sizes: body)
    return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, raw)


class LostReplies(Hooks):
    """A share of writes is done, but the answer never comes: the client must find out by itself."""

    def __init__(self, aws: Aws, share: float, seed: int) -> None:
        super().__init__(aws, ("dynamodb",))
        self._send_for_real = aws.dynamodb._endpoint.http_session.send
        self._share = share
        self._chance = random.Random(seed)
        self.lost = 0
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        name = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        if name.startswith(READS) or self._chance.random() >= self._share:
            return
        self._send_for_real(request)
        self.lost += 1
        raise ReadTimeoutError(endpoint_url=request.url)


class Silence(Hooks):
    """Some services do not answer at all."""

    def __init__(self, aws: Aws, *services: str) -> None:
        super().__init__(aws, services)
        self.asked = 0
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> None:
        self.asked += 1
        raise EndpointConnectionError(endpoint_url=request.url)


class DeniedKey(Hooks):
    """Tables and buckets whose key is denied answer nothing; all others do."""

    def __init__(self, aws: Aws, tables: Collection[str], buckets: Collection[str] = ()) -> None:
        super().__init__(aws, ("dynamodb", "s3"))
        self.refused = 0
        self._tables = frozenset(tables)
        self._buckets = frozenset(buckets)
        self.on("before-send.dynamodb", self._table)
        self.on("before-send.s3", self._bucket)

    def _table(self, request: Any, **more: Any) -> AWSResponse | None:
        if self._tables.isdisjoint(_tables_of(json.loads(request.body))):
            return None
        self.refused += 1
        return _refusal(request, b'{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"kms:Decrypt"}')

    def _bucket(self, request: Any, **more: Any) -> AWSResponse | None:
        if urlsplit(request.url).path.split("/")[1] not in self._buckets:
            return None
        self.refused += 1
        return _refusal(request, b"<Error><Code>AccessDenied</Code><Message>kms:Decrypt</Message></Error>", 403)


def _tables_of(asked: Any) -> set[str]:
    """The tables that a request names, in a transaction or a batch too."""
    if isinstance(asked, list):
        return set().union(*map(_tables_of, asked))
    if not isinstance(asked, dict):
        return set()
    named = {asked["TableName"]} if isinstance(asked.get("TableName"), str) else set()
    return named.union(asked.get("RequestItems", ()), *map(_tables_of, asked.values()))


class CancelledTransactions(Hooks):
    """The first transactions are cancelled by DynamoDB for a reason of its own, such as one throttled row."""

    def __init__(self, aws: Aws, reason: str, times: int) -> None:
        super().__init__(aws, ("dynamodb",))
        self.cancelled = 0
        self._reason = reason
        self._times = times
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> AWSResponse | None:
        target = request.headers.get("X-Amz-Target", b"")
        name = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        if name != "TransactWriteItems" or self.cancelled >= self._times:
            return None
        self.cancelled += 1
        body = b'{"__type":"%s#TransactionCanceledException","Message":"no","CancellationReasons":[{"Code":"%s"}]}'
        return _refusal(request, body % (TYPES, self._reason.encode()))
