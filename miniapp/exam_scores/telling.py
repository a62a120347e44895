"""«Tell me when scores are out»: a person's wish for one exam, with at most five candidate numbers. For citizens.

Numbers are kept sealed, because the person must see and remove them and the message must say which they are; nothing
else reads them, and they never stand in notes, addresses or the outbox (which gets their last three characters).
Nothing is registered without consent to the wording that is asked for now. It does not look numbers up, so known and
unknown ones are registered alike; who is told, and when, is `rounds`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from miniapp.accounts.consents import Consents
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Refused
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer
from miniapp.exam_scores.model import CandidateNumber
from miniapp.exam_scores.store import ExamScoreStore
from miniapp.exam_scores.telling_store import Registration, TellingStore

NUMBERS_MOST = 5
PURPOSE = "score_news"  # of the consent
SEAL = "score registration"
SEALED_FOR = timedelta(days=3 * 365)  # rows are erased long before
TAIL = 3
TRIES = 4


@dataclass(frozen=True)
class Waiting:
    """A registration as its person sees it: each number with the mark that names it in forms."""

    agency: str
    slug: str
    made_at: datetime
    told_at: datetime | None
    numbers: tuple[tuple[str, Personal], ...]

    @property
    def tails(self) -> list[str]:
        """The ends of the numbers, enough to tell one's own children apart."""
        return [tail(number) for _, number in self.numbers]


class Telling:
    """Registers and forgets."""

    def __init__(
        self, store: TellingStore, exams: ExamScoreStore, consents: Consents, sealer: Sealer, clock: Clock
    ) -> None:
        self._store = store
        self._exams = exams
        self._consents = consents
        self._sealer = sealer
        self._clock = clock

    def register(self, agency: str, slug: str, user: str, typed: str, language: str = "vi") -> Waiting:
        """Wait for one more number; the same number again changes nothing.

        Refused `consent_missing`; Conflict `scores_are_out`, `too_many_numbers`; Invalid for what is no number."""
        exam = self._exams.exam(agency, slug, consistent=True)
        if exam.pointer(self._clock.now()) is not None:
            raise Conflict("scores_are_out")
        read = CandidateNumber.read(typed, exam)
        number = read.padded or read.text
        if not self._consents.holds(user, agency, PURPOSE):
            raise Refused("consent_missing")
        self._exams.note_wait(agency, slug)
        for _ in range(TRIES):
            held = self._store.find(agency, slug, user)
            if held is None:
                held = Registration(agency, slug, user, self._clock.now(), language)
            known = self.numbers(held)
            if number in known:
                return self._seen(held)
            if len(known) >= NUMBERS_MOST:
                raise Conflict("too_many_numbers", most=NUMBERS_MOST)
            try:
                return self._seen(self._kept(held, [*known, number]))
            except Conflict:
                continue
        raise Conflict("registration_changed_meanwhile")

    def leave(self, agency: str, slug: str, user: str, mark: str) -> bool:
        """Wait no more for the number that a mark names; False when there is no such number."""
        for _ in range(TRIES):
            held = self._store.find(agency, slug, user)
            known = self.numbers(held) if held else []
            left = [number for number in known if not self._is_mark(agency, slug, number, mark)]
            if held is None or len(left) == len(known):
                return False
            try:
                if left:
                    self._kept(held, left)
                    return True
                if self._store.drop(held):
                    return True
            except Conflict:
                continue
        raise Conflict("registration_changed_meanwhile")

    def find(self, agency: str, slug: str, user: str) -> Waiting | None:
        """A person's registration for one exam."""
        held = self._store.find(agency, slug, user)
        return self._seen(held) if held else None

    def of(self, user: str) -> list[Waiting]:
        """All that a person waits for."""
        return [self._seen(held) for held in self._store.of(user)]

    def forget(self, user: str, agency: str = "") -> int:
        """Delete a person's registrations (with one agency, where it is named); how many."""
        return sum(self.drop(held) for held in self._store.of(user) if agency in ("", held.agency))

    def drop(self, held: Registration) -> bool:
        """Delete one registration, whatever changed in it meanwhile; False when it is gone already."""
        for _ in range(TRIES):
            if self._store.drop(held):
                return True
            again = self._store.find(held.agency, held.slug, held.user)
            if again is None:
                return False
            held = again
        raise Conflict("registration_changed_meanwhile")

    def _kept(self, held: Registration, numbers: Iterable[str]) -> Registration:
        until = self._clock.now() + SEALED_FOR
        sealed = tuple(self._sealer.seal(SEAL, {"n": number}, until) for number in numbers)
        changed = replace(held, numbers=sealed, version=held.version + 1)
        self._store.keep(changed)
        return changed

    def numbers(self, held: Registration) -> list[str]:
        """The candidate numbers of a registration, opened."""
        now = self._clock.now()
        return [str(self._sealer.open(SEAL, sealed, now)["n"]) for sealed in held.numbers]

    def _seen(self, held: Registration) -> Waiting:
        marked = [(self._mark(held.agency, held.slug, number), Personal(number)) for number in self.numbers(held)]
        return Waiting(held.agency, held.slug, held.made_at, held.told_at, tuple(marked))

    def _mark(self, agency: str, slug: str, number: str) -> str:
        return self._sealer.sign(SEAL, f"{agency}#{slug}#{number}")

    def _is_mark(self, agency: str, slug: str, number: str, mark: str) -> bool:
        return self._sealer.is_signed(SEAL, f"{agency}#{slug}#{number}", mark)


def tail(number: Personal) -> str:
    """The end of a number."""
    return f"…{number.reveal[-TAIL:]}"


def tails(numbers: Iterable[str]) -> str:
    """The ends of several numbers, for one line."""
    return ", ".join(tail(Personal(number)) for number in numbers)
