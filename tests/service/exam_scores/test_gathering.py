"""An edition of several files: read all of them, lay them together, take some away, lay them anew."""

import pytest

from miniapp.core.errors import Conflict
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, EditionState, Exam, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, OTHER, UPLOADER, Bureau, csv_file, exam

HEADER = ["sbd", "toan", "ngu_van"]


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def one(number: str, score: str = "5") -> bytes:
    """A file with one candidate."""
    return csv_file(HEADER, [[number, score, score]])


def run(bureau: Bureau, made: Exam, edition: Edition) -> Edition:
    return bureau.importing.run(ImportEdition(made.agency, made.slug, edition.id))


def test_an_edition_of_many_files_is_read_to_its_end(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)

    edition = bureau.imported(made, *(one(f"0200{place:04d}") for place in range(25)))

    assert (edition.state, edition.candidates, edition.errors) == (EditionState.CHECKED, 25, 0)


def test_a_number_in_two_files_is_no_error_once_one_of_them_is_taken_out(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, one("02000001"), one("02000001", "6"))
    assert [kind.code for kind in edition.files[-1].findings] == ["number_in_two_files"]

    edition = bureau.office.drop_file(made, edition.id, edition.files[0].id, UPLOADER)
    edition = run(bureau, made, edition)

    assert (edition.state, edition.candidates, edition.errors) == (EditionState.CHECKED, 1, 0)
    assert bureau.office.approve(made, edition.id, APPROVER, None)


def test_reading_the_blamed_file_again_counts_no_error_twice(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, one("02000001"), one("02000001", "6"))

    edition = bureau.office.read_again(made, edition.id, edition.files[-1].id, UPLOADER, False, "absent")
    assert edition.errors == 0
    edition = run(bureau, made, edition)

    assert [(item.errors, len(item.findings)) for item in edition.files] == [(0, 0), (1, 1)]


def test_an_edition_whose_last_file_was_taken_out_waits_for_no_worker(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.gathered(made, one("02000001"))
    assert bureau.office.resume_all() == 1

    bureau.office.drop_file(made, edition.id, edition.files[0].id, UPLOADER)

    assert bureau.office.resume_all() == 0


def test_the_schedule_wakes_nobody_for_an_import_that_a_worker_is_at(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.gathered(made, one("02000001"))
    bureau.store.beat(made, edition.id, "wrk_other", bureau.clock.now(), "reading", 1, 2)

    assert bureau.office.resume_all() == 0
    bureau.importing.wake(ImportEdition(made.agency, made.slug, edition.id))
    with pytest.raises(Conflict, match="import_under_way"):
        run(bureau, made, edition)

    bureau.later(seconds=61)
    assert bureau.office.resume_all() == 1
    assert run(bureau, made, edition).state is EditionState.CHECKED


def test_a_correction_whose_base_was_withdrawn_says_so_and_can_be_checked_again_later(bureau: Bureau) -> None:
    made = bureau.released(exam(), one("02000001"))
    base = made.next.edition if made.next else ""
    edition = bureau.gathered(made, one("02000001", "9"), reason=Reason.REMARK, partial=True)
    made = bureau.office.withdraw(made, APPROVER, "sai lệch")

    edition = run(bureau, made, edition)
    assert (edition.state, edition.build) == (EditionState.CHECKED, "")
    assert [kind.code for kind in edition.files[-1].findings] == ["correction_without_base"]

    with pytest.raises(Conflict, match="needs_second_approver"):
        bureau.office.approve(made, base, APPROVER, None)
    made = bureau.office.approve(made, base, OTHER, None)
    edition = run(bureau, made, bureau.office.check_again(made, edition.id, UPLOADER))

    assert (edition.errors, edition.changed, edition.candidates) == (0, 1, 1)
    assert bureau.office.approve(made, edition.id, APPROVER, None)


def test_an_edition_checked_before_another_came_out_is_checked_again_and_approved(bureau: Bureau) -> None:
    made = bureau.released(exam(), one("02000001"))
    late = bureau.imported(made, one("02000001", "7"), reason=Reason.REMARK, partial=True)
    made = bureau.released(made, one("02000001", "8"), reason=Reason.CORRECTION)
    with pytest.raises(Conflict, match="base_moved"):
        bureau.office.approve(made, late.id, APPROVER, None)

    late = run(bureau, made, bureau.office.check_again(made, late.id, UPLOADER))

    assert bureau.office.approve(made, late.id, APPROVER, None)
