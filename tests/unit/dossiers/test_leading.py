"""What another system tells of a dossier leads it over the table of moves, and nowhere else."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from miniapp.core.errors import Conflict, Invalid
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Happened, Side
from miniapp.dossiers.leading import begun, led, way
from miniapp.dossiers.parts import Wanted
from miniapp.dossiers.reported import Record, Report, of_the_same_place
from miniapp.dossiers.states import MOVES, Lateness, Status
from tests.support.dossiers import ARTICLE, MONDAY, STATE, WHO, in_status, received, waiting

NOW = MONDAY + timedelta(days=2)
MACHINE = By(Side.MACHINE, "key_1")
CODE = DossierCode.of("000.17.22.H56-261116-0001")
FULL = Report(
    Status.FILED,
    received=MONDAY,
    due=MONDAY + timedelta(days=3),
    finished=MONDAY + timedelta(days=1),
    article=ARTICLE,
    words="Thiếu căn cứ",
    papers=(Wanted("Tờ khai"),),
    deadline=NOW + timedelta(days=5),
    amount=8_000,
    post="Công chức tư pháp",
)


def record(report: Report) -> Record:
    return Record("1.001193", "Đăng ký khai sinh", WHO, report, code=CODE)


@pytest.mark.parametrize("status", list(Status))
def test_a_new_dossier_stands_at_once_where_it_is_told_to_stand_and_keeps_its_own_code(status: Status):
    moves = begun("xa", CODE, record(replace(FULL, status=status)), MACHINE, NOW, STATE)
    made = moves[-1].dossier
    assert (made.status, made.code, made.version) == (status, CODE, len(moves))
    assert [one.event.version for one in moves] == list(range(1, len(moves) + 1))
    assert made.received_at == (None if status in (Status.FILED, Status.NOT_RECEIVED, Status.WITHDRAWN) else MONDAY)


def test_the_way_is_one_of_the_table_and_nothing_that_needs_a_word_lies_between():
    for start in Status:
        for end in Status:
            try:
                found = way(start, end)
            except Conflict:
                continue
            steps = (start, *found)
            assert all(after in MOVES[before] for before, after in pairwise(steps))
            assert all(one in (Status.RECEIVED, Status.IN_PROGRESS, Status.FINISHED) for one in found[:-1])


@pytest.mark.parametrize("ended", [Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED])
def test_what_has_ended_is_led_nowhere(ended: Status):
    for status in set(Status) - {ended}:
        with pytest.raises(Conflict, match="dossier_move_not_allowed"):
            led(in_status(ended), replace(FULL, status=status), MACHINE, NOW, STATE)


def test_the_appointment_is_the_one_that_was_given_and_lateness_is_that_of_the_day_it_was_finished():
    done = replace(FULL, status=Status.RETURNED, since=NOW)
    made = begun("xa", CODE, record(done), MACHINE, NOW, STATE)[-1].dossier
    assert (made.due, made.ended_at, made.returned_at) == (FULL.due, FULL.finished, NOW)
    assert made.lateness(NOW) is Lateness.EARLY
    late = begun("xa", CODE, record(replace(done, due=MONDAY + timedelta(hours=1))), MACHINE, NOW, STATE)[-1].dossier
    assert late.lateness(NOW) is Lateness.LATE


def test_papers_that_came_lead_back_to_work_and_on_to_the_result():
    moves = led(waiting(), Report(Status.FINISHED), MACHINE, NOW, STATE)
    assert [one.event.what for one in moves] == [Happened.SUPPLEMENTED, Happened.FINISHED]
    before_work = led(received(), replace(FULL, status=Status.SUPPLEMENT), MACHINE, NOW, STATE)[-1].dossier
    whats = [one.event.what for one in led(before_work, Report(Status.FINISHED), MACHINE, NOW, STATE)]
    assert whats == [Happened.SUPPLEMENTED, Happened.TAKEN_UP, Happened.FINISHED]


def test_nobody_of_this_house_has_what_another_system_moves_on_the_desk():
    assert led(received(), Report(Status.IN_PROGRESS), MACHINE, NOW, STATE)[-1].dossier.officer != MACHINE.id


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (replace(FULL, status=Status.RECEIVED, received=None), "dossier_receipt_needed"),
        (replace(FULL, status=Status.FINISHED, finished=None), "dossier_finish_needed"),
        (replace(FULL, received=NOW + timedelta(days=1)), "dossier_moment_not_past"),
        (replace(FULL, due=MONDAY - timedelta(days=1)), "dossier_moment_before_receipt"),
        (replace(FULL, status=Status.STOPPED, article=""), "legal_article_needed"),
        (replace(FULL, status=Status.SUPPLEMENT, deadline=None), "supplement_deadline_shape"),
        (replace(FULL, status=Status.SUPPLEMENT, papers=()), "supplement_papers_shape"),
        (replace(FULL, status=Status.PAYMENT, amount=0), "dossier_fee_shape"),
    ],
)
def test_what_a_status_needs_is_asked_for(report: Report, code: str):
    with pytest.raises(Invalid, match=code):
        begun("xa", CODE, record(report), MACHINE, NOW, STATE)


def test_codes_of_either_form_are_of_the_same_place_as_its_identifier():
    assert of_the_same_place(CODE, "H56.14")
    assert of_the_same_place(DossierCode.of("H56-261116-0001"), "000.00.17.H56")
    assert not of_the_same_place(DossierCode.of("H55.14-261116-0001"), "H56.14")
