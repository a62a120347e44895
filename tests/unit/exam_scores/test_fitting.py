"""An edition's row fits its item at every limit, and says how much it leaves to the lists."""

from dataclasses import replace

import pytest

from miniapp.exam_scores.findings import ERRORS, OTHERS, SEVERITY, VALUE_MOST, WARNINGS
from miniapp.exam_scores.fitting import FEWER, ROW_MOST, fitted, size
from miniapp.exam_scores.model import TOGETHER, Edition, EditionState, FileState, Finding, ScoreFile
from miniapp.exam_scores.service import FILES_MOST, NAME_MOST
from miniapp.exam_scores.together import NAMED_MOST
from tests.support.exams import HOUR

ITEM = 400_000
WIDE = "ế"  # three bytes
OWN = sorted((ERRORS | WARNINGS) - TOGETHER - {"total_apart"})


def faulty(place: int, kinds: int, text: str = WIDE * VALUE_MOST) -> ScoreFile:
    """A file with everything wrong with it, in itself and beside the others, and the longest names."""
    own = [Finding(code, SEVERITY[code], 1_000_000, 1_000_000, text, text) for code in OWN[:kinds]]
    beside = [
        Finding(code, SEVERITY[code], 7, 0 if code == "total_apart" else 1_000_000, text, text + text)
        for code in ("number_in_two_files", "total_apart")
        for _ in range(min(kinds, NAMED_MOST))
    ]
    found = tuple([*beside, *own])
    return ScoreFile(
        id=f"fil_{place:022d}",
        name=WIDE * NAME_MOST,
        key=f"scores/{'a' * 40}/{'b' * 60}/edn_{'c' * 22}/fil_{place:022d}",
        uploader="off_" + "d" * 22,
        state=FileState.READ,
        size=200_000_000,
        rows=2_000_000,
        errors=sum(kind.count for kind in found if kind.severity == "error"),
        warnings=sum(kind.count for kind in found if kind.severity == "warning"),
        started_at="2026-07-16T01:00:00.000Z",
        beat_at="2026-07-16T01:00:00.000Z",
        run=f"runs/{'a' * 40}/{'b' * 60}/edn_{'c' * 22}/fil_{place:022d}",
        findings=found,
    )


def edition(files: int, kinds: int) -> Edition:
    held = tuple(faulty(place, kinds) for place in range(files))
    return Edition("edn_" + "c" * 22, "a#b", EditionState.GATHERING, HOUR, files=held)


def sums(item: ScoreFile) -> dict[tuple[str, bool], int]:
    """How many errors and warnings its findings name, its own and those beside others."""
    found: dict[tuple[str, bool], int] = {}
    for kind in item.findings:
        key = kind.severity, kind.is_together
        found[key] = found.get(key, 0) + kind.count
    return found


@pytest.mark.parametrize("files", [1, 20, FILES_MOST])
def test_with_everything_wrong_in_every_file_the_row_fits_and_counts_as_before(files: int) -> None:
    given = edition(files, len(OWN))

    made = fitted(given)

    assert size(made) < ITEM - 10_000
    assert [sums(item) for item in made.files] == [sums(item) for item in given.files]
    assert [replace(item, findings=()) for item in made.files] == [replace(item, findings=()) for item in given.files]
    assert all(item.findings for item in made.files)
    assert [item.alone().errors for item in made.files] == [item.alone().errors for item in given.files]


def test_what_fits_is_left_as_it_is() -> None:
    given = edition(3, 10)

    assert size(given) <= ROW_MOST
    assert fitted(given) == given


def test_what_was_made_to_fit_is_made_to_fit_again_with_more_files() -> None:
    given = fitted(edition(60, len(OWN)))
    more = replace(given, files=(*given.files, *(faulty(place, len(OWN)) for place in range(60, FILES_MOST))))

    made = fitted(more)

    assert size(made) < ITEM - 10_000
    assert [sums(item) for item in made.files] == [sums(item) for item in edition(FILES_MOST, len(OWN)).files]


def test_the_first_finding_of_a_file_is_still_the_first_and_others_are_said() -> None:
    made = fitted(edition(FILES_MOST, len(OWN)))

    own = [kind for kind in made.files[0].findings if not kind.is_together]
    assert own[0].code == OWN[0]
    assert {kind.code for kind in own[1:]} == set(OTHERS)
    assert FEWER[-1] == 1
