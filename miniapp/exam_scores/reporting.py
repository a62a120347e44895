"""What an officer must see of an edition before deciding: where it stands, problems, preview, difference, history.

For the console and the commands. It reads only; places and changes are lists that the import left in the packs bucket.
A figure that citizens may not see (a group under ten) is an officer's to see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.audit.model import Entry
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.files import Files
from miniapp.exam_scores.councils import council_names
from miniapp.exam_scores.importing import UPLOADS
from miniapp.exam_scores.keeping import Changes, ImportLists
from miniapp.exam_scores.lists import Kept
from miniapp.exam_scores.model import Edition, EditionState, Exam, FileState, Finding, Work
from miniapp.exam_scores.problem_list import ProblemList, facts_of
from miniapp.exam_scores.statistics import Statistics
from miniapp.exam_scores.store import ExamScoreStore

PATIENCE = timedelta(seconds=60)


class Standing(StrEnum):
    """Where an edition stands as people say it: the state, read with its files, the worker and the clock."""

    EMPTY = "empty"
    IMPORTING = "importing"
    STALLED = "stalled"  # no worker was heard of for a minute
    FAULTY = "faulty"
    READY = "ready"
    WAITING = "waiting"  # approved; its hour has not come
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Problems:
    """One kind of problem in all files of an edition: how often, and the first place."""

    code: str
    severity: str
    count: int
    file: str
    first: Finding

    @property
    def facts(self) -> dict[str, object]:
        """What its sentence may need."""
        return facts_of(self.first.row, self.first.value)


@dataclass(frozen=True)
class Prefixes:
    """Expected prefixes that no candidate has, and prefixes that nobody expected; names of those that have one."""

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What approving would show; `before` are the figures of the year before, where there are some."""

    statistics: Statistics
    prefixes: Prefixes
    before: Statistics | None
    before_exam: Exam | None


@dataclass(frozen=True)
class Arrived:
    """An uploaded file that nobody has said anything about."""

    id: str
    size: int


class ExamReports:
    """Reading verbs for officers."""

    def __init__(self, store: ExamScoreStore, files: Files, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._lists = ImportLists(files)
        self._audit = audit
        self._clock = clock

    def standing(self, exam: Exam, edition: Edition, work: Work | None) -> Standing:
        """Where an edition stands now; `work` is what a worker said last."""
        now = self._clock.now()
        if edition.state is EditionState.GATHERING:
            return _gathering(edition, work, now)
        if edition.state is EditionState.CHECKED:
            good = bool(edition.files) and all(item.state is FileState.READ for item in edition.files)
            return Standing.READY if good and not edition.errors else Standing.FAULTY
        if edition.state is EditionState.APPROVED:
            pointer, coming = exam.pointer(now), exam.coming(now)
            if coming is not None and coming.edition == edition.id:
                return Standing.WAITING
            return Standing.RELEASED if pointer and pointer.edition == edition.id else Standing.SUPERSEDED
        return Standing(edition.state.value)

    def work(self, exam: Exam, edition: Edition) -> Work | None:
        """What a worker said last, while files are read or laid."""
        if edition.state is not EditionState.GATHERING or not edition.files:
            return None
        return self._store.work(exam, edition.id, self._clock.now())

    def fits(self, exam: Exam, edition: Edition) -> bool:
        """Whether a checked edition was compared with what is out now; else it is to be checked again."""
        pointer = exam.pointer(self._clock.now())
        return (pointer.build if pointer else "") == edition.base_build

    def arrived(self, exam: Exam, edition: Edition) -> list[Arrived]:
        """Files in the bucket that are not in the edition: sent by a browser that went away, or without script."""
        if edition.state not in (EditionState.GATHERING, EditionState.CHECKED):
            return []
        prefix = f"scores/{exam.agency}/{exam.slug}/{edition.id}/"
        known = {item.id for item in edition.files}
        found = []
        for key in self._files.keys(UPLOADS, prefix):
            file_id = key.removeprefix(prefix)
            if file_id not in known and (stored := self._files.find(UPLOADS, key)) is not None:
                found.append(Arrived(file_id, stored.size))
        return found

    @staticmethod
    def problems(edition: Edition) -> list[Problems]:
        """One line per kind over all files: errors first, the most frequent first."""
        found: dict[str, Problems] = {}
        for item in edition.files:
            for kind in item.findings:
                held = found.get(kind.code)
                if held is None:
                    found[kind.code] = Problems(kind.code, kind.severity, kind.count, item.name, kind)
                else:
                    total = held.count + kind.count
                    found[kind.code] = Problems(kind.code, held.severity, total, held.file, held.first)
        return sorted(found.values(), key=lambda kind: (kind.severity, -kind.count, kind.code))

    def places(self, exam: Exam, edition: Edition) -> ProblemList:
        """Every problem with its place."""
        return ProblemList(self._lists, exam, edition)

    def changes(self, exam: Exam, edition: Edition) -> Changes:
        """What differs from the edition it was laid over, in the order of numbers; empty for a first edition."""
        if not edition.base_build or not edition.build:
            return Changes(Kept(), [], {})
        return self._lists.changes(exam, edition.id)

    def preview(self, exam: Exam, edition: Edition) -> Preview | None:
        """Figures of a checked edition, against the year before; None while there is no build."""
        if not edition.build:
            return None
        statistics = self._store.statistics(exam, edition.build)
        earlier = self._year_before(exam)
        before = None
        if earlier is not None:
            pointer = earlier.pointer(self._clock.now())
            before = self._store.statistics(earlier, pointer.build) if pointer else None
        return Preview(statistics, prefixes(exam, statistics), before, earlier if before else None)

    def history(self, exam: Exam, edition: Edition) -> list[Entry]:
        """What happened to an edition, newest first."""
        return self._audit.of_object(exam.agency, edition.id)

    def exam_history(self, exam: Exam) -> list[Entry]:
        """What happened to an exam, newest first."""
        return self._audit.of_object(exam.agency, exam.id)

    def _year_before(self, exam: Exam) -> Exam | None:
        """The agency's exam of the year before that is out and shares most subjects on the same scale."""
        now = self._clock.now()
        candidates = [
            other
            for other in self._store.exams(exam.agency)
            if other.year == exam.year - 1 and other.scale == exam.scale and other.pointer(now) is not None
        ]
        mine = set(exam.subjects)
        best = max(candidates, key=lambda other: (_likeness(mine, set(other.subjects)), other.slug), default=None)
        return best if best is not None and _likeness(mine, set(best.subjects)) >= 0.5 else None


def prefixes(exam: Exam, statistics: Statistics) -> Prefixes:
    """Which prefixes are missing and which are there unasked; nothing when the exam names none."""
    if not exam.expected_prefixes:
        return Prefixes()
    expected, there = set(exam.expected_prefixes), set(statistics.prefixes)
    names = council_names(exam.year, exam.expected_prefixes)
    return Prefixes(tuple(sorted(expected - there)), tuple(sorted(there - expected)), names)


def _gathering(edition: Edition, work: Work | None, now: datetime) -> Standing:
    if not edition.files:
        return Standing.EMPTY
    if work is not None and work.live:
        return Standing.IMPORTING
    since = edition.waiting_since
    return Standing.STALLED if since is None or now - since >= PATIENCE else Standing.IMPORTING


def _likeness(mine: set[str], other: set[str]) -> float:
    return len(mine & other) / max(len(mine | other), 1)
