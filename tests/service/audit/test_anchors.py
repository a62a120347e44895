"""What the chain alone can't tell, its heads written down outside do: a cut tail, a day or a trail gone, all rewritten."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from miniapp.audit.anchors import BUCKET, Anchors
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.audit.store import TABLES
from miniapp.audit.verify import Finding, Tampering, Verdict
from miniapp.core.errors import Unavailable
from miniapp.core.files import Files
from miniapp.core.ids import RandomIds
from miniapp.core.tables import bind
from tests.service.audit.test_verify import AGENCY, DAY, NEXT, Forger
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

OTHER = "so-gddt-phu-yen"


@dataclass
class House:
    """A trail with its anchors, and somebody who can write to the table."""

    cloud: Cloud
    clock: StoppedClock
    audit: Audit
    anchors: Anchors
    forger: Forger

    def note(self, count: int = 1, agency: str = AGENCY) -> None:
        for number in range(count):
            self.audit.commit(Event("officer_joined", officer=f"off_{number}"), agency=agency, by="a")

    def verdict(self, day: str = "", agency: str = AGENCY) -> Verdict:
        return self.audit.verify(agency, day, self.anchors.of(agency))

    def cut(self, day: str, last: int) -> None:
        """Take the newest entries away and set the head back, as if they had never been."""
        head = self.forger.take_head(day)
        for place in range(last + 1, int(head["seq"]["N"]) + 1):
            self.forger.take(place, day)
        kept = self.forger.take(last, day)
        self.forger.put(kept)
        self.forger.put({**head, "seq": {"N": str(last)}}, hash=kept["hash"]["S"])

    def objects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            self.cloud.admin("s3").list_object_versions(Bucket=f"test-{BUCKET}").get("Versions", [])
        )
        return found


@pytest.fixture
def house(cloud: Cloud) -> House:
    bind(TABLES, cloud.settings, cloud.aws)
    clock = StoppedClock()
    anchors = Anchors(Files(cloud.aws, cloud.settings), clock)
    return House(cloud, clock, Audit(clock, RandomIds()), anchors, Forger(cloud))


def test_only_heads_that_moved_are_written_down(house: House) -> None:
    assert house.anchors.write() == 0
    house.note(3)
    house.note(2, OTHER)
    assert house.anchors.write() == 2
    assert house.anchors.write() == 0
    house.note(1, OTHER)
    assert house.anchors.write() == 1
    assert [(one.agency, one.seq) for one in house.anchors.of(OTHER)] == [(OTHER, 2), (OTHER, 3)]
    assert house.anchors.agencies() == [AGENCY, OTHER]
    assert len(house.objects()) == 3


def test_the_end_of_a_day_is_written_down_after_midnight_and_after_a_schedule_that_slept(house: House) -> None:
    house.note()
    house.clock.pass_by(days=2)
    house.note()
    assert house.anchors.write() == 2
    assert [anchor.day for anchor in house.anchors.of(AGENCY)] == [DAY, "2026-07-18"]


def test_anchors_do_not_hold_the_trail_up_nor_call_it_tampered_with(house: House) -> None:
    house.note(5)
    house.anchors.write()
    house.note(2)
    assert house.verdict().is_clean
    house.clock.pass_by(days=1)
    house.note()
    assert house.verdict().is_clean
    assert house.verdict(NEXT).is_clean


@pytest.mark.parametrize("last", [1, 3, 4])
def test_a_cut_tail_is_named_at_its_first_missing_entry(house: House, last: int) -> None:
    house.note(5)
    house.anchors.write()
    house.cut(DAY, last)
    assert house.audit.verify(AGENCY).is_clean  # the chain alone has no way to know
    assert house.verdict().findings == [Finding(Tampering.CUT, DAY, last + 1)]
    house.note(5)  # life goes on over the cut
    assert Finding(Tampering.ANCHOR, DAY, 5) in house.verdict().findings


def test_a_newest_day_that_is_gone_is_missed(house: House) -> None:
    house.note(2)
    house.clock.pass_by(days=1)
    house.note(2)
    house.anchors.write()
    for place in (1, 2):
        house.forger.take(place, NEXT)
    house.forger.take_head(NEXT)
    head = house.forger.take_head(DAY)
    house.forger.put(head, next="")
    assert house.audit.verify(AGENCY).is_clean
    assert house.verdict().findings == [Finding(Tampering.DAY_MISSING, NEXT)]
    assert house.verdict(NEXT).findings == [Finding(Tampering.DAY_MISSING, NEXT)]


def test_a_trail_that_is_gone_whole_is_missed(house: House) -> None:
    house.note(2)
    house.anchors.write()
    _wipe(house.cloud)
    assert house.audit.agencies() == []
    assert house.anchors.agencies() == house.anchors.agencies(DAY) == [AGENCY]
    assert house.anchors.agencies("2026-01-01") == []
    assert house.verdict().findings == [Finding(Tampering.DAY_MISSING, DAY)]


def test_a_forged_anchor_beside_the_true_one_hides_nothing(house: House) -> None:
    house.note(5)
    house.anchors.write()
    house.cut(DAY, 3)
    house.note(1)
    house.anchors.write()  # now the newest anchor fits the chain with its tail cut
    assert Finding(Tampering.CUT, DAY, 5) in house.verdict().findings
    for strange in (f"{AGENCY}/{DAY}/x/y", f"{AGENCY}/{DAY}"):
        house.cloud.aws.s3.put_object(Bucket=f"test-{BUCKET}", Key=strange, Body=b"")
    assert Finding(Tampering.CUT, DAY, 5) in house.verdict().findings


def test_the_application_cannot_take_an_anchor_back_and_hiding_it_does_not_help(house: House) -> None:
    house.note(5)
    house.anchors.write()
    (kept,) = house.objects()
    at = {"Bucket": f"test-{BUCKET}", "Key": kept["Key"]}
    for ask in (
        lambda: house.cloud.aws.s3.delete_object(**at),
        lambda: house.cloud.aws.s3.delete_object(**at, VersionId=kept["VersionId"]),
        lambda: house.cloud.admin("s3").delete_object(**at, VersionId=kept["VersionId"]),  # whoever it is: locked
    ):
        with pytest.raises(ClientError) as told:
            ask()
        assert told.value.response["Error"]["Code"] == "AccessDenied"
    house.cloud.aws.s3.put_object(**at, Body=b"another")
    house.cloud.admin("s3").delete_object(**at)  # a mark over it, the version stays
    house.cut(DAY, 4)
    assert house.verdict().findings == [Finding(Tampering.CUT, DAY, 5)]


def test_a_bucket_that_does_not_answer_loses_nothing(house: House) -> None:
    house.note(2)
    away = replace(house.cloud.settings, stage="nowhere")
    with pytest.raises(Unavailable):
        Anchors(Files(house.cloud.aws, away), house.clock).write()
    assert house.anchors.write() == 1


def test_more_anchors_than_one_page_are_all_read(house: House) -> None:
    house.note(1)
    for place in range(1_005):
        key = f"{AGENCY}/{DAY}/{place + 1:08d}/{'0' * 64}"
        house.cloud.aws.s3.put_object(Bucket=f"test-{BUCKET}", Key=key, Body=b"")
    assert len(house.anchors.of(AGENCY)) == 1_005


def _wipe(cloud: Cloud) -> None:
    dynamodb, table = cloud.admin("dynamodb"), cloud.settings.resource("audit")
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
