"""Whatever is killed at whatever call, nothing is lost and nothing is done twice: tellings, logos, the directory, files, the clock.

Messages and imports stand in `test_workers`."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from zlib import crc32

import pytest

from handlers.wiring import Services
from infra.lambdas.sources import schedule_event, stored_event
from infra.seed.load import load
from miniapp.agencies.crest_store import State as CrestState
from miniapp.agencies.directory import BUCKET, FILE_MOST, KEY
from miniapp.agencies.model import Agency, Description, Kind
from miniapp.agencies.store import AgencyStore
from miniapp.audit.model import Event
from miniapp.core.queues import decode
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import EditionState, Exam
from miniapp.exam_scores.rounds import TellWave
from miniapp.exam_scores.telling import PURPOSE
from miniapp.messaging.model import Addressed, DeliverMessage, State
from tests.support.cloud import Cloud
from tests.support.dying import Wire
from tests.support.exams import Bureau, csv_file, exam, verified
from tests.support.killing import (
    STARTED,
    Called,
    Places,
    alternating,
    both,
    dead,
    kill_at_every_call,
    made,
    send,
    some,
    source,
    wire,
)
from tests.support.lambdas import Maker
from tests.support.letters import AGENCY, COMMITTEE, DEPARTMENT, SCORES, notes, services
from tests.support.pictures import with_a_place

__all__ = ["made", "wire"]

EVERY = pytest.mark.parametrize("places", [alternating, pytest.param(both, marks=pytest.mark.sweep)])
SOME = pytest.mark.parametrize("places", [some, pytest.param(alternating, marks=pytest.mark.sweep)])
FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}


class Before:
    """The same cloud some time ago, where what a function finds now was begun."""

    def __init__(self, cloud: Cloud, made: Services, **span: float) -> None:
        self.bureau = Bureau(cloud, made.clock.now() - timedelta(**span))
        self.services = services(cloud, self.bureau.clock)
        self.services.ids = self.bureau.office._ids = made.ids


def name(of: str, at: int, after: bool) -> str:
    return f"{of.replace('_', '-')}-{at}-{after:d}"


# Tellings


class Tellings:
    """Exams that are out, each with two people who wait."""

    def __init__(self, cloud: Cloud, made: Services) -> None:
        self.cloud, self.made = cloud, made

    def waiting(self, slug: str) -> tuple[Exam, list[str]]:
        before = Before(self.cloud, self.made, days=1)
        held = before.bureau.released(
            exam(agency=AGENCY, slug=slug), SCORES, at=self.made.clock.now() - timedelta(hours=1)
        )
        users = [f"86{crc32(slug.encode()):010}{place}" for place in (1, 2)]
        for user in users:
            before.services.consents.give(user, AGENCY, PURPOSE, "1")
            before.services.telling.register(AGENCY, slug, user, "02000001", "vi")
        return held, users

    def told_once(self, held: Exam, users: list[str]) -> None:
        for user in users:
            (message,) = self.made.outbox.of(user)
            assert (message.name, message.agency) == ("scores_out", AGENCY)
            self.made.outbox.deliver(DeliverMessage(AGENCY, user, message.id))
            assert len(self.made.simulated_chat.conversation(AGENCY, user)) == 1
        assert self.made.rounds.begin_due() == 0, "the round is done"


@SOME
def test_people_who_wait_are_told_once_wherever_the_wave_is_killed(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, places: Callable[[], Places]
) -> None:
    tellings = Tellings(kept_cloud, made)
    function = functions(f"{STARTED}.tellings.handle", aws_endpoint=wire.address, tell_pace=1)

    def arranged(at: int, after: bool) -> tuple[Exam, list[str]]:
        held = tellings.waiting(name("tellings", at, after))
        made.queues.send(TellWave(AGENCY, held[0].slug))
        return held

    reader = source(kept_cloud, function, "score_tellings")
    kills = kill_at_every_call(wire, reader, kept_cloud, arranged, lambda held: tellings.told_once(*held), places())
    assert kills >= 4
    assert dead(kept_cloud, "score_tellings") == []


# Logos


@EVERY
@pytest.mark.parametrize("kind", ["sound", "broken"])
def test_a_logo_is_shown_once_or_refused_and_its_original_goes_wherever_the_check_is_killed(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, kind: str, places: Callable[[], Places]
) -> None:
    body, end = (with_a_place(), CrestState.SHOWN) if kind == "sound" else (b"no picture", CrestState.REFUSED)

    def shown() -> int:
        entries = made.audit.of_object(AGENCY, AGENCY)
        return sum(str(entry.facts["changed"]).startswith("crest ") for entry in entries)

    def arranged(at: int, after: bool) -> tuple[str, int]:
        upload = made.crests.new_upload()
        made.files.put("uploads", f"crests/{AGENCY}/{upload}", body)
        made.crests.take(AGENCY, upload, "off_admin")
        return upload, shown()

    def whole(held: tuple[str, int]) -> None:
        upload, before = held
        sent = made.crests.sent(AGENCY)
        assert sent is not None
        assert (sent.upload, sent.state) == (upload, end), wire.calls
        assert list(made.files.keys("uploads", "crests/")) == [], wire.calls
        assert shown() - before == (kind == "sound"), wire.calls

    reader = source(kept_cloud, functions(f"{STARTED}.crests.handle", aws_endpoint=wire.address), "agency_crests")
    assert kill_at_every_call(wire, reader, kept_cloud, arranged, whole, places()) >= 5
    assert dead(kept_cloud, "agency_crests") == []


# The directory


class Listed:
    """A school in the directory, whose name changes again and again."""

    def __init__(self, made: Services) -> None:
        self.made = made
        self.school = Agency(
            "thpt-thu", "thpt-thu", Kind.SCHOOL, "THPT 0", "School 0", short="THPT 0", parent=AGENCY, sector="thpt"
        )
        load(AgencyStore(), made.files, lambda done, total: None, [self.school])

    def renamed(self, to: str) -> str:
        held = self.made.agencies.now(self.school.id)
        said = Description.of(held)
        self.made.agencies.describe(held.id, held.version, replace(said, name=to, name_en=to, short=to), "off_1")
        return to

    def shown(self) -> list[str]:
        """The names under which the directory's file shows it."""
        facts = json.loads(gzip.decompress(self.made.files.get(BUCKET, KEY, FILE_MOST)))
        return [row[3] for row in facts["agencies"] if row[0] == self.school.id]


def named(at: int, after: bool) -> str:
    return f"THPT {at:03d}{'BA'[after]}"


@EVERY
def test_a_new_name_is_in_the_directory_wherever_its_writing_is_killed(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, places: Callable[[], Places]
) -> None:
    listed = Listed(made)

    def arranged(at: int, after: bool) -> str:
        new = listed.renamed(named(at, after))
        send(kept_cloud, "agency_listings", "{}")
        return new

    def whole(new: str) -> None:
        assert listed.shown() == [new], wire.calls

    reader = source(kept_cloud, functions(f"{STARTED}.listing.handle", aws_endpoint=wire.address), "agency_listings")
    assert kill_at_every_call(wire, reader, kept_cloud, arranged, whole, places()) >= 4
    assert dead(kept_cloud, "agency_listings") == []


# The bucket's notices


@EVERY
def test_a_stray_file_goes_and_a_taken_one_stays_wherever_the_look_is_killed(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, places: Callable[[], Places]
) -> None:
    before = Before(kept_cloud, made, minutes=1)
    held = before.bureau.office.add_exam(exam(agency=AGENCY, slug="tep-2026"), "off_uploader")
    taken = before.bureau.gathered(held, SCORES).files[0].key
    reader = Called(functions(f"{STARTED}.uploads.handle", aws_endpoint=wire.address))

    def arranged(at: int, after: bool) -> list[str]:
        stray = [
            f"scores/{AGENCY}/tep-2026/edn_none/{name('file', at, after)}",
            f"scores/khong-co/x/y/{name('file', at, after)}",
        ]
        for key in stray:
            made.files.put("uploads", key, SCORES)
        reader.event = stored_event(kept_cloud.settings.resource("uploads"), stray[0], taken, stray[1])
        return stray

    def whole(stray: list[str]) -> None:
        left = set(made.files.keys("uploads", "scores/"))
        assert (taken in left, left & set(stray)) == (True, set()), wire.calls

    assert kill_at_every_call(wire, reader, kept_cloud, arranged, whole, places()) >= 5


# The clock


class Clock:
    """For each job of the clock: something that it must do, and whether it was done, once."""

    def __init__(self, cloud: Cloud, made: Services) -> None:
        self.cloud, self.made = cloud, made
        self.tellings = Tellings(cloud, made)

    @cached_property
    def listed(self) -> Listed:
        return Listed(self.made)

    def resume_imports(self, slug: str) -> Callable[[], None]:
        before = Before(self.cloud, self.made, minutes=5)
        held = before.bureau.office.add_exam(exam(agency=AGENCY, slug=slug, subjects=("toan",)), "off_uploader")
        edition = before.bureau.gathered(held, SCORES)
        notes(self.cloud, "score_imports")

        def whole() -> None:
            found = {body for body in notes(self.cloud, "score_imports") if slug in body}
            assert len(found) == 1
            self.made.importing.wake(decode(ImportEdition, found.pop()))
            assert self.made.exam_office.edition(held, edition.id).state is EditionState.CHECKED

        return whole

    def begin_rounds(self, slug: str) -> Callable[[], None]:
        held, users = self.tellings.waiting(slug)

        def whole() -> None:
            found = set(notes(self.cloud, "score_tellings"))
            assert len(found) == 1
            for _ in range(2):
                self.made.rounds.wave(decode(TellWave, next(iter(found))))
            self.tellings.told_once(held, users)

        return whole

    def sweep_outbox(self, slug: str) -> Callable[[], None]:
        before = Before(self.cloud, self.made, minutes=10)
        users = [f"87{crc32(slug.encode()):010}{place}" for place in (1, 2)]
        for user in users:
            before.services.outbox.queue("assistant_later", Addressed(AGENCY, user), "hello", FACTS)
        notes(self.cloud)

        def whole() -> None:
            for body in notes(self.cloud):
                self.made.outbox.deliver(decode(DeliverMessage, body))
            for user in users:
                message = self.made.outbox.find(AGENCY, user, "hello")
                assert message is not None
                assert message.state is State.SENT
                assert len(self.made.simulated_chat.conversation(AGENCY, user)) == 1

        return whole

    def relist_agencies(self, slug: str) -> Callable[[], None]:
        new = self.listed.renamed(f"THPT {slug}")

        def whole() -> None:
            assert self.listed.shown() == [new]

        return whole

    def anchor_audit(self, slug: str) -> Callable[[], None]:
        self.made.audit.commit(Event("officer_joined", officer=f"off_{slug}"), agency=f"agc-{slug}", by="a")

        def whole() -> None:
            (anchor,) = set(self.made.anchors.of(f"agc-{slug}"))
            assert anchor.seq == 1
            assert self.made.anchors.write() == 0, "every head is written down"

        return whole

    def reconcile(self, slug: str) -> Callable[[], None]:
        before = Before(self.cloud, self.made, minutes=20)
        upload = before.services.crests.new_upload()
        self.made.files.put("uploads", f"crests/{AGENCY}/{upload}", with_a_place())
        before.services.crests.take(AGENCY, upload, "off_admin")
        notes(self.cloud, "agency_crests")

        def whole() -> None:
            assert len(set(notes(self.cloud, "agency_crests"))) == 1
            (waiting,) = self.made.crests.stuck()
            assert 0 <= waiting.tries <= 2, "one that died between the note and its mark is counted once less"

        return whole

    def erase_old(self, slug: str) -> Callable[[], None]:
        before = Before(self.cloud, self.made, days=61)
        rows = [[f"10000{place}", "8", f"0{place + 1}/07/2011"] for place in range(5)]
        held = before.bureau.released(verified(agency=AGENCY, slug=slug), csv_file(["sbd", "toan", "ngay_sinh"], rows))
        pointer = held.pointer(self.made.clock.now())
        assert pointer is not None
        uploaded = [item.key for item in self.made.exam_office.edition(held, pointer.edition).files]

        def whole() -> None:
            (report,) = Before(
                self.cloud, self.made, hours=-1
            ).services.erasing.run()  # no process reads the old build now
            assert (report.exam, report.hashes, report.waiting) == (held.id, len(rows), 0)
            now = self.made.exam_office.exam(AGENCY, slug)
            clean = now.pointer(self.made.clock.now())
            assert clean is not None
            manifest = self.made.exam_store.manifest(now, clean.build)
            assert "factor" not in manifest.extras
            build = self.made.editions.build(now, clean)
            assert all(self.made.editions.record(now, build, number) for number, _, _ in rows)
            assert not set(uploaded) & set(self.made.files.keys("uploads", "scores/"))

        return whole


@SOME
@pytest.mark.parametrize(
    "job",
    ["resume_imports", "begin_rounds", "sweep_outbox", "relist_agencies", "anchor_audit", "reconcile", "erase_old"],
)
def test_the_clocks_job_is_done_by_its_next_start_wherever_it_is_killed(
    made: Services, functions: Maker, kept_cloud: Cloud, wire: Wire, job: str, places: Callable[[], Places]
) -> None:
    reader = Called(functions(f"{STARTED}.schedules.handle", aws_endpoint=wire.address))
    reader.event = schedule_event(job)

    def arranged(at: int, after: bool) -> Callable[[], None]:
        kept_cloud.engine.empty()  # a job that looks at all there is would take longer with each kill, and never end
        made.agencies._store.add([DEPARTMENT, COMMITTEE])
        found: Callable[[], None] = getattr(Clock(kept_cloud, made), job)(name(job, at, after))
        return found

    assert kill_at_every_call(wire, reader, kept_cloud, arranged, lambda whole: whole(), places()) >= 1
