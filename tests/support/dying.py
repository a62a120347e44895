"""A wire between a function and the engine that is cut by kill -9 at a chosen call. For tests of workers in Lambda.

Every call goes through `Wire`, which counts, and refuses the next few for being too many when it is told to. Armed with
a number, it kills the function's process at that call: before it reaches the engine, or after, when the reply is lost.
The calls of a process started later go through."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SLOW_DOWN = b'{"__type":"com.amazonaws.ssm#ThrottlingException","message":"Rate exceeded"}'
HOP = {"connection", "transfer-encoding", "keep-alive"}


class Wire(ThreadingHTTPServer):
    """In front of the engine at `upstream`."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.calls: list[str] = []
        self.connections = 0
        self.killed = False
        self.refuses = 0
        self._kill: Callable[[], None] | None = None
        self._at = -1
        self._after = False
        self._one_at_a_time = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where the function looks for the engine."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def arm(self, kill: Callable[[], None], at: int, after: bool) -> None:
        """Kill at the call with this number (from 0, from now on)."""
        self.calls, self.killed = [], False
        self._kill, self._at, self._after = kill, at, after

    def process_request(self, request: Any, client_address: Any) -> None:
        """A connection was opened."""
        self.connections += 1
        super().process_request(request, client_address)

    def hear(self, name: str) -> bool:
        """Count a call; whether it is the one."""
        with self._one_at_a_time:
            self.calls.append(name)
            return not self.killed and len(self.calls) - 1 == self._at

    def is_too_many(self) -> bool:
        """Whether this call is one of those to refuse."""
        with self._one_at_a_time:
            held = self.refuses
            self.refuses = max(0, held - 1)
            return held > 0

    def strike(self) -> None:
        """Now."""
        assert self._kill is not None
        self.killed = True
        self._kill()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was killed reads no more."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Wire

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chosen = self.server.hear(
            self.headers.get("X-Amz-Target", "").rpartition(".")[2] or f"{self.command} {self.path}"
        )
        if chosen and not self.server._after:
            return self.server.strike()
        if self.server.is_too_many():
            return self._refuse()
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=30)
        upstream.request(
            self.command,
            self.path,
            body,
            {name: value for name, value in self.headers.items() if name.lower() not in HOP},
        )
        answer = upstream.getresponse()
        held = answer.read()
        upstream.close()
        if chosen:
            return self.server.strike()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length", "date", "server"}:
                self.send_header(name, value)
        self.send_header(
            "Content-Length", answer.headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(held))
        )
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(held)
        return None

    def _refuse(self) -> None:
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(SLOW_DOWN)))
        self.end_headers()
        self.wfile.write(SLOW_DOWN)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are counted, not told."""
