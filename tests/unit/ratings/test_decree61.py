"""Decree 61/2018: the table of domain 3.2, index by index, the sum out of 18 and classes with inclusive lower limits."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Refused
from miniapp.ratings.decree61 import Source, decree, mean_points
from miniapp.ratings.points61 import (
    Level,
    Reading,
    conduct_points,
    contact_points,
    desk_points,
    office_points,
    online_points,
    petition_points,
    publicity_points,
    time_points,
    units_points,
)
from miniapp.ratings.scales import sheets


@pytest.mark.parametrize(("taken", "points"), [(2399, 2), (2400, 1), (2401, 0), (0, 2)])
def test_shorter_equal_and_longer_than_the_rule(taken: int, points: int):
    assert time_points(taken, 2400) == points


@pytest.mark.parametrize(("taken", "points"), [(2160, 2), (2161, 1), (2400, 1), (2401, 0)])
def test_a_reading_in_half_days_counts_the_last_half_day_as_in_time(taken: int, points: int):
    assert time_points(taken, 2400, Reading(step=240)) == points


@pytest.mark.parametrize(
    ("spans", "points"),
    [([(1, 2), (1, 2)], 2), ([(1, 2), (2, 2)], 1), ([(1, 9), (3, 2), (2, 2)], 0), ([], None)],
)
def test_of_the_units_that_had_a_part_the_slowest_counts(spans: list[tuple[int, int]], points: int | None):
    assert units_points(spans) == points


@pytest.mark.parametrize(("times", "own", "points"), [(0, 0, 2), (1, 0, 1), (2, 0, 0), (2, 1, 1), (3, 3, 2), (1, 2, 2)])
def test_coming_back_by_ones_own_fault_is_not_counted(times: int, own: int, points: int):
    assert contact_points(times, own) == points


@pytest.mark.parametrize(
    ("offices", "by_law", "points"),
    [(0, False, 2), (1, False, 1), (1, True, 1), (2, True, 1), (2, False, 0), (3, True, 0)],
)
def test_one_office_and_the_one_that_the_law_sends_are_one(offices: int, by_law: bool, points: int):
    assert office_points(offices, by_law) == points


@pytest.mark.parametrize(
    ("level", "listed", "at_desk", "on_spot", "points"),
    [
        (Level.ABOVE, 100, 100, 20, 2),
        (Level.ABOVE, 100, 100, 19, 1),
        (Level.ABOVE, 100, 99, 19, 0),
        (Level.ABOVE, 100, 99, 20, 2),
        (Level.COMMUNE, 100, 100, 100, 2),
        (Level.COMMUNE, 100, 100, 99, 1),
        (Level.COMMUNE, 100, 99, 99, 0),
        (Level.COMMUNE, 0, 0, 0, None),
    ],
)
def test_a_commune_does_everything_on_the_spot_and_the_levels_above_a_fifth(
    level: Level, listed: int, at_desk: int, on_spot: int, points: int | None
):
    assert desk_points(level, listed, at_desk, on_spot) == points


def test_a_stricter_reading_asks_for_everything_at_the_desk_too():
    assert desk_points(Level.ABOVE, 100, 99, 20, Reading(spot_alone=False)) == 0
    assert desk_points(Level.ABOVE, 100, 100, 20, Reading(spot_alone=False)) == 2


@pytest.mark.parametrize(
    ("posted", "electronic", "complete", "points"),
    [
        (True, True, True, 2),
        (True, True, False, 1),
        (True, False, True, 1),
        (False, True, False, 1),
        (False, False, True, 0),
    ],
)
def test_public_on_the_wall_and_on_the_screen(posted: bool, electronic: bool, complete: bool, points: int):
    assert publicity_points(posted, electronic, complete) == points


@pytest.mark.parametrize(
    ("taken", "petitions", "untrue", "points"),
    [(9, 0, 0, 2), (10, 0, 0, 1), (9, 1, 0, 0), (9, 1, 1, 2), (10, 2, 1, 0), (11, 0, 0, 0)],
)
def test_one_petition_about_harassment_is_enough_unless_it_was_untrue(
    taken: int, petitions: int, untrue: int, points: int
):
    assert conduct_points(taken, 10, petitions, untrue) == points


def test_what_late_without_a_petition_is_worth_is_a_setting():
    assert conduct_points(11, 10, 0, reading=Reading(late_without_petition=1)) == 1
    assert conduct_points(11, 10, 1, reading=Reading(late_without_petition=1)) == 0


@pytest.mark.parametrize(
    ("petitions", "on_time", "dragging", "points"),
    [(0, 0, 0, 2), (10, 10, 0, 2), (10, 9, 0, 1), (10, 8, 0, 0), (100, 90, 0, 1), (100, 89, 0, 0), (10, 9, 1, 0)],
)
def test_petitions_on_time_at_ninety_and_at_a_hundred_per_cent(
    petitions: int, on_time: int, dragging: int, points: int
):
    assert petition_points(petitions, on_time, dragging) == points


@pytest.mark.parametrize(
    ("eligible", "offered", "dossiers", "online", "late", "points"),
    [
        (100, 20, 100, 30, 0, 2),
        (100, 20, 100, 29, 0, 1),
        (100, 19, 100, 30, 0, 1),
        (100, 20, 100, 15, 0, 1),
        (100, 20, 100, 14, 0, 0),
        (100, 20, 100, 30, 1, 0),
        (100, 0, 100, 30, 0, 0),
        (100, 20, 0, 0, 0, 0),
        (0, 0, 100, 0, 0, None),
    ],
)
def test_online_at_fifteen_twenty_and_thirty_per_cent(
    eligible: int, offered: int, dossiers: int, online: int, late: int, points: int | None
):
    assert online_points(eligible, offered, dossiers, online, late) == points


def whole(points: Fraction) -> dict[int, Fraction | None]:
    """Nine indices that come to so many points."""
    found: dict[int, Fraction | None] = {}
    for number in range(1, 10):
        found[number] = min(points, Fraction(2))
        points -= min(points, Fraction(2))
    return found


@pytest.mark.parametrize(
    ("points", "grade"),
    [(18, "excellent"), (15, "excellent"), (12, "good"), (9, "fair"), (6, "average"), (0, "weak")],
)
def test_exactly_on_a_limit_is_the_class_that_begins_there(points: int, grade: str):
    assert decree().total(whole(Fraction(points))).grade == grade


@pytest.mark.parametrize(("points", "grade"), [(15, "good"), (12, "fair"), (9, "average"), (6, "weak")])
def test_a_hair_below_a_limit_is_the_class_below_and_is_not_shown_as_the_limit(points: int, grade: str):
    total = decree().total(whole(points - Fraction(1, 10**6)))
    assert total.grade == grade
    assert total.hundredths == 100 * points - 1


def test_nine_indices_of_two_points_are_eighteen():
    assert [index.number for index in decree().indices] == list(range(1, 10))
    assert decree().most == decree().total(whole(Fraction(18))).most == 18


def test_a_part_has_no_class_and_says_what_lacks():
    total = decree().total({1: Fraction(2), 2: Fraction(1), 9: None})
    assert (total.points, total.most, total.grade) == (3, 4, "")
    assert total.missing == ("contacts", "offices", "at_the_desk", "publicity", "conduct", "petitions", "online")


@pytest.mark.parametrize("points", [{1: Fraction(3)}, {1: Fraction(-1)}, {10: Fraction(1)}])
def test_points_that_the_decree_does_not_know_are_no_points(points: dict[int, Fraction | None]):
    with pytest.raises(ValueError, match="0 to 2"):
        decree().total(points)


@pytest.mark.parametrize("number", [1, 2])
def test_what_the_system_computes_nobody_edits(number: int):
    with pytest.raises(Refused) as refused:
        decree().index(number).require_editable()
    assert (refused.value.code, refused.value.facts) == ("rating_index_computed", {"number": number})


def test_just_the_two_times_are_the_systems_and_ballots_never_ask_for_them():
    asked = {criterion.index for sheet in sheets().values() for criterion in sheet.criteria} - {0}
    for index in decree().indices:
        if index.source is not Source.SYSTEM:
            index.require_editable()
    assert {index.number for index in decree().indices if index.source is Source.SYSTEM} == {1, 2}
    assert {index.number for index in decree().indices if index.source is Source.BALLOTS} == asked


def test_that_it_is_repealed_is_said_to_be_unsourced():
    assert not decree().repeal_is_sourced
    assert decree().law[0].startswith("61/2018/")


@given(st.lists(st.sampled_from([0, 1, 2]), max_size=50))
def test_many_dossiers_have_the_exact_mean_of_their_points(points: list[int]):
    mean = mean_points({each: points.count(each) for each in (0, 1, 2)})
    assert mean == (Fraction(sum(points), len(points)) if points else None)
