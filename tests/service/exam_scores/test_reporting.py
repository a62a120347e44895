"""What officers read of an edition before deciding: where it stands, problems, preview, difference, what just arrived."""

import pytest

from miniapp.exam_scores.difference import Change
from miniapp.exam_scores.model import Edition, Exam, Reason
from miniapp.exam_scores.reporting import ExamReports, Standing
from miniapp.exam_scores.scores import ABSENT
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, OTHER, UPLOADER, Bureau, changed, csv_file, exam

HEADER = ["sbd", "toan", "ngu_van"]


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


@pytest.fixture
def reports(bureau: Bureau) -> ExamReports:
    return ExamReports(bureau.store, bureau.files, bureau.audit, bureau.clock)


def rows(*numbers: str, score: str = "5") -> bytes:
    return csv_file(HEADER, [[number, score, score] for number in numbers])


def standing(bureau: Bureau, reports: ExamReports, edition: Edition) -> Standing:
    made = bureau.office.exam("agc_edu", "thpt-2019")
    edition = bureau.office.edition(made, edition.id)
    return reports.standing(made, edition, reports.work(made, edition))


def test_an_edition_stands_where_people_say_it_stands(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    assert standing(bureau, reports, edition) is Standing.EMPTY

    edition = bureau.gathered(made, rows("02000001"))
    assert standing(bureau, reports, edition) is Standing.IMPORTING
    bureau.later(seconds=61)
    assert standing(bureau, reports, edition) is Standing.STALLED
    bureau.store.beat(made, edition.id, "wrk", bureau.clock.now(), "reading", 1, 2)
    assert standing(bureau, reports, edition) is Standing.IMPORTING
    bureau.later(seconds=61)
    assert standing(bureau, reports, edition) is Standing.STALLED

    edition = bureau.imported(made, rows("2000001"))
    assert standing(bureau, reports, edition) is Standing.FAULTY
    edition = bureau.imported(made, rows("02000001"))
    assert standing(bureau, reports, edition) is Standing.READY
    made = bureau.office.approve(made, edition.id, APPROVER, HOUR)
    assert standing(bureau, reports, edition) is Standing.WAITING
    bureau.later(days=2)
    assert standing(bureau, reports, edition) is Standing.RELEASED

    later = bureau.imported(made, rows("02000002"))
    made = bureau.office.approve(made, later.id, APPROVER, None)
    assert (standing(bureau, reports, edition), standing(bureau, reports, later)) == (
        Standing.SUPERSEDED,
        Standing.RELEASED,
    )
    bureau.office.withdraw(made, APPROVER, "sai")
    assert standing(bureau, reports, later) is Standing.WITHDRAWN


def test_problems_of_all_files_are_grouped_and_every_place_is_listed(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, rows("2000001", "2000002"), rows("2000003", score="7,33"), b"\xff\xfenonsense")

    kinds = {kind.code: (kind.severity, kind.count, kind.file, kind.first.row) for kind in reports.problems(edition)}
    places = list(reports.places(made, edition))

    assert kinds["leading_zero_lost"] == ("error", 3, "file-0.csv", 2)
    assert len([place for place in places if place.code == "leading_zero_lost"]) == 3
    refused = [place for place in places if place.file == "file-2.csv"]
    assert len(refused) == 1
    assert sum(kind[1] for kind in kinds.values()) == len(places)


def test_missing_and_unexpected_prefixes_are_named(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.office.add_exam(exam(expected_prefixes=("01", "02", "39")), UPLOADER)
    preview = reports.preview(made, bureau.imported(made, rows("02000001", "39000001", "77000001")))
    assert preview is not None
    assert (preview.prefixes.missing, preview.prefixes.unexpected) == (("01",), ("77",))
    assert reports.preview(made, bureau.office.begin(made, UPLOADER, Reason.RELEASE)) is None


def test_the_year_before_is_the_likest_exam_that_is_out(bureau: Bureau, reports: ExamReports) -> None:
    before = changed(exam(), year=2018, slug="thpt-2018")
    entrance = changed(exam(), year=2018, slug="lop-10-2018", subjects=("toan", "van", "nn"))
    draft = changed(exam(), year=2018, slug="nhap-2018")
    bureau.released(before, rows("02000001", score="9"))
    bureau.released(entrance, rows("02000001", score="1"))
    bureau.office.add_exam(draft, UPLOADER)
    bureau.imported(draft, rows("02000001", score="2"))
    made = bureau.office.add_exam(exam(), UPLOADER)

    preview = reports.preview(made, bureau.imported(made, rows("02000001")))

    assert preview is not None
    assert preview.before is not None
    assert (preview.before_exam and preview.before_exam.slug, preview.before.subjects["toan"].mean) == (
        "thpt-2018",
        900,
    )
    lonely: Exam = bureau.office.add_exam(changed(exam(), year=2030, slug="thpt-2030"), UPLOADER)
    alone = reports.preview(lonely, bureau.imported(lonely, rows("02000001")))
    assert alone is not None
    assert alone.before is None


def test_changes_come_back_as_they_were_found(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.released(exam(), rows("02000001", "02000002"))
    edition = bureau.imported(
        made, csv_file(HEADER, [["02000001", "VẮNG", "5"], ["02000003", "1", "1"]]), reason=Reason.CORRECTION
    )
    assert list(reports.changes(made, edition).start_at(0)) == [
        Change("02000001", "changed", "toan", 500, ABSENT),
        Change("02000002", "removed"),
        Change("02000003", "added"),
    ]
    assert reports.fits(made, edition)


def test_a_first_edition_has_no_difference(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    assert list(reports.changes(made, bureau.imported(made, rows("02000001"))).start_at(0)) == []


def test_a_file_in_the_bucket_that_nobody_took_is_seen_until_it_is_taken_or_deleted(
    bureau: Bureau, reports: ExamReports
) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    first, second = (
        bureau.office.put_file(made, edition, body, len(body)) for body in (rows("02000001"), rows("02000002"))
    )
    assert {(item.id, item.size) for item in reports.arrived(made, edition)} == {(first, 30), (second, 30)}

    edition = bureau.office.take_file(made, edition.id, first, "a.csv", UPLOADER)
    bureau.office.forget_upload(made, edition.id, second)

    assert reports.arrived(made, edition) == []


def test_the_history_of_an_edition_tells_who_did_what(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.released(exam(), rows("02000001"))
    edition = bureau.office.editions(made)[0]
    bureau.later(seconds=1)
    bureau.office.withdraw(made, OTHER, "sai lệch")
    told = [(entry.event, entry.by) for entry in reports.history(made, edition)]
    assert told[0] == ("scores_withdrawn", OTHER)
    assert ("scores_approved", APPROVER) in told
    assert ("scores_uploaded", UPLOADER) in told
    assert len(reports.exam_history(made)) > len(told)


def test_what_was_read_again_is_not_called_dead_at_once(bureau: Bureau, reports: ExamReports) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    edition = bureau.imported(made, rows("2000001"))
    bureau.later(hours=3)
    bureau.office.read_again(made, edition.id, edition.files[0].id, UPLOADER, True, "absent")
    assert standing(bureau, reports, edition) is Standing.IMPORTING
