"""The whole way of Decree 61's indices: dossiers end, their citizens are asked what the agency chose to ask, and the month's
report has exactly what they said and what the clock says."""

import io
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

import pytest
from openpyxl import load_workbook
from werkzeug.test import Client

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Agency, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.dossiers.store import DossierStore
from miniapp.ratings.casting import Casting
from miniapp.ratings.fact_store import FactStore
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.dossier_acts import finished, taken_up
from tests.support.dossier_town import AT_DESK, IDENTIFIER, NOON, OFFICER, OTHER, WARD
from tests.support.fakes import StoppedClock
from tests.support.visitor import Visitor

MANY, MONTH = 30, "2026-11"
ORDER = replace(AT_DESK, steps=AT_DESK.steps[:1])  # one post has it all along
ASKS_NINE = {"*": "dossier", WARD: "dossier_nine"}
LATE = 6  # of the dossiers
# Index → how often 2, 1 and 0 points are chosen, by the options of its scale.
ANSWERS = {
    "contacts": ("none", 15, "one", 9, "more", 6),
    "offices": ("none", 30, "one", 0, "more", 0),
    "at_the_desk": ("on_the_spot", 0, "received_there", 30, "elsewhere", 0),
    "publicity": ("posted_and_online", 12, "posted_or_online", 12, "not_found", 6),
    "conduct": ("civil_and_early", 18, "civil_in_time", 6, "harassed", 6),
    "petitions": ("answered_in_time", 21, "answered_late", 6, "unanswered", 3),
}
# Nobody answers how filing online went: its index is left open, and says so.
FOUND = [1.6, 1.6, 1.3, 2, 1, 1.2, 1.4, 1.6, None]
TOLD = [None, None, 30, 30, 30, 30, 30, 30, "không có trả lời"]


class Asking(Services):
    """The services of a stage whose ward asks the nine indices."""

    @cached_property
    def casting(self) -> Casting:
        rated = DossierStore().rated
        return Casting(self.ballots, FactStore(), rated, self.sealer, self.ids, self.clock, ASKS_NINE)


class Ward:
    """The app over two agencies: one asks the nine, the other what is asked by default."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = StoppedClock(NOON - timedelta(days=11))  # a Monday
        self.services = Asking(cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.app = create_app(cloud.settings, self.services)
        AgencyStore().add(Agency(id, id, Kind.COMMUNE, id, id) for id in (WARD, OTHER))

    def ended(self, agency: str, many: int, late: int) -> list[str]:
        """Dossiers that end on one day, the first of them after more than their rule allows; the sheets' addresses."""
        office, taken = self.services.dossier_office, []
        for number in range(many):
            if number == late:
                self.clock.pass_by(days=7)
            one = office.take_in(agency, IDENTIFIER, ORDER, by=OFFICER, key=f"{agency} {number}")
            taken.append(office.move(agency, str(one.code), one.version, taken_up, by=OFFICER))
        for one in taken:
            office.move(agency, str(one.code), one.version, finished, by=OFFICER)
        links = (self.services.casting.link(agency, str(one.code)) for one in taken)
        return [f"/{agency}/danh-gia/{link}" for link in links]

    def book(self, agency: str):
        """The month's workbook, as the leader has it."""
        desk = officers.officer(self.services.accounts, self.clock, f"lanhdao@{agency}.vn", agency, "approver")
        client: Client = Visitor(self.app, o=desk.come_in().token).client
        answer = client.get(f"/console/{agency}/danh-gia/bao-cao/mau.xlsx?ky={MONTH}")
        assert answer.status_code == 200
        return load_workbook(io.BytesIO(answer.data))


@pytest.fixture
def ward(cloud: Cloud) -> Ward:
    return Ward(cloud)


def said(number: int) -> dict[str, str]:
    """What one citizen answers, so that all together answer as `ANSWERS` says."""
    chosen = {"overall": "satisfied"}
    for criterion, (best, often, middle, less, worst, _) in ANSWERS.items():
        chosen[criterion] = best if number < often else middle if number < often + less else worst
    return chosen


def test_what_citizens_and_the_clock_say_stands_in_the_months_report_to_the_point(ward: Ward):
    for number, sheet in enumerate(ward.ended(WARD, MANY, LATE)):
        Visitor(ward.app).submit(sheet, **said(number))
    ward.services.rolling_up.run()
    sheet = ward.book(WARD)["Mẫu 02"]
    assert [sheet.cell(row, 5).value for row in range(7, 16)] == FOUND
    assert [sheet.cell(row, 6).value for row in range(7, 16)] == TOLD
    assert sheet.cell(6, 6).value == MANY
    assert list(ward.services.rolling_up.differences(WARD, [f"{MONTH}-{day:02}" for day in range(1, 31)])) == []


def test_an_agency_that_chose_nothing_asks_what_is_asked_by_default_and_its_report_says_what_nobody_answered(
    ward: Ward,
):
    first, *others = ward.ended(OTHER, 6, 0)
    asked = {field["name"] for field in Visitor(ward.app).get(first).soup.select("main input[type=radio]")}
    assert asked == {"overall", "contacts", "offices", "publicity", "convenience"}
    for sheet in (first, *others):
        Visitor(ward.app).submit(sheet, overall="satisfied")
    ward.services.rolling_up.run()
    sheet = ward.book(OTHER)["Mẫu 02"]
    assert [sheet.cell(row, 5).value for row in range(7, 16)] == [2, 2, *[None] * 7]
    assert [sheet.cell(row, 6).value for row in range(9, 16)] == ["không có trả lời"] * 7
