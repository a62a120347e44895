"""A province and a ward whose procedures are open to citizens, over the demo's catalogue. For tests of their pages."""

from dataclasses import dataclass, field
from datetime import datetime

from handlers.app import create_app
from handlers.wiring import Services
from infra.local.demo import PROCEDURES
from miniapp.agencies.model import Agency, Kind, Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import VIETNAM
from miniapp.core.ids import NATION
from miniapp.procedures.importing import read_file
from miniapp.procedures.model import Procedure
from miniapp.procedures.publishing import in_silence
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.visitor import Visitor

PROVINCE, WARD, SHUT = "tinh-hoa-mai", "phuong-hoa-mai", "phuong-hoa-lan"
NOON = datetime(2026, 11, 20, 15, 40, tzinfo=VIETNAM)
BIRTH = "1.001193"


def demo_procedures() -> tuple[Procedure, ...]:
    """What the demo carries."""
    with PROCEDURES.open("rb") as body:
        return read_file(body, lambda: (), in_silence).procedures


@dataclass
class ProcedureTown:
    """The agencies, the app, and whoever opens it."""

    cloud: Cloud
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(NOON))

    def __post_init__(self) -> None:
        self.services = Services(self.cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.app = create_app(self.cloud.settings, self.services)
        opened = frozenset({Service.PROCEDURES})
        AgencyStore().add(
            [
                Agency(PROVINCE, PROVINCE, Kind.PROVINCE, "Tỉnh Hoa Mai", "Hoa Mai province", services=opened),
                Agency(WARD, WARD, Kind.COMMUNE, "Phường Hoa Mai", "Hoa Mai ward", PROVINCE, services=opened),
                Agency(SHUT, SHUT, Kind.COMMUNE, "Phường Hoa Lan", "Hoa Lan ward", PROVINCE),
            ]
        )

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.app)

    def take(self, *procedures: Procedure, layer: str = NATION, effective: str = "") -> None:
        """Records of a layer; of the nation where none is named."""
        self.services.procedure_office.take(layer, procedures, by="operator", source="test", effective=effective)
        self.clock.pass_by(seconds=6)  # what a process was told is believed for five
