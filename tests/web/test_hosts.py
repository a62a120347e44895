"""A request is answered only under a name of ours, by every way in; without a list of names it is the base address's."""

import pytest
from flask import Flask
from werkzeug.test import Client

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.store import AgencyStore
from miniapp.core.settings import Settings
from tests.support.cloud import Cloud, settings_for
from tests.support.exams import HOUR, Bureau, csv_file, exam, exam_agency

SLIP = "/so-gddt-hoa-mai/diem-thi/thpt-2019/02000001"
OURS = ["motcua.gov.vn", "motcua.gov.vn:443", "MotCua.GOV.VN", "MOTCUA.gov.vn:443"]
FOREIGN = [
    "evil.example",
    "evil.example:443",
    "motcua.gov.vn.evil.example",
    "xmotcua.gov.vn",
    "motcua.gov.vn@evil.example",
]
FOREIGN += [
    "motcua.gov.vn:443@evil.example",
    "motcua.gov.vn:x",
    "motcua.gov.vn:",
    "[::1]",
    "127.0.0.1",
    ",motcua.gov.vn",
]


@pytest.fixture
def app(cloud: Cloud) -> Flask:
    """As deployed: https, and no list of names."""
    bureau = Bureau(cloud, HOUR)
    given = settings_for(
        cloud.settings.aws_endpoint, base_url="https://motcua.gov.vn", trusted_hosts="", secure_cookies=True
    )
    app = create_app(services=Services(given, clock=bureau.clock))
    agency = exam_agency("so-gddt-hoa-mai")
    for write in AgencyStore().added(agency):
        write.alone()
    bureau.released(exam(agency=agency.id), csv_file(["sbd", "toan"], [["02000001", "8"], ["02000002", "7"]]))
    return app


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("path", [SLIP, "/so-gddt-hoa-mai/diem-thi", "/console/sign-in", "/healthz"])
def test_our_own_name_is_answered_in_any_case_and_with_its_port(app: Flask, host: str, path: str) -> None:
    assert Client(app).get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize(
    "path", [SLIP, f"{SLIP}?lang=en", "/console", "/console/sign-in", "/assets/app.js", "/nothing"]
)
def test_a_foreign_name_is_refused_and_comes_back_nowhere(app: Flask, host: str, path: str) -> None:
    answer = Client(app).get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("base_url", "listed", "names"),
    [
        ("https://motcua.gov.vn", "", ("motcua.gov.vn",)),
        ("https://MotCua.gov.vn:8443/", "", ("motcua.gov.vn",)),
        ("http://[::1]:8000", "", ("[::1]",)),
        ("https://motcua.gov.vn", "a.vn, B.vn,", ("a.vn", "b.vn")),
    ],
)
def test_without_a_list_the_name_is_that_of_the_base_address(
    base_url: str, listed: str, names: tuple[str, ...]
) -> None:
    given: Settings = settings_for("", base_url=base_url, trusted_hosts=listed)

    assert given.hosts == names
