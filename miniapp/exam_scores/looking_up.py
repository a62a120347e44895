"""Looking up one candidate's result. For citizens' pages, the API and the chat: every way in begins with `exam` or
`exams`, where an agency that has closed the service is told apart from one that has it open.

No write on the successful path. A number that is there, one that is not and a wrong pair cost the same store calls and
the same hashes, and the answers to the last two are one. Before release every number gets the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.agencies.model import Agency, Service, is_address
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import NotFound, Refused, Unavailable
from miniapp.core.guarding import Asker, Guard
from miniapp.core.happenings import Kind as Happening
from miniapp.core.happenings import Often
from miniapp.core.sealing import Sealer
from miniapp.exam_scores.blocks import Result
from miniapp.exam_scores.editions import Build, Editions
from miniapp.exam_scores.factors import FactorKeys, comparable, is_same
from miniapp.exam_scores.model import CandidateNumber, Exam, Pointer, Policy

TOKEN_LIFE = timedelta(minutes=10)
CALENDAR = timedelta(days=400)  # how far releases are noted; hashes are erased long before
PURPOSE = "slip"
ABSENT_MARK = b"\0" * 8
ZERO_PADDED = "zero_padded"
LOOKED_UP = Happening("scores_looked_up", {"outcome": frozenset({"typed", "found", "nothing"})})


@dataclass(frozen=True)
class Found:
    """A result with all that a slip needs."""

    exam: Exam
    pointer: Pointer
    build: Build
    result: Result


class LookingUp:
    """The citizens' verbs. Whoever takes a number in, shows a slip, or says that there is none, tells it to `typed`, `shown`
    and `missed`. The first reaches us always; many slips come from shared caches."""

    def __init__(self, editions: Editions, keys: FactorKeys, sealer: Sealer, guard: Guard, clock: Clock) -> None:
        self.typed = Often(LOOKED_UP, outcome="typed")
        self.shown = Often(LOOKED_UP, outcome="found")
        self.missed = Often(LOOKED_UP, outcome="nothing")
        self._editions = editions
        self._keys = keys
        self._sealer = sealer
        self._guard = guard
        self._clock = clock

    def exam(self, agency: Agency, slug: str) -> Exam:
        """The exam, at most seconds old; NotFound `exam_unknown`, without a read for what can't be an exam's name.

        NotFound `service_closed`, alike for every exam and number, where the agency has not opened the service."""
        agency.require(Service.EXAM_SCORES)
        if not is_address(slug):
            raise NotFound("exam_unknown")
        return self._editions.exam(agency.id, slug)

    def exams(self, agency: Agency) -> list[Exam]:
        """An agency's exams, newest first; NotFound `service_closed`."""
        agency.require(Service.EXAM_SCORES)
        return self._editions.exams(agency.id)

    def released(self, exam: Exam) -> tuple[Pointer, Build]:
        """The edition that is out; Refused `exam_withdrawn`, `not_released` (with `at` when an hour is known)."""
        now = self._clock.now()
        pointer = exam.pointer(now)
        if pointer is None:
            if exam.withdrawn_at is not None and exam.coming(now) is None:
                raise Refused("exam_withdrawn")
            raise Refused("not_released")
        return pointer, self._editions.build(exam, pointer)

    def open(self, exam: Exam, number: str) -> Found:
        """The result of a number of an `open` exam; NotFound `result_unknown`, Invalid for what is no number."""
        if exam.policy is not Policy.OPEN:
            raise NotFound("page_unknown")
        pointer, build = self.released(exam)
        read = CandidateNumber.read(number, exam)
        record = self._editions.record(exam, build, read.text)
        if record is None:
            raise NotFound("result_unknown", **self._suggestion(exam, build, read))
        return Found(exam, pointer, build, build.shape.result(record))

    def _suggestion(self, exam: Exam, build: Build, read: CandidateNumber) -> Mapping[str, str]:
        """The same number with a zero in front, where somebody has it: of an open exam everybody may know."""
        is_there = read.padded and self._editions.record(exam, build, read.padded) is not None
        return {ZERO_PADDED: read.padded} if is_there else {}

    def verified(self, exam: Exam, typed: str, factors: Mapping[str, str], asker: Asker) -> tuple[str, str]:
        """A number and factors → a sealed token for the slip, good for ten minutes, and the number.

        Raises NotFound `result_mismatch` alike for unknown numbers and wrong factors, Refused `too_many_tries`,
        Refused `look_up_ended` once the hashes were erased, Unavailable `factor_key_missing`."""
        pointer, build = self.released(exam)
        if "factor" not in build.shape.extras:
            raise Refused("look_up_ended")
        self._require_key(exam, build)
        read = CandidateNumber.read(typed, exam)
        number = read.padded or read.text  # a lost zero is put back by format alone, whether anybody has it or not
        is_right = self._matches(exam, build, number, factors)
        tried = self._guard.admit(exam, asker, number)  # last, so that all counted by now decides what is shown
        if not is_right:
            self._guard.failed(tried)
            raise NotFound("result_mismatch")
        facts = {"e": exam.id, "n": number, "b": pointer.build[:16], "c": asker.cookie}
        return self._sealer.seal(PURPOSE, facts, self._clock.now() + TOKEN_LIFE), number

    def keys_needed(self) -> dict[str, list[str]]:
        """The exams that can't be looked up without a key, by its version: what is out and what is to come."""
        now = self._clock.now()
        needed: dict[str, list[str]] = {}
        for exam in self._editions.in_calendar(now - CALENDAR, now + CALENDAR):
            pointers = {held.build: held for held in (exam.pointer(now), exam.coming(now)) if held is not None}
            builds = [self._editions.build(exam, pointer) for pointer in pointers.values() if exam.factors]
            for version in {build.manifest.key_version for build in builds if "factor" in build.shape.extras}:
                needed.setdefault(version or self._keys.current, []).append(exam.id)
        return needed

    def _require_key(self, exam: Exam, build: Build) -> None:
        """Nobody can be found under a key that was taken from the settings; an operator must hear of it at once."""
        version = build.manifest.key_version or self._keys.current
        if not self._keys.knows(version):
            log.error("factor_key_missing", exam=exam.id, version=version)
            raise Unavailable("factor_key_missing", version=version)

    def _matches(self, exam: Exam, build: Build, number: str, factors: Mapping[str, str]) -> bool:
        said = {name: comparable(name, factors.get(name, "")) for name in exam.factors}
        version = build.manifest.key_version or self._keys.current
        mark = self._keys.mark(version, build.manifest.salt, number, said)
        record = self._editions.record(exam, build, number)
        held = ABSENT_MARK if record is None else build.shape.result(record).extras.get("factor", ABSENT_MARK)
        return is_same(bytes(held), mark) and all(said.values())

    def sealed(self, exam: Exam, token: str, cookie: str) -> Found:
        """The slip behind a sealed token, in the browser that it was made for; Refused `token_expired`/`_unknown`."""
        facts = self._sealer.open(PURPOSE, token, self._clock.now())
        if facts["e"] != exam.id or facts["c"] != cookie:
            raise Refused("token_unknown")
        pointer, build = self.released(exam)
        record = self._editions.record(exam, build, facts["n"])
        if record is None:
            raise NotFound("result_mismatch")
        return Found(exam, pointer, build, build.shape.result(record))


def countdown(exam: Exam, now: datetime) -> datetime | None:
    """The announced hour, while it is ahead."""
    coming = exam.coming(now)
    if coming is not None:
        return coming.release_at
    return exam.expected_at if exam.expected_at and exam.expected_at > now else None
