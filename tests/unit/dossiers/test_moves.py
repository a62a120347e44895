"""What may be done to a dossier, what each move tells, and what is refused."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.time_limits import TimeLimit
from miniapp.core.workdays import WORKING_DAY, Calendar, DayKind
from miniapp.dossiers.apologising import apologise
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.events import SYSTEM, Happened
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import PAPERS_MOST, WORDS_MOST, Channel, Ground, Step, Wanted
from miniapp.dossiers.pausing import annul_request, ask_for_papers, ask_for_payment, give_paper, go_on, pay
from miniapp.dossiers.receiving import STEPS_MOST, receive, refuse
from miniapp.dossiers.states import Lateness, Status
from miniapp.dossiers.working import hand_on, reschedule, take_up
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
    THREE_DAYS,
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
FRIDAY = MONDAY + timedelta(days=4)


def supplemented(at: datetime = TUESDAY) -> Dossier:
    dossier = waiting()
    for place in range(len(PAPERS)):
        dossier = give_paper(dossier, place, CITIZEN, at).dossier
    return go_on(dossier, EXPERT, at, STATE).dossier


def ask(dossier: Dossier, papers: tuple[Wanted, ...] = PAPERS, deadline: datetime = FRIDAY) -> Dossier:
    return ask_for_papers(dossier, papers, ARTICLE, deadline, EXPERT, TUESDAY, STATE).dossier


def test_a_received_dossier_has_an_appointment_and_a_post_and_says_so():
    after, event = receive(filed(), THREE_DAYS, STEPS, DESK, MONDAY, STATE)
    assert (after.status, after.version, after.officer, after.post) == (Status.RECEIVED, 2, DESK.id, STEPS[0].post)
    assert after.received_at == MONDAY
    assert after.due == local("19/11/2026 09:00")
    assert (event.what, event.at, event.by, event.version) == (Happened.RECEIVED, MONDAY, DESK, 2)
    assert event.facts == {"due": iso(after.due), "post": STEPS[0].post, "answered_late": False}


@pytest.mark.parametrize(
    ("channel", "at", "late"),
    [
        (Channel.ONLINE, local("16/11/2026 17:00"), False),
        (Channel.ONLINE, local("17/11/2026 07:30"), True),
        (Channel.POST, local("18/11/2026 07:30"), False),
    ],
)
def test_what_was_filed_online_and_answered_on_a_later_day_was_answered_late(
    channel: Channel, at: datetime, late: bool
):
    dossier = filed(channel=channel)
    assert receive(dossier, THREE_DAYS, STEPS, DESK, at, STATE).event.facts["answered_late"] is late
    refused = refuse(dossier, GROUND, DESK, at, STATE)
    assert refused.event.facts == {"article": GROUND.article, "answered_late": late}
    assert (refused.dossier.ground, refused.dossier.ended_at, refused.dossier.due) == (GROUND, at, None)


@pytest.mark.parametrize("steps", [(), (Step("", "Chủ tịch"),), (Step("Ký", " "),), STEPS * STEPS_MOST])
def test_a_dossier_is_not_received_without_steps_that_name_their_posts(steps: tuple[Step, ...]):
    with pytest.raises(Invalid, match="dossier_steps_shape"):
        receive(filed(), THREE_DAYS, steps, DESK, MONDAY, STATE)


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.FILED])
def test_a_dossier_is_received_once(status: Status):
    with pytest.raises(Conflict, match="dossier_move_not_allowed"):
        receive(in_status(status), THREE_DAYS, STEPS, DESK, FRIDAY, STATE)


def test_a_dossier_goes_from_post_to_post_and_back():
    at_law = hand_on(in_progress(), 1, EXPERT.id, DESK, TUESDAY)
    assert at_law.dossier.next_step == STEPS[2]
    assert at_law.event.facts == {"post": STEPS[1].post, "post_before": STEPS[0].post, "officer": EXPERT.id}
    back = hand_on(at_law.dossier, 0, DESK.id, EXPERT, TUESDAY).dossier
    assert (back.post, back.officer, back.status) == (STEPS[0].post, DESK.id, Status.IN_PROGRESS)
    colleague = hand_on(back, 0, "off_other", LEADER, TUESDAY).dossier
    assert (colleague.post, colleague.officer) == (back.post, "off_other")
    for step, officer in ((3, DESK.id), (-1, DESK.id), (0, DESK.id)):
        with pytest.raises(Invalid, match="dossier_step_unknown"):
            hand_on(back, step, officer, EXPERT, TUESDAY)


@pytest.mark.parametrize("status", [one for one in Status if one not in (Status.RECEIVED, Status.IN_PROGRESS)])
def test_only_while_the_agency_is_at_work_it_can_be_handed_on_asked_about_or_excused(status: Status):
    dossier = in_status(status)
    later = local("26/11/2026 09:00")
    for act in (
        lambda: take_up(dossier, EXPERT, TUESDAY),
        lambda: hand_on(dossier, 1, EXPERT.id, DESK, TUESDAY),
        lambda: ask(dossier),
        lambda: ask_for_payment(dossier, 8_000, ARTICLE, EXPERT, TUESDAY),
        lambda: apologise(dossier, "Chờ xác minh", later, EXPERT, TUESDAY, STATE),
    ):
        with pytest.raises(Conflict, match="dossier_not_running"):
            act()


def test_a_request_lists_everything_and_stops_the_clock_by_an_article():
    after, event = ask_for_papers(in_progress(), PAPERS, ARTICLE, FRIDAY, EXPERT, TUESDAY, STATE)
    assert after.status is Status.SUPPLEMENT
    assert after.supplement is not None and after.clock is not None
    assert after.supplement.missing == PAPERS
    assert (after.clock.is_paused, after.clock.pauses[-1].article, after.due) == (True, ARTICLE, None)
    assert event.facts == {"papers": 2, "article": ARTICLE, "deadline": iso(FRIDAY)}


def test_papers_come_one_by_one_and_work_goes_on_when_all_are_there():
    dossier, event = give_paper(waiting(), 1, CITIZEN, TUESDAY)
    assert event.facts == {"paper": 1, "missing": 1}
    with pytest.raises(Conflict, match="supplement_incomplete") as lacking:
        go_on(dossier, EXPERT, TUESDAY, STATE)
    assert lacking.value.facts == {"count": 1}
    for place in (1, 2, -1):
        with pytest.raises(Invalid, match="supplement_paper_unknown"):
            give_paper(dossier, place, CITIZEN, TUESDAY)
    after, event = go_on(give_paper(dossier, 0, CITIZEN, TUESDAY).dossier, EXPERT, TUESDAY, STATE)
    assert (after.status, after.due) == (Status.IN_PROGRESS, local("20/11/2026 09:00"))
    assert event.facts == {"due": iso(local("20/11/2026 09:00"))}


def test_it_goes_back_to_where_it_was_before_the_request():
    dossier = ask(received(), PAPERS[:1])
    assert go_on(give_paper(dossier, 0, CITIZEN, FRIDAY).dossier, DESK, FRIDAY, STATE).dossier.status is Status.RECEIVED


def test_a_second_request_is_refused():
    with pytest.raises(Conflict, match="supplement_asked_already"):
        ask(supplemented())


def test_a_leader_may_say_once_that_a_request_was_wrong_and_then_there_is_one_more():
    free, event = annul_request(supplemented(), "Giấy này đã có trong hồ sơ", LEADER, TUESDAY, STATE)
    assert (free.status, free.supplement) == (Status.IN_PROGRESS, None)
    assert free.annulled is not None
    assert (free.annulled.leader, free.annulled.supplement.papers) == (LEADER.id, PAPERS)
    assert (event.what, event.facts["asked_by"]) == (Happened.SUPPLEMENT_ANNULLED, EXPERT.id)
    again = ask(free)
    with pytest.raises(Conflict, match="supplement_annulled_already"):
        annul_request(again, "Sai nữa", LEADER, TUESDAY, STATE)


def test_a_wrong_request_that_still_waits_gives_the_clock_back():
    free = annul_request(waiting(), "Ghi nhầm giấy tờ", LEADER, TUESDAY, STATE).dossier
    assert (free.status, free.due) == (Status.IN_PROGRESS, local("20/11/2026 09:00"))


def test_who_asked_cannot_say_so_and_nobody_without_a_reason_or_a_request():
    with pytest.raises(Refused, match="supplement_annulled_by_asker"):
        annul_request(waiting(), "Ghi nhầm", EXPERT, TUESDAY, STATE)
    with pytest.raises(Invalid, match="supplement_mistake_needed"):
        annul_request(waiting(), " ", LEADER, TUESDAY, STATE)
    for dossier in (in_progress(), finished(), filed()):
        with pytest.raises(Conflict, match="supplement_not_asked"):
            annul_request(dossier, "Ghi nhầm", LEADER, TUESDAY, STATE)
    with pytest.raises(Conflict, match="supplement_not_asked"):
        go_on(in_progress(), EXPERT, TUESDAY, STATE)


@pytest.mark.parametrize("papers", [(), (Wanted(" "),), PAPERS * PAPERS_MOST])
def test_a_request_names_some_papers(papers: tuple[Wanted, ...]):
    with pytest.raises(Invalid, match="supplement_papers_shape"):
        ask(in_progress(), papers)


@pytest.mark.parametrize("deadline", ["16/11/2026 09:00", "17/11/2026 09:00", "21/11/2026 09:00", "24/11/2026 09:00"])
def test_a_deadline_lies_ahead_and_on_a_working_day(deadline: str):
    with pytest.raises(Invalid, match="supplement_deadline_shape"):
        ask(in_progress(), deadline=local(deadline))


def test_a_payment_stops_the_clock_until_it_is_made():
    dossier = unpaid()
    after, event = pay(dossier, SYSTEM, TUESDAY, STATE)
    assert (after.status, after.due) == (Status.IN_PROGRESS, local("20/11/2026 09:00"))
    assert after.fee is not None and after.fee.paid_at == TUESDAY
    assert event.facts == {"amount": 8_000, "due": iso(local("20/11/2026 09:00"))}
    with pytest.raises(Conflict, match="dossier_payment_not_asked"):
        pay(after, SYSTEM, TUESDAY, STATE)
    for amount in (0, -1, 10**12):
        with pytest.raises(Invalid, match="dossier_fee_shape"):
            ask_for_payment(after, amount, ARTICLE, EXPERT, TUESDAY)
    with pytest.raises(Invalid, match="pause_article_needed"):
        ask_for_payment(after, 8_000, "", EXPERT, TUESDAY)
    with pytest.raises(Invalid, match="value_too_long"):
        ask_for_payment(after, 8_000, "a" * 301, EXPERT, TUESDAY)


def test_an_apology_gives_one_later_appointment_with_its_reason():
    due = local("26/11/2026 09:00")
    after, event = apologise(in_progress(), "Chờ xác minh", due, EXPERT, TUESDAY, STATE)
    assert after.due == due
    assert after.apology is not None
    assert (after.apology.reason, after.apology.was) == ("Chờ xác minh", local("19/11/2026 09:00"))
    assert event.facts == {"due": iso(due), "due_before": iso(local("19/11/2026 09:00"))}
    with pytest.raises(Conflict, match="apology_made_already"):
        apologise(after, "Vẫn chờ", due + timedelta(days=1), EXPERT, TUESDAY, STATE)


@pytest.mark.parametrize(
    ("due", "at", "reason", "code"),
    [
        ("26/11/2026 09:00", "19/11/2026 09:00", "Chờ", "apology_too_late"),
        ("26/11/2026 09:00", "17/11/2026 09:00", "  ", "apology_reason_needed"),
        ("26/11/2026 09:00", "17/11/2026 09:00", "a" * (WORDS_MOST + 1), "value_too_long"),
        ("19/11/2026 09:00", "17/11/2026 09:00", "Chờ", "apology_not_later"),
        ("19/11/2026 16:30", "17/11/2026 09:00", "Chờ", "apology_not_later"),
        ("18/11/2026 09:00", "17/11/2026 09:00", "Chờ", "apology_not_later"),
        ("21/11/2026 09:00", "17/11/2026 09:00", "Chờ", "apology_day_off"),
        ("24/11/2026 09:00", "17/11/2026 09:00", "Chờ", "apology_day_off"),
    ],
)
def test_an_apology_comes_before_the_appointment_and_names_a_later_working_day(
    due: str, at: str, reason: str, code: str
):
    with pytest.raises((Conflict, Invalid), match=code):
        apologise(in_progress(), reason, local(due), EXPERT, local(at), STATE)


def test_there_is_nothing_to_apologise_for_where_no_limit_can_be_counted():
    with pytest.raises(Conflict, match="dossier_without_due"):
        apologise(in_progress(TimeLimit(words="theo đợt")), "Chờ", FRIDAY, EXPERT, TUESDAY, STATE)


@pytest.mark.parametrize(
    ("at", "late"),
    [("18/11/2026 16:00", Lateness.EARLY), ("19/11/2026 09:00", Lateness.ON_TIME), ("19/11/2026 09:01", Lateness.LATE)],
)
def test_what_is_finished_keeps_how_it_stood_then(at: str, late: Lateness):
    after, event = finish(in_progress(), EXPERT, local(at))
    assert event.facts == {"lateness": late.value}
    long_after = MONDAY + timedelta(days=90)
    returned, given = hand_over(after, Channel.POST, DESK, long_after)
    assert given.facts == {"channel": Channel.POST.value}
    assert returned.lateness(long_after) is late
    assert returned.left(long_after, STATE) == after.left(local(at), STATE)


def test_a_dossier_is_stopped_by_law_and_a_request_for_papers_runs_to_its_deadline():
    dossier = waiting(days=4)
    with pytest.raises(Conflict, match="supplement_still_open"):
        stop(dossier, GROUND, SYSTEM, FRIDAY)
    after, event = stop(dossier, GROUND, SYSTEM, FRIDAY + timedelta(seconds=1))
    assert (after.status, after.ground, after.due, after.lateness(FRIDAY)) == (Status.STOPPED, GROUND, None, None)
    assert event.facts == {"article": GROUND.article, "status_before": 5}
    for article, words, code in (("", "vì", "legal_article_needed"), ("Điều 7", " ", "legal_reason_needed")):
        with pytest.raises(Invalid, match=code):
            Ground(article, words)


def test_a_citizen_withdraws_what_is_not_finished():
    after, event = withdraw(in_progress(), CITIZEN, TUESDAY)
    assert (after.status, after.ended_at, after.left(FRIDAY, STATE)) == (Status.WITHDRAWN, TUESDAY, None)
    assert event.facts == {"status_before": 4}
    with pytest.raises(Conflict, match="dossier_move_not_allowed"):
        withdraw(finished(), CITIZEN, TUESDAY)


def test_a_day_off_that_is_announced_moves_open_dossiers_only_and_only_where_it_counts():
    announced = Calendar({"2026-11-18": DayKind.OFF})
    moved = reschedule(in_progress(), TUESDAY, announced)
    assert moved is not None
    assert moved.event.facts == {"due": iso(FRIDAY), "due_before": iso(local("19/11/2026 09:00"))}
    assert moved.dossier.version == in_progress().version + 1
    assert reschedule(in_progress(), TUESDAY, STATE) is None
    for dossier in (filed(), finished(), in_progress(TimeLimit(words="theo đợt"))):
        assert reschedule(dossier, TUESDAY, announced) is None


def test_a_move_is_never_before_the_last_one():
    dossier = replace(received(), changed_at=TUESDAY)
    after, event = take_up(dossier, EXPERT, MONDAY)
    assert (after.changed_at, event.at) == (TUESDAY, TUESDAY)
    assert after.officer == EXPERT.id


@pytest.mark.parametrize("status", Status)
def test_a_dossier_is_kept_as_plain_values_but_for_what_is_personal(status: Status):
    dossier = supplemented() if status is Status.IN_PROGRESS else in_status(status)
    plain = to_plain(dossier)
    assert from_plain(Dossier, plain) == dossier
    with pytest.raises(TypeError, match="Personal"):
        json.dumps(plain)
    assert "Nguyễn" not in json.dumps({**plain, "applicant": None})


def test_nothing_of_a_person_is_in_what_a_dossier_prints_or_its_events_tell():
    dossier, event = receive(filed(), THREE_DAYS, STEPS, DESK, MONDAY, STATE)
    for text in (repr(dossier), repr(event)):
        assert not [secret for secret in ("Nguyễn Thị Bé", "038012345689", "0912345678") if secret in text]


def test_three_days_are_left_when_it_was_just_received():
    left = received().left(MONDAY, STATE)
    assert left is not None
    assert (left.minutes, left.days, left.rest) == (3 * WORKING_DAY, 3, 0)
