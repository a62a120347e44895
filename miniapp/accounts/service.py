"""Accounts, put together: one object for the wiring, with a part for every kind of work.

For web, workers, commands and tests alike. It decides nothing; each part says in its own module what it does."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from miniapp.accounts import asked_store, consent_store, guess_store, machine_key_store, session_store, store
from miniapp.accounts.asked_store import AskedStore
from miniapp.accounts.citizens import CitizenLinks
from miniapp.accounts.confirming import Confirming, ParentOf, no_parent
from miniapp.accounts.consent_store import ConsentStore
from miniapp.accounts.consents import Consents
from miniapp.accounts.doing import Doing
from miniapp.accounts.guess_store import GuessStore
from miniapp.accounts.guessing import Guessing
from miniapp.accounts.invitations import Invitations
from miniapp.accounts.machine_key_store import MachineKeyStore
from miniapp.accounts.machine_keys import MachineKeys
from miniapp.accounts.model import Wording
from miniapp.accounts.people import People
from miniapp.accounts.proof import Proof
from miniapp.accounts.recovery import RecoveryCodes
from miniapp.accounts.resealing import Resealing
from miniapp.accounts.session_store import SessionStore
from miniapp.accounts.sessions import Sessions
from miniapp.accounts.sign_in import SignIn
from miniapp.accounts.store import AccountStore
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.ids import Ids
from miniapp.core.sealing import Sealer

TABLES = (
    *store.TABLES,
    *asked_store.TABLES,
    *guess_store.TABLES,
    *machine_key_store.TABLES,
    *session_store.TABLES,
    *consent_store.TABLES,
)


class Accounts:
    """Officers and citizens: sessions, sign-in, people, invitations, entry links, second persons."""

    def __init__(
        self,
        audit: Audit,
        vault: Sealer,
        clock: Clock,
        ids: Ids,
        base_url: str,
        parent_of: ParentOf = no_parent,
    ) -> None:
        self._audit = audit
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._base_url = base_url
        self._parent_of = parent_of
        self._store = AccountStore()
        self._asked_store = AskedStore()
        self._session_store = SessionStore()

    @cached_property
    def sessions(self) -> Sessions:
        """Who is behind a cookie."""
        return Sessions(self._session_store, self._store, self._clock, self._ids)

    @cached_property
    def sign_in(self) -> SignIn:
        """Officers in and out; step-up."""
        return SignIn(
            self._store,
            self.sessions,
            self._guesses,
            self._proof,
            self._audit,
            self._vault,
            self._clock,
            self._ids,
        )

    @cached_property
    def people(self) -> People:
        """Roles, invitations, disabling, ending sessions, resets."""
        return People(
            self._store,
            self._asked_store,
            self._doing,
            self.sessions,
            self._audit,
            self._clock,
            self._ids,
            self._parent_of,
        )

    @cached_property
    def confirming(self) -> Confirming:
        """A second person's yes or no to what an admin asked for."""
        return Confirming(self._store, self._asked_store, self._doing, self._audit, self._clock, self._parent_of)

    @cached_property
    def invitations(self) -> Invitations:
        """What the holder of a one-use link does."""
        return Invitations(self._store, self._guesses, self._proof, self._audit, self._vault, self._clock, self._ids)

    @cached_property
    def recovery(self) -> RecoveryCodes:
        """An officer's own recovery codes."""
        return RecoveryCodes(self._store, self._proof, self._audit, self._ids)

    @cached_property
    def resealing(self) -> Resealing:
        """All second factors under today's key, after it was turned."""
        return Resealing(self._store, self._vault, self._clock)

    @cached_property
    def machine_keys(self) -> MachineKeys:
        """Keys of other systems of agencies."""
        return MachineKeys(MachineKeyStore(), self._guesses, self._audit, self._clock, self._ids)

    @cached_property
    def citizen_links(self) -> CitizenLinks:
        """Entry links of citizens."""
        return CitizenLinks(self._session_store, self.sessions, self._vault, self._clock, self._ids, self._base_url)

    def consents(self, wordings: Mapping[str, Sequence[Wording]]) -> Consents:
        """What citizens agreed to, under the wordings that are published."""
        return Consents(ConsentStore(), wordings, self._clock)

    @cached_property
    def _doing(self) -> Doing:
        return Doing(self._store, self.sessions, self._audit, self._clock, self._ids)

    @cached_property
    def _guesses(self) -> Guessing:
        return Guessing(GuessStore(), self._clock)

    @cached_property
    def _proof(self) -> Proof:
        return Proof(self._store, self._guesses, self._audit, self._vault, self._clock)
