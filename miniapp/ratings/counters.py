"""An agency's counters at which people rate by a code: given a name, taken away, and the code that one shows now.

For the console. The code follows from counter and clock alone (`tokens`), so a screen needs to know of no ballots."""

from collections.abc import Sequence

from miniapp.accounts.access import Actor, require
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock, local_day
from miniapp.core.errors import Conflict, Invalid, NotFound
from miniapp.core.folding import clean, folded_words
from miniapp.core.sealing import Sealer
from miniapp.ratings.bounds import COUNTER_MOST
from miniapp.ratings.counter_store import Counter, CounterStore
from miniapp.ratings.tokens import VisitCodes

COUNTERS_MOST = 50  # that an agency has at once


class Counters:
    """Names counters, and makes their codes."""

    def __init__(self, store: CounterStore, sealer: Sealer, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._codes = VisitCodes(sealer)
        self._audit = audit
        self._clock = clock

    def of(self, agency: str) -> Sequence[Counter]:
        """The counters that an agency has now."""
        return [counter for counter in self._store.of(agency) if not counter.until]

    def names(self, agency: str) -> dict[str, str]:
        """What every counter is or was called, by its id."""
        return {counter.id: counter.name for counter in self._store.of(agency)}

    def find(self, agency: str, id: str) -> Counter:
        """One that the agency has now; NotFound `rating_counter_unknown`."""
        found = self._store.find(agency, id)
        if found is None or found.until:
            raise NotFound("rating_counter_unknown")
        return found

    def add(self, agency: str, name: str, *, by: Actor) -> Counter:
        """A counter of this name. Invalid at `name`: no name that an address can have, one that is there, one too many."""
        require(by, "agency.manage", agency)
        name = clean(name)
        id = folded_words(name).replace(" ", "-")
        if not id or len(name) > COUNTER_MOST or len(id) > COUNTER_MOST:
            raise Invalid("rating_counter_name_shape", field="name", most=COUNTER_MOST)
        if len(self.of(agency)) >= COUNTERS_MOST:
            raise Invalid("rating_counters_most", field="name", most=COUNTERS_MOST)
        before, after = self._store.find(agency, id), Counter(id, name)
        if before is not None and not before.until:
            raise Invalid("rating_counter_known", field="name")
        self._kept(agency, Event("rating_counter_added", counter=id), before, after, by)
        return after

    def remove(self, agency: str, id: str, *, by: Actor) -> None:
        """Take one away; one that was taken away already stays so. NotFound `rating_counter_unknown`."""
        require(by, "agency.manage", agency)
        before = self._store.find(agency, id)
        if before is None:
            raise NotFound("rating_counter_unknown")
        if before.until:
            return
        after = before.closed(local_day(self._clock.now()))
        self._kept(agency, Event("rating_counter_removed", counter=id), before, after, by)

    def shown(self, agency: str, counter: Counter) -> str:
        """The code that a counter shows at this moment."""
        return self._codes.shown(f"{agency}/{counter.id}", self._clock.now())

    def _kept(self, agency: str, event: Event, before: Counter | None, after: Counter, by: Actor) -> None:
        write = self._store.written(agency, before, after)
        try:
            self._audit.commit(event, agency=agency, by=by.id, writes=[write])
        except Conflict:
            if self._store.find(agency, after.id) != after:  # else somebody did the same just now
                raise
