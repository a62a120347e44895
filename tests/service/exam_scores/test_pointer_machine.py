"""Officers at work in any order: whatever they do, citizens read one whole approved edition whose hour has come, or none."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Edition, Exam, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, OTHER, UPLOADER, Bureau, csv_file, exam

NUMBERS = ("02000001", "02000002", "02000003")
SLUGS = count()
KNOWN = {
    "needs_second_approver",
    "uploader_cannot_approve",
    "edition_not_checked",
    "edition_move_not_allowed",
    "base_moved",
    "release_in_last_minute",
    "nothing_to_withdraw",
    "nothing_to_move",
    "release_in_past",
    "correction_without_base",
}


@dataclass
class Held:
    """An edition as the model knows it."""

    edition: Edition
    scores: dict[str, str]
    seconders: set[str] = field(default_factory=set)
    is_withdrawn: bool = False


class Officers(RuleBasedStateMachine):
    """The model: a list of approvals; the latest whose hour has come is out."""

    editions: Bundle[Held] = Bundle("editions")
    cloud: Cloud

    @initialize()
    def begin(self) -> None:
        self.bureau = Bureau(self.cloud)
        self.slug = f"exam-{next(SLUGS)}"
        self.bureau.office.add_exam(exam(slug=self.slug), UPLOADER)
        self.approvals: list[tuple[Held, datetime]] = []

    # --- what the model says

    def out(self) -> Held | None:
        now = self.bureau.clock.now()
        return next((held for held, release in reversed(self.approvals) if release <= now), None)

    def exam(self) -> Exam:
        return self.bureau.office.exam("agc_edu", self.slug)

    def tried(self, act: Any) -> bool:
        """Whether an act went through; one that did not has a known reason and leaves the pointer alone."""
        before = self.exam()
        try:
            act(before)
        except Problem as problem:
            assert problem.code in KNOWN, problem
            assert self.exam() == before
            return False
        return True

    # --- what officers do

    @rule(target=editions, scores=st.lists(st.sampled_from(["0", "5", "7.25", "10"]), min_size=3, max_size=3))
    def upload_all(self, scores: list[str]) -> Held:
        rows = dict(zip(NUMBERS, scores, strict=True))
        edition = self.bureau.imported(self.exam(), csv_file(["sbd", "toan"], rows.items()))
        return Held(edition, rows)

    @rule(target=editions, number=st.sampled_from(NUMBERS), score=st.sampled_from(["1", "9.75"]))
    def upload_correction(self, number: str, score: str) -> Held:
        base = self.out()
        body = csv_file(["sbd", "toan"], [[number, score]])
        if base is None:
            try:
                self.bureau.imported(self.exam(), body, reason=Reason.CORRECTION, partial=True)
            except Invalid as problem:
                assert problem.code == "correction_without_base"
            return self.upload_all(["5", "5", "5"])
        edition = self.bureau.imported(self.exam(), body, reason=Reason.CORRECTION, partial=True)
        return Held(edition, {**base.scores, number: score})

    @rule(held=editions, by=st.sampled_from([APPROVER, OTHER, UPLOADER]), delay=st.sampled_from([0, 30, 90, 7_200]))
    def approve(self, held: Held, by: str, delay: int) -> None:
        now = self.bureau.clock.now()
        release = now + timedelta(seconds=delay)
        was_withdrawn = held.is_withdrawn
        went = self.tried(lambda exam: self.bureau.office.approve(exam, held.edition.id, by, release))
        if was_withdrawn and by != UPLOADER and not went:
            held.seconders.add(by)
        if went:
            assert by != UPLOADER
            if was_withdrawn:
                assert held.seconders - {by}, "what was withdrawn came back by one person alone"
            held.seconders, held.is_withdrawn = set(), False
            kept = [(one, at) for one, at in self.approvals if at <= now]
            self.approvals = [*kept[-1:], (held, release)]

    @rule(delay=st.sampled_from([-60, 61, 3_600]))
    def move(self, delay: int) -> None:
        release = self.bureau.clock.now() + timedelta(seconds=delay)
        if self.tried(lambda exam: self.bureau.office.move_release(exam, release, APPROVER)):
            held, before = self.approvals[-1]
            assert before - self.bureau.clock.now() > timedelta(seconds=60)
            self.approvals[-1] = (held, release)

    @rule(by=st.sampled_from([APPROVER, OTHER]))
    def withdraw(self, by: str) -> None:
        if self.tried(lambda exam: self.bureau.office.withdraw(exam, by, "sai lệch")):
            for held, _ in self.approvals:
                held.is_withdrawn = True
            self.approvals = []

    @rule(seconds=st.sampled_from([6, 31, 600, 7_300]))
    def wait(self, seconds: int) -> None:
        self.bureau.later(seconds=seconds)

    @rule(held=consumes(editions))
    def forget(self, held: Held) -> None:
        """Nobody minds this edition any more."""

    # --- what citizens see

    @invariant()
    def citizens_read_one_whole_edition_or_none(self) -> None:
        bureau = self.bureau
        editions = bureau.fresh_process()
        fresh = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
        seen = editions.exam("agc_edu", self.slug)
        out = self.out()
        if out is None:
            answers = {_refusal(fresh, seen, number) for number in (*NUMBERS, "09999999")}
            assert len(answers) == 1
            assert answers <= {"not_released", "exam_withdrawn"}
            return
        shown = {number: fresh.open(seen, number).result.scores["toan"] for number in NUMBERS}
        assert shown == {number: round(float(score) * 100) for number, score in out.scores.items()}
        assert _refusal(fresh, seen, "09999999") == "result_unknown"
        for number in NUMBERS:
            result = fresh.open(seen, number).result
            assert result.change <= len(seen.history)


def _refusal(looking_up: LookingUp, seen: Exam, number: str) -> str:
    try:
        looking_up.open(seen, number)
    except (Refused, NotFound) as refusal:
        return refusal.code
    return ""


def test_whatever_officers_do_citizens_read_one_whole_approved_edition_or_none(cloud: Cloud) -> None:
    machine = type("OfficersHere", (Officers,), {"cloud": cloud})

    run_state_machine_as_test(
        machine,
        settings=settings(
            derandomize=True,
            max_examples=10,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_correction_checked_before_another_one_was_approved_must_be_checked_again(cloud: Cloud) -> None:
    """Its records would point to the other one's decision."""
    bureau = Bureau(cloud)
    made = bureau.released(exam(), csv_file(["sbd", "toan"], [[number, "5"] for number in NUMBERS]))
    one, two = (
        bureau.imported(
            made,
            csv_file(["sbd", "toan"], [[number, "9"]]),
            reason=Reason.CORRECTION,
            decision=f"{number}/QĐ",
            partial=True,
        )
        for number in NUMBERS[:2]
    )
    made = bureau.office.approve(made, one.id, APPROVER, bureau.clock.now() + timedelta(hours=2))

    with pytest.raises(Conflict, match="base_moved"):
        bureau.office.approve(made, two.id, APPROVER, None)
