"""Time limits end where the law's own examples say, and never on a day off."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.workdays import DATA, OFFICE_HOURS, WORKING_DAY, Calendar, DayKind, Hours, national
from tests.support.working_time import VECTORS, local

STATE = Calendar()


@pytest.mark.parametrize(("received", "days", "due"), VECTORS)
def test_working_days_end_where_the_examples_say(received: str, days: float, due: str) -> None:
    assert STATE.due(local(received), int(days * WORKING_DAY)) == local(due)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("20/11/2026 09:00", 1, "23/11/2026 07:00"),  # falls on a Saturday: the next morning of work
        ("23/11/2026 09:00", 1, "25/11/2026 07:00"),  # falls on 24 November
        ("23/11/2026 09:00", 2, "25/11/2026 09:00"),
        ("23/11/2026 12:00", 2, "25/11/2026 13:30"),  # at noon: after lunch
        ("23/11/2026 19:00", 2, "25/11/2026 17:00"),  # after closing: that day still counts
        ("21/08/2026 10:00", 1, "22/08/2026 10:00"),  # a Saturday that is worked
    ],
)
def test_calendar_days_never_end_on_a_day_off(received: str, days: int, due: str) -> None:
    assert STATE.due_days(local(received), days) == local(due)


def test_the_days_of_2026_are_those_of_the_notice() -> None:
    off = [day for day, kind in national().items() if day.startswith("2026") and kind is DayKind.OFF]
    assert len(off) == 13
    assert STATE.kind(date(2026, 8, 22)) is DayKind.WORKING
    assert STATE.kind(date(2026, 4, 26)) is DayKind.OFF  # the festival itself is a Sunday
    assert all(date.fromisoformat(day).weekday() < 5 for day in off)


def test_every_exception_has_a_reason_and_a_year_that_is_only_calculated_says_so() -> None:
    held = json.loads(DATA.read_text("utf-8"))
    assert all(held["off"].values())
    assert {day[:4] for day in held["off"]} >= set(held["calculated"])


def test_an_agencys_own_days_lie_over_the_national_ones() -> None:
    own = Calendar({"2026-11-24": DayKind.WORKING, "2026-11-25": DayKind.MORNING, "2026-11-28": DayKind.AFTERNOON})
    assert own.due(local("24/11/2026 16:00"), 120) == local("25/11/2026 08:00")
    assert own.due(local("25/11/2026 12:00"), 60) == local("26/11/2026 08:00")
    assert own.spans(date(2026, 11, 28)) == [(local("28/11/2026 13:30"), local("28/11/2026 17:00"))]


@pytest.mark.parametrize("shape", [((690, 420), (810, 1020)), ((420, 820), (810, 1020)), ((420, 690), (810, 1500))])
def test_hours_that_overlap_or_leave_the_day_are_refused(shape: tuple[tuple[int, int], tuple[int, int]]) -> None:
    with pytest.raises(Invalid, match="office_hours_shape"):
        Hours(*shape)


def test_a_limit_beyond_ten_years_is_a_mistake() -> None:
    with pytest.raises(Invalid, match="time_limit_too_long"):
        STATE.due(local("23/11/2026 09:00"), 4_000 * WORKING_DAY)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda one: one.replace(tzinfo=VIETNAM))
OWN = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2028, 2, 1)).map(date.isoformat), st.sampled_from(DayKind), max_size=30
)


@given(received=MOMENTS, minutes=st.integers(0, 60 * WORKING_DAY), own=OWN)
def test_a_due_moment_is_one_at_which_is_worked_and_all_of_the_limit_lies_before_it(
    received: datetime, minutes: int, own: dict[str, DayKind]
) -> None:
    calendar = Calendar(own)
    due = calendar.due(received, minutes)
    assert any(start <= due <= end for start, end in calendar.spans(due.date()))
    assert due >= received
    assert calendar.worked(received, due) == minutes


@given(received=MOMENTS, days=st.integers(0, 90), own=OWN)
def test_a_calendar_limit_ends_on_a_day_of_work_not_before_it_is_over(
    received: datetime, days: int, own: dict[str, DayKind]
) -> None:
    calendar = Calendar(own)
    due = calendar.due_days(received, days)
    assert calendar.kind(due.date()) is not DayKind.OFF
    assert due.date() >= (received + timedelta(days=days)).date()
    assert any(start <= due <= end for start, end in calendar.spans(due.date()))


@given(first=MOMENTS, second=MOMENTS, third=MOMENTS)
def test_time_that_is_paused_adds_up(first: datetime, second: datetime, third: datetime) -> None:
    start, middle, end = sorted([first, second, third])
    parts = STATE.worked(start, middle) + STATE.worked(middle, end)
    assert abs(STATE.worked(start, end) - parts) <= 1  # each part is whole minutes


@given(first=MOMENTS, second=MOMENTS, third=MOMENTS)
def test_work_between_moments_adds_up_to_the_second_and_is_over_where_it_says(
    first: datetime, second: datetime, third: datetime
) -> None:
    start, middle, end = sorted([first, second, third])
    whole = STATE.time_worked(start, end)
    assert STATE.time_worked(start, middle) + STATE.time_worked(middle, end) == whole
    assert STATE.time_worked(start, STATE.after(start, whole)) == whole
    assert STATE.after(start, whole) <= max(end, STATE.after(start, timedelta()))


@pytest.mark.parametrize(
    ("moment", "closing"),
    [
        ("20/11/2026 09:00", "20/11/2026 17:00"),
        ("20/11/2026 12:00", "20/11/2026 17:00"),  # at noon: that afternoon
        ("20/11/2026 17:00", "23/11/2026 17:00"),  # work is over: the next day of work
        ("23/11/2026 20:00", "25/11/2026 17:00"),  # 24 November is off
    ],
)
def test_a_moment_counts_to_a_working_day_that_closes(moment: str, closing: str) -> None:
    assert STATE.closing(local(moment)) == local(closing)


def test_a_day_with_a_morning_only_closes_at_noon() -> None:
    own = Calendar({"2026-11-25": DayKind.MORNING})
    assert own.closing(local("25/11/2026 09:00")) == local("25/11/2026 11:30")
    assert own.closing(local("25/11/2026 11:30")) == local("26/11/2026 17:00")


def test_eight_hours_are_one_day() -> None:
    (morning, noon), (lunch, evening) = OFFICE_HOURS.morning, OFFICE_HOURS.afternoon
    assert noon - morning + evening - lunch == WORKING_DAY
