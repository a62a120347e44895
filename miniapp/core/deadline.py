"""How long an answer may still take. For the web entry, which knows, and the AWS clients, which ask before every call.

A store that hangs would be asked three times by every read of a page, and the front door gives up before that. Within a
deadline no call begins that could not end before it: the page is then a polite 503. Outside of one (workers, commands)
nothing is hurried. It stops no work of our own, only calls."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Now = Callable[[], float]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

LEFT = "motcua.seconds_left"  # what the function's own time limit leaves, in a request's environ
DESK = 27.0  # an approval reads a whole edition again; below the console function's limit of 28
DESKS = "/console/"

_until: ContextVar[tuple[float, Now] | None] = ContextVar("until", default=None)


def left() -> float | None:
    """Seconds until the answer must be there; None when nobody waits."""
    held = _until.get()
    return None if held is None else held[0] - held[1]()


@contextmanager
def within(seconds: float, now: Now = time.monotonic) -> Iterator[None]:
    """What is asked in here must be answered within so many seconds."""
    mark = _until.set((now() + seconds, now))
    try:
        yield
    finally:
        _until.reset(mark)


class InTime:
    """A WSGI app whose answers must be there in time."""

    def __init__(self, inner: Wsgi, page: float, now: Now = time.monotonic) -> None:
        self._inner = inner
        self._page = page
        self._desk = max(page, DESK)
        self._now = now

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI. What is streamed after the answer began is hurried no more."""
        seconds = self._desk if environ.get("PATH_INFO", "").startswith(DESKS) else self._page
        with within(min(seconds, environ.get(LEFT, seconds)), self._now):
            return self._inner(environ, start_response)
