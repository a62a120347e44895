"""Exams and their editions: what they are and what they may become. For the whole slice; it stores and shows nothing.

Words: exam (kỳ thi), candidate number (số báo danh), edition (one complete, immutable set of results), build (the kept
form of an edition, named by its hash), release (the instant from which an edition may be read), look-up policy."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Self

from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.exam_scores.combinations import Combination, shipped, usable

NUMBER_MOST = 16
MINUS_ONE_MEANINGS = ("absent", "not_taken")
LAST_MINUTE = timedelta(seconds=60)
_NUMBER = re.compile(r"[0-9A-Z]{1,16}\Z")


class Policy(StrEnum):
    """What a person must know to read a slip."""

    OPEN = "open"  # the number alone: the authority publishes the list anyway
    VERIFIED = "verified"  # the number and something about the person
    CODED = "coded"  # the number and the code printed on the exam card


FACTORS = ("birth_date", "full_name", "identity_last4", "card_code")  # the order in which they are hashed


class EditionState(StrEnum):
    """Where an edition stands; released is approved with its time in the past."""

    GATHERING = "gathering"
    CHECKED = "checked"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


MOVES = {
    EditionState.GATHERING: {EditionState.CHECKED},
    EditionState.CHECKED: {EditionState.GATHERING, EditionState.APPROVED},
    EditionState.APPROVED: {EditionState.SUPERSEDED, EditionState.WITHDRAWN},
    EditionState.SUPERSEDED: set(),
    EditionState.WITHDRAWN: {EditionState.APPROVED},
}


class Reason(StrEnum):
    """Why an edition exists."""

    RELEASE = "release"  # công bố
    REMARK = "remark"  # phúc khảo
    CORRECTION = "correction"  # đính chính
    VIOLATION = "violation"  # xử lý vi phạm


@dataclass(frozen=True, slots=True)
class Formula:
    """The total of an entrance exam: weighted sum, capped bonus, a floor under which a subject fails (liệt).

    Weights are whole; `floor` is in hundredths and a score ≤ floor eliminates; None: no such rule."""

    weights: tuple[tuple[str, int], ...] = ()
    bonus_cap: int = 0
    floor: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """When and where a re-mark may be asked for."""

    opens: datetime
    closes: datetime
    place: str = ""


@dataclass(frozen=True)
class Exam:
    """One exam of one agency. `version` guards every change; `live` and `next` are the pointer."""

    agency: str
    slug: str
    title: str
    title_en: str
    year: int
    subjects: tuple[str, ...]
    number_format: str = "[0-9]{8}"
    number_example: str = ""
    scale: int = 1000
    policy: Policy = Policy.OPEN
    factors: tuple[str, ...] = ()
    languages: bool = False
    combination_set: str = ""  # one that ships, unless `combinations` are the exam's own
    combinations: tuple[Combination, ...] = ()
    formula: Formula | None = None
    remark: Window | None = None
    benchmark: int | None = None  # điểm chuẩn for all, in hundredths, where the exam has one
    prefix_length: int = 2
    expected_prefixes: tuple[str, ...] = ()
    paper: str = ""  # what the official document is called
    expected_at: datetime | None = None  # announced hour before anything is approved
    live: "Pointer | None" = None
    next: "Pointer | None" = None
    withdrawn_at: datetime | None = None
    first_out: datetime | None = None  # when results were first out: known from the next approval or withdrawal on
    history: tuple["Correction", ...] = ()
    proposed: "RuleChange | None" = None
    ruled: int = 0  # place in `history`, from 1, of the newest change of formula or benchmark: it is every slip's
    ruled_by: str = ""  # who set them before the first approval, and so can't give it
    version: int = 0

    @property
    def id(self) -> str:
        """Unique in the whole system, agency first."""
        return f"{self.agency}#{self.slug}"

    @cached_property
    def number_pattern(self) -> re.Pattern[str]:
        """What a candidate number of this exam looks like."""
        return re.compile(rf"(?:{self.number_format})\Z")

    @property
    def has_plain_numbers(self) -> bool:
        """Whether its numbers are figures only, so that phones can show their number keys."""
        return not re.search("[A-Z]", self.number_format)

    @cached_property
    def usable_combinations(self) -> tuple[Combination, ...]:
        """The combinations that its subjects allow."""
        return usable(self.chosen_combinations, self.subjects)

    @property
    def chosen_combinations(self) -> tuple[Combination, ...]:
        """Its own, or a set that ships."""
        return self.combinations or shipped().get(self.combination_set, ())

    def pointer(self, now: datetime) -> "Pointer | None":
        """The edition that may be read at `now`: the read path itself compares release with the clock."""
        if self.next is not None and self.next.release_at <= now:
            return self.next
        if self.live is not None and self.live.release_at <= now:
            return self.live
        return None

    def coming(self, now: datetime) -> "Pointer | None":
        """The approved edition whose hour has not come."""
        for pointer in (self.live, self.next):
            if pointer is not None and pointer.release_at > now:
                return pointer
        return None

    @property
    def is_settled(self) -> bool:
        """Whether something was approved: what decides over results is then changed by two persons only."""
        return self.live is not None or self.next is not None or self.withdrawn_at is not None

    def updated(self, change: int) -> "Correction | None":
        """What last changed a result: the correction that its record names, or one of the rules for all."""
        place = max(change, self.ruled)
        return self.history[place - 1] if 0 < place <= len(self.history) else None

    def correction(self, pointer: "Pointer") -> "Correction | None":
        """What an edition corrects and why; None for one that corrects nothing."""
        return next((item for item in self.history if item.edition == pointer.edition), None)

    def _first(self, now: datetime) -> datetime | None:
        out = self.pointer(now)  # a correction is not the first; a row from before this was kept does not know what was
        return self.first_out or (out.release_at if out and not self.correction(out) else None)

    def approved(self, pointer: "Pointer", now: datetime) -> Self:
        """With `pointer` as the newest edition; what is out stays out until its release."""
        coming = self.coming(now)
        if coming is not None and coming.release_at - now <= LAST_MINUTE:
            raise Conflict("release_in_last_minute", release_at=coming.release_at.isoformat())
        first, version = self._first(now), self.version + 1
        return replace(self, live=self.pointer(now), next=pointer, withdrawn_at=None, first_out=first, version=version)

    def withdrawn(self, now: datetime) -> Self:
        """With nothing to read: what is out and what was to come are both taken back."""
        if self.pointer(now) is None and self.coming(now) is None:
            raise Conflict("nothing_to_withdraw")
        first, version = self._first(now), self.version + 1
        return replace(self, live=None, next=None, withdrawn_at=now, first_out=first, version=version)


@dataclass(frozen=True, slots=True)
class Pointer:
    """One edition's build and the instant from which it may be read."""

    edition: str
    build: str
    release_at: datetime


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Another formula or benchmark that one officer proposes and another must approve."""

    formula: Formula | None
    benchmark: int | None
    reason: "Reason"
    decision: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """Why results changed after the first release; records refer to it by its place in `Exam.history`, from 1.

    `edition` is empty where not scores changed but the rules, and so every result."""

    edition: str
    reason: Reason
    decision: str
    released_at: datetime


class FileState(StrEnum):
    """Where one uploaded file stands."""

    EXPECTED = "expected"  # a form was handed out
    WAITING = "waiting"  # uploaded, a worker will take it
    READING = "reading"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """One file of an edition: who sent it, how far reading is, what was found. Counts are whole numbers of rows."""

    id: str
    name: str
    key: str
    uploader: str
    state: FileState
    size: int = 0
    rows: int = 0
    done: int = 0  # bytes read so far
    errors: int = 0
    warnings: int = 0
    pad_numbers: bool = False
    minus_one: str = "absent"
    started_at: str = ""
    beat_at: str = ""
    run: str = ""  # object with the rows read, in the packs bucket
    findings: tuple["Finding", ...] = ()
    readers: tuple[str, ...] = ()  # who had it read again in another way

    def again(self, by: str, pad: bool, minus_one: str) -> "ScoreFile":
        """The file as it waits to be read once more; who says how it is read has had a hand in the scores."""
        if minus_one not in MINUS_ONE_MEANINGS:
            raise Invalid("file_unknown")
        readers = self.readers if by in self.readers else (*self.readers, by)
        fresh = replace(self, state=FileState.WAITING, errors=0, warnings=0, findings=())
        return replace(fresh, pad_numbers=pad, minus_one=minus_one, readers=readers)

    def alone(self) -> "ScoreFile":
        """The file without what was wrong with it only beside the other files: they may be others by now."""
        own = tuple(kind for kind in self.findings if not kind.is_together)
        gone = [kind for kind in self.findings if kind.is_together]
        errors = sum(kind.count for kind in gone if kind.severity == "error")
        warnings = sum(kind.count for kind in gone if kind.severity == "warning")
        return replace(self, errors=self.errors - errors, warnings=self.warnings - warnings, findings=own)


TOGETHER = frozenset({"number_in_two_files", "correction_without_base", "factor_key_gone"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in a file: how often, and the first place."""

    code: str
    severity: str  # "error" or "warning"
    count: int
    row: int
    column: str
    value: str

    @property
    def is_together(self) -> bool:
        """Whether it came up only when the files were laid: over each other, or over what is out."""
        return self.code in TOGETHER or (self.code == "total_apart" and not self.row)


@dataclass(frozen=True, slots=True)
class Edition:
    """One set of results of an exam, from its first file to its end."""

    id: str
    exam: str
    state: EditionState
    made_at: datetime
    reason: Reason = Reason.RELEASE
    decision: str = ""
    partial: bool = False  # holds changed rows only, laid over the edition that is out
    base_build: str = ""
    corrections: int = 0  # how many the exam had when this was laid: its records refer to the next one
    files: tuple[ScoreFile, ...] = ()
    build: str = ""
    candidates: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    approved_by: tuple[str, ...] = ()
    seconds: tuple[str, ...] = ()  # who has approved anew since it was withdrawn
    approved_at: datetime | None = None
    release_at: datetime | None = None
    withdrawn_at: datetime | None = None
    waiting_since: datetime | None = None  # when its files last changed, so that a worker was called
    version: int = 0

    def moved(self, state: EditionState, **changes: object) -> Self:
        """The edition in another state, if the table of moves allows."""
        if state not in MOVES[self.state]:
            raise Conflict("edition_move_not_allowed", was=self.state.value, wanted=state.value)
        return replace(self, state=state, version=self.version + 1, **changes)  # type: ignore[arg-type]

    def file(self, file_id: str) -> ScoreFile:
        """One of its files, or Invalid."""
        for held in self.files:
            if held.id == file_id:
                return held
        raise Invalid("file_unknown")

    @property
    def uploaders(self) -> set[str]:
        """Everybody who sent a file or said how it is read, which can turn -1 into another score: none may approve."""
        return {person for held in self.files for person in (held.uploader, *held.readers)}

    @property
    def errors(self) -> int:
        """Rows that must be mended before anyone can approve."""
        return sum(held.errors for held in self.files)

    def approvable_by(self, officer: str) -> None:
        """Raise unless this officer may approve it as it stands."""
        if self.state is not EditionState.CHECKED:
            raise Conflict("edition_not_checked", state=self.state.value)
        if self.errors or not self.files or any(held.state is not FileState.READ for held in self.files):
            raise Invalid("edition_has_errors", count=self.errors)
        if officer in self.uploaders:
            raise Refused("uploader_cannot_approve")


@dataclass(frozen=True, slots=True)
class CandidateNumber:
    """A number as a person typed it, without blanks, upper case; a string always: leading zeros matter."""

    text: str
    padded: str = ""  # the same with a zero in front, when only that fits the exam

    @classmethod
    def read(cls, typed: str, exam: Exam) -> Self:
        """Raise Invalid `candidate_number_empty` or `candidate_number_shape` when it can't be one of this exam."""
        text = "".join(typed.split()).upper().replace(".", "").replace("-", "")
        if not text:
            raise Invalid("candidate_number_empty")
        if len(text) > NUMBER_MOST or not _NUMBER.match(text):
            raise Invalid("candidate_number_shape", example=exam.number_example)
        if exam.number_pattern.match(text):
            return cls(text)
        if exam.number_pattern.match("0" + text):
            return cls(text, "0" + text)
        raise Invalid("candidate_number_shape", example=exam.number_example)


@dataclass(frozen=True)
class ReleaseNotice:
    """A line of the calendar of releases, for processes that load packs while they start."""

    agency: str
    slug: str
    release_at: datetime
    build: str = field(default="")


@dataclass(frozen=True)
class Work:
    """How far a worker is with an edition; `live` says whether it was heard of within the lease."""

    stage: str
    done: int
    total: int
    live: bool
