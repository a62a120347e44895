"""A file of an agency's own system: looked at, taken in row by row, once, wherever a worker dies."""

import threading

import pytest

from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.dossiers.bringing import Outcome
from miniapp.dossiers.states import Status
from tests.support.cloud import Cloud
from tests.support.dossier_sheets import ImportTown, code, line, table
from tests.support.faults import CountedCalls, Killed
from tests.support.procedure_town import SHUT, WARD

MIXED = table(line(1), line(2, 2), line(3, "Lạ"), line(4, 9), line(5, 1), line(6, 5))
BEFORE = table(line(1, 2), line(5, 1))


@pytest.fixture
def town(cloud: Cloud) -> ImportTown:
    return ImportTown(cloud)


def test_what_a_file_would_do_is_told_and_nothing_is_changed(town: ImportTown):
    town.taken(BEFORE)
    told = len(town.services.audit.page(WARD).entries)
    found = town.imports.look(WARD, MIXED, town.officer)
    assert dict(found.outcomes) == {Outcome.MOVED: 1, Outcome.NEW: 1, Outcome.UNCHANGED: 1}
    assert [(one.row, one.column, one.code) for one in found.troubles] == [
        (4, "status", "dossier_import_word"),
        (5, "finished", "dossier_finish_needed"),
        (7, "deadline", "supplement_deadline_shape"),
    ]
    assert (found.rows, found.refused) == (6, 3)
    assert len(town.services.audit.page(WARD).entries) == told
    assert town.story(1) == ["dossier_filed", "dossier_received"]


def test_what_was_looked_at_is_what_is_done(town: ImportTown):
    town.taken(BEFORE)
    held = town.imports.begin(WARD, MIXED, "x.csv", town.officer)
    assert town.imports.resume_all() == 1
    assert town.figures(held.id) == {"done": 6, "new": 1, "moved": 1, "unchanged": 1, "refused": 3}
    assert [one.row for one in town.imports.troubles(WARD, held.id)] == [4, 5, 7]
    made = town.services.dossier_office.find(WARD, code(1))
    assert (made.status, str(made.code)) == (Status.IN_PROGRESS, code(1))
    trail = [entry.event for entry in town.services.audit.page(WARD).entries]
    assert trail[0] == "dossier_import_ended" and "dossier_import_begun" in trail
    assert town.imports.resume_all() == 0


def test_the_same_file_twice_changes_nothing(town: ImportTown):
    body = table(*(line(place) for place in range(1, 8)))
    assert town.taken(body)["new"] == 7
    stories = [town.story(place) for place in range(1, 8)]
    assert town.taken(body) == {"done": 7, "new": 0, "moved": 0, "unchanged": 7, "refused": 0}
    assert [town.story(place) for place in range(1, 8)] == stories


def test_a_row_moves_a_known_dossier_only_where_the_table_leads(town: ImportTown):
    town.taken(table(line(1, 7)))
    held = town.imports.begin(WARD, table(line(1, 4)), "x.csv", town.officer)
    town.imports.resume_all()
    (trouble,) = town.imports.troubles(WARD, held.id)
    assert (trouble.row, trouble.code) == (2, "dossier_move_not_allowed")
    assert town.services.dossier_office.find(WARD, code(1)).status is Status.WITHDRAWN


def test_the_file_goes_from_the_bucket_with_the_end_and_no_sooner(town: ImportTown):
    held = town.imports.begin(WARD, BEFORE, "x.csv", town.officer)
    assert list(town.services.files.keys("uploads", f"dossiers/{WARD}/")) == [held.key]
    assert town.imports.work(WARD, held.id, lambda: True).ended is None
    assert list(town.services.files.keys("uploads", f"dossiers/{WARD}/")) == [held.key]
    town.imports.work(WARD, held.id)
    assert list(town.services.files.keys("uploads", f"dossiers/{WARD}/")) == []


def test_an_import_is_its_agencys_own(town: ImportTown):
    held = town.imports.begin(WARD, BEFORE, "x.csv", town.officer)
    with pytest.raises(NotFound, match="dossier_import_unknown"):
        town.imports.find(SHUT, held.id)
    assert town.imports.of(SHUT) == []
    with pytest.raises(NotFound, match="dossier_import_unknown"):
        town.imports.work(SHUT, held.id)


def test_an_agency_without_an_identifier_and_a_file_too_large_are_refused(town: ImportTown):
    with pytest.raises(Conflict, match="agency_identifier_needed"):
        town.imports.look("tinh-hoa-mai", BEFORE, town.officer)
    with pytest.raises(Invalid, match="dossier_import_file_too_large"):
        town.imports.begin(WARD, b"x" * (3 * 1024 * 1024 + 1), "x.csv", town.officer)


WANTED = {"done": 6, "new": 1, "moved": 1, "unchanged": 1, "refused": 3}
STORY = ["dossier_filed", "dossier_received", "dossier_taken_up"]


def begun(town: ImportTown, base: int) -> str:
    """An import of a new row, a moved one, one that changes nothing and three that are refused, under codes of its own."""
    town.taken(table(line(base + 1, 2), line(base + 5, 1)))
    rows = [(1, 4), (2, 2), (3, "Lạ"), (4, 9), (5, 1), (6, 5)]
    body = table(*(line(base + place, status) for place, status in rows))
    return town.imports.begin(WARD, body, "x.csv", town.officer).id


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
def test_a_worker_that_dies_at_any_call_loses_nothing_and_does_nothing_twice(town: ImportTown, after: bool):
    first = begun(town, 0)
    with CountedCalls(town.services.aws) as whole:
        town.imports.work(WARD, first)
    assert town.figures(first) == WANTED and len(whole.calls) >= 15
    for at in range(len(whole.calls)):
        base = 10 * (at + 1)
        held = begun(town, base)
        with pytest.raises(Killed), CountedCalls(town.services.aws, at, after):
            town.imports.work(WARD, held)
        town.imports.resume_all()
        assert town.figures(held) == WANTED, at
        assert (town.story(base + 1), town.story(base + 2)) == (STORY, STORY[:2]), at
        assert [one.row for one in town.imports.troubles(WARD, held)] == [4, 5, 7], at
        told = [
            one.event
            for one in town.services.audit.page(WARD, limit=8).entries
            if one.facts.get("dossier_import") == held
        ]
        assert told.count("dossier_import_ended") == 1, at


def test_an_import_whose_file_is_gone_keeps_no_other_from_its_end_and_rings(town: ImportTown):
    held = [town.imports.begin(WARD, table(line(place)), "x.csv", town.officer) for place in (1, 2, 3)]
    lost = min(held, key=lambda one: one.id)  # the one that is worked on first
    town.services.files.remove("uploads", lost.key)
    with pytest.raises(NotFound):
        town.imports.resume_all()
    others = [one.id for one in held if one != lost]
    assert [town.figures(id)["new"] for id in others] == [1, 1]
    assert [town.imports.find(WARD, id).ended is not None for id in others] == [True, True]
    assert town.imports.find(WARD, lost.id).ended is None
    with pytest.raises(NotFound):
        town.imports.resume_all()  # it rings for as long as it lies there


def test_two_workers_at_once_take_every_row_once(town: ImportTown):
    held = town.imports.begin(WARD, table(*(line(place) for place in range(1, 31))), "x.csv", town.officer)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        town.imports.resume_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    town.imports.resume_all()
    assert town.figures(held.id) == {"done": 30, "new": 30, "moved": 0, "unchanged": 0, "refused": 0}
    assert all(town.story(place) == STORY for place in range(1, 31))
