"""Accounts on a real engine, with a stopped clock."""

import pytest

from miniapp.accounts import service
from miniapp.accounts.service import Accounts
from miniapp.audit import store as audit_store
from miniapp.audit.service import Audit
from miniapp.core.ids import RandomIds
from miniapp.core.sealing import Sealer
from miniapp.core.tables import bind
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

AGENCY = "so-gddt-an-giang"
OTHER = "so-gddt-phu-yen"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def audit(cloud: Cloud, clock: StoppedClock) -> Audit:
    return audit_on(cloud, clock)


def audit_on(cloud: Cloud, clock: StoppedClock) -> Audit:
    """The trail, with the tables of this slice on one engine."""
    bind((*audit_store.TABLES, *service.TABLES), cloud.settings, cloud.aws)
    return Audit(clock, RandomIds())


def accounts_on(cloud: Cloud, clock: StoppedClock) -> Accounts:
    """The slice on one engine."""
    return Accounts(audit_on(cloud, clock), Sealer("k" * 64), clock, RandomIds(), "http://localhost:8000")


@pytest.fixture
def accounts(audit: Audit, clock: StoppedClock) -> Accounts:
    return Accounts(audit, Sealer("k" * 64), clock, RandomIds(), "http://localhost:8000")
