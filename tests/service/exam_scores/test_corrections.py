"""What a correction touches and what it must leave alone: columns it does not name, keys of the hashes, decisions."""

import pytest

from miniapp.core.errors import NotFound
from miniapp.core.guarding import Asker
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.importing import ImportEdition, Importing
from miniapp.exam_scores.keeping import ImportLists
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Edition, Exam, FileState, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, UPLOADER, Bureau, csv_file, exam, verified

HEADER = ["sbd", "toan", "ngu_van", "ngoai_ngu", "ma_ngoai_ngu"]
ROWS = [["02000001", "5", "6", "7", "N1"], ["02000002", "5", "6", "7", "N6"]]
BORN = ["sbd", "toan", "ngu_van", "ngoai_ngu", "ngay_sinh"]
OLD_KEY, NEW_KEY = "v1:" + "1" * 64, "v2:" + "2" * 64


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def with_keys(bureau: Bureau, keys: str) -> Bureau:
    """The same bureau after the keys were changed."""
    bureau.keys = FactorKeys(keys)
    bureau.importing = Importing(bureau.store, bureau.files, bureau.audit, bureau.keys, bureau.clock, bureau.ids)
    return bureau


def read(bureau: Bureau, made: Exam, number: str, born: str) -> str:
    """Who a verified look-up finds."""
    asker = Asker("192.0.2.9", f"form-{number}-{born}", bureau.clock.now().timestamp(), "c")
    reader = LookingUp(bureau.fresh_process(), bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    return reader.verified(made, number, {"birth_date": born}, asker)[1]


def test_a_correction_that_names_one_subject_leaves_the_others_and_the_language(bureau: Bureau) -> None:
    made = bureau.released(exam(languages=True), csv_file(HEADER, ROWS))
    fix = csv_file(["sbd", "toan"], [["02000002", "9"]])

    edition = bureau.imported(made, fix, reason=Reason.REMARK, partial=True)
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    found = bureau.looking_up.open(made, "02000002").result
    assert (found.scores["toan"], found.scores["van"], found.scores["nn"], found.language) == (900, 600, 700, 6)
    assert (edition.changed, edition.added) == (1, 0)


def test_a_new_whole_edition_that_is_no_correction_names_no_decision(bureau: Bureau) -> None:
    made = bureau.released(exam(), csv_file(HEADER[:4], [row[:4] for row in ROWS]))
    edition = bureau.imported(made, csv_file(HEADER[:4], [["02000001", "8", "8", "8"]]))

    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert (edition.changed, edition.removed, made.history) == (1, 1, ())
    assert bureau.looking_up.open(made, "02000001").result.change == 0


def test_a_correction_after_the_keys_changed_is_hashed_like_what_is_out(bureau: Bureau) -> None:
    with_keys(bureau, OLD_KEY)
    people = [["000001", 5, 6, 7, "01/02/2011"], ["000002", 5, 6, 7, "03/04/2011"]]
    made = bureau.released(verified(), csv_file(BORN, people))

    with_keys(bureau, f"{OLD_KEY},{NEW_KEY}")
    fix = csv_file(BORN, [["000002", 9, 6, 7, "05/06/2011"]])
    edition = bureau.imported(made, fix, reason=Reason.CORRECTION, partial=True)
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert read(bureau, made, "000001", "01/02/2011") == "000001"
    assert read(bureau, made, "000002", "05/06/2011") == "000002"
    with pytest.raises(NotFound, match="result_mismatch"):
        read(bureau, made, "000002", "03/04/2011")


def test_a_correction_needs_the_key_of_what_is_out(bureau: Bureau) -> None:
    with_keys(bureau, OLD_KEY)
    made = bureau.released(verified(), csv_file(BORN, [["000001", 5, 6, 7, "01/02/2011"]]))

    with_keys(bureau, NEW_KEY)
    fix = csv_file(BORN, [["000001", 9, 6, 7, "01/02/2011"]])
    edition = bureau.imported(made, fix, reason=Reason.CORRECTION, partial=True)

    assert [kind.code for kind in edition.files[0].findings] == ["factor_key_gone"]
    whole = bureau.imported(made, fix, reason=Reason.CORRECTION)
    made = bureau.office.approve(made, whole.id, APPROVER, None)
    assert read(bureau, made, "000001", "01/02/2011") == "000001"


def test_a_file_read_before_another_edition_went_out_is_hashed_anew(bureau: Bureau) -> None:
    with_keys(bureau, f"{OLD_KEY},{NEW_KEY}")
    made = bureau.office.add_exam(verified(), UPLOADER)
    early = bureau.imported(made, csv_file(BORN, [["000001", 9, 6, 7, "01/02/2011"]]))
    with_keys(bureau, OLD_KEY)
    first = bureau.imported(made, csv_file(BORN, [["000001", 5, 6, 7, "01/02/2011"]]))
    made = bureau.office.approve(made, first.id, APPROVER, None)

    with_keys(bureau, f"{OLD_KEY},{NEW_KEY}")
    again = bureau.office.check_again(made, early.id, UPLOADER)
    early = bureau.importing.run(ImportEdition(made.agency, made.slug, again.id))

    assert (early.changed, early.errors) == (1, 0)
    made = bureau.office.approve(made, early.id, APPROVER, None)
    assert read(bureau, made, "000001", "01/02/2011") == "000001"


def places(bureau: Bureau, made: Exam, edition: Edition) -> list[list[object]]:
    """The list of problems as it can be downloaded."""
    return [list(line) for line in ImportLists(bureau.files).findings(made, edition.id, edition.files[0].id).lines()]


def test_a_refused_file_keeps_the_list_of_its_problems_and_says_where_reading_ended(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    body = csv_file(["sbd", "toan"], [[f"02{number:06d}", "x" if number == 3 else 5] for number in range(40_000)])

    edition = bureau.imported(made, body + b"\xff,5\n")

    assert edition.files[0].state is FileState.REFUSED
    assert places(bureau, made, edition) == [["score_shape", 5, "toan", "x"], ["encoding", 40_002, "", ""]]


def test_problems_of_people_are_listed_without_what_they_wrote(bureau: Bureau) -> None:
    made = bureau.office.add_exam(verified(factors=("birth_date", "full_name")), UPLOADER)
    header = ["sbd", "toan", "ngu_van", "ngoai_ngu", "ngay_sinh", "ho_ten"]
    people = [
        ["000001", 5, 6, 7, "2011", "Lê Văn A"],
        ["000002", 5, 6, 7, "", "Lê Văn B"],
        ["000003", 5, 6, 7, "01/02/2011", "Lª V¨n C"],
        ["000004", 5, 6, 7, "01/02/2011", "Lê Văn D"],
    ]

    edition = bureau.imported(made, csv_file(header, people))

    assert places(bureau, made, edition) == [
        ["birth_date_shape", 2, "birth_date", ""],
        ["factor_missing", 3, "birth_date", ""],
        ["legacy_font", 4, "full_name", ""],
    ]
