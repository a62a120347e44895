"""A ward whose dossiers can be followed, one in every state that a citizen can meet. For tests of the pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.time_limits import UNSTATED
from miniapp.dossiers.check_character import ALPHABET
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.service import Act, DossierOffice, Order
from tests.support.cloud import Cloud
from tests.support.dossier_acts import (
    annulled,
    apologised,
    asking,
    finished,
    giving,
    gone_on,
    handed_on,
    handed_over,
    refused,
    stopped,
    taken_up,
    to_be_paid,
    withdrawn,
)
from tests.support.dossier_town import AT_DESK, IDENTIFIER, LEADER, NOON, OFFICER, ONLINE
from tests.support.fakes import StoppedClock
from tests.support.visitor import Page, Visitor

AGENCY, NEIGHBOUR, SHUT = "phuong-hoa-mai", "phuong-hoa-lan", "phuong-hoa-cuc"
BASE = f"/{AGENCY}/ho-so"
UNKNOWN = "H56.14-261120-0999"
PHONE, IDENTITY, WRONG = "5678", "3456", "9999"
SHORT = replace(AT_DESK, limit=replace(AT_DESK.limit, amount=4 * 60))  # half a day
STATES: dict[str, tuple[Order, tuple[Act, ...]]] = {
    "filed": (ONLINE, ()),
    "refused": (ONLINE, (refused,)),
    "received": (AT_DESK, ()),
    "unlimited": (replace(AT_DESK, limit=UNSTATED), ()),
    "in-progress": (AT_DESK, (taken_up,)),
    "last-post": (AT_DESK, (taken_up, handed_on)),
    "short": (SHORT, (taken_up,)),
    "papers": (AT_DESK, (taken_up, asking())),
    "one-paper": (AT_DESK, (taken_up, asking(), giving(0))),
    "all-papers": (AT_DESK, (taken_up, asking(), giving(0), giving(1))),
    "goes-on": (AT_DESK, (taken_up, asking(), giving(0), giving(1), gone_on)),
    "annulled": (AT_DESK, (taken_up, asking(), annulled)),
    "payment": (AT_DESK, (taken_up, to_be_paid)),
    "apologised": (AT_DESK, (taken_up, apologised)),
    "withdrawn": (AT_DESK, (taken_up, withdrawn)),
    "stopped": (AT_DESK, (taken_up, stopped)),
    "finished": (AT_DESK, (taken_up, finished)),
    "returned": (AT_DESK, (taken_up, finished, handed_over)),
}


def brought_about(office: DossierOffice, state: str, agency: str = AGENCY) -> Dossier:
    """A dossier in a state, by all the moves that lead there."""
    order, acts = STATES[state]
    made = office.take_in(agency, IDENTIFIER, order, by=OFFICER, key=state)
    for act in acts:
        by = LEADER if act is annulled else OFFICER
        made = office.move(agency, str(made.code), made.version, act, by=by)
    return made


def open_ward(id: str, name: str, *services: Service) -> Agency:
    """A ward with a street and a number."""
    return Agency(
        id,
        id,
        Kind.COMMUNE,
        f"Ủy ban nhân dân {name}",
        f"People's Committee of {name}",
        services=frozenset(services),
        hotline="02573811234",
        street="12 Trần Hưng Đạo",
    )


@dataclass
class DossierPages:
    """The app over three wards: one with a dossier in every state, a neighbour, one that lets nobody follow."""

    cloud: Cloud

    def __post_init__(self) -> None:
        self.clock = StoppedClock(NOON)
        self.services = Services(self.cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.app = create_app(self.cloud.settings, self.services)
        AgencyStore().add(
            [
                open_ward(AGENCY, "phường Hoa Mai", Service.DOSSIERS, Service.PROCEDURES),
                open_ward(NEIGHBOUR, "phường Hoa Lan", Service.DOSSIERS),
                open_ward(SHUT, "phường Hoa Cúc"),
            ]
        )
        self.made = {state: brought_about(self.services.dossier_office, state) for state in STATES}
        self._addresses = iter(f"203.0.113.{place}" for place in range(1, 255))

    def newcomer(self, address: str = "") -> Visitor:
        """Another browser, at a network address of its own unless one is given."""
        found = Visitor(self.app)
        found.client.environ_base["REMOTE_ADDR"] = address or next(self._addresses)
        return found

    def code(self, state: str) -> str:
        """The code of the dossier in a state."""
        return str(self.made[state].code)

    def link(self, state: str) -> str:
        """Where the QR code of a dossier's receipt leads."""
        return f"/hs/{self.services.dossier_office.link(AGENCY, self.code(state))}"

    def every_state(self) -> Iterator[tuple[str, str]]:
        """The link of every dossier, by its state."""
        return ((state, self.link(state)) for state in STATES)


@pytest.fixture(scope="module")
def built(_session_cloud: Cloud) -> DossierPages:
    """The wards, made once for a module; whatever a test writes must belong to its own network address."""
    _session_cloud.engine.empty()
    return DossierPages(_session_cloud)


@pytest.fixture
def pages(built: DossierPages) -> Iterator[DossierPages]:
    """The wards at their hour, with no failures counted yet."""
    built.clock.at = NOON
    yield built
    admin, table = built.cloud.admin("dynamodb"), built.services.settings.resource("limits")
    for row in admin.scan(TableName=table)["Items"]:
        admin.delete_item(TableName=table, Key={"pk": row["pk"]})
    built.clock.at = NOON


def look_up(visitor: Visitor, code: str, figures: str = PHONE, status: int = 303, base: str = BASE) -> Page:
    """The form, sent."""
    return visitor.submit(base, status, code=code, figures=figures)


def misspelt(code: str) -> str:
    """A code printed with a check character that is not its own."""
    right = DossierCode.of(code).check
    return f"{code} [{ALPHABET[(ALPHABET.index(right) + 1) % len(ALPHABET)]}]"
