"""Keys change without anybody noticing (F57), and no line of a log says who somebody is (F59)."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from handlers.app import create_app
from handlers.lambdas import schedules
from handlers.wiring import Services
from miniapp.core.queues import per_record
from miniapp.messaging.model import Addressed, DeliverMessage
from tests.support.faults import Silence
from tests.support.site import AGENCY, BORN, CODED, COMING, LOGIN, OPEN, VERIFIED, Site, number, site
from tests.support.visitor import Visitor

__all__ = ["site"]

OLD, NEW = "0" * 64, "9" * 64
BORN_FIELDS = dict(zip(("birth_date-day", "birth_date-month", "birth_date-year"), BORN.split("/"), strict=True))
FORM = f"/{AGENCY}/diem-thi/{VERIFIED}"


def process(site: Site, key: str, before: str = "") -> Flask:
    """The site as a process with these keys sees it."""
    settings = replace(site.services.settings, session_key=key, session_key_before=before)
    return create_app(settings, Services(settings, clock=site.clock, sleep=lambda seconds: None))


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, answered by another process."""
    other = Visitor(app)
    other.client._cookies = visitor.client._cookies
    return other


def test_a_slip_a_form_and_a_session_of_the_old_key_hold_under_the_new_one(site: Site) -> None:
    old = Visitor(process(site, OLD))
    slip = old.submit(FORM, number=number(1, 6), **BORN_FIELDS).answer.headers["Location"]
    token = old.get(FORM).token()

    new = moved(old, process(site, NEW, OLD))
    assert new.get(slip).h1 == old.get(slip).h1
    assert new.post(FORM, number=number(2, 6), **BORN_FIELDS, form_token=token)

    officer = site.officer()
    there = process(site, NEW, OLD).test_client()
    there._cookies = officer._cookies
    assert there.get("/console/").status_code == officer.get("/console/").status_code == 200


def test_what_is_made_under_the_new_key_needs_no_old_one(site: Site) -> None:
    new = Visitor(process(site, NEW, OLD))
    slip = new.submit(FORM, number=number(1, 6), **BORN_FIELDS).answer.headers["Location"]

    assert moved(new, process(site, NEW)).get(slip).h1
    moved(new, process(site, OLD)).get(slip, 403)


def test_once_the_old_key_is_gone_its_slips_ask_again(site: Site) -> None:
    old = Visitor(process(site, OLD))
    slip = old.submit(FORM, number=number(1, 6), **BORN_FIELDS).answer.headers["Location"]

    moved(old, process(site, NEW)).get(slip, 403)


CANARIES = {
    "address": "203.0.113.77",
    "browser": "CanaryBrowser",
    "query": "canary-query",
    "path": "canary-path",
    "number": number(1, 6),
    "open number": number(3),
    "born": BORN,
    "wrong birth date": "17/11/2009",
    "card": "CANARYCARD",
    "login": "canary@example.vn",
    "officer": LOGIN,
    "password": "canary password in the log",
    "person": "84000000000009991",
    "exception": "canary exception",
    "cookie": "canarycookie",
    "note": "canary-note",
}


WRONG = dict(zip(BORN_FIELDS, CANARIES["wrong birth date"].split("/"), strict=True))


@pytest.fixture
def lines() -> Iterator[list[io.StringIO]]:
    """Everything that goes to any log while a test runs, with the levels that production never has."""
    streams: list[io.StringIO] = []
    yield streams
    for name in ("motcua", "motcua.metrics", ""):
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream in streams:
                handler.close()


def heard(streams: list[io.StringIO]) -> None:
    """Listen to our loggers from now on."""
    for name in ("motcua", "motcua.metrics"):
        handler = logging.getLogger(name).handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        streams.append(io.StringIO())
        handler.setStream(streams[-1])


def test_no_line_of_the_log_says_who_somebody_is(site: Site, lines: list[io.StringIO]) -> None:
    settings = replace(site.services.settings, log_level="DEBUG", session_key_before=OLD)
    services = Services(settings, clock=site.clock, sleep=lambda seconds: None)
    app = create_app(settings, services)

    def broken() -> str:
        raise ValueError(CANARIES["exception"])

    app.add_url_rule("/hong", "broken", broken)
    heard(lines)
    visitor = Visitor(app, s=CANARIES["cookie"], c=CANARIES["cookie"])
    headers = {"CloudFront-Viewer-Address": f"{CANARIES['address']}:4711", "User-Agent": CANARIES["browser"]}
    client = visitor.client

    slip = visitor.submit(FORM, number=CANARIES["number"], **BORN_FIELDS)
    visitor.follow(slip)
    for _ in range(12):  # wrong answers until somebody must wait
        page = visitor.get(FORM)
        wrong = {"number": CANARIES["number"], **WRONG, "form_token": page.token()}
        client.post(FORM, data=wrong, headers=headers)
    coded = visitor.get(f"/{AGENCY}/diem-thi/{CODED}")
    client.post(
        f"/{AGENCY}/diem-thi/{CODED}",
        data={"number": CANARIES["number"], "card_code": CANARIES["card"], "form_token": coded.token()},
        headers=headers,
    )
    sign_in = visitor.get("/console/sign-in")
    for login in (CANARIES["login"], LOGIN):
        given = {"login": login, "password": CANARIES["password"], "form_token": sign_in.token()}
        client.post("/console/sign-in", data=given, headers=headers)
    for path in (
        f"/{AGENCY}/diem-thi/{OPEN}/{CANARIES['open number']}",
        f"/api/v1/agencies/{AGENCY}/exams/{OPEN}/results/{CANARIES['open number']}",
        f"/?q={CANARIES['query']}",
        f"/{CANARIES['path']}/diem-thi",
        f"/{AGENCY}/diem-thi/{COMING}",
        "/toi",
        "/hong",
        f"/hooks/zalo?{CANARIES['query']}",
    ):
        client.get(path, headers=headers)
    with Silence(services.aws, "dynamodb", "s3", "sqs"):
        for path in (f"/{AGENCY}/diem-thi/{OPEN}/{number(4)}?x={CANARIES['query']}", "/toi"):
            client.get(path, headers=headers)
    facts = {"home": "/", "scores": "/"}
    services.outbox.queue("assistant_later", Addressed(AGENCY, CANARIES["person"]), "hello", facts)
    message = services.outbox.find(AGENCY, CANARIES["person"], "hello")
    assert message is not None
    services.outbox.deliver(DeliverMessage(AGENCY, CANARIES["person"], message.id))
    entry = per_record(DeliverMessage, services.outbox.deliver)
    poison = f'{{"agency": "{AGENCY}", "user": "{CANARIES["person"]}", "note": "{CANARIES["note"]}"}}'
    entry({"Records": [{"messageId": "m1", "body": poison}, {"messageId": "m2", "body": CANARIES["note"]}]}, None)
    services.outbox.queue("assistant_later", Addressed(AGENCY, CANARIES["person"]), "hello again", facts)
    site.clock.pass_by(minutes=20)
    schedules.reconciled(services)

    told = "".join(stream.getvalue() for stream in lines)
    for event in ("unforeseen", "unavailable", "note_failed", '"Refused": 1', '"NotesFailed": 2', '"Stuck": 1'):
        assert event in told, event
    assert {name for name, text in CANARIES.items() if text in told} == set()
