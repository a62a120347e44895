"""What a process remembers of segments and their blocks: never too much, never another build's, and segments longest."""

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from miniapp.exam_scores import blocks
from miniapp.exam_scores.blocks import Built, Shape
from miniapp.exam_scores.editions import ENTRY, Segments
from miniapp.exam_scores.store import ExamScoreStore, Manifest
from tests.support.exams import exam

SHAPE = Shape(8, ("toan", "van", "nn"))
EXAM = exam()
AMPLE = 1 << 20


def built(mark: int) -> Built:
    """An edition of one segment with many blocks; every record says which edition it is of."""
    records = [
        SHAPE.struct.pack(SHAPE.key(f"{place:08d}"), mark, place % 1001, place * 7 % 1001, 0) for place in range(600)
    ]
    made = blocks.build(records, SHAPE, 150)
    assert len(made.segments) == 1 and made.blocks >= 16
    return made


BUILDS = [built(mark) for mark in range(6)]
SEGMENTS = sum(len(one.segments[0]) + ENTRY for one in BUILDS)


class Store:
    """The segments of these builds, and which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def segment(self, agency: str, slug: str, build: str, place: int) -> bytes:
        self.asked.append(build)
        return next(one.segments[place] for one in BUILDS if one.digest == build)


@pytest.fixture
def store() -> Store:
    return Store()


def remembered(store: Store, most: int) -> Segments:
    return Segments(cast(ExamScoreStore, store), most)


def manifest(one: Built) -> Manifest:
    return Manifest(one.digest, SHAPE.width, SHAPE.subjects, (), one.count, one.blocks, one.firsts, (), (), "")


def every_block() -> list[tuple[Built, int]]:
    """Block after block, all builds in turn."""
    return [(one, block) for block in range(16) for one in BUILDS]


def test_a_block_is_that_of_its_own_build_whether_remembered_or_not(store: Store) -> None:
    segments = remembered(store, AMPLE)
    for _ in range(2):
        for one, block in every_block():
            assert segments.block(EXAM, manifest(one), block) == blocks.raw_block(one.segments[0], block)
    assert segments.reads == len(BUILDS)


def test_a_remembered_block_is_not_unpacked_again(store: Store) -> None:
    segments = remembered(store, AMPLE)
    assert segments.block(EXAM, manifest(BUILDS[0]), 3) is segments.block(EXAM, manifest(BUILDS[0]), 3)


def test_unpacked_blocks_stay_in_the_room_that_segments_leave(store: Store) -> None:
    most = SEGMENTS + 5_000
    segments = remembered(store, most)
    for _ in range(2):
        for one, block in every_block():
            segments.block(EXAM, manifest(one), block)
            assert segments.size <= most
    assert segments.size > SEGMENTS, "some are remembered"
    assert segments.reads == len(BUILDS), "no segment had to go for them"


def test_without_any_room_blocks_are_unpacked_and_not_remembered(store: Store) -> None:
    segments = remembered(store, SEGMENTS)
    for one, block in every_block() * 2:
        assert segments.block(EXAM, manifest(one), block) == blocks.raw_block(one.segments[0], block)
        assert segments.size <= SEGMENTS
    assert segments.reads == len(BUILDS)


def test_a_new_segment_takes_the_room_of_blocks_first(store: Store) -> None:
    first, second = BUILDS[:2]
    most = len(first.segments[0]) + len(second.segments[0]) + 2 * ENTRY
    segments = remembered(store, most)
    for block in range(16):
        segments.block(EXAM, manifest(first), block)

    segments.keep(second.digest, 0, second.segments[0])

    assert segments.size == most
    segments.get(EXAM, first.digest, 0)
    segments.get(EXAM, second.digest, 0)
    assert segments.reads == 1


def test_the_segment_that_nobody_asked_for_longest_is_forgotten(store: Store) -> None:
    one, two, three = BUILDS[:3]
    segments = remembered(store, 2 * max(len(each.segments[0]) + ENTRY for each in (one, two, three)))
    for each in (one, two, one, three, one):
        segments.get(EXAM, each.digest, 0)
    assert store.asked == [one.digest, two.digest, three.digest]

    segments.get(EXAM, two.digest, 0)

    assert store.asked[-1] == two.digest


@pytest.mark.parametrize("most", [SEGMENTS // 2, SEGMENTS + 3_000, AMPLE])
def test_many_threads_get_their_own_blocks_within_the_bound(store: Store, most: int) -> None:
    segments = remembered(store, most)

    def walk(start: int) -> int:
        places = every_block() * 4
        for one, block in places[start:] + places[:start]:
            assert segments.block(EXAM, manifest(one), block) == blocks.raw_block(one.segments[0], block)
        return len(places)

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(walk, range(0, 80, 10)))) == 8
    assert 0 < segments.size <= most
