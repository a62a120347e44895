"""The first page of the desk: what waits for whom."""

import pytest

from tests.support.score_desk import BAD, ScoreDesk
from tests.web.console.conftest import AGENCY, Office


@pytest.fixture
def scores(office: Office) -> ScoreDesk:
    desk = ScoreDesk(office.services, AGENCY, office.desk("nap", "publisher"), office.desk("duyet", "approver"))
    desk.add()
    return desk


def test_a_checked_edition_waits_for_the_approver_and_not_for_its_uploader(office: Office, scores: ScoreDesk) -> None:
    edition = scores.checked()

    approver = office.at_desk(scores.approver).get("/console/")
    uploader = office.at_desk(scores.uploader).get("/console/")

    assert approver.h1 == "Hôm nay"
    assert "Chờ duyệt" in approver.text
    assert scores.at(edition) in approver.html
    assert "Không có việc nào chờ bạn" in uploader.text


def test_a_faulty_file_waits_for_who_can_mend_it(office: Office, scores: ScoreDesk) -> None:
    scores.checked(BAD)

    assert "Có lỗi" in office.at_desk(scores.uploader).get("/console/").text
    assert "Không có việc nào chờ bạn" in office.at_desk(scores.approver).get("/console/").text


def test_what_is_out_waits_for_nobody_and_english_is_english(office: Office, scores: ScoreDesk) -> None:
    scores.released()

    page = office.at_desk(scores.approver).get("/console/?lang=en")

    assert page.h1 == "Today"
    assert "Nothing is waiting for you" in page.text
    assert "Department of Education of An Giang" in page.text


def test_nobody_else_s_agency_is_shown_and_strangers_are_sent_to_sign_in(office: Office, scores: ScoreDesk) -> None:
    scores.checked()
    neighbour = office.desk("ben-canh", "approver", agency="so-gddt-phu-yen")

    page = office.at_desk(neighbour).get("/console/")

    assert "An Giang" not in page.text
    assert office.visitor().get("/console/", 303).answer.headers["Location"].startswith("/console/sign-in")
