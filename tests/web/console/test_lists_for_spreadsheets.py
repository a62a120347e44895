"""What officers download, read by programs that are not ours: calamine, and in the sweep LibreOffice (F52).

The sweep's set-up brings LibreOffice; elsewhere the test is skipped with a line where it is not installed."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from handlers import downloads
from miniapp.exam_scores.model import Reason
from tests.support.score_desk import HEADER, ScoreDesk, csv_file
from tests.web.console.conftest import Office

NASTY = (
    *('=HYPERLINK("http://x")', "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "  =1+1", "＝1+1", "－1+1", "＠SUM(A1)"),
    *("{=1+1}", "=cmd|' /C calc'!A0", "02000001", "1e5", "TRUE", "2026-07-16", 'a"b', "a;=1+1", "a\r\n=1+1", "x,=1+1"),
)


@pytest.fixture
def desk(office: Office) -> ScoreDesk:
    made = office.score_desk()
    made.add()
    return made


@pytest.fixture
def soffice() -> str:
    found = shutil.which("soffice")
    if found is None:
        message = "LibreOffice is not installed: lists are read by calamine alone"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def lists(office: Office, desk: ScoreDesk) -> dict[str, bytes]:
    """Every list that an edition hands out, of a file that is full of formulas."""
    desk.released()
    rows = [
        ["02000001", *NASTY[:4]],
        ["=1+1", "5", "5", "5", "5"],
        *([f"020001{n:02d}", text] for n, text in enumerate(NASTY)),
    ]
    edition = desk.begun(reason=Reason.CORRECTION)
    edition = desk.work(desk.taken(edition, csv_file([*HEADER, "=1+1"], rows), '=cmd|"calc".csv'))
    visitor = office.at_desk(desk.uploader)
    names = [f"{name}.{kind}" for name in ("van-de", "khac-biet") for kind in ("csv", "xlsx")]
    held = {name: visitor.client.get(desk.at(edition, name)).data for name in names}
    return {**held, "to-hop.csv": visitor.client.get(f"{desk.base}/to-hop.csv").data}


def formulas(book: bytes) -> list[str]:
    """The formulas of a workbook: the element that alone makes a cell one, and links that are followed by themselves."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        sheets = [
            packed.read(name).decode()
            for name in packed.namelist()
            if "worksheets/" in name or "externalLinks/" in name
        ]
    return [
        found for sheet in sheets for found in re.findall(r"<f[ >/].{0,80}|<oleLink.{0,80}|<hyperlink .{0,80}", sheet)
    ]


def converted(soffice: str, body: bytes, name: str, folder: Path) -> bytes:
    """What LibreOffice makes of a file, as XLSX; CSV as by a double click, and evaluating what it takes for a formula."""
    (folder / name).write_bytes(body)
    reading = [] if name.endswith("xlsx") else ["--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"]
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            *reading,
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(folder / name),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "out" / f"{Path(name).stem}.xlsx").read_bytes()


def test_another_reader_finds_only_text_in_the_workbooks_and_nothing_that_calculates(
    office: Office, desk: ScoreDesk
) -> None:
    held = lists(office, desk)
    for name in ("van-de.xlsx", "khac-biet.xlsx"):
        assert formulas(held[name]) == []
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(held[name]))
            .get_sheet_by_index(0)
            .to_python(skip_empty_area=False)
        )
        assert len(rows) > 1
        assert {type(cell) for row in rows for cell in row} == {str}
    assert '=cmd|"calc".csv' in {
        row[0]
        for row in CalamineWorkbook.from_filelike(io.BytesIO(held["van-de.xlsx"])).get_sheet_by_index(0).to_python()
    }


def test_another_reader_finds_every_cell_of_a_workbook_as_it_was_given() -> None:
    body = downloads.as_xlsx(["=1+1", "b"], [[text, str(place)] for place, text in enumerate(NASTY)])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert formulas(body) == []
    assert rows == [["=1+1", "b"], *([text, str(place)] for place, text in enumerate(NASTY))]


def test_the_search_for_formulas_finds_one() -> None:
    from xlsxwriter import Workbook

    body = io.BytesIO()
    book = Workbook(body)
    book.add_worksheet().write_formula(0, 0, "=1+1")
    book.close()
    assert [found[:8] for found in formulas(body.getvalue())] == ["<f>1+1</"]


@pytest.mark.sweep
def test_libreoffice_makes_no_formula_of_any_list(
    office: Office, desk: ScoreDesk, soffice: str, tmp_path: Path
) -> None:
    held = lists(office, desk)
    held["nasty.csv"] = downloads.as_csv(["=1+1", "b"], [[text, "=1+1"] for text in NASTY])
    held["nasty.xlsx"] = downloads.as_xlsx(["=1+1", "b"], [[text, "=1+1"] for text in NASTY])
    assert {
        name: found for name, body in held.items() if (found := formulas(converted(soffice, body, name, tmp_path)))
    } == {}
    assert formulas(converted(soffice, b'"=1+1","x"\r\n', "bare.csv", tmp_path)) != []  # or nothing above was asked
