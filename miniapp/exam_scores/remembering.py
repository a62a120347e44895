"""Answers of the store that a process remembers for seconds. For what is asked a million times and changes now and then.

An answer is at most `age` seconds old and is refreshed by one thread at a time, whoever comes meanwhile is served what is
known; when the store does not answer, the last answer serves for `grace` seconds more. The least recently asked for is
forgotten first. It does not know what it remembers."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from miniapp.core.clock import Clock
from miniapp.core.errors import Unavailable

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Held(Generic[Answer]):
    answer: Answer | None
    asked: float
    lock: threading.Lock
    tried: float = float("-inf")  # when the store was last asked in vain


class Remembered(Generic[Key, Answer]):
    """Answers with an age, by what was asked for."""

    def __init__(self, ask: Callable[[Key], Answer], clock: Clock, age: int, grace: int, most: int) -> None:
        self._ask = ask
        self._clock = clock
        self._age = age
        self._grace = grace
        self._most = most
        self._held: OrderedDict[Key, _Held[Answer]] = OrderedDict()
        self._guard = threading.Lock()
        self.reads = 0

    def get(self, key: Key) -> Answer | None:
        """The answer as it was at most `age` seconds ago; None where that is the answer."""
        now = self._clock.now().timestamp()
        held = self._held.get(key)
        if (
            held is None
            or now - max(held.asked, held.tried) >= self._age
            or now - held.asked >= self._age + self._grace
        ):
            held = self._refreshed(key, now)
        return held.answer

    def _refreshed(self, key: Key, now: float) -> _Held[Answer]:
        with self._guard:
            held = self._held.setdefault(key, _Held(None, float("-inf"), threading.Lock()))
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        fresh_enough = now - held.asked < self._age + self._grace
        if not held.lock.acquire(blocking=not fresh_enough):
            return held  # somebody else is asking; what we know is young enough meanwhile
        try:
            if now - held.asked < self._age:
                return held
            self.reads += 1
            held.answer = self._ask(key)
            held.asked = now
        except Unavailable:
            held.tried = now  # a silent store keeps one asker waiting in each `age`, not every one
            if now - held.asked >= self._age + self._grace:
                raise
        finally:
            held.lock.release()
        return held
