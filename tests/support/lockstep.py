"""Requests that all decide before any of them writes: what many processes at once can do to each other, every time.

For tests of limits. A hook on botocore's own events of the client that the code under test uses; nothing of ours is
patched. Who does not come to his last read in a minute breaks the gate for all."""

from collections import Counter
from threading import Barrier, Lock, get_ident
from types import TracebackType
from typing import Any, Self

from miniapp.core.aws import Aws

ASKED, ANSWERED = "before-parameter-build.dynamodb.GetItem", "after-call.dynamodb.GetItem"
COUNTERS = "limits"
READS_OF_ONE = 3  # number, form and address
PATIENCE = 60


class ReadTogether:
    """Nobody gets the answer to the last read of the counters before all `parties` have asked."""

    def __init__(self, aws: Aws, parties: int) -> None:
        self._events = aws.dynamodb.meta.events
        self._gate = Barrier(parties)
        self._counters: set[int] = set()  # threads whose call that is under way asks for a counter
        self._reads: Counter[int] = Counter()
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._events.register(ASKED, self._asked)
        self._events.register(ANSWERED, self._answered)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.unregister(ASKED, self._asked)
        self._events.unregister(ANSWERED, self._answered)

    def _asked(self, params: dict[str, Any], **more: Any) -> None:
        with self._lock:
            (self._counters.add if params["TableName"].endswith(COUNTERS) else self._counters.discard)(get_ident())

    def _answered(self, **more: Any) -> None:
        with self._lock:
            if get_ident() not in self._counters:
                return
            self._reads[get_ident()] += 1
            is_last = self._reads[get_ident()] == READS_OF_ONE
        if is_last:
            self._gate.wait(timeout=PATIENCE)
