"""The demo is loaded in whatever pieces: stopped before any of its writes and started again, it is all there."""

from pathlib import Path

import pytest

from handlers.wiring import Services
from infra.local import demo
from miniapp.agencies.store import AgencyStore
from miniapp.exam_scores.model import EditionState
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, csv_file, exam, exam_agency
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Killed

AGENCY = "so-gddt-hoa-mai"
PEOPLE = [
    {"login": "nap@demo.vn", "name": "Nguyễn Mai Anh", "roles": ["publisher"]},
    {"login": "duyet@demo.vn", "name": "Trần Quốc Khánh", "roles": ["approver"]},
]
EXAM = exam(agency=AGENCY, slug="thpt-2026", year=2026, subjects=("toan", "van"), combination_set="")
FILE = csv_file(["sbd", "toan", "ngu_van"], [["02000001", "8", "7"], ["02000002", "5", "4"]])
ADDRESS = "192.0.2.7"


class Machine:
    """One machine's store and folder; every start is a new process."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self.folder, self.clock = cloud, folder, StoppedClock(HOUR)
        folder.mkdir(exist_ok=True)
        cloud.engine.empty()
        self.started()
        for write in AgencyStore().added(exam_agency(AGENCY, services=frozenset())):
            write.alone()

    def started(self) -> Services:
        services = Services(
            self.cloud.settings, clock=self.clock, sleep=lambda seconds: self.clock.pass_by(seconds=seconds)
        )
        services.bind()
        return services

    def load(self, services: Services) -> None:
        self.clock.pass_by(seconds=30)
        demo.load(services, self.folder, AGENCY, lambda text: None, PEOPLE, [(EXAM, lambda: FILE)])

    def whole(self) -> None:
        """Everybody can sign in, and the exam is out in one edition."""
        services = self.started()
        made = demo.officers(self.folder)
        assert [officer.login for officer in made] == [person["login"] for person in PEOPLE]
        for officer in made:
            self.clock.pass_by(seconds=60)
            half = services.accounts.sign_in.begin(officer.login, officer.password, address=ADDRESS)
            code = demo.pyotp.TOTP(officer.secret).at(self.clock.now())
            assert services.accounts.sign_in.finish(half, code, address=ADDRESS).signed.id == officer.id
        held = services.exam_office.exam(AGENCY, EXAM.slug)
        assert [item.state for item in services.exam_office.editions(held)] == [EditionState.APPROVED]
        assert held.pointer(self.clock.now())
        found = services.looking_up.open(held, "02000001")
        assert found.result.scores["toan"] == 800


def writes_of_a_start(cloud: Cloud, folder: Path) -> list[int]:
    first = Machine(cloud, folder)
    services = first.started()
    with CountedCalls(services.aws) as counted:
        first.load(services)
    first.whole()
    return counted.writes


def stopped_and_started(cloud: Cloud, folder: Path, at: int) -> None:
    machine = Machine(cloud, folder)
    services = machine.started()
    with pytest.raises(Killed), CountedCalls(services.aws, at):
        machine.load(services)
    machine.load(machine.started())
    machine.whole()


def test_stopped_before_a_write_the_next_start_ends_with_everything(cloud: Cloud, tmp_path: Path) -> None:
    writes = writes_of_a_start(cloud, tmp_path / "first")
    assert len(writes) > 15

    for at in writes[1::8]:
        stopped_and_started(cloud, tmp_path / str(at), at)


@pytest.mark.sweep
def test_stopped_before_any_write_the_next_start_ends_with_everything(cloud: Cloud, tmp_path: Path) -> None:
    for at in writes_of_a_start(cloud, tmp_path / "first"):
        stopped_and_started(cloud, tmp_path / str(at), at)


def test_a_start_with_everything_there_changes_nothing(cloud: Cloud, tmp_path: Path) -> None:
    machine = Machine(cloud, tmp_path / "data")
    machine.load(machine.started())
    held = (machine.folder / demo.FILE).read_text()

    machine.load(machine.started())

    assert (machine.folder / demo.FILE).read_text() == held
    machine.whole()


def test_what_somebody_withdrew_stays_withdrawn(cloud: Cloud, tmp_path: Path) -> None:
    machine = Machine(cloud, tmp_path / "data")
    machine.load(machine.started())
    office = machine.started().exam_office
    office.withdraw(office.exam(AGENCY, EXAM.slug), "off_x", "tried out")

    machine.load(machine.started())

    assert office.exam(AGENCY, EXAM.slug).pointer(machine.clock.now()) is None


def test_a_store_whose_officers_are_not_in_the_file_says_so(cloud: Cloud, tmp_path: Path) -> None:
    machine = Machine(cloud, tmp_path / "data")
    machine.load(machine.started())
    (machine.folder / demo.FILE).unlink()

    with pytest.raises(demo.DemoLost, match="DATA_DIR"):
        machine.load(machine.started())
