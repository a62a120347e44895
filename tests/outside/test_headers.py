"""Every route, every method, every visitor: the headers that protect, no cache of what is not 2xx, cookies that keep."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.doors import Door
from tests.support.site import Site, opened
from tests.support.walking import Stop, rules, stops

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
NO_STORE = "private, no-store"
# Routes that belong to no blueprint, and why.
HOUSE_ROUTES = {"asset": "style and script are public and hashed; the view answers nothing else"}


@pytest.fixture
def secure(site: Site) -> Site:
    """The site as it is deployed: https, `__Host-` cookies."""
    return opened(site.cloud, site.held, secure_cookies=True, base_url="https://localhost")


def visitors(site: Site) -> dict[str, FlaskClient]:
    return {"anyone": site.client(), "citizen": site.citizen(), "officer": site.officer()}


def visits(site: Site, *methods: str) -> Iterator[tuple[str, Stop, TestResponse]]:
    """Every stop by every visitor; fresh ones after each POST, since some end a session."""
    who_visits = visitors(site)
    for stop in stops(site, *methods):
        for who, client in who_visits.items():
            yield who, stop, client.open(stop.address, method=stop.method, base_url=site.services.settings.base_url)
        if stop.method != "GET":
            who_visits = visitors(site)


def wrong_headers(answer: TestResponse, secure: bool) -> list[str]:
    headers = answer.headers
    wrong = [name for name, value in EXACT.items() if headers.getlist(name) != [value]]
    if secure and headers.getlist("Strict-Transport-Security") != [HSTS]:
        wrong.append("Strict-Transport-Security")
    if "frame-ancestors" not in headers.get("Content-Security-Policy", "") and answer.status_code // 100 != 3:
        wrong.append("frame-ancestors")
    kind = headers.get("Content-Type", "")
    if answer.data and (not kind or (kind.startswith("text/") and "charset=utf-8" not in kind)):
        wrong.append(f"Content-Type {kind!r}")
    return wrong


def wrong_caching(answer: TestResponse) -> list[str]:
    said = answer.headers.getlist("Cache-Control")
    if len(said) != 1:
        return [f"Cache-Control {said}"]
    if not 200 <= answer.status_code < 300 and said != [NO_STORE]:
        return [f"{answer.status_code} may be kept: {said}"]
    if said != [NO_STORE] and "Set-Cookie" in answer.headers:
        return ["a page that caches keep sets a cookie"]
    return []


def wrong_cookies(answer: TestResponse, secure: bool) -> list[str]:
    wrong = []
    for cookie in answer.headers.getlist("Set-Cookie"):
        name = cookie.split("=", 1)[0]
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        needed = {"httponly", "path=/"} | ({"secure"} if secure else set())
        if needed - flags or not {"samesite=lax", "samesite=strict"} & flags:
            wrong.append(f"{name} lacks {sorted(needed - flags) or 'samesite'}")
        if (secure and not name.startswith("__Host-")) or any(flag.startswith("domain") for flag in flags):
            wrong.append(f"{name} is not for this host alone")
    return wrong


def test_every_answer_carries_the_headers_that_protect_and_none_is_an_error_of_ours(secure: Site):
    wrong = {
        f"{who} {stop.method} {stop.address} {answer.status_code}": found
        for who, stop, answer in visits(secure)
        if (found := wrong_headers(answer, True) + wrong_caching(answer) + wrong_cookies(answer, True))
        or answer.status_code >= 500
    }
    assert wrong == {}


def test_every_route_stands_behind_a_door(site: Site):
    open_routes = []
    for rule, _ in rules(site.app):
        blueprint = site.app.blueprints.get(rule.endpoint.rpartition(".")[0])
        door: Door | None = getattr(blueprint, "door", None)
        if blueprint is None:
            open_routes += [] if rule.endpoint in HOUSE_ROUTES else [rule.endpoint]
        elif door is None or blueprint.before_request_funcs.get(None, [None])[0] is not door:
            open_routes.append(rule.endpoint)
    assert open_routes == []


def test_addresses_that_are_not_there_are_not_kept_either(site: Site):
    for address in (
        "/x/y/z",
        "/api/x",
        "/console/x/y",
        "/assets/app.0000000000.js",
        "/%00",
        "/" + "x" * 4_000,
        "//evil.example",
    ):
        answer = site.client().get(address)
        assert 300 <= answer.status_code < 500, address
        assert wrong_headers(answer, False) + wrong_caching(answer) == [], address


def test_methods_that_nobody_declared_are_refused_without_being_kept(site: Site):
    declared: dict[str, set[str]] = {}
    for rule, _ in rules(site.app):
        declared.setdefault(rule.rule, set()).update(rule.methods or ())
    first = {stop.endpoint: stop.address for stop in stops(site, "GET", most=1)}
    wrong = []
    for rule, _ in rules(site.app, "GET"):
        for method in {"OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - declared[rule.rule]:
            answer = site.client().open(first[rule.endpoint], method=method)
            if answer.status_code not in (401, 403, 404, 405) or wrong_caching(answer):
                wrong.append(f"{method} {first[rule.endpoint]} {answer.status_code}")
    assert wrong == []


def gone(**_: Any) -> None:
    raise EndpointConnectionError(endpoint_url="https://store.example")


def test_with_the_store_gone_every_page_says_so_and_no_cache_keeps_it(site: Site):
    visitors_before = visitors(site)
    site.services.aws.dynamodb.meta.events.register_first("before-call.dynamodb", gone)
    try:
        wrong = {}
        busy = 0
        for who, client in visitors_before.items():
            for stop in stops_without_store(site):
                answer = client.open(stop.asked, method=stop.method)
                busy += answer.status_code == 503
                found = wrong_caching(answer) + (
                    [] if answer.status_code in (200, 303, 401, 403, 404, 503) else ["status"]
                )
                if answer.status_code == 503 and not answer.headers.get("Retry-After"):
                    found.append("Retry-After")
                if found:
                    wrong[f"{who} {stop.address} {answer.status_code}"] = found
    finally:
        site.services.aws.dynamodb.meta.events.unregister("before-call.dynamodb", gone)
    assert wrong == {}
    assert busy > 10


def stops_without_store(site: Site) -> list[Stop]:
    """The addresses are found before the store goes."""
    site.services.aws.dynamodb.meta.events.unregister("before-call.dynamodb", gone)
    found = list(stops(site, "GET", most=2))
    site.services.aws.dynamodb.meta.events.register_first("before-call.dynamodb", gone)
    return found
