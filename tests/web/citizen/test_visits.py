"""Visits and first visits of a day are counted by a mark that tells nobody apart; what people do leaves lines without them."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.support.fakes import StoppedClock
from tests.support.site import AGENCY, Site, site
from tests.support.walking import rules

__all__ = ["site"]

MORNING = datetime(2026, 7, 16, 1, 5, tzinfo=UTC)  # 08:05 in Vietnam
HOME = f"/{AGENCY}/"
BROWSER = {"Sec-Fetch-Site": "none"}


class Phone:
    """A browser that keeps what it is given."""

    def __init__(self, site: Site, log: pytest.LogCaptureFixture) -> None:
        self.client: FlaskClient = site.client()
        self._log = log

    def opens(self, path: str = HOME, headers: Mapping[str, str] = BROWSER) -> list[str]:
        """What is told of it."""
        self._log.clear()
        assert self.client.get(path, headers=dict(headers)).status_code in (200, 404, 405)
        return told(self._log)


def told(log: pytest.LogCaptureFixture) -> list[str]:
    """Visits that were told: whether each was the first."""
    found = [getattr(line, "facts", {}) for line in log.records if line.getMessage() == "happened"]
    return [one["first"] for one in found if one["kind"] == "pages_visited"]


@pytest.fixture
def clock(site: Site) -> StoppedClock:
    held = site.services.clock
    assert isinstance(held, StoppedClock)
    held.at = MORNING
    return held


@pytest.fixture(autouse=True)
def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "motcua")


def test_a_visit_lasts_until_half_an_hour_of_quiet_and_the_first_of_a_day_is_told_apart(
    site: Site, clock: StoppedClock, caplog: pytest.LogCaptureFixture
):
    phone = Phone(site, caplog)
    assert phone.opens() == ["yes"] and phone.opens() == []
    clock.pass_by(minutes=20)
    assert phone.opens() == []  # goes on
    clock.pass_by(minutes=20)
    assert phone.opens() == []
    clock.pass_by(minutes=45)
    assert phone.opens() == ["no"] and phone.opens() == []
    clock.pass_by(hours=15)  # past midnight in Vietnam
    assert phone.opens() == ["yes"]
    assert Phone(site, caplog).opens() == ["yes"]


def test_whoever_comes_in_the_same_quarter_holds_the_same_mark(site: Site, clock: StoppedClock):
    marks = Counter[str]()
    for minute in range(15):
        clock.at = datetime(2026, 7, 16, 1, minute, 59, tzinfo=UTC)
        client = site.client()
        answer = client.get(HOME, headers=BROWSER)
        (mark,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("n=")]
        assert f"Path=/{AGENCY}" in mark and "HttpOnly" in mark and "SameSite=Lax" in mark
        held = client.get_cookie("n", path=f"/{AGENCY}")
        assert held is not None
        marks[held.value] += 1
    assert marks == {"20260716.0800": 15}


@pytest.mark.parametrize("mark", ["", "x", "20260716.0900", "20260715.0800", "20260716", "2026-07-16", "9" * 300])
def test_a_mark_that_is_none_of_today_is_none(
    site: Site, clock: StoppedClock, caplog: pytest.LogCaptureFixture, mark: str
):
    phone = Phone(site, caplog)
    phone.client.set_cookie("n", mark, path=f"/{AGENCY}")
    assert phone.opens() == ["yes"]


def test_what_is_no_browsers_page_of_an_agency_is_no_visit(
    site: Site, clock: StoppedClock, caplog: pytest.LogCaptureFixture
):
    phone = Phone(site, caplog)
    assert phone.opens(HOME, {}) == [] and phone.opens(HOME, {"Sec-Fetch-Site": "x"}) == []
    for path in (
        "/",
        "/healthz",
        f"/{AGENCY}/diem-thi/nothing",
        f"/api/v1/agencies/{AGENCY}/exams",
        "/console/sign-in",
    ):
        assert phone.opens(path) == [], path
    assert phone.client.get_cookie("n", path=f"/{AGENCY}") is None


def test_no_page_that_shared_caches_keep_gives_a_mark(site: Site, clock: StoppedClock):
    shared = 0
    for rule, _ in rules(site.app):
        if "GET" not in (rule.methods or ()) or rule.rule.count("<") > 1 or "<agency>" not in rule.rule:
            continue
        answer = site.client().get(rule.rule.replace("<agency>", AGENCY), headers=BROWSER)
        is_shared = "public" in answer.headers.get("Cache-Control", "")
        shared += is_shared
        assert not (is_shared and answer.headers.getlist("Set-Cookie")), rule.rule
    assert shared
