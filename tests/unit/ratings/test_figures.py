"""Honest figures: Wilson's interval against published ones and against his equation, and what is not shown."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.ratings.bounds import Bounds
from miniapp.ratings.figures import (
    QUANTILE,
    WHOLE,
    Change,
    Interval,
    Standing,
    compared,
    response_rate,
    satisfied_share,
    share_of,
    wilson,
)

Z2 = Fraction(*QUANTILE) ** 2
samples = st.integers(1, 10**9).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998: table I,
    # method 3, in ten-thousandths.
    [(81, 263, 2553, 3662), (15, 148, 624, 1605), (0, 20, 0, 1611), (1, 29, 61, 1718)],
)
def test_the_interval_is_the_published_one_rounded_outwards(part: int, whole: int, low: int, high: int):
    found = wilson(part, whole)
    assert 0 <= low - found.low <= 1
    assert 0 <= found.high - high <= 1


@given(samples)
def test_both_limits_solve_wilsons_equation_to_the_last_place(sample: tuple[int, int]):
    part, whole = sample
    p, found = Fraction(part, whole), wilson(part, whole)

    def is_inside(limit: Fraction) -> bool:
        return (p - limit) ** 2 * whole <= Z2 * limit * (1 - limit)

    low, high = Fraction(found.low, WHOLE), Fraction(found.high, WHOLE)
    step = Fraction(1, WHOLE)
    assert low <= p <= high
    assert not is_inside(low) or low == 0 or (p - low) ** 2 * whole == Z2 * low * (1 - low)
    assert not is_inside(high) or high == 1 or (p - high) ** 2 * whole == Z2 * high * (1 - high)
    assert is_inside(low + step) or low + step > p
    assert is_inside(high - step) or high - step < p


@given(samples)
def test_the_dissatisfied_have_the_mirrored_interval(sample: tuple[int, int]):
    part, whole = sample
    found, mirrored = wilson(part, whole), wilson(whole - part, whole)
    assert (mirrored.low, mirrored.high) == (WHOLE - found.high, WHOLE - found.low)


def test_none_and_all_touch_the_edge_and_never_are_certain():
    assert wilson(0, 30).low == 0 < wilson(0, 30).high
    assert wilson(30, 30).high == WHOLE > wilson(30, 30).low
    assert wilson(10**9, 10**9).low < WHOLE


def test_of_nobody_everything_is_possible():
    assert wilson(0, 0) == Interval(0, WHOLE)


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5)])
def test_a_part_of_more_than_its_whole_has_no_interval(part: int, whole: int):
    with pytest.raises(ValueError, match="more than its whole"):
        wilson(part, whole)


@pytest.mark.parametrize(
    ("counted", "standing", "inputs"),
    [
        (0, Standing.HIDDEN, set()),
        (4, Standing.HIDDEN, set()),
        (5, Standing.NOT_ENOUGH, {"counted"}),
        (29, Standing.NOT_ENOUGH, {"counted"}),
        (30, Standing.SHOWN, {"counted", "satisfied"}),
    ],
)
def test_under_five_nothing_is_told_and_under_thirty_only_how_many(counted: int, standing: Standing, inputs: set[str]):
    figure = satisfied_share(counted, counted)
    assert (figure.standing, set(figure.inputs)) == (standing, inputs)
    assert (figure.share is None) == (figure.interval is None) == (standing is not Standing.SHOWN)


def test_a_hundred_per_cent_of_thirty_comes_with_how_sure_it_is_and_what_it_is_made_of():
    figure = satisfied_share(30, 30)
    assert (figure.share, figure.interval) == (10_000, Interval(8864, 10_000))
    assert (figure.formula.code, figure.inputs) == ("satisfied_share", {"satisfied": 30, "counted": 30})


def test_whoever_asks_may_bring_other_bounds():
    assert satisfied_share(1, 2, Bounds(hidden_under=2, enough_from=2)).share == 5000
    assert satisfied_share(0, 0, Bounds(hidden_under=0, enough_from=0)).standing is Standing.HIDDEN


def test_a_share_is_all_only_where_it_is_all():
    assert share_of(99_999_999, 100_000_000) == 9_999
    assert share_of(1, 100_000_000) == 1
    assert [share_of(part, 3) for part in range(4)] == [0, 3333, 6667, 10_000]


@given(samples)
def test_the_shown_share_is_the_figure_of_its_formula(sample: tuple[int, int]):
    part, whole = sample
    figure = satisfied_share(part, whole)
    if figure.share is not None:
        exact = figure.formula.value(figure.inputs)
        assert exact is not None and abs(figure.share - 100 * exact) <= 1


def test_how_many_of_the_invited_rated_stands_beside_it():
    figure = response_rate(30, 120)
    assert (figure.share, figure.interval, figure.inputs) == (2500, None, {"answered": 30, "invited": 120})


@pytest.mark.parametrize(
    ("answered", "invited", "standing"),
    [(0, 0, Standing.UNKNOWN), (6, 5, Standing.UNKNOWN), (4, 100, Standing.HIDDEN), (5, 5, Standing.SHOWN)],
)
def test_a_response_rate_that_can_not_be_is_unknown(answered: int, invited: int, standing: Standing):
    assert response_rate(answered, invited).standing is standing


def test_two_periods_differ_only_when_their_intervals_do():
    low, middle, high = (satisfied_share(part, 100) for part in (40, 50, 90))
    assert compared(low, middle) is Change.NOT_SHOWN
    assert compared(middle, high) is Change.UP
    assert compared(high, middle) is Change.DOWN


def test_intervals_that_only_touch_show_no_difference():
    assert Interval(1000, 2000).meets(Interval(2000, 3000))
    assert not Interval(1000, 2000).meets(Interval(2001, 3000))


def test_what_is_not_shown_is_not_compared():
    assert compared(satisfied_share(29, 29), satisfied_share(0, 1000)) is Change.NOT_COMPARABLE
    assert compared(response_rate(30, 100), satisfied_share(30, 100)) is Change.NOT_COMPARABLE


@given(samples, samples)
def test_comparing_backwards_says_the_opposite(before: tuple[int, int], after: tuple[int, int]):
    opposite = {Change.UP: Change.DOWN, Change.DOWN: Change.UP}
    one, other = satisfied_share(*before), satisfied_share(*after)
    forward = compared(one, other)
    assert compared(other, one) is opposite.get(forward, forward)
