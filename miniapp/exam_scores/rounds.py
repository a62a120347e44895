"""Rounds of telling: after a release, messages to everybody who waits, in waves. For the schedule and the worker.

A round belongs to one release, that of a correction too: then whoever was told before hears of it if a record of his
numbers changed, and nobody else (a record names the newest correction that touched it, a registration the newest that
its person heard of or saw at once; a record that is gone says nothing). The schedule begins a round and picks up one that
stalled; each wave queues messages for some people, spread over the pace, and leaves a note for the next. Nobody is told
twice (the outbox holds the business fact), nor without consent in force, nor of an edition that was withdrawn or that
its agency shows no more, nor before an hour that was moved."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar
from zlib import crc32

from miniapp.accounts.consents import Consents
from miniapp.agencies.model import Service
from miniapp.agencies.service import Agencies
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound
from miniapp.core.queues import Queues
from miniapp.core.stuck import AFTER, Stuck
from miniapp.exam_scores.editions import Editions
from miniapp.exam_scores.model import Exam, Pointer
from miniapp.exam_scores.store import ExamScoreStore
from miniapp.exam_scores.telling import PURPOSE, Telling, tails
from miniapp.exam_scores.telling_store import PARTS, Registration, Round, TellingStore
from miniapp.messaging.model import Addressed
from miniapp.messaging.service import Outbox

SETTLED = timedelta(seconds=10)  # processes that see the hour come a little later have written their registrations
LOOK_BACK = timedelta(days=2)
STALLED = timedelta(minutes=2)


@dataclass(frozen=True)
class TellWave:
    """A note: tell the next wave of people about this exam."""

    queue: ClassVar[str] = "score_tellings"
    agency: str
    slug: str
    v: int = 1


class Rounds:
    """Tells in waves."""

    def __init__(
        self,
        telling: Telling,
        store: TellingStore,
        exams: ExamScoreStore,
        outbox: Outbox,
        consents: Consents,
        agencies: Agencies,
        queues: Queues,
        clock: Clock,
        editions: Editions,
        wave: int,
        pace: int,
    ) -> None:
        self._telling = telling
        self._store = store
        self._exams = exams
        self._outbox = outbox
        self._consents = consents
        self._agencies = agencies
        self._queues = queues
        self._clock = clock
        self._editions = editions
        self._wave = wave
        self._pace = pace

    def begin_due(self) -> int:
        """Leave a note for every exam that came out lately and whose round is not done nor under way; how many."""
        now = self._clock.now()
        count = 0
        for agency, slug in self._exams.releases(now - LOOK_BACK, now):
            exam = self._exams.exam(agency, slug, consistent=True)
            pointer = self._settled(exam, now)
            held = self._store.round(exam, pointer.release_at) if pointer else None
            if pointer is None or (held and (held.done or now - held.beat_at < STALLED)) or not self._is_open(exam):
                continue
            self._queues.send(TellWave(agency, slug))
            count += 1
        return count

    def stuck(self) -> list[Stuck]:
        """Rounds that should have begun or gone on a quarter of an hour ago, though the schedule called for them."""
        now = self._clock.now()
        found = []
        for agency, slug in self._exams.releases(now - LOOK_BACK, now - AFTER):
            exam = self._exams.exam(agency, slug, consistent=True)
            pointer = self._settled(exam, now)
            held = self._store.round(exam, pointer.release_at) if pointer else None
            if pointer is None or (held and held.done) or not self._is_open(exam):
                continue
            since = held.beat_at if held else pointer.release_at
            if now - since >= AFTER:
                found.append(Stuck("rounds", agency, slug, since))
        return found

    def wave(self, note: TellWave) -> int:
        """Queue messages to the next people who wait, and leave a note for the wave after; how many were queued.

        Stops when nothing is out (withdrawn, or its hour was moved): the schedule begins again at the next release."""
        now = self._clock.now()
        exam = self._exams.exam(note.agency, note.slug, consistent=True)
        pointer = self._settled(exam, now)
        if pointer is None or not self._is_open(exam):
            return 0
        held = self._store.round(exam, pointer.release_at) or Round(pointer.release_at, now)
        if held.done:
            return 0
        people, part, after = self._next(exam, held)
        told = sum(self._tell(exam, person, now) for person in people)
        done = part >= PARTS
        try:
            self._store.keep_round(
                exam, replace(held, beat_at=now, part=part, after=after, told=held.told + told, done=done)
            )
        except Conflict:
            return told  # another worker told the same people (once all the same) and goes on
        if done:
            log.info("round_done", exam=exam.id, told=held.told + told)
        else:
            self._queues.send(note, self._pace)
        return told

    def erase(self, exam: Exam, is_due: Callable[[Registration], bool] = lambda held: True) -> int:
        """Delete every registration of an exam, or those that are due; how many."""
        count = 0
        for part in range(PARTS):
            after = ""
            while found := self._store.page(exam, part, after, 500):
                count += sum(self._telling.drop(held) for held in found if is_due(held))
                after = found[-1].user
        return count

    def _is_open(self, exam: Exam) -> bool:
        """Whether whoever is told can look it up; a round goes on once the agency opens the service again."""
        agency = self._agencies.find(exam.agency)
        return agency is not None and Service.EXAM_SCORES in agency.services

    @staticmethod
    def _settled(exam: Exam, now: datetime) -> Pointer | None:
        pointer = exam.pointer(now)
        return pointer if pointer is not None and now - pointer.release_at >= SETTLED else None

    def _next(self, exam: Exam, held: Round) -> tuple[list[Registration], int, str]:
        """Up to a wave of people, and where the next wave begins."""
        people: list[Registration] = []
        part, after = held.part, held.after
        while part < PARTS:
            room = self._wave - len(people)
            if room <= 0:
                break
            found = self._store.page(exam, part, after, room)
            people += found
            if len(found) < room:
                part, after = part + 1, ""
            else:
                after = found[-1].user
        return people, part, after

    def _tell(self, exam: Exam, person: Registration, now: datetime) -> bool:
        if person.told_at is None:
            return self._say("scores_out", exam, replace(person, told_at=now, corrected=_out(exam, now)), now)
        newest, numbers = self._corrected(exam, person, now)
        if not numbers:
            return False
        return self._say("scores_corrected", exam, replace(person, corrected=newest), now, numbers)

    def _corrected(self, exam: Exam, person: Registration, now: datetime) -> tuple[int, list[str]]:
        """The newest correction of a person's numbers that he has not heard of, and the numbers that it or one as new
        to him touched; only editions that are out are read."""
        pointer = exam.pointer(now)
        if pointer is None or person.corrected >= _out(exam, now):
            return 0, []
        build = self._editions.build(exam, pointer)
        found = {}
        for number in self._telling.numbers(person):
            record = self._editions.record(exam, build, number)
            change = record[-1] if record else 0
            if change > person.corrected:
                found[number] = change
        return max(found.values(), default=0), list(found)

    def _say(
        self, name: str, exam: Exam, person: Registration, now: datetime, numbers: Iterable[str] | None = None
    ) -> bool:
        """Queue one message, once, and note in the registration that it was."""
        if not self._consents.in_force(person.user, exam.agency, PURPOSE):
            return False
        agency = self._agencies.find(exam.agency)
        if agency is None:
            raise NotFound("agency_unknown")
        title = exam.title_en if person.language == "en" and exam.title_en else exam.title
        facts = {
            "exam_title": title,
            "address": f"/{agency.address}/diem-thi/{exam.slug}",
            "tails": tails(self._telling.numbers(person) if numbers is None else numbers),
        }
        to = Addressed(exam.agency, person.user, person.language)
        spread = crc32(person.user.encode()) % max(1, self._pace)
        fact = f"{name}#{exam.slug}" if numbers is None else f"{name}#{exam.slug}#{person.corrected}"
        queued = self._outbox.queue(name, to, fact, facts, delay=spread)
        try:
            self._store.keep(replace(person, version=person.version + 1))
        except Conflict:
            log.info("registration_gone", exam=exam.id)  # left at this moment: the message says nothing that harms
        return queued


def _out(exam: Exam, now: datetime) -> int:
    """How many corrections of the exam are out: records name them by their place."""
    return sum(item.released_at <= now for item in exam.history)
