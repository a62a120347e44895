"""What is approved is what was checked: one byte off anywhere, and nobody releases it; look-ups don't trust a pack either."""

import hashlib
import json
import logging
from collections.abc import Callable

import pytest

from miniapp.core.errors import Unavailable
from miniapp.exam_scores.model import Edition, EditionState, Exam
from miniapp.exam_scores.store import BuildRow, Manifest, build_key
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, HOUR, UPLOADER, Bureau, csv_file, exam

ROWS = [[f"02{place:06d}", f"{place % 41 * 25 / 100:.2f}", "5"] for place in range(3_000)]
FILE = csv_file(["sbd", "toan", "ngu_van"], ROWS)


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud, HOUR)


@pytest.fixture
def checked(bureau: Bureau) -> tuple[Exam, Edition]:
    held = bureau.office.add_exam(exam(), UPLOADER)
    return held, bureau.imported(held, FILE)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def segment_row(held: Exam, build: str, place: int = 0) -> BuildRow:
    return BuildRow.get(f"{build_key(held.agency, held.slug, build)}#{place}", "segment")


def manifest_changed(held: Exam, build: str, **changes: object) -> None:
    row = BuildRow.get(build_key(held.agency, held.slug, build), "manifest")
    row.data = json.dumps({**json.loads(row.data), **changes}).encode()
    row.save()


def one_byte_of_a_segment(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    row = segment_row(held, manifest.build)
    row.data = flipped(bytes(row.data), len(row.data) // 2)
    row.save()


def last_byte_of_a_segment(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    row = segment_row(held, manifest.build)
    row.data = flipped(bytes(row.data), len(row.data) - 1)
    row.save()


def a_segment_gone(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    segment_row(held, manifest.build).delete()


def one_byte_of_the_pack(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    pack = bureau.files.get("packs", manifest.pack, 1 << 30)
    bureau.files.put("packs", manifest.pack, flipped(pack, len(pack) // 2))


def a_pack_cut_short(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    bureau.files.put("packs", manifest.pack, bureau.files.get("packs", manifest.pack, 1 << 30)[:-1])


def a_pack_with_more_behind(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    bureau.files.put("packs", manifest.pack, bureau.files.get("packs", manifest.pack, 1 << 30) + b"x")


def the_pack_gone(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    bureau.files.remove("packs", manifest.pack)


def a_hash_changed(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    first = manifest.hashes[0]
    manifest_changed(held, manifest.build, hashes=[first[:-1] + ("0" if first[-1] != "0" else "1")])


def segment_and_hash_changed(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    """Somebody who can write to the table alone: the pack still tells."""

    one_byte_of_a_segment(bureau, held, manifest)
    digest = hashlib.sha256(bytes(segment_row(held, manifest.build).data)).hexdigest()
    manifest_changed(held, manifest.build, hashes=[digest])


def a_count_changed(bureau: Bureau, held: Exam, manifest: Manifest) -> None:
    manifest_changed(held, manifest.build, count=manifest.count + 1)


DAMAGES: list[Callable[[Bureau, Exam, Manifest], None]] = [
    one_byte_of_a_segment,
    last_byte_of_a_segment,
    a_segment_gone,
    one_byte_of_the_pack,
    a_pack_cut_short,
    a_pack_with_more_behind,
    the_pack_gone,
    a_hash_changed,
    segment_and_hash_changed,
    a_count_changed,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_scores_are_not_approved_and_the_pointer_stays(
    bureau: Bureau, checked: tuple[Exam, Edition], damage: Callable[[Bureau, Exam, Manifest], None]
) -> None:
    held, edition = checked
    damage(bureau, held, bureau.store.manifest(held, edition.build))

    with pytest.raises(Unavailable) as refusal:
        bureau.office.approve(held, edition.id, APPROVER, None)

    assert refusal.value.code == "build_damaged"
    after = bureau.office.exam(held.agency, held.slug)
    assert (after.live, after.next, after.version) == (None, None, held.version)
    assert bureau.office.edition(held, edition.id).state is EditionState.CHECKED


def test_what_is_whole_is_approved(bureau: Bureau, checked: tuple[Exam, Edition]) -> None:
    held, edition = checked

    assert bureau.office.approve(held, edition.id, APPROVER, None).next


@pytest.mark.parametrize(
    "damage", [one_byte_of_the_pack, a_pack_cut_short, the_pack_gone], ids=lambda item: item.__name__
)
def test_a_damaged_pack_is_told_while_warming_and_look_ups_go_on_from_segments(
    bureau: Bureau,
    checked: tuple[Exam, Edition],
    damage: Callable[[Bureau, Exam, Manifest], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    held, edition = checked
    out = bureau.office.approve(held, edition.id, APPROVER, None)
    damage(bureau, held, bureau.store.manifest(held, edition.build))
    fresh = bureau.fresh_process()

    with caplog.at_level(logging.WARNING):
        assert fresh.warm() == 0

    assert "pack_not_loaded" in caplog.text
    pointer = out.pointer(bureau.clock.now())
    assert pointer is not None
    build = fresh.build(out, pointer)
    for number, first, _ in ROWS[::500]:
        record = fresh.record(out, build, number)
        assert record is not None
        assert build.shape.result(record).scores["toan"] == round(float(first) * 100)
    assert fresh.segments.reads > 0
