"""The file to fill in that each exam has: its columns, text cells, and a row that imports as it is."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from miniapp.exam_scores.model import Formula, Policy
from miniapp.exam_scores.scores import ABSENT, NOT_TAKEN
from miniapp.exam_scores.subjects import vocabulary
from tests.support.exams import CORE
from tests.support.score_desk import ScoreDesk
from tests.web.console.conftest import Office

EXAMS: dict[str, dict[str, Any]] = {
    "national": {"languages": True},
    "every subject": {"subjects": tuple(vocabulary().subjects), "combination_set": ""},
    "tenth form": {
        "subjects": ("toan", "van", "nn"),
        "combination_set": "",
        "number_format": "[0-9]{6}",
        "number_example": "012001",
        "policy": Policy.VERIFIED,
        "factors": ("birth_date", "full_name", "identity_last4", "card_code"),
        "formula": Formula((("toan", 1), ("van", 1), ("nn", 1)), bonus_cap=300),
    },
}


@pytest.mark.parametrize("language", ["", "?lang=en"])
@pytest.mark.parametrize("name", EXAMS)
def test_an_example_file_is_linked_where_files_are_sent_and_imports_as_it_is(
    office: Office, desk: ScoreDesk, name: str, language: str
) -> None:
    made = desk.add(**EXAMS[name])
    visitor = office.at_desk(desk.uploader)
    page = visitor.get(desk.at(desk.begun()) + language)
    links = [str(link["href"]) for link in page.soup.find_all("a") if "tep-mau" in str(link["href"])]
    assert len(links) == 2

    for link in links:
        edition = desk.checked(visitor.client.get(link).data)
        assert [(kind.code, kind.value) for item in edition.files for kind in item.findings] == []
        manifest = desk.services.exam_store.manifest(made, edition.build)
        build = desk.services.editions.build(made, _pointer(edition.id, edition.build))
        record = desk.services.editions.record(made, build, made.number_example)
        assert (manifest.count, record is not None) == (1, True)
        scores = list(manifest.shape.result(record or b"").scores.values())
        assert scores[:4] == [825, 750, 0, ABSENT][: len(made.subjects)]
        assert set(scores[4:]) <= {NOT_TAKEN}


def _pointer(edition: str, build: str) -> Any:
    from miniapp.exam_scores.model import Pointer
    from tests.support.exams import HOUR

    return Pointer(edition, build, HOUR)


def test_every_cell_of_the_example_workbook_is_text_below_it_too(office: Office, desk: ScoreDesk) -> None:
    desk.add(languages=True)
    answer = office.at_desk(desk.uploader).client.get(f"{desk.base}/tep-mau.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active

    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    assert len(rows[0]) == len(CORE) + 2
    assert all(cell.number_format == "@" and cell.data_type == "s" for cell in rows[1] if cell.value)
    assert rows[1][0].value == "02001234"
    letters = {cell.column_letter for cell in rows[0]}
    assert {sheet.column_dimensions[letter].number_format for letter in letters} <= {"@"}


def test_who_may_not_send_files_gets_no_example(office: Office, desk: ScoreDesk) -> None:
    desk.add()
    for kind in ("xlsx", "csv"):
        assert office.at_desk(desk.approver).client.get(f"{desk.base}/tep-mau.{kind}").status_code == 403
