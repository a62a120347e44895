"""How an edition lies in the store, and what of it a process that starts loads: what is out or comes soon, and not too large."""

import random
import zlib
from datetime import timedelta
from itertools import count

import pytest

from miniapp.exam_scores import blocks
from miniapp.exam_scores.blocks import LEVEL
from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Exam, Policy
from tests.support.cloud import Cloud
from tests.support.exams import Bureau, csv_file, exam, verified
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


def test_blocks_are_as_large_as_the_way_of_asking_allows_and_no_larger(bureau: Bureau) -> None:
    chance = random.Random(7)
    rows = [
        [f"{number:06d}", *(chance.randrange(201) / 20 for _ in range(3)), "16/07/2011", "K7Q2M"]
        for number in range(3_000)
    ]
    body = csv_file(["sbd", "toan", "ngu_van", "ngoai_ngu", "ngay_sinh", "ma_tra_cuu"], rows)
    largest = {}
    for policy, factors in ((Policy.OPEN, ()), (Policy.VERIFIED, ("birth_date",)), (Policy.CODED, ("card_code",))):
        made = bureau.released(verified(slug=f"exam-{next(SLUGS)}", policy=policy, factors=factors), body)
        pointer = made.pointer(bureau.clock.now())
        assert pointer is not None
        manifest = bureau.store.manifest(made, pointer.build)
        segments = [
            bureau.store.segment(made.agency, made.slug, pointer.build, at) for at in range(len(manifest.sizes))
        ]
        largest[policy] = max(
            len(zlib.compress(raw, LEVEL)) for segment in segments for raw in blocks.raw_blocks(segment)
        )

    assert 2_000 < largest[Policy.OPEN] <= 4_000
    assert 4_000 < largest[Policy.VERIFIED] <= 8_000
    assert 4_000 < largest[Policy.CODED] <= 8_000


def test_each_segment_lies_on_a_key_of_its_own(bureau: Bureau, cloud: Cloud) -> None:
    made = out(bureau)
    segment = bytes(1_000)
    for place in range(40):
        bureau.store.keep_segment(made.agency, made.slug, "b" * 64, place, segment)

    found = cloud.admin("dynamodb").scan(
        TableName=cloud.settings.resource("exam_scores"),
        FilterExpression="sk = :sk AND contains(pk, :build)",
        ExpressionAttributeValues={":sk": {"S": "segment"}, ":build": {"S": "b" * 32}},
    )["Items"]
    assert len({item["pk"]["S"] for item in found}) == len(found) == 40
