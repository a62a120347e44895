"""A list of any size becomes one file, whoever dies while writing it, in the memory of one part."""

import pytest

from handlers.wiring import Services
from miniapp.accounts.access import Operator, Role, Standing
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.exports.model import Order, State
from miniapp.exports.writing import LEASE
from tests.support.cloud import Cloud
from tests.support.exports import AGENCY, ExportTown, plain, sha256
from tests.support.fakes import CountedIds, StoppedClock
from tests.support.faults import CountedCalls, Killed

ROWS, WIDE = 20_000, 600  # some 12 MB: three parts
CLERK = Standing("off_1", {AGENCY: frozenset({Role.OFFICER})})
AUDITOR = Standing("off_2", {AGENCY: frozenset({Role.AUDITOR})})


@pytest.fixture
def town(cloud: Cloud) -> ExportTown:
    services = Services(cloud.settings, clock=StoppedClock(), ids=CountedIds())
    services.bind()
    return ExportTown(services, ROWS, WIDE)


@pytest.fixture(scope="module")
def whole() -> bytes:
    return plain(ROWS, WIDE)


def test_a_list_becomes_one_file_with_its_digest(town: ExportTown, whole: bytes):
    held = town.ordered(CLERK)
    done = town.writing.work(AGENCY, held.id)
    assert (done.parts, done.rows, done.size, done.sha256) == (3, ROWS, len(whole), sha256(whole))
    assert town.body(done) == whole
    assert town.store.under_way() == []
    trail = [entry.event for entry in town.services.audit.page(AGENCY).entries]
    assert trail == ["export_ended", "export_ordered"]


def test_no_rows_are_a_file_with_its_headings(town: ExportTown):
    town.source.most = 0
    done = town.writing.work(AGENCY, town.ordered(CLERK).id)
    assert town.body(done) == plain(0) and done.sha256 == sha256(plain(0))


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
def test_a_worker_that_dies_at_any_call_leaves_a_file_that_another_ends_the_same(
    town: ExportTown, whole: bytes, after: bool
):
    first = town.ordered(CLERK)
    with CountedCalls(town.services.aws) as calls:
        town.writing.work(AGENCY, first.id)
    assert len(calls.calls) >= 12
    for at in range(len(calls.calls)):
        held = town.ordered(CLERK)
        with pytest.raises(Killed), CountedCalls(town.services.aws, at, after):
            town.writing.work(AGENCY, held.id)
        town.services.clock.pass_by(seconds=LEASE.total_seconds())  # type: ignore[attr-defined]
        town.writing.resume_all()
        done = town.exports.find(AGENCY, held.id)
        assert (done.sha256, done.rows, done.tries) == (sha256(whole), ROWS, 0), (at, calls.calls[at])


def test_a_list_that_can_t_be_read_keeps_no_other_from_its_end_and_rings(town: ExportTown, whole: bytes):
    held = [town.ordered(CLERK) for _ in range(3)]
    first = min(held, key=lambda one: one.id)
    town.source.broken = 1  # whoever asks first
    with pytest.raises(ValueError, match="broken"):
        town.writing.resume_all()
    others = [town.exports.find(AGENCY, one.id) for one in held if one != first]
    assert [one.sha256 for one in others] == [sha256(whole)] * 2
    assert town.exports.find(AGENCY, first.id).ended is None
    town.services.clock.pass_by(seconds=LEASE.total_seconds())
    assert town.writing.resume_all() == 1
    assert town.exports.find(AGENCY, first.id).sha256 == sha256(whole)


def test_what_was_written_is_not_read_again(town: ExportTown):
    held = town.ordered(CLERK)
    turns = iter([False, True])
    part_way = town.writing.work(AGENCY, held.id, lambda: next(turns))
    assert (part_way.parts, part_way.ended) == (1, None)
    town.source.asked = 0
    town.writing.work(AGENCY, held.id)
    assert town.source.asked == ROWS - part_way.rows


def test_one_works_at_a_time(town: ExportTown):
    held = town.ordered(CLERK)
    with pytest.raises(Killed), CountedCalls(town.services.aws, 4):
        town.writing.work(AGENCY, held.id)
    assert town.writing.resume_all() == 0  # the dead one's time is not over
    town.services.clock.pass_by(seconds=LEASE.total_seconds())  # type: ignore[attr-defined]
    assert town.writing.resume_all() == 1


def test_a_part_that_is_not_what_was_sent_is_found_and_the_file_begun_anew(town: ExportTown, whole: bytes):
    held = town.ordered(CLERK)
    turns = iter([False, True])
    part_way = town.writing.work(AGENCY, held.id, lambda: next(turns))
    tag = town.services.files.put_part("packs", part_way.key, part_way.begun, 1, b"y" * part_way.size)
    row = town.store.parts(part_way)[0]
    assert row.tag != tag
    for _ in range(3):
        town.writing.resume_all()
    done = town.exports.find(AGENCY, held.id)
    assert done.sha256 == sha256(whole) and done.tries == 1


def test_a_beginning_that_the_bucket_let_go_is_begun_anew_and_given_up_after_some_tries(
    town: ExportTown, cloud: Cloud, whole: bytes
):
    held = town.ordered(CLERK)
    s3, bucket = cloud.admin("s3"), cloud.settings.resource("packs")
    for _ in range(5):
        turns = iter([False, True])
        now = town.writing.work(AGENCY, held.id, lambda: next(turns))  # noqa: B023
        if now.parts:
            s3.abort_multipart_upload(Bucket=bucket, Key=now.key, UploadId=now.begun)
        town.writing.work(AGENCY, held.id)
    done = town.exports.find(AGENCY, held.id)
    assert done.state(town.services.clock.now()) is State.FAILED
    assert town.store.under_way() == []


def test_who_may_not_have_a_list_neither_orders_nor_sees_nor_fetches_it(town: ExportTown):
    with pytest.raises(Refused, match="permission_missing"):
        town.ordered(AUDITOR)
    done = town.writing.work(AGENCY, town.ordered(CLERK).id)
    assert town.exports.of(AUDITOR, AGENCY) == [] and town.exports.of(CLERK, AGENCY) == [done]
    with pytest.raises(Refused, match="permission_missing"):
        town.exports.fetch(AUDITOR, AGENCY, done.id)
    with pytest.raises(NotFound, match="export_unknown"):
        town.exports.fetch(Operator(), "tinh-hoa-mai", done.id)
    with pytest.raises(Invalid, match="export_kind_unknown"):
        town.exports.order(CLERK, AGENCY, Order("people"))


def test_a_file_is_handed_out_once_it_is_whole_and_until_its_week_is_over(town: ExportTown, whole: bytes):
    import urllib.request

    held = town.ordered(CLERK)
    with pytest.raises(Conflict, match="export_not_ready"):
        town.exports.fetch(CLERK, AGENCY, held.id)
    town.writing.work(AGENCY, held.id)
    address = town.exports.fetch(CLERK, AGENCY, held.id)
    assert "X-Amz-Expires=300" in address
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == whole
        assert answer.headers["Content-Disposition"] == 'attachment; filename="counting-20260716.csv"'
    assert town.services.audit.page(AGENCY).entries[0].event == "export_fetched"
    town.services.clock.pass_by(days=7)  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="export_not_ready"):
        town.exports.fetch(CLERK, AGENCY, held.id)
