"""The trail on a real engine: nothing lost under a crowd, nothing doubled by a lost answer, one with its writes."""

import threading
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ConnectionClosedError

from miniapp.accounts import service as accounts
from miniapp.accounts.store import LoginRow
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.audit.store import TABLES, AuditStore
from miniapp.audit.verify import verify
from miniapp.core.aws import Aws
from miniapp.core.errors import Conflict, Invalid, Unavailable
from miniapp.core.ids import RandomIds
from miniapp.core.tables import bind, put_new
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

ALL = (*TABLES, *accounts.TABLES)
AGENCY = "so-gddt-an-giang"
OTHER = "so-gddt-phu-yen"


@pytest.fixture
def clock(each_store: Cloud) -> StoppedClock:
    bind(ALL, each_store.settings, each_store.aws)
    return StoppedClock()


@pytest.fixture
def audit(clock: StoppedClock) -> Audit:
    return Audit(clock, RandomIds())


def joined(officer: str = "off_1") -> Event:
    return Event("officer_joined", officer=officer)


def login(name: str) -> LoginRow:
    return LoginRow(f"login#{name}", "login", officer="off_1")


def test_thirty_writers_at_once_make_one_unbroken_chain(clock: StoppedClock) -> None:
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:  # one service each, as if each were a process of its own
            Audit(clock, RandomIds()).commit(joined(f"off_{number}"), agency=AGENCY, by="someone")
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    verdict = verify(AuditStore(), AGENCY)
    assert verdict.is_clean
    assert verdict.entries == 30
    told = {entry.facts["officer"] for entry in Audit(clock, RandomIds()).page(AGENCY).entries}
    assert told == {f"off_{number}" for number in range(30)}


def test_what_is_done_and_its_note_are_one(audit: Audit) -> None:
    audit.commit(joined(), agency=AGENCY, by="a", writes=[put_new(login("lan"), Conflict("login_taken"))])
    with pytest.raises(Conflict) as refused:
        audit.commit(joined(), agency=AGENCY, by="b", writes=[put_new(login("lan"), Conflict("login_taken"))])
    assert refused.value.code == "login_taken"
    assert [entry.by for entry in audit.page(AGENCY).entries] == ["a"]
    assert verify(AuditStore(), AGENCY).is_clean


class Line:
    """The line to the store: loses the next so many answers, or requests, of transactions."""

    def __init__(self, aws: Aws) -> None:
        self.answers = self.requests = self.lost = 0
        events = aws.dynamodb.meta.events
        events.register("before-call.dynamodb.TransactWriteItems", self._before)
        events.register("after-call.dynamodb.TransactWriteItems", self._after)

    def _before(self, **_: object) -> None:
        if self.requests:
            self.requests -= 1
            self._lose()

    def _after(self, **_: object) -> None:
        if self.answers:
            self.answers -= 1
            self._lose()

    def _lose(self) -> None:
        self.lost += 1
        raise ConnectionClosedError(endpoint_url="the store")


@pytest.fixture
def line(each_store: Cloud) -> Line:
    """Clients of this test's own, so that nothing it does to them stays."""
    aws = Aws(each_store.settings)
    bind(ALL, each_store.settings, aws)
    return Line(aws)


@pytest.mark.parametrize("lost", [1, 2])
def test_a_lost_answer_neither_doubles_nor_loses(audit: Audit, line: Line, lost: int) -> None:
    line.answers = lost
    audit.commit(joined(), agency=AGENCY, by="a", writes=[put_new(login("lan"), Conflict("login_taken"))])
    assert line.lost == lost
    assert len(audit.page(AGENCY).entries) == 1
    assert verify(AuditStore(), AGENCY).is_clean


def test_a_lost_request_is_said_to_be_lost_and_leaves_nothing(audit: Audit, line: Line) -> None:
    line.requests = 2
    with pytest.raises(Unavailable):
        audit.commit(joined(), agency=AGENCY, by="a", writes=[put_new(login("lan"), Conflict("login_taken"))])
    assert audit.page(AGENCY).entries == []
    audit.commit(joined(), agency=AGENCY, by="a", writes=[put_new(login("lan"), Conflict("login_taken"))])
    assert len(audit.page(AGENCY).entries) == 1


def test_too_many_writes_are_a_fault_of_the_caller(audit: Audit) -> None:
    writes = [put_new(login(f"lan{number}"), Conflict("login_taken")) for number in range(91)]
    with pytest.raises(ValueError, match="91 writes"):
        audit.commit(joined(), agency=AGENCY, by="a", writes=writes)
    audit.commit(joined(), agency=AGENCY, by="a", writes=writes[:90])
    assert len(audit.page(AGENCY).entries) == 1


def test_pages_go_back_over_days_and_meet_their_end(audit: Audit, clock: StoppedClock) -> None:
    for number in range(7):
        audit.commit(joined(f"off_{number}"), agency=AGENCY, by="a")
        clock.pass_by(hours=10)
    audit.commit(joined("off_x"), agency=OTHER, by="a")
    told: list[object] = []
    cursor = ""
    for _ in range(10):
        trail = audit.page(AGENCY, cursor=cursor, limit=2)
        told += [entry.facts["officer"] for entry in trail.entries]
        cursor = trail.cursor
        if not cursor:
            break
    assert told == [f"off_{number}" for number in reversed(range(7))]
    assert audit.page(AGENCY, day="2026-07-16").entries[0].facts["officer"] == "off_1"


@pytest.mark.parametrize("cursor", ["x", "2026-07-16", "2026-07-16:-1", "2026-07-16:\u0663", ":"])
def test_a_made_up_cursor_is_refused(audit: Audit, cursor: str) -> None:
    with pytest.raises(Invalid):
        audit.page(AGENCY, cursor=cursor)


def test_what_happened_to_one_thing_is_found_by_its_id(audit: Audit) -> None:
    audit.commit(joined("off_1"), agency=AGENCY, by="a")
    audit.commit(joined("off_2"), agency=AGENCY, by="a")
    audit.commit(Event("officer_disabled", officer="off_1"), agency=AGENCY, by="b")
    audit.commit(Event("officer_disabled", officer="off_1"), agency=OTHER, by="look-alike")
    assert [(entry.event, entry.by) for entry in audit.of_object(AGENCY, "off_1")] == [
        ("officer_disabled", "b"),
        ("officer_joined", "a"),
    ]
    assert audit.of_object(AGENCY, "off_9") == []


def test_a_day_hangs_on_the_day_before_and_takes_no_more_entries(audit: Audit, clock: StoppedClock) -> None:
    audit.commit(joined("off_1"), agency=AGENCY, by="a")
    clock.pass_by(hours=24)
    audit.commit(joined("off_2"), agency=AGENCY, by="a")
    behind = StoppedClock()  # a machine whose clock is a day late
    late = Audit(behind, RandomIds()).commit(joined("off_3"), agency=AGENCY, by="a")
    assert (late.day, late.seq) == ("2026-07-17", 2)
    first, second = AuditStore().heads(AGENCY)
    assert (first.next, second.previous, second.before) == ("2026-07-17", "2026-07-16", first.hash)
    assert verify(AuditStore(), AGENCY).is_clean


def test_a_day_begins_at_midnight_in_vietnam(audit: Audit, clock: StoppedClock) -> None:
    clock.at = datetime(2026, 7, 16, 16, 59, 59, tzinfo=UTC)
    assert audit.commit(joined(), agency=AGENCY, by="a").day == "2026-07-16"
    clock.pass_by(seconds=1)
    assert audit.commit(joined(), agency=AGENCY, by="a").day == "2026-07-17"


def test_the_heads_of_a_day_are_those_of_every_agency_that_did_something(audit: Audit, clock: StoppedClock) -> None:
    audit.commit(joined(), agency=AGENCY, by="a")
    clock.pass_by(days=1)
    audit.commit(joined(), agency=OTHER, by="a")
    assert [head.agency for head in audit.heads("2026-07-16")] == [AGENCY]
    assert [(head.agency, head.seq) for head in audit.heads("2026-07-17")] == [(OTHER, 1)]
    assert sorted(AuditStore().agencies()) == sorted([AGENCY, OTHER])


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_deed_with_two_names_leaves_two_entries_or_none(audit: Audit, line: Line, lost: int) -> None:
    line.answers = lost
    write = put_new(login("lan"), Conflict("login_taken"))
    also = [Event("officer_enabled", officer="off_1")]
    first = audit.commit(joined(), agency=AGENCY, by="a", writes=[write], also=also)
    with pytest.raises(Conflict):
        audit.commit(joined("off_2"), agency=AGENCY, by="b", writes=[write], also=also)
    assert first.seq == 1
    assert [entry.event for entry in audit.of_object(AGENCY, "off_1")] == ["officer_enabled", "officer_joined"]
    audit.commit(joined("off_3"), agency=AGENCY, by="a")
    verdict = verify(AuditStore(), AGENCY)
    assert (verdict.is_clean, verdict.entries) == (True, 3)
