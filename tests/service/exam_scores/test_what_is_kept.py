"""Of what a person must know to read a slip, a keyed hash is kept and nothing else: no name, no birth date, no code.

The file itself lies in the bucket of uploads until its days are over (`test_erasing`); it is the one place."""

import re
import zlib
from collections.abc import Iterator

from miniapp.exam_scores import blocks
from tests.support.askers import asker
from tests.support.cloud import Cloud
from tests.support.exams import Bureau, csv_file, verified

FACTORS = ("birth_date", "full_name", "identity_last4", "card_code")
HEADER = ["sbd", "toan", "ngu_van", "ngoai_ngu", "ngay_sinh", "ho_ten", "cccd", "ma_tra_cuu"]
PERSON = ["17/09/2011", "Phạm Thị Ngọc Khuê", "036211004821", "K7Q2MZ9X"]
TYPED = dict(zip(FACTORS, (*PERSON[:2], "4821", PERSON[3]), strict=True))
# However it might be written: as typed, without accents, glued, as a machine writes dates.
TRACES = re.compile(
    "phạm thị ngọc khuê|pham.?thi.?ngoc.?khue|17.?0?9.?2011|2011.?0?9.?17|036211004821|k7q2mz9x", re.IGNORECASE
)
NUMBER, WRONG = "012345", "012346"


def unpacked(body: bytes) -> Iterator[bytes]:
    """A body as it is, and everything that was compressed into it."""
    yield body
    for found in re.finditer(b"\x78[\x01\x5e\x9c\xda]", body):
        try:
            yield zlib.decompressobj().decompress(body[found.start() :])
        except zlib.error:
            continue


def objects(cloud: Cloud) -> Iterator[tuple[str, bytes]]:
    """Every object of every bucket, by its name."""
    s3 = cloud.admin("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for held in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = s3.get_object(Bucket=bucket["Name"], Key=held["Key"])["Body"].read()
            yield f"{bucket['Name']}/{held['Key']}", b"\n".join(unpacked(body))


def rows(cloud: Cloud) -> Iterator[tuple[str, bytes]]:
    """Every row of every table."""
    dynamodb = cloud.admin("dynamodb")
    for table in cloud.stack.tables:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from ((table, str(item).encode()) for item in page["Items"])


def traces(told: bytes) -> list[str]:
    return TRACES.findall(told.decode("utf-8", "replace"))


def test_nothing_that_a_person_must_know_is_kept_but_as_a_keyed_hash(cloud: Cloud) -> None:
    bureau = Bureau(cloud)
    made = bureau.office.add_exam(verified(factors=FACTORS), "off_uploader")
    bad = bureau.imported(made, csv_file(HEADER, [[WRONG, "xx", "5", "11", *PERSON], [NUMBER, 8, 7, 9, *PERSON]]))
    assert bad.errors == 2
    made = bureau.released(made, csv_file(HEADER, [[NUMBER, 8, 7, 9, *PERSON]]))
    bureau.later(days=1)

    _, found = bureau.looking_up.verified(made, NUMBER, TYPED, asker(bureau.clock, "form"))
    held = dict(objects(cloud))
    pointer = made.pointer(bureau.clock.now())
    assert (found, pointer is not None) == (NUMBER, True)
    manifest = bureau.store.manifest(made, pointer.build if pointer else "")
    records = b"".join(
        b"".join(blocks.records(bureau.store.segment(made.agency, made.slug, manifest.build, place), manifest.shape))
        for place in range(len(manifest.sizes))
    )

    assert {name.partition("/")[0] for name, body in held.items() if traces(body)} == {
        cloud.settings.resource("uploads")
    }
    assert any(b'"xx"' in body for name, body in held.items() if "/findings/" in name)  # lists can be read here
    assert (records[:6], len(records)) == (NUMBER.encode(), manifest.shape.struct.size)
    assert traces(records) == []
    assert [table for table, row in rows(cloud) if traces(row)] == []
