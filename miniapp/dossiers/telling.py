"""What happened to a dossier becomes messages to whoever keeps it and asked to be told. For the schedule.

A mark of each event is written in the transaction of its move, so no move is lost; it goes once its messages lie in the
outbox, which keeps each only once (agency, person, event), so none is told twice however often this is killed or begun.
Who began to keep a dossier later than something happened saw it, and is not told of it. A message
names nobody: not who asked, and not who works on it."""

from collections.abc import Mapping

from miniapp.accounts.consents import Consents
from miniapp.agencies.service import Agencies
from miniapp.dossiers.events import Event, Happened
from miniapp.dossiers.keepers import Keeper, KeeperStore
from miniapp.dossiers.keeping import PURPOSE, Keeping
from miniapp.dossiers.marks import Marks, News
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.store import DossierStore
from miniapp.messaging.model import FACT_MOST, Addressed, Fact
from miniapp.messaging.service import Outbox

OWN = {  # facts of an event that its message tells
    Happened.RECEIVED: ("due",),
    Happened.SUPPLEMENTED: ("due",),
    Happened.PAID: ("due",),
    Happened.APOLOGISED: ("due", "due_before"),
    Happened.RESCHEDULED: ("due", "due_before"),
    Happened.SUPPLEMENT_ASKED: ("papers", "deadline"),
    Happened.PAYMENT_ASKED: ("amount",),
}


class DossierTelling:
    """Tells what is not told yet."""

    def __init__(
        self,
        store: DossierStore,
        marks: Marks,
        keepers: KeeperStore,
        keeping: Keeping,
        consents: Consents,
        agencies: Agencies,
        outbox: Outbox,
    ) -> None:
        self._store = store
        self._marks = marks
        self._keepers = keepers
        self._keeping = keeping
        self._consents = consents
        self._agencies = agencies
        self._outbox = outbox

    def run(self) -> int:
        """Everything that is not told yet; how many messages were left in the outbox."""
        return sum(self._told(one) for one in self._marks.news())

    def _told(self, one: News) -> int:
        keepers = [keeper for keeper in self._keepers.of_dossier(one.agency, one.code) if _wants(keeper, one)]
        count = self._tell(one, keepers) if keepers else 0
        self._marks.told(one)
        return count

    def _tell(self, one: News, keepers: list[Keeper]) -> int:
        event = self._store.event(one.agency, one.code, one.version)
        held = self._store.find(one.agency, one.code)
        if event is None or held is None or _is_idle(event, held):
            return 0
        return sum(
            self._outbox.queue(
                event.what.value,
                Addressed(one.agency, keeper.user, keeper.language),
                f"dossier#{one.code}#{one.version}",
                self._facts(keeper, event, held),
            )
            for keeper in keepers
            if self._consents.in_force(keeper.user, one.agency, PURPOSE)
        )

    def _facts(self, keeper: Keeper, event: Event, held: Dossier) -> Mapping[str, Fact]:
        own: dict[str, Fact] = {}
        for fact in OWN.get(event.what, ()):
            value = event.facts.get(fact)
            own[fact] = "" if value is None else value
        return {**facts_of(keeper, held.procedure_name, self._agencies, self._keeping), **own}


def facts_of(keeper: Keeper, procedure_name: str, agencies: Agencies, keeping: Keeping) -> dict[str, Fact]:
    """What every message about a dossier says, to one of those who keep it."""
    agency = agencies.find(keeper.agency)
    name = keeper.agency if agency is None else agency.name_en if keeper.language == "en" else agency.name
    return {
        "agency_name": name[:FACT_MOST],
        "procedure": procedure_name[:FACT_MOST],
        "dossier": keeper.code,
        "address": f"/toi/ho-so/{keeping.mark(keeper.agency, keeper.code, keeper.user)}",
    }


def _wants(keeper: Keeper, one: News) -> bool:
    return keeper.is_told and keeper.heard < one.version


def _is_idle(event: Event, held: Dossier) -> bool:
    """A date that moved while the clock stands is no date to tell: it is told when the clock goes on."""
    return event.what is Happened.RESCHEDULED and held.due is None
