"""What results day must survive: death at any call, throttling, lost replies, stores that are gone, two who approve at once."""

import hashlib
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest

from handlers.wiring import Services
from miniapp.audit.service import Audit
from miniapp.core.aws import Aws
from miniapp.core.errors import Conflict, Problem, Refused, Unavailable
from miniapp.core.ids import RandomIds
from miniapp.exam_scores import blocks
from miniapp.exam_scores.importing import ImportEdition, Importing
from miniapp.exam_scores.looking_up import LookingUp
from miniapp.exam_scores.model import Edition, EditionState, Exam, FileState, Reason
from miniapp.exam_scores.service import ExamOffice
from tests.support import real_scores
from tests.support.cloud import Cloud
from tests.support.exams import APPROVER, OTHER, UPLOADER, Bureau, csv_file, exam
from tests.support.faults import CountedCalls, Killed, LongThrottling, LostReplies, Silence, Throttling

CANDIDATES = 2_600  # sixteen blocks
FEW = 60  # what is out before
OLD, NEW = 100, 200  # everybody's score in literature, by which an edition is known
HEADER = ["sbd", "ngu_van", "toan", "ngoai_ngu", "vat_li", "hoa_hoc", "sinh_hoc", "lich_su", "dia_li", "gdcd"]
SLUGS = count()
Act = Callable[[Bureau, Exam], object]


def file_of(score: int, candidates: int = CANDIDATES) -> bytes:
    """A file in which everybody has this score in literature; the rest is noise, so that blocks are full."""
    chance = random.Random(7)
    return csv_file(
        HEADER,
        (
            [f"02{number:06d}", score / 100, *(chance.randrange(201) / 20 for _ in range(8))]
            for number in range(candidates)
        ),
    )


@pytest.fixture
def bureau(cloud: Cloud) -> Bureau:
    return Bureau(cloud)


def fresh_exam(bureau: Bureau) -> Exam:
    """An exam of its own with the old edition out."""
    return bureau.released(exam(slug=f"exam-{next(SLUGS)}"), file_of(OLD, FEW))


def another_worker(bureau: Bureau) -> Importing:
    """A worker that knows nothing of the one before."""
    ids = RandomIds()
    return Importing(bureau.store, bureau.files, Audit(bureau.clock, ids), bureau.keys, bureau.clock, ids)


def another_office(bureau: Bureau) -> ExamOffice:
    """The console in another process."""
    ids, settings = RandomIds(), bureau.settings
    audit = Audit(bureau.clock, ids)
    return ExamOffice(
        bureau.store, bureau.files, bureau.queues, audit, bureau.clock, ids, settings.upload_max, settings.pack_max
    )


def seen(bureau: Bureau, made: Exam) -> tuple[str, ...]:
    """What a process that just started shows of an exam: everybody's literature score and how many there are."""
    editions = bureau.fresh_process()
    reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    now = editions.exam(made.agency, made.slug)
    try:
        pointer, build = reader.released(now)
    except Refused as refusal:
        return (refusal.code,)
    shape = build.shape
    scores: list[int] = []
    for place in range(len(build.manifest.sizes)):
        segment = editions.segments.get(now, pointer.build, place)
        scores += [shape.result(record).scores["van"] for record in blocks.records(segment, shape)]
    assert len(scores) == build.manifest.count
    return (*sorted({str(score) for score in scores}), str(len(scores)))


ALL_OLD, ALL_NEW, FEW_NEW = (str(OLD), str(FEW)), (str(NEW), str(CANDIDATES)), (str(NEW), str(FEW))


def import_by(bureau: Bureau, made: Exam, edition: Edition, worker: Importing | None = None) -> Edition:
    return (worker or bureau.importing).run(ImportEdition(made.agency, made.slug, edition.id))


# --- death


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_import_killed_at_any_write_ends_as_if_nothing_had_happened(
    after: bool, bureau: Bureau, cloud: Cloud
) -> None:
    made = fresh_exam(bureau)
    body = file_of(NEW)
    edition = bureau.gathered(made, body)
    with CountedCalls(cloud.aws) as whole:
        sound = import_by(bureau, made, edition)
    manifest = bureau.store.manifest(made, sound.build)
    assert manifest.blocks == 16
    assert len(whole.writes) >= 10

    for place in whole.writes:
        made = fresh_exam(bureau)  # whose tables hold nothing of this build yet
        edition = bureau.gathered(made, body)
        with CountedCalls(cloud.aws, place, after), pytest.raises(Killed):
            import_by(bureau, made, edition)
        assert seen(bureau, made) == ALL_OLD
        bureau.later(seconds=61)
        ended = import_by(bureau, made, edition, another_worker(bureau))

        assert (ended.state, ended.build, ended.errors) == (EditionState.CHECKED, sound.build, 0)
        assert (ended.added, ended.removed, ended.changed) == (CANDIDATES - FEW, 0, FEW)
        assert bureau.store.manifest(made, ended.build).hashes == manifest.hashes
        assert (made.agency, made.slug, edition.id) not in bureau.store.imports()
        assert seen(bureau, made) == ALL_OLD
        bureau.office.approve(made, ended.id, APPROVER, None)
        assert seen(bureau, made) == ALL_NEW


def test_while_a_dead_workers_lease_runs_no_other_begins(bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    edition = bureau.gathered(made, file_of(NEW))
    with CountedCalls(cloud.aws, 8), pytest.raises(Killed):
        import_by(bureau, made, edition)

    with pytest.raises(Conflict, match="import_under_way"):
        import_by(bureau, made, edition, another_worker(bureau))
    bureau.later(seconds=61)
    assert import_by(bureau, made, edition, another_worker(bureau)).state is EditionState.CHECKED


def _approving(bureau: Bureau, made: Exam) -> tuple[Exam, Act, tuple[str, ...]]:
    edition = bureau.imported(made, file_of(NEW, FEW))
    return made, lambda desk, now: another_office(desk).approve(now, edition.id, APPROVER, None), FEW_NEW


def _correcting(bureau: Bureau, made: Exam) -> tuple[Exam, Act, tuple[str, ...]]:
    edition = bureau.imported(made, file_of(NEW, FEW), reason=Reason.REMARK, partial=True)
    return made, lambda desk, now: another_office(desk).approve(now, edition.id, APPROVER, None), FEW_NEW


def _withdrawing(bureau: Bureau, made: Exam) -> tuple[Exam, Act, tuple[str, ...]]:
    return made, lambda desk, now: another_office(desk).withdraw(now, APPROVER, "sai lệch"), ("exam_withdrawn",)


@pytest.mark.parametrize("arranged", [_approving, _correcting, _withdrawing])
def test_an_officers_act_killed_at_any_call_is_done_wholly_or_not_at_all(
    arranged: Callable[[Bureau, Exam], tuple[Exam, Act, tuple[str, ...]]], bureau: Bureau, cloud: Cloud
) -> None:
    made, act, wanted = arranged(bureau, fresh_exam(bureau))
    with CountedCalls(cloud.aws) as whole:
        act(bureau, made)
    assert seen(bureau, made) == wanted

    for place in range(len(whole.calls)):
        for after in (False, True):
            made, act, wanted = arranged(bureau, fresh_exam(bureau))
            with CountedCalls(cloud.aws, place, after), suppress(Killed):
                act(bureau, made)
            assert seen(bureau, made) in (ALL_OLD, wanted)
            now = bureau.office.exam(made.agency, made.slug)
            if seen(bureau, made) != wanted:
                act(bureau, now)
            else:
                with pytest.raises(Conflict):
                    act(bureau, now)
            assert seen(bureau, made) == wanted
    assert bureau.audit.verify(made.agency).is_clean


@pytest.mark.sweep
def test_a_whole_year_killed_at_twenty_points_ends_as_if_nothing_had_happened(bureau: Bureau, cloud: Cloud) -> None:
    given = real_scores.year("2019")
    body = given.file.read_bytes()
    made = bureau.office.add_exam(given.exam, UPLOADER)
    edition = bureau.gathered(made, body)
    with CountedCalls(cloud.aws) as whole:
        sound = import_by(bureau, made, edition)
    chance = random.Random(2019)

    for place in chance.choices(range(len(whole.calls)), k=20):
        made = bureau.office.add_exam(replace(given.exam, slug=f"year-{next(SLUGS)}"), UPLOADER)
        edition = bureau.gathered(made, body)
        with CountedCalls(cloud.aws, place, chance.random() < 0.5), suppress(Killed):
            import_by(bureau, made, edition)
        assert seen(bureau, made) == ("not_released",)
        bureau.later(seconds=61)
        ended = import_by(bureau, made, edition, another_worker(bureau))
        assert (ended.state, ended.build, ended.candidates) == (EditionState.CHECKED, sound.build, given.candidates)
        manifest = bureau.store.manifest(made, ended.build)
        for segment, digest in enumerate(manifest.hashes):
            held = bureau.store.segment(made.agency, made.slug, ended.build, segment)
            assert hashlib.sha256(held).hexdigest() == digest


# --- stores that answer badly


def _until_done(bureau: Bureau, made: Exam, edition: Edition, deliveries: int) -> Edition:
    """As the queue does: a note whose worker failed is delivered again later."""
    for _ in range(deliveries):
        with suppress(Unavailable, Conflict):
            ended = import_by(bureau, made, edition, another_worker(bureau))
            if ended.state is EditionState.CHECKED:
                return ended
        bureau.later(seconds=61)
    raise AssertionError("the import did not end")


@pytest.mark.parametrize("seed", [1, 2])
def test_an_import_under_thirty_per_cent_throttling_ends_complete(seed: int, bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    sound = bureau.imported(made, file_of(NEW))
    edition = bureau.gathered(made, file_of(NEW))

    with Throttling(cloud.aws, 0.3, seed) as throttling:
        ended = _until_done(bureau, made, edition, 12)

    assert throttling.refused > 0
    assert (ended.build, ended.candidates, ended.errors) == (sound.build, CANDIDATES, 0)
    made = bureau.office.approve(made, ended.id, APPROVER, None)
    assert seen(bureau, made) == ALL_NEW


def test_a_patient_worker_goes_on_where_a_hasty_one_begins_anew(bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    sound = bureau.imported(made, file_of(NEW))
    begun_anew: dict[bool, int] = {}
    for patient in (False, True):
        desk = Bureau(replace(cloud, aws=Aws(cloud.settings, patient)))
        edition = another_office(desk).begin(made, UPLOADER, Reason.RELEASE)
        edition = _sent(desk, made, edition)
        begun_anew[patient] = 0
        with LongThrottling(desk.aws, at={6, 13}, times=cloud.settings.attempts) as throttling:
            while edition.state is not EditionState.CHECKED:
                try:
                    edition = import_by(desk, made, edition, another_worker(desk))
                except Unavailable:
                    begun_anew[patient] += 1
                    desk.later(seconds=61)
        assert throttling.refused == 2 * cloud.settings.attempts
        assert (edition.build, edition.candidates, edition.errors) == (sound.build, CANDIDATES, 0)

    assert begun_anew == {False: 2, True: 0}


def _sent(desk: Bureau, made: Exam, edition: Edition) -> Edition:
    file_id = desk.office.put_file(made, edition, BytesIO(file_of(NEW)), 1)
    return desk.office.take_file(made, edition.id, file_id, "diem.csv", UPLOADER)


def test_only_a_worker_is_patient_and_never_with_its_queue(cloud: Cloud) -> None:
    def tries(aws: Aws) -> list[int]:
        return [held.meta.config.retries["total_max_attempts"] for held in (aws.dynamodb, aws.s3, aws.sqs)]

    assert tries(cloud.aws) == tries(Services(cloud.settings).aws) == [3, 3, 3]
    assert tries(Services(cloud.settings, patient=True).aws) == [8, 8, 3]


@pytest.mark.parametrize("seed", [1, 2])
def test_replies_that_get_lost_after_the_write_do_no_harm(seed: int, bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    edition = bureau.gathered(made, file_of(NEW))

    with LostReplies(cloud.aws, 0.5, seed) as replies:
        ended = _until_done(bureau, made, edition, 12)
        for _ in range(12):
            now = bureau.office.exam(made.agency, made.slug)
            try:
                another_office(bureau).approve(now, ended.id, APPROVER, None)
            except Unavailable:
                continue
            except Conflict as conflict:
                assert conflict.code == "edition_not_checked"
            break

    assert replies.lost > 0
    assert seen(bureau, made) == ALL_NEW
    assert [item.state for item in bureau.office.edition(made, ended.id).files] == [FileState.READ]


def test_without_s3_lookups_go_on_from_the_table(bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)

    with Silence(cloud.aws, "s3", "sqs") as silence:
        editions = bureau.fresh_process()
        assert editions.warm() == 0
        reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
        assert reader.open(made, "02000007").result.scores["van"] == OLD
        assert silence.asked > 0


def test_a_fresh_process_has_loaded_what_is_out_and_the_correction_whose_hour_comes(bureau: Bureau) -> None:
    made = fresh_exam(bureau)
    edition = bureau.imported(made, file_of(NEW))
    bureau.office.approve(made, edition.id, APPROVER, bureau.clock.now() + timedelta(hours=1))
    editions = bureau.fresh_process()
    reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    seen = []

    assert editions.warm() == 2
    for hours in (0, 1):
        bureau.later(hours=hours)
        now = editions.exam(made.agency, made.slug)
        seen.append({reader.open(now, f"02{number:06d}").result.scores["van"] for number in range(FEW)})

    assert seen == [{OLD}, {NEW}]
    assert editions.segments.reads == 0


def test_a_correction_of_next_week_is_not_loaded_and_a_damaged_pack_keeps_nobody_from_the_other(
    bureau: Bureau,
) -> None:
    made = fresh_exam(bureau)
    edition = bureau.imported(made, file_of(NEW))
    made = bureau.office.approve(made, edition.id, APPROVER, bureau.clock.now() + timedelta(days=3))
    assert bureau.fresh_process().warm() == 1

    made = bureau.office.move_release(made, bureau.clock.now() + timedelta(hours=2), OTHER)
    assert bureau.fresh_process().warm() == 2
    bureau.files.remove("packs", bureau.store.manifest(made, edition.build).pack)
    assert bureau.fresh_process().warm() == 1


def test_without_the_table_lookups_go_on_from_memory_for_a_minute_and_then_say_so(bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    editions = bureau.fresh_process()
    assert editions.warm() == 1
    reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    editions.exam(made.agency, made.slug)

    with Silence(cloud.aws, "dynamodb", "s3", "sqs"):
        for seconds in (4, 10, 30, 20):
            bureau.later(seconds=seconds)
            now = editions.exam(made.agency, made.slug)
            assert reader.open(now, "02000007").result.scores["van"] == OLD
            assert reader.open(now, f"02{FEW - 1:06d}").result.scores["van"] == OLD
        bureau.later(seconds=2)
        with pytest.raises(Unavailable):
            editions.exam(made.agency, made.slug)
    assert editions.exam(made.agency, made.slug).slug == made.slug


def test_while_the_table_is_silent_only_one_look_up_in_five_seconds_waits_for_it(bureau: Bureau, cloud: Cloud) -> None:
    made = fresh_exam(bureau)
    editions = bureau.fresh_process()
    reader = LookingUp(editions, bureau.keys, bureau.sealer, bureau.guard, bureau.clock)
    assert reader.open(editions.exam(made.agency, made.slug), "02000007")
    bureau.later(seconds=6)

    with Silence(cloud.aws, "dynamodb") as silence:
        editions.exam(made.agency, made.slug)
        asked = silence.asked
        for _ in range(20):
            assert reader.open(editions.exam(made.agency, made.slug), "02000007")
        assert silence.asked == asked > 0
        bureau.later(seconds=5)
        editions.exam(made.agency, made.slug)
        assert silence.asked == 2 * asked


# --- at once


def test_of_two_officers_who_approve_at_once_one_wins_and_the_other_is_told(bureau: Bureau) -> None:
    made = fresh_exam(bureau)
    first, second = (bureau.imported(made, file_of(NEW, candidates)) for candidates in (CANDIDATES, CANDIDATES - 1))
    told: list[str] = []
    start = threading.Barrier(2)

    def approve(edition: Edition, by: str) -> None:
        office = another_office(bureau)
        start.wait(10)
        try:
            office.approve(made, edition.id, by, None)
            told.append("won")
        except Problem as problem:
            told.append(problem.code)

    threads = [threading.Thread(target=approve, args=arguments) for arguments in ((first, APPROVER), (second, OTHER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(told) == ["exam_changed_meanwhile", "won"]
    assert seen(bureau, made) in (ALL_NEW, (str(NEW), str(CANDIDATES - 1)))


def test_a_read_during_release_is_wholly_old_or_wholly_new(bureau: Bureau) -> None:
    made = fresh_exam(bureau)
    edition = bureau.imported(made, file_of(NEW))
    found: set[tuple[str, ...]] = set()
    met = {ALL_OLD: threading.Event(), ALL_NEW: threading.Event()}
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            found.add(said := seen(bureau, made))
            if said in met:
                met[said].set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert met[ALL_OLD].wait(60)
        bureau.office.approve(made, edition.id, APPROVER, None)
        assert met[ALL_NEW].wait(60)
    finally:
        stop.set()
        reader.join(60)

    assert found == {ALL_OLD, ALL_NEW}
