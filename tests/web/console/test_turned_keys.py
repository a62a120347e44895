"""An officer's phone and cookies when the key that seals them was turned (F57): in the overlap, resealed, and too late."""

import json
from dataclasses import replace

from click.testing import Result
from flask import Flask

from handlers.app import create_app
from handlers.wiring import Services
from tests.support.markup import collect_html
from tests.support.officers import Desk
from tests.support.visitor import Visitor
from tests.web.console.conftest import Office

SIGN_IN, CODE = "/console/sign-in", "/console/sign-in/code"
NEW, NEWER = "9" * 64, "8" * 64


def process(office: Office, key: str, before: str = "") -> Flask:
    """The console as a process with these keys answers."""
    settings = replace(office.services.settings, session_key=key, session_key_before=before)
    return create_app(settings, Services(settings, clock=office.clock, sleep=lambda seconds: None))


def old(office: Office) -> str:
    return office.services.settings.session_key


def first_step(app: Flask, desk: Desk) -> Visitor:
    visitor = Visitor(app)
    assert visitor.submit(SIGN_IN, login=desk.login, password=desk.password).answer.headers["Location"] == CODE
    return visitor


def comes_in(app: Flask, desk: Desk) -> Visitor:
    visitor = first_step(app, desk)
    assert visitor.submit(CODE, code=desk.code()).answer.headers["Location"] == "/console/"
    return visitor


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, answered by another process."""
    other = Visitor(app)
    other.client._cookies = visitor.client._cookies
    return other


def test_a_phone_enrolled_under_the_old_key_signs_in_under_the_new_one(office: Office, lan: Desk) -> None:
    comes_in(process(office, NEW, old(office)), lan)

    comes_in(process(office, NEW), lan)  # sealed anew by that use, it needs the old key no more


def test_a_sign_in_begun_under_the_old_key_ends_under_the_new_one_and_its_cookies_hold(
    office: Office, lan: Desk
) -> None:
    both = process(office, NEW, old(office))
    signed = comes_in(office.app, lan)
    begun = moved(first_step(office.app, lan), both)
    assert begun.submit(CODE, code=lan.code()).answer.headers["Location"] == "/console/"

    assert moved(signed, both).get("/console/").h1
    assert moved(signed, process(office, NEW)).get("/console/").h1  # a session is a row, and of no key


def test_two_keys_of_before_are_read(office: Office, lan: Desk) -> None:
    comes_in(process(office, NEWER, f"{NEW},{old(office)}"), lan)


def test_too_late_an_officer_is_told_what_to_do_and_comes_in_with_a_recovery_code(office: Office, lan: Desk) -> None:
    late = process(office, NEW)
    visitor = first_step(late, lan)

    page = visitor.submit(CODE, 422, code=lan.code())

    collect_html("console sign-in phone unreadable", page.html)
    assert "mã dự phòng" in page.text
    assert "người quản trị" in page.text
    assert visitor.submit(CODE, code=lan.recovery[0]).answer.headers["Location"] == "/console/"


def reseal(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["officers", "reseal", *words])


def test_every_phone_is_sealed_anew_without_its_officer(office: Office, lan: Desk) -> None:
    mai, ha = office.desk("mai@sogddt.vn", "approver"), office.desk("ha@sogddt.vn", "auditor")
    both = process(office, NEW, old(office))
    comes_in(both, mai)

    looked = reseal(both, "--dry-run", "--json")
    assert looked.exit_code == 1
    assert json.loads(looked.stdout) == {"resealed": 0, "needed": 2, "as_they_are": 1, "unreadable": 0}

    done = reseal(both, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"resealed": 2, "needed": 0, "as_they_are": 1, "unreadable": 0}
    assert "Officers" in done.stderr
    assert json.loads(reseal(both, "--dry-run", "--json").stdout)["needed"] == 0
    for desk in (lan, mai, ha):
        comes_in(process(office, NEW), desk)


def test_a_phone_that_no_key_reads_is_counted_and_left_as_it_is(office: Office, lan: Desk) -> None:
    late = process(office, NEW)

    result = reseal(late)

    assert result.exit_code == 1
    assert "1 no key reads" in result.stdout
    comes_in(process(office, NEW, old(office)), lan)
