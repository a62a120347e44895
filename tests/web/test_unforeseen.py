"""A fault that nobody foresaw: a page with a reference that the log has too; where none can be rendered, one that needs nothing."""

import json
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from handlers.app import create_app
from handlers.wiring import Services
from tests.support.cloud import settings_for
from tests.support.exams import HOUR
from tests.support.fakes import StoppedClock

NOBODY = "http://127.0.0.1:9"  # no store answers there
FAULT = "a fault that tells of Nguyen Van An"
PATHS = ("/hong", "/api/hong")


class Speechless:
    """Words of which none can be said, as with templates that are damaged."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class NoClock:
    """A clock that fails, too."""

    def now(self) -> Any:
        raise RuntimeError("now")


def fails() -> str:
    raise ZeroDivisionError(FAULT)


def made(clock: Any = None) -> Flask:
    app = create_app(services=Services(settings_for(NOBODY), clock=clock or StoppedClock(HOUR)))
    for path in PATHS:
        app.add_url_rule(path, path.strip("/"), fails)
    return app


def seen(app: Flask, address: str) -> TestResponse:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "private, no-store")
    assert "Retry-After" not in answer.headers
    assert FAULT not in answer.text
    return answer


@pytest.mark.parametrize(
    ("query", "title", "sentence"),
    [
        ("", "Xin lỗi, hệ thống gặp trục trặc", "Hệ thống gặp trục trặc và đã ghi nhận."),
        ("?lang=en", "Sorry, something went wrong", "Something failed on our side"),
    ],
)
def test_it_is_a_page_that_is_sorry_with_a_reference_that_the_log_has_too(
    query: str, title: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    soup = BeautifulSoup(seen(made(), f"/hong{query}").text, "html.parser")

    said = soup.get_text(" ")
    assert [heading.get_text(strip=True) for heading in soup.find_all("h1")] == [title]
    assert sentence in said
    assert soup.select_one('a[href="tel:1022"]') is not None
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (line,) = [line for line in lines if line.get("event") == "unforeseen"]
    assert (line["failure"], len(line["reference"])) == ("ZeroDivisionError", 8)
    assert line["reference"] in said


def test_a_program_gets_problem_details() -> None:
    answer = seen(made(), "/api/hong")

    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == (500, "unforeseen")


def test_where_no_page_can_be_rendered_a_sentence_the_hotline_and_the_time_stand() -> None:
    app = made()
    app.extensions["motcua"] = replace(app.extensions["motcua"], words=Speechless())

    answer = seen(app, "/hong")

    assert answer.mimetype == "text/html"
    for words in ("hệ thống đang gặp sự cố", "1022", "something failed on our side", "08:00, 16/07/2026"):
        assert words in answer.text


def test_it_stands_without_the_time_too() -> None:
    app = made(NoClock())
    app.extensions["motcua"] = replace(app.extensions["motcua"], words=Speechless())

    answer = seen(app, "/hong")

    assert "1022" in answer.text
    assert "2026" not in answer.text
