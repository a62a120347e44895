"""What a dossier counts as, told by itself and by what happened to it; and what a span of days adds up to."""

from datetime import timedelta

import pytest

from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.receiving import refuse
from miniapp.dossiers.states import Status
from miniapp.quality.gathering import following
from miniapp.quality.model import Line, by_month, line_of, measured
from tests.support.dossiers import (
    DESK,
    GROUND,
    MONDAY,
    STATE,
    filed,
    finished,
    in_progress,
    in_status,
    received,
)
from tests.support.working_time import local

FIRST, LAST, END = "2026-10-01", "2026-12-31", local("01/01/2027 00:00")


def line(came: str, ended: str = "", outcome: str = "", **given: object) -> Line:
    facts = {"procedure": "1", "unit": "u", "received": came, "article": "", "due": None, **given}
    return Line(code=came + ended, came=came, ended=ended, outcome=outcome, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dossier", "outcome"),
    [
        (finish(in_progress(), DESK, MONDAY + timedelta(hours=1)).dossier, "early"),
        (finish(in_progress(), DESK, local("19/11/2026 09:00")).dossier, "on_time"),
        (finish(in_progress(), DESK, local("19/11/2026 09:01")).dossier, "late"),
        (hand_over(finished(), Channel.DESK, DESK, local("30/11/2026 09:00")).dossier, "early"),
        (refuse(filed(), GROUND, DESK, MONDAY, STATE).dossier, "refused"),
        (stop(in_progress(), GROUND, DESK, MONDAY).dossier, "stopped"),
        (withdraw(received(), DESK, MONDAY).dossier, "withdrawn"),
        (in_progress(), ""),
    ],
)
def test_a_dossier_counts_as_how_it_ended(dossier: Dossier, outcome: str):
    assert line_of(dossier).outcome == outcome
    assert bool(line_of(dossier).ended) == bool(outcome)


@pytest.mark.parametrize("status", list(Status))
def test_only_what_has_ended_has_an_outcome_whatever_its_status(status: Status):
    told = line_of(in_status(status))
    assert bool(told.outcome) == (status in {3, 7, 8, 9, 10}) == bool(told.ended)


def test_an_article_is_compared_without_its_spaces_and_its_words_stay_behind():
    told = line_of(refuse(filed(), GROUND, DESK, MONDAY, STATE).dossier)
    assert told.article == "khoản 4 Điều 9 Nghị định 118/2025/NĐ-CP"
    assert GROUND.words not in repr(told) and "Bé" not in repr(told)


def test_what_ended_in_a_span_is_told_by_outcome_procedure_and_unit():
    held = [
        line("2026-09-01", "2026-10-01", "late"),
        line("2026-11-01", "2026-12-31", "late"),
        line("2026-11-01", "2027-01-01", "late"),
        line("2026-11-01", "2026-11-02", "refused", article="Điều 9"),
        line("2026-08-01", "2026-09-30", "early"),
    ]
    assert measured(held, FIRST, LAST, END).ended == {("late", "1", "u"): 2, ("refused:Điều 9", "1", "u"): 1}


def test_what_is_open_is_what_came_and_has_not_ended_by_then():
    held = [
        line("2026-09-01", "2026-10-01", "late"),
        line("2026-09-30"),
        line("2026-12-31", due=END - timedelta(minutes=1)),
        line("2026-12-31", due=END),
        line("2027-01-01", due=END - timedelta(days=9)),
        line("2026-11-01", "2027-01-01", "late"),
    ]
    found = measured(held, FIRST, LAST, END)
    assert (found.open_before, found.open_after, found.late_open) == (2, 4, 1)
    assert found.open_after == found.open_before + 3 - sum(found.ended.values())


def test_months_tell_what_came_what_was_received_and_how_it_ended():
    held = [line("2026-11-01", "2026-12-02", "refused", article="Điều 9"), line("2026-11-03", unit="v")]
    assert {key: dict(counts) for key, counts in by_month(held).items()} == {
        ("2026-11", "1", "u"): {"came": 1, "received": 1},
        ("2026-12", "1", "u"): {"refused": 1, "refused.Điều 9": 1},
        ("2026-11", "1", "v"): {"came": 1, "received": 1},
    }


@pytest.mark.parametrize(("month", "after"), [("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2026-01", "2026-02")])
def test_after_december_comes_january(month: str, after: str):
    assert following(month) == after
