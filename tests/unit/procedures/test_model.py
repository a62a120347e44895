"""What a procedure is: its code, its time limits on the working calendar, its fees by day, and when it has gone stale."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import Calendar
from miniapp.procedures.model import Channel, FeeLine, Paper, Procedure, Way, checked, national_code

COPY = Procedure("2.000815", "Chứng thực bản sao từ bản chính")


@pytest.mark.parametrize(
    "text", ["2.000815", " 2.000815 ", "2.000815.000.00.00.H55", "2.000815.000.00.00.H55.02", "2.000815.H55"]
)
def test_a_local_variant_belongs_to_the_national_code(text):
    assert national_code(text) == "2.000815"


@pytest.mark.parametrize("text", ["", "2.00815", "20.000815", "2-000815", "2.000815x", "2.000815.55"])
def test_a_code_of_another_shape_is_refused(text):
    with pytest.raises(Invalid) as problem:
        national_code(text)
    assert (problem.value.code, problem.value.facts) == ("procedure_code_shape", {"field": "code"})


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (TimeLimit(Count.WORKING_DAYS, 3 * 480), datetime(2026, 11, 26, 15, 40)),
        (TimeLimit(Count.HOURS, 60), datetime(2026, 11, 20, 16, 40)),
        (TimeLimit(Count.CALENDAR_DAYS, 2), datetime(2026, 11, 23, 7, 0)),
        (TimeLimit(Count.MONTHS, 1), datetime(2026, 12, 21, 7, 0)),
    ],
)
def test_a_time_limit_ends_on_the_working_calendar(limit, due):
    received = datetime(2026, 11, 20, 15, 40, tzinfo=VIETNAM)
    assert limit.due(received, Calendar()) == due.replace(tzinfo=VIETNAM)


def test_a_limit_that_only_words_tell_has_no_day():
    assert TimeLimit(words="theo đợt").due(datetime(2026, 11, 20, 15, 40, tzinfo=VIETNAM), Calendar()) is None


def test_a_month_from_the_end_of_january_ends_with_february():
    received = datetime(2027, 1, 29, 9, 0, tzinfo=VIETNAM)
    assert TimeLimit(Count.MONTHS, 1).due(received, Calendar()).date() == date(2027, 3, 1)  # 28/02 is a Sunday


def test_a_fee_holds_from_its_first_to_its_last_day():
    waived = FeeLine(0, valid_from="2026-01-01", valid_to="2027-02-28")
    assert [waived.holds(day) for day in ("2025-12-31", "2026-01-01", "2027-02-28", "2027-03-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert FeeLine(8_000).holds("2030-01-01")


def test_a_record_is_stale_after_180_days_and_before_anybody_looked_it_over():
    looked = replace(COPY, verified_on="2026-01-01")
    assert not looked.is_stale(date(2026, 6, 30))
    assert looked.is_stale(date(2026, 7, 1))
    assert COPY.is_stale(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"code": "2.000815.H55"}, "procedure_code_shape", "code"),
        ({"name": ""}, "procedure_name_shape", "name"),
        ({"effective": "1/7/2026"}, "procedure_day_shape", "effective"),
        ({"verified_on": "20260701"}, "procedure_day_shape", "verified_on"),
        ({"papers": (Paper(""),)}, "paper_shape", "papers"),
        ({"papers": (Paper("Đơn", copies=-1),)}, "paper_shape", "papers"),
        ({"channels": (Channel(Way.DESK, TimeLimit(Count.HOURS, 0)),)}, "time_limit_shape", "channels"),
        ({"channels": (Channel(Way.DESK, fees=(FeeLine(-1),)),)}, "fee_shape", "channels"),
        ({"channels": (Channel(Way.DESK, fees=(FeeLine(1, "đồng"),)),)}, "fee_shape", "channels"),
        (
            {"channels": (Channel(Way.DESK, fees=(FeeLine(1, valid_from="2026-02-01", valid_to="2026-01-01"),)),)},
            "fee_shape",
            "channels",
        ),
    ],
)
def test_what_may_not_be_kept_names_its_field(wrong, code, field):
    with pytest.raises(Invalid) as problem:
        checked(replace(COPY, **wrong))
    assert (problem.value.code, problem.value.facts["field"]) == (code, field)


def test_a_whole_record_passes_unchanged():
    assert checked(COPY) is COPY
