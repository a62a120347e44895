"""The demo's ratings are loaded in whatever pieces, once, and what they add up to is what they say."""

import json
from datetime import date
from pathlib import Path

import pytest

from handlers.wiring import Services
from infra.local import demo_ratings
from infra.local.demo import FILE, DemoOfficer
from infra.seed.ratings import made_up
from miniapp.agencies.store import AgencyStore
from miniapp.procedures.model import Procedure
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import days_between
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, exam_agency
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Killed

AGENCY = "so-gddt-hoa-mai"
CODES = ["1.000656", "1.001193"]
TODAY = date(2026, 7, 16)


class Machine:
    """A store with an agency and its catalogue, and a folder that knows the demo's officers."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        services = self.started()
        for write in AgencyStore().added(exam_agency(AGENCY, services=frozenset())):
            write.alone()
        services.procedure_office.take(AGENCY, [Procedure(code, code) for code in CODES], by="operator", source="test")
        people = [DemoOfficer(f"off_{at}", f"{at}@x.vn", "Lan", ["officer"], "", "") for at in range(2)]
        (folder / FILE).write_text(json.dumps([person.__dict__ for person in people]))

    def started(self) -> Services:
        services = Services(self.cloud.settings, clock=StoppedClock(HOUR), sleep=lambda seconds: None)
        services.bind()
        return services

    def load(self, services: Services) -> None:
        demo_ratings.load(services, self.folder, AGENCY, lambda text: None)

    def counted(self, services: Services) -> int:
        held = services.rating_counts.read(AGENCY, ["2026"], By.WHOLE).get(AGENCY)
        return held.counted + held.apart if held else 0


def test_the_same_ratings_are_made_up_on_every_machine():
    one, two = (list(made_up(AGENCY, CODES, ["a"], TODAY)) for _ in range(2))
    assert one == two
    assert len({each.token for each in one}) == len(one) > 200
    assert {each.ballot.said.option("overall") for each in one if each.ballot} >= {"dissatisfied", "very_satisfied"}


@pytest.mark.parametrize("at", [50, 600])  # amid the ballots, and amid their counts
def test_whoever_is_stopped_goes_on_and_what_is_loaded_is_left_alone(cloud: Cloud, tmp_path: Path, at: int):
    machine = Machine(cloud, tmp_path)
    expected = sum(
        1 for each in made_up(AGENCY, CODES, ["off_0", "off_1"], TODAY) if each.ballot and each.day >= "2026"
    )
    services = machine.started()
    with pytest.raises(Killed), CountedCalls(services.aws, at):
        machine.load(services)
    services = machine.started()
    machine.load(services)
    assert machine.counted(services) == expected
    assert list(services.rolling_up.differences(AGENCY, days_between("2026-01-01", "2026-12-31"))) == []
    with CountedCalls(services.aws) as again:
        machine.load(services)
    assert not again.writes
