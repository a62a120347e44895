"""Every way of tampering with a kept trail is named, at its day and place."""

from collections.abc import Callable
from typing import Any

import pytest

from miniapp.audit.model import Anchor, Event, link
from miniapp.audit.service import Audit
from miniapp.audit.store import TABLES, AuditStore
from miniapp.audit.verify import Finding, Tampering, verify
from miniapp.core.ids import RandomIds
from miniapp.core.tables import bind
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

AGENCY = "so-gddt-an-giang"
DAY, NEXT, LAST = "2026-07-16", "2026-07-17", "2026-07-18"


class Forger:
    """Somebody who can write to the table past the application."""

    def __init__(self, cloud: Cloud) -> None:
        self._dynamodb = cloud.admin("dynamodb")
        self._table = cloud.settings.resource("audit")

    def take(self, place: int, day: str = DAY) -> dict[str, Any]:
        """Remove an entry and keep it."""
        key = {"pk": {"S": f"{AGENCY}#day#{day}"}, "sk": {"S": f"{place:08d}"}}
        return self._take(key)

    def take_head(self, day: str) -> dict[str, Any]:
        return self._take({"pk": {"S": f"{AGENCY}#heads"}, "sk": {"S": day}})

    def put(self, item: dict[str, Any], **changed: str) -> None:
        """Write a row with some texts replaced."""
        fresh = {**item, **{name: {"S": text} for name, text in changed.items()}}
        self._dynamodb.put_item(TableName=self._table, Item=fresh)

    def _take(self, key: dict[str, Any]) -> dict[str, Any]:
        item: dict[str, Any] = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)["Item"]
        self._dynamodb.delete_item(TableName=self._table, Key=key)
        return item


@pytest.fixture
def forger(each_store: Cloud) -> Forger:
    bind(TABLES, each_store.settings, each_store.aws)
    clock = StoppedClock()
    audit = Audit(clock, RandomIds())
    for _ in range(3):
        for number in range(5):
            audit.commit(Event("officer_joined", officer=f"off_{number}"), agency=AGENCY, by="a")
        clock.pass_by(days=1)
    return Forger(each_store)


def changed(forger: Forger) -> None:
    item = forger.take(3)
    forger.put(item, body=item["body"]["S"].replace('"by":"a"', '"by":"b"'))


def changed_with_a_hash_that_fits(forger: Forger) -> None:
    item = forger.take(3)
    body = item["body"]["S"].replace('"by":"a"', '"by":"b"')
    forger.put(item, body=body, hash=link(item["before"]["S"], body))


def made_unreadable(forger: Forger) -> None:
    forger.put(forger.take(3), body="{")


def removed(forger: Forger) -> None:
    forger.take(3)


def removed_at_the_end(forger: Forger) -> None:
    forger.take(5)


def inserted_after_the_end(forger: Forger) -> None:
    item = forger.take(5)
    forger.put(item)
    forger.put(item, sk="00000006", body=item["body"]["S"].replace("off_4", "off_9"))


def inserted_in_the_middle(forger: Forger) -> None:
    """A well-made link under number 3, everything after it moved on by one."""
    items = {place: forger.take(place) for place in (3, 4, 5)}
    for place, item in items.items():
        forger.put(item, sk=f"{place + 1:08d}")
    before = items[3]["before"]["S"]
    body = items[3]["body"]["S"].replace("off_2", "off_9")
    forger.put(items[3], sk="00000003", body=body, hash=link(before, body))


def reordered(forger: Forger) -> None:
    second, third = forger.take(2), forger.take(3)
    forger.put(second, sk="00000003")
    forger.put(third, sk="00000002")


def head_set_back(forger: Forger) -> None:
    """The head says that four entries are all; the fifth is still there."""
    fourth, head = forger.take(4), forger.take_head(DAY)
    forger.put(fourth)
    forger.put({**head, "seq": {"N": "4"}}, hash=fourth["hash"]["S"])


def head_changed(forger: Forger) -> None:
    forger.put(forger.take_head(DAY), hash="0" * 64)


def head_removed(forger: Forger) -> None:
    forger.take_head(DAY)


CASES: list[tuple[Callable[[Forger], None], set[tuple[Tampering, int]]]] = [
    (changed, {(Tampering.CHANGED, 3)}),
    (changed_with_a_hash_that_fits, {(Tampering.CHANGED, 3)}),
    (made_unreadable, {(Tampering.CHANGED, 3)}),
    (removed, {(Tampering.MISSING, 3)}),
    (removed_at_the_end, {(Tampering.MISSING, 5)}),
    (inserted_after_the_end, {(Tampering.INSERTED, 6)}),
    (inserted_in_the_middle, {(Tampering.INSERTED, 3), *((Tampering.MOVED, place) for place in (4, 5, 6))}),
    (reordered, {(Tampering.MOVED, 2), (Tampering.MOVED, 3)}),
    (head_set_back, {(Tampering.INSERTED, 5)}),
    (head_changed, {(Tampering.HEAD, 0)}),
    (head_removed, {(Tampering.HEAD, 0)}),
]


def test_an_untouched_trail_is_clean(forger: Forger) -> None:
    verdict = verify(AuditStore(), AGENCY)
    assert (verdict.days, verdict.entries, verdict.findings) == (3, 15, [])


@pytest.mark.parametrize(("tamper", "expected"), CASES, ids=[case[0].__name__ for case in CASES])
def test_tampering_is_named(
    forger: Forger, tamper: Callable[[Forger], None], expected: set[tuple[Tampering, int]]
) -> None:
    tamper(forger)
    verdict = verify(AuditStore(), AGENCY, DAY)
    entries = {(finding.what, finding.place) for finding in verdict.findings}
    assert expected <= entries
    # A head that was set back or changed also no longer fits the next day's beginning; nothing else may be blamed.
    assert {what for what, _ in entries - expected} <= {Tampering.DAYS, Tampering.HEAD}
    assert not verify(AuditStore(), AGENCY).is_clean


@pytest.mark.parametrize("day", [DAY, NEXT, LAST])
def test_a_whole_day_that_is_gone_is_missed_by_its_neighbours(forger: Forger, day: str) -> None:
    for place in range(1, 6):
        forger.take(place, day)
    forger.take_head(day)
    assert Finding(Tampering.DAY_MISSING, day) in verify(AuditStore(), AGENCY).findings
    assert Finding(Tampering.DAY_MISSING, day) in verify(AuditStore(), AGENCY, day).findings


def test_a_chain_rewritten_whole_differs_from_the_head_kept_elsewhere(forger: Forger) -> None:
    kept = [Anchor(AGENCY, head.day, head.seq, head.hash) for head in AuditStore().heads(AGENCY)]
    assert verify(AuditStore(), AGENCY, anchors=kept).is_clean
    verdict = verify(AuditStore(), AGENCY, anchors=[*kept, Anchor(AGENCY, NEXT, 3, "f" * 64)])
    assert verdict.findings == [Finding(Tampering.ANCHOR, NEXT, 3)]


def test_a_day_on_which_nothing_happened_is_not_there(forger: Forger) -> None:
    assert verify(AuditStore(), AGENCY, "2026-01-01").findings == [Finding(Tampering.DAY_MISSING, "2026-01-01")]
