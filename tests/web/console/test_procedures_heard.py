"""Officers read what citizens said in a week and decide what people's words mean; nobody reads or decides next door."""

import json
from datetime import datetime

import pytest

from handlers.usage_kinds import KINDS
from miniapp.agencies.model import Service
from miniapp.core.clock import iso
from miniapp.core.ids import NATION
from miniapp.procedures.finding import SEARCHED
from miniapp.procedures.model import Procedure
from miniapp.procedures.signals import Reason
from miniapp.usage.rolling import UsageRolling
from tests.support.markup import assert_markup, collect_html
from tests.support.visitor import Visitor
from tests.web.console.conftest import AGENCY, OTHER, Office

HERE = f"/console/{AGENCY}/thu-tuc/phan-hoi"
BEES = Procedure("1.000001", "Xác nhận cơ sở chăn nuôi")


@pytest.fixture
def told(office: Office) -> Office:
    """A week in which something was said."""
    services = office.services
    services.procedure_office.take(NATION, [BEES], by="operator", source="test")
    services.agencies.open_service(AGENCY, Service.PROCEDURES, "operator")
    office.clock.pass_by(seconds=6)
    signals = services.procedure_signals
    for place in range(3):
        signals.vote(AGENCY, "1.000001", False, Reason.UNCLEAR, f"10.0.0.{place}")
        signals.picked(AGENCY, "giấy đõ ong", "1.000001", f"10.0.0.{place}")
    signals.missed(AGENCY, "nuôi voi", "10.0.0.9")
    return office


def at_desk(office: Office, role: str = "officer", agency: str = AGENCY) -> Visitor:
    return office.at_desk(office.desk(f"{role}@x.gov.vn", role, agency=agency))


def test_a_week_shows_pages_that_failed_searches_in_vain_and_proposals(told: Office) -> None:
    page = at_desk(told).get(HERE)
    for words in ("Xác nhận cơ sở chăn nuôi", "Khó hiểu (3)", "nuôi voi", "giấy đõ ong", "Đúng, dùng cách gọi này"):
        assert words in page.text


class Log:
    """Lines that were told at a moment."""

    def __init__(self, at: datetime, agency: str, **times: int) -> None:
        told = [
            {"event": "happened", "kind": SEARCHED.name, "agency": agency, "at": iso(at), "outcome": outcome}
            for outcome, often in times.items()
            for _ in range(often)
        ]
        self._at, self._lines = at, [json.dumps(one) for one in told]

    def between(self, since: datetime, until: datetime) -> list[str]:
        return self._lines if since <= self._at < until else []


def test_searches_of_the_week_are_counted_however_they_went_and_those_of_others_are_not(told: Office) -> None:
    services, clock = told.services, told.clock
    desk = told.desk("lan@x.gov.vn", "officer")
    assert "Tuần này chưa đếm được lượt tìm nào." in told.at_desk(desk).get(HERE).text
    UsageRolling(services.usage, Log(clock.now(), AGENCY), KINDS, lambda agency, day: (), clock).run()
    for agency, nothing in ((AGENCY, 2), (OTHER, 9)):
        lines = Log(clock.now(), agency, found=1_200, unsure=31, nothing=nothing)
        clock.pass_by(hours=1)
        UsageRolling(services.usage, lines, KINDS, lambda agency, day: (), clock).run()
    lan = told.at_desk(desk)
    page = lan.get(HERE)
    assert "Đã đếm 1.233 lượt tìm: 1.200 lượt thấy rõ, 31 lượt chưa chắc, 2 lượt không thấy gì." in page.text
    assert "1.233 searches were counted" in lan.get(f"{HERE}?lang=en").text


def test_a_phrase_that_was_approved_finds_the_procedure_and_can_be_taken_back(told: Office) -> None:
    lan = at_desk(told)
    token = lan.get(HERE).token()
    lan.post(f"{HERE}/cach-goi", form_token=token, say="giấy đõ ong", code="1.000001", answer="yes")
    told.clock.pass_by(seconds=6)
    citizen = told.visitor()
    assert "Xác nhận cơ sở chăn nuôi" in citizen.get(f"/{AGENCY}/thu-tuc?q=giay do ong").text
    page = lan.get(HERE)
    assert "Đang dùng" in page.text
    lan.post(f"{HERE}/cach-goi", form_token=page.token(), say="giấy đõ ong", code="1.000001", answer="no")
    told.clock.pass_by(seconds=6)
    assert "Xác nhận cơ sở chăn nuôi" not in citizen.get(f"/{AGENCY}/thu-tuc?q=giay do ong").text
    assert "Không dùng" in lan.get(HERE).text


def test_an_officer_adds_a_phrase_by_hand(told: Office) -> None:
    lan = at_desk(told)
    lan.post(f"{HERE}/cach-goi", form_token=lan.get(HERE).token(), say="Trại Ong", code="1.000001", answer="yes")
    assert [(one.say, one.code) for one in told.services.synonyms.decided(AGENCY)] == [("trại ong", "1.000001")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"say": "", "code": "1.000001", "answer": "yes"}, "Cách gọi còn trống"),
        ({"say": "0912345678", "code": "1.000001", "answer": "yes"}, "Cách gọi còn trống"),
        ({"say": "trại ong", "code": "1.9", "answer": "yes"}, "Mã thủ tục chưa đúng"),
        ({"say": "trại ong", "code": "9.999999", "answer": "yes"}, "Không tìm thấy thủ tục này"),
        ({"say": "trại ong", "code": "1.000001"}, "cần được điền"),
    ],
)
def test_what_can_not_be_decided_is_said_and_kept(told: Office, typed: dict[str, str], words: str) -> None:
    lan = at_desk(told)
    page = lan.post(f"{HERE}/cach-goi", 422, form_token=lan.get(HERE).token(), **typed)
    assert words in page.text
    assert page.one("#f-code")["value"] == typed["code"]
    assert told.services.synonyms.decided(AGENCY) == []


def test_an_auditor_reads_and_does_not_decide(told: Office) -> None:
    kim = at_desk(told, "auditor")
    page = kim.get(HERE)
    assert "Đúng, dùng cách gọi này" not in page.text
    kim.post(f"{HERE}/cach-goi", 403, form_token=page.token(), say="trại ong", code="1.000001", answer="yes")


def test_nobody_reads_or_decides_for_another_agency(told: Office) -> None:
    stranger = at_desk(told, "agency_admin", OTHER)
    stranger.get(HERE, 403)
    token = stranger.get(f"/console/{OTHER}/thu-tuc/phan-hoi").token()
    stranger.post(f"{HERE}/cach-goi", 403, form_token=token, say="trại ong", code="1.000001", answer="yes")
    assert "giấy đõ ong" not in stranger.get(f"/console/{OTHER}/thu-tuc/phan-hoi").text


def test_other_weeks_can_be_read_as_long_as_they_are_kept(told: Office) -> None:
    lan = at_desk(told)
    link = lan.get(HERE).one("nav.pager a[rel=prev]")
    before = lan.get(str(link["href"]))
    assert "Tuần này chưa có ai góp ý" in before.text
    assert before.soup.select_one("nav.pager a[rel=next]") is not None
    for hostile in ("2020-W01", "x", "2026-W99"):
        lan.get(f"{HERE}?tuan={hostile}", 404)


def test_the_markup_holds_in_both_languages(told: Office) -> None:
    lan = at_desk(told)
    for name, more in (("heard", ""), ("heard-english", "?lang=en")):
        collect_html(name, lan.get(f"{HERE}{more}").html)
    told.services.synonyms.decide(AGENCY, "trại ong", "1.000001", True, by="off_1")
    collect_html("heard-decided", lan.get(HERE).html)
    assert_markup()
