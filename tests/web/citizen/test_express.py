"""The express way and the long way through Flask give the same answer, and the express way gives up where it should."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, EnvironBuilder

from handlers.app import create_app
from handlers.express import Express
from handlers.lambdas.gateway import Gateway
from handlers.wiring import Services
from infra.lambdas.doors import DOORS, Door, Request
from miniapp.agencies.store import AgencyStore
from miniapp.core.deadline import InTime
from tests.support.cloud import Cloud, settings_for
from tests.support.exams import HOUR, Bureau, csv_file, exam, exam_agency
from tests.support.happened import heard

HEADER = ["sbd", "toan", "ngu_van", "vat_li", "hoa_hoc", "ngoai_ngu"]
ROWS = [[f"020000{place:02d}", "8,25", "7.5", "VẮNG" if place % 3 else "6", "", place % 11] for place in range(1, 40)]
BASE = "/so-gddt-hoa-mai/diem-thi/thpt-2019"


class Counted:
    """The long way, counting who takes it."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.taken = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.taken += 1
        return self.inner(environ, start_response)


@pytest.fixture
def app(cloud: Cloud) -> Flask:
    bureau = Bureau(cloud, HOUR)
    services = Services(settings_for(cloud.settings.aws_endpoint, trusted_hosts="localhost"), clock=bureau.clock)
    app = create_app(services=services)
    agency = exam_agency("so-gddt-hoa-mai")
    for write in AgencyStore().added(agency):
        write.alone()
    bureau.released(exam(agency=agency.id), csv_file(HEADER, ROWS))
    return app


def long_way(app: Flask) -> Counted:
    """Put a counter between the express way and Flask."""
    in_time = app.wsgi_app
    assert isinstance(in_time, InTime)
    express = in_time._inner
    assert isinstance(express, Express)
    counted = Counted(express._inner)
    express._inner = counted
    return counted


@pytest.mark.parametrize("query", ["", "lang=en"])
def test_both_ways_answer_with_the_same_bytes_and_headers(app: Flask, query: str) -> None:
    counted = long_way(app)
    for row in ROWS:
        path = f"{BASE}/{row[0]}"
        quick = Client(app).get(path, query_string=query)
        slow = Client(counted.inner).get(path, query_string=query)
        assert quick.status_code == slow.status_code == 200
        assert quick.get_data() == slow.get_data()
        assert sorted(quick.headers) == sorted(slow.headers)
    assert counted.taken == 0


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("POST", f"{BASE}/02000001", ""),
        ("HEAD", f"{BASE}/02000001", ""),
        ("GET", f"{BASE}/02000001", "utm=1"),
        ("GET", f"{BASE}/02000001/", ""),
        ("GET", f"{BASE}/09999999", ""),
        ("GET", f"{BASE}/pho-diem", ""),
        ("GET", "/no-such-agency/diem-thi/thpt-2019/02000001", ""),
        ("GET", "/so-gddt-hoa-mai/diem-thi/no-such-exam/02000001", ""),
        ("GET", f"{BASE}/①②③", ""),
    ],
)
def test_what_is_no_slip_goes_the_long_way(app: Flask, method: str, path: str, query: str) -> None:
    counted = long_way(app)

    answer = Client(app).open(path, method=method, query_string=query)

    assert counted.taken == 1
    assert answer.status_code != 500


def test_a_foreign_host_gets_no_slip(app: Flask) -> None:
    environ = EnvironBuilder(path=f"{BASE}/02000001", base_url="http://evil.example/").get_environ()

    answer = Client(app).open(environ)

    assert answer.status_code == 400 or answer.status_code >= 403


def test_a_request_past_our_edge_gets_no_slip(cloud: Cloud, app: Flask) -> None:
    behind_edge = settings_for(cloud.settings.aws_endpoint, origin_secret="edge")
    guarded = create_app(services=Services(behind_edge))

    assert Client(guarded).get(f"{BASE}/02000001").status_code == 404
    assert Client(guarded).get(f"{BASE}/02000001", headers={"X-Origin-Secret": "edge"}).status_code == 200


SECRET = "the-edge"
HOST = "localhost"
THROUGH_EDGE = (("X-Origin-Secret", SECRET),)


def entries(app: Flask) -> tuple[Gateway, Gateway, Counted]:
    """Lambda's entry with and without the express way before its WSGI call, and who counts those calls."""
    counted = Counted(app.wsgi_app)
    express = Express(app.wsgi_app, app.extensions["motcua"])
    return Gateway(counted, HOST, SECRET, express.slip, 60.0), Gateway(app.wsgi_app, HOST, SECRET), counted


@pytest.mark.parametrize("query", ["", "lang=en"])
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_lambdas_entry_answers_slips_without_a_wsgi_call_and_alike(app: Flask, door: Door, query: str) -> None:
    quick, slow, counted = entries(app)
    for row in ROWS[:12]:
        event = door.event(Request(path=f"{BASE}/{row[0]}", query=query, headers=THROUGH_EDGE))
        at_once, by_wsgi = door.read(event, quick(event, None)), door.read(event, slow(event, None))
        assert (at_once.status, at_once.text) == (by_wsgi.status, by_wsgi.text) == (200, by_wsgi.text)
        assert sorted(at_once.headers) == sorted(by_wsgi.headers)
    assert counted.taken == 0


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_at_lambdas_entry_too_a_request_past_our_edge_gets_no_slip(app: Flask, door: Door) -> None:
    quick, _, counted = entries(app)
    for headers in ((), (("X-Origin-Secret", "guessed"),), (("X-Origin-Secret", "the-edgé"),)):
        event = door.event(Request(path=f"{BASE}/02000001", headers=headers))
        assert door.read(event, quick(event, None)).status == 403
    assert counted.taken == 0


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
@pytest.mark.parametrize("path", [f"{BASE}/09999999", f"{BASE}/0200000%31", f"{BASE}/pho-diem"])
def test_at_lambdas_entry_too_all_else_goes_the_long_way(app: Flask, door: Door, path: str) -> None:
    quick, _, counted = entries(app)
    event = door.event(Request(path=path, headers=THROUGH_EDGE))
    assert door.read(event, quick(event, None)).status in (200, 404)
    assert counted.taken == 1


def test_the_console_has_no_slips(cloud: Cloud, app: Flask) -> None:
    console = create_app(services=Services(settings_for(cloud.settings.aws_endpoint, role="console")))
    assert Client(console).get(f"{BASE}/02000001").status_code == 404


def test_a_slip_is_counted_once_whichever_way_it_went_and_a_number_that_is_not_there_apart(app: Flask) -> None:
    counted = long_way(app)
    with heard() as held:
        for row in ROWS[:9]:
            Client(app).get(f"{BASE}/{row[0]}")
            Client(counted.inner).get(f"{BASE}/{row[0]}")
        Client(app).get(f"{BASE}/09999999")
        Client(app).get(f"{BASE}/pho-diem")
    agency = "so-gddt-hoa-mai"
    assert held.counted == {
        (agency, "scores_looked_up", "found"): 18,
        (agency, "scores_looked_up", "nothing"): 1,
    }
    assert not any(row[0] in line for row in ROWS for line in held.lines)
