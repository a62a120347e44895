"""Erasing what look-ups needed and nobody needs any more, N days after release: factor hashes and registrations.

For the nightly schedule and `flask scores erase`. Every edition of the exam whose build holds hashes is rebuilt without
them and swapped in by compare-and-set; the old parts are deleted once no process can be reading them; read files, their
runs and places (which hold what people typed) go too. Scores, statistics and the audit trail stay; after it, a look-up
by factors is no longer possible, and the exam's page says so. Killed anywhere and started again it goes on.

Registrations for an exam that never comes out go N days after its announced hour, or a year after they were made.
A newer release (a correction) starts the days anew, since its look-ups still need the hashes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.files import Files
from miniapp.core.stuck import Stuck
from miniapp.core.tables import Write
from miniapp.exam_scores import blocks
from miniapp.exam_scores.blocks import BLOCK_MOST, Built, Shape
from miniapp.exam_scores.erasing_store import ErasureStore, Replaced
from miniapp.exam_scores.keeping import findings_key, together_key
from miniapp.exam_scores.model import Edition, EditionState, Exam, Pointer
from miniapp.exam_scores.rounds import Rounds
from miniapp.exam_scores.store import ExamScoreStore, Manifest
from miniapp.exam_scores.telling_store import Registration

BY = "erasing"
FACTOR = "factor"
LOOK_BACK = timedelta(days=365)
WAITED_MOST = timedelta(days=365)  # for an exam of which nobody said when it comes
LATE = timedelta(hours=3)  # the schedule comes hourly, and goes twice until no process reads what it deletes
PACKS, UPLOADS = "packs", "uploads"
IN_WORK = (EditionState.GATHERING, EditionState.CHECKED)


@dataclass(frozen=True)
class Erased:
    """The report for one exam: hashes and registrations erased, and how many builds still wait for their readers."""

    exam: str
    hashes: int
    registrations: int
    waiting: int


class Erasing:
    """Finds what is due and erases it."""

    def __init__(
        self,
        exams: ExamScoreStore,
        store: ErasureStore,
        rounds: Rounds,
        files: Files,
        audit: Audit,
        clock: Clock,
        days: int,
        readers: timedelta,
    ) -> None:
        self._exams = exams
        self._store = store
        self._rounds = rounds
        self._files = files
        self._audit = audit
        self._clock = clock
        self._after = timedelta(days=days)
        self._readers = readers  # how long a process may go on reading a build that nothing points to any more

    def run(self) -> list[Erased]:
        """Erase all that is due; one report per exam that was touched."""
        now = self._clock.now()
        found = []
        for agency, slug in self._releases(now):
            try:
                exam = self._exams.exam(agency, slug, consistent=True)
                report = self.erase(exam)
            except (NotFound, Conflict) as problem:
                log.warning("erasing_put_off", exam=f"{agency}#{slug}", code=problem.code)
                continue
            if report is not None:
                found.append(report)
        return found + [report for agency, slug in self._exams.waits() if (report := self._in_vain(agency, slug))]

    def _in_vain(self, agency: str, slug: str) -> Erased | None:
        """Registrations for an exam that never came out, or was taken back: N days after its announced hour, and at the
        latest a year after they were made. None when nothing is due."""
        now = self._clock.now()
        try:
            exam = self._exams.exam(agency, slug, consistent=True)
            if exam.pointer(now) is not None:
                self._exams.forget_wait(agency, slug)  # its release has days of its own
                return None
            count = 0 if exam.coming(now) else self._rounds.erase(exam, lambda held: self._is_over(exam, held, now))
        except (NotFound, Conflict) as problem:
            log.warning("erasing_put_off", exam=f"{agency}#{slug}", code=problem.code)
            return None
        if count:
            self._audit.commit(self._event(exam, "", 0, count), agency=agency, by=BY)
            log.info("erased", exam=exam.id, hashes=0, registrations=count, waiting=0)
        return Erased(exam.id, 0, count, 0) if count else None

    def _is_over(self, exam: Exam, held: Registration, now: datetime) -> bool:
        announced = exam.expected_at
        if announced is not None and now - max(announced, held.made_at) >= self._after:
            return True
        return now - held.made_at >= WAITED_MOST

    def stuck(self) -> list[Stuck]:
        """Exams whose days are over and of which something is left, though the schedule has come by for hours.

        Their `since` is when their days were over: a term of the law, so nothing begins it anew but a mended cause."""
        now = self._clock.now()
        found = []
        for agency, slug in self._releases(now):
            exam = self._exams.exam(agency, slug, consistent=True)
            release = self._due(exam, now)
            if release is None or now - release - self._after < LATE or self._store.is_done(exam, release):
                continue
            found.append(Stuck("erasing", agency, slug, release + self._after))
        return found

    def _releases(self, now: datetime) -> list[tuple[str, str]]:
        """Exams whose days may be over."""
        return self._exams.releases(now - LOOK_BACK - self._after, now - self._after)

    def erase(self, exam: Exam) -> Erased | None:
        """Bring the erasing of one exam as far as it can go now; None when nothing is due or all is done."""
        now = self._clock.now()
        release = self._due(exam, now)
        if release is None or self._store.is_done(exam, release):
            return None
        for edition in self._exams.editions(exam):
            exam = self._strip(exam, edition, now)
        registrations = self._rounds.erase(exam)
        hashes = self._delete_unread(exam, now)
        waiting = len(self._store.replaced(exam))
        if not waiting:
            event = self._event(exam, "", 0, registrations)
            self._audit.commit(event, agency=exam.agency, by=BY, writes=[self._store.done(exam, release)])
        elif registrations:
            self._audit.commit(self._event(exam, "", 0, registrations), agency=exam.agency, by=BY)
        log.info("erased", exam=exam.id, hashes=hashes, registrations=registrations, waiting=waiting)
        return Erased(exam.id, hashes, registrations, waiting)

    def _due(self, exam: Exam, now: datetime) -> datetime | None:
        """The release whose days are over, unless another edition waits for its hour."""
        if exam.coming(now) is not None:
            return None
        pointer = exam.pointer(now)
        since = pointer.release_at if pointer else exam.withdrawn_at
        return since if since is not None and now - since >= self._after else None

    def _strip(self, exam: Exam, edition: Edition, now: datetime) -> Exam:
        """One edition without hashes, and without the files they came from; the exam as it is then.

        One that was gathered long ago and never approved begins anew: nobody could look up by what is left of it."""
        in_work = edition.state in IN_WORK
        if not exam.factors or (in_work and now - edition.made_at < self._after):
            return exam  # an office is at work on it: its own release will have its own days
        manifest = self._manifest(exam, edition)
        if manifest is not None and FACTOR in manifest.extras:
            if in_work:
                begun = replace(edition, state=EditionState.GATHERING, files=(), build="")
                exam = self._swap(exam, begun, manifest, manifest, now)
            else:
                clean = self._rebuilt(exam, manifest)
                exam = self._swap(exam, replace(edition, build=clean.build), manifest, clean, now)
        for bucket, key in _sources(exam, edition):
            self._files.remove(bucket, key)
        return exam

    def _manifest(self, exam: Exam, edition: Edition) -> Manifest | None:
        try:
            return self._exams.manifest(exam, edition.build) if edition.build else None
        except NotFound:
            return None

    def _rebuilt(self, exam: Exam, manifest: Manifest) -> Manifest:
        """The same scores, laid anew without hashes; a second run makes the same build under the same name."""
        old = manifest.shape
        shape = Shape(old.width, old.subjects, tuple(name for name in old.extras if name != FACTOR))
        records = sorted(blocks.reshaped(record, old, shape) for record in self._records(exam, manifest))
        built = blocks.build(records, shape, BLOCK_MOST[exam.policy.value])
        for place, segment in enumerate(built.segments):
            self._exams.keep_segment(exam.agency, exam.slug, built.digest, place, segment)
        pack = f"packs/{exam.agency}/{exam.slug}/{built.digest}"
        self._files.put(PACKS, pack, built.pack)
        self._exams.keep_statistics(exam, built.digest, self._exams.statistics(exam, manifest.build))
        clean = _manifest_of(built, pack, manifest)
        self._exams.keep_manifest(exam, clean)
        return clean

    def _records(self, exam: Exam, manifest: Manifest) -> Iterator[bytes]:
        for place in range(len(manifest.sizes)):
            segment = self._exams.segment(exam.agency, exam.slug, manifest.build, place)
            yield from blocks.records(segment, manifest.shape)

    def _swap(self, exam: Exam, edition: Edition, old: Manifest, clean: Manifest, now: datetime) -> Exam:
        """Edition and pointer turn to the clean build in one transaction, and the old one waits to be deleted."""
        turned = replace(edition, version=edition.version + 1)
        writes: list[Write] = [self._exams.changing_edition(exam, turned)]
        writes.append(self._store.replacing(exam, Replaced(old, edition.id, now)))
        live, coming = _turned(exam.live, old, clean), _turned(exam.next, old, clean)
        if (live, coming) != (exam.live, exam.next):
            exam = replace(exam, live=live, next=coming, version=exam.version + 1)
            writes.append(self._exams.changing_exam(exam))
        event = Event("exam_changed", exam=exam.id, changed=f"edition {edition.id} rebuilt without factors")
        self._audit.commit(event, agency=exam.agency, by=BY, writes=writes)
        return exam

    def _delete_unread(self, exam: Exam, now: datetime) -> int:
        """Delete the builds that no process reads and no edition names any more; how many hashes went."""
        named = {edition.build for edition in self._exams.editions(exam)}
        unread = [held for held in self._store.replaced(exam) if now - held.since >= self._readers]
        return sum(self._delete(exam, held) for held in unread if held.manifest.build not in named)

    def _delete(self, exam: Exam, replaced: Replaced) -> int:
        """The old build's parts, then the note that they waited, with the entry in the audit trail."""
        manifest = replaced.manifest
        self._exams.forget_build(exam, manifest)
        self._files.remove(PACKS, manifest.pack)
        event = self._event(exam, replaced.edition, manifest.count, 0)
        self._audit.commit(event, agency=exam.agency, by=BY, writes=[self._store.deleted(exam, replaced)])
        return manifest.count

    @staticmethod
    def _event(exam: Exam, edition: str, hashes: int, registrations: int) -> Event:
        return Event("factors_erased", exam=exam.id, edition=edition, hashes=hashes, registrations=registrations)


def _turned(pointer: Pointer | None, old: Manifest, clean: Manifest) -> Pointer | None:
    if pointer is None or pointer.build != old.build:
        return pointer
    return replace(pointer, build=clean.build)


def _manifest_of(built: Built, pack: str, old: Manifest) -> Manifest:
    return replace(
        old,
        build=built.digest,
        extras=built.shape.extras,
        blocks=built.blocks,
        firsts=built.firsts,
        sizes=tuple(map(len, built.segments)),
        hashes=built.hashes,
        pack=pack,
        salt="",
        key_version="",
    )


def _sources(exam: Exam, edition: Edition) -> Iterator[tuple[str, str]]:
    """What an edition was read from: uploads, runs, and the places of problems with what stood there."""
    for item in edition.files:
        yield UPLOADS, item.key
        if item.run:
            yield PACKS, item.run
        yield PACKS, findings_key(exam, edition.id, item.id)
    yield PACKS, together_key(exam, edition.id)
