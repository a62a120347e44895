"""The demo's catalogue is filled once; whatever an operator took in since is left alone."""

import pytest

from handlers.wiring import Services
from infra.local.demo import load_procedures
from miniapp.core.ids import NATION
from miniapp.procedures.model import Procedure
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock


@pytest.fixture
def services(cloud: Cloud) -> Services:
    made = Services(cloud.settings, clock=StoppedClock())
    made.bind()
    return made


def test_the_demo_has_everyday_procedures_after_its_first_start(services: Services) -> None:
    said: list[str] = []
    load_procedures(services, said.append)
    load_procedures(services, said.append)
    assert len(said) == 1
    shown = services.catalogue.get("nowhere", "1.001193")
    assert shown.procedure.name == "Đăng ký khai sinh"
    assert len(list(services.catalogue.every("nowhere"))) >= 80


def test_a_catalogue_that_was_filled_is_left_alone(services: Services) -> None:
    services.procedure_office.take(NATION, [Procedure("1.000001", "A")], by="operator", source="test")
    load_procedures(services, lambda text: None)
    assert [one.procedure.code for one in services.catalogue.every("nowhere")] == ["1.000001"]
