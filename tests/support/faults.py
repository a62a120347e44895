"""Faults between us and AWS: death before or after a call, throttling, lost replies, silence. For tests of survival.

Hooks on botocore's own events of the clients that the code under test uses; nothing of ours is patched. `Killed` is no
Exception, so no handler of ours can swallow it, and a dead process makes no more calls: every later one dies too."""

import random
from collections.abc import Callable
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from miniapp.core.aws import Aws

READS = ("Get", "Head", "List", "Query", "Describe", "BatchGet", "TransactGet", "Scan")


class Killed(BaseException):
    """The process is gone."""


class _Hooks:
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


class CountedCalls(_Hooks):
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


class Throttling(_Hooks):
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
        body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}'
        raw = SimpleNamespace(stream=lambda *sizes, **options: iter([body]), read=lambda *sizes: body)
        return AWSResponse(request.url, 400, {"content-type": "application/x-amz-json-1.0"}, raw)


class LostReplies(_Hooks):
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


class Silence(_Hooks):
    """Some services do not answer at all."""

    def __init__(self, aws: Aws, *services: str) -> None:
        super().__init__(aws, services)
        self.asked = 0
        self.on("before-send", self._send)

    def _send(self, request: Any, **more: Any) -> None:
        self.asked += 1
        raise EndpointConnectionError(endpoint_url=request.url)
