"""Requests through every kind of front door, at the WSGI side: addresses, headers, bodies, cookies, and whose address it is.

The app behind it says what it was given. The real pages through the real runtime are in test_journeys."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from handlers.context import client_address
from handlers.lambdas.gateway import Gateway, NotARequest
from infra.lambdas.doors import DOORS, GATEWAY, PEER, Answer, Balancer, Door, First, Request, Second
from tests.support.cloud import settings_for

SECRET, HOST = "edge-secret", "dichvu.example.gov.vn"
EVERY = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
FROM_EDGE = (("X-Origin-Secret", SECRET),)


class Echo:
    """A WSGI app that answers with what it was given, or with what it was told to."""

    def __init__(self, body: bytes | None = None, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.body = body
        self.headers = list(headers)
        self.seen: list[dict[str, Any]] = []
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> "Echo":
        held = {name: value for name, value in environ.items() if isinstance(value, str)}
        self.seen.append({**held, "body": environ["wsgi.input"].read()})
        start_response("200 OK", self.headers or [("Content-Type", "application/json")])
        return self

    def __iter__(self) -> Any:
        return iter([json.dumps({"ok": True}).encode() if self.body is None else self.body])

    def close(self) -> None:
        self.closed += 1


def through(door: Door, request: Request, app: Echo, secret: str = "") -> Answer:
    """A request through a door to an app; the event and the reply are JSON on the way, as in Lambda."""
    event = json.loads(json.dumps(door.event(request)))
    return door.read(event, json.loads(json.dumps(Gateway(app, HOST, secret)(event, None))))


@EVERY
def test_the_line_the_headers_and_the_body_arrive(door: Door) -> None:
    app = Echo()
    headers = (("Content-Type", "application/json"), ("Accept-Language", "vi"), ("If-None-Match", '"x"'))
    through(door, Request("POST", "/so-gddt/diem-thi", "lang=en", headers, (), b'{"a": 1}'), app)
    (seen,) = app.seen
    assert (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("POST", "/so-gddt/diem-thi", "lang=en")
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"], seen["body"]) == ("application/json", "8", b'{"a": 1}')
    assert (seen["HTTP_ACCEPT_LANGUAGE"], seen["HTTP_IF_NONE_MATCH"]) == ("vi", '"x"')
    assert seen["REMOTE_ADDR"] == PEER
    assert app.closed == 1


@EVERY
def test_encoded_addresses_and_queries_are_decoded_once(door: Door) -> None:
    app = Echo()
    through(door, Request(path="/so-gddt/thu-tuc/h%E1%BB%8D%20t%C3%AAn", query="q=%C4%91%C6%A1n+xin&x=1%2B1%26"), app)
    (seen,) = app.seen
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/so-gddt/thu-tuc/họ tên"
    with Flask("reader").request_context({**seen, "wsgi.input": None, "wsgi.url_scheme": "https"}) as held:
        assert held.request.args.to_dict() == {"q": "đơn xin", "x": "1+1&"}


@pytest.mark.parametrize("name", [name for name in DOORS if name != "load balancer"])
def test_a_name_may_have_several_values(name: str) -> None:
    app = Echo()
    request = Request(query="a=1&b=2&a=3", headers=(("Accept", "text/html"), ("Accept", "*/*")))
    through(DOORS[name], request, app)
    with Flask("reader").request_context({**app.seen[0], "wsgi.input": None, "wsgi.url_scheme": "https"}) as held:
        assert held.request.args.getlist("a") == ["1", "3"]
        assert held.request.args.getlist("b") == ["2"]
    assert app.seen[0]["HTTP_ACCEPT"] == "text/html,*/*"


@EVERY
def test_cookies_come_together_and_go_out_once_each_with_all_their_commas(door: Door) -> None:
    given = ["o=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "h=; Max-Age=0", "d=3; HttpOnly"]
    app = Echo(b"", [("Content-Type", "text/html; charset=utf-8"), *(("Set-Cookie", line) for line in given)])
    answer = through(door, Request(cookies=("a=1", "b=2")), app)
    assert app.seen[0]["HTTP_COOKIE"] == "a=1; b=2"
    assert sorted(answer.all("set-cookie")) == sorted(given)


@EVERY
def test_every_other_header_goes_out_once(door: Door) -> None:
    given = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Vary", "Accept-Encoding"),
        ("Vary", "Cookie"),
        ("X-A", "b"),
    ]
    answer = through(door, Request(), Echo(b"text", given))
    assert sorted(name for name, _ in answer.headers) == ["content-length", "content-type", "vary", "x-a"]
    assert answer.one("vary") == "Accept-Encoding, Cookie"


@EVERY
@pytest.mark.parametrize(
    "kind", ["application/pdf", "image/png", "application/octet-stream", "text/html; charset=utf-8"]
)
def test_bytes_come_and_go_as_they_are(door: Door, kind: str) -> None:
    body = bytes(range(256)) * 4
    answer = through(
        door,
        Request("POST", headers=(("Content-Type", "application/pdf"),), body=body),
        Echo(body, [("Content-Type", kind)]),
    )
    assert answer.body == body


@EVERY
def test_what_is_compressed_already_is_not_taken_for_text(door: Door) -> None:
    body = b"\x1f\x8b\x08\x00 not text"
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")]
    answer = through(door, Request(headers=(("Accept-Encoding", "gzip, br"),)), Echo(body, headers))
    assert answer.body == body
    assert answer.one("content-encoding") == "gzip"


@EVERY
def test_text_goes_as_text_whatever_its_letters(door: Door) -> None:
    event = door.event(Request())
    reply = Gateway(Echo("Điểm thi — 数学".encode(), [("Content-Type", "text/html; charset=utf-8")]), HOST)(event, None)
    assert reply["isBase64Encoded"] is False
    assert reply["body"] == "Điểm thi — 数学"


@EVERY
def test_head_has_the_headers_and_no_body(door: Door) -> None:
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "5")]
    answer = through(door, Request("HEAD"), Echo(b"12345", headers))
    assert (answer.body, answer.one("content-length")) == (b"", "5")


@EVERY
def test_a_header_with_an_underscore_or_called_proxy_does_not_come_in(door: Door) -> None:
    app = Echo()
    hostile = (
        ("X_Origin_Secret", SECRET),
        ("Proxy", "http://evil.example"),
        ("Content-Length", "999999"),
        ("Transfer-Encoding", "chunked"),
    )
    through(door, Request(headers=hostile), app)
    assert not {"HTTP_X_ORIGIN_SECRET", "HTTP_PROXY", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"} & set(
        app.seen[0]
    )
    assert app.seen[0]["CONTENT_LENGTH"] == "0"


@EVERY
def test_letters_beyond_latin_in_headers_and_addresses_do_no_harm(door: Door) -> None:
    app = Echo()
    through(door, Request(path="/số", query="q=số", headers=(("User-Agent", "điện thoại"),)), app)
    for name in ("PATH_INFO", "QUERY_STRING", "HTTP_USER_AGENT"):
        app.seen[0][name].encode("latin-1")


@EVERY
def test_a_body_that_is_no_base64_is_answered_as_unreadable(door: Door) -> None:
    app = Echo()
    event = {**door.event(Request("POST")), "body": "%%%", "isBase64Encoded": True}
    answer = door.read(event, Gateway(app, HOST)(event, None))
    assert (answer.status, app.seen) == (400, [])
    assert answer.one("cache-control") == "private, no-store"


# Base paths


def test_the_name_of_a_stage_is_no_part_of_the_address() -> None:
    for path in ("/", "/so-gddt/", "/productions/x"):
        app = Echo()
        through(Second(stage="production"), Request(path=path), app)
        assert app.seen[0]["PATH_INFO"] == path


@pytest.mark.parametrize("base", ["", "/tinh", "/tinh/so"])
@pytest.mark.parametrize("path", ["/", "/so-gddt/", "/so-gddt/diem-thi/ky-thi/02000001"])
def test_the_base_path_of_a_domain_is_no_part_of_the_address(base: str, path: str) -> None:
    app = Echo()
    through(First(base=base), Request(path=path), app)
    assert app.seen[0]["PATH_INFO"] == path


# Whose address it is (F7)

FORGED = (("X-Forwarded-For", "6.6.6.6"), ("X-Real-Ip", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"))
VIEWER = "CloudFront-Viewer-Address"
ADDRESSES = [
    # secret configured, headers given, status, the caller's address as the app sees it
    ("", (), 200, PEER),
    ("", FORGED, 200, PEER),
    ("", ((VIEWER, "6.6.6.6:1"),), 200, PEER),
    (SECRET, (), 403, None),
    (SECRET, ((VIEWER, "6.6.6.6:1"),), 403, None),
    (SECRET, (("X-Origin-Secret", "wrong"), (VIEWER, "6.6.6.6:1")), 403, None),
    (SECRET, (("X-Origin-Secret", SECRET + "x"),), 403, None),
    (SECRET, (("X-Origin-Secret", "sécret"),), 403, None),
    (SECRET, (("X_Origin_Secret", SECRET),), 403, None),
    (SECRET, FROM_EDGE, 200, "unknown"),
    (SECRET, (*FROM_EDGE, *FORGED), 200, "unknown"),
    (SECRET, (*FROM_EDGE, (VIEWER, "198.51.100.10:46532")), 200, "198.51.100.10"),
    (SECRET, (*FROM_EDGE, *FORGED, (VIEWER, "198.51.100.10:46532")), 200, "198.51.100.10"),
    (SECRET, (*FROM_EDGE, (VIEWER, "2001:db8::8a2e:370:7334:46532")), 200, "2001:db8::/64"),
]


@EVERY
@pytest.mark.parametrize(("secret", "headers", "status", "address"), ADDRESSES)
def test_the_callers_address_is_what_our_edge_saw(
    door: Door, secret: str, headers: tuple[tuple[str, str], ...], status: int, address: str | None
) -> None:
    seen: list[str] = []
    app = Flask("site")
    app.extensions["motcua"] = type("Parts", (), {"settings": settings_for("", origin_secret=secret)})

    @app.get("/")
    def where() -> str:
        seen.append(client_address())
        return "here"

    event = door.event(Request(headers=headers))
    answer = door.read(event, Gateway(app.wsgi_app, HOST, secret)(event, None))
    assert (answer.status, seen) == (status, [address] if address else [])


@EVERY
def test_behind_the_edge_the_host_is_the_public_one_and_not_the_doors(door: Door) -> None:
    app = Echo()
    through(door, Request(headers=FROM_EDGE), app, SECRET)
    through(door, Request(), app)
    assert [seen["HTTP_HOST"] for seen in app.seen] == [HOST, app.seen[1]["HTTP_HOST"]]
    assert app.seen[1]["HTTP_HOST"] in (GATEWAY, "xyz.lambda-url.ap-southeast-1.on.aws")


# What no front door sends


@pytest.mark.parametrize(
    "event",
    [
        {"raw_command": "open('/tmp/ran', 'w')"},
        {"command": "handlers.lambdas.schedules.erase_old"},
        {"manage": "shell"},
        {"raw_command": "1", "requestContext": {}},
        {"command": "x", "version": "2.0", "requestContext": None},
        {"Records": [{"Sns": {"Message": '{"command": "x"}'}}]},
        {
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "resources": ["arn:x:rule/x-handlers.app.create_app"],
        },
        {"httpMethod": "GET"},
        {},
        [],
        None,
        "raw_command",
    ],
)
def test_whatever_else_invokes_the_function_is_refused_and_runs_nothing(event: Any) -> None:
    app = Echo()
    with pytest.raises(NotARequest):
        Gateway(app, HOST)(event, None)
    assert app.seen == []


@EVERY
def test_a_command_inside_a_request_is_only_a_request(door: Door) -> None:
    app = Echo()
    event = {**door.event(Request()), "raw_command": "raise SystemExit", "command": "x", "manage": "y"}
    assert door.read(event, Gateway(app, HOST)(event, None)).status == 200
    assert len(app.seen) == 1


def test_a_balancer_without_multi_value_headers_reads_only_single_ones() -> None:
    answer = through(Balancer(), Request(), Echo(b"", [("Set-Cookie", f"c{place}=1") for place in range(5)]))
    assert sorted(answer.all("set-cookie")) == [f"c{place}=1" for place in range(5)]
