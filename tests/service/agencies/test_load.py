"""Loading the tree: whole or in pieces, twice or after a stop, and the directory that comes with it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from infra.seed import load
from infra.seed.tree import tree
from miniapp.agencies import store as agencies_store
from miniapp.agencies.directory import Directory
from miniapp.agencies.model import Agency, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Unavailable
from miniapp.core.files import Files
from miniapp.core.tables import bind, transact
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

SOME = 700  # the top, the demo province, and the beginning of the next


@pytest.fixture
def files(cloud: Cloud) -> Files:
    return Files(cloud.aws, cloud.settings)


@pytest.fixture
def store(cloud: Cloud) -> AgencyStore:
    bind(agencies_store.TABLES, cloud.settings, cloud.aws)
    return AgencyStore()


@pytest.fixture(scope="session")
def some() -> Sequence[Agency]:
    return tree()[:SOME]


def quiet(done: int, total: int) -> None:
    """Nobody listens."""


def test_a_load_adds_all_and_a_second_nothing(store: AgencyStore, files: Files, some: Sequence[Agency]):
    assert load.load(store, files, quiet, some) == SOME
    assert load.load(store, files, quiet, some) == 0
    assert all(store.find(agency.id) == replace(agency, version=1) for agency in some[::50])


def test_a_load_that_was_stopped_goes_on(store: AgencyStore, files: Files, some: Sequence[Agency]):
    def stop(done: int, total: int) -> None:
        if done > SOME // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load.load(store, files, stop, some)
    added = load.load(store, files, quiet, some)
    assert 0 < added < SOME
    assert all(store.find(agency.id) for agency in some[::50])
    assert store.page("ubnd-tinh-dak-lak").total == 110


def test_a_load_leaves_what_an_officer_changed(store: AgencyStore, files: Files, some: Sequence[Agency]):
    load.load(store, files, quiet, some)
    before = store.get("so-gddt-dak-lak")
    transact(*store.changed(before, before.closed(Service.EXAM_SCORES)))
    load.load(store, files, quiet, some)
    assert store.get("so-gddt-dak-lak").services == frozenset()


def test_progress_rises_to_the_end(store: AgencyStore, files: Files, some: Sequence[Agency]):
    told: list[tuple[int, int]] = []
    load.load(store, files, lambda done, total: told.append((done, total)), some)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (SOME, SOME)


def test_the_directory_comes_with_the_load_and_offers_nothing_that_is_not_there(
    store: AgencyStore, files: Files, some: Sequence[Agency]
):
    directory = Directory(files, StoppedClock())
    with pytest.raises(Unavailable) as refused:
        directory.search("Tuy Hòa")
    assert refused.value.code == "directory_unavailable"
    load.load(store, files, quiet, some)
    assert [match.agency.id for match in directory.search("Tuy Hòa").matches] == ["phuong-tuy-hoa-dak-lak"]
    for match in directory.search("Tân An").matches:
        assert store.find(match.agency.id) is not None


def test_a_directory_that_cannot_be_refreshed_goes_on_with_what_it_has(
    store: AgencyStore, files: Files, some: Sequence[Agency]
):
    load.load(store, files, quiet, some)
    clock = StoppedClock()
    directory = Directory(files, clock)
    before = directory.search("Tuy Hòa")
    files.put("packs", "agencies/directory.json.gz", b"no gzip at all")
    clock.pass_by(minutes=2)
    assert directory.search("Tuy Hòa") == before


def test_the_finished_load_is_remembered_by_its_data(store: AgencyStore):
    assert not load.is_loaded(store)
    store.mark_seeded(load.fingerprint())
    store.mark_seeded(load.fingerprint())
    assert load.is_loaded(store)
