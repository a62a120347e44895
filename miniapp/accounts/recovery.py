"""An officer's own recovery codes: how many are left, and ten new ones in place of all old ones.

For the officer's page about the own account. New codes are given for a code of the phone, in the transaction that
spends it; they are known once to who asked, afterwards only their hashes are. Who lost the phone and the codes goes to
the agency's admin. It shows nothing and opens no session."""

from miniapp.accounts import second_factor
from miniapp.accounts.model import SignedOfficer
from miniapp.accounts.proof import Proof
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.ids import Ids

ALL = second_factor.RECOVERY_CODES
FEW = 3  # from here on the page says that it is time for new ones


class RecoveryCodes:
    """Counts and renews."""

    def __init__(self, store: AccountStore, proof: Proof, audit: Audit, ids: Ids) -> None:
        self._store = store
        self._proof = proof
        self._audit = audit
        self._ids = ids

    def left(self, officer: str) -> int:
        """How many codes an officer can still use."""
        factor = self._store.factor(officer)
        return len(factor.recovery) if factor else 0

    def renew(self, signed: SignedOfficer, code: str, *, address: str) -> list[str]:
        """Ten new codes for a code of the phone; the old ones are worthless. Refused as in `Proof.spend`."""
        codes = second_factor.new_recovery_codes(self._ids)
        hashes = [second_factor.recovery_hash(signed.id, each) for each in codes]
        left = self.left(signed.id)
        spent = self._proof.spend(signed.officer, code, address, renewing=hashes)
        event = Event("recovery_codes_renewed", officer=signed.id, left=left)
        writes = [self._store.unchanged(signed.officer), spent.write]
        self._audit.commit(event, agency=signed.officer.home, by=signed.id, writes=writes)
        self._proof.was_right(signed.officer, address)
        return codes
