"""A request for a second look: its moves, its two clocks in working time, and who answers whatever is asked how often."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.workdays import WORKING_DAY, Calendar, DayKind
from miniapp.dossiers.reopening import (
    MOVES,
    REASON_MOST,
    SAID_MOST,
    Decided,
    Request,
    Senior,
    State,
    answer_of,
    chosen,
    due_by,
    post_of,
    reason_of,
    terms,
)
from tests.support.dossiers import STATE
from tests.support.working_time import local

HOA, BINH = Senior("off_hoa", "Trần Thị Hòa", "Chủ tịch UBND phường"), Senior("off_binh", "Lê Bình", "Phó Chủ tịch")
ASKED = Request(
    "ward", "H56.14-261120-0001", "1.001193", "Đăng ký khai sinh", 1, HOA, local("20/11/2026 09:00"), "key", "Sai ngày"
)

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)).map(lambda one: one.replace(tzinfo=VIETNAM))
own_days = st.dictionaries(
    st.dates(datetime(2024, 1, 1).date(), datetime(2028, 2, 1).date()).map(lambda day: day.isoformat()),
    st.sampled_from(DayKind),
    max_size=20,
)
people = st.lists(st.integers(0, 30), unique=True, max_size=8).map(lambda ids: [Senior(f"off_{id}", "-") for id in ids])


def said(state: State, at: datetime = ASKED.asked_at) -> Decided:
    return Decided(state, at, "off_hoa", f"key {state}", "Đã xem")


@pytest.mark.parametrize(
    ("state", "asked", "due"),
    [
        (State.ASKED, "20/11/2026 09:00", "30/11/2026 09:00"),  # five days of work, 24/11 is a day off
        (State.ASKED, "20/11/2026 18:00", "30/11/2026 17:00"),
        (State.REOPENED, "23/11/2026 09:00", "08/12/2026 09:00"),
    ],
)
def test_an_answer_is_promised_within_working_days_that_stand_in_data(state: State, asked: str, due: str):
    assert due_by(state, local(asked), STATE) == local(due)


@given(moments, own_days)
def test_each_wait_is_exactly_its_term_of_work_by_the_agency_s_calendar(at: datetime, own: dict[str, DayKind]):
    calendar = Calendar(own)
    for state, term in ((State.ASKED, "answer"), (State.REOPENED, "result")):
        due = due_by(state, at, calendar)
        assert due is not None and due > at
        assert calendar.time_worked(at, due) == timedelta(minutes=terms()[term] * WORKING_DAY)
        assert calendar.due_days(due, 0) == due, "nobody is promised an answer when nobody works"
    assert due_by(State.ANSWERED, at, calendar) is None


@given(st.lists(st.sampled_from(State), max_size=6))
def test_whatever_is_tried_in_any_order_only_the_table_s_moves_happen_and_each_adds_one_version(tried: list[State]):
    held = ASKED
    for state in tried:
        before = held
        try:
            held = held.moved(state, said(state), STATE)
        except Conflict as conflict:
            assert conflict.code == "reopening_answered" and state not in MOVES[before.state]
            assert held is before
        else:
            assert state in MOVES[before.state]
            assert (held.version, held.decided[:-1]) == (before.version + 1, before.decided)
        assert held.version == 1 + len(held.decided)
        assert held.is_open == (held.due is not None or held is ASKED)
        assert (held.words, held.senior, held.asked_at) == (ASKED.words, ASKED.senior, ASKED.asked_at)


def test_a_machine_whose_clock_is_behind_promises_nothing_earlier_than_from_the_request():
    early = said(State.REOPENED, ASKED.asked_at - timedelta(days=3))
    assert ASKED.moved(State.REOPENED, early, STATE).due == due_by(State.REOPENED, ASKED.asked_at, STATE)


@given(people, st.text(max_size=30), st.integers(0, 30))
def test_who_answers_is_the_same_however_often_it_is_asked_and_never_who_handled_the_dossier(
    seniors: list[Senior], code: str, handled: int
):
    found = chosen(seniors, code, f"off_{handled}")
    able = [each for each in seniors if each.officer != f"off_{handled}"]
    assert found == chosen(seniors, code, f"off_{handled}")
    assert (found in able) if able else found is None


def test_dossiers_are_spread_over_all_who_answer():
    codes = [f"H56.14-261120-{number:04}" for number in range(200)]
    mine = [code for code in codes if chosen([HOA, BINH], code, "") == HOA]
    assert 60 < len(mine) < 140


def test_what_is_empty_or_too_long_is_said_with_its_field_and_lines_are_kept():
    assert reason_of("  Sai \n\n ngày  ") == "Sai\n\nngày"
    for read, code, text in (
        (reason_of, "reopening_words_needed", " \n "),
        (reason_of, "reopening_words_long", "a" * (REASON_MOST + 1)),
        (answer_of, "reopening_text_needed", ""),
        (answer_of, "reopening_text_long", "a" * (SAID_MOST + 1)),
        (post_of, "senior_post_shape", " "),
    ):
        with pytest.raises(Invalid) as problem:
            read(text)
        assert problem.value.code == code and problem.value.facts["field"]
    assert len(reason_of("a" * REASON_MOST)) == REASON_MOST


def test_neither_a_reason_nor_a_name_stands_where_a_request_is_printed_by_mistake():
    shown = repr(replace(ASKED, decided=(said(State.ANSWERED),)))
    assert not [word for word in ("Sai ngày", "Hòa", "Đã xem") if word in shown]
