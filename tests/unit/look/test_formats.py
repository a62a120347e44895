"""How figures, scores, dates and times are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import formats


@given(st.integers(-100_000, 1_000_000))
def test_a_score_has_two_decimals_and_reads_back_as_itself(hundredths: int) -> None:
    text = formats.score(hundredths)
    assert text[-3] == ","
    assert len(text.rpartition(",")[2]) == 2
    assert round(float(text.replace(",", ".")) * 100) == hundredths


@pytest.mark.parametrize(
    ("hundredths", "text"), [(825, "8,25"), (750, "7,50"), (0, "0,00"), (1000, "10,00"), (-5, "-0,05")]
)
def test_scores_as_authorities_print_them(hundredths: int, text: str) -> None:
    assert formats.score(hundredths) == text


@given(st.integers(-(10**15), 10**15))
def test_a_figure_is_grouped_by_dots_and_reads_back_as_itself(number: int) -> None:
    text = formats.figure(number)
    assert int(text.replace(".", "")) == number
    assert all(len(group) == 3 for group in text.lstrip("-").split(".")[1:])


def test_figures_and_shares_as_vietnamese_write_them() -> None:
    assert formats.figure(1_208_863) == "1.208.863"
    assert formats.decimal(1234.5) == "1.234,50"
    assert formats.percent(0.8394, 2) == "83,94\u00a0%"


def test_a_share_is_never_nothing_where_somebody_is() -> None:
    assert formats.share(12, 4_800) == "0,25\u00a0%"
    assert formats.share(0, 4_800) == formats.share(0, 0) == "0,00\u00a0%"
    assert formats.share(1, 881_331) == "<\u00a00,01\u00a0%"
    assert formats.share(1, 20_000) == "0,01\u00a0%"


@given(st.text("0123456789", min_size=1, max_size=20))
def test_a_grouped_number_keeps_every_digit_and_leading_zeros(number: str) -> None:
    text = formats.grouped(number)
    assert text.replace(" ", "") == number
    assert all(len(group) == 3 for group in text.split(" ")[1:])


def test_an_empty_number_stays_empty() -> None:
    assert formats.grouped("") == ""


@given(st.datetimes(datetime(1976, 1, 1), datetime(2100, 1, 1)), st.integers(-12, 14))
def test_a_moment_is_the_same_in_every_zone_it_is_told_in(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=UTC)
    elsewhere = aware.astimezone(timezone(timedelta(hours=hours)))
    for written in (formats.day, formats.clock, formats.moment, formats.machine):
        assert written(aware) == written(elsewhere) == written(aware.isoformat())
    assert datetime.fromisoformat(formats.machine(aware)) == aware.replace(microsecond=0)
    assert "." not in formats.machine(aware)  # HTML takes three decimals at most


def test_a_release_at_eight_in_hanoi_reads_so() -> None:
    released = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)
    assert formats.moment(released) == "08:00, 16/07/2026"
    assert formats.day("2026-07-16") == formats.day(date(2026, 7, 16)) == "16/07/2026"


def test_the_last_hours_of_a_utc_day_are_the_next_day_in_hanoi() -> None:
    assert formats.day(datetime(2026, 7, 15, 18, 0, tzinfo=UTC)) == "16/07/2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        formats.clock(datetime(2026, 7, 16, 8, 0))


@given(st.integers(0, 10**14))
def test_a_size_has_a_unit_and_few_digits(count: int) -> None:
    amount, unit = formats.size(count).split("\u00a0")
    assert unit in ("B", "KB", "MB", "GB", "TB")
    assert unit == "TB" or float(amount.replace(".", "").replace(",", ".")) <= 1024


def test_sizes_as_people_read_them() -> None:
    assert formats.size(200 * 1024 * 1024) == "200\u00a0MB"
    assert formats.size(1536) == "1,5\u00a0KB"
