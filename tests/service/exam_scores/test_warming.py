"""What a process that starts loads: packs of exams that release within a day or did within a week, and none that is too large."""

from datetime import timedelta
from itertools import count

import pytest

from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Exam
from tests.support.cloud import Cloud
from tests.support.exams import Bureau, csv_file, exam
from tests.support.faults import CountedCalls

NUMBERS = [f"02{number:06d}" for number in range(400)]
FILE = csv_file(["sbd", "toan", "ngu_van"], [[number, int(number) % 11, 5] for number in NUMBERS])
SLUGS = count()


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def out(bureau: Bureau, after: timedelta | None = None) -> Exam:
    """An exam that is out, or comes out after a time."""
    at = bureau.clock.now() + after if after is not None else None
    return bureau.released(exam(slug=f"exam-{next(SLUGS)}"), FILE, at=at)


def process(bureau: Bureau, pack_most: int) -> Editions:
    """A process that loads no pack larger than this."""
    return Editions(bureau.store, bureau.files, bureau.clock, 5, 60, 64 << 20, pack_most)


def everybody_is_found(bureau: Bureau, made: Exam, editions: Editions) -> None:
    reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    for number in NUMBERS:
        assert reader.open(made, number).result.scores["toan"] == int(number) % 11 * 100


def test_a_pack_is_loaded_from_a_day_before_its_release_to_a_week_after_it(bureau: Bureau) -> None:
    out(bureau, timedelta(hours=24, minutes=1))
    loaded = []
    for span in ({"minutes": 0}, {"minutes": 1}, {"hours": 24}, {"days": 7}, {"minutes": 1}):
        bureau.later(**span)
        loaded.append(bureau.fresh_process().warm())

    assert loaded == [0, 1, 1, 1, 0]


def test_a_process_that_loaded_the_pack_reads_no_segment_and_one_object(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    editions = bureau.fresh_process()
    with CountedCalls(cloud.aws) as calls:
        assert editions.warm() == 1
    assert [call for call in calls.calls if "GetObject" in call] == calls.calls[-1:]

    everybody_is_found(bureau, made, editions)

    assert editions.segments.reads == 0


def test_a_pack_that_is_too_large_is_not_fetched_and_each_segment_is_read_once(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    pointer = made.pointer(bureau.clock.now())
    assert pointer is not None
    sizes = bureau.store.manifest(made, pointer.build).sizes
    assert process(bureau, sum(sizes)).warm() == 1
    editions = process(bureau, sum(sizes) - 1)

    with CountedCalls(cloud.aws) as calls:
        assert editions.warm() == 0
    assert not [call for call in calls.calls if "GetObject" in call]
    for _ in range(2):
        everybody_is_found(bureau, made, editions)

    assert editions.segments.reads == len(sizes)
