"""Periods come out once, when nothing in them changes, and longer ones say nothing that their parts did not."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.ratings.bounds import Bounds
from miniapp.ratings.periods import Quarter, due, summed
from miniapp.ratings.suppression import SILENT, published
from tests.unit.ratings.attack import Attacker
from tests.unit.ratings.made import ballot
from tests.unit.ratings.test_suppression import LEAVES, UNITS, flat, inside, known, tables, unsaid

days = st.dates(date(2024, 1, 1), date(2030, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize(
    ("day", "quarter", "first", "last", "out"),
    [
        ("2026-01-01", Quarter(2026, 1), "2026-01-01", "2026-03-31", "2026-04-08"),
        ("2026-06-30", Quarter(2026, 2), "2026-04-01", "2026-06-30", "2026-07-08"),
        ("2026-07-01", Quarter(2026, 3), "2026-07-01", "2026-09-30", "2026-10-08"),
        ("2026-12-31", Quarter(2026, 4), "2026-10-01", "2026-12-31", "2027-01-08"),
    ],
)
def test_a_quarter_has_its_days_and_the_day_on_which_it_comes_out(
    day: str, quarter: Quarter, first: str, last: str, out: str
):
    assert Quarter.of(day) == quarter
    assert (quarter.first_day, quarter.last_day, quarter.published_from) == (first, last, out)


@pytest.mark.parametrize("number", [0, 5])
def test_a_year_has_four_quarters(number: int):
    with pytest.raises(ValueError, match="four quarters"):
        Quarter(2026, number)


@given(days)
def test_when_a_quarter_comes_out_none_of_its_ballots_can_be_changed(day: str):
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert ballot(cast_on=day).editable_until < quarter.published_from


@given(days)
def test_from_one_day_to_the_next_nothing_changes_or_whole_quarters_come(day: str):
    since = Quarter(2023, 4)
    today, tomorrow = (list(due(since, each)) for each in (day, (date.fromisoformat(day) + timedelta(1)).isoformat()))
    assert tomorrow[: len(today)] == today
    assert len(tomorrow) - len(today) in (0, 1)
    assert all(quarter.last_day < day for quarter in today)


def test_two_tables_a_day_apart_would_give_a_ballot_away():
    first, second = published(flat(12, 40)), published(flat(13, 40))
    assert not first.withheld and not second.withheld
    assert second.cells[("u0",)] - first.cells[("u0",)] == 1


def test_a_year_adds_up_what_each_of_its_quarters_shows():
    parts = [published(flat(12, 40, 0)), published(flat(20, 4, 30))]
    whole = summed(parts)
    assert whole.find(("",)) == 106
    assert [whole.find((unit,)) for unit in ("u0", "u1", "u2")] == [None, None, 30]


def test_with_a_silent_part_the_whole_is_silent_and_so_is_a_whole_of_nothing():
    assert summed([published(flat(12, 40)), published(flat(1))]).silent
    assert summed([]) == SILENT


@settings(max_examples=25, deadline=None)
@given(tables((UNITS,), LEAVES[:1]), tables((UNITS,), LEAVES[:1]))
def test_whoever_lays_quarters_and_their_sum_over_each_other_is_no_nearer(one, two):
    parts, bound = [(0, one, published(one)), (1, two, published(two))], Bounds().protection
    told = [
        ([(at, leaf) for leaf in leaves], count)
        for at, table, shown in parts
        for leaves, count in ([] if shown.silent else known(table, shown))
    ]
    whole = summed([shown for _, _, shown in parts])
    for cell, leaves in inside(one).items():
        count = whole.find(cell)
        if count is not None:
            told.append(([(at, leaf) for at in (0, 1) for leaf in leaves], count))
    attacker = Attacker(told)
    for at, table, shown in parts:
        for cell in unsaid(table, shown):
            low, high = attacker.range([(at, leaf) for leaf in inside(table)[cell]])
            assert high is None or high - low >= bound
