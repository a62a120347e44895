"""Every form, from every visitor, gets what no form should: it answers with a refusal, never with an error of ours (F30)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from handlers import forms
from handlers.forms import TOKEN_FIELD
from tests.support.site import Site
from tests.support.walking import WRITING, Stop, stops

FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"
PART = b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
# kind → body and media type; every one must be refused, token or not.
MALFORMED: dict[str, tuple[bytes, str]] = {
    "100,000 fields": (b"&".join(b"f%d=1" % place for place in range(100_000)), FORM),
    "10,000 fields without names": (b"&=" * 10_000, FORM),
    "one huge field": (b"number=" + b"9" * 600_000, FORM),
    "1,000 parts": (b"".join(PART % place for place in range(1_000)) + b"--b--\r\n", MULTIPART),
    "a part without an end": (b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"x" * 60_000, MULTIPART),
    "deep JSON": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON),
    "JSON": (b'{"form_token": "x"}', JSON),
    "XML": (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "application/xml"),
    "text": (b"number=1", "text/plain"),
    "nothing": (b"", FORM),
    "no media type": (b"number=1", ""),
    "a media type that is none": (b"number=1", ";;=/"),
}
# Leaving works whatever is sent along: these read nothing.
LEAVING = ("/console/sign-out", "/toi/ra")
# What must come back harmless, when it comes back at all: these would be code where they stand raw in HTML.
HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "the end of an attribute": '"><img src=x onerror=alert(1)>',
    "the end of a quoted attribute": "x' onfocus='alert(1)' autofocus='",
    "one more attribute": 'x" onfocus="alert(1)" autofocus="',
    "the end of a textarea": "</textarea><script>alert(1)</script>",
    "the end of a title": "</title><svg onload=alert(1)>",
}
# Values that a form with a good token may carry in every field; any answer but an error of ours is fine.
VALUES = {
    **HOSTILE,
    "a NUL": "a\x00b",
    "right to left": "\u202e\u2066gnp.exe\u2069",
    "half a character": "%ED%A0%80",
    "not UTF-8": "%FF%FE%80",
    "5,000 figures": "9" * 5_000,
    "a long word": "x" * 20_000,
    "combining marks": "a" + "\u0301" * 3_000,
    "a path": "../../../../etc/passwd",
    "a formula": "=1+1",
    "a header": "x\r\nSet-Cookie: a=b",
    "another place": "//evil.example/x",
    "minus infinity": "-Infinity",
    "a far year": "99999999999999999999",
}


def visitors(site: Site) -> dict[str, FlaskClient]:
    return {"anyone": site.client(), "citizen": site.citizen(), "officer": site.officer()}


def post(client: FlaskClient, stop: Stop, body: bytes, kind: str) -> TestResponse:
    headers = {"Content-Type": kind} if kind else {}
    return client.open(stop.address, method=stop.method, data=body, headers=headers)


@pytest.mark.parametrize("kind", MALFORMED)
def test_every_form_refuses_what_is_no_form(site: Site, kind: str):
    body, media = MALFORMED[kind]
    who_sends = visitors(site)
    wrong = [
        f"{who} {stop.method} {stop.address} {answer.status_code}"
        for stop in stops(site, *WRITING, most=1)
        for who, client in who_sends.items()
        if stop.address not in LEAVING
        if not 400 <= (answer := post(client, stop, body, media)).status_code < 500
    ]
    assert wrong == []


@pytest.mark.parametrize("size", ["-1", "abc", "99999999999999999999", "1e3", ""])
def test_every_form_survives_a_length_that_is_a_lie(site: Site, size: str):
    wrong = []
    for stop in stops(site, *WRITING, most=1):
        answer = site.client().open(
            stop.address, method=stop.method, headers={"Content-Type": FORM}, environ_overrides={"CONTENT_LENGTH": size}
        )
        if answer.status_code >= 500:
            wrong.append(f"{stop.address} {answer.status_code}")
    assert wrong == []


def tokens(site: Site, client: FlaskClient) -> Callable[[], str]:
    """Good tokens for this visitor's forms."""
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())  # type: ignore[union-attr]

    def one() -> str:
        with site.app.test_request_context("/", headers={"Cookie": cookies}):
            return forms.fresh_token()

    return one


def shown_fields(site: Site) -> dict[str, set[str]]:
    """Which fields the forms have that somebody is shown, by the address they go to."""
    found: dict[str, set[str]] = {}
    for client in visitors(site).values():
        for stop in stops(site, "GET", most=2):
            answer = client.get(stop.address)
            if answer.mimetype == "text/html":
                for form in BeautifulSoup(answer.data, "html.parser").find_all("form", method="post"):
                    names = {str(field["name"]) for field in form.find_all(attrs={"name": True})}
                    found.setdefault(str(form.get("action", stop.address)).split("?")[0], set()).update(names)
    return found


def test_every_field_of_every_form_bears_any_value(fresh_site: Site):
    site = fresh_site
    shown = shown_fields(site)
    every = set().union(*shown.values())
    assert TOKEN_FIELD in every
    wrong: list[str] = []
    echoed: set[str] = set()
    for stop in stops(site, "POST", most=1):
        for who, client in visitors(site).items():
            token = tokens(site, client)
            names = shown.get(stop.address, every) - {TOKEN_FIELD}
            for kind, value in VALUES.items():
                encoded = value if value.startswith("%") else quote(value)
                body = "&".join([f"{TOKEN_FIELD}={token()}", *(f"{name}={encoded}" for name in sorted(names))])
                answer = post(client, stop, body.encode(), FORM)
                said = answer.get_data(as_text=True)
                if answer.status_code >= 500 or (kind in HOSTILE and value in said):
                    wrong.append(f"{who} {stop.address} {kind}: {answer.status_code}")
                if kind in HOSTILE and escape(value) in said:
                    echoed.add(kind)
    assert wrong == []
    assert echoed == HOSTILE.keys()  # what is typed does come back, so that the search above could find it


def test_every_query_and_path_comes_back_harmless(site: Site) -> None:
    typed = quote(" ".join(HOSTILE.values()), safe="")
    query = "&".join(f"{name}={typed}" for name in ("q", "lang", "next", "n", "page", "so", "phan", "day", "cursor"))
    wrong = []
    for client in visitors(site).values():
        for stop in stops(site, "GET", most=1):
            for address in (f"{stop.address}?{query}", f"{stop.address.rstrip('/')}/{typed}"):
                said = client.get(address).get_data().decode(errors="replace")  # a workbook is no text
                wrong += [f"{address} {kind}" for kind, value in HOSTILE.items() if value in said]
    assert wrong == []


def test_of_a_field_sent_twice_the_first_counts(site: Site) -> None:
    with site.app.test_request_context("/", method="POST", data=b"number=1&number=2", content_type=FORM):
        form: Any = forms.read(("number",))
    assert form.value("number") == "1"
    assert TOKEN_FIELD not in form.values
