"""Lists of problems and of changes are whole however long they are: every part that is linked has its lines."""

import csv
import io

import pytest

from miniapp.exam_scores.model import Edition, Reason
from miniapp.exam_scores.reporting import ExamReports
from tests.support.exams import csv_file
from tests.support.score_desk import HEADER, ScoreDesk
from tests.support.visitor import Visitor
from tests.web.console.conftest import Office

MANY = 210_000


def lines_of(first: int, number: str = "%08d") -> bytes:
    rows = ((number + ",5,5,5,5\n") % place for place in range(first, first + MANY))
    return (",".join(HEADER) + "\n" + "".join(rows)).encode()


def parts(visitor: Visitor, path: str) -> list[str]:
    links = visitor.get(path).soup.find_all("a")
    return [str(link["href"]) for link in links if ".csv" in str(link["href"])]


def cells(visitor: Visitor, part: str) -> list[list[str]]:
    text = visitor.client.get(part).data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_every_problem_of_a_year_of_lost_zeros_can_be_downloaded(office: Office, desk: ScoreDesk) -> None:
    edition = desk.checked(lines_of(2_000_001, "%d"))
    visitor = office.at_desk(desk.uploader)
    found = parts(visitor, desk.at(edition, "van-de"))

    assert len(found) == 11
    assert [len(cells(visitor, part)) for part in (found[0], found[9], found[10])] == [20_000, 20_000, 10_000]
    assert cells(visitor, found[-1])[-1][:4] == ["diem.csv", str(MANY + 1), "sbd", "2210000"]
    assert f"{MANY:,}".replace(",", ".") in visitor.get(desk.at(edition, "van-de")).text


def test_every_change_can_be_downloaded_and_the_total_is_that_of_all(office: Office, desk: ScoreDesk) -> None:
    desk.released()
    edition = desk.checked(lines_of(2_100_000), reason=Reason.CORRECTION)
    visitor = office.at_desk(desk.approver)
    found = parts(visitor, desk.at(edition, "khac-biet"))

    assert (edition.added, edition.removed) == (MANY, 3)
    assert len(found) == 11
    assert cells(visitor, found[-1])[-1][0] == "02309999"
    assert len(cells(visitor, found[-1])) == 10_003
    assert "210.003" in visitor.get(desk.at(edition, "khac-biet")).text


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    made = office.score_desk()
    made.add()
    return made


@pytest.fixture
def reports(desk: ScoreDesk) -> ExamReports:
    return desk.services.exam_reports


def test_numbers_that_two_whole_files_share_are_all_listed(desk: ScoreDesk, reports: ExamReports) -> None:
    body = csv_file(HEADER, ([f"02{number:06d}", "5", "5", "5", "5"] for number in range(300)))
    edition = desk.begun()
    desk.taken(edition, body, "một.csv")
    edition = desk.work(desk.taken(desk.services.exam_office.edition(desk.now(), edition.id), body, "hai.csv"))

    assert listed(desk, reports, edition) == [
        ("hai.csv", "number_in_two_files", row, f"02{row - 2:06d} = một.csv:{row}") for row in range(2, 302)
    ]
    left = desk.services.exam_office.drop_file(desk.now(), edition.id, edition.files[0].id, desk.uploader.id)
    assert listed(desk, reports, left) == []
    assert listed(desk, reports, desk.work(left)) == []


def test_a_refused_file_lists_all_that_was_found_in_it(desk: ScoreDesk, reports: ExamReports) -> None:
    rows = [[f"02{number:06d}", "x" if number < 30 else "5", "5", "5", "5"] for number in range(40_000)]
    edition = desk.checked(csv_file(HEADER, rows) + b"\xff,5\n")

    found = listed(desk, reports, edition)
    assert [code for _, code, _, _ in found] == ["score_shape"] * 30 + ["encoding"]


def listed(desk: ScoreDesk, reports: ExamReports, edition: Edition) -> list[tuple[str, str, int, str]]:
    return [(place.file, place.code, place.row, place.value) for place in reports.places(desk.now(), edition)]
