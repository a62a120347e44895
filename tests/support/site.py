"""A whole site for tests that walk it: the app over an empty cloud, agencies, exams in every state, officers, citizens.

Fixtures `site` and `fresh_site`. Everything is made through services, as in life; the clock is stopped at HOUR.
Making it takes seconds, so tests that change nothing share one. For one slice there are smaller builders."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from handlers.app import create_app
from handlers.context import NAMES
from handlers.wiring import Services
from infra.local import demo
from infra.seed.directory_file import directory_file
from miniapp.accounts.access import Operator, Role
from miniapp.accounts.model import Kind
from miniapp.accounts.sessions import Opened
from miniapp.agencies.directory import BUCKET, KEY
from miniapp.agencies.model import Agency, Service
from miniapp.agencies.model import Kind as AgencyKind
from miniapp.agencies.store import AgencyStore
from miniapp.core.settings import Settings
from miniapp.core.tables import transact
from miniapp.exam_scores.model import Exam, Policy, Reason, Window
from tests.support import exams, officers
from tests.support.cloud import Cloud
from tests.support.exams import HOUR, Bureau, csv_file
from tests.support.fakes import StoppedClock

AGENCY, OTHER = "so-gddt-phu-yen", "so-gddt-an-giang"
OPEN, VERIFIED, CODED, COMING, WITHDRAWN = "tot-nghiep-2026", "lop-10-2026", "chuyen-2026", "hsg-2026", "thu-2026"
EXAMS = (OPEN, VERIFIED, CODED, COMING, WITHDRAWN)
CANDIDATES = 40
BORN = "09/03/2011"
PROCEDURE = "1.001193"
LOGIN, CITIZEN = "lan@phuyen.gov.vn", "u_citizen"


def number(place: int, width: int = 8) -> str:
    """The candidate number at a place of the made-up files."""
    return str(2_000_001 + place).zfill(width) if width == 8 else str(120_001 + place)


@dataclass
class Furnished:
    """What stands in the store: agencies, exams, one officer's id and all that the officer knows."""

    agencies: list[Agency]
    exams: dict[str, Exam]
    officer: str
    desk: officers.Desk


@dataclass
class Site:
    """The app, its services and what stands in the store, at HOUR."""

    app: Flask
    services: Services
    clock: StoppedClock
    cloud: Cloud
    held: Furnished

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def officer(self) -> FlaskClient:
        """A browser in which an officer with every role has just signed in with both factors."""
        found = self.services.accounts.people.by_login(LOGIN, Operator())
        return self._with("officer", self.services.accounts.sessions.opened(Kind.OFFICER, found.id, found))

    def clerk(self) -> FlaskClient:
        """A browser of an officer who handles dossiers and decides nothing."""
        clerk = officers.officer(self.services.accounts, self.clock, "quay@hoamai.vn", AGENCY, Role.OFFICER.value)
        found = self.services.accounts.people.by_login(clerk.login, Operator())
        return self._with("officer", self.services.accounts.sessions.opened(Kind.OFFICER, found.id, found))

    def citizen(self) -> FlaskClient:
        """A browser that just came from the chat."""
        return self._with("citizen", self.services.accounts.sessions.opened(Kind.CITIZEN, CITIZEN))

    def _with(self, kind: str, session: Opened) -> FlaskClient:
        transact(*session.writes)
        client = self.client()
        client.set_cookie(NAMES[self.services.settings.secure_cookies][kind], session.token)
        return client

    def api(self, slug: str = "", more: str = "") -> str:
        """An address of the API below the agency's exams."""
        return f"/api/v1/agencies/{AGENCY}/exams" + (f"/{slug}" if slug else "") + more


STANDS = "the site of the tests stands"
_last: list[Furnished] = []


@pytest.fixture
def site(_session_cloud: Cloud) -> Site:
    """The site as a fresh process sees it, with no failures counted yet. Its data may be the last test's: to be read,
    looked up and guessed at, not to be changed."""
    if not _last or not _stands(_session_cloud):
        _session_cloud.engine.empty()
        _last[:] = [furnish(_session_cloud)]
        _mark(_session_cloud)
    _forget_failures(_session_cloud)
    return opened(_session_cloud, _last[0])


@pytest.fixture
def fresh_site(cloud: Cloud) -> Iterator[Site]:
    """The same for a test that changes it."""
    _last.clear()
    yield opened(cloud, furnish(cloud))
    cloud.engine.empty()


def opened(cloud: Cloud, held: Furnished, **settings: object) -> Site:
    """A fresh process over what stands; `settings` may differ."""
    chosen: Settings = replace(cloud.settings, **settings)  # type: ignore[arg-type]
    clock = StoppedClock(HOUR)
    services = Services(chosen, clock=clock, sleep=lambda seconds: None)
    return Site(create_app(chosen, services), services, clock, cloud, held)


def furnish(cloud: Cloud, hour: datetime = HOUR) -> Furnished:
    """Two agencies, an exam in every state at this hour, an officer."""
    bureau = Bureau(cloud, at=hour - timedelta(minutes=2))
    services = Services(cloud.settings, clock=bureau.clock, sleep=lambda seconds: None)
    services.bind()
    agencies = [_agency(AGENCY, "Phú Yên"), _agency(OTHER, "An Giang")]
    AgencyStore().add(agencies)
    services.files.put(BUCKET, KEY, directory_file(agencies))
    demo.load_procedures(services, lambda text: None)
    desk = officers.officer(services.accounts, bureau.clock, LOGIN, AGENCY, *(role.value for role in Role))
    bureau.clock.at = hour
    return Furnished(agencies, _exams(bureau), desk.id, desk)


def _stands(cloud: Cloud) -> bool:
    """Whether nobody emptied the engine since: a row of our own, since other tests have agencies of the same names."""
    found = cloud.admin("dynamodb").get_item(TableName=cloud.settings.resource("once"), Key={"pk": {"S": STANDS}})
    return "Item" in found


def _mark(cloud: Cloud) -> None:
    row = {"pk": {"S": STANDS}, "state": {"S": "done"}, "lease": {"N": "0"}, "expires": {"N": "0"}}
    cloud.admin("dynamodb").put_item(TableName=cloud.settings.resource("once"), Item=row)


def _forget_failures(cloud: Cloud) -> None:
    admin, table = cloud.admin("dynamodb"), cloud.settings.resource("limits")
    for row in admin.scan(TableName=table)["Items"]:
        admin.delete_item(TableName=table, Key={"pk": row["pk"]})


def _agency(address: str, name: str) -> Agency:
    return Agency(
        id=address,
        address=address,
        kind=AgencyKind.DEPARTMENT,
        name=f"Sở Giáo dục và Đào tạo {name}",
        name_en=f"Department of Education of {name}",
        sector="gddt",
        services=frozenset({Service.EXAM_SCORES, Service.PROCEDURES}),
    )


def _exams(bureau: Bureau) -> dict[str, Exam]:
    subjects = ("toan", "van", "nn", "li", "hoa")
    hour = bureau.clock.at
    window = Window(hour, hour + timedelta(days=10), "Trường THPT Lê Lợi")
    plain = exams.exam(agency=AGENCY, slug=OPEN, year=2026, subjects=subjects, remark=window)
    verified = exams.verified(agency=AGENCY, slug=VERIFIED, year=2026, number_example="120001")
    coded = replace(verified, slug=CODED, policy=Policy.CODED, factors=("card_code",))
    dated = [(*_row(place, 6, 3), BORN) for place in range(CANDIDATES)]
    rows = [_row(place, 8, 5) for place in range(CANDIDATES)]
    body = csv_file(["sbd", *subjects], rows)
    by_birth = csv_file(["sbd", *verified.subjects, "ngay_sinh"], dated)
    by_code = csv_file(["sbd", *verified.subjects, "ma_tra_cuu"], [(*row[:-1], "K7Q2M") for row in dated])
    made = {
        OPEN: bureau.released(plain, body),
        VERIFIED: bureau.released(verified, by_birth),
        CODED: bureau.released(coded, by_code),
        COMING: bureau.released(replace(verified, slug=COMING), by_birth, at=hour + timedelta(hours=1)),
    }
    fix = csv_file(["sbd", "toan"], [(number(1), "10")])
    made[OPEN] = _corrected(bureau, made[OPEN], fix)
    gone = bureau.released(replace(plain, slug=WITHDRAWN), body)
    made[WITHDRAWN] = bureau.office.withdraw(gone, exams.APPROVER, "wrong file")
    return made


def _corrected(bureau: Bureau, exam: Exam, fix: bytes) -> Exam:
    edition = bureau.imported(exam, fix, reason=Reason.REMARK, partial=True)
    return bureau.office.approve(exam, edition.id, exams.APPROVER, None)


def _row(place: int, width: int, subjects: int) -> tuple[str, ...]:
    """One candidate: a number and scores spread over the scale, now and then absent."""
    scores = [f"{(place * 7 + subject * 13) % 41 * 25 / 100:.2f}" for subject in range(subjects)]
    if place % 11 == 5:
        scores[-1] = "V\u1eaeNG"
    return number(place, width), *scores
