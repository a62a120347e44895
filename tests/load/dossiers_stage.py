"""An office with very many dossiers, its officer's and its citizens' browsers. For the benchmark of dossiers.

What grows is what lies in one place: dossiers of one agency, and their lines on its shelves. Stories, links and orders lie
under keys of their own, one or two rows each, however many dossiers there are; those of the dossiers that are opened
exist. Each shelf and each part of one holds more lines than are counted, at the smallest size too."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.core.clock import VIETNAM
from miniapp.core.ids import NATION
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.store import DossierStore
from miniapp.procedures.model import Channel, Procedure, Way
from tests.support.cloud import Cloud
from tests.support.dossier_acts import asking, finished, handed_over, taken_up
from tests.support.dossier_pages import AGENCY, open_ward
from tests.support.dossier_town import AT_DESK, IDENTIFIER, OFFICER, ONLINE
from tests.support.fakes import StoppedClock
from tests.support.officers import officer
from tests.support.visitor import Visitor

# A Friday morning far ahead: the engine takes away rows of sessions whose time is over by the clock on the wall.
HOUR = datetime(2030, 11, 22, 9, 0, tzinfo=VIETNAM)
BATCH = 25
PER_DAY = 9_000  # codes of one day
FIRST_DAY = date(2030, 1, 7)
OPENED = 40  # dossiers that somebody opens
KINDS = 20  # of which: 4 new, 9 running (3 late, 3 due today, 3 later), 3 waiting, 3 ready, 1 ended


@dataclass
class Stage:
    """The app over one ward, and how many dossiers it has."""

    cloud: Cloud
    services: Services
    app: Flask
    clerk: Visitor
    citizen: Visitor
    samples: list[Dossier]
    opened: list[Dossier]
    held: int = 0

    def grow(self, size: int) -> None:
        """More dossiers, past our own code, until there are so many."""
        client, table = self.cloud.admin("dynamodb"), self.cloud.settings.resource("dossiers")
        store = DossierStore()
        rows = ({"PutRequest": {"Item": item}} for one in self.more(size) for item in _items(store, one))
        while batch := list(islice(rows, BATCH)):
            left: dict[str, Any] = {table: batch}
            while left:
                left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]
        self.held = size

    @property
    def kept(self) -> list[Dossier]:
        """Some of the dossiers that were made past our own code."""
        return list(islice(Stage(**{**vars(self), "held": 0}).more(1_000), OPENED))

    def more(self, size: int) -> Iterator[Dossier]:
        """The dossiers that are lacking."""
        for place in range(self.held, size):
            day = FIRST_DAY + timedelta(days=place // PER_DAY)
            yield replace(self.samples[place % KINDS], code=DossierCode.made(IDENTIFIER, day, place % PER_DAY + 1))


def prepare(cloud: Cloud) -> Stage:
    """The ward with its catalogue, an officer who is signed in, and the dossiers that are opened."""
    clock = StoppedClock(HOUR)
    services = Services(cloud.settings, clock=clock, sleep=lambda seconds: None)
    app = create_app(cloud.settings, services)
    AgencyStore().add(
        [replace(open_ward(AGENCY, "phường Hoa Mai", Service.DOSSIERS, Service.PROCEDURES), identifier=IDENTIFIER)]
    )
    ways = (Channel(Way.DESK, TimeLimit(Count.WORKING_DAYS, 3 * WORKING_DAY)),)
    birth = Procedure("1.001193", "Đăng ký khai sinh", channels=ways)
    services.procedure_office.take(NATION, [birth], by="operator", source="benchmark")
    clerk = officer(services.accounts, clock, "quay@hoamai.vn", AGENCY, "officer")
    samples = _samples(services, clock)
    clock.at = HOUR
    opened = [_taken(services, f"opened-{place}") for place in range(OPENED)]
    token = clerk.come_in().token
    return Stage(cloud, services, app, Visitor(app, o=token), Visitor(app), samples, opened)


def _samples(services: Services, clock: StoppedClock) -> list[Dossier]:
    """One of each kind, made by its moves."""
    office = services.dossier_office
    made: list[Dossier] = []
    starts = [HOUR - timedelta(days=days) for days in (10, 9, 8)]  # due before today
    starts += [_three_working_days_before(HOUR) + timedelta(minutes=60 * hour) for hour in (3, 4, 6)]
    starts += [HOUR - timedelta(hours=hour) for hour in (1, 2, 3)]
    acts = [*[(start, (taken_up,)) for start in starts], *[(HOUR, (taken_up, asking()))] * 3]
    acts += [*[(HOUR, (taken_up, finished))] * 3, (HOUR, (taken_up, finished, handed_over))]
    for place in range(KINDS - len(acts)):
        made.append(office.take_in(AGENCY, IDENTIFIER, ONLINE, by=OFFICER, key=f"new-{place}"))
    for place, (start, moves) in enumerate(acts):
        clock.at = start
        one = _taken(services, f"sample-{place}")
        for act in moves:
            one = office.move(AGENCY, str(one.code), one.version, act, by=OFFICER)
        made.append(one)
    return made


def _three_working_days_before(noon: datetime) -> datetime:
    """The morning of the day from which three working days lead to this one."""
    return datetime(noon.year, noon.month, noon.day - 3, 7, 0, tzinfo=VIETNAM)


def _taken(services: Services, key: str) -> Dossier:
    return services.dossier_office.take_in(AGENCY, IDENTIFIER, AT_DESK, by=OFFICER, key=key)


def _items(store: DossierStore, dossier: Dossier) -> list[Any]:
    return [write.row.serialize() for write in store.added(dossier, [])]
