"""What citizens say of procedures and searches: it helped or not and why, what they chose after a failed search, what was
missing. For the pages that ask, and for the officers who mend.

Nothing is kept that nobody pressed a button for: a search as such leaves no trace. Of whoever pressed, only a keyed mark
of network address and day is kept, so that one address counts once a day for a thing and can't write more than some rows
a day. Rows are the truth, figures are counted when they are read, and all of it goes by itself after half a year."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zlib import crc32

from miniapp.core.clock import VIETNAM, Clock, iso
from miniapp.core.folding import clean
from miniapp.core.happenings import Kind as Happening
from miniapp.core.sealing import Sealer
from miniapp.procedures.model import national_code
from miniapp.procedures.signal_store import Signal, SignalStore
from miniapp.procedures.typed import keys

SIGNAL_KEPT = timedelta(days=182)
SIGNALS_MOST = 200  # rows that one address can write on one day, of each kind
LONGEST_QUESTION = 80
WORST = 10
JUDGED = Happening("procedures_judged", {"helped": frozenset({"yes", "no"})})
_NUMBERS = re.compile(r"\S*\d(?:[\s.\-]?\d){3,}\S*|\S+@\S+")


class SignalKind(StrEnum):
    """What was said."""

    VOTE = "vote"  # whether a page helped
    PICKED = "picked"  # what was chosen after a search that found nothing for certain
    MISSED = "missed"  # that nothing was right


class Reason(StrEnum):
    """Why a page did not help."""

    UNCLEAR = "unclear"
    MISSING = "missing"
    WRONG = "wrong"
    OTHER = "other"


@dataclass(frozen=True)
class PageFigures:
    """How one page did in a week."""

    code: str
    helped: int
    unhelped: int
    reasons: tuple[tuple[Reason, int], ...]


@dataclass(frozen=True)
class MissedSearch:
    """What people searched in vain in a week: how many said so, and what was chosen all the same, the most often first."""

    question: str
    missed: int
    picked: tuple[tuple[str, int], ...]

    @property
    def times(self) -> int:
        return self.missed + sum(count for _, count in self.picked)


@dataclass(frozen=True)
class Week:
    """What a week says."""

    name: str
    worst: tuple[PageFigures, ...]
    searches: tuple[MissedSearch, ...]
    votes: int


class Signals:
    """Takes what citizens say, and counts it by week."""

    def __init__(self, store: SignalStore, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    def vote(self, agency: str, code: str, helped: bool, reason: Reason | None, address: str) -> None:
        """A page helped or did not; the last word of an address on a day counts."""
        told = Signal(SignalKind.VOTE, code=national_code(code), helped=helped, reason=reason or "")
        self._take(agency, told, address, told.code)

    def picked(self, agency: str, question: str, code: str, address: str) -> None:
        """A procedure was chosen after a search that found nothing for certain."""
        told = Signal(SignalKind.PICKED, code=national_code(code), question=harmless(question))
        self._take(agency, told, address, told.question)

    def missed(self, agency: str, question: str, address: str) -> None:
        """Nothing that a search found was right."""
        told = Signal(SignalKind.MISSED, question=harmless(question))
        self._take(agency, told, address, told.question)

    def week(self, agency: str, name: str = "") -> Week:
        """What was said in a week (`2026-W48`; this one where none is named)."""
        name = name or week_of(self._clock.now())
        found = self._store.of(agency, name)
        votes = [one for one in found if one.kind == SignalKind.VOTE]
        return Week(name, _worst(votes), _searches(one for one in found if one.question), len(votes))

    def _take(self, agency: str, told: Signal, address: str, what: str) -> None:
        if not what:
            return
        now = self._clock.now()
        day = now.astimezone(VIETNAM).date().isoformat()
        mark = self._sealer.sign("signal", f"{agency} {address} {day}")
        place = crc32(what.encode()) % SIGNALS_MOST
        until = int((now + SIGNAL_KEPT).timestamp())
        self._store.put(agency, week_of(now), f"{told.kind}#{mark}#{place:03}", told, iso(now), until)


def harmless(question: str) -> str:
    """A question as it may be kept: short, without what may be a number of a person, a phone or an address of mail."""
    return clean(_NUMBERS.sub(" ", clean(question)))[:LONGEST_QUESTION].strip()


def week_of(moment: datetime) -> str:
    """The week of a moment in Vietnam, as ISO 8601 names it."""
    year, week, _ = moment.astimezone(VIETNAM).date().isocalendar()
    return f"{year}-W{week:02}"


def week_before(name: str) -> str:
    """The week before a week."""
    year, _, week = name.partition("-W")
    return week_of(
        datetime.combine(
            date.fromisocalendar(int(year), int(week), 1) - timedelta(days=7), datetime.min.time(), VIETNAM
        )
    )


def _worst(votes: Sequence[Signal]) -> tuple[PageFigures, ...]:
    """Pages that did not help, those first that failed most people."""
    yes = Counter(one.code for one in votes if one.helped)
    no = Counter(one.code for one in votes if not one.helped)
    reasons: dict[str, Counter[Reason]] = defaultdict(Counter)
    for one in votes:
        if one.reason and not one.helped:
            reasons[one.code][Reason(one.reason)] += 1
    ordered = sorted(no, key=lambda code: (-no[code], yes[code], code))[:WORST]
    return tuple(PageFigures(code, yes[code], no[code], tuple(reasons[code].most_common())) for code in ordered)


def _searches(signals: Iterable[Signal]) -> tuple[MissedSearch, ...]:
    """Questions asked in vain, alike where their words are; the spelling that was typed most stands for them."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    missed: Counter[str] = Counter()
    picked: dict[str, Counter[str]] = defaultdict(Counter)
    for one in signals:
        key = " ".join(keys(one.question))
        spelled[key][one.question] += 1
        if one.kind == SignalKind.MISSED:
            missed[key] += 1
        else:
            picked[key][one.code] += 1
    found = [
        MissedSearch(spelled[key].most_common(1)[0][0], missed[key], tuple(picked[key].most_common()))
        for key in spelled
        if key
    ]
    return tuple(sorted(found, key=lambda one: (-one.times, one.question)))
