"""No line that a function leaves behind says who somebody is (F59): not ours, and not what Lambda's runtime prints by itself."""

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

from handlers.wiring import Services
from infra.lambdas.function import Function, FunctionFailed
from infra.lambdas.sources import schedule_event, stored_event
from miniapp.exam_scores.model import Edition, Reason
from tests.support.cloud import Cloud
from tests.support.exams import UPLOADER, csv_file, verified
from tests.support.killing import STARTED, dead, made, send, source
from tests.support.lambdas import Maker
from tests.support.letters import AGENCY

__all__ = ["made"]

CANARIES = ("Chim Canary Vang", "17/11/2009", "2009-11-17", "1990417", "canary-note", "canary-row")
NAME, BORN, _, NUMBER, NOTE, ROW = CANARIES
HEADER = ["sbd", "ho_ten", "ngay_sinh", "toan", "van", "nn"]
BAD = [
    [NUMBER, NAME, BORN, "8", "7", "6"],  # a number too long
    ["100001", NAME, BORN, NAME, "7", "6"],  # a score that is a name
    ["100002", NAME, NAME, "8", "7", "6"],  # a birth date that is a name
    ["100003", NAME, "31/02/2009", "11", "7", BORN],
    ["100003", NAME, BORN, "8", "7", "6"],  # twice
    [NAME, BORN, NUMBER, "8", "7", "6"],
    ["100004", NAME, BORN, "8"],
]


def workbook() -> bytes:
    book, body = Workbook(), io.BytesIO()
    for row in (HEADER, *BAD):
        book.active.append(row)
    book.save(body)
    return body.getvalue()


FILES = {
    "bad.csv": csv_file(HEADER, BAD),
    "other.csv": csv_file([NAME, BORN], BAD),
    "book.xlsx": workbook(),
    "half.xlsx": workbook()[:-900],
    "not.csv": (f"{NAME};{BORN}\x00{NUMBER}".encode("utf-16")) * 40,
}


def gathered(made: Services, slug: str, files: dict[str, bytes]) -> Edition:
    office = made.exam_office
    held = office.add_exam(verified(agency=AGENCY, slug=slug, factors=("birth_date", "full_name")), UPLOADER)
    edition = office.begin(held, UPLOADER, Reason.RELEASE)
    for name, body in files.items():
        file_id, _ = office.upload_form(held, edition, "http://localhost/then")
        made.files.put("uploads", f"scores/{AGENCY}/{slug}/{edition.id}/{file_id}", body)
        edition = office.take_file(held, edition.id, file_id, name, UPLOADER)
    return edition


def silent(function: Function) -> str:
    """What the function left in its log; none of it a canary."""
    told = function.log.read_text("utf-8", "replace")
    assert [one for one in CANARIES if one in told] == [], told[-3000:]
    return told


@pytest.mark.parametrize("name", FILES)
def test_an_import_of_a_bad_file_says_nothing_of_what_stands_in_it(
    made: Services, functions: Maker, kept_cloud: Cloud, name: str
) -> None:
    function = functions(f"{STARTED}.imports.handle", log_level="DEBUG")
    edition = gathered(made, name.replace(".", "-"), {name: FILES[name]})
    source(kept_cloud, function, "score_imports", batch=1).until_empty()

    held = made.exam_office.edition(made.exam_office.exam(AGENCY, name.replace(".", "-")), edition.id)
    assert held.files[0].errors > 0
    assert "edition_checked" in silent(function)
    assert dead(kept_cloud, "score_imports") == []


def test_a_poison_note_is_told_by_its_queue_alone(functions: Maker, made: Services, kept_cloud: Cloud) -> None:
    function = functions(f"{STARTED}.imports.handle", log_level="DEBUG")
    for body in (NOTE, json.dumps({"agency": NAME, "slug": BORN, "edition": NOTE}), json.dumps([NOTE])):
        send(kept_cloud, "score_imports", body)
    source(kept_cloud, function, "score_imports", batch=1).until_empty()
    assert "note_failed" in silent(function)
    assert len(dead(kept_cloud, "score_imports")) == 3


def broken_row(cloud: Cloud, made: Services, slug: str) -> str:
    """An edition whose row can't be read any more, and says so in words of its own; the key of its file."""
    edition = gathered(made, slug, {"a.csv": FILES["bad.csv"]})
    dynamodb, table = cloud.admin("dynamodb"), cloud.settings.resource("exam_scores")
    found: list[dict[str, Any]] = dynamodb.scan(TableName=table)["Items"]
    (row,) = [row for row in found if "body" in row and edition.files[0].id in row["body"]["S"]]
    body = json.loads(row["body"]["S"])
    dynamodb.put_item(
        TableName=table, Item={**row, "body": {"S": json.dumps({**body, "made_at": f"{ROW} {NAME} {BORN}"})}}
    )
    return edition.files[0].key


def test_what_the_bucket_wakes_fails_without_a_word_of_what_it_read(
    functions: Maker, made: Services, kept_cloud: Cloud
) -> None:
    key = broken_row(kept_cloud, made, "hong-tep")
    function = functions(f"{STARTED}.uploads.handle", log_level="DEBUG")
    with pytest.raises(FunctionFailed) as failed:
        function.invoke(stored_event(kept_cloud.settings.resource("uploads"), key))
    assert not any(one in str(failed.value) for one in CANARIES), "its caller keeps what was said in the dead letters"
    assert "ValueError" in silent(function), "of what kind it was is told"


def test_what_the_clock_starts_fails_without_a_word_of_what_it_read(
    functions: Maker, made: Services, kept_cloud: Cloud
) -> None:
    broken_row(kept_cloud, made, "hong-gio")
    function = functions(f"{STARTED}.schedules.handle", log_level="DEBUG")
    with pytest.raises(FunctionFailed) as failed:
        function.invoke(schedule_event("resume_imports"))
    assert not any(one in str(failed.value) for one in CANARIES)
    assert "ValueError" in silent(function)
    assert "schedule_failed" in silent(function)
