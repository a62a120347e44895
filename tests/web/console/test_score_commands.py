"""`flask … scores`: what the console does, at the command line, with the same rules and the officer's code."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from miniapp.accounts.access import Operator
from miniapp.exam_scores.councils import councils_of
from miniapp.exam_scores.model import Policy
from tests.support.exams import csv_file
from tests.support.officers import Desk
from tests.support.score_desk import BAD, GOOD, ScoreDesk, many
from tests.web.console.conftest import AGENCY, Office

PLACE = ["--agency", AGENCY, "--exam", "thpt-2019"]


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    made = office.score_desk()
    made.add(expected_prefixes=("02", "39"))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "diem_thi.csv"
    path.write_bytes(GOOD)
    return path


def run(office: Office, *arguments: str, typed: str = "", code: int = 0) -> Result:
    done = office.app.test_cli_runner().invoke(args=["scores", *arguments], input=typed)
    assert done.exit_code == code, (done.exit_code, done.output, done.stderr, done.exception)
    return done


def as_json(done: Result) -> Any:
    """The one JSON value on standard output, whatever the log says beside it."""
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith(('{"ed', "["))))


def approve(office: Office, officer: Desk, *more: str, code: int = 0) -> Result:
    arguments = ["approve", *PLACE, "--as", officer.login, "--code-stdin", "--json", *more]
    return run(office, *arguments, typed=officer.code() + "\n", code=code)


def test_a_file_is_imported_checked_approved_listed_and_taken_back(office: Office, desk: ScoreDesk, file: Path) -> None:
    found = as_json(run(office, "import", str(file), *PLACE, "--json"))
    assert (found["standing"], found["candidates"], found["errors"]) == ("ready", 3, 0)
    assert found["missing_prefixes"] == ["39"]
    assert as_json(run(office, "check", *PLACE, "--json")) == found

    out = as_json(approve(office, desk.approver, "--at", "22/07/2026 08:00"))
    assert (out["standing"], out["release_at"]) == ("waiting", "2026-07-22T01:00:00.000Z")

    (listed,) = as_json(run(office, "exams", "--agency", AGENCY, "--json"))
    assert [edition["standing"] for edition in listed["editions"]] == ["waiting"]

    taken = ["withdraw", *PLACE, "--as", desk.approver.login, "--reason", "sai", "--code-stdin", "--json"]
    assert as_json(run(office, *taken, typed=desk.approver.code() + "\n"))["standing"] == "withdrawn"


def test_councils_that_are_missing_are_named(office: Office, desk: ScoreDesk, file: Path) -> None:
    desk.services.exam_office.change_exam(desk.now(), desk.uploader.id, expected_prefixes=tuple(councils_of(2019)))
    assert "missing     01 Hà Nội, 03 Hải Phòng," in run(office, "import", str(file), *PLACE).stdout


def test_people_read_lines_and_see_a_bar_on_standard_error(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_bytes(many(500))
    done = run(office, "import", str(path), *PLACE)
    assert "candidates  500" in done.stdout
    assert "reading" in done.stderr
    assert "counting" in done.stderr

    done = run(office, "approve", *PLACE, "--as", desk.approver.login, typed=desk.approver.code() + "\n")
    assert "released: 500 candidates" in done.stdout
    assert "500 candidates of National exam 2019: at once" in done.stderr


def test_a_file_with_errors_says_them_all_and_fails(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(BAD)
    done = run(office, "import", str(path), *PLACE, "--json", code=1)

    found = as_json(done)
    codes = {kind["code"]: kind for kind in found["problems"]}
    assert found["standing"] == "faulty"
    assert codes["leading_zero_lost"]["row"] == 5
    assert codes["score_off_scale"]["value"] == "11"
    assert all(kind["sentence"] for kind in found["problems"])
    assert "edition_has_errors" in approve(office, desk.approver, code=1).stderr


def test_the_lost_zeros_are_put_back_when_asked(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    path = tmp_path / "padded.csv"
    path.write_bytes(GOOD.replace(b"\n0", b"\n"))
    found = as_json(run(office, "import", str(path), *PLACE, "--pad", "--json"))
    assert (found["errors"], found["warnings"], found["candidates"]) == (0, 3, 3)


def test_who_uploaded_is_refused_whatever_else_the_officer_may(office: Office, desk: ScoreDesk, file: Path) -> None:
    office.services.accounts.people.give_roles(AGENCY, desk.uploader.id, ["publisher", "approver"], by=Operator())
    run(
        office,
        *["import", str(file), *PLACE, "--as", desk.uploader.login, "--code-stdin", "--json"],
        typed=desk.uploader.code() + "\n",
    )
    assert "uploader_cannot_approve" in approve(office, desk.uploader, code=1).stderr
    assert as_json(approve(office, desk.approver))["standing"] == "released"


def test_a_wrong_code_or_a_role_that_may_not_changes_nothing(office: Office, desk: ScoreDesk, file: Path) -> None:
    run(office, "import", str(file), *PLACE, "--json")
    wrong = run(office, "approve", *PLACE, "--as", desk.approver.login, "--code-stdin", typed="000000\n", code=1)
    assert "code_refused" in wrong.stderr
    assert "permission_missing" in approve(office, desk.uploader, code=1).stderr
    assert (
        "sign_in_refused"
        in run(
            office, "withdraw", *PLACE, "--as", "nobody", "--reason", "x", "--code-stdin", typed="000000\n", code=1
        ).stderr
    )
    assert desk.now().next is None


def test_a_correction_of_changed_rows_is_laid_over_what_is_out(office: Office, desk: ScoreDesk, tmp_path: Path) -> None:
    desk.released()
    path = tmp_path / "fix.csv"
    path.write_bytes(GOOD.splitlines()[0] + b"\n02000001,9,7.5,6,\n")
    arguments = ["import", str(path), *PLACE, "--reason", "remark", "--partial", "--json"]
    assert "decision_missing" in run(office, *arguments, code=1).stderr

    found = as_json(run(office, *arguments, "--decision", "12/QĐ"))

    assert (found["added"], found["removed"], found["changed"], found["candidates"]) == (0, 0, 1, 3)


def test_withdrawn_results_come_back_with_two_approvers(office: Office, desk: ScoreDesk) -> None:
    desk.released()
    office.services.exam_office.withdraw(desk.now(), desk.approver.id, "sai")
    other = office.desk("duyet2@angiang.gov.vn", "approver")

    assert as_json(approve(office, desk.approver))["needs_second_approver"] is True
    assert "needs_second_approver" in approve(office, desk.approver, code=1).stderr
    assert as_json(approve(office, other))["standing"] == "released"


def test_what_is_not_there_is_said_in_one_line(office: Office, desk: ScoreDesk, file: Path) -> None:
    assert "agency_unknown" in run(office, "exams", "--agency", "nowhere", code=1).stderr
    place = ["--agency", AGENCY, "--exam", "no-exam"]
    assert "exam_unknown" in run(office, "import", str(file), *place, code=1).stderr
    assert "edition_unknown" in run(office, "check", *PLACE, code=1).stderr


def move(office: Office, officer: Desk, to: str, code: int = 0) -> Result:
    arguments = ["move", *PLACE, "--to", to, "--as", officer.login, "--code-stdin", "--json"]
    return run(office, *arguments, typed=officer.code() + "\n", code=code)


def test_the_hour_is_moved_by_an_officer_who_proves_it(office: Office, desk: ScoreDesk) -> None:
    desk.checked()
    approve(office, desk.approver, "--at", "22/07/2026 08:00")

    moved = as_json(move(office, desk.approver, "23/07/2026 09:30"))

    assert (moved["standing"], moved["release_at"]) == ("waiting", "2026-07-23T02:30:00.000Z")
    coming = desk.now().coming(office.clock.now())
    assert coming is not None
    assert coming.release_at.isoformat() == "2026-07-23T02:30:00+00:00"
    events = [entry for entry in office.services.audit.of_object(AGENCY, desk.exam.id) if entry.by == desk.approver.id]
    assert "release_time_moved" in {entry.event for entry in events}


def test_people_read_both_hours_before_they_type_the_code(office: Office, desk: ScoreDesk) -> None:
    desk.checked()
    approve(office, desk.approver, "--at", "22/07/2026 08:00")
    arguments = ["move", *PLACE, "--to", "23/07/2026 09:30", "--as", desk.approver.login]
    done = run(office, *arguments, typed=desk.approver.code() + "\n")
    assert "22/07/2026" in done.stderr
    assert "23/07/2026" in done.stderr
    assert "waiting: 3 candidates" in done.stdout


def test_an_hour_is_not_moved_when_it_is_too_late_or_makes_no_sense(office: Office, desk: ScoreDesk) -> None:
    assert "nothing_to_move" in move(office, desk.approver, "23/07/2026 09:30", code=1).stderr
    desk.checked()
    approve(office, desk.approver, "--at", "22/07/2026 08:00")
    before = desk.now()

    assert "release_in_past" in move(office, desk.approver, "01/01/2020 08:00", code=1).stderr
    assert "release_too_far" in move(office, desk.approver, "22/07/2029 08:00", code=1).stderr
    assert "permission_missing" in move(office, desk.uploader, "23/07/2026 09:30", code=1).stderr
    wrong = ["move", *PLACE, "--to", "23/07/2026 09:30", "--as", desk.approver.login, "--code-stdin"]
    assert "code_refused" in run(office, *wrong, typed="000000\n", code=1).stderr
    run(office, "move", *PLACE, "--to", "tomorrow", "--as", desk.approver.login, code=2)
    run(office, "move", *PLACE, "--to", "23/07/2026 09:30", code=2)  # nobody named
    waits = before.coming(office.clock.now())
    assert waits is not None
    office.clock.pass_by(seconds=(waits.release_at - office.clock.now()).total_seconds() - 60)
    assert "release_in_last_minute" in move(office, desk.approver, "23/07/2026 09:30", code=1).stderr
    assert desk.now() == before


def test_what_is_due_is_erased_with_a_report(office: Office, desk: ScoreDesk) -> None:
    assert run(office, "erase").stdout == "nothing is due\n"
    desk.add(slug="lop-10", policy=Policy.CODED, factors=("card_code",))
    place = ["--agency", AGENCY, "--exam", "lop-10"]
    edition = desk.checked(csv_file(["sbd", "toan", "mã thẻ"], [["02000001", "8", "K7"], ["02000002", "7", "K8"]]))
    assert edition.errors == 0
    run(office, "approve", *place, "--as", desk.approver.login, "--code-stdin", typed=desk.approver.code() + "\n")
    office.clock.pass_by(days=59)
    assert run(office, "erase", "--json").stdout.splitlines()[-1] == "[]"
    office.clock.pass_by(days=2)

    first = json.loads(run(office, "erase", "--json").stdout.splitlines()[-1])
    office.clock.pass_by(hours=1)
    told = run(office, "erase").stdout

    assert first == [{"exam": f"{AGENCY}#lop-10", "hashes": 0, "registrations": 0, "waiting": 1}]
    assert f"{AGENCY}#lop-10: 2 hashes and 0 registrations erased" in told
    assert "nothing is due" in run(office, "erase").stdout


def test_no_command_takes_a_code_as_an_argument(office: Office) -> None:
    for command in ("import", "approve", "move", "withdraw"):
        options = run(office, command, "--help").stdout
        assert "--code-stdin" in options
        assert "--code " not in options
