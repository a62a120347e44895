"""From uploaded files to a checked edition. For the import worker and `flask scores import`.

Reads the files that wait, one run of records each, then lays all runs (over the edition that is out, for a correction)
into a build: segments, pack, statistics, manifest, and last the edition's own row. Killed anywhere and started again
it ends with the same build, because a build is named by its content and nothing is overwritten. One worker at a time:
a lease with a heartbeat, which is the progress bar too."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.chunks import Chunk
from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.files import Files
from miniapp.core.ids import Ids
from miniapp.core.reading import Progress, read_rows
from miniapp.exam_scores import blocks, difference, together
from miniapp.exam_scores.blocks import BLOCK_MOST, Built, Shape
from miniapp.exam_scores.counting import count
from miniapp.exam_scores.difference import Difference, compare
from miniapp.exam_scores.factors import FactorKeys
from miniapp.exam_scores.fitting import fitted
from miniapp.exam_scores.gathering import Gathering, Run
from miniapp.exam_scores.keeping import PACKS, ImportLists
from miniapp.exam_scores.lists import Lines
from miniapp.exam_scores.model import Edition, EditionState, Exam, FileState, Reason, ScoreFile
from miniapp.exam_scores.statistics import Statistics
from miniapp.exam_scores.store import ExamScoreStore, Manifest

TELL_EVERY = 1.0
TRIES = 20
KEEPERS = 4
UPLOADS = "uploads"
SYSTEM = "importer"


@dataclass(frozen=True)
class ImportEdition:
    """A note: this edition has files to read, or all its files are read and it is to be laid into a build."""

    queue: ClassVar[str] = "score_imports"
    agency: str
    slug: str
    edition: str
    v: int = 1


Tell = Callable[[str, int, int], None]


class Importing:
    """The import worker's verbs."""

    def __init__(
        self, store: ExamScoreStore, files: Files, audit: Audit, keys: FactorKeys, clock: Clock, ids: Ids
    ) -> None:
        self._store = store
        self._files = files
        self._lists = ImportLists(files)
        self._audit = audit
        self._keys = keys
        self._clock = clock
        self._ids = ids

    def run(self, note: ImportEdition, tell: Tell | None = None) -> Edition:
        """Bring an edition to `checked`; nothing for one that is past it. Conflict while another worker is at it."""
        exam = self._store.exam(note.agency, note.slug, consistent=True)
        worker = self._ids.new("wrk")
        beat = _Beat(self._store, self._clock, exam, note.edition, worker, tell)
        beat("reading", 0, 1, force=True)
        try:
            with _no_collection():
                return self._work(exam, note.edition, beat)
        finally:
            self._store.leave(exam, note.edition, worker)

    def wake(self, note: ImportEdition) -> None:
        """What the queue calls: like `run`, but another worker being at it is no failure (the schedule asks again)."""
        try:
            self.run(note)
        except Conflict as conflict:
            if conflict.code != "import_under_way":
                raise
            log.info("import_under_way", edition=note.edition)

    def _work(self, exam: Exam, edition_id: str, beat: "_Beat") -> Edition:
        held: dict[str, Run] = {}
        tries = 0
        while tries < TRIES:
            edition = self._store.edition(exam, edition_id)
            if edition.state is not EditionState.GATHERING:
                return edition
            waiting = [item for item in edition.files if item.state in (FileState.WAITING, FileState.READING)]
            if waiting:
                held = self._read(exam, edition, waiting[0], beat)
                continue
            if not edition.files or any(item.state is FileState.EXPECTED for item in edition.files):
                return edition
            try:
                return self._lay(exam, edition, held, beat)
            except Conflict as conflict:
                if conflict.code != "edition_changed_meanwhile":
                    raise
                tries += 1
        raise Conflict("edition_changed_meanwhile")

    def _read(self, exam: Exam, edition: Edition, item: ScoreFile, beat: "_Beat") -> dict[str, Run]:
        """One file to a run; a file that is no table of scores is refused with the reason.

        The run of an only file is given back by the file's id, and nobody else holds it: it is much of the memory."""
        gathering = self._gathering(exam, edition, item)
        run: Run | None = None
        try:
            run = gathering.take(self._chunks(item, beat))
        except Invalid as refusal:
            facts = refusal.facts
            sheet = str(facts.get("sheet", ""))
            value = str(facts.get("most", facts.get("why", sheet)))
            gathering.findings.add(refusal.code, int(facts.get("row", 0)), sheet, value)
        findings = gathering.findings
        self._lists.keep_findings(exam, edition.id, item.id, findings)
        read_file = replace(
            item,
            state=FileState.REFUSED if run is None else FileState.READ,
            errors=findings.count("error"),
            warnings=findings.count("warning"),
            findings=findings.kinds(),
            done=item.size,
            beat_at=iso(self._clock.now()),
        )
        if run is not None:
            key = self._lists.keep_run(exam, edition.id, item.id, run)
            read_file = replace(read_file, rows=run.rows, run=key)
        self._replace_file(exam, edition.id, read_file)
        return {item.id: run} if run is not None and len(edition.files) == 1 else {}

    def _gathering(self, exam: Exam, edition: Edition, item: ScoreFile) -> Gathering:
        version = self._key_version(exam, self._base(exam))
        return Gathering(
            exam, item.pad_numbers, item.minus_one, self._keys, exam.id, edition.partial, key_version=version
        )

    def _chunks(self, item: ScoreFile, beat: "_Beat") -> Iterator[Chunk]:
        progress = Progress()
        for chunk in read_rows(self._files.open(UPLOADS, item.key), progress):
            beat("reading", progress.done, item.size)
            yield chunk

    def _places(
        self, exam: Exam, edition: Edition, wanted: dict[str, frozenset[str]], beat: "_Beat"
    ) -> dict[str, dict[str, tuple[int, str]]]:
        """Where numbers stand: runs keep no rows, so the few files that quarrel are read once more."""
        found = {}
        for item in edition.files:
            if item.id in wanted:
                gathering = self._gathering(exam, edition, item)
                gathering.wanted = wanted[item.id]
                found[item.id] = gathering.take(self._chunks(item, beat)).places
        return found

    def _replace_file(self, exam: Exam, edition_id: str, changed: ScoreFile) -> None:
        """Put a file's new state into its edition, whatever else changed there meanwhile."""
        for _ in range(TRIES):
            edition = self._store.edition(exam, edition_id)
            if all(item.id != changed.id for item in edition.files):
                return  # the officer took the file away while it was read
            files = tuple(changed if item.id == changed.id else item for item in edition.files)
            changes = fitted(replace(edition, files=files, version=edition.version + 1))
            try:
                self._store.changing_edition(exam, changes).alone()
                return
            except Conflict:
                continue
        raise Conflict("edition_changed_meanwhile")

    def _lay(self, exam: Exam, edition: Edition, held: dict[str, Run], beat: "_Beat") -> Edition:
        good = [item for item in edition.files if item.state is FileState.READ]
        if not good:
            return self._checked(exam, edition, "", Difference(), 0)
        beat("comparing", 0, 1, force=True)
        base = self._base(exam)
        if base is None and edition.partial:  # what it was to be laid over was withdrawn meanwhile
            return self._faulty(exam, edition, "correction_without_base")
        salt, version = exam.id, self._key_version(exam, base)
        if base is not None and edition.partial and base.key_version not in ("", version):
            return self._faulty(exam, edition, "factor_key_gone")
        runs = [held[item.id] if item.id in held else self._lists.run(item.run) for item in good]
        self._read_anew(exam, edition, good, runs, version)
        beside = Lines()
        shape, records, repeated = together.joined(runs)
        if repeated:
            files = [item.id for item in good]
            places = self._places(exam, edition, together.wanted(repeated, files), beat)
            edition = together.blamed_for_repeats(edition, files, repeated, places, beside)
        held.clear()
        runs.clear()  # their records are now those of the edition, or replaced by what is out
        if base is not None:
            edition, shape, records, found = self._over(exam, edition, base, shape, records, beside)
        else:
            found = Difference(added=len(records))
        total = len(records)
        with ThreadPoolExecutor(1) as aside:  # compressing lets another thread run: count meanwhile
            building = aside.submit(blocks.build, records, shape, BLOCK_MOST[exam.policy.value])
            statistics = count(
                records,
                shape,
                exam.usable_combinations,
                exam.prefix_length,
                lambda done: beat("counting", done, total),
                exam.scale,
                exam.expected_prefixes,
            )
            beat("packing", 0, 1, force=True)
            built = building.result()
        del records
        manifest = self._keep(exam, built, statistics, salt, version, beat)
        self._lists.keep_together(exam, edition.id, beside)
        self._lists.keep_changes(exam, edition.id, found)
        return self._checked(exam, edition, manifest.build, found, built.count)

    def _key_version(self, exam: Exam, base: Manifest | None) -> str:
        """Which key hashes the factors: that of the edition that is out, while we have it, so that they compare."""
        if not exam.factors:
            return ""
        return base.key_version if base is not None and self._keys.knows(base.key_version) else self._keys.current

    def _read_anew(self, exam: Exam, edition: Edition, good: list[ScoreFile], runs: list[Run], version: str) -> None:
        """Files that were read under another key, before another edition went out, are read once more."""
        stale = [item for item, run in zip(good, runs, strict=True) if run.key_version != version]
        for item in stale:
            self._replace_file(exam, edition.id, replace(item, state=FileState.WAITING))
        if stale:
            raise Conflict("edition_changed_meanwhile")

    def _base(self, exam: Exam) -> Manifest | None:
        pointer = exam.pointer(self._clock.now())
        return self._store.manifest(exam, pointer.build) if pointer else None

    def _over(
        self, exam: Exam, edition: Edition, base: Manifest, shape: Shape, records: list[bytes], lines: Lines
    ) -> tuple[Edition, Shape, list[bytes], Difference]:
        wide = difference.common_shape([base.shape, shape])
        old: list[bytes] = []
        for place in range(len(base.sizes)):
            segment = self._store.segment(exam.agency, exam.slug, base.build, place)
            old += difference.widened(blocks.records(segment, base.shape), base.shape, wide)
        old.sort()
        mark = 0 if edition.reason is Reason.RELEASE else min(len(exam.history) + 1, 255)
        new = difference.widened(records, shape, wide)
        result, found = compare(old, wide, new, wide, mark, edition.partial)
        if edition.partial:
            last = edition.files[-1].id
            stale = together.listed(last, together.totals_apart(exam, wide, new, result), lines)
            edition = together.blamed(edition, last, stale)
        return edition, wide, result, found

    def _keep(
        self, exam: Exam, built: Built, statistics: Statistics, salt: str, version: str, beat: "_Beat"
    ) -> Manifest:
        """Segments, pack, statistics, and last the manifest."""
        build = built.digest
        with ThreadPoolExecutor(KEEPERS) as keepers:
            keeping = [
                keepers.submit(self._store.keep_segment, exam.agency, exam.slug, build, place, segment)
                for place, segment in enumerate(built.segments)
            ]
            for place, kept in enumerate(keeping):
                kept.result()
                beat("keeping", place + 1, len(built.segments))
        pack = f"packs/{exam.agency}/{exam.slug}/{build}"
        self._files.put(PACKS, pack, built.pack)
        self._store.keep_statistics(exam, build, statistics)
        manifest = Manifest(
            build=build,
            width=built.shape.width,
            subjects=built.shape.subjects,
            extras=built.shape.extras,
            count=built.count,
            blocks=built.blocks,
            firsts=built.firsts,
            sizes=tuple(map(len, built.segments)),
            hashes=built.hashes,
            pack=pack,
            salt=salt if exam.factors else "",
            key_version=version,
            made_at=iso(self._clock.now()),
        )
        self._store.keep_manifest(exam, manifest)
        return manifest

    def _faulty(self, exam: Exam, edition: Edition, code: str) -> Edition:
        """What is wrong with all files together is the last one's error."""
        lines, last = Lines(), edition.files[-1].id
        found = together.listed(last, [together.one_finding(code)], lines)
        self._lists.keep_together(exam, edition.id, lines)
        return self._checked(exam, together.blamed(edition, last, found), "", Difference(), 0)

    def _checked(self, exam: Exam, edition: Edition, build: str, found: Difference, total: int) -> Edition:
        checked = fitted(edition).moved(
            EditionState.CHECKED,
            build=build,
            candidates=total,
            added=found.added,
            removed=found.removed,
            changed=found.changed,
            base_build=self._pointed(exam),
            corrections=len(exam.history),
        )
        event = Event(
            "scores_checked",
            exam=exam.id,
            edition=edition.id,
            rows=sum(item.rows for item in checked.files),
            errors=checked.errors,
            warnings=sum(item.warnings for item in checked.files),
        )
        writes = [self._store.changing_edition(exam, checked), self._store.import_done(exam, edition.id)]
        self._audit.commit(event, agency=exam.agency, by=SYSTEM, writes=writes)
        log.info("edition_checked", exam=exam.id, edition=edition.id, rows=total, errors=checked.errors)
        return checked

    def _pointed(self, exam: Exam) -> str:
        pointer = exam.pointer(self._clock.now())
        return pointer.build if pointer else ""


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small values that hold no cycles: looking for cycles among them costs a fifth of the import."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Beat:
    """Keeps the lease and the progress bar, at most once a second."""

    def __init__(
        self, store: ExamScoreStore, clock: Clock, exam: Exam, edition: str, worker: str, tell: Tell | None
    ) -> None:
        self._store, self._clock, self._exam, self._edition, self._worker = store, clock, exam, edition, worker
        self._tell = tell
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int, force: bool = False) -> None:
        if self._tell is not None:
            self._tell(stage, done, total)
        now = time.monotonic()
        if force or now - self._last >= TELL_EVERY:
            self._last = now
            self._store.beat(self._exam, self._edition, self._worker, self._clock.now(), stage, done, max(total, 1))
