"""What citizens say of pages and searches: counted once a day and address, bounded, without numbers of people, and gone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.wiring import Services
from miniapp.procedures.signal_store import SignalRow
from miniapp.procedures.signals import (
    LONGEST_QUESTION,
    SIGNAL_KEPT,
    SIGNALS_MOST,
    Reason,
    harmless,
    week_before,
    week_of,
)
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

AGENCY, OTHER = "phuong-a", "phuong-b"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def services(cloud: Cloud, clock: StoppedClock) -> Services:
    made = Services(cloud.settings, clock=clock)
    made.bind()
    return made


def test_pages_that_failed_most_people_come_first_with_their_reasons(services: Services) -> None:
    signals = services.procedure_signals
    for place in range(3):
        signals.vote(AGENCY, "1.000001", False, Reason.UNCLEAR, f"10.0.0.{place}")
    signals.vote(AGENCY, "1.000001", True, None, "10.0.0.9")
    signals.vote(AGENCY, "1.000002", False, Reason.WRONG, "10.0.0.1")
    signals.vote(AGENCY, "1.000003", True, None, "10.0.0.1")
    week = signals.week(AGENCY)
    assert [(one.code, one.helped, one.unhelped) for one in week.worst] == [("1.000001", 1, 3), ("1.000002", 0, 1)]
    assert week.worst[0].reasons == ((Reason.UNCLEAR, 3),)
    assert week.votes == 6
    assert signals.week(OTHER).worst == ()


def test_one_address_counts_once_a_day_for_a_page_and_its_last_word_holds(
    services: Services, clock: StoppedClock
) -> None:
    signals = services.procedure_signals
    for helped in (True, False, True, False):
        signals.vote(AGENCY, "1.000001", helped, None, "10.0.0.1")
        clock.pass_by(seconds=1)
    (one,) = signals.week(AGENCY).worst
    assert (one.helped, one.unhelped) == (0, 1)
    clock.pass_by(days=1)
    signals.vote(AGENCY, "1.000001", False, None, "10.0.0.1")
    assert signals.week(AGENCY).worst[0].unhelped == 2


def test_one_address_can_write_no_more_than_some_rows_a_day(services: Services) -> None:
    for place in range(3 * SIGNALS_MOST):
        services.procedure_signals.missed(
            AGENCY, f"câu hỏi chữ {chr(97 + place % 26)}{chr(97 + place // 26)}", "10.0.0.1"
        )
    assert len(list(SignalRow.scan())) <= SIGNALS_MOST


def test_questions_alike_are_one_and_what_was_chosen_is_told(services: Services) -> None:
    signals = services.procedure_signals
    signals.missed(AGENCY, "giấy nuôi ong", "10.0.0.1")
    signals.picked(AGENCY, "giay nuoi ong", "1.000001", "10.0.0.2")
    signals.picked(AGENCY, "Giấy nuôi ong", "1.000001", "10.0.0.3")
    signals.picked(AGENCY, "giấy nuôi ong", "1.000002", "10.0.0.4")
    (one,) = signals.week(AGENCY).searches
    assert (one.missed, one.picked, one.times) == (1, (("1.000001", 2), ("1.000002", 1)), 4)


def test_rows_say_nothing_of_who_it_was_and_go_after_half_a_year(services: Services, clock: StoppedClock) -> None:
    services.procedure_signals.missed(
        AGENCY, "làm hộ khẩu cho 001099123456 gọi 0912 345 678 hay a@b.vn nhé", "203.0.113.7"
    )
    (row,) = list(SignalRow.scan())
    kept = str(row.attribute_values)
    assert row.question == "làm hộ khẩu cho gọi hay nhé"
    assert "203.0.113" not in kept
    assert row.expires == int((clock.now() + SIGNAL_KEPT).timestamp())


def test_a_question_of_numbers_alone_is_not_kept(services: Services) -> None:
    services.procedure_signals.missed(AGENCY, "001099123456", "10.0.0.1")
    assert list(SignalRow.scan()) == []


@given(st.text(max_size=400))
def test_what_is_kept_of_a_question_is_short_and_has_no_long_number(question: str) -> None:
    kept = harmless(question)
    assert len(kept) <= LONGEST_QUESTION
    assert not any(part.isdigit() and len(part) > 3 for part in kept.split())


def test_weeks_are_those_of_the_calendar_in_vietnam(clock: StoppedClock) -> None:
    name = week_of(clock.now())
    before = name
    for back in range(1, 60):
        before = week_before(before)
        assert before == week_of(clock.now() - timedelta(weeks=back))
    assert week_before("2027-W01") == "2026-W53"
