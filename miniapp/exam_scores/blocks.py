"""How an edition is kept: fixed-width records in compressed blocks, blocks in segments, segments in a pack.

For building and reading editions. A block is the unit of decoding, a segment one DynamoDB item, the pack all segments
in one object. Which block a number lies in is a hash, so load is even and the order can't be walked. Pure: bytes in,
bytes out; nothing here knows a table or a bucket."""

import hashlib
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from miniapp.exam_scores.scores import NOT_TAKEN

BLOCK_MOST = {"open": 4_000, "verified": 8_000, "coded": 8_000}  # bytes, compressed
SEGMENT_MOST = 380_000
BLOCKS_MOST = 1 << 20
LEVEL = 6
NO_FIGURE = 0xFFFF
EXTRAS = {"language": "B", "outcome": "B", "benchmark": "H", "bonus": "H", "total": "H", "factor": "8s"}
_HEAD = struct.Struct(">IH")  # first block, number of blocks


@dataclass(frozen=True)
class Shape:
    """The layout of one record: number (ASCII, padded with NUL), a code per subject, extras, the change byte last."""

    width: int
    subjects: tuple[str, ...]
    extras: tuple[str, ...] = ()

    @cached_property
    def struct(self) -> struct.Struct:
        """The record as `struct` packs it, big-endian."""
        extras = "".join(EXTRAS[name] for name in self.extras)
        return struct.Struct(f">{self.width}s{len(self.subjects)}H{extras}B")

    @property
    def size(self) -> int:
        """Bytes per record."""
        return self.struct.size

    def key(self, number: str) -> bytes:
        """A number as records hold it; too long a one is a key that no record has."""
        return number.encode("ascii", "replace").ljust(self.width, b"\0")

    def result(self, record: bytes) -> "Result":
        """One record, read."""
        number, *rest = self.struct.unpack(record)
        count = len(self.subjects)
        return Result(
            number.rstrip(b"\0").decode("ascii"),
            dict(zip(self.subjects, rest[:count], strict=True)),
            dict(zip(self.extras, rest[count:-1], strict=True)),
            rest[-1],
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One candidate's result: codes per subject (see `scores`), extras by name, the correction it is from (0: none)."""

    number: str
    scores: dict[str, int]
    extras: dict[str, int | bytes]
    change: int = 0

    @property
    def language(self) -> int:
        """1-7 for N1-N7, 0 unknown."""
        return int(self.extras.get("language", 0) or 0)

    def figure(self, name: str) -> int | None:
        """`benchmark`, `bonus` or `total` in hundredths, if the file had it."""
        value = self.extras.get(name, NO_FIGURE)
        return None if value == NO_FIGURE else int(value)


def block_of(number: str, blocks: int) -> int:
    """The block a number lies in, if it lies anywhere."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") % blocks


@dataclass(frozen=True)
class Built:
    """A finished set: number of blocks, segments with their first block, hashes (hex SHA-256) and the hash over all."""

    shape: Shape
    count: int
    blocks: int
    firsts: tuple[int, ...]
    segments: tuple[bytes, ...]
    hashes: tuple[str, ...]
    digest: str

    @property
    def pack(self) -> bytes:
        """All segments in one object."""
        return b"".join(self.segments)


def build(records: Sequence[bytes], shape: Shape, block_most: int) -> Built:
    """Lay records (sorted by number) into the smallest power of two of blocks whose largest is ≤ `block_most` bytes."""
    hashes = _hashes(records, shape.width)
    blocks, packed = _blocks(records, hashes, shape.size, block_most)
    segments, firsts = _segments(packed)
    digests = tuple(hashlib.sha256(segment).hexdigest() for segment in segments)
    return Built(shape, len(records), blocks, firsts, segments, digests, overall(digests, shape, blocks))


def overall(digests: Iterable[str], shape: Shape, blocks: int) -> str:
    """The hash over all: names the build and its pack."""
    text = f"{shape.width},{','.join(shape.subjects)},{','.join(shape.extras)},{blocks},{','.join(digests)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(records: Sequence[bytes], width: int) -> Sequence[int]:
    """The first four bytes of every number's hash; as objects they would need half as much memory as the records."""
    sha256, number = hashlib.sha256, int.from_bytes
    return array("I", (number(sha256(record[:width].rstrip(b"\0")).digest()[:4], "big") for record in records))


def _blocks(records: Sequence[bytes], hashes: Sequence[int], size: int, most: int) -> tuple[int, list[bytes]]:
    blocks = 1
    while blocks < BLOCKS_MOST and len(records) * size > blocks * most * 8:
        blocks *= 2  # eight times smaller than plain is more than any real file compresses: never too many
    while True:
        packed = _packed(records, hashes, blocks, most)
        if packed is not None or blocks >= BLOCKS_MOST:
            return blocks, packed or []
        blocks *= 2


def _packed(records: Sequence[bytes], hashes: Sequence[int], blocks: int, most: int) -> list[bytes] | None:
    """Every block compressed, or None as soon as one is too large."""
    mask = blocks - 1
    buckets: list[list[bytes]] = [[] for _ in range(blocks)]
    for record, mark in zip(records, hashes, strict=True):
        buckets[mark & mask].append(record)
    packed = []
    for bucket in buckets:
        block = zlib.compress(b"".join(bucket), LEVEL)
        if len(block) > most and len(bucket) > 1:
            return None
        packed.append(block)
    return packed


def _segments(packed: list[bytes]) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    segments, firsts = [], []
    start = 0
    while start < len(packed):
        end, size = start, _HEAD.size + 4
        while end < len(packed) and size + 4 + len(packed[end]) <= SEGMENT_MOST:
            size += 4 + len(packed[end])
            end += 1
        end = max(end, start + 1)
        firsts.append(start)
        segments.append(_segment(start, packed[start:end]))
        start = end
    return tuple(segments), tuple(firsts)


def _segment(first: int, blocks: list[bytes]) -> bytes:
    offsets, place = [], _HEAD.size + 4 * (len(blocks) + 1)
    for block in blocks:
        offsets.append(place)
        place += len(block)
    offsets.append(place)
    return _HEAD.pack(first, len(blocks)) + struct.pack(f">{len(offsets)}I", *offsets) + b"".join(blocks)


def raw_block(segment: bytes, block: int) -> bytes:
    """The records of one block of a segment, unpacked; ValueError when the segment does not hold it."""
    first, count = _HEAD.unpack_from(segment)
    place = block - first
    if not 0 <= place < count:
        raise ValueError("block is not in this segment")
    start, end = struct.unpack_from(">II", segment, _HEAD.size + 4 * place)
    return zlib.decompress(segment[start:end])


def segment_of(block: int, firsts: Sequence[int]) -> int:
    """The place of the segment that holds a block."""
    return bisect_right(firsts, block) - 1


def find(raw: bytes, shape: Shape, number: str) -> bytes | None:
    """The record of a number in an unpacked block, by bisection."""
    size, width, key = shape.size, shape.width, shape.key(number)
    if len(key) > width:
        return None
    places = range(len(raw) // size)
    place = bisect_left(places, key, key=lambda index: raw[index * size : index * size + width])
    start = place * size
    return raw[start : start + size] if raw[start : start + width] == key else None


def records(segment: bytes, shape: Shape) -> Iterator[bytes]:
    """Every record of a segment, block after block."""
    for raw in raw_blocks(segment):
        for start in range(0, len(raw), shape.size):
            yield raw[start : start + shape.size]


def raw_blocks(segment: bytes) -> Iterator[bytes]:
    """Every block of a segment, unpacked, in order."""
    first, count = _HEAD.unpack_from(segment)
    for block in range(first, first + count):
        yield raw_block(segment, block)


def reshaped(record: bytes, old: Shape, new: Shape) -> bytes:
    """A record of another shape in ours: what it lacks is not taken, what we lack is dropped."""
    held = old.result(record)
    codes = [held.scores.get(subject, NOT_TAKEN) for subject in new.subjects]
    extras = [held.extras.get(name, missing_extra(name)) for name in new.extras]
    return new.struct.pack(new.key(held.number), *codes, *extras, held.change)


def missing_extra(name: str) -> int | bytes:
    """What an extra is where the file said nothing."""
    kind = EXTRAS[name]
    return b"\0" * 8 if kind == "8s" else NO_FIGURE if kind == "H" else 0


def split(pack: bytes, sizes: Sequence[int]) -> list[bytes]:
    """A pack back into its segments."""
    found, place = [], 0
    for size in sizes:
        found.append(pack[place : place + size])
        place += size
    return found
