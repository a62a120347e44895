"""Layers of a calendar: the nearest that says something decides, and no time limit ends while nobody works."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.calendars.model import (
    AT_ONCE,
    DAYS_MOST,
    DOCUMENT_MOST,
    Day,
    Layer,
    announced,
    calendar_of,
    hours_layer,
    lines,
    told,
    working_moment_before,
)
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.ids import NATION
from miniapp.core.workdays import OFFICE_HOURS, WORKING_DAY, Calendar, DayKind, Hours

EARLY = Hours((390, 660), (780, 990))
NOTICE = "9441/TB-BNV"


def layer(id: str, hours: Hours | None = None, **days: DayKind) -> Layer:
    said = {day.removeprefix("d").replace("_", "-"): Day(kind, NOTICE) for day, kind in days.items()}
    return Layer(id, said, hours)


def test_the_nearest_layer_decides_a_day_and_silence_is_what_stands_above():
    nation = layer(NATION, d2026_11_20=DayKind.OFF, d2026_11_24=DayKind.OFF)
    province = layer("tinh", d2026_11_20=DayKind.MORNING)
    own = layer("xa", d2026_11_24=DayKind.WORKING)
    calendar = calendar_of([nation, province, own])
    assert calendar.kind(date(2026, 11, 20)) is DayKind.MORNING
    assert calendar.kind(date(2026, 11, 24)) is DayKind.WORKING
    assert calendar.kind(date(2026, 9, 2)) is DayKind.OFF
    assert calendar_of([nation, province]).kind(date(2026, 11, 24)) is DayKind.OFF


def test_the_nearest_office_hours_hold():
    layers = [layer(NATION), layer("tinh", EARLY), layer("xa")]
    assert calendar_of(layers).hours == EARLY
    assert hours_layer(layers) == "tinh"
    assert calendar_of(layers[:1]).hours == OFFICE_HOURS
    assert hours_layer(layers[:1]) == ""


def test_a_year_tells_each_day_that_differs_once_with_who_says_so_and_what_is_above():
    layers = [layer(NATION, d2026_12_31=DayKind.OFF), layer("xa", d2026_11_24=DayKind.WORKING, d2027_01_04=DayKind.OFF)]
    told_of = {line.day: line for line in lines(layers, 2026)}
    assert list(told_of) == sorted(told_of)
    assert len(told_of) == 15  # thirteen days off and a Saturday by law, one by the nation
    culture, last, tet = told_of["2026-11-24"], told_of["2026-12-31"], told_of["2026-02-17"]
    assert (culture.kind, culture.above, culture.layer, culture.reason) == (DayKind.WORKING, DayKind.OFF, "xa", "")
    assert (last.layer, last.document) == (NATION, NOTICE)
    assert (tet.layer, tet.document, tet.reason) == ("", "", "tet")


def test_a_day_that_is_taken_away_is_as_above_again():
    held = Layer("xa").with_days({"2026-11-24": DayKind.WORKING}, NOTICE)
    assert held.with_days({"2026-11-24": None}, NOTICE) == Layer("xa")
    assert held.with_hours(EARLY, NOTICE).with_hours(None, NOTICE) == held


def test_what_a_layer_takes_is_bounded():
    first = date(2026, 1, 1)
    many = {(first + timedelta(days=day)).isoformat(): DayKind.OFF for day in range(DAYS_MOST)}
    with pytest.raises(Invalid, match="calendar_days_at_once"):
        Layer("xa").with_days(dict(list(many.items())[: AT_ONCE + 1]), NOTICE)
    full = Layer("xa", {day: Day(kind, NOTICE) for day, kind in many.items()})
    with pytest.raises(Invalid, match="calendar_full"):
        full.with_days({"2030-01-01": DayKind.OFF}, NOTICE)
    assert len(full.with_days({"2026-01-01": DayKind.WORKING}, NOTICE).days) == DAYS_MOST
    for far in ("1999-12-31", "2101-01-01"):
        with pytest.raises(Invalid, match="calendar_day_far"):
            Layer("xa").with_days({far: DayKind.OFF}, NOTICE)


def test_a_document_is_named_and_short():
    assert announced(NOTICE) == NOTICE
    with pytest.raises(Invalid, match="calendar_document_needed"):
        announced("")
    with pytest.raises(Invalid, match="value_too_long"):
        announced("x" * (DOCUMENT_MOST + 1))


def test_hours_are_told_in_figures():
    assert told(OFFICE_HOURS) == "07:00-11:30 13:30-17:00"


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ((2026, 11, 25), "2026-11-23T15:15"),  # the 24th is off
        ((2026, 8, 24), "2026-08-22T15:15"),  # a Saturday that is worked
        ((2026, 2, 23), "2026-02-13T15:15"),  # Tet and two week-ends
    ],
)
def test_the_example_comes_in_on_the_last_day_of_work_before(day: tuple[int, int, int], moment: str):
    found = working_moment_before(Calendar(), date(*day))
    assert found == datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)


DAYS = st.dates(date(2025, 12, 1), date(2027, 2, 1)).map(date.isoformat)
SAID = st.dictionaries(DAYS, st.sampled_from(DayKind).map(lambda kind: Day(kind, NOTICE)), max_size=60)
EDGES = st.lists(st.integers(0, 1440), min_size=4, max_size=4, unique=True).map(sorted)
HOURS = st.none() | EDGES.map(lambda edges: Hours((edges[0], edges[1]), (edges[2], edges[3])))
LAYERS = st.lists(st.builds(Layer, st.just("xa"), SAID, HOURS), min_size=1, max_size=4)
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=VIETNAM))


def stands_in_office_hours(layers: list[Layer], moment: datetime) -> bool:
    """By the layers themselves, without the calendar that they make."""
    day, minute = moment.date().isoformat(), moment.hour * 60 + moment.minute + moment.second / 60
    named = [one.days[day].kind for one in layers if day in one.days]
    kind = named[-1] if named else Calendar().kind(moment.date())
    hours = next((one.hours for one in reversed(layers) if one.hours), OFFICE_HOURS)
    morning = kind in (DayKind.WORKING, DayKind.MORNING) and hours.morning[0] <= minute <= hours.morning[1]
    afternoon = kind in (DayKind.WORKING, DayKind.AFTERNOON) and hours.afternoon[0] <= minute <= hours.afternoon[1]
    return morning or afternoon


@given(layers=LAYERS, received=MOMENTS, minutes=st.integers(0, 20 * WORKING_DAY), days=st.integers(0, 60))
def test_no_time_limit_ends_on_a_day_off_or_outside_office_hours(
    layers: list[Layer], received: datetime, minutes: int, days: int
):
    calendar = calendar_of(layers)
    try:
        due = calendar.due(received, minutes)
    except Invalid as problem:
        assert problem.code == "time_limit_too_long"  # office hours of a few minutes a day
    else:
        assert stands_in_office_hours(layers, due)
        assert calendar.worked(received, due) == minutes
    assert stands_in_office_hours(layers, calendar.due_days(received, days))
