"""The app over the embedded engine with a part of the tree, for tests of citizens' pages in any room.

Fixtures: `agencies_app` (nothing in its store) and `agencies_client` (its visitor, with a part of the tree loaded). The
app is imported when a test asks for it, so that rooms without pages do not need it."""

from collections import defaultdict

import pytest
from flask import Flask
from flask.testing import FlaskClient

from infra.seed.directory_file import directory_file
from infra.seed.tree import tree
from miniapp.agencies.directory import Directory
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

NEAR = ("phuong-tuy-hoa-dak-lak", "xa-tay-hoa-dak-lak")


class OneFile:
    """A bucket with one file in it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def find(self, bucket: str, key: str) -> object:
        return len(self.body)

    def get(self, bucket: str, key: str, most: int) -> bytes:
        return self.body


@pytest.fixture(scope="session")
def whole_directory() -> Directory:
    """The directory of the whole tree, read once."""
    return Directory(OneFile(directory_file(tree())), StoppedClock())


@pytest.fixture(scope="session")
def some_agencies() -> list[Agency]:
    """Ministries, provinces, the demo province's offices, two communes with all in them, and what was merged."""
    found = []
    for agency in tree():
        top = not agency.parent and not agency.successors
        demo = agency.parent == "ubnd-tinh-dak-lak" and agency.kind is not Kind.COMMUNE
        near = agency.id in NEAR or agency.parent in NEAR
        if top or demo or near or agency.id in ("so-gddt-phu-yen", "ubnd-tinh-phu-yen"):
            found.append(agency)
    return found


@pytest.fixture
def agencies_app(cloud: Cloud) -> Flask:
    """The app with nothing in its store."""
    from handlers.app import create_app
    from handlers.wiring import Services

    return create_app(cloud.settings, Services(cloud.settings, StoppedClock()))


@pytest.fixture
def agencies_client(agencies_app: Flask, some_agencies: list[Agency], whole_directory: Directory) -> FlaskClient:
    """A visitor of the app with a part of the tree and the whole directory in it."""
    agencies_app.extensions["motcua"].services.directory = whole_directory
    store = AgencyStore()
    store.add(some_agencies)
    below = defaultdict(list)
    for agency in some_agencies:
        if not agency.successors:
            below[agency.parent].append(agency)
    store.placed(below)
    return agencies_app.test_client()
