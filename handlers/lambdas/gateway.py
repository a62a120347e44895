"""What a front door sends, as a WSGI call, and the answer as that door wants it. For the web functions, once per request.

Understands API Gateway's two payloads, function URLs (they speak the second) and load balancers with or without
multi-value headers. Everything else is no request of a person and is refused with an error: there are no commands to
run here, whatever a direct invocation carries. It routes nothing and knows no page."""

import base64
import binascii
import hmac
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from handlers.lambdas import replies
from miniapp.core.deadline import LEFT, within

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Quick = Callable[[str, str, str], tuple[str, tuple[tuple[str, str], ...]] | None]  # method, path, query → page, headers
Event = Mapping[str, Any]

BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_PORT": "443",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "https",  # people reach every door of ours by https
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
ORIGIN_HEADER = "x-origin-secret"
ENDING = 0.5  # seconds of a function's time that its answer needs once it is made
OUTSIDE = (403, "Forbidden")
UNREADABLE = (400, "Bad Request")


class NotARequest(Exception):
    """Somebody invoked the function with something that no front door sends."""


class Gateway:
    """One WSGI app behind any front door.

    With a `secret`, only what came through our own edge is served (F7), and it is served under the public name `host`:
    the edge reaches this function under another one, which must stand in no answer. Behind the edge `quick` is asked
    first, within `page` seconds: what it answers needs no WSGI call, and its text goes out without ever being bytes."""

    def __init__(self, app: Wsgi, host: str, secret: str = "", quick: Quick | None = None, page: float = 6.0) -> None:
        self._app = app
        self._host = host
        self._secret = secret.encode()
        self._quick = quick if secret else None
        self._page = page

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        """Lambda's entry."""
        kind = kind_of(event)
        if self._quick is not None and (made := self._at_once(event, kind, context)) is not None:
            return made
        environ = environ_of(event, kind)
        if self._secret:
            if not self._is_ours(environ.get("HTTP_X_ORIGIN_SECRET", "")):
                return replies.made(kind.shape, event, *replies.constant(*OUTSIDE))
            environ["HTTP_HOST"] = self._host
        try:
            body = _body(event)
        except (binascii.Error, ValueError):
            return replies.made(kind.shape, event, *replies.constant(*UNREADABLE))
        if context is not None:
            environ[LEFT] = context.get_remaining_time_in_millis() / 1000 - ENDING
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        return replies.made(kind.shape, event, *self._answer(environ))

    def _at_once(self, event: Event, kind: "type[Second | First]", context: Any) -> dict[str, Any] | None:
        """The answer that needs no WSGI call, to a request that came through our edge; None for all others."""
        method, path, query, _ = kind.line(event)
        if "%" in path or not path.isascii() or not self._is_ours(kind.header(event, ORIGIN_HEADER)):
            return None
        assert self._quick is not None
        seconds = self._page if context is None else context.get_remaining_time_in_millis() / 1000 - ENDING
        with within(min(self._page, seconds)):
            found = self._quick(method, path, query)
        return None if found is None else replies.text(kind.shape, event, *found)

    def _is_ours(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("latin-1", "replace"), self._secret)

    def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], Any]:
            started[:] = [status, headers]
            return written.append

        written: list[bytes] = []
        pieces = self._app(environ, start_response)
        try:
            written.extend(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"".join(written)
        return int(started[0][:3]), started[1], body


class Second:
    """API Gateway's payload 2.0, and function URLs."""

    shape = staticmethod(replies.second)

    @staticmethod
    def line(event: Event) -> tuple[str, str, str, str]:
        """Method, path as sent, query as sent, address of the peer."""
        context = event["requestContext"]
        http = context["http"]
        path: str = event["rawPath"]
        stage = context.get("stage", "$default")
        if stage != "$default" and (path == f"/{stage}" or path.startswith(f"/{stage}/")):
            path = path[len(stage) + 1 :] or "/"
        return http["method"], path, event.get("rawQueryString", ""), http.get("sourceIp", "")

    @staticmethod
    def header(event: Event, name: str) -> str:
        """One header by its lower-case name, which is how this payload spells all of them."""
        found: str = event["headers"].get(name, "")
        return found

    @staticmethod
    def headers(event: Event) -> Iterable[tuple[str, str]]:
        """Each name with its values in one text; cookies stand beside the headers here."""
        yield from event["headers"].items()
        if cookies := event.get("cookies"):
            yield "cookie", "; ".join(cookies)


class First:
    """API Gateway's payload 1.0: values are decoded, in single and in multiple form."""

    shape = staticmethod(replies.first)

    @staticmethod
    def line(event: Event) -> tuple[str, str, str, str]:
        """The path below a custom domain's base path is what the resource's proxy parameter says."""
        path: str = event["path"]
        proxy = (event.get("pathParameters") or {}).get("proxy", "")
        if event.get("resource") == "/":
            path = "/"
        elif (place := path.find(f"/{proxy}") if proxy else 0) > 0:
            path = path[place:]
        several = event.get("multiValueQueryStringParameters")
        query = urlencode(several or event.get("queryStringParameters") or {}, doseq=bool(several))
        return event["httpMethod"], path, query, event["requestContext"].get("identity", {}).get("sourceIp", "")

    @classmethod
    def header(cls, event: Event, name: str) -> str:
        """One header by its lower-case name, however the door spells it."""
        return next((value for key, value in cls.headers(event) if key.lower() == name), "")

    @staticmethod
    def headers(event: Event) -> Iterable[tuple[str, str]]:
        """Headers in whichever form the door sent."""
        several = event.get("multiValueHeaders")
        if several is None:
            yield from (event.get("headers") or {}).items()
        else:
            for name, values in several.items():
                yield name, ("; " if name.lower() == "cookie" else ",").join(values)


class Balancer(First):
    """A load balancer: like payload 1.0, but with values as sent; the peer is the last that it noted itself."""

    shape = staticmethod(replies.balancer)

    @staticmethod
    def line(event: Event) -> tuple[str, str, str, str]:
        """Values of the query are still encoded."""
        several = event.get("multiValueQueryStringParameters")
        single = event.get("queryStringParameters") or {}
        held = {name: [value] for name, value in single.items()} if several is None else several
        query = "&".join(f"{name}={value}" for name, values in held.items() for value in values)
        seen = {name.lower(): value for name, value in First.headers(event)}.get("x-forwarded-for", "")
        return event["httpMethod"], event["path"], query, seen.rpartition(",")[2].strip()


def kind_of(event: Event) -> type[Second | First]:
    """Which door an event came through; NotARequest when through none."""
    context = event.get("requestContext") if isinstance(event, Mapping) else None
    if isinstance(context, Mapping):
        if event.get("version") == "2.0" and "http" in context and "rawPath" in event:
            return Second
        if "httpMethod" in event and "path" in event:
            return Balancer if "elb" in context else First
    raise NotARequest


def environ_of(event: Event, kind: type[Second | First]) -> dict[str, Any]:
    """The WSGI environment, still without a body."""
    environ = BASE.copy()
    method, path, query, peer = kind.line(event)
    environ["REQUEST_METHOD"] = method
    environ["PATH_INFO"] = _decoded(path)
    environ["QUERY_STRING"] = query if query.isascii() else _latin(query)
    environ["REMOTE_ADDR"] = peer
    for name, value in kind.headers(event):
        key = _key(name)
        if key:
            environ[key] = value if value.isascii() else _latin(value)
    environ["SERVER_NAME"] = environ.get("HTTP_HOST", "localhost")
    return environ


@lru_cache(maxsize=512)
def _key(name: str) -> str:
    """A header's name in the environment; empty for what must not come in.

    A name with an underscore would pass for the one with a hyphen, and `Proxy` for a setting of programs."""
    if "_" in name or name.lower() in ("proxy", "content-length", "transfer-encoding"):
        return ""
    key = name.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"


def _decoded(path: str) -> str:
    if "%" not in path and path.isascii():
        return path
    return unquote_to_bytes(path).decode("latin-1")


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")


def _body(event: Event) -> bytes:
    text: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(text, validate=True)
    return text.encode()
