"""What an agency's home says of an exam at a moment: one thing, or nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from miniapp.exam_scores.announcing import AHEAD, What, news_of
from miniapp.exam_scores.model import Correction, Exam, Pointer, Reason, Window
from tests.support.exams import HOUR, exam

MIDNIGHT = HOUR + timedelta(hours=16)  # in Vietnam
REMARK = Window(HOUR, HOUR + timedelta(days=10))


def out(at: datetime = HOUR, edition: str = "edn_1", **more: Any) -> Exam:
    return exam(live=Pointer(edition, "b", at), **more)


def said(held: Exam, now: datetime) -> tuple[What, datetime] | None:
    news = news_of(held, now)
    return (news.what, news.at) if news else None


def test_results_are_news_from_their_second_to_midnight_in_vietnam() -> None:
    held = exam(next=Pointer("edn_1", "b", HOUR))
    assert said(held, HOUR - timedelta(seconds=1)) == (What.COMING, HOUR)
    for now in (HOUR, MIDNIGHT - timedelta(seconds=1)):
        assert said(held, now) == (What.OUT, HOUR)
    assert said(held, MIDNIGHT) is None


@pytest.mark.parametrize("field", ["next", "expected_at"])
def test_an_hour_is_news_some_days_ahead_whether_approved_or_only_announced(field: str) -> None:
    held = exam(**{field: Pointer("edn_1", "b", HOUR) if field == "next" else HOUR})
    assert said(held, HOUR - AHEAD) == (What.COMING, HOUR)
    assert said(held, HOUR - AHEAD - timedelta(seconds=1)) is None


def test_an_announced_hour_that_passed_with_nothing_out_is_no_news() -> None:
    assert said(exam(expected_at=HOUR), HOUR + timedelta(seconds=1)) is None


def test_a_re_mark_is_news_while_it_is_open_once_the_day_of_the_results_is_over() -> None:
    held = out(remark=REMARK)
    assert said(held, HOUR) == (What.OUT, HOUR)
    for now in (MIDNIGHT, REMARK.closes):
        assert said(held, now) == (What.REMARK, REMARK.closes)
    assert said(held, REMARK.closes + timedelta(seconds=1)) is None
    assert said(exam(remark=REMARK), MIDNIGHT) is None


def test_a_correction_is_news_on_its_day_but_not_before() -> None:
    later = HOUR + timedelta(days=18)
    history = (Correction("edn_2", Reason.REMARK, "12/Q", later),)
    held = out(next=Pointer("edn_2", "c", later), history=history)
    assert said(held, later - timedelta(hours=1)) is None
    assert said(held, later) == (What.UPDATED, later)
    assert said(held, later + timedelta(days=1)) is None


def test_a_re_mark_that_is_open_comes_before_a_correction() -> None:
    history = (Correction("edn_2", Reason.CORRECTION, "12/Q", HOUR),)
    assert said(out(edition="edn_2", remark=REMARK, history=history), HOUR) == (What.REMARK, REMARK.closes)


@pytest.mark.parametrize("expected_at", [None, HOUR + timedelta(days=1)])
def test_of_what_was_withdrawn_nothing_is_said_until_another_hour_is_approved(expected_at: datetime | None) -> None:
    gone = exam(withdrawn_at=HOUR, remark=REMARK, expected_at=expected_at)
    assert said(gone, HOUR) is None
    again = exam(withdrawn_at=HOUR, next=Pointer("edn_2", "c", HOUR + timedelta(days=1)))
    assert said(again, HOUR) == (What.COMING, HOUR + timedelta(days=1))
