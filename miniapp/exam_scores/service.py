"""The office's verbs: make an exam, gather an edition, approve it, take it back. For the console and the commands.

Two persons stand behind every release: who sent a file can't approve it, and what was withdrawn needs two approvers to
come back. Release is one pointer in the exam's row, changed only if nobody changed it meanwhile; every step is in the
audit trail in the same transaction. It never overwrites scores."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import BinaryIO

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.files import Files, UploadForm
from miniapp.core.ids import Ids
from miniapp.core.queues import Queues
from miniapp.core.tables import Write
from miniapp.exam_scores import trail, waiting
from miniapp.exam_scores.importing import ImportEdition
from miniapp.exam_scores.model import (
    LAST_MINUTE,
    MINUS_ONE_MEANINGS,
    Correction,
    Edition,
    EditionState,
    Exam,
    FileState,
    Pointer,
    Reason,
    ScoreFile,
    Work,
)
from miniapp.exam_scores.ruling import changed_by_one, said_changes
from miniapp.exam_scores.store import ExamScoreStore
from miniapp.exam_scores.verifying import verify_build

UPLOADS = "uploads"
FILES_MOST = 200
NAME_MOST = 120
FARTHEST = timedelta(days=365)


class ExamOffice:
    """What officers do with exams and editions; whether they may is checked at the door."""

    def __init__(
        self,
        store: ExamScoreStore,
        files: Files,
        queues: Queues,
        audit: Audit,
        clock: Clock,
        ids: Ids,
        upload_most: int,
        pack_most: int,
    ) -> None:
        self._store = store
        self._files = files
        self._queues = queues
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._upload_most = upload_most
        self._pack_most = pack_most

    # --- exams

    def exam(self, agency: str, slug: str) -> Exam:
        """One exam as it is now."""
        return self._store.exam(agency, slug, consistent=True)

    def exams(self, agency: str) -> list[Exam]:
        """An agency's exams."""
        return self._store.exams(agency)

    def add_exam(self, exam: Exam, by: str) -> Exam:
        """A new exam; Conflict `exam_exists`."""
        if exam.formula is not None or exam.benchmark is not None:
            exam = replace(exam, ruled_by=by)
        event = Event("exam_changed", exam=exam.id, changed="added")
        self._audit.commit(event, agency=exam.agency, by=by, writes=[self._store.adding_exam(exam)])
        return exam

    def change_exam(self, exam: Exam, by: str, **changes: object) -> Exam:
        """Change what is announced of an exam (title, expected hour, re-mark window); its rules: `changed_by_one`."""
        changed = changed_by_one(exam, changes, by)
        event = Event("exam_changed", exam=exam.id, changed=said_changes(exam, changes))
        self._audit.commit(event, agency=exam.agency, by=by, writes=[self._store.changing_exam(changed)])
        return changed

    # --- gathering

    def editions(self, exam: Exam) -> list[Edition]:
        """All editions, newest first."""
        return self._store.editions(exam)

    def edition(self, exam: Exam, edition_id: str) -> Edition:
        """One edition; NotFound `edition_unknown`."""
        return self._store.edition(exam, edition_id)

    def work(self, exam: Exam, edition: Edition) -> Work | None:
        """How far the import is, while there is one."""
        return self._store.work(exam, edition.id, self._clock.now())

    def begin(self, exam: Exam, by: str, reason: Reason, decision: str = "", partial: bool = False) -> Edition:
        """A new edition without files. A correction needs a decision number, and scores that are out."""
        now = self._clock.now()
        if reason is not Reason.RELEASE and not decision.strip():
            raise Invalid("decision_missing")
        if partial and exam.pointer(now) is None:
            raise Invalid("correction_without_base")
        edition = Edition(
            id=self._ids.new("edn"),
            exam=exam.id,
            state=EditionState.GATHERING,
            made_at=now,
            reason=reason,
            decision=decision.strip()[:NAME_MOST],
            partial=partial,
        )
        event = trail.begun(exam, edition)
        self._audit.commit(event, agency=exam.agency, by=by, writes=[self._store.adding_edition(exam, edition)])
        return edition

    def upload_form(self, exam: Exam, edition: Edition, then: str) -> tuple[str, UploadForm]:
        """A form for one more file, and the id that the file will have; nothing is written before the file is there."""
        self._gathering(edition)
        file_id = self._ids.new("fil")
        return file_id, self._files.upload_form(
            UPLOADS, self._upload_key(exam, edition, file_id), self._upload_most, then
        )

    def put_file(self, exam: Exam, edition: Edition, body: BinaryIO, size: int) -> str:
        """A file straight into the bucket, for who has no browser; its id, for `take_file`."""
        self._gathering(edition)
        if size > self._upload_most:
            raise Invalid("file_too_large", most=self._upload_most)
        file_id = self._ids.new("fil")
        self._files.put(UPLOADS, self._upload_key(exam, edition, file_id), body)
        return file_id

    def _upload_key(self, exam: Exam, edition: Edition, file_id: str) -> str:
        return f"scores/{exam.agency}/{exam.slug}/{edition.id}/{file_id}"

    def take_file(
        self,
        exam: Exam,
        edition_id: str,
        file_id: str,
        name: str,
        by: str,
        pad: bool = False,
        minus_one: str = "absent",
    ) -> Edition:
        """A file has arrived: note who sent it and start the import. Doing it twice is doing it once."""
        if not is_file_id(file_id) or minus_one not in MINUS_ONE_MEANINGS:
            raise Invalid("file_unknown")
        edition = self._store.edition(exam, edition_id)
        if any(item.id == file_id for item in edition.files):
            self._queues.send(ImportEdition(exam.agency, exam.slug, edition_id))
            return edition
        self._gathering(edition)
        if len(edition.files) >= FILES_MOST:
            raise Invalid("too_many_files", most=FILES_MOST)
        key = self._upload_key(exam, edition, file_id)
        stored = self._files.find(UPLOADS, key)
        if stored is None:
            raise NotFound("upload_missing")
        item = ScoreFile(
            id=file_id,
            name=name[:NAME_MOST] or file_id,
            key=key,
            uploader=by,
            state=FileState.WAITING,
            size=stored.size,
            pad_numbers=pad,
            minus_one=minus_one,
            started_at=iso(self._clock.now()),
        )
        event = trail.uploaded(exam, edition, item)
        return self._refilled(exam, edition, (*edition.files, item), event, by)

    def read_again(self, exam: Exam, edition_id: str, file_id: str, by: str, pad: bool, minus_one: str) -> Edition:
        """Read a file once more with other options: zeros put back, or another meaning of -1; by one who can't approve
        it any more."""
        edition = self._store.edition(exam, edition_id)
        self._gathering(edition)
        item = edition.file(file_id)
        changed = item.again(by, pad, minus_one)
        files = tuple(changed if held.id == file_id else held for held in edition.files)
        event = trail.uploaded(exam, edition, changed, again=True)
        return self._refilled(exam, edition, files, event, by)

    def drop_file(self, exam: Exam, edition_id: str, file_id: str, by: str) -> Edition:
        """Take a file out of an edition that nobody has approved; the others are laid together anew."""
        edition = self._store.edition(exam, edition_id)
        self._gathering(edition)
        key = edition.file(file_id).key
        files = tuple(item for item in edition.files if item.id != file_id)
        event = Event("exam_changed", exam=exam.id, changed=f"file {file_id} taken out")
        changed = self._refilled(exam, edition, files, event, by)
        self._files.remove(UPLOADS, key)
        return changed

    def forget_upload(self, exam: Exam, edition_id: str, file_id: str) -> None:
        """Delete a file that was sent and is not part of the edition; one that is gone already is fine."""
        edition = self._store.edition(exam, edition_id)
        self._gathering(edition)
        if not is_file_id(file_id) or any(item.id == file_id for item in edition.files):
            raise Invalid("file_unknown")
        self._files.remove(UPLOADS, self._upload_key(exam, edition, file_id))

    def check_again(self, exam: Exam, edition_id: str, by: str) -> Edition:
        """Lay a checked edition anew over what is out by now; its files are not read again."""
        edition = self._store.edition(exam, edition_id)
        if edition.state is not EditionState.CHECKED:
            raise Conflict("edition_move_not_allowed", was=edition.state.value, wanted="gathering")
        event = Event("exam_changed", exam=exam.id, changed=f"edition {edition.id} laid anew")
        return self._refilled(exam, edition, edition.files, event, by)

    def start_again(self, exam: Exam, edition_id: str) -> None:
        """Wake a worker for an import that stands still."""
        edition = self._store.edition(exam, edition_id)
        if edition.state is EditionState.GATHERING:
            self._queues.send(ImportEdition(exam.agency, exam.slug, edition_id))

    def resume_all(self, at_once: bool = False) -> int:
        """Wake a worker for every import that was begun and nobody is at; how many (a schedule calls this). Those that
        have waited long only now and then, unless `at_once`."""
        now = self._clock.now()
        idle = [pair for pair in waiting.idle(self._store, now) if at_once or waiting.is_due(pair[1], now)]
        for exam, edition in idle:
            self._queues.send(ImportEdition(exam.agency, exam.slug, edition.id))
        return len(idle)

    @staticmethod
    def _gathering(edition: Edition) -> None:
        if edition.state not in (EditionState.GATHERING, EditionState.CHECKED):
            raise Conflict("edition_move_not_allowed", was=edition.state.value, wanted="gathering")

    def _refilled(self, exam: Exam, edition: Edition, files: tuple[ScoreFile, ...], event: Event, by: str) -> Edition:
        files = tuple(item.alone() for item in files)
        changed = replace(
            edition,
            state=EditionState.GATHERING,
            files=files,
            build="",
            waiting_since=self._clock.now(),
            version=edition.version + 1,
        )
        note = self._store.noting_import if files else self._store.import_done
        writes: list[Write] = [self._store.changing_edition(exam, changed), note(exam, edition.id)]
        self._audit.commit(event, agency=exam.agency, by=by, writes=writes)
        if files:
            self._queues.send(ImportEdition(exam.agency, exam.slug, edition.id))
        return changed

    # --- release

    def approve(
        self,
        exam: Exam,
        edition_id: str,
        by: str,
        release_at: datetime | None,
        tell: Callable[[int, int], None] | None = None,
    ) -> Exam:
        """Let an edition be read from `release_at` (aware; None: now). Re-reads every segment and the pack before.

        Raises Refused `uploader_cannot_approve`, Conflict `needs_second_approver` (a withdrawn edition, first approver:
        noted, and a second one may go on), `edition_not_checked`, `base_moved`, `release_in_last_minute`."""
        now = self._clock.now()
        edition = self._store.edition(exam, edition_id)
        release = max(release_at or now, now)
        if release - now > FARTHEST:
            raise Invalid("release_too_far")
        if edition.state is EditionState.WITHDRAWN:
            edition = self._seconded(exam, edition, by)
        else:
            edition.approvable_by(by)
        if by == exam.ruled_by:
            raise Refused("ruler_cannot_approve")
        self._still_fits(exam, edition, now)
        manifest = self._store.manifest(exam, edition.build)
        verify_build(self._store, self._files, exam, manifest, self._pack_most, tell or (lambda done, total: None))
        pointer = Pointer(edition.id, edition.build, release)
        approved = edition.moved(
            EditionState.APPROVED, approved_by=(*edition.approved_by, by), approved_at=now, release_at=release
        )
        changed = replace(exam.approved(pointer, now), ruled_by="")
        if edition.reason is not Reason.RELEASE and edition.id not in {item.edition for item in exam.history}:
            correction = Correction(edition.id, edition.reason, edition.decision, release)
            changed = replace(changed, history=(*exam.history, correction))
        writes = [self._store.changing_exam(changed), self._store.changing_edition(exam, approved)]
        writes += [self._store.noting_release(exam, pointer), *self._superseding(exam, pointer, now)]
        event = trail.approved(exam, edition, pointer, manifest)
        also = trail.corrected(exam, edition, exam.pointer(now))
        self._audit.commit(event, agency=exam.agency, by=by, writes=writes, also=also)
        return changed

    def _superseding(self, exam: Exam, pointer: Pointer, now: datetime) -> list[Write]:
        """What was to come and has not come is replaced; what is out is superseded when it is approved over."""
        replaced = [held for held in (exam.live, exam.next) if held is not None and held.edition != pointer.edition]
        writes = []
        for held in {item.edition: item for item in replaced}.values():
            edition = self._store.edition(exam, held.edition)
            if edition.state is EditionState.APPROVED and held is not exam.pointer(now):
                writes.append(self._store.changing_edition(exam, edition.moved(EditionState.SUPERSEDED)))
        return writes

    def _seconded(self, exam: Exam, edition: Edition, by: str) -> Edition:
        """A withdrawn edition comes back only when two have approved it anew."""
        if by in edition.uploaders:
            raise Refused("uploader_cannot_approve")
        since = edition.seconds
        if by in since:
            raise Conflict("needs_second_approver")
        if since:
            return replace(edition, seconds=())
        noted = replace(edition, seconds=(by,), version=edition.version + 1)
        event = Event("exam_changed", exam=exam.id, changed=f"first approval of withdrawn {edition.id}")
        self._audit.commit(event, agency=exam.agency, by=by, writes=[self._store.changing_edition(exam, noted)])
        raise Conflict("needs_second_approver")

    def _still_fits(self, exam: Exam, edition: Edition, now: datetime) -> None:
        """A correction was laid over the edition that was out then; another one is out by now: check it again."""
        pointer = exam.pointer(now)
        if edition.state is not EditionState.CHECKED:
            return
        if (pointer.build if pointer else "") != edition.base_build:
            raise Conflict("base_moved")
        if edition.reason is not Reason.RELEASE and edition.corrections != len(exam.history):
            raise Conflict("base_moved")  # its records would name another correction's decision

    def move_release(self, exam: Exam, release_at: datetime, by: str) -> Exam:
        """Another hour for the edition that waits for its hour; not within its last 60 seconds."""
        now = self._clock.now()
        coming = exam.coming(now)
        if coming is None:
            raise Conflict("nothing_to_move")
        if coming.release_at - now <= LAST_MINUTE:
            raise Conflict("release_in_last_minute", release_at=iso(coming.release_at))
        if release_at <= now or release_at - now > FARTHEST:
            raise Invalid("release_in_past" if release_at <= now else "release_too_far")
        pointer = replace(coming, release_at=release_at)
        history = tuple(
            replace(item, released_at=release_at) if item.edition == coming.edition else item for item in exam.history
        )
        changed = replace(exam.approved(pointer, now), history=history)
        edition = self._store.edition(exam, coming.edition)
        moved = replace(edition, release_at=release_at, version=edition.version + 1)
        writes = [self._store.changing_exam(changed), self._store.changing_edition(exam, moved)]
        writes.append(self._store.noting_release(exam, pointer))
        event = Event(
            "release_time_moved",
            exam=exam.id,
            edition=coming.edition,
            release=iso(release_at),
            release_before=iso(coming.release_at),
        )
        self._audit.commit(event, agency=exam.agency, by=by, writes=writes)
        return changed

    def withdraw(self, exam: Exam, by: str, reason: str) -> Exam:
        """Take back what is out and what was to come; one approver may, at any second."""
        if not reason.strip():
            raise Invalid("reason_missing")
        now = self._clock.now()
        changed = exam.withdrawn(now)
        pointers = {held.edition: held for held in (exam.live, exam.next) if held is not None}
        writes: list[Write] = [self._store.changing_exam(changed)]
        named = ""
        for edition_id in pointers:
            edition = self._store.edition(exam, edition_id)
            if edition.state is EditionState.APPROVED:
                gone = edition.moved(EditionState.WITHDRAWN, withdrawn_at=now, seconds=())
                writes.append(self._store.changing_edition(exam, gone))
                named = edition_id
        event = Event("scores_withdrawn", exam=exam.id, edition=named, reason=reason.strip()[:500])
        self._audit.commit(event, agency=exam.agency, by=by, writes=writes)
        return changed


def is_file_id(text: str) -> bool:
    """Whether a text can be the id of an uploaded file; it becomes part of a key."""
    return text.startswith("fil_") and text[4:].isalnum() and text.isascii()
