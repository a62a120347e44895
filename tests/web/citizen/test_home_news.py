"""What is on today stands first on an agency's home: results, hours to come, re-marks that end; cheap, the same for all."""

import gzip
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.app import create_app
from handlers.wiring import Services
from miniapp.agencies.model import Service
from miniapp.agencies.store import AgencyStore
from miniapp.exam_scores.model import Exam, Reason, Window
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, UPLOADER, Bureau, csv_file, exam, exam_agency
from tests.support.faults import Silence
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Page, Visitor

AGENCY, OTHER = "so-gddt-hoa-mai", "so-gddt-hoa-lan"
HOME = f"/{AGENCY}/"
PAGE_MOST = 14_000
ROWS = csv_file(["sbd", "toan", "van"], [(f"0200{place:04d}", "8", "7.5") for place in range(1, 30)])
REMARK = Window(HOUR, HOUR + timedelta(days=9, hours=9))
EXAM = exam(agency=AGENCY, subjects=("toan", "van"), combination_set="")


@dataclass
class Town:
    """The office behind a home, and whoever opens it."""

    bureau: Bureau
    services: Services
    visitor: Visitor

    def home(self, language: str = "") -> Page:
        page = self.visitor.get(HOME + language)
        assert len(gzip.compress(page.html.encode(), 6)) <= PAGE_MOST
        return page

    def said(self, language: str = "") -> list[tuple[str, str]]:
        """Every notice: where it leads and what it says."""
        links = self.home(language).soup.select("main nav a")
        return [(str(link["href"]), " ".join(link.get_text(" ").split())) for link in links]

    def words(self) -> list[str]:
        return [words for _, words in self.said()]


@pytest.fixture
def town(cloud: Cloud) -> Town:
    bureau = Bureau(cloud, HOUR)
    services = Services(cloud.settings, clock=bureau.clock, ids=bureau.ids)
    app = create_app(cloud.settings, services)
    AgencyStore().add([exam_agency(AGENCY), exam_agency(OTHER)])
    return Town(bureau, services, Visitor(app))


def released(town: Town, held: Exam = EXAM, at: datetime | None = None) -> Exam:
    made = town.bureau.released(held, ROWS, at=at)
    town.bureau.later(seconds=5)
    return made


def test_without_exams_the_home_begins_with_its_search(town: Town) -> None:
    assert town.said() == []


def test_an_hour_of_today_is_said_by_the_clock_and_another_with_its_date(town: Town) -> None:
    released(town, at=HOUR + timedelta(hours=1))
    released(town, replace(EXAM, slug="thpt-2020", title="Lần 2"), at=HOUR + timedelta(days=1))
    assert town.said() == [
        (f"{HOME}diem-thi/thpt-2019", "Kỳ thi THPT quốc gia 2019 Có kết quả từ 09:00 hôm nay"),
        (f"{HOME}diem-thi/thpt-2020", "Lần 2 Có kết quả từ 08:00, 17/07/2026"),
    ]


def test_from_the_second_of_the_release_the_home_says_that_results_are_out(town: Town) -> None:
    released(town, at=HOUR + timedelta(hours=1))
    assert "Có kết quả từ 09:00 hôm nay" in town.words()[0]
    town.bureau.clock.at = HOUR + timedelta(hours=1)
    ((address, words),) = town.said()
    assert words == "Kỳ thi THPT quốc gia 2019 Đã có kết quả, công bố lúc 09:00 hôm nay"
    assert town.visitor.get(address).h1 == "Kỳ thi THPT quốc gia 2019"


def test_a_re_mark_is_said_until_it_closes(town: Town) -> None:
    released(town, replace(EXAM, remark=REMARK))
    for now, words in (
        (HOUR + timedelta(days=1), ["Nhận đơn phúc khảo đến 17:00, 25/07/2026"]),
        (REMARK.closes, ["Nhận đơn phúc khảo đến 17:00 hôm nay"]),
        (REMARK.closes + timedelta(seconds=1), []),
    ):
        town.bureau.clock.at = now
        assert town.words() == [f"Kỳ thi THPT quốc gia 2019 {said}" for said in words]


def test_a_correction_is_said_on_its_day(town: Town) -> None:
    out = released(town)
    town.bureau.later(days=18)
    fix = csv_file(["sbd", "toan"], [("02000001", "10")])
    edition = town.bureau.imported(out, fix, reason=Reason.REMARK, partial=True)
    town.bureau.office.approve(out, edition.id, APPROVER, town.bureau.clock.now() + timedelta(hours=1))
    town.bureau.later(minutes=1)
    assert town.said() == []
    town.bureau.later(hours=1)
    assert town.words() == ["Kỳ thi THPT quốc gia 2019 Kết quả đã cập nhật lúc 09:00 hôm nay"]


def test_what_was_withdrawn_is_gone_within_five_seconds(town: Town) -> None:
    out = released(town, replace(EXAM, remark=REMARK))
    assert len(town.said()) == 1
    town.bureau.office.withdraw(out, APPROVER, "wrong file")
    town.bureau.later(seconds=5)
    assert town.said() == []


def test_a_closed_service_is_not_announced_and_nothing_is_read_for_it(town: Town) -> None:
    released(town)
    assert len(town.said()) == 1
    town.services.agencies.close_service(AGENCY, Service.EXAM_SCORES, "off_1")
    town.bureau.later(seconds=5)
    reads = queries(town)
    assert town.said() == []
    assert reads == []


def test_another_agencys_results_are_not_this_homes(town: Town) -> None:
    released(town)
    assert town.visitor.get(f"/{OTHER}/").soup.select("main nav") == []


def test_four_things_are_said_at_most_what_is_out_first(town: Town) -> None:
    for day in range(4):
        released(town, replace(EXAM, slug=f"sap-{day}", title=f"Sắp {day}"), at=HOUR + timedelta(days=1 + day))
    released(town, replace(EXAM, slug="da-co", title="Đã có"))
    slugs = [address.rpartition("/")[2] for address, _ in town.said()]
    assert slugs == ["da-co", "sap-0", "sap-1", "sap-2"]


def test_a_home_costs_one_query_in_five_seconds_however_many_open_it(town: Town) -> None:
    released(town)
    town.said()
    town.bureau.later(seconds=5)
    reads = queries(town)
    for _ in range(50):
        assert len(town.said()) == 1
    assert reads == ["Query"]


def test_while_the_store_is_silent_the_home_stands_and_asks_it_once(town: Town) -> None:
    released(town)
    town.home()
    town.bureau.later(minutes=2)
    reads = queries(town)
    with Silence(town.services.aws, "dynamodb"):
        for _ in range(10):
            assert town.said() == []
    assert reads.count("Query") == 1
    town.bureau.later(seconds=5)
    assert len(town.said()) == 1


def test_the_english_home_says_it_in_english_and_its_links_stay_so(town: Town) -> None:
    released(town)
    assert town.said("?lang=en") == [
        (f"{HOME}diem-thi/thpt-2019?lang=en", "National exam 2019 Results are out, released at 08:00 today")
    ]


def test_homes_with_news_are_correct_markup(town: Town, tmp_path: Path) -> None:
    released(town, replace(EXAM, remark=REMARK))
    town.bureau.office.add_exam(replace(EXAM, slug="sap", expected_at=HOUR + timedelta(days=2)), UPLOADER)
    town.bureau.later(seconds=5)
    for day in range(2):
        for language in ("", "?lang=en"):
            collect_html(f"home {day} {language}", town.home(language).html, tmp_path)
        town.bureau.later(days=1)
    assert_markup(tmp_path)


def queries(town: Town) -> list[str]:
    """What is asked of the table of exams from here on, by operation."""
    found: list[str] = []

    def note(model: object, params: dict[str, object], **more: object) -> None:
        if town.services.settings.resource("exam_scores") in str(params["body"]):
            found.append(str(getattr(model, "name", "")))

    town.services.aws.dynamodb.meta.events.register("before-call.dynamodb", note)
    return found
