"""The demo shows one published quarter, made once in whatever pieces."""

from dataclasses import replace
from datetime import datetime

import pytest

from handlers.wiring import Services
from infra.local import demo_quality
from miniapp.agencies.model import Description
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import VIETNAM
from miniapp.procedures.model import Procedure
from miniapp.quality.files import KINDS, check
from miniapp.quality.sets import outcomes, refusals
from tests.support.cloud import Cloud
from tests.support.exams import exam_agency
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Killed

AGENCY = "so-gddt-hoa-mai"
NOVEMBER = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def services(cloud: Cloud) -> Services:
    services = Services(cloud.settings, clock=StoppedClock(NOVEMBER), sleep=lambda seconds: None)
    services.bind()
    for write in AgencyStore().added(exam_agency(AGENCY, services=frozenset())):
        write.alone()
    held = services.agencies.now(AGENCY)
    services.agencies.describe(AGENCY, held.version, replace(Description.of(held), identifier="H56.14"), "operator")
    services.procedure_office.take(AGENCY, [Procedure("1.000656", "1.000656")], by="operator", source="test")
    return services


def load(services: Services) -> None:
    demo_quality.load(services, AGENCY, lambda text: None)


def test_a_quarter_is_published_with_every_group_large_enough_to_be_told(services: Services):
    load(services)
    [issue] = services.quality.out(AGENCY)
    assert issue.period == "2026-Q3"
    told = outcomes(issue.told.dossiers)
    assert all(told[name] for name in ("early", "on_time", "late", "refused")) and refusals(issue.told.dossiers)
    files = {name: services.quality.file(AGENCY, issue.period, name) for name in KINDS}
    assert check(files.get, services.signer.public).is_good
    assert list(services.quality_gathering.differences(AGENCY, "2026-07-01")) == []


@pytest.mark.parametrize("at", [40, 150])
def test_whoever_is_stopped_goes_on_and_what_is_out_is_left_alone(services: Services, at: int):
    with pytest.raises(Killed), CountedCalls(services.aws, at):
        load(services)
    load(services)
    [issue] = services.quality.out(AGENCY)
    assert issue.told.dossiers.find(("", "", "")) == demo_quality.MANY
    with CountedCalls(services.aws) as counting:
        load(services)
    assert counting.writes == []
