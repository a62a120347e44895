"""Records laid into blocks and found again: what is there is found, what is not is not, whatever the numbers are."""

import hashlib
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.exam_scores import blocks
from miniapp.exam_scores.blocks import EXTRAS, Built, Shape

SUBJECTS = ("toan", "van", "nn", "li", "hoa", "sinh", "su", "dia", "gdcd")

numbers = st.text("0123456789ABCXYZ", min_size=1, max_size=16)
codes = st.one_of(st.integers(0, 1000), st.sampled_from([0xFFFF, 0xFFFE, 0xFFFD, 0xFFFC, 0xFFFB]))
shapes = st.builds(
    Shape,
    st.just(16),
    st.integers(1, 9).map(lambda count: SUBJECTS[:count]),
    st.sets(st.sampled_from(list(EXTRAS))).map(lambda names: tuple(name for name in EXTRAS if name in names)),
)


@st.composite
def sets(draw: st.DrawFn) -> tuple[Shape, list[bytes], dict[str, bytes]]:
    shape = draw(shapes)
    size = shape.size - shape.width
    held = {
        number: shape.key(number) + draw(st.binary(min_size=size, max_size=size))
        for number in draw(st.sets(numbers, max_size=60))
    }
    return shape, sorted(held.values()), held


def looked_up(built: Built, number: str) -> bytes | None:
    """What the read path does."""
    block = blocks.block_of(number, built.blocks)
    segment = built.segments[blocks.segment_of(block, built.firsts)]
    return blocks.find(blocks.raw_block(segment, block), built.shape, number)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(sets(), st.integers(40, 4_000), st.lists(numbers, max_size=20))
def test_every_record_is_found_and_no_other(
    given_set: tuple[Shape, list[bytes], dict[str, bytes]], most: int, others: list[str]
) -> None:
    shape, records, held = given_set
    built = blocks.build(records, shape, most)

    assert built.count == len(held)
    assert built.blocks & (built.blocks - 1) == 0
    for number, record in held.items():
        assert looked_up(built, number) == record
    for number in others:
        assert looked_up(built, number) == held.get(number)
    assert sorted(record for segment in built.segments for record in blocks.records(segment, shape)) == records


@settings(derandomize=True, max_examples=60, deadline=None)
@given(sets(), st.integers(40, 400))
def test_the_number_of_blocks_is_the_smallest_that_fits(
    given_set: tuple[Shape, list[bytes], dict[str, bytes]], most: int
) -> None:
    shape, records, _ = given_set
    built = blocks.build(records, shape, most)

    def fits(count: int) -> bool:
        held: dict[int, list[bytes]] = {}
        for record in records:
            held.setdefault(blocks.block_of(shape.result(record).number, count), []).append(record)
        return all(len(zlib.compress(b"".join(part), blocks.LEVEL)) <= most or len(part) == 1 for part in held.values())

    assert fits(built.blocks)
    assert built.blocks == 1 or not fits(built.blocks // 2)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(sets())
def test_a_pack_is_its_segments_and_the_hash_names_them(
    given_set: tuple[Shape, list[bytes], dict[str, bytes]],
) -> None:
    shape, records, _ = given_set
    built = blocks.build(records, shape, 400)

    assert blocks.split(built.pack, [len(segment) for segment in built.segments]) == list(built.segments)
    assert built.hashes == tuple(hashlib.sha256(segment).hexdigest() for segment in built.segments)
    assert built.digest == blocks.build(records, shape, 400).digest
    if records:
        other = [records[0][:-1] + bytes([records[0][-1] ^ 1]), *records[1:]]
        assert blocks.build(other, shape, 400).digest != built.digest


@settings(derandomize=True, max_examples=150, deadline=None)
@given(shapes, shapes, numbers, st.data())
def test_a_record_in_a_wider_shape_says_the_same(old: Shape, new: Shape, number: str, data: st.DataObject) -> None:
    values = [data.draw(codes) for _ in old.subjects]
    extras = [
        data.draw(st.binary(min_size=8, max_size=8) if EXTRAS[name] == "8s" else st.integers(0, 255))
        for name in old.extras
    ]
    record = old.struct.pack(old.key(number), *values, *extras, 7)

    held = new.result(blocks.reshaped(record, old, new))

    assert (held.number, held.change) == (number, 7)
    for subject in new.subjects:
        assert held.scores[subject] == dict(zip(old.subjects, values, strict=True)).get(subject, 0xFFFF)
    for name in new.extras:
        assert held.extras[name] == dict(zip(old.extras, extras, strict=True)).get(name, blocks.missing_extra(name))


def test_segments_are_items_that_the_store_takes() -> None:
    shape = Shape(8, SUBJECTS)
    noise = hashlib.shake_256(b"noise").digest(18 * 60_000)
    records = [shape.key(f"{place:08d}") + noise[place * 18 : place * 18 + 18] + b"\0" for place in range(60_000)]

    built = blocks.build(records, shape, 4_000)

    assert len(built.segments) > 1
    assert max(map(len, built.segments)) <= blocks.SEGMENT_MOST
    assert built.firsts[0] == 0
    assert list(built.firsts) == sorted(set(built.firsts))


def test_a_block_that_another_segment_holds_is_refused() -> None:
    shape = Shape(8, SUBJECTS)
    built = blocks.build([shape.key("1") + bytes(19)], shape, 4_000)

    with pytest.raises(ValueError, match="not in this segment"):
        blocks.raw_block(built.segments[0], 1)


@pytest.mark.parametrize(
    ("number", "places"),
    [("02000001", (0, 11, 2091)), ("02001234", (0, 13, 813)), ("66000003", (0, 15, 1423)), ("TDL000001", (0, 7, 695))],
)
def test_a_number_lies_in_the_same_block_in_every_process_and_in_every_release(
    number: str, places: tuple[int, ...]
) -> None:
    assert tuple(blocks.block_of(number, count) for count in (1, 16, 4096)) == places


def test_numbers_in_a_row_lie_all_over_the_blocks_and_blocks_are_about_equally_full() -> None:
    places = [blocks.block_of(f"02{number:06d}", 64) for number in range(40_000)]
    full = [places.count(block) for block in range(64)]

    assert max(full) < 1.3 * sum(full) / 64
    assert min(full) > 0.7 * sum(full) / 64
    assert sum(one == other for one, other in pairwise(places)) < 2 * len(places) / 64
