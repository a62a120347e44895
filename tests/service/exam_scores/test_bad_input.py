"""Every nasty file: what is said about it, where, and that nothing changes by it."""

import io

import pytest

from miniapp.core.errors import Invalid
from miniapp.core.reading import read_rows
from miniapp.exam_scores.findings import SEVERITY
from miniapp.exam_scores.gathering import Gathering
from miniapp.exam_scores.model import EditionState, Exam, FileState
from tests.support import nasty, nasty_files, nasty_tables
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, Bureau, csv_file, exam
from tests.support.nasty import Nasty

OUT = csv_file(["sbd", "toan", "ngu_van"], [["02999999", "9.25", "8"]])
ALL = [*nasty_files.ALL, *nasty_tables.ALL]
KINDS = list(dict.fromkeys(given.kind for given in ALL))


@pytest.mark.parametrize("kind", KINDS)
def test_nasty_files_are_named_and_change_nothing(kind: str, cloud: Cloud) -> None:
    bureau = Bureau(cloud)
    made = bureau.released(exam(), OUT)
    before = bureau.office.exam(made.agency, made.slug)

    wrong = {}
    for given in ALL:
        if given.kind == kind and (said := _outcome(bureau, made, given)) != _expected(given):
            wrong[given.name] = (said, _expected(given))

    assert wrong == {}
    bureau.later(seconds=6)
    assert bureau.office.exam(made.agency, made.slug) == before
    shown = bureau.looking_up.open(bureau.editions.exam(made.agency, made.slug), "02999999").result
    assert (shown.scores["toan"], shown.scores["van"]) == (925, 800)


def _outcome(bureau: Bureau, made: Exam, given: Nasty) -> dict[str, object]:
    edition = bureau.imported(made, given.body(), *(body() for body in given.more), **given.options)
    file = edition.files[-1]
    code = given.refused or next(iter(given.found), "")
    first = next((kind for kind in file.findings if kind.code == code), None)
    assert edition.state is EditionState.CHECKED
    if any(SEVERITY[kind.code] == "error" for kind in file.findings):
        with pytest.raises(Invalid, match="edition_has_errors"):
            bureau.office.approve(made, edition.id, APPROVER, None)
    return {
        "found": {kind.code: kind.count for kind in file.findings},
        "state": file.state,
        "candidates": edition.candidates,
        "place": (first.row, first.column, first.value) if first and given.place else None,
    }


def _expected(given: Nasty) -> dict[str, object]:
    return {
        "found": given.found | ({given.refused: 1} if given.refused else {}),
        "state": FileState.REFUSED if given.refused else FileState.READ,
        "candidates": 0 if given.refused else given.candidates,
        "place": given.place,
    }


def test_a_bomb_is_left_before_it_is_unpacked() -> None:
    body = nasty.gzip_bomb()
    gathering = Gathering(exam())

    with pytest.raises(Invalid, match="file_too_large"):
        gathering.take(read_rows(io.BytesIO(body)))

    assert len(body) < 2_000_000


def test_the_table_has_at_least_twelve_kinds_and_at_most_eight_files_of_a_kind() -> None:
    kinds = [given.kind for given in ALL]

    assert len(KINDS) >= 12
    assert max(map(kinds.count, kinds)) <= 8
