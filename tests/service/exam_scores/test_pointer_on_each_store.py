"""What the pointer rests on, conditions and transactions, on every engine that can run here."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from miniapp.core.errors import Conflict, Problem, Refused
from miniapp.exam_scores.model import Edition, Exam
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, csv_file, exam

NUMBERS = ("02000001", "02000002")


@pytest.fixture
def bureau(each_store: Cloud) -> Bureau:
    return Bureau(each_store)


def body(score: str) -> bytes:
    return csv_file(["sbd", "toan"], [[number, score] for number in NUMBERS])


def shown(bureau: Bureau) -> int:
    return bureau.looking_up.open(bureau.office.exam("agc_edu", "thpt-2019"), NUMBERS[0]).result.scores["toan"]


def test_of_two_who_approve_at_once_one_wins_and_the_trail_tells_of_one(bureau: Bureau) -> None:
    made = bureau.released(exam(), body("5"))
    first, second = (bureau.imported(made, body(score)) for score in ("7", "9"))
    gate = Barrier(2)

    def approve(chosen: tuple[Edition, str]) -> str:
        gate.wait(20)
        try:
            bureau.office.approve(made, chosen[0].id, chosen[1], None)
        except Problem as problem:
            return problem.code
        return "won"

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(approve, [(first, APPROVER), (second, OTHER)]))

    assert sorted(told) == ["exam_changed_meanwhile", "won"]
    bureau.later(seconds=6)
    assert shown(bureau) == (700 if told[0] == "won" else 900)
    events = [entry.event for entry in bureau.audit.of_object(made.agency, made.id)]
    assert events.count("scores_approved") == 2  # the first edition's, and the winner's
    assert bureau.audit.verify(made.agency).is_clean


def test_an_hour_that_comes_changes_what_is_shown_and_a_withdrawal_ends_it(bureau: Bureau) -> None:
    made = bureau.released(exam(), body("5"))
    edition = bureau.imported(made, body("7"))
    made = bureau.office.approve(made, edition.id, APPROVER, HOUR)
    bureau.later(seconds=6)
    assert shown(bureau) == 500
    bureau.clock.at = HOUR + timedelta(seconds=1)
    assert shown(bureau) == 700
    made = bureau.office.exam(made.agency, made.slug)
    bureau.office.withdraw(made, APPROVER, "sai lệch")
    bureau.later(seconds=6)
    with pytest.raises(Refused, match="exam_withdrawn"):
        shown(bureau)


def test_who_uploaded_does_not_approve_and_what_moved_meanwhile_is_not_overwritten(bureau: Bureau) -> None:
    made: Exam = bureau.released(exam(), body("5"))
    edition = bureau.imported(made, body("7"))
    with pytest.raises(Refused, match="uploader_cannot_approve"):
        bureau.office.approve(made, edition.id, UPLOADER, None)
    bureau.office.withdraw(made, APPROVER, "sai lệch")
    with pytest.raises(Conflict):
        bureau.office.approve(made, edition.id, OTHER, None)
