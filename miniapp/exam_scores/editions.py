"""What a process remembers of the exams it serves: exam rows for seconds, builds for as long as memory allows.

For look-ups and statistics pages. An exam row is at most `exam_row_age` seconds old and serves for `exam_row_grace`
seconds more when the store does not answer. A build never changes, so its segments are read at most once in a process's
life, least recently used out when memory is full. Nothing here writes."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import NotFound, Unavailable
from miniapp.core.files import Files
from miniapp.exam_scores import blocks
from miniapp.exam_scores.model import Exam, Pointer
from miniapp.exam_scores.remembering import Remembered
from miniapp.exam_scores.statistics import Statistics
from miniapp.exam_scores.store import ExamScoreStore, Manifest

SOON = timedelta(hours=24)
LATELY = timedelta(days=7)
EXAMS_MOST = 2_000
BUILDS_MOST = 200
PACKS = "packs"
ENTRY = 256  # bytes that remembering something costs beside its own


@dataclass(frozen=True)
class Build:
    """An edition's parts that a look-up needs."""

    manifest: Manifest
    statistics: Statistics
    shape: blocks.Shape


class ExamRows:
    """Exam rows with an age."""

    def __init__(self, store: ExamScoreStore, clock: Clock, age: int, grace: int) -> None:
        self._store = store
        self._remembered = Remembered(self._asked, clock, age, grace, EXAMS_MOST)

    @property
    def reads(self) -> int:
        """How often the store was asked."""
        return self._remembered.reads

    def get(self, agency: str, slug: str) -> Exam:
        """The exam as it was at most `age` seconds ago; NotFound `exam_unknown`."""
        exam = self._remembered.get((agency, slug))
        if exam is None:
            raise NotFound("exam_unknown")
        return exam

    def _asked(self, key: tuple[str, str]) -> Exam | None:
        try:
            return self._store.exam(*key)
        except NotFound:
            return None


class Segments:
    """Segments in memory, and blocks of them unpacked, bounded in bytes together.

    Unpacked blocks live in the room that segments leave and are given up first: a block is unpacked again in
    microseconds, a segment costs a read."""

    def __init__(self, store: ExamScoreStore, most: int) -> None:
        self._store = store
        self._most = most
        self._held: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._unpacked: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._locks: dict[tuple[str, int], threading.Lock] = {}
        self._guard = threading.Lock()
        self.size = 0
        self.reads = 0

    def block(self, exam: Exam, manifest: Manifest, block: int) -> bytes:
        """The records of one block, unpacked."""
        key = (manifest.build, block)
        found = self._unpacked.get(key)
        if found is None:
            segment = self.get(exam, manifest.build, blocks.segment_of(block, manifest.firsts))
            found = blocks.raw_block(segment, block)
            with self._guard:
                self._remember(self._unpacked, key, found)
        return found

    def get(self, exam: Exam, build: str, place: int) -> bytes:
        """One segment, from memory or by one read; threads that miss together share it."""
        key = (build, place)
        with self._guard:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
                return found
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            found = self._held.get(key)
            if found is None:
                self.reads += 1
                found = self._store.segment(exam.agency, exam.slug, build, place)
                self.keep(build, place, found)
        return found

    def keep(self, build: str, place: int, segment: bytes) -> None:
        """Remember a segment, forgetting unpacked blocks and then the least recently used beyond the bound."""
        with self._guard:
            self._locks.pop((build, place), None)
            self._remember(self._held, (build, place), segment)

    def _remember(self, where: OrderedDict[tuple[str, int], bytes], key: tuple[str, int], body: bytes) -> None:
        if key in where:
            return
        where[key] = body
        self.size += len(body) + ENTRY
        while self.size > self._most and (self._unpacked or len(self._held) > 1):
            _, dropped = (self._unpacked or self._held).popitem(last=False)
            self.size -= len(dropped) + ENTRY


class Editions:
    """Exams and builds, remembered."""

    def __init__(
        self, store: ExamScoreStore, files: Files, clock: Clock, age: int, grace: int, memory: int, pack_most: int
    ) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._pack_most = pack_most
        self.rows = ExamRows(store, clock, age, grace)
        self.segments = Segments(store, memory)
        self._builds: OrderedDict[str, Build] = OrderedDict()
        self._guard = threading.Lock()

    def exam(self, agency: str, slug: str) -> Exam:
        """The exam as it was seconds ago; NotFound `exam_unknown`."""
        return self.rows.get(agency, slug)

    def exams(self, agency: str) -> list[Exam]:
        """All exams of an agency (a query: for lists, not for look-ups)."""
        return self._store.exams(agency)

    def in_calendar(self, since: datetime, until: datetime) -> list[Exam]:
        """Exams with a release between two moments, as they are now (a query and a read each: for operators)."""
        return [self._store.exam(agency, slug, consistent=True) for agency, slug in self._store.releases(since, until)]

    def build(self, exam: Exam, pointer: Pointer) -> Build:
        """The parts of an edition, read once; a build that lost a part is Unavailable."""
        found = self._builds.get(pointer.build)
        if found is not None:
            return found
        with self._guard:
            found = self._builds.get(pointer.build)
            if found is None:
                found = self._read_build(exam, pointer)
                self._builds[pointer.build] = found
                while len(self._builds) > BUILDS_MOST:
                    self._builds.popitem(last=False)
        return found

    def _read_build(self, exam: Exam, pointer: Pointer) -> Build:
        try:
            manifest = self._store.manifest(exam, pointer.build)
            statistics = self._store.statistics(exam, pointer.build)
        except NotFound:
            raise Unavailable("build_incomplete", build=pointer.build[:16]) from None
        return Build(manifest, statistics, manifest.shape)

    def record(self, exam: Exam, build: Build, number: str) -> bytes | None:
        """The record of a number, or None. The same work for both, up to the comparison."""
        manifest = build.manifest
        block = blocks.block_of(number, manifest.blocks)
        return blocks.find(self.segments.block(exam, manifest, block), build.shape, number)

    def warm(self, tell: Callable[[str], None] = lambda exam: None) -> int:
        """Load the packs of exams that release within a day or did within a week, what is out and what comes; how many.

        For a process that starts. What fails is left to the first look-ups: one read of one segment each."""
        now = self._clock.now()
        loaded = 0
        for agency, slug in self._store.releases(now - LATELY, now + SOON):
            try:
                exam = self.exam(agency, slug)
            except (NotFound, Unavailable) as failure:
                log.warning("pack_not_loaded", exam=f"{agency}#{slug}", code=failure.code)
                continue
            for pointer in _wanted(exam, now):
                if self._could_load(exam, pointer):
                    loaded += 1
                    tell(exam.id)
        return loaded

    def _could_load(self, exam: Exam, pointer: Pointer) -> bool:
        try:
            return self._load(exam, pointer)
        except (NotFound, Unavailable) as failure:
            log.warning("pack_not_loaded", exam=exam.id, code=failure.code)
            return False

    def _load(self, exam: Exam, pointer: Pointer) -> bool:
        build = self.build(exam, pointer)
        manifest = build.manifest
        if sum(manifest.sizes) > self._pack_most:
            return False
        pack = self._files.get(PACKS, manifest.pack, self._pack_most)
        segments = blocks.split(pack, manifest.sizes)
        if tuple(hashlib.sha256(segment).hexdigest() for segment in segments) != manifest.hashes:
            raise Unavailable("pack_damaged", build=manifest.build[:16])
        for place, segment in enumerate(segments):
            self.segments.keep(manifest.build, place, segment)
        return True


def _wanted(exam: Exam, now: datetime) -> list[Pointer]:
    """What people will ask for: the edition whose hour comes within a day, and what is out, last, so that it is the one
    that stays where memory has no room for both."""
    coming, out = exam.coming(now), exam.pointer(now)
    soon = coming if coming is not None and coming.release_at - now <= SOON else None
    return [pointer for pointer in (soon, out) if pointer is not None]
