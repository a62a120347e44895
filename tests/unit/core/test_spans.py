"""Spans of months: their codes, their months, and what each is compared with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.errors import Invalid
from miniapp.core.spans import LENGTHS, Kind, Span

days = st.dates(date(2001, 1, 1), date(2998, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize(
    ("code", "first", "last_day", "before"),
    [
        ("2026-01", "2026-01", "2026-01-31", "2025-12"),
        ("2024-02", "2024-02", "2024-02-29", "2024-01"),
        ("2026-Q1", "2026-01", "2026-03-31", "2025-Q4"),
        ("2026-Q4", "2026-10", "2026-12-31", "2026-Q3"),
        ("2026-H1", "2026-01", "2026-06-30", "2025-H2"),
        ("2026-H2", "2026-07", "2026-12-31", "2026-H1"),
        ("2026-9M", "2026-01", "2026-09-30", "2025-9M"),
        ("2026", "2026-01", "2026-12-31", "2025"),
    ],
)
def test_a_span_has_its_months_its_last_day_and_one_before(code: str, first: str, last_day: str, before: str):
    span = Span.read(code)
    assert (span.code, span.months[0], span.last_day, span.before.code) == (code, first, last_day, before)
    assert span.before.following == span


@pytest.mark.parametrize(
    "code", ["", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-10M", "1999", "3000", "٢٠٢٦", "2026\n"]
)
def test_what_is_no_span_is_named(code: str):
    with pytest.raises(Invalid) as told:
        Span.read(code)
    assert (told.value.code, told.value.facts["field"]) == ("rating_span_shape", "ky")


@given(days, st.sampled_from([kind for kind in Kind if kind is not Kind.NINE]))
def test_every_day_lies_in_its_span_and_in_none_beside(day: str, kind: Kind):
    span = Span.of(day, kind)
    assert day[:7] in span.months
    assert not set(span.months) & {*span.before.months, *span.following.months}
    assert day <= span.last_day
    assert Span.read(span.code) == span


@given(days, st.sampled_from(list(Kind)))
def test_a_span_is_as_long_as_its_kind_and_its_months_follow_each_other(day: str, kind: Kind):
    months = Span.of(day, kind).months
    assert len(months) == LENGTHS[kind] == len(set(months))
    assert list(months) == sorted(months)
