"""As many rows as a file may have, through to `checked`: whole, with its progress told, in bounded memory."""

import json
import multiprocessing
import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from miniapp.core.reading import MOST_ROWS
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import EditionState
from tests.load.one_import import bureau_at, gathered, peak
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, UPLOADER, Bureau, exam

BLOCK = 50_000
MEGABYTES = 800  # a quarter of what the function has
STAGES = ["reading", "comparing", "counting", "packing", "keeping"]


def lines() -> Iterator[bytes]:
    """A file at the limit, a block of rows at a time; whose scores are whose follows from the number."""
    yield b"sbd,toan,ngu_van,ngoai_ngu\n"
    chance = random.Random(7)
    scores = [f"{chance.randrange(201) / 20},{chance.randrange(41) / 4},{chance.randrange(51) / 5}" for _ in range(997)]
    for start in range(0, MOST_ROWS, BLOCK):
        numbers = range(start, start + BLOCK)
        yield "".join(f"{number:08d},{scores[number % 997]}\n" for number in numbers).encode()


def score(number: int) -> tuple[int, ...]:
    """What that file says of a candidate, in hundredths."""
    chance = random.Random(7)
    every = [(chance.randrange(201) * 5, chance.randrange(41) * 25, chance.randrange(51) * 20) for _ in range(997)]
    return every[number % 997]


def work(endpoint: str, agency: str, slug: str, edition: str, told: str) -> None:
    """Import in this process, and write down what was told of the progress and the peak of memory."""
    heard: list[tuple[str, int, int]] = []
    note = ImportEdition(agency, slug, edition)
    bureau_at(endpoint).importing.run(note, lambda *progress: heard.append(progress))
    Path(told).write_text(json.dumps({"heard": heard, "peak": peak()}))


@pytest.mark.sweep
def test_two_million_rows_are_checked_whole_with_their_progress_told(cloud: Cloud, tmp_path: Path) -> None:
    bureau = Bureau(cloud)
    made = bureau.office.add_exam(exam(), UPLOADER)
    begun = gathered(bureau, made, lines())
    told = tmp_path / "told.json"

    worker = multiprocessing.get_context("spawn").Process(
        target=work, args=(cloud.settings.aws_endpoint, made.agency, made.slug, begun.id, str(told))
    )
    worker.start()
    worker.join()

    assert worker.exitcode == 0
    edition = bureau.office.edition(made, begun.id)
    assert (edition.state, edition.errors, edition.candidates) == (EditionState.CHECKED, 0, MOST_ROWS)
    assert edition.files[0].rows == MOST_ROWS
    held = json.loads(told.read_text())
    print(f"peak memory {held['peak']} MB")
    assert held["peak"] <= MEGABYTES
    assert_progress(held["heard"], begun.files[0].size)
    made = bureau.office.approve(made, edition.id, APPROVER, None)
    assert bureau.store.statistics(made, edition.build).population == MOST_ROWS
    for number in (0, 1, 996, 997, MOST_ROWS // 2, MOST_ROWS - 1):
        found = bureau.looking_up.open(made, f"{number:08d}").result
        assert tuple(found.scores[subject] for subject in ("toan", "van", "nn")) == score(number)


def assert_progress(heard: list[tuple[str, int, int]], size: int) -> None:
    """Stage after stage, each from its beginning to its end and never back."""
    assert [stage for stage, _ in groupby(stage for stage, _, _ in heard)] == STAGES
    for stage in STAGES:
        told = [(done, total) for name, done, total in heard if name == stage]
        assert [done for done, _ in told] == sorted(done for done, _ in told)
        assert all(done <= total for done, total in told)
        if stage in ("counting", "keeping"):
            assert told[-1][0] == told[-1][1]
    read = [(done, total) for name, done, total in heard if name == "reading" and total > 1]
    assert read[-1] == (size, size) and len(read) > 50
