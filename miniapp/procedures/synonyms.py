"""What people call a procedure, proposed from what they chose after a failed search and approved by a person.

For the desk. An approved phrase is an agency's own and serves those below it; the nation's stand in `data/synonyms.json`.
A decision is one transaction with its entry in the trail and is shown to readers at once; deciding the same again
changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock, iso
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.tables import pause
from miniapp.procedures.model import Synonym, national_code
from miniapp.procedures.publishing import Publishing
from miniapp.procedures.signals import LONGEST_QUESTION, MissedSearch, Signals, harmless, week_before, week_of
from miniapp.procedures.store import SYNONYMS_MOST, ProcedureStore
from miniapp.procedures.typed import keys

TRIES = 8
WEEKS = 4  # how far back proposals come from
PICKS_LEAST = 2  # as many must have chosen the same


@dataclass(frozen=True)
class Proposal:
    """A phrase, what those who typed it chose, how many, and how many found nothing right."""

    say: str
    code: str
    picked: int
    missed: int


class Synonyms:
    """Decides on what people call things, agency by agency."""

    def __init__(self, store: ProcedureStore, signals: Signals, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._signals = signals
        self._audit = audit
        self._clock = clock
        self._publishing = Publishing(store, clock)

    def decided(self, agency: str) -> Sequence[Synonym]:
        """What was decided so far, by phrase."""
        return self._store.synonyms(agency)

    def proposals(self, agency: str) -> Sequence[Proposal]:
        """What is not decided yet, the most often chosen first."""
        known = {phrase_key(one.say) for one in self._store.synonyms(agency)}
        week = week_of(self._clock.now())
        found: dict[tuple[str, str], Proposal] = {}
        for _ in range(WEEKS):
            for search in self._signals.week(agency, week).searches:
                if phrase_key(search.question) not in known:
                    _count(found, search)
            week = week_before(week)
        often = [one for one in found.values() if one.picked >= PICKS_LEAST]
        return sorted(often, key=lambda one: (-one.picked, -one.missed, one.say))

    def decide(self, agency: str, say: str, code: str, approved: bool, *, by: str) -> None:
        """Whether a phrase means a procedure. Invalid `phrase_shape`, `synonyms_too_many`, `procedure_code_shape`."""
        phrase = harmless(say).lower()
        key = phrase_key(phrase)
        if not key or len(say) > LONGEST_QUESTION:
            raise Invalid("phrase_shape", field="say", most=LONGEST_QUESTION)
        national = national_code(code)
        for attempt in range(TRIES):
            pointer = self._store.pointer(agency)
            held = {phrase_key(one.say): one for one in self._store.synonyms(agency)}
            if key not in held and len(held) >= SYNONYMS_MOST:
                raise Invalid("synonyms_too_many", field="say", most=SYNONYMS_MOST)
            before = held.get(key)
            if before and (before.code, before.approved) == (national, approved):
                break
            synonym = Synonym(phrase, national, approved, iso(self._clock.now()), by)
            event = Event("synonym_decided", catalogue=agency, phrase=phrase, procedure=national, approved=approved)
            try:
                writes = self._store.decided(agency, pointer, key, synonym)
                self._audit.commit(event, agency=agency, by=by, writes=writes)
            except Conflict as conflict:
                if conflict.code != "procedures_changed" or attempt == TRIES - 1:
                    raise
                pause(attempt)
                continue
            break
        self._publishing.show(agency)


def phrase_key(phrase: str) -> str:
    """What phrases that are one have in common: the words without accents."""
    return " ".join(keys(phrase))


def _count(found: dict[tuple[str, str], Proposal], search: MissedSearch) -> None:
    for code, times in search.picked:
        place = (phrase_key(search.question), code)
        before = found.get(place, Proposal(search.question, code, 0, 0))
        found[place] = Proposal(before.say, code, before.picked + times, before.missed + search.missed)
