"""Dossiers of an agency's own system: each once, moved by what is told, left alone when nothing is new."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from miniapp.core.errors import Conflict, Invalid
from miniapp.dossiers.bringing import Bringing, Outcome
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.reported import Record, Report
from miniapp.dossiers.states import Status
from tests.support.cloud import Cloud
from tests.support.dossier_town import IDENTIFIER, LAN, NOON, OTHER, WARD, DossierTown

MACHINE = By(Side.MACHINE, "key_1")
CODE = DossierCode.of("000.17.22.H56-261119-0007")
RECEIVED = Report(Status.RECEIVED, received=NOON - timedelta(days=1), due=NOON + timedelta(days=3))
RECORD = Record("1.001193", "Đăng ký khai sinh", LAN, RECEIVED, code=CODE)
WORKED_ON, FINISHED = Report(Status.IN_PROGRESS), Report(Status.FINISHED)


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


@pytest.fixture
def bringing(town: DossierTown) -> Bringing:
    return town.services.bringing


def bring(bringing: Bringing, record: Record = RECORD, agency: str = WARD) -> tuple[Status, Outcome]:
    found = bringing.bring(agency, IDENTIFIER, record, by=MACHINE)
    return found.dossier.status, found.outcome


def foresee(bringing: Bringing, record: Record = RECORD) -> object:
    return next(bringing.foreseen(WARD, IDENTIFIER, [record], MACHINE))


def test_a_record_makes_a_dossier_once_and_moves_it_when_it_tells_something_new(town: DossierTown, bringing: Bringing):
    assert bring(bringing) == (Status.RECEIVED, Outcome.NEW)
    assert bring(bringing) == (Status.RECEIVED, Outcome.UNCHANGED)
    assert bring(bringing, replace(RECORD, report=FINISHED)) == (Status.FINISHED, Outcome.MOVED)
    assert bring(bringing, replace(RECORD, report=FINISHED)) == (Status.FINISHED, Outcome.UNCHANGED)
    told = ["dossier_filed", "dossier_received", "dossier_taken_up", "dossier_finished"]
    assert town.told() == told
    assert [one.what for one in town.office.story(WARD, str(CODE))] == told
    assert town.office.find(WARD, str(CODE)).applicant == LAN
    assert town.office.linked(town.office.link(WARD, str(CODE))).code == str(CODE)


def test_what_would_happen_is_told_and_nothing_is_changed(town: DossierTown, bringing: Bringing):
    assert foresee(bringing) is Outcome.NEW
    assert town.told() == []
    bring(bringing)
    assert foresee(bringing) is Outcome.UNCHANGED
    assert foresee(bringing, replace(RECORD, report=FINISHED)) is Outcome.MOVED


def test_another_procedure_or_a_code_of_elsewhere_is_refused_and_changes_nothing(town: DossierTown, bringing: Bringing):
    bring(bringing)
    with pytest.raises(Conflict, match="dossier_other_procedure"):
        bring(bringing, replace(RECORD, procedure="1.000894", report=FINISHED))
    with pytest.raises(Invalid, match="dossier_code_of_others"):
        bring(bringing, replace(RECORD, code=DossierCode.of("H55.14-261119-0007")))
    assert town.office.find(WARD, str(CODE)).status is Status.RECEIVED


def test_an_agency_never_meets_another_agencys_dossier_of_the_same_code(town: DossierTown, bringing: Bringing):
    bring(bringing)
    assert bring(bringing, agency=OTHER) == (Status.RECEIVED, Outcome.NEW)
    bring(bringing, replace(RECORD, report=FINISHED), OTHER)
    assert town.office.find(WARD, str(CODE)).status is Status.RECEIVED


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """What as many threads get that begin together."""
    start, found = threading.Barrier(count), list[object]()

    def run() -> None:
        start.wait()
        try:
            found.append(act())
        except Conflict as conflict:
            found.append(conflict.code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("code", [None, CODE], ids=["our next code", "its own code"])
def test_one_key_makes_one_dossier_however_many_send_it_at_once(
    town: DossierTown, bringing: Bringing, code: DossierCode | None
):
    record = replace(RECORD, code=code)
    made = at_once(8, lambda: bringing.create(WARD, IDENTIFIER, record, by=MACHINE, key="k").code)
    assert len(made) == 8 and len(set(made)) == 1
    assert town.told().count("dossier_filed") == 1


def test_one_key_moves_once_and_every_sender_hears_the_same(town: DossierTown, bringing: Bringing):
    made = bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="k")

    def move() -> tuple[Status, int]:
        held: Dossier = bringing.move(WARD, str(CODE), made.version, WORKED_ON, by=MACHINE, key="m")
        return held.status, held.version

    assert set(at_once(8, move)) == {(Status.IN_PROGRESS, 3)}
    assert town.told().count("dossier_taken_up") == 1


def test_a_key_that_stood_for_something_else_is_refused(bringing: Bringing):
    made = bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="k")
    with pytest.raises(Conflict, match="order_differs"):
        bringing.create(WARD, IDENTIFIER, replace(RECORD, procedure_name="Khác"), by=MACHINE, key="k")
    with pytest.raises(Conflict, match="order_differs"):
        bringing.move(WARD, str(CODE), made.version, WORKED_ON, by=MACHINE, key="k")
    with pytest.raises(Conflict, match="dossier_exists"):
        bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="another")


def test_whoever_saw_it_before_the_last_move_moves_nothing(bringing: Bringing):
    made = bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="k")
    bringing.move(WARD, str(CODE), made.version, WORKED_ON, by=MACHINE, key="m1")
    with pytest.raises(Conflict, match="dossier_changed"):
        bringing.move(WARD, str(CODE), made.version, FINISHED, by=MACHINE, key="m2")
