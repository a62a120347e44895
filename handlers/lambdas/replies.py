"""An answer in the form of each front door. For the gateway; every header and cookie goes out exactly once.

Text goes as text, everything else (and what is compressed) in base64. A load balancer without multi-value headers takes
one value per name: further cookies go under other spellings of the same name, which browsers read alike."""

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from itertools import product
from typing import Any

Headers = list[tuple[str, str]]
Shape = Callable[[Mapping[str, Any], int, dict[str, str], list[str], Mapping[str, Any]], dict[str, Any]]
COOKIE = "set-cookie"
TEXT = ("application/json", "application/problem+json", "application/javascript", "image/svg+xml", "application/xml")


def made(shape: Shape, event: Mapping[str, Any], status: int, headers: Headers, body: bytes) -> dict[str, Any]:
    """An answer of the app in a door's shape."""
    single, cookies = _single(headers)
    return shape(event, status, single, cookies, _carried(single, body))


def text(shape: Shape, event: Mapping[str, Any], page: str, headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """A page that is text already, with headers that are the same for many. The door counts its length."""
    return shape(event, 200, _lower(headers).copy(), [], {"body": page, "isBase64Encoded": False})


def second(
    event: Mapping[str, Any], status: int, single: dict[str, str], cookies: list[str], carried: Mapping[str, Any]
) -> dict[str, Any]:
    """API Gateway's payload 2.0: single headers, cookies apart."""
    line = {"statusCode": status, "headers": single, **carried}
    return {**line, "cookies": cookies} if cookies else line


def first(
    event: Mapping[str, Any], status: int, single: dict[str, str], cookies: list[str], carried: Mapping[str, Any]
) -> dict[str, Any]:
    """API Gateway's payload 1.0: a header stands in one of the two forms, or it would be sent twice."""
    line = {"statusCode": status, "headers": single, **carried}
    return {**line, "multiValueHeaders": {COOKIE: cookies}} if cookies else line


def balancer(
    event: Mapping[str, Any], status: int, single: dict[str, str], cookies: list[str], carried: Mapping[str, Any]
) -> dict[str, Any]:
    """A load balancer: the form of headers that it sent is the only one that it reads."""
    line = {"statusCode": status, "statusDescription": f"{status} {_phrase(status)}", **carried}
    if "multiValueHeaders" in event:
        several = {name: [value] for name, value in single.items()}
        return {**line, "multiValueHeaders": {**several, **({COOKIE: cookies} if cookies else {})}}
    return {**line, "headers": {**single, **dict(zip(_spellings(COOKIE), cookies, strict=False))}}


def constant(status: int, text: str) -> tuple[int, Headers, bytes]:
    """An answer without a page, for what never reaches the app."""
    body = text.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "private, no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", str(len(body))),
    ]
    return status, headers, body


@lru_cache(maxsize=64)
def _lower(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return _single(list(headers))[0]


def _single(headers: Headers) -> tuple[dict[str, str], list[str]]:
    """Headers by their lower-case names, and the cookies in order."""
    single: dict[str, str] = {}
    cookies = []
    for name, value in headers:
        key = name.lower()
        if key == COOKIE:
            cookies.append(value)
        else:
            single[key] = f"{single[key]}, {value}" if key in single else value
    return single, cookies


def _carried(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if is_text(headers.get("content-type", "")) and "content-encoding" not in headers:
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


@lru_cache(maxsize=64)
def is_text(kind: str) -> bool:
    """Whether a media type is UTF-8 text of ours."""
    return kind.startswith(("text/", *TEXT)) or kind == ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Other"


def _spellings(name: str) -> Iterator[str]:
    """The same header name in ever other letters: set-cookie, set-cookiE, set-cookIe, …"""
    for letters in product(*(dict.fromkeys((letter, letter.upper())) for letter in name)):
        yield "".join(letters)
