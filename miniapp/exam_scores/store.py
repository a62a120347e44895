"""Where exams and editions are kept. For this slice's services; rows stay in here.

Questions: one exam by agency and slug · an agency's exams · an exam's editions, newest first · one edition · the
manifest, statistics and one segment of a build · which exams release about now · which imports are under way · which
exams people wait for · who is at work on an edition.

Truth is here; packs and run objects in S3 are copies or intermediate."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import SortedTable, Write, change, put, put_new, read, remove, rows
from miniapp.exam_scores.blocks import SEGMENT_MOST, Shape
from miniapp.exam_scores.model import Edition, Exam, Pointer, Work
from miniapp.exam_scores.statistics import Statistics

LEASE = timedelta(seconds=60)
CALENDAR_KEPT = timedelta(days=400)  # erasing looks back as far as a year
RELEASES = "releases"
IMPORTS = "imports"
WAITS = "waits#tell#"  # whoever answers citizens may write rows of telling, and no others


def exam_key(slug: str) -> str:
    """An exam's place below its agency."""
    return f"exam#{slug}"


def editions_key(agency: str, slug: str) -> str:
    """Where the editions of an exam lie."""
    return f"{agency}#{slug}"


def build_key(agency: str, slug: str, build: str) -> str:
    """Where a build's manifest and statistics lie; its segments lie beside, each on a key of its own."""
    return f"{agency}#{slug}#{build[:32]}"


class ExamScoresTable(SortedTable):
    """Exams and all that belongs to them."""

    class Meta:
        table_name = "exam_scores"


class ExamRow(ExamScoresTable):
    """One exam: the pointer and everything a look-up must know, in one read."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class EditionRow(ExamScoresTable):
    """One edition of an exam."""

    version = NumberAttribute()
    state = UnicodeAttribute()
    body = UnicodeAttribute()


class BuildRow(ExamScoresTable):
    """A part of a build that never changes: manifest, statistics or a segment."""

    data = BinaryAttribute(legacy_encoding=False)
    rest = UnicodeAttribute(default="")  # sort keys of the rows in which the data goes on, with blanks between


class CalendarRow(ExamScoresTable):
    """A release, by its time; or an import under way, by its edition; or an exam that people wait for, by its name."""

    agency = UnicodeAttribute()
    slug = UnicodeAttribute()
    build = UnicodeAttribute(default="")
    edition = UnicodeAttribute(default="")
    expires = NumberAttribute(default=0)


class WorkRow(ExamScoresTable):
    """Who is at work on an edition, since when, and how far: a lease with the figures of the progress bar."""

    worker = UnicodeAttribute()
    beat = NumberAttribute()
    stage = UnicodeAttribute()
    done = NumberAttribute()
    total = NumberAttribute()


TABLES = [ExamRow, EditionRow, BuildRow, CalendarRow, WorkRow]


@dataclass(frozen=True)
class Manifest:
    """What one must know to read a build: n blocks, where segments begin, their sizes and hashes, hash salt and key."""

    build: str
    width: int
    subjects: tuple[str, ...]
    extras: tuple[str, ...]
    count: int
    blocks: int
    firsts: tuple[int, ...]
    sizes: tuple[int, ...]
    hashes: tuple[str, ...]
    pack: str
    salt: str = ""
    key_version: str = ""
    made_at: str = ""

    @property
    def shape(self) -> Shape:
        """The layout of its records."""
        return Shape(self.width, self.subjects, self.extras)


class ExamScoreStore:
    """Reads and conditional writes of this slice."""

    def exam(self, agency: str, slug: str, consistent: bool = False) -> Exam:
        """One exam; NotFound `exam_unknown`."""
        row = read(lambda: ExamRow.get(agency, exam_key(slug), consistent_read=consistent))
        if row is None:
            raise NotFound("exam_unknown")
        return from_plain(Exam, json.loads(row.body))

    def exams(self, agency: str) -> list[Exam]:
        """All exams of an agency, newest year first."""
        found = rows(lambda: ExamRow.query(agency, ExamRow.sk.startswith("exam#")))
        exams = [from_plain(Exam, json.loads(row.body)) for row in found]
        return sorted(exams, key=lambda exam: (-exam.year, exam.slug))

    @staticmethod
    def adding_exam(exam: Exam) -> Write:
        """A new exam."""
        return put_new(_exam_row(exam), Conflict("exam_exists", slug=exam.slug))

    @staticmethod
    def changing_exam(exam: Exam) -> Write:
        """An exam changed since it was read at the version before."""
        return put(_exam_row(exam), ExamRow.version == exam.version - 1, Conflict("exam_changed_meanwhile"))

    def edition(self, exam: Exam, edition_id: str) -> Edition:
        """One edition, as it is now; NotFound `edition_unknown`."""
        key = editions_key(exam.agency, exam.slug)
        row = read(lambda: EditionRow.get(key, f"edition#{edition_id}", consistent_read=True))
        if row is None:
            raise NotFound("edition_unknown")
        return from_plain(Edition, json.loads(row.body))

    def editions(self, exam: Exam) -> list[Edition]:
        """All editions of an exam, newest first."""
        key = editions_key(exam.agency, exam.slug)
        found = rows(lambda: EditionRow.query(key, EditionRow.sk.startswith("edition#"), scan_index_forward=False))
        return [from_plain(Edition, json.loads(row.body)) for row in found]

    @staticmethod
    def adding_edition(exam: Exam, edition: Edition) -> Write:
        """A new edition."""
        return put_new(_edition_row(exam, edition), Conflict("edition_exists"))

    @staticmethod
    def changing_edition(exam: Exam, edition: Edition) -> Write:
        """An edition changed since it was read at the version before."""
        condition = EditionRow.version == edition.version - 1
        return put(_edition_row(exam, edition), condition, Conflict("edition_changed_meanwhile"))

    def manifest(self, exam: Exam, build: str) -> Manifest:
        """How to read a build; NotFound `build_unknown`."""
        row = self._row(exam, build, "manifest")
        if row is None:
            raise NotFound("build_unknown")
        return from_plain(Manifest, json.loads(row.data))

    def statistics(self, exam: Exam, build: str) -> Statistics:
        """What was counted of a build; NotFound `build_unknown`."""
        row = self._row(exam, build, "statistics")
        parts = [row, *(self._row(exam, build, sk) for sk in row.rest.split())] if row is not None else [None]
        found = [bytes(part.data) for part in parts if part is not None]
        if len(found) < len(parts):
            raise NotFound("build_unknown")
        return Statistics.unpacked(b"".join(found))

    def segment(self, agency: str, slug: str, build: str, place: int) -> bytes:
        """One segment, eventually consistent: a build never changes, so late is as good as new."""
        key = f"{build_key(agency, slug, build)}#{place}"
        row = read(lambda: BuildRow.get(key, "segment"))
        if row is None:
            raise NotFound("build_unknown")
        return bytes(row.data)

    def keep_segment(self, agency: str, slug: str, build: str, place: int, data: bytes) -> None:
        """Keep a segment; one that is there already is the same one, since the build is named by its hash."""
        self._keep(BuildRow(pk=f"{build_key(agency, slug, build)}#{place}", sk="segment", data=data))

    def keep_statistics(self, exam: Exam, build: str, statistics: Statistics) -> None:
        """Keep what was counted, in one item nearly always: hundreds of combinations need more. The first comes last.

        Further parts are named by the hash of all, so that those of two ways of counting can't be taken together."""
        key, body = build_key(exam.agency, exam.slug, build), statistics.packed()
        name = f"statistics#{hashlib.sha256(body).hexdigest()[:16]}"
        first, *further = [body[start : start + SEGMENT_MOST] for start in range(0, len(body), SEGMENT_MOST)]
        rest = {f"{name}#{place}": part for place, part in enumerate(further, 1)}
        for sk, part in rest.items():
            self._keep(BuildRow(pk=key, sk=sk, data=part))
        self._keep(BuildRow(pk=key, sk="statistics", data=first, rest=" ".join(rest)))

    def keep_manifest(self, exam: Exam, manifest: Manifest) -> None:
        """Keep the manifest, last of all parts: a build without one does not exist."""
        key = build_key(exam.agency, exam.slug, manifest.build)
        self._keep(BuildRow(pk=key, sk="manifest", data=json.dumps(to_plain(manifest)).encode()))

    def forget_build(self, exam: Exam, manifest: Manifest) -> None:
        """Delete every part of a build: the manifest first, so that nobody starts reading it."""
        key = build_key(exam.agency, exam.slug, manifest.build)
        counted = self._row(exam, manifest.build, "statistics")
        rest = counted.rest.split() if counted is not None else []
        parts = [(key, sk) for sk in ("manifest", *rest, "statistics")]
        parts += [(f"{key}#{place}", "segment") for place in range(len(manifest.sizes))]
        for pk, sk in parts:
            row = BuildRow(pk=pk, sk=sk, data=b"")
            try:
                remove(row, BuildRow.pk.exists(), Conflict("build_gone")).alone()
            except Conflict:
                continue

    @staticmethod
    def noting_release(exam: Exam, pointer: Pointer) -> Write:
        """A line of the calendar of releases."""
        row = CalendarRow(
            pk=RELEASES,
            sk=f"{iso(pointer.release_at)}#{exam.agency}#{exam.slug}",
            agency=exam.agency,
            slug=exam.slug,
            build=pointer.build,
            expires=int((pointer.release_at + CALENDAR_KEPT).timestamp()),
        )
        return put(row, CalendarRow.pk.does_not_exist() | CalendarRow.pk.exists(), Conflict("calendar"))

    def releases(self, since: datetime, until: datetime) -> list[tuple[str, str]]:
        """(agency, slug) of exams that release between two moments, soonest first."""
        found = rows(lambda: CalendarRow.query(RELEASES, CalendarRow.sk.between(iso(since), iso(until) + "~")))
        return list(dict.fromkeys((row.agency, row.slug) for row in found))

    @staticmethod
    def noting_import(exam: Exam, edition_id: str) -> Write:
        """An edition that a worker must take up, so that a dead worker's work is found again."""
        row = CalendarRow(
            pk=IMPORTS,
            sk=f"{exam.agency}#{exam.slug}#{edition_id}",
            agency=exam.agency,
            slug=exam.slug,
            edition=edition_id,
        )
        return put(row, CalendarRow.pk.does_not_exist() | CalendarRow.pk.exists(), Conflict("calendar"))

    @staticmethod
    def import_done(exam: Exam, edition_id: str) -> Write:
        """No worker need look at this edition any more."""
        row = CalendarRow(pk=IMPORTS, sk=f"{exam.agency}#{exam.slug}#{edition_id}", agency="", slug="")
        return remove(row, CalendarRow.pk.does_not_exist() | CalendarRow.pk.exists(), Conflict("calendar"))

    def imports(self) -> list[tuple[str, str, str]]:
        """(agency, slug, edition) of every import that was begun and not finished."""
        found = rows(lambda: CalendarRow.query(IMPORTS))
        return [(row.agency, row.slug, row.edition) for row in found]

    def note_wait(self, agency: str, slug: str) -> None:
        """Somebody waits for an exam: it is to be found even if it never comes out. Nearly always it is noted already."""
        key = f"{agency}#{slug}"
        if read(lambda: CalendarRow.get(WAITS, key)) is None:
            with suppress(Conflict):
                put_new(CalendarRow(pk=WAITS, sk=key, agency=agency, slug=slug), Conflict("calendar")).alone()

    def forget_wait(self, agency: str, slug: str) -> None:
        """Nobody can begin to wait for an exam any more."""
        row = CalendarRow(pk=WAITS, sk=f"{agency}#{slug}", agency="", slug="")
        remove(row, CalendarRow.pk.does_not_exist() | CalendarRow.pk.exists(), Conflict("calendar")).alone()

    def waits(self) -> list[tuple[str, str]]:
        """(agency, slug) of exams that people registered for before they were out."""
        return [(row.agency, row.slug) for row in rows(lambda: CalendarRow.query(WAITS))]

    def beat(self, exam: Exam, edition_id: str, worker: str, now: datetime, stage: str, done: int, total: int) -> None:
        """Take or keep the lease on an edition; Conflict `import_under_way` while another worker has it."""
        key = editions_key(exam.agency, exam.slug)
        row = WorkRow(pk=key, sk=f"work#{edition_id}", worker=worker, beat=0, stage="", done=0, total=0)
        stale = now.timestamp() - LEASE.total_seconds()
        mine = WorkRow.pk.does_not_exist() | (WorkRow.worker == worker) | (WorkRow.beat < stale)
        figures = [
            WorkRow.worker.set(worker),
            WorkRow.beat.set(now.timestamp()),
            WorkRow.stage.set(stage),
            WorkRow.done.set(done),
            WorkRow.total.set(total),
        ]
        change(row, figures, mine, Conflict("import_under_way")).alone()

    def leave(self, exam: Exam, edition_id: str, worker: str) -> None:
        """Give the lease back."""
        key = editions_key(exam.agency, exam.slug)
        row = WorkRow(pk=key, sk=f"work#{edition_id}", worker=worker, beat=0, stage="", done=0, total=0)
        try:
            remove(row, WorkRow.worker == worker, Conflict("import_under_way")).alone()
        except Conflict:
            return

    def work(self, exam: Exam, edition_id: str, now: datetime) -> Work | None:
        """What a worker is doing with an edition, if any has it."""
        key = editions_key(exam.agency, exam.slug)
        row = read(lambda: WorkRow.get(key, f"work#{edition_id}"))
        if row is None:
            return None
        live = now.timestamp() - float(row.beat) < LEASE.total_seconds()
        return Work(row.stage, int(row.done), int(row.total), live)

    def _row(self, exam: Exam, build: str, name: str) -> BuildRow | None:
        key = build_key(exam.agency, exam.slug, build)
        return read(lambda: BuildRow.get(key, name, consistent_read=True))

    @staticmethod
    def _keep(row: BuildRow) -> None:
        try:
            put_new(row, Conflict("build_kept")).alone()
        except Conflict:
            return


def _exam_row(exam: Exam) -> ExamRow:
    body = json.dumps(to_plain(exam), ensure_ascii=False)
    return ExamRow(pk=exam.agency, sk=exam_key(exam.slug), version=exam.version, body=body)


def _edition_row(exam: Exam, edition: Edition) -> EditionRow:
    body = json.dumps(to_plain(edition), ensure_ascii=False)
    key = editions_key(exam.agency, exam.slug)
    return EditionRow(pk=key, sk=f"edition#{edition.id}", version=edition.version, state=edition.state.value, body=body)
