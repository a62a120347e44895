"""Lambda's Runtime API (2018-06-01) for one environment: the side that AWS runs. For `function.py`.

The runtime client in the environment asks for the next event, and posts what came of it or why it can't start. Speaks
on 127.0.0.1 only and knows one invocation at a time, as Lambda does. It starts and kills nothing."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """One event on its way in."""

    id: str
    body: bytes
    deadline_ms: int
    arn: str


@dataclass(frozen=True)
class Outcome:
    """What the runtime reported: that it waits for an event, a response, or an error (of the start or of an event)."""

    kind: str  # next, response, error, init_error, gone
    invocation: str = ""
    body: bytes = b""

    @property
    def error(self) -> dict[str, Any]:
        """An error as the runtime wrote it."""
        try:
            held = json.loads(self.body)
        except ValueError:
            held = {}
        return held if isinstance(held, dict) else {}


@dataclass
class RuntimeApi:
    """The server; `outcomes` is what the runtime said, in order."""

    outcomes: "Queue[Outcome]" = field(default_factory=Queue)
    _events: "Queue[Invocation | None]" = field(default_factory=Queue)
    _server: "_Server" = field(init=False)

    def __post_init__(self) -> None:
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API has it."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def send(self, invocation: Invocation) -> None:
        """Hand an event to the runtime that waits for one."""
        self._events.put(invocation)

    def close(self) -> None:
        """Stop serving; a runtime that waits is let go."""
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def next_event(self) -> Invocation | None:
        """Blocks until there is an event, or the end."""
        self.outcomes.put(Outcome("next"))
        return self._events.get()

    def wait(self, seconds: float) -> Outcome | None:
        """The next thing the runtime says, or None when it says nothing in this time."""
        try:
            return self.outcomes.get(timeout=seconds)
        except Empty:
            return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A runtime that dies breaks its connection; whoever invoked it is told by other means."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path != f"{VERSION}/invocation/next":
            self._answer(404, {})
        elif (event := self.server.api.next_event()) is None:
            self.close_connection = True
        else:
            trace = f"Root=1-{event.deadline_ms // 1000:08x}-{event.id.replace('-', '')[:24]};Sampled=0"
            headers = {
                "Lambda-Runtime-Aws-Request-Id": event.id,
                "Lambda-Runtime-Deadline-Ms": str(event.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": event.arn,
                "Lambda-Runtime-Trace-Id": trace,
            }
            self._answer(200, headers, event.body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = self.path.removeprefix(VERSION).strip("/").split("/")
        if pieces == ["init", "error"]:
            self.server.api.outcomes.put(Outcome("init_error", body=body))
        elif len(pieces) == 3 and pieces[0] == "invocation" and pieces[2] in ("response", "error"):
            self.server.api.outcomes.put(Outcome(pieces[2], pieces[1], body))
        else:
            return self._answer(404, {})
        return self._answer(202, {}, b'{"status":"OK"}')

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The runtime's calls are no news."""
