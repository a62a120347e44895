"""What the audit trail must hold of scores: on whose decision, read in which way, correcting what, chained with the rest."""

import json

import pytest

from handlers.words import build_environment
from miniapp.audit.model import Entry, Event, Head, Link, genesis, link
from miniapp.audit.store import AuditStore
from miniapp.audit.verify import verify
from miniapp.core.clock import iso, local_day
from miniapp.core.errors import Refused
from miniapp.core.tables import transact
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, Exam, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, csv_file, exam

HEADER = ["sbd", "toan", "ngu_van"]
ROWS = [["02000001", "5", "6"], ["02000002", "5", "6"]]


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def told(bureau: Bureau, made: Exam, edition: Edition) -> dict[str, list[dict[str, object]]]:
    """The facts of an edition's entries by event, oldest first, without exam and edition."""
    found: dict[str, list[dict[str, object]]] = {}
    for entry in reversed(bureau.audit.of_object(made.agency, edition.id)):
        facts = {name: fact for name, fact in entry.facts.items() if name not in ("exam", "edition")}
        found.setdefault(entry.event, []).append(facts)
    return found


def corrected(bureau: Bureau, made: Exam) -> Edition:
    fix = csv_file(HEADER, [["02000002", "9", "6"], ["02000003", "4", "4"]])
    return bureau.imported(made, fix, reason=Reason.REMARK, partial=True, decision="15/QĐ-SGDĐT")


def test_an_approved_correction_says_why_on_whose_decision_and_what_it_changes(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))
    first = bureau.office.editions(made)[0]
    edition = corrected(bureau, made)
    made = bureau.office.approve(made, edition.id, APPROVER, HOUR)

    held = told(bureau, made, edition)

    assert held["edition_begun"] == [{"reason": "remark", "decision": "15/QĐ-SGDĐT", "partial": True}]
    assert held["scores_corrected"] == [
        {
            "before": first.id,
            "added": 1,
            "removed": 0,
            "changed": 1,
            "reason": "remark",
            "decision": "15/QĐ-SGDĐT",
        }
    ]
    assert held["scores_approved"][0]["release"] == iso(HOUR)
    assert verify(AuditStore(), made.agency).is_clean


def test_a_first_release_corrects_nothing_and_a_refused_correction_is_not_told(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))
    first = bureau.office.editions(made)[0]
    edition = corrected(bureau, made)
    with pytest.raises(Refused):
        bureau.office.approve(made, edition.id, UPLOADER, None)

    assert "scores_corrected" not in told(bureau, made, first)
    assert "scores_corrected" not in told(bureau, made, edition)
    assert told(bureau, made, first)["edition_begun"] == [{"reason": "release", "decision": "", "partial": False}]


def test_how_a_file_is_read_stands_in_the_trail_for_every_reading(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, csv_file(HEADER, [["2000001", "-1", "6"]]), minus_one="not_taken")
    file = edition.files[0]
    bureau.office.read_again(made, edition.id, file.id, OTHER, True, "absent")
    bureau.importing.run(ImportEdition(made.agency, made.slug, edition.id))

    held = told(bureau, made, edition)

    same = {"file": file.id, "size": file.size}
    assert held["scores_uploaded"] == [{**same, "pad_numbers": False, "minus_one": "not_taken"}]
    assert held["scores_read_again"] == [{**same, "pad_numbers": True, "minus_one": "absent"}]


def old_entry(bureau: Bureau, made: Exam, edition: str) -> None:
    """The entry of an upload as the release before wrote it, without the options of reading."""
    now, store = bureau.clock.now(), AuditStore()
    facts = {"exam": made.id, "edition": edition, "file": "fil_old", "size": 3_000}
    day, before = local_day(now), genesis(made.agency)
    body = Entry(made.agency, day, 1, "aud_old", iso(now), UPLOADER, "scores_uploaded", facts).body()
    held = Link(1, body, before, link(before, body))
    event = Event("scores_uploaded", **facts, pad_numbers=False, minus_one="absent")
    transact(*store.appended(Head(made.agency, day, 1, held.hash, before), None, [(held, event)]))


def test_entries_of_the_release_before_still_verify_and_are_still_read(bureau: Bureau) -> None:
    made = exam()
    old_entry(bureau, made, "edn_old")
    bureau.released(made, csv_file(HEADER, ROWS))

    (entry,) = bureau.audit.of_object(made.agency, "edn_old")

    assert "minus_one" not in json.loads(entry.body())["facts"]
    assert verify(AuditStore(), made.agency).is_clean
    said = build_environment().part("en", "console/exam_scores/_history.html", "event_words", entry)
    assert said.startswith("File uploaded") and "means" not in said


def test_the_history_says_the_decision_and_the_reading_in_words(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))
    edition = corrected(bureau, made)
    bureau.office.approve(made, edition.id, APPROVER, None)
    words = build_environment()

    said = {
        entry.event: str(words.part("en", "console/exam_scores/_history.html", "event_words", entry))
        for entry in bureau.audit.of_object(made.agency, edition.id)
    }

    assert "1 candidates added, 0 removed, 1 changed" in said["scores_corrected"]
    assert "15/QĐ-SGDĐT" in said["scores_corrected"] and "15/QĐ-SGDĐT" in said["edition_begun"]
    assert "-1 means absent" in said["scores_uploaded"]
