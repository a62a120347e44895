"""Requests for a second look come into the trail, and what was decided is told to whoever keeps the dossier. For the schedule.

A mark of each lies there from the transaction that made it. The entry of a request and the end of its mark are one
transaction, so it is noted once; a decision's mark goes once its messages lie in the outbox, which keeps each only once. The
entry stands within two minutes of the request, under the moment at which it was noted."""

from contextlib import suppress

from miniapp.accounts.consents import Consents
from miniapp.agencies.service import Agencies
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.errors import Conflict
from miniapp.dossiers.events import Side
from miniapp.dossiers.keepers import KeeperStore
from miniapp.dossiers.keeping import PURPOSE, Keeping
from miniapp.dossiers.reopening import Request
from miniapp.dossiers.reopening_store import Mark, ReopeningStore
from miniapp.dossiers.telling import facts_of
from miniapp.messaging.model import Addressed
from miniapp.messaging.service import Outbox

MESSAGE = "dossier_reopening_told"


class ReopeningNews:
    """Notes and tells what is not noted or told yet."""

    def __init__(
        self,
        store: ReopeningStore,
        keepers: KeeperStore,
        keeping: Keeping,
        consents: Consents,
        agencies: Agencies,
        audit: Audit,
        outbox: Outbox,
    ) -> None:
        self._store = store
        self._keepers = keepers
        self._keeping = keeping
        self._consents = consents
        self._agencies = agencies
        self._audit = audit
        self._outbox = outbox

    def run(self) -> int:
        """Everything; how many messages were left in the outbox."""
        return sum(self._done(mark) for mark in self._store.marks())

    def _done(self, mark: Mark) -> int:
        held = self._store.find(mark.agency, mark.code, mark.number)
        count = 0
        with suppress(Conflict):  # another clock was faster
            if mark.version == 1:
                event = Event("dossier_reopening_asked", dossier=mark.code, number=mark.number)
                done = [self._store.done(mark)]
                self._audit.commit(event, agency=mark.agency, by=Side.CITIZEN.value, writes=done)
            else:
                count = self._tell(mark, held) if held else 0
                self._store.done(mark).alone()
        return count

    def _tell(self, mark: Mark, held: Request) -> int:
        return sum(
            self._outbox.queue(
                MESSAGE,
                Addressed(held.agency, keeper.user, keeper.language),
                f"reopening#{held.code}#{held.number}#{mark.version}",
                facts_of(keeper, held.procedure_name, self._agencies, self._keeping),
            )
            for keeper in self._keepers.of_dossier(held.agency, held.code)
            if keeper.is_told and self._consents.in_force(keeper.user, held.agency, PURPOSE)
        )
