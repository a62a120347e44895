"""Calls to systems that are not AWS's: one form sent, one answer read. For clients; the only module that opens such a
connection.

It tells a call that surely never went out from one of which nobody knows. No redirect is followed, no answer is longer
than `BODY_MOST`, and nothing is tried again: whoever calls knows whether it may be. What is sent is never logged."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

CONNECT_WITHIN = 3.0
ANSWER_WITHIN = 10.0
BODY_MOST = 64 * 1024


class NotReached(Exception):
    """There was no connection: surely nothing was sent."""


class NoReply(Exception):
    """It may have been sent, and no whole answer came: nobody knows what was done."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: bytes


def post_form(address: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    """Send a form; NotReached or NoReply say why there is no answer."""
    there = urlsplit(address)
    connection = _connection(there.scheme, there.netloc)
    try:
        try:
            connection.connect()
        except OSError as failure:
            raise NotReached(type(failure).__name__) from failure
        connection.sock.settimeout(ANSWER_WITHIN)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", there.path, urlencode(fields).encode(), {**headers, **kind})
            answer = connection.getresponse()
            body = answer.read(BODY_MOST + 1)
        except (OSError, http.client.HTTPException) as failure:
            raise NoReply(type(failure).__name__) from failure
    finally:
        connection.close()
    if len(body) > BODY_MOST:
        raise NoReply("too long")
    return Reply(answer.status, body)


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, timeout=CONNECT_WITHIN, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, timeout=CONNECT_WITHIN)
