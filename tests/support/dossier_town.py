"""A ward whose office takes dossiers in, at a stopped clock. For tests of the services."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import VIETNAM
from miniapp.core.personal import Personal
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Applicant, Channel, Step
from miniapp.dossiers.service import Act, Order
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

WARD, OTHER = "phuong-hoa-mai", "phuong-hoa-lan"
IDENTIFIER = "H56.14"
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
OFFICER, LEADER = By(Side.OFFICER, "off_desk"), By(Side.OFFICER, "off_leader")
LAN = Applicant(Personal("Nguyễn Thị Lan"), Personal("001099123456"), Personal("0912345678"))
STEPS = (Step("Thẩm định", "Công chức tư pháp"), Step("Ký duyệt", "Chủ tịch"))
AT_DESK = Order(
    "1.001193", "Đăng ký khai sinh", Channel.DESK, LAN, TimeLimit(Count.WORKING_DAYS, 3 * WORKING_DAY), STEPS
)
ONLINE = replace(AT_DESK, channel=Channel.ONLINE, steps=())


class DossierTown:
    """The office, and a dossier moved by whoever."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = StoppedClock(NOON)
        self.services = Services(cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.services.bind()
        AgencyStore().add(Agency(id, id, Kind.COMMUNE, id, id) for id in (WARD, OTHER))
        self.office = self.services.dossier_office

    def taken(self, order: Order = AT_DESK, key: str = "key-1", agency: str = WARD) -> Dossier:
        """A new dossier."""
        return self.office.take_in(agency, IDENTIFIER, order, by=OFFICER, key=key)

    def moved(self, dossier: Dossier, act: Act, by: By = OFFICER) -> Dossier:
        """A dossier moved from how it is given."""
        return self.office.move(dossier.agency, str(dossier.code), dossier.version, act, by=by)

    def told(self, agency: str = WARD) -> Sequence[str]:
        """What stands in the trail, oldest first."""
        return [entry.event for entry in reversed(self.services.audit.page(agency).entries)]
