"""The console over an empty cloud: two agencies, a stopped clock, officers made through the services."""

from dataclasses import dataclass, field

import pytest
from flask import Flask

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk
from tests.support.score_desk import ScoreDesk
from tests.support.visitor import Visitor

AGENCY, OTHER = "so-gddt-an-giang", "so-gddt-phu-yen"


@dataclass
class Office:
    """The app with its services and its clock."""

    app: Flask
    services: Services
    clock: StoppedClock
    desks: list[Desk] = field(default_factory=list)

    def desk(self, login: str, *roles: str, agency: str = AGENCY) -> Desk:
        """An officer who came in before."""
        self.desks.append(officers.officer(self.services.accounts, self.clock, login, agency, *roles))
        return self.desks[-1]

    def visitor(self, **cookies: str) -> Visitor:
        """A browser."""
        return Visitor(self.app, **cookies)

    def at_desk(self, desk: Desk) -> Visitor:
        """A browser in which the officer signed in a moment ago."""
        return self.visitor(o=desk.come_in().token)

    def score_desk(self) -> ScoreDesk:
        """Who uploads and who approves; no exam yet."""
        uploader = self.desk("nap@angiang.gov.vn", "publisher")
        return ScoreDesk(self.services, AGENCY, uploader, self.desk("duyet@angiang.gov.vn", "approver"))


@pytest.fixture
def office(cloud: Cloud) -> Office:
    clock = StoppedClock()
    services = Services(cloud.settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    agencies = [_agency(AGENCY, "An Giang"), _agency(OTHER, "Phú Yên")]
    AgencyStore().add(agencies)
    AgencyStore().placed({"": agencies})
    return Office(app, services, clock)


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    """Nothing stands on it yet; modules that need an exam make a desk of their own."""
    return office.score_desk()


@pytest.fixture
def uploading(office: Office, desk: ScoreDesk) -> Visitor:
    return office.at_desk(desk.uploader)


@pytest.fixture
def approving(office: Office, desk: ScoreDesk) -> Visitor:
    return office.at_desk(desk.approver)


@pytest.fixture
def lan(office: Office) -> Desk:
    return office.desk("lan@angiang.gov.vn", "publisher")


@pytest.fixture
def admin(office: Office) -> Desk:
    return office.desk("admin@angiang.gov.vn", "agency_admin")


@pytest.fixture
def visitor(office: Office, admin: Desk) -> Visitor:
    return office.at_desk(admin)


def _agency(address: str, name: str) -> Agency:
    return Agency(
        id=address,
        address=address,
        kind=Kind.DEPARTMENT,
        name=f"Sở Giáo dục và Đào tạo {name}",
        name_en=f"Department of Education of {name}",
        sector="gddt",
        services=frozenset({Service.EXAM_SCORES}),
    )
