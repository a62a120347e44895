"""What front doors make of a request, and of a function's reply: API Gateway 1.0 and 2.0, function URLs, load balancers.

For the harness's tests: `door.event(request)` and `door.read(event, reply)`, which is as strict as the real ones (a reply
they would turn into a 502 is a BadReply here). Shapes as AWS documents them; each keeps what the real one does to
values: 2.0 joins repeated headers and moves cookies, 1.0 decodes the query, balancers leave it encoded."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

PEER = "203.0.113.7"
GATEWAY = "abc123.execute-api.ap-southeast-1.amazonaws.com"
TEXT = ("text/", "application/json", "application/x-www-form-urlencoded", "application/xml", "application/javascript")


class BadReply(Exception):
    """What the front door would answer with 502 for."""


@dataclass(frozen=True)
class Request:
    """What a browser sends."""

    method: str = "GET"
    path: str = "/"  # as sent, encoded
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values, still encoded."""
        return [(name, value) for part in self.query.split("&") if part for name, _, value in [part.partition("=")]]

    def all_headers(self, host: str = GATEWAY) -> list[tuple[str, str]]:
        """With those that every hop adds."""
        said = [value for name, value in self.headers if name.lower() == "x-forwarded-for"]
        hops = [("Host", host), ("X-Forwarded-For", ", ".join([*said, PEER])), ("X-Forwarded-Proto", "https")]
        cookie = [("Cookie", "; ".join(self.cookies))] if self.cookies else []
        return [*hops, *(header for header in self.headers if header[0].lower() != "x-forwarded-for"), *cookie]

    def is_text(self) -> bool:
        """Whether the body goes as text."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "").startswith(TEXT)


@dataclass(frozen=True)
class Answer:
    """What the browser gets."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header, one for each line of it."""
        return [value for key, value in self.headers if key.lower() == name]

    def one(self, name: str) -> str:
        """The value of a header that must be there once."""
        (value,) = self.all(name)
        return value

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it sets."""
        return dict(line.partition(";")[0].split("=", 1) for line in self.all("set-cookie"))


class Door:
    """One kind of front door."""

    def event(self, request: Request) -> dict[str, Any]:
        """The event that the function gets."""
        raise NotImplementedError

    def read(self, event: Mapping[str, Any], reply: Any) -> Answer:
        """The answer that the browser gets."""
        raise NotImplementedError


@dataclass(frozen=True)
class Second(Door):
    """API Gateway's HTTP API with payload 2.0; a stage that has a name stands in the path."""

    stage: str = "$default"
    host: str = GATEWAY

    def event(self, request: Request) -> dict[str, Any]:
        headers: dict[str, str] = {}
        for name, value in request.all_headers(self.host):
            if name != "Cookie":
                headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
        path = request.path if self.stage == "$default" else f"/{self.stage}{request.path}"
        made = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": request.query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "domainName": self.host,
                "http": {
                    "method": request.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": PEER,
                    "userAgent": "test",
                },
                "requestId": "one",
                "stage": self.stage,
                "time": "16/Jul/2026:01:00:00 +0000",
            },
            **_carried(request),
        }
        if request.cookies:
            made["cookies"] = list(request.cookies)
        return made

    def read(self, event: Mapping[str, Any], reply: Any) -> Answer:
        single = _texts(reply, "headers")
        if "multiValueHeaders" in reply:
            raise BadReply("payload 2.0 does not read multiValueHeaders")
        lines = [*single.items(), *(("set-cookie", value) for value in reply.get("cookies", []))]
        return _answer(reply, lines)


def function_url() -> Second:
    """A function URL speaks payload 2.0."""
    return Second(host="xyz.lambda-url.ap-southeast-1.on.aws")


@dataclass(frozen=True)
class First(Door):
    """API Gateway's REST API, payload 1.0; below a custom domain a base path may stand before ours."""

    base: str = ""
    stage: str = "production"

    def event(self, request: Request) -> dict[str, Any]:
        several: dict[str, list[str]] = {}
        for name, value in request.all_headers():
            several.setdefault(name, []).append(value)
        query: dict[str, list[str]] = {}
        for name, value in request.pairs:
            query.setdefault(unquote_plus(name), []).append(unquote_plus(value))
        proxy = request.path.strip("/")
        return {
            "resource": "/{proxy+}" if proxy else "/",
            "path": self.base + request.path,
            "httpMethod": request.method,
            "headers": {name: values[-1] for name, values in several.items()},
            "multiValueHeaders": several,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": {"proxy": proxy} if proxy else None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/{proxy+}",
                "httpMethod": request.method,
                "path": (self.base or f"/{self.stage}") + request.path,
                "stage": self.stage,
                "identity": {"sourceIp": PEER, "userAgent": "test"},
                "requestId": "one",
            },
            "body": None,
            **_carried(request),
        }

    def read(self, event: Mapping[str, Any], reply: Any) -> Answer:
        lines = list(_texts(reply, "headers").items())
        lines += [(name, value) for name, values in _lists(reply).items() for value in values]
        return _answer(reply, lines)


@dataclass(frozen=True)
class Balancer(Door):
    """A load balancer's target group, with multi-value headers or without."""

    several: bool = False

    def event(self, request: Request) -> dict[str, Any]:
        headers: dict[str, list[str]] = {}
        for name, value in request.all_headers():
            headers.setdefault(name.lower(), []).append(value)
        query: dict[str, list[str]] = {}
        for name, value in request.pairs:
            query.setdefault(name, []).append(value)
        if self.several:
            form: dict[str, Any] = {"multiValueHeaders": headers, "multiValueQueryStringParameters": query}
        else:
            form = {
                "headers": {name: values[-1] for name, values in headers.items()},
                "queryStringParameters": {name: values[-1] for name, values in query.items()},
            }
        group = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/web/1"
        return {
            "requestContext": {"elb": {"targetGroupArn": group}},
            "httpMethod": request.method,
            "path": request.path,
            **form,
            "body": "",
            "isBase64Encoded": False,
            **_carried(request),
        }

    def read(self, event: Mapping[str, Any], reply: Any) -> Answer:
        if ("multiValueHeaders" in reply) != self.several or ("headers" in reply) == self.several:
            raise BadReply("the other form of headers than the balancer's own is not read")
        if not str(reply.get("statusDescription", "")).startswith(f"{reply['statusCode']} "):
            raise BadReply("a balancer wants a statusDescription")
        lines = list(_texts(reply, "headers").items())
        lines += [(name, value) for name, values in _lists(reply).items() for value in values]
        return _answer(reply, lines)


def _carried(request: Request) -> dict[str, Any]:
    if not request.body:
        return {"isBase64Encoded": False}
    if request.is_text():
        return {"body": request.body.decode(), "isBase64Encoded": False}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _answer(reply: Any, lines: list[tuple[str, str]]) -> Answer:
    """Every door says how long a body is where the function did not."""
    status, body = _status(reply), _read_body(reply)
    if not any(name.lower() == "content-length" for name, _ in lines):
        lines.append(("content-length", str(len(body))))
    return Answer(status, tuple(lines), body)


def _status(reply: Any) -> int:
    if not isinstance(reply, dict) or type(reply.get("statusCode")) is not int:
        raise BadReply(f"no status: {str(reply)[:200]}")
    return int(reply["statusCode"])


def _texts(reply: Mapping[str, Any], name: str) -> dict[str, str]:
    held = reply.get(name, {})
    if not all(isinstance(value, str) for value in held.values()):
        raise BadReply("a header is no text")
    return dict(held)


def _lists(reply: Mapping[str, Any]) -> dict[str, list[str]]:
    held = reply.get("multiValueHeaders", {})
    if not all(isinstance(value, str) for values in held.values() for value in values):
        raise BadReply("a header is no list of texts")
    return dict(held)


def _read_body(reply: Mapping[str, Any]) -> bytes:
    body = reply.get("body", "")
    if not isinstance(body, str):
        raise BadReply("the body is no text")
    return base64.b64decode(body, validate=True) if reply.get("isBase64Encoded") else body.encode()


DOORS: dict[str, Door] = {
    "API Gateway 1.0": First(),
    "API Gateway 2.0": Second(),
    "function URL": function_url(),
    "load balancer": Balancer(),
    "load balancer, multi-value": Balancer(several=True),
}
