"""Every real file that lies beside the checkout: it imports and shows what stands in it, or its real defects are named."""

import csv
from collections import Counter
from collections.abc import Iterable

import pytest

from miniapp.core.errors import Invalid
from miniapp.exam_scores import blocks
from miniapp.exam_scores.counting import count
from miniapp.exam_scores.findings import SEVERITY
from miniapp.exam_scores.model import Edition, Exam, FileState
from miniapp.exam_scores.statistics import Statistics
from tests.support import real_scores
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, UPLOADER, Bureau
from tests.support.real_data import real
from tests.support.real_scores import COLUMNS, RAW, TENTH_GRADE, YEARS, Real, codes, rows_of, year

SMALL = [*RAW, *TENTH_GRADE, year("2025")]
NORMAL = year("2019")
SAMPLE = 997


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def outcome(bureau: Bureau, given: Real, body: bytes) -> tuple[Exam, Edition]:
    """The file imported as an officer would, and everything that the table says about it."""
    made = bureau.office.add_exam(given.exam, UPLOADER)
    edition = bureau.imported(made, body)
    file = edition.files[0]
    expected = given.found | ({given.refused: 1} if given.refused else {})
    assert {kind.code: kind.count for kind in file.findings} == expected
    assert (file.rows, edition.candidates) == (given.rows, given.candidates)
    assert file.state is (FileState.REFUSED if given.refused else FileState.READ)
    assert edition.errors == sum(count for code, count in expected.items() if SEVERITY[code] == "error")
    return made, edition


def assert_every_row_is_shown(bureau: Bureau, made: Exam, rows: Iterable[dict[str, str]]) -> int:
    """Look every row up: by the parts of a look-up with each block unpacked once, and now and then as a citizen does."""
    pointer, build = bureau.looking_up.released(made)
    manifest, shape = build.manifest, build.shape
    raw: dict[int, bytes] = {}
    seen = 0
    for place, row in enumerate(rows):
        block = blocks.block_of(row["sbd"], manifest.blocks)
        if block not in raw:
            at = blocks.segment_of(block, manifest.firsts)
            raw[block] = blocks.raw_block(bureau.editions.segments.get(made, pointer.build, at), block)
        record = blocks.find(raw[block], shape, row["sbd"])
        assert record is not None, row
        wanted = codes(row, shape.subjects)
        held = shape.struct.unpack(record)
        assert held[1 : 1 + len(wanted)] == wanted, row
        if "ma_ngoai_ngu" in row:
            language = held[1 + len(wanted) + shape.extras.index("language")]
            assert language == int((row["ma_ngoai_ngu"] or "N0")[1]), row
        if place % SAMPLE == 0:
            found = bureau.looking_up.open(made, row["sbd"]).result
            assert tuple(found.scores[subject] for subject in shape.subjects) == wanted
        seen += 1
    return seen


def assert_statistics_are_the_census(statistics: Statistics, given: Real) -> None:
    """Against a census of the same file, made apart from this project."""
    census = real_scores.facts()["thpt"][given.path.split(".")[0]]
    assert statistics.population == census["rows"]
    assert {prefix: group[""][0] for prefix, group in statistics.prefixes.items()} == census["rows_by_prefix"]
    for column, known in census["subject"].items():
        if column not in COLUMNS:
            continue  # the published means of combined papers are derived
        mine = statistics.subjects[COLUMNS[column]]
        assert mine.population == known["n"]
        assert (min(mine.counts), max(mine.counts)) == (round(known["min"] * 100), round(known["max"] * 100))
        assert (mine.counts.get(0, 0), mine.counts.get(1000, 0)) == (known["n_zero"], known["n_ten"])
        assert abs(mine.mean - known["mean"] * 100) <= 0.51
        wanted = {round(float(score) * 100): number for score, number in census["distribution"][column].items()}
        assert dict(mine.counts) == wanted


@pytest.mark.parametrize("given", SMALL, ids=str)
def test_a_real_file_imports_or_its_defects_are_named(given: Real, bureau: Bureau) -> None:
    made, edition = outcome(bureau, given, given.file.read_bytes())

    if edition.errors:
        with pytest.raises(Invalid, match="edition_has_errors"):
            bureau.office.approve(made, edition.id, APPROVER, None)
        return
    made = bureau.office.approve(made, edition.id, APPROVER, None)
    if given in TENTH_GRADE or given in YEARS:
        assert assert_every_row_is_shown(bureau, made, rows_of(given)) == given.candidates


@pytest.mark.parametrize(
    ("name", "of", "prefix"),
    [
        ("2017_bac_kan_official_layout_names_blanked.xlsx", "2017", "11"),
        ("2017_prefix39_second_publication.csv.xz", "2017", "39"),
        ("2022_duyvothe_cluster06.csv.xz", "2022", "06"),
    ],
)
def test_a_raw_layout_gives_the_same_scores_as_the_cleaned_year(
    name: str, of: str, prefix: str, bureau: Bureau
) -> None:
    given = next(given for given in RAW if given.path.endswith(name))
    minus_one = {"minus_one": "not_taken"} if of == "2022" else {}
    made = bureau.released(given.exam, given.file.read_bytes(), **minus_one)

    assert assert_every_row_is_shown(bureau, made, rows_of(year(of), prefix)) == given.candidates


def test_scores_written_without_their_zero_are_the_same_as_in_the_cleaned_year(bureau: Bureau) -> None:
    given = next(given for given in RAW if "without_leading_zero" in given.path)
    made = bureau.released(given.exam, given.file.read_bytes())
    numbers = {row["SOBAODANH"] for row in rows_of(given)}

    rows = [row for row in rows_of(year("2016"), *{number[:3] for number in numbers}) if row["sbd"] in numbers]

    assert assert_every_row_is_shown(bureau, made, rows) == given.candidates


def test_the_second_publication_of_a_province_is_a_correction_of_the_first(bureau: Bureau) -> None:
    """Prefix 39 of 2017 came out without scores; the second file fills them all in."""
    first, second = (given for given in RAW if "prefix39" in given.path)
    made, edition = outcome(bureau, first, first.file.read_bytes())
    assert edition.errors == 1  # nobody may publish the empty file again

    made = bureau.office.exam(made.agency, made.slug)
    edition = bureau.imported(made, second.file.read_bytes())
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert (edition.added, edition.removed, edition.changed) == (second.candidates, 0, 0)
    assert assert_every_row_is_shown(bureau, made, rows_of(year("2017"), "39")) == second.candidates


def test_a_whole_year_imports_and_its_statistics_are_those_of_the_census(bureau: Bureau) -> None:
    made, edition = outcome(bureau, NORMAL, real_scores.plain(NORMAL))
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert_statistics_are_the_census(bureau.looking_up.released(made)[1].statistics, NORMAL)
    for row in (row for place, row in enumerate(rows_of(NORMAL)) if place % SAMPLE == 0):
        found = bureau.looking_up.open(made, row["sbd"]).result
        assert tuple(found.scores[subject] for subject in made.subjects) == codes(row, made.subjects)


@pytest.mark.sweep
@pytest.mark.parametrize("given", YEARS, ids=str)
def test_every_candidate_of_a_year_is_found_with_exactly_the_files_scores(given: Real, bureau: Bureau) -> None:
    made, edition = outcome(bureau, given, real_scores.plain(given))
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    assert_statistics_are_the_census(bureau.looking_up.released(made)[1].statistics, given)
    assert assert_every_row_is_shown(bureau, made, rows_of(given)) == given.candidates


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "without", "tolerance"), [("2017", "39", 43 + 470), ("2019", "", 0.003), ("2020", "", 0.003)]
)
def test_the_distributions_are_those_that_others_counted(name: str, without: str, tolerance: float) -> None:
    """An independent aggregate: 2017 lacks prefix 39 and 470 zeros there, the others lie within 0.3 %."""
    from miniapp.core.reading import read_rows
    from miniapp.exam_scores.gathering import Gathering

    given = year(name)
    with given.file.open("rb") as stream:
        run = Gathering(given.exam).take(read_rows(stream))
    records = [record for record in run.records if not (without and record.startswith(without.encode()))]
    statistics = count(records, run.shape, (), given.exam.prefix_length)
    theirs: dict[str, Counter[int]] = {}
    with real("reference_distributions/subject_score_distribution.csv").open(encoding="utf-8-sig") as text:
        for row in csv.DictReader(text):
            if row["year"] == name:
                theirs.setdefault(THEIR_WORDS[row["subject"]], Counter())[round(float(row["score"]) * 100)] += int(
                    row["count"]
                )

    for subject, held in theirs.items():
        mine = statistics.subjects[subject].counts
        apart = sum(abs(mine.get(score, 0) - held.get(score, 0)) for score in {*mine, *held})
        most = tolerance if tolerance > 1 else tolerance * sum(held.values())
        assert apart <= most, subject


THEIR_WORDS = {
    "Toan": "toan",
    "NguVan": "van",
    "NgoaiNgu": "nn",
    "VatLy": "li",
    "HoaHoc": "hoa",
    "SinhHoc": "sinh",
    "LichSu": "su",
    "DiaLy": "dia",
    "GDCD": "gdcd",
}
