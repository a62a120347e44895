"""Whatever citizens, officers and the clock do, in whatever order: what the law promises about a dossier stays true."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from miniapp.core.errors import Conflict, Invalid
from miniapp.core.time_limits import Count, TimeLimit
from miniapp.core.workdays import WORKING_DAY, DayKind
from miniapp.dossiers.apologising import apologise
from miniapp.dossiers.ending import finish, hand_over, stop, withdraw
from miniapp.dossiers.events import SYSTEM, Event, Happened
from miniapp.dossiers.model import Dossier, Move
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.pausing import annul_request, ask_for_papers, ask_for_payment, give_paper, go_on, pay
from miniapp.dossiers.receiving import receive, refuse
from miniapp.dossiers.states import DONE, MOVES, PAUSING, RUNNING, Status
from miniapp.dossiers.timeline import timeline
from miniapp.dossiers.working import hand_on, take_up
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
)

END = frozenset({Status.NOT_RECEIVED, Status.STOPPED, Status.WITHDRAWN, Status.RETURNED})
FILED, ASKED, UNPAID, FINISHED = (
    frozenset({one}) for one in (Status.FILED, Status.SUPPLEMENT, Status.PAYMENT, Status.FINISHED)
)
LATER = timedelta(days=1)
# From where each move may be made, and the move itself in its plainest form.
PLACES: dict[Callable[[Dossier, datetime], Move], frozenset[Status]] = {
    lambda one, at: receive(one, THREE_DAYS, STEPS, DESK, at, STATE): FILED,
    lambda one, at: refuse(one, GROUND, DESK, at, STATE): FILED,
    lambda one, at: take_up(one, EXPERT, at): frozenset({Status.RECEIVED}),
    lambda one, at: hand_on(one, 0, "off_other", EXPERT, at): RUNNING,
    lambda one, at: ask_for_papers(one, PAPERS, ARTICLE, STATE.closing(at + LATER), EXPERT, at, STATE): RUNNING,
    lambda one, at: give_paper(one, 0, CITIZEN, at): ASKED,
    lambda one, at: go_on(one, EXPERT, at, STATE): ASKED,
    lambda one, at: annul_request(one, "Ghi nhầm", LEADER, at, STATE): RUNNING | ASKED,
    lambda one, at: ask_for_payment(one, 8_000, ARTICLE, EXPERT, at): RUNNING,
    lambda one, at: pay(one, SYSTEM, at, STATE): UNPAID,
    lambda one, at: apologise(one, "Chờ", STATE.closing(at + 60 * LATER), EXPERT, at, STATE): RUNNING,
    lambda one, at: finish(one, EXPERT, at): frozenset({Status.IN_PROGRESS}),
    lambda one, at: hand_over(one, Channel.DESK, DESK, at): FINISHED,
    lambda one, at: stop(one, GROUND, SYSTEM, at): frozenset({Status.IN_PROGRESS}) | ASKED,
    lambda one, at: withdraw(one, CITIZEN, at): FILED | RUNNING,
}
limits = st.integers(1, 20 * WORKING_DAY).map(lambda minutes: TimeLimit(Count.WORKING_DAYS, minutes)) | st.integers(
    1, 30
).map(lambda days: TimeLimit(Count.CALENDAR_DAYS, days))
waits = st.timedeltas(timedelta(), timedelta(days=6)).map(lambda one: timedelta(minutes=one // timedelta(minutes=1)))


seldom = st.integers(0, 9).map(lambda one: one == 9)


def when(statuses: frozenset[Status]) -> Any:
    """A rule for some statuses only, so that the others' turns are not lost."""
    return precondition(lambda self: self.dossier.status in statuses)


class Counter(RuleBasedStateMachine):
    """The model: all events, and the working time in which nobody but the agency had something to do."""

    dossier: Dossier
    events: list[Event]
    now: datetime
    ran: timedelta  # working time that counts, since receipt or since a promise
    allowed: timedelta  # how much of it there is until the appointment

    @initialize(limit=limits, wait=waits, is_received=st.integers(0, 9).map(bool))
    def begin(self, limit: TimeLimit, wait: timedelta, is_received: bool) -> None:
        self.dossier, self.events, self.now = filed(), [], MONDAY + wait
        self.ran, self.allowed = timedelta(), timedelta()
        if is_received:
            self.desk_receives(limit)

    @rule(wait=waits)
    def time_passes(self, wait: timedelta) -> None:
        if self.dossier.status in RUNNING:
            self.ran += STATE.time_worked(self.now, self.now + wait)
        self.now += wait

    def does(self, act: Callable[[], Move]) -> bool:
        """Whether it was done; what is refused changes nothing."""
        before = self.dossier
        try:
            after, event = act()
        except (Conflict, Invalid):
            return False
        assert (after.version, event.version, event.at) == (before.version + 1, before.version + 1, self.now)
        assert after.status == before.status or after.status in MOVES[before.status]
        assert before.status not in END
        assert before.status is not Status.FINISHED or after.status is Status.RETURNED
        self.dossier, self.events = after, [*self.events, event]
        return True

    @when(FILED)
    @rule(limit=limits)
    def desk_receives(self, limit: TimeLimit) -> None:
        if self.does(lambda: receive(self.dossier, limit, STEPS, DESK, self.now, STATE)):
            self.counts_anew()

    def counts_anew(self) -> None:
        assert self.dossier.due is not None
        self.ran, self.allowed = timedelta(), STATE.time_worked(self.now, self.dossier.due)

    @when(FILED)
    @rule(sure=seldom)
    def desk_refuses(self, sure: bool) -> None:
        if sure:
            self.does(lambda: refuse(self.dossier, GROUND, DESK, self.now, STATE))

    @when(frozenset({Status.RECEIVED}))
    @rule()
    def somebody_takes_it_up(self) -> None:
        self.does(lambda: take_up(self.dossier, EXPERT, self.now))

    @when(RUNNING)
    @rule(step=st.integers(-1, 3))
    def it_is_handed_on(self, step: int) -> None:
        self.does(lambda: hand_on(self.dossier, step, EXPERT.id, EXPERT, self.now))

    @when(RUNNING)
    @rule(ahead=st.sampled_from([-1, 0, 1, 2, 3, 7, 11, 14]))
    def papers_are_asked_for(self, ahead: int) -> None:
        deadline = self.now + timedelta(days=ahead)
        self.does(lambda: ask_for_papers(self.dossier, PAPERS, ARTICLE, deadline, EXPERT, self.now, STATE))

    @when(ASKED)
    @rule(pick=st.sampled_from([min, max]))
    def a_paper_comes(self, pick: Callable[[set[int]], int]) -> None:
        asked = self.dossier.supplement
        assert asked is not None
        missing = set(range(len(asked.papers))) - set(asked.given)
        if missing:
            assert self.does(lambda: give_paper(self.dossier, pick(missing), CITIZEN, self.now))

    @when(ASKED)
    @rule(are_all_there=st.booleans())
    def work_goes_on(self, are_all_there: bool) -> None:
        for _ in PAPERS if are_all_there else ():
            self.a_paper_comes(min)
        asked, version = self.dossier.supplement, self.dossier.version
        self.resumes(lambda: go_on(self.dossier, EXPERT, self.now, STATE))
        assert asked is not None
        assert (self.dossier.version == version) == bool(asked.missing)

    @when(RUNNING | ASKED)
    @rule()
    def a_leader_annuls_the_request(self) -> None:
        self.resumes(lambda: annul_request(self.dossier, "Ghi nhầm", LEADER, self.now, STATE))

    @when(RUNNING)
    @rule()
    def a_payment_is_asked_for(self) -> None:
        self.does(lambda: ask_for_payment(self.dossier, 8_000, ARTICLE, EXPERT, self.now))

    @when(UNPAID)
    @rule()
    def it_is_paid(self) -> None:
        self.resumes(lambda: pay(self.dossier, SYSTEM, self.now, STATE))

    def resumes(self, act: Callable[[], Move]) -> None:
        """A calendar limit counts other time than work: its appointment is taken as it then is."""
        was = self.dossier
        if self.does(act) and was.status in PAUSING and not self.counts_work() and not self.is_late():
            self.counts_anew()

    @when(RUNNING)
    @rule(ahead=st.sampled_from([1, 3, 10, 0, -1]))
    def the_agency_apologises(self, ahead: int) -> None:
        was = self.dossier.due
        due = (was or self.now) + timedelta(days=ahead)
        if self.does(lambda: apologise(self.dossier, "Chờ xác minh", due, EXPERT, self.now, STATE)):
            assert was is not None and self.dossier.due is not None
            assert self.now < was < self.dossier.due
            self.counts_anew()

    @when(frozenset({Status.IN_PROGRESS}))
    @rule(sure=st.booleans())
    def it_is_finished(self, sure: bool) -> None:
        if sure:
            self.does(lambda: finish(self.dossier, EXPERT, self.now))

    @when(FINISHED)
    @rule(channel=st.sampled_from(Channel))
    def the_result_is_handed_over(self, channel: Channel) -> None:
        self.does(lambda: hand_over(self.dossier, channel, DESK, self.now))

    @when(RUNNING | ASKED)
    @rule(sure=st.booleans())
    def it_is_stopped(self, sure: bool) -> None:
        asked = self.dossier.supplement if self.dossier.status is Status.SUPPLEMENT else None
        if sure and self.does(lambda: stop(self.dossier, GROUND, SYSTEM, self.now)) and asked:
            assert self.now > asked.deadline

    @when(FILED | RUNNING)
    @rule(sure=seldom)
    def the_citizen_withdraws(self, sure: bool) -> None:
        if sure:
            self.does(lambda: withdraw(self.dossier, CITIZEN, self.now))

    @rule()
    def nobody_does_what_has_no_place_here(self) -> None:
        for act, places in PLACES.items():
            if self.dossier.status not in places:
                assert not self.does(partial(act, self.dossier, self.now))

    def counts_work(self) -> bool:
        clock = self.dossier.clock
        return clock is not None and (clock.limit.is_of_work or clock.promise is not None)

    def is_late(self) -> bool:
        left = self.dossier.left(self.now, STATE)
        return left is not None and left.is_over

    @invariant()
    def its_version_counts_its_moves(self) -> None:
        assert self.dossier.version == 1 + len(self.events)

    @invariant()
    def it_was_asked_for_papers_once_unless_a_leader_annulled_it_and_excused_once(self) -> None:
        times = [event.what for event in self.events].count
        annulled = times(Happened.SUPPLEMENT_ANNULLED)
        assert annulled <= 1
        assert times(Happened.SUPPLEMENT_ASKED) <= 1 + annulled
        assert times(Happened.APOLOGISED) <= 1

    @invariant()
    def its_appointment_is_a_moment_of_work(self) -> None:
        due = self.dossier.due
        if due is not None:
            assert STATE.kind(due.date()) is not DayKind.OFF
            assert any(start <= due <= end for start, end in STATE.spans(due.date()))

    @invariant()
    def time_in_which_the_clock_stood_is_never_counted(self) -> None:
        clock, left = self.dossier.clock, self.dossier.left(self.now, STATE)
        if clock is None or left is None or self.dossier.status in DONE:
            return
        assert clock.is_paused == (self.dossier.status in PAUSING)
        remaining = self.allowed - self.ran
        signed = -left.minutes if left.is_over else left.minutes
        assert signed == (abs(remaining) // timedelta(minutes=1)) * (-1 if remaining < timedelta() else 1)

    @invariant()
    def a_citizen_can_always_be_told_where_it_is(self) -> None:
        told = timeline(self.dossier, self.now, STATE)
        assert [one.at for one in told.passed] == sorted(one.at for one in told.passed)
        assert told.passed[-1].at <= self.now
        assert (told.turn.value == "nobody") == (self.dossier.status in END)


def test_the_law_s_promises_hold_in_any_order_of_moves() -> None:
    run_state_machine_as_test(Counter, settings=settings(max_examples=250, stateful_step_count=30, deadline=None))
