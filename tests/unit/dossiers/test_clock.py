"""The clock of a dossier: due where the law's examples say, standing while the citizen has something to do."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY, Calendar, DayKind
from miniapp.dossiers.clock import Clock, Left, answer_by
from miniapp.dossiers.states import PAUSING, Status
from tests.support.dossiers import ARTICLE, STATE, THREE_DAYS
from tests.support.working_time import VECTORS, local

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)).map(lambda one: one.replace(tzinfo=VIETNAM))
own_days = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2028, 2, 1)).map(date.isoformat), st.sampled_from(DayKind), max_size=20
)
of_work = st.integers(1, 60 * WORKING_DAY).map(lambda minutes: TimeLimit(Count.WORKING_DAYS, minutes))
of_days = st.integers(1, 90).map(lambda days: TimeLimit(Count.CALENDAR_DAYS, days))
of_months = st.integers(1, 6).map(lambda months: TimeLimit(Count.MONTHS, months))
spans = st.lists(st.timedeltas(timedelta(), timedelta(days=20)), min_size=2, max_size=6)


def working_days(days: float) -> TimeLimit:
    return TimeLimit(Count.WORKING_DAYS, int(days * WORKING_DAY))


def stood(clock: Clock, since: str, until: str, calendar: Calendar = STATE) -> Clock:
    return clock.paused(local(since), Status.SUPPLEMENT, ARTICLE).resumed(local(until), calendar)


def with_pauses(clock: Clock, lengths: list[timedelta], calendar: Calendar) -> Clock:
    """The clock after it has run, stood, run, stood … for these lengths."""
    at = clock.received
    for runs, stands in pairwise(lengths):
        at += runs
        clock = clock.paused(at, Status.PAYMENT, ARTICLE)
        at += stands
        clock = clock.resumed(at, calendar)
    return clock


@pytest.mark.parametrize(("received", "days", "due"), VECTORS)
def test_a_dossier_is_due_where_the_examples_say(received: str, days: float, due: str):
    assert Clock.started(local(received), working_days(days), STATE).due == local(due)


def test_hours_count_as_parts_of_a_working_day():
    clock = Clock.started(local("20/11/2026 15:40"), TimeLimit(Count.HOURS, 4 * 60), STATE)
    assert clock.due == local("23/11/2026 09:40")


def test_calendar_days_run_from_the_next_working_start_and_end_on_a_working_day():
    limit = TimeLimit(Count.CALENDAR_DAYS, 3)
    assert Clock.started(local("16/11/2026 09:00"), limit, STATE).due == local("19/11/2026 09:00")
    assert Clock.started(local("18/11/2026 09:00"), limit, STATE).due == local("23/11/2026 07:00")  # a Saturday
    assert Clock.started(local("16/11/2026 19:00"), limit, STATE).due == local("20/11/2026 07:00")  # from Tuesday 07:00


def test_a_limit_that_only_words_tell_has_no_due_moment_and_nothing_left():
    clock = stood(Clock.started(local("16/11/2026 09:00"), TimeLimit(words="theo đợt"), STATE), *TWO_DAYS)
    assert (clock.due, clock.appointment, clock.left(local("20/11/2026 09:00"), STATE)) == (None, None, None)


TWO_DAYS = ("17/11/2026 09:00", "19/11/2026 09:00")


def test_a_pause_moves_the_appointment_by_the_working_time_that_was_left():
    clock = Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE)
    assert clock.due == local("19/11/2026 09:00")
    assert stood(clock, *TWO_DAYS).due == local("23/11/2026 09:00")  # two days were left on Tuesday
    assert stood(clock, "18/11/2026 16:00", "21/11/2026 10:00").due == local(
        "23/11/2026 10:00"
    )  # three hours, from Monday


def test_a_pause_within_days_off_costs_nothing_and_gives_nothing():
    clock = Clock.started(local("20/11/2026 09:00"), THREE_DAYS, STATE)
    assert stood(clock, "21/11/2026 09:00", "22/11/2026 20:00").due == clock.due


def test_several_pauses_add_up():
    clock = Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE)
    twice = stood(stood(clock, *TWO_DAYS), "20/11/2026 09:00", "25/11/2026 09:00")
    assert twice.due == local("26/11/2026 09:00")
    assert twice.left(local("25/11/2026 09:00"), STATE) == Left(WORKING_DAY, is_over=False)


def test_while_it_stands_there_is_no_appointment_but_what_is_left_is_known():
    clock = Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE).paused(
        local("17/11/2026 13:30"), Status.PAYMENT, ARTICLE
    )
    assert clock.appointment is None
    for at in ("17/11/2026 14:00", "30/11/2026 09:00"):
        left = clock.left(local(at), STATE)
        assert left is not None
        assert (left.days, left.rest, left.is_over) == (1, 330, False)
    after = clock.resumed(local("30/11/2026 07:00"), STATE)
    assert after.appointment == after.due == local("01/12/2026 14:30")


def test_who_was_late_before_a_pause_stays_late_and_grows_no_later_while_it_lasts():
    clock = Clock.started(local("16/11/2026 09:00"), working_days(1), STATE)
    late = stood(clock, "18/11/2026 09:00", "20/11/2026 09:00")
    assert late.due == local("17/11/2026 09:00")
    assert clock.paused(local("18/11/2026 09:00"), Status.PAYMENT, ARTICLE).appointment == late.due
    assert late.left(local("19/11/2026 09:00"), STATE) == Left(WORKING_DAY, is_over=True)
    assert late.left(local("20/11/2026 10:00"), STATE) == Left(WORKING_DAY + 60, is_over=True)


def test_a_calendar_limit_is_moved_by_the_time_it_stood():
    clock = Clock.started(local("16/11/2026 09:00"), TimeLimit(Count.CALENDAR_DAYS, 3), STATE)
    assert stood(clock, "17/11/2026 09:00", "18/11/2026 10:00").due == local("20/11/2026 10:00")
    once = stood(clock, *TWO_DAYS)
    assert once.due == local("23/11/2026 07:00")  # Saturday 09:00
    twice = stood(once, "20/11/2026 09:00", "23/11/2026 09:00")
    assert twice.due == local("25/11/2026 07:00")  # Tuesday the 24th 09:00, a day off: Saturday's delay is not kept


def test_a_promise_takes_the_place_of_the_limit_and_later_pauses_move_it_by_work():
    clock = stood(Clock.started(local("16/11/2026 09:00"), TimeLimit(Count.CALENDAR_DAYS, 10), STATE), *TWO_DAYS)
    promised = clock.promised(local("19/11/2026 10:00"), local("30/11/2026 12:00"), STATE)
    assert promised.due == local("30/11/2026 13:30")  # at noon: after lunch
    assert stood(promised, "30/11/2026 09:00", "30/11/2026 09:00").due == promised.due
    assert stood(promised, "30/11/2026 09:00", "30/11/2026 10:00").due == local("30/11/2026 14:30")
    assert stood(promised, "30/11/2026 09:00", "02/12/2026 07:00").due == local("02/12/2026 09:30")


def test_a_day_off_that_is_announced_moves_what_is_due():
    clock = Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE)
    announced = Calendar({"2026-11-18": DayKind.OFF})
    assert clock.reckoned(announced).due == local("20/11/2026 09:00")
    promised = clock.promised(local("17/11/2026 09:00"), local("24/11/2026 09:00"), STATE)
    assert promised.due == local("25/11/2026 07:00")


@pytest.mark.parametrize(
    ("filed", "until"),
    [
        ("16/11/2026 09:00", "16/11/2026 17:00"),
        ("16/11/2026 12:15", "16/11/2026 17:00"),
        ("16/11/2026 06:00", "16/11/2026 17:00"),
        ("16/11/2026 17:00", "17/11/2026 17:00"),
        ("20/11/2026 20:00", "23/11/2026 17:00"),
        ("23/11/2026 20:00", "25/11/2026 17:00"),  # the 24th is off
        ("21/08/2026 18:00", "22/08/2026 17:00"),  # a Saturday that is worked
    ],
)
def test_what_is_filed_online_is_answered_within_the_working_day_it_counts_to(filed: str, until: str):
    assert answer_by(local(filed), STATE) == local(until)


@pytest.mark.parametrize("status", [one for one in Status if one not in PAUSING])
def test_no_other_status_pauses(status: Status):
    with pytest.raises(Invalid, match="pause_not_allowed"):
        Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE).paused(local("17/11/2026 09:00"), status, ARTICLE)


def test_a_pause_needs_its_article_and_a_clock_stands_or_runs_once():
    clock = Clock.started(local("16/11/2026 09:00"), THREE_DAYS, STATE)
    at = local("17/11/2026 09:00")
    with pytest.raises(Invalid, match="pause_article_needed"):
        clock.paused(at, Status.PAYMENT, "  ")
    with pytest.raises(Conflict, match="clock_runs_already"):
        clock.resumed(at, STATE)
    with pytest.raises(Conflict, match="clock_stands_already"):
        clock.paused(at, Status.PAYMENT, ARTICLE).paused(at, Status.SUPPLEMENT, ARTICLE)


@given(received=moments, limit=of_work | of_days | of_months, lengths=spans, own=own_days)
def test_due_is_a_moment_of_work_whatever_came_between(
    received: datetime, limit: TimeLimit, lengths: list[timedelta], own: dict[str, DayKind]
):
    calendar = Calendar(own)
    clock = with_pauses(Clock.started(received, limit, calendar), lengths, calendar)
    assert clock.due is not None
    assert calendar.kind(clock.due.date()) is not DayKind.OFF
    assert any(start <= clock.due <= end for start, end in calendar.spans(clock.due.date()))
    assert clock.due > received


@given(received=moments, limit=of_work, lengths=spans, own=own_days)
def test_up_to_its_due_moment_a_clock_of_work_has_run_for_just_its_limit(
    received: datetime, limit: TimeLimit, lengths: list[timedelta], own: dict[str, DayKind]
):
    calendar = Calendar(own)
    clock = with_pauses(Clock.started(received, limit, calendar), lengths, calendar)
    assert clock.due is not None
    assert clock.worked(received, clock.due, calendar) == timedelta(minutes=limit.amount)


@given(
    received=moments,
    limit=of_work,
    runs=st.timedeltas(timedelta(), timedelta(days=40)),
    own=own_days,
    stands=st.timedeltas(timedelta(), timedelta(days=40)),
)
def test_pausing_and_going_on_leaves_the_same_working_time(
    received: datetime, limit: TimeLimit, runs: timedelta, stands: timedelta, own: dict[str, DayKind]
):
    calendar = Calendar(own)
    clock = Clock.started(received, limit, calendar)
    paused = clock.paused(received + runs, Status.SUPPLEMENT, ARTICLE)
    after = paused.resumed(received + runs + stands, calendar)
    before = clock.left(received + runs, calendar)
    assert paused.left(received + runs + stands / 2, calendar) == before
    assert after.left(received + runs + stands, calendar) == before
    assert after.due is not None and clock.due is not None
    assert after.due >= clock.due


@given(
    received=moments,
    limit=of_days,
    runs=st.timedeltas(timedelta(), timedelta(days=40)),
    stands=st.timedeltas(timedelta(), timedelta(days=40)),
)
def test_a_calendar_limit_never_loses_time_by_a_pause(
    received: datetime, limit: TimeLimit, runs: timedelta, stands: timedelta
):
    clock = Clock.started(received, limit, STATE)
    after = with_pauses(clock, [runs, stands], STATE)
    assert clock.due is not None and after.due is not None
    assert clock.due <= after.due <= STATE.due_days(clock.due + stands, 0)


@given(received=moments, limit=of_work | of_days | of_months, lengths=spans)
def test_working_it_out_anew_changes_nothing_while_the_calendar_stays(
    received: datetime, limit: TimeLimit, lengths: list[timedelta]
):
    clock = with_pauses(Clock.started(received, limit, STATE), lengths, STATE)
    assert clock.reckoned(STATE) == clock
