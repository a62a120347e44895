"""Tallies as officers read them: sums that agree, a change to the nearest hundredth, what lies below told apart."""

from hypothesis import given
from hypothesis import strategies as st

from miniapp.usage.figures import Line, counted, course, parts, summary
from miniapp.usage.model import Day

KEYS = {"visits": "pages_visited/", "users": "pages_visited/yes"}
TALLIES = st.dictionaries(
    st.sampled_from(["pages_visited/yes", "pages_visited/no", "pages/yes", "pages_visited"]), st.integers(0, 9)
)
DAYS = st.lists(
    st.builds(lambda day, own, below: Day("a", f"2026-07-{day:02}", own, below), st.integers(1, 31), TALLIES, TALLIES),
    max_size=6,
    unique_by=lambda day: day.day,
)


def test_a_figure_counts_what_begins_as_it_says_and_nothing_that_only_looks_alike():
    tally = {"pages_visited/yes": 2, "pages_visited/no": 3, "pages_visited_often/yes": 50, "x/pages_visited/yes": 50}
    assert [counted(tally, beginning) for beginning in KEYS.values()] == [5, 2]


@given(DAYS, DAYS)
def test_a_span_is_the_sum_of_its_course_and_the_one_before_stands_beside_it(days: list[Day], before: list[Day]):
    lines = {line.name: line for line in summary(days, before, KEYS)}
    places = [f"2026-07-{day:02}" for day in range(1, 32)]
    for name, beginning in KEYS.items():
        line = lines[name]
        assert line.whole == sum(figures[name] for figures in course(days, places, KEYS))
        assert line.whole == sum(figures[name] for figures in course(days, ["2026-06", "2026-07"], KEYS))
        assert line.own == sum(counted(day.own, beginning) for day in days) <= line.whole
        assert line.before == sum(counted(day.whole, beginning) for day in before)


def test_a_change_is_told_to_the_nearest_hundredth_and_not_at_all_after_nothing():
    changes = {
        (1, 0): None,
        (0, 3): -100,
        (2, 3): -33,
        (4, 3): 33,
        (5, 3): 67,
        (3, 3): 0,
        (201, 200): 1,
        (199, 200): -1,
    }
    assert {(now, then): Line("x", 0, now, then).change for now, then in changes} == changes


def test_what_stood_below_on_some_of_the_days_is_counted_on_those():
    days = {
        "2026-07-01": {"xa-a": {"pages_visited/yes": 1}, "xa-b": {"pages_visited/no": 2}},
        "2026-07-02": {"xa-a": {"pages_visited/yes": 4}},
    }
    assert parts(days, KEYS) == {"xa-a": {"visits": 5, "users": 5}, "xa-b": {"visits": 2, "users": 0}}
