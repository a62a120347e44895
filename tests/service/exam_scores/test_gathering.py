"""An edition of several files: read all of them, lay them together, take some away, lay them anew."""

import io

import pytest
import xlsxwriter

from miniapp.core.errors import Conflict
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import Edition, EditionState, Exam, Finding, Formula, Reason
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, OTHER, UPLOADER, Bureau, csv_file, exam

HEADER = ["sbd", "toan", "ngu_van"]


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def one(number: str, score: str = "5") -> bytes:
    """A file with one candidate."""
    return csv_file(HEADER, [[number, score, score]])


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """A workbook with these sheets, by name."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    sheet.write(row, column, value)
    return held.getvalue()


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


# --- numbers in two files


def places(edition: Edition) -> list[tuple[str, int, str, str]]:
    return [
        (item.name, kind.row, kind.column, kind.value)
        for item in edition.files
        for kind in item.findings
        if kind.code == "number_in_two_files"
    ]


def test_a_number_in_two_files_is_named_with_file_and_row_of_both(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    first = csv_file(["sbd", "toan"], [["02000001", "5"], ["02000002", "6"], ["02000003", "7"]])
    second = csv_file(["stt", "toan", "sbd"], [["1", "5", "02000009"], ["2", "6", "02000003"], ["3", "7", "02000001"]])
    third = csv_file(["sbd", "toan"], [["02000010", "5"]])

    edition = bureau.imported(made, first, second, third)

    assert places(edition) == [
        ("file-1.csv", 4, "sbd", "02000001 = file-0.csv:2"),
        ("file-1.csv", 3, "sbd", "02000003 = file-0.csv:4"),
    ]
    assert [item.errors for item in edition.files] == [0, 2, 0]


def test_rows_are_named_by_their_sheets_and_by_the_title_lines_above_them(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    book = workbook(("Bia", [["Danh sách"]]), ("P1", [["sbd", "toan"], ["02000001", 5]]), ("P2", [["02000002", 6]]))
    titled = b"So GDDT\nKet qua thi\nsbd,toan\n02000002,7\n"

    edition = bureau.imported(made, book, titled)

    assert places(edition) == [("file-1.csv", 4, "sbd", "02000002 = file-0.csv!P2:1")]


def test_when_whole_files_are_the_same_some_are_named_and_all_are_counted(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    body = csv_file(["sbd", "toan"], ([f"02{number:06d}", "5"] for number in range(3_000)))

    edition = bureau.imported(made, body, body, body)

    assert edition.errors == 3_000
    assert len(places(edition)) == 20
    assert all(row for _, row, _, _ in places(edition))
    edition = bureau.office.drop_file(made, edition.id, edition.files[1].id, UPLOADER)
    assert (run(bureau, made, edition).errors, edition.errors) == (3_000, 0)


# --- totals


SUM = Formula((("toan", 1), ("van", 1)), bonus_cap=200, floor=100)
GRADE = {"subjects": ("toan", "van"), "formula": SUM, "combination_set": ""}


def warned(edition: Edition) -> list[tuple[int, str]]:
    return [(kind.count, kind.value) for kind in edition.files[0].findings if kind.code == "total_apart"]


def test_a_total_that_does_not_follow_the_formula_is_named_with_row_and_both_values(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(**GRADE), UPLOADER)
    rows = [
        ["02000001", "8", "7.25", "15.25"],
        ["02000002", "8", "7.25", "17.25"],  # within the bonus, for which the file has no column
        ["02000003", "8", "7.25", "17,30"],
        ["02000004", "8", "7.25", "15.2"],
        ["02000005", "8", "", "8"],
        ["02000006", "1", "9", "0"],  # at the floor
        ["02000007", "8", "vắng", "0"],
        ["02000008", "8", "9", "0"],
        ["02000009", "8", "9", ""],
    ]

    edition = bureau.imported(made, csv_file(["sbd", "toan", "van", "tổng điểm"], rows))

    assert (edition.errors, warned(edition)) == (0, [(3, "17,30 ≠ 15,25")])
    assert [(kind.row, kind.column) for kind in edition.files[0].findings if kind.code == "total_apart"] == [
        (4, "tổng điểm")
    ]
    assert bureau.office.approve(made, edition.id, APPROVER, None).next


def test_a_bonus_that_the_formula_does_not_count_is_named(bureau: Bureau) -> None:
    uncapped = Formula((("toan", 1), ("van", 1)))
    made = bureau.office.add_exam(exam(**{**GRADE, "formula": uncapped}), UPLOADER)
    rows = [["02000001", "8", "7", "0"], ["02000002", "8", "7", "1,5"], ["02000003", "8", "7", ""]]
    body = csv_file(["sbd", "toan", "van", "điểm cộng"], rows)

    edition = bureau.imported(made, body)

    assert [(kind.code, kind.severity, kind.count, kind.row, kind.column, kind.value) for kind in found(edition)] == [
        ("bonus_without_cap", "warning", 1, 3, "điểm cộng", "1,5")
    ]
    capped = bureau.office.add_exam(exam(**GRADE, slug="lop-10"), UPLOADER)
    assert found(bureau.imported(capped, body)) == ()
    ruleless = bureau.office.add_exam(exam(**{**GRADE, "formula": None}, slug="khac"), UPLOADER)
    assert found(bureau.imported(ruleless, body)) == ()


def found(edition: Edition) -> tuple[Finding, ...]:
    return edition.files[0].findings


def test_a_file_with_its_bonus_must_add_up_exactly(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(**GRADE), UPLOADER)
    header = ["sbd", "toan", "van", "điểm ưu tiên", "điểm xét tuyển"]
    rows = [["02000001", "8", "7", "1.5", "16.5"], ["02000002", "8", "7", "3", "17"], ["02000003", "8", "7", "", "16"]]

    assert warned(bureau.imported(made, csv_file(header, rows))) == [(1, "16 ≠ 15,00")]


def test_without_a_formula_or_a_total_nothing_is_compared(bureau: Bureau) -> None:
    rows = [["02000001", "8", "7.25", "1"]]
    plain = bureau.office.add_exam(exam(**{**GRADE, "formula": None}), UPLOADER)
    assert warned(bureau.imported(plain, csv_file(["sbd", "toan", "van", "tong"], rows))) == []
    made = bureau.office.add_exam(exam(**{**GRADE, "slug": "other"}), UPLOADER)
    assert warned(bureau.imported(made, csv_file(["sbd", "toan", "van"], [["02000001", "8", "7.25"]]))) == []


def test_a_total_that_is_no_figure_is_an_error_and_not_compared(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(**GRADE), UPLOADER)
    rows = [["02000001", "8", "7", "đạt"], ["02000002", "8", "7", "=B2+C2"], ["02000003", "8", "7", "-1"]]
    edition = bureau.imported(made, csv_file(["sbd", "toan", "van", "tong"], rows))
    assert warned(edition) == []
    assert edition.errors > 0


def test_a_correction_that_leaves_an_old_total_is_warned_of(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(**GRADE), UPLOADER)
    header = ["sbd", "toan", "van", "tong"]
    whole = csv_file(header, [["02000001", "8", "7", "15"], ["02000002", "5", "6", "11"], ["02000003", "1", "1", "9"]])
    made = bureau.released(made, whole)

    fix = csv_file(["sbd", "toan"], [["02000001", "9"], ["02000002", "5"]])
    edition = bureau.imported(made, fix, reason=Reason.REMARK, partial=True)
    assert warned(edition) == [(1, "02000001: 15,00 ≠ 16,00")]
    again = run(bureau, made, bureau.office.check_again(made, edition.id, UPLOADER))
    assert (warned(again), again.files[0].warnings) == ([(1, "02000001: 15,00 ≠ 16,00")], 1)

    better = csv_file(header, [["02000001", "9", "7", "16"]])
    assert warned(bureau.imported(made, better, reason=Reason.REMARK, partial=True)) == []
