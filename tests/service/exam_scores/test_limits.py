"""What an officer may set up at the limit still imports: every prefix its own, hundreds of combinations, hundreds of files."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice

import pytest

from miniapp.core.errors import NotFound
from miniapp.exam_scores.combination_files import COMBINATIONS_MOST
from miniapp.exam_scores.combinations import Combination
from miniapp.exam_scores.counting import PREFIXES_MOST
from miniapp.exam_scores.findings import OTHERS, VALUE_MOST
from miniapp.exam_scores.fitting import size
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.keeping import ImportLists
from miniapp.exam_scores.model import EditionState, Exam, FileState, Reason, ScoreFile
from miniapp.exam_scores.problem_list import ProblemList
from miniapp.exam_scores.service import FILES_MOST, NAME_MOST
from miniapp.exam_scores.statistics import Distribution, Figures, Statistics
from miniapp.exam_scores.store import BuildRow, build_key
from miniapp.exam_scores.subjects import vocabulary
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, UPLOADER, Bureau, csv_file, exam

SUBJECTS = tuple(vocabulary().subjects)
MOST = 400_000  # bytes that an item may have


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def items(bureau: Bureau, made: Exam, build: str) -> dict[str, int]:
    """The rows of a build beside its segments, and how many bytes their data has."""
    key = build_key(made.agency, made.slug, build)
    return {row.sk: len(bytes(row.data)) for row in BuildRow.query(key)}


def codes() -> Iterator[Combination]:
    """As many combinations as an officer may bring."""
    triples = islice(combinations(SUBJECTS, 3), COMBINATIONS_MOST)
    named = ((f"X{place:03d}", subjects) for place, subjects in enumerate(triples))
    return (Combination(code, subjects) for code, subjects in named)


def heavy() -> Statistics:
    """Statistics at every limit, of scores that no compression helps with."""
    chance = random.Random(7)
    subjects = {code: Distribution({at: chance.randrange(1, 99_999) for at in range(1_001)}) for code in SUBJECTS}
    totals = {one.code: Distribution({at: chance.randrange(1, 9_999) for at in range(3_001)}) for one in codes()}
    group = {code: Figures(*(chance.randrange(1, 999_999) for _ in range(5))) for code in ("", *SUBJECTS)}
    return Statistics(2_000_000, subjects, totals, {f"{at:05d}": group for at in range(PREFIXES_MOST)}, {}, 5_000)


def test_statistics_at_every_limit_are_kept_in_items_that_the_store_takes_and_go_with_their_build(
    bureau: Bureau,
) -> None:
    made = bureau.released(exam(), csv_file(["sbd", "toan"], [["02000001", "5"]]))
    manifest = bureau.store.manifest(made, made.next.build)
    counted = heavy()
    assert len(counted.packed()) > 2 * MOST
    bureau.store.forget_build(made, manifest)

    bureau.store.keep_statistics(made, manifest.build, counted)

    held = items(bureau, made, manifest.build)
    assert len(held) > 2 and max(held.values()) < MOST
    assert bureau.store.statistics(made, manifest.build) == counted
    bureau.store.forget_build(made, manifest)
    assert items(bureau, made, manifest.build) == {}


def test_statistics_that_lost_a_part_are_not_half_read(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    bureau.store.keep_statistics(made, "a" * 64, heavy())
    key = build_key(made.agency, made.slug, "a" * 64)
    last = sorted(items(bureau, made, "a" * 64))[-1]
    next(iter(BuildRow.query(key, BuildRow.sk == last))).delete()

    with pytest.raises(NotFound, match="build_unknown"):
        bureau.store.statistics(made, "a" * 64)


def test_an_exam_whose_every_number_is_a_prefix_imports_and_comes_out(bureau: Bureau) -> None:
    given = exam(subjects=SUBJECTS, combinations=tuple(codes()), prefix_length=16)
    made = bureau.office.add_exam(given, UPLOADER)
    rows = [[f"{place:08d}", *["7.25"] * len(SUBJECTS)] for place in range(PREFIXES_MOST + 40)]

    edition = bureau.imported(made, csv_file(["sbd", *SUBJECTS], rows))
    made = bureau.office.approve(made, edition.id, APPROVER, None)

    counted = bureau.store.statistics(made, edition.build)
    assert (edition.state, edition.errors) == (EditionState.CHECKED, 0)
    assert (len(counted.prefixes), counted.uncounted) == (PREFIXES_MOST, 40)
    assert {item.population for item in counted.combinations.values()} == {PREFIXES_MOST + 40}
    assert bureau.looking_up.open(made, f"{PREFIXES_MOST + 39:08d}").result.scores["toan"] == 725


def faulty_file(place: int) -> bytes:
    """A file of one candidate and many kinds of problems, with long words in them."""
    wide = "ế" * VALUE_MOST
    rows = [
        [f"{place:08d}", "5", "x", "x", "x"],
        ["", wide, "99", "99", "99"],
        [wide, "2024-01-05", "=A1", wide, "7.33"],
    ]
    rows += [["1E+07", "7.33", "7.33", "", ""], [f"{place}", "-1", "", "", ""], [f"{place:08d}", "5", "5", "5", "5"]]
    return csv_file(["sbd", "toan", f"van {wide}", f"li {wide}", wide], rows)


@pytest.mark.sweep
def test_as_many_files_as_there_may_be_with_many_problems_each_are_read_to_the_end(bureau: Bureau) -> None:
    made = bureau.office.add_exam(exam(), UPLOADER)
    begun = bureau.office.begin(made, UPLOADER, Reason.RELEASE)
    files = []
    for place in range(FILES_MOST):
        key, body = f"scores/{made.agency}/{made.slug}/{begun.id}/fil_{place}", faulty_file(place)
        bureau.files.put("uploads", key, body)
        name = "ế" * NAME_MOST
        files.append(ScoreFile(f"fil_{place}", name, key, UPLOADER, FileState.WAITING, len(body)))
    bureau.store.changing_edition(made, replace(begun, files=tuple(files), version=begun.version + 1)).alone()

    edition = bureau.importing.run(ImportEdition(made.agency, made.slug, begun.id))

    assert edition.state is EditionState.CHECKED
    assert size(edition) < MOST
    assert {item.state for item in edition.files} == {FileState.READ}
    assert len({item.errors for item in edition.files}) == 1 and edition.errors >= 8 * FILES_MOST
    named = [sum(kind.count for kind in item.findings if kind.severity == "error") for item in edition.files]
    assert named == [item.errors for item in edition.files]
    assert any(kind.code in OTHERS for item in edition.files for kind in item.findings)
    assert OTHERS.keys().isdisjoint(place.code for place in ProblemList(ImportLists(bureau.files), made, edition))
