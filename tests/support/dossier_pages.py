"""A ward whose dossiers can be followed, one in every state that a citizen can meet. For tests of the pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.time_limits import UNSTATED
from miniapp.dossiers.apologising import apologise
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Channel, Ground, Lack, Wanted
from miniapp.dossiers.pausing import annul_request, ask_for_papers, ask_for_payment, give_paper, go_on
from miniapp.dossiers.receiving import refuse
from miniapp.dossiers.service import Act, DossierOffice, Order
from miniapp.dossiers.working import hand_on, take_up
from tests.support.cloud import Cloud
from tests.support.dossier_town import AT_DESK, IDENTIFIER, LEADER, NOON, OFFICER, ONLINE
from tests.support.fakes import StoppedClock
from tests.support.visitor import Visitor

AGENCY, NEIGHBOUR, SHUT = "phuong-hoa-mai", "phuong-hoa-lan", "phuong-hoa-cuc"
PHONE, IDENTITY, WRONG = "5678", "3456", "9999"
GROUND = Ground("Điều 5 Nghị định 123/2015/NĐ-CP", "Việc này do Ủy ban nhân dân cấp tỉnh giải quyết")
FORTNIGHT = timedelta(days=14)  # the same day of the week, so one of work
REASON = "Chờ xác minh nơi sinh"
MISSING = (
    Wanted("Giấy chứng sinh", Lack.MISSING, "Xin cấp lại tại bệnh viện"),
    Wanted("Tờ khai", Lack.INCORRECT, "Ghi lại ngày sinh của con"),
)
UP: Act = lambda one, at, calendar: take_up(one, OFFICER, at)  # noqa: E731
ON: Act = lambda one, at, calendar: hand_on(one, 1, LEADER.id, OFFICER, at)  # noqa: E731
DONE: Act = lambda one, at, calendar: finish(one, OFFICER, at)  # noqa: E731
OUT: Act = lambda one, at, calendar: hand_over(one, Channel.DESK, OFFICER, at)  # noqa: E731
BACK: Act = lambda one, at, calendar: withdraw(one, OFFICER, at)  # noqa: E731
ENDED: Act = lambda one, at, calendar: stop(one, GROUND, OFFICER, at)  # noqa: E731
REFUSED: Act = lambda one, at, calendar: refuse(one, GROUND, OFFICER, at, calendar)  # noqa: E731
PAPERS: Act = lambda one, at, calendar: ask_for_papers(  # noqa: E731
    one, MISSING, "Điều 18 Luật Hộ tịch", at + FORTNIGHT, OFFICER, at, calendar
)
FIRST: Act = lambda one, at, calendar: give_paper(one, 0, OFFICER, at)  # noqa: E731
SECOND: Act = lambda one, at, calendar: give_paper(one, 1, OFFICER, at)  # noqa: E731
GO_ON: Act = lambda one, at, calendar: go_on(one, OFFICER, at, calendar)  # noqa: E731
ANNULLED: Act = lambda one, at, calendar: annul_request(one, "Tờ khai đã đúng", LEADER, at, calendar)  # noqa: E731
MONEY: Act = lambda one, at, calendar: ask_for_payment(one, 8_000, "Thông tư 281/2016/TT-BTC", OFFICER, at)  # noqa: E731
SORRY: Act = lambda one, at, calendar: apologise(  # noqa: E731
    one, REASON, at + FORTNIGHT, OFFICER, at, calendar
)
SHORT = replace(AT_DESK, limit=replace(AT_DESK.limit, amount=4 * 60))  # half a day
STATES: dict[str, tuple[Order, tuple[Act, ...]]] = {
    "filed": (ONLINE, ()),
    "refused": (ONLINE, (REFUSED,)),
    "received": (AT_DESK, ()),
    "unlimited": (replace(AT_DESK, limit=UNSTATED), ()),
    "in-progress": (AT_DESK, (UP,)),
    "last-post": (AT_DESK, (UP, ON)),
    "short": (SHORT, (UP,)),
    "papers": (AT_DESK, (UP, PAPERS)),
    "one-paper": (AT_DESK, (UP, PAPERS, FIRST)),
    "all-papers": (AT_DESK, (UP, PAPERS, FIRST, SECOND)),
    "goes-on": (AT_DESK, (UP, PAPERS, FIRST, SECOND, GO_ON)),
    "annulled": (AT_DESK, (UP, PAPERS, ANNULLED)),
    "payment": (AT_DESK, (UP, MONEY)),
    "apologised": (AT_DESK, (UP, SORRY)),
    "withdrawn": (AT_DESK, (UP, BACK)),
    "stopped": (AT_DESK, (UP, ENDED)),
    "finished": (AT_DESK, (UP, DONE)),
    "returned": (AT_DESK, (UP, DONE, OUT)),
}


def brought_about(office: DossierOffice, state: str, agency: str = AGENCY) -> Dossier:
    """A dossier in a state, by all the moves that lead there."""
    order, acts = STATES[state]
    made = office.take_in(agency, IDENTIFIER, order, by=OFFICER, key=state)
    for act in acts:
        by = LEADER if act is ANNULLED else OFFICER
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
