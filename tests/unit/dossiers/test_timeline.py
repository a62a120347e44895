"""What a citizen is told: where it is, whose turn it is, what comes next, how long, what is missing."""

from dataclasses import fields
from datetime import timedelta

import pytest

from miniapp.core.workdays import WORKING_DAY
from miniapp.dossiers.apologising import apologise
from miniapp.dossiers.clock import Left
from miniapp.dossiers.ending import hand_over
from miniapp.dossiers.events import Happened
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.pausing import annul_request, give_paper, go_on, pay
from miniapp.dossiers.states import Lateness, Status
from miniapp.dossiers.timeline import Next, Passed, Timeline, Turn, timeline
from miniapp.dossiers.working import hand_on
from tests.support.dossiers import (
    ARTICLE,
    CITIZEN,
    DESK,
    EXPERT,
    GROUND,
    LEADER,
    MONDAY,
    PAPERS,
    STATE,
    STEPS,
    filed,
    finished,
    in_progress,
    in_status,
    received,
    unpaid,
    waiting,
)
from tests.support.working_time import local

TUESDAY = MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "turn", "coming"),
    [
        (Status.FILED, Turn.AGENCY, Next.ANSWER),
        (Status.RECEIVED, Turn.AGENCY, Next.STEP),
        (Status.NOT_RECEIVED, Turn.NOBODY, Next.NOTHING),
        (Status.IN_PROGRESS, Turn.AGENCY, Next.STEP),
        (Status.SUPPLEMENT, Turn.CITIZEN, Next.PAPERS),
        (Status.PAYMENT, Turn.CITIZEN, Next.PAYMENT),
        (Status.WITHDRAWN, Turn.NOBODY, Next.NOTHING),
        (Status.STOPPED, Turn.NOBODY, Next.NOTHING),
        (Status.FINISHED, Turn.CITIZEN, Next.COLLECT),
        (Status.RETURNED, Turn.NOBODY, Next.NOTHING),
    ],
)
def test_in_every_status_it_is_told_whose_turn_it_is_and_what_comes_next(status: Status, turn: Turn, coming: Next):
    told = timeline(in_status(status), TUESDAY, STATE)
    assert (told.status, told.turn, told.next) == (status, turn, coming)


def test_what_was_filed_online_is_answered_by_the_end_of_the_day_and_at_a_desk_at_once():
    assert timeline(filed(), MONDAY, STATE).by == local("16/11/2026 17:00")
    assert timeline(filed(channel=Channel.POST), MONDAY, STATE).by is None


def test_while_it_is_worked_on_the_posts_and_the_working_days_left_are_told():
    told = timeline(hand_on(in_progress(), 1, EXPERT.id, DESK, MONDAY).dossier, TUESDAY, STATE)
    assert (told.post, told.step, told.next_post) == (STEPS[1].post, STEPS[1].name, STEPS[2].post)
    assert told.left == Left(2 * WORKING_DAY, is_over=False)
    assert (told.due, told.by, told.lateness) == (local("19/11/2026 09:00"), told.due, Lateness.ON_TIME)
    last = timeline(hand_on(in_progress(), 2, LEADER.id, DESK, MONDAY).dossier, TUESDAY, STATE)
    assert (last.next, last.next_post) == (Next.RESULT, "")


def test_what_is_late_says_by_how_much():
    told = timeline(in_progress(), local("20/11/2026 10:00"), STATE)
    assert told.lateness is Lateness.LATE
    assert told.left == Left(WORKING_DAY + 60, is_over=True)


def test_while_papers_are_missing_they_are_told_with_their_deadline_and_no_appointment():
    dossier = give_paper(waiting(), 0, CITIZEN, TUESDAY).dossier
    told = timeline(dossier, local("19/11/2026 09:00"), STATE)
    assert told.missing == PAPERS[1:]
    assert (told.by, told.due, told.is_paused) == (MONDAY + timedelta(days=10), None, True)
    assert told.left == Left(3 * WORKING_DAY, is_over=False)
    after = go_on(give_paper(dossier, 1, CITIZEN, TUESDAY).dossier, EXPERT, TUESDAY, STATE).dossier
    assert timeline(after, TUESDAY, STATE).missing == ()


def test_a_fee_is_told_until_it_is_paid():
    told = timeline(unpaid(), TUESDAY, STATE)
    assert told.fee is not None
    assert told.fee.amount == 8_000
    assert timeline(pay(unpaid(), CITIZEN, TUESDAY, STATE).dossier, TUESDAY, STATE).fee is None


def test_what_has_passed_stands_in_the_order_in_which_it_happened():
    dossier = unpaid(TUESDAY)
    dossier = pay(dossier, CITIZEN, TUESDAY + timedelta(hours=1), STATE).dossier
    dossier = apologise(dossier, "Chờ", local("26/11/2026 09:00"), EXPERT, TUESDAY + timedelta(hours=2), STATE).dossier
    told = timeline(dossier, local("18/11/2026 09:00"), STATE)
    assert told.passed == (
        Passed(Happened.FILED, MONDAY),
        Passed(Happened.RECEIVED, MONDAY),
        Passed(Happened.PAYMENT_ASKED, TUESDAY, ARTICLE),
        Passed(Happened.PAID, TUESDAY + timedelta(hours=1)),
        Passed(Happened.APOLOGISED, TUESDAY + timedelta(hours=2)),
    )
    assert told.apology == dossier.apology


def test_a_wrong_request_ends_as_one_and_not_as_papers_that_came():
    dossier = annul_request(waiting(), "Ghi nhầm", LEADER, TUESDAY, STATE).dossier
    assert [one.what for one in timeline(dossier, TUESDAY, STATE).passed] == [
        Happened.FILED,
        Happened.RECEIVED,
        Happened.SUPPLEMENT_ASKED,
        Happened.SUPPLEMENT_ANNULLED,
    ]


@pytest.mark.parametrize(
    ("status", "last"),
    [
        (Status.NOT_RECEIVED, Happened.REFUSED),
        (Status.STOPPED, Happened.STOPPED),
        (Status.WITHDRAWN, Happened.WITHDRAWN),
        (Status.FINISHED, Happened.FINISHED),
        (Status.RETURNED, Happened.RETURNED),
    ],
)
def test_an_end_is_told_with_the_law_where_one_was_cited(status: Status, last: Happened):
    told = timeline(in_status(status), TUESDAY, STATE)
    assert told.passed[-1].what is last
    cited = status in (Status.NOT_RECEIVED, Status.STOPPED)
    assert (told.ground, told.passed[-1].article) == ((GROUND, GROUND.article) if cited else (None, ""))


def test_what_was_handed_over_was_finished_before():
    returned = hand_over(finished(), Channel.DESK, DESK, TUESDAY).dossier
    assert [one.what for one in timeline(returned, TUESDAY, STATE).passed][-2:] == [
        Happened.FINISHED,
        Happened.RETURNED,
    ]


@pytest.mark.parametrize("status", Status)
def test_no_officer_and_nothing_of_the_applicant_is_told(status: Status):
    told = repr(timeline(in_status(status), TUESDAY, STATE))
    assert not [name for name in (DESK.id, EXPERT.id, LEADER.id, "•••") if name in told]
    assert {"officer", "applicant"} & {one.name for one in fields(Timeline)} == set()
    assert received().officer == DESK.id  # there is one that could be told
