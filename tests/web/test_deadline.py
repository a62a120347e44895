"""An answer comes before the front door gives up, however the store hangs: counted in time that the test tells."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from flask import Flask

from handlers.app import create_app
from handlers.context import NAMES
from handlers.lambdas.gateway import Gateway
from handlers.wiring import Services
from infra.lambdas.doors import DOORS, Request
from miniapp.core import deadline
from tests.support.site import AGENCY, OPEN, Site, number, site

__all__ = ["site"]

PAGE = 6.0
SLIP = f"/{AGENCY}/diem-thi/{OPEN}/{number(1)}"
PAGES = [SLIP, f"/{AGENCY}/diem-thi/{OPEN}", f"/{AGENCY}/diem-thi/{OPEN}/pho-diem", "/toi", "/readyz", "/console/"]


class Hanging:
    """A store that needs ten seconds for every call, on a clock that stands but for the calls themselves."""

    def __init__(self, answers_after: float = 10.0) -> None:
        self.at = 0.0
        self.asked = 0
        self.answers_after = answers_after
        self.patience = 2.5

    def now(self) -> float:
        return self.at

    def send(self, request: Any, **_: Any) -> None:
        self.asked += 1
        self.at += min(self.answers_after, self.patience)
        if self.answers_after > self.patience:
            raise ReadTimeoutError(endpoint_url=request.url)


def fresh(site: Site, hanging: Hanging) -> Flask:
    """A process that holds nothing yet, over a store that hangs."""
    settings = replace(site.services.settings, answer_within=PAGE)
    services = Services(settings, clock=site.clock, monotonic=hanging.now)
    app = create_app(services.settings, services)
    services.aws.dynamodb.meta.events.register("before-send", hanging.send)
    return app


@pytest.mark.parametrize("path", PAGES)
def test_a_store_that_hangs_is_a_page_that_says_so_within_six_seconds(site: Site, path: str) -> None:
    hanging = Hanging()
    client = fresh(site, hanging).test_client()
    for name in NAMES[False].values():
        client.set_cookie(name, "x" * 43)

    answer = client.get(path)

    assert hanging.asked >= 1
    assert hanging.at <= (PAGE if not path.startswith("/console") else deadline.DESK)
    assert answer.status_code == 503, path
    assert answer.headers["Retry-After"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_store_that_is_slow_but_answers_is_waited_for(site: Site) -> None:
    hanging = Hanging(answers_after=0.5)

    assert fresh(site, hanging).test_client().get(SLIP).status_code == 200
    assert 0 < hanging.at <= PAGE


class Context:
    """What Lambda says of an invocation."""

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("milliseconds", "asked"), [(10_000, True), (3_900, False), (100, False)])
def test_what_is_left_of_a_functions_time_is_the_limit_when_it_is_less(
    site: Site, door: Any, milliseconds: int, asked: bool
) -> None:
    hanging = Hanging()
    app = fresh(site, hanging)
    event = door.event(Request("GET", SLIP, "", (("X-Origin-Secret", "edge"),)))

    answer = door.read(event, Gateway(app.wsgi_app, "localhost", "edge")(event, Context(milliseconds)))

    assert answer.status == 503
    assert (hanging.asked > 0) is asked
    assert hanging.at <= max(milliseconds / 1000 - 0.5, 0)


def test_the_deadline_of_one_answer_is_not_the_next_ones(site: Site) -> None:
    hanging = Hanging(answers_after=0.1)
    client = fresh(site, hanging).test_client()
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
        hanging.at += 100
    assert deadline.left() is None


def test_nobody_hurries_a_worker_or_a_command(site: Site) -> None:
    hanging = Hanging(answers_after=2.4)
    app = fresh(site, hanging)
    services: Services = app.extensions["motcua"].services
    for _ in range(5):
        services.once.ready()
    assert hanging.asked == 5
    assert hanging.at > PAGE
