"""An agency that closed its look-up answers nothing by any way in, alike for every number, within five seconds."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from miniapp.agencies.model import Service
from tests.support.markup import assert_markup, collect_html
from tests.support.site import (
    AGENCY,
    BORN,
    CODED,
    COMING,
    OPEN,
    OTHER,
    VERIFIED,
    WITHDRAWN,
    Site,
    fresh_site,
    number,
    opened,
)
from tests.support.visitor import Visitor

__all__ = ["fresh_site"]
BASE = f"/{AGENCY}/diem-thi"
KNOWN, UNKNOWN = number(1), "99999999"
CLOSED = 404
WAYS = (
    *("", f"/{OPEN}", f"/{OPEN}/{KNOWN}", f"/{OPEN}/{UNKNOWN}", f"/{OPEN}/khong-phai-so", f"/{OPEN}/pho-diem"),
    *(f"/{OPEN}/bao-tin", f"/{VERIFIED}", f"/{VERIFIED}/kq/abc", f"/{CODED}", f"/{COMING}", f"/{WITHDRAWN}"),
    *("/khong-co-ky-thi", "/khong-co-ky-thi/123"),
)


@pytest.fixture
def closed(fresh_site: Site) -> Site:
    """Citizens looked somebody up a moment ago; then the office closed the service, at another machine."""
    assert fresh_site.client().get(f"{BASE}/{OPEN}/{KNOWN}").status_code == 200
    elsewhere = opened(fresh_site.cloud, fresh_site.held)
    elsewhere.services.agencies.close_service(AGENCY, Service.EXAM_SCORES, "off_1")
    fresh_site.clock.pass_by(seconds=5)
    return fresh_site


def read(site: Site, path: str) -> tuple[str, str]:
    page = Visitor(site.app).get(path, CLOSED)
    main = BeautifulSoup(page.html, "html.parser").find("main")
    return page.h1, str(main)


def test_every_way_in_leads_to_the_same_page_that_says_what_happened_and_whom_to_call(closed: Site):
    answers = {read(closed, BASE + way) for way in WAYS}
    assert len(answers) == 1
    ((heading, main),) = answers
    assert heading == "Không tra cứu điểm thi ở đây"
    assert "tel:1022" in main
    assert f'href="/{AGENCY}/"' in main


def test_known_and_unknown_numbers_of_a_verified_exam_get_one_answer_and_no_try_is_counted(closed: Site):
    day, month, year = BORN.split("/")
    born: dict[str, Any] = {"birth_date-day": day, "birth_date-month": month, "birth_date-year": year}
    sent = [{**born, "number": number(1, 6)}, {**born, "number": "999999"}, {"number": "x"}]
    bodies = {closed.client().post(f"{BASE}/{VERIFIED}", data=fields).get_data() for fields in sent}
    assert len(bodies) == 1
    limits = closed.cloud.admin("dynamodb").scan(TableName=closed.services.settings.resource("limits"))
    assert limits["Items"] == []


def test_programs_get_problem_details_alike_for_every_number(closed: Site):
    client = closed.client()
    gets = [client.get(closed.api()), client.get(closed.api(OPEN)), client.get(closed.api(OPEN, "/distributions"))]
    asked = [client.post(closed.api(OPEN, "/look-up"), json={"number": one}) for one in (KNOWN, UNKNOWN)]
    for answer in (*gets, *asked):
        assert answer.status_code == CLOSED
        assert answer.content_type == "application/problem+json"
        assert (answer.json["code"], answer.json["service"], answer.json["hotline"]) == (
            "service_closed",
            "exam_scores",
            "1022",
        )
        assert "no-store" in answer.headers["Cache-Control"]
    assert len({answer.get_data() for answer in (*gets, *asked)}) == 1


def test_the_menu_of_the_chat_and_the_home_name_it_no_more(closed: Site):
    assert f"{BASE}" not in Visitor(closed.app).get(f"/demo/chat?agency={AGENCY}").html
    assert f"{BASE}" not in Visitor(closed.app).get(f"/{AGENCY}/").html


def test_another_agency_is_not_touched_and_opening_again_brings_everything_back(closed: Site):
    assert Visitor(closed.app).get(f"/{OTHER}/diem-thi").h1 != "Không tra cứu điểm thi ở đây"
    closed.services.agencies.open_service(AGENCY, Service.EXAM_SCORES, "off_1")
    assert closed.client().get(f"{BASE}/{OPEN}/{KNOWN}").status_code == 200


def test_a_warm_look_up_asks_no_store_to_know_whether_the_service_is_open(fresh_site: Site):
    client, calls = fresh_site.client(), []
    assert client.get(f"{BASE}/{OPEN}/{KNOWN}").status_code == 200
    fresh_site.services.aws.dynamodb.meta.events.register("before-call.dynamodb", lambda **given: calls.append(given))
    for _ in range(50):
        assert client.get(f"{BASE}/{OPEN}/{KNOWN}").status_code == 200
    assert calls == []


def test_the_page_is_sound_in_both_languages_with_and_without_a_site(closed: Site, tmp_path: Path):
    visitor = Visitor(closed.app)
    for language in ("", "?lang=en"):
        page = visitor.get(f"{BASE}/{OPEN}/{KNOWN}{language}", CLOSED)
        collect_html(f"closed {language}", page.html, tmp_path)
    assert page.h1 == "Exam scores cannot be looked up here"
    assert_markup(tmp_path)
