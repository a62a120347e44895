"""Zalo's token address on this machine, as the contract describes it: for tests of the client that asks it.

It is strict about what a client sends, and can be told to answer anything else once (`canned`), or not at all."""

import json
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

APP, SECRET, VERIFIER = "431280913928395", "app-secret-of-the-test", "v" * 43
WORTHLESS = {"error_name": "Invalid grant", "error_reason": "Invalid refresh token", "error": -14014}


@dataclass
class Canned:
    """An answer that is no business of the platform's rules; `shut` closes the connection without one."""

    body: bytes = b""
    status: int = 200
    shut: bool = False


@dataclass
class Platform:
    """What the platform knows, and what it was asked."""

    codes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    canned: deque[Canned] = field(default_factory=deque)

    def consent(self) -> str:
        """An admin agrees: a code."""
        code = secrets.token_urlsafe(16)
        self.codes.add(code)
        return code

    def answer(self, path: str, headers: Any, form: dict[str, str]) -> dict[str, Any]:
        """What the contract says."""
        assert path == "/v4/oa/access_token"
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.asked.append(form)
        if (form["app_id"], headers["secret_key"]) != (APP, SECRET):
            return {"error_name": "Invalid app", "error": -14002}
        if form["grant_type"] == "authorization_code":
            good = form["code"] in self.codes and form["code_verifier"] == VERIFIER
            self.codes.discard(form["code"])
        else:
            good = form["refresh_token"] in self.tokens
            self.tokens.discard(form["refresh_token"])
        if not good:
            return WORTHLESS
        made = {"access_token": secrets.token_urlsafe(32), "refresh_token": secrets.token_urlsafe(32)}
        self.tokens.add(made["refresh_token"])
        return {**made, "expires_in": "90000"}


class PlatformServer(ThreadingHTTPServer):
    """The platform, listening."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = Platform()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: PlatformServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        said = self.server.platform.answer(self.path, self.headers, {name: value for name, (value,) in form.items()})
        canned = self.server.platform.canned
        given = canned.popleft() if canned else Canned(json.dumps(said).encode())
        if given.shut:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(given.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        self.wfile.write(given.body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""
