"""From a file to a slip: import, approve, look up, correct, withdraw."""

from datetime import timedelta

import pytest

from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import EditionState, Reason
from miniapp.exam_scores.scores import ABSENT, NOT_TAKEN
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, csv_file, exam

HEADER = ["sbd", "toan", "ngu_van", "vat_li", "hoa_hoc"]
ROWS = [
    ["02000001", "8.25", "7,5", "6", ""],
    ["02000002", ".75", "0", "VẮNG", "10"],
    ["02000003", "7,33", "", "5", "9.25"],
]


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def test_a_released_number_shows_exactly_the_scores_of_its_file(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))

    found = bureau.looking_up.open(made, "02000002").result

    assert found.scores["toan"] == 75
    assert found.scores["van"] == 0
    assert found.scores["li"] == ABSENT
    assert found.scores["hoa"] == 1000
    assert found.scores["sinh"] == NOT_TAKEN


def test_before_release_known_and_unknown_numbers_get_the_same_answer(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS), at=HOUR)

    for number in ("02000001", "09999999", "2000001"):
        with pytest.raises(Refused, match="not_released"):
            bureau.looking_up.open(made, number)
    bureau.later(days=1)
    assert bureau.looking_up.open(made, "02000001").result.scores["toan"] == 825
    with pytest.raises(NotFound, match="result_unknown"):
        bureau.looking_up.open(made, "09999999")


def test_a_number_typed_without_its_zero_is_offered_with_it(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))

    with pytest.raises(NotFound) as refusal:
        bureau.looking_up.open(made, "2000001")

    assert refusal.value.facts == {"zero_padded": "02000001"}


def test_who_uploaded_cannot_approve(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, csv_file(HEADER, ROWS))

    with pytest.raises(Refused, match="uploader_cannot_approve"):
        bureau.office.approve(made, edition.id, UPLOADER, None)


def test_who_says_how_a_file_is_read_cannot_approve_it_either(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, csv_file(HEADER, [["02000001", "-1", "5", "5", "5"]]))
    for reader in (APPROVER, OTHER, APPROVER):
        edition = bureau.office.read_again(made, edition.id, edition.files[0].id, reader, False, "not_taken")
        edition = bureau.importing.run(ImportEdition(made.agency, made.slug, edition.id))

    assert edition.uploaders == {UPLOADER, APPROVER, OTHER}
    for officer in (UPLOADER, APPROVER, OTHER):
        with pytest.raises(Refused, match="uploader_cannot_approve"):
            bureau.office.approve(made, edition.id, officer, None)
    assert bureau.office.approve(made, edition.id, "off_third", None).next


def test_a_file_that_is_taken_out_takes_its_readers_along(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, csv_file(HEADER, ROWS), csv_file(HEADER, [["02000009", "5", "5", "5", "5"]]))
    second = edition.files[1].id
    edition = bureau.office.read_again(made, edition.id, second, APPROVER, True, "absent")
    edition = bureau.office.drop_file(made, edition.id, second, OTHER)

    assert edition.uploaders == {UPLOADER}


def test_reading_again_in_a_way_that_nobody_knows_is_refused(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, csv_file(HEADER, ROWS))

    with pytest.raises(Invalid, match="file_unknown"):
        bureau.office.read_again(made, edition.id, edition.files[0].id, OTHER, False, "ten")
    assert bureau.office.edition(made, edition.id) == edition


def test_a_file_with_errors_cannot_be_approved_and_every_error_is_named(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    rows = [*ROWS, ["2000004", "5", "5", "5", "5"], ["02000001", "5", "5", "5", "5"], ["02000006", "abc", "11", "", ""]]
    edition = bureau.imported(made, csv_file(HEADER, rows))

    kinds = {finding.code: (finding.count, finding.row) for finding in edition.files[0].findings}

    assert kinds["leading_zero_lost"] == (1, 5)
    assert kinds["number_repeated"] == (1, 6)
    assert kinds["score_shape"] == (1, 7)
    assert kinds["score_off_scale"] == (1, 7)
    assert edition.state is EditionState.CHECKED
    with pytest.raises(Invalid, match="edition_has_errors"):
        bureau.office.approve(made, edition.id, APPROVER, None)


def test_a_correction_with_changed_rows_is_laid_over_what_is_out(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))
    fix = csv_file(HEADER, [["02000001", "9", "7.5", "6", ""]])

    edition = bureau.imported(made, fix, reason=Reason.REMARK, partial=True)
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert (edition.changed, edition.added, edition.removed) == (1, 0, 0)
    assert bureau.fresh_process().exam(made.agency, made.slug).history[0].decision == "12/QĐ"
    found = bureau.looking_up.open(made, "02000001").result
    assert (found.scores["toan"], found.change) == (900, 1)
    assert bureau.looking_up.open(made, "02000003").result.change == 0


def test_withdrawing_takes_one_and_releasing_again_takes_two(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS))
    edition_id = made.next.edition if made.next else ""

    made = bureau.office.withdraw(made, APPROVER, "sai lệch")
    with pytest.raises(Refused, match="exam_withdrawn"):
        bureau.looking_up.open(made, "02000001")
    with pytest.raises(Conflict, match="needs_second_approver"):
        bureau.office.approve(made, edition_id, APPROVER, None)
    with pytest.raises(Conflict, match="needs_second_approver"):
        bureau.office.approve(made, edition_id, APPROVER, None)
    made = bureau.office.approve(made, edition_id, OTHER, None)

    assert bureau.looking_up.open(made, "02000001").result.scores["toan"] == 825


def test_a_release_cannot_be_moved_in_its_last_minute(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER, ROWS), at=HOUR)
    made = bureau.office.move_release(made, HOUR + timedelta(hours=1), APPROVER)
    bureau.later(days=1, minutes=59, seconds=30)

    with pytest.raises(Conflict, match="release_in_last_minute"):
        bureau.office.move_release(made, HOUR + timedelta(days=2), APPROVER)
    with pytest.raises(Refused, match="not_released"):
        bureau.looking_up.open(made, "02000001")
    bureau.later(seconds=31)
    assert bureau.looking_up.open(made, "02000001")
