"""The last look before a release: is what is kept what was checked? For approving; it changes nothing.

Every segment is read again and compared with its hash and with the pack, every record counted, and a sample of each
segment looked up the way a citizen's look-up does it."""

import hashlib
from collections.abc import Callable

from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.files import Files
from miniapp.exam_scores import blocks
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.store import ExamScoreStore, Manifest

PACKS = "packs"
SAMPLE = 50


def verify_build(
    store: ExamScoreStore,
    files: Files,
    exam: Exam,
    manifest: Manifest,
    pack_most: int,
    tell: Callable[[int, int], None],
) -> None:
    """Every segment and the pack against the manifest, and a sample looked up; Unavailable `build_damaged`."""
    packed = _packed(files, manifest, pack_most)
    shape = manifest.shape
    total = 0
    for place, digest in enumerate(manifest.hashes):
        segment = _segment(store, exam, manifest, place)
        if hashlib.sha256(segment).hexdigest() != digest or packed[place] != segment:
            raise Unavailable("build_damaged", segment=place)
        total += sum(len(raw) // shape.size for raw in blocks.raw_blocks(segment))
        _look_up_some(manifest, segment)
        tell(place + 1, len(manifest.hashes))
    if total != manifest.count or blocks.overall(manifest.hashes, shape, manifest.blocks) != manifest.build:
        raise Unavailable("build_damaged", segment=-1)


def _packed(files: Files, manifest: Manifest, pack_most: int) -> list[bytes]:
    """The pack's segments; one that is gone, or of another length, is damage."""
    try:
        pack = files.get(PACKS, manifest.pack, max(pack_most, sum(manifest.sizes)))
    except NotFound:
        raise Unavailable("build_damaged", segment=-1) from None
    if len(pack) != sum(manifest.sizes):
        raise Unavailable("build_damaged", segment=-1)
    return blocks.split(pack, manifest.sizes)


def _segment(store: ExamScoreStore, exam: Exam, manifest: Manifest, place: int) -> bytes:
    """A segment as kept: an eventually consistent read that finds none is a reason to try again, not to go on."""
    try:
        return store.segment(exam.agency, exam.slug, manifest.build, place)
    except NotFound:
        raise Unavailable("build_damaged", segment=place) from None


def _look_up_some(manifest: Manifest, segment: bytes) -> None:
    shape = manifest.shape
    for place, record in enumerate(blocks.records(segment, shape)):
        if place >= SAMPLE:
            return
        number = shape.result(record).number
        block = blocks.block_of(number, manifest.blocks)
        if blocks.find(blocks.raw_block(segment, block), shape, number) != record:
            raise Unavailable("build_damaged", segment=blocks.segment_of(block, manifest.firsts))
