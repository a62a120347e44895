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
from miniapp.dossiers.states import DONE, Status
from miniapp.ratings.counting import ZERO
from miniapp.ratings.model import Place
from miniapp.ratings.rolled import By as Breakdown
from tests.support.cloud import Cloud
from tests.support.dossier_town import IDENTIFIER, LAN, NOON, OTHER, WARD, DossierTown
from tests.support.happened import heard

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


def invited(town: DossierTown) -> tuple[str, int]:
    """The last day of the dossier's invitation, if there is one, and how many are counted as invited."""
    casting, counts = town.services.casting, town.services.rating_counts
    town.services.rolling_up.run()
    token = casting.link(WARD, str(CODE))
    held = counts.read(WARD, ["2026-11"], Breakdown.WHOLE).get(WARD, ZERO)
    return casting.asked(WARD, token).until if token else "", held.numbers.get("invited", 0)


@pytest.mark.parametrize("status", sorted(DONE))
def test_whoever_s_result_another_system_tells_is_invited_to_rate_once(
    town: DossierTown, bringing: Bringing, status: Status
):
    bring(bringing)
    assert invited(town) == ("", 0)
    for _ in range(2):
        bring(bringing, replace(RECORD, report=Report(status)))
        assert invited(town) == ("2026-12-20", 1)
    bring(bringing, replace(RECORD, report=Report(Status.RETURNED)))
    assert invited(town) == ("2026-12-20", 1)
    place = town.services.casting.asked(WARD, town.services.casting.link(WARD, str(CODE))).held.invitation.place
    assert place == Place(WARD, "", RECORD.procedure)


def test_by_the_api_an_end_invites_too_and_a_report_sent_twice_invites_once(town: DossierTown, bringing: Bringing):
    made = bringing.create(WARD, IDENTIFIER, RECORD, by=MACHINE, key="k")
    for _ in range(2):
        bringing.move(WARD, str(CODE), made.version, FINISHED, by=MACHINE, key="m")
    assert invited(town) == ("2026-12-20", 1)


@pytest.mark.parametrize(("ago", "expected"), [(30, ("2026-11-20", 1)), (31, ("", 0))])
def test_what_comes_in_ended_is_rated_for_thirty_days_from_its_end_and_not_at_all_after(
    town: DossierTown, bringing: Bringing, ago: int, expected: tuple[str, int]
):
    end = NOON - timedelta(days=ago)
    report = Report(Status.FINISHED, received=end - timedelta(days=3), finished=end)
    assert bring(bringing, replace(RECORD, report=report)) == (Status.FINISHED, Outcome.NEW)
    assert invited(town) == expected


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.IN_PROGRESS])
def test_what_has_no_result_invites_nobody(town: DossierTown, bringing: Bringing, status: Status):
    bring(bringing, replace(RECORD, report=replace(RECEIVED, status=status)))
    assert invited(town) == ("", 0)


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


def test_each_dossier_is_counted_once_by_the_way_it_came_and_none_by_who_asks(town: DossierTown, bringing: Bringing):
    unnamed = replace(RECORD, code=None)
    with heard() as held:
        for record in (RECORD, RECORD, replace(RECORD, report=FINISHED)):
            bring(bringing, record)
        for key in ("a", "a", "b"):
            bringing.create(WARD, IDENTIFIER, unnamed, by=MACHINE, key=key)
        for _ in range(2):
            town.taken()
    assert held.counted == {
        (WARD, "dossiers_taken_in", "file"): 1,
        (WARD, "dossiers_taken_in", "system"): 2,
        (WARD, "dossiers_taken_in", "desk"): 1,
    }
    assert not any(LAN.name.reveal in line or "H56" in line for line in held.lines)
