"""A shared cache before the app and a browser behind it, both on a stopped clock: how old may be what people see? (F11)

Kept is what RFC 9111 lets be kept and for as long: `s-maxage` before `max-age` where many share, nothing that is private
or not stored, nothing that sets a cookie, told apart by address and by what `Vary` names. It says how old an answer is
(`Age`) only where it is told to, since not every cache does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import Headers, ResponseCacheControl
from werkzeug.http import parse_cache_control_header, parse_set_header
from werkzeug.test import run_wsgi_app

from tests.support.fakes import StoppedClock

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Kept:
    """One answer, from when to when it is fresh, and which request's words it was chosen by."""

    body: bytes
    status: str
    headers: Headers
    since: datetime
    until: datetime
    chosen_by: dict[str, str]


class Cache:
    """A WSGI layer that keeps answers; stack two, and the outer one is a browser (`shared=False`)."""

    def __init__(self, inner: Wsgi, clock: StoppedClock, shared: bool = True, says_age: bool = True) -> None:
        self._inner, self._clock, self._shared, self._says_age = inner, clock, shared, says_age
        self._kept: dict[str, list[Kept]] = {}
        self.passed_on = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI."""
        key = f"{environ.get('HTTP_HOST')}{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        now = self._clock.now()
        held = next((one for one in self._kept.get(key, []) if one.until > now and _fits(one, environ)), None)
        if held is None or environ["REQUEST_METHOD"] != "GET":
            held = self._fetched(environ, now)
            if environ["REQUEST_METHOD"] == "GET" and held.until > now:
                self._kept.setdefault(key, []).insert(0, held)
        headers = held.headers.copy()
        if self._shared and self._says_age and held.until > held.since:
            headers["Age"] = str(int((now - held.since).total_seconds()))
        start_response(held.status, list(headers))
        return [held.body]

    def _fetched(self, environ: dict[str, Any], now: datetime) -> Kept:
        self.passed_on += 1
        parts, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        life = timedelta(seconds=self._life(headers) - int(headers.get("Age", 0)))
        chosen_by = {name: environ.get(_variable(name), "") for name in parse_set_header(headers.get("Vary"))}
        return Kept(b"".join(parts), status, headers, now, now + life, chosen_by)

    def _life(self, headers: Headers) -> int:
        said = parse_cache_control_header(headers.get("Cache-Control"), cls=ResponseCacheControl)
        if said.no_store or said.no_cache or (self._shared and (said.private or "Set-Cookie" in headers)):
            return 0
        own = said.s_maxage if self._shared else None
        return own if own is not None else said.max_age or 0


def _fits(held: Kept, environ: dict[str, Any]) -> bool:
    return "*" not in held.chosen_by and all(
        environ.get(_variable(name), "") == word for name, word in held.chosen_by.items()
    )


def _variable(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"
