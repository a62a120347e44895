"""Is this second factor right, and the write that spends it. For sign-in, step-up and links; it opens no session.

Every try is counted per officer and per address, every failure is in the audit trail. A code is spent by the caller's
transaction, so a code is never spent for nothing and never works twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from miniapp.accounts import guessing, second_factor
from miniapp.accounts.guessing import Guessing
from miniapp.accounts.model import Factor, Officer
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import HOUSE, Event
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Problem, Refused
from miniapp.core.sealing import Sealer
from miniapp.core.tables import Write

PLACE = "place"


@dataclass(frozen=True)
class Spent:
    """A second factor that was right: how it was given, and the write that makes it worthless from now on."""

    method: str
    write: Write


class Proof:
    """Checks second factors and notes failures of both factors."""

    def __init__(self, store: AccountStore, guesses: Guessing, audit: Audit, vault: Sealer, clock: Clock) -> None:
        self._store = store
        self._guesses = guesses
        self._audit = audit
        self._vault = vault
        self._clock = clock

    def spend(self, officer: Officer, code: str, address: str, renewing: Sequence[str] = ()) -> Spent:
        """Check a code and say how to spend it; Refused `code_refused`, or `too_many_tries` with seconds to wait, or
        `factor_unreadable` when the phone's secret was sealed with a key that is gone: then a recovery code helps.

        With `renewing` (hashes of new recovery codes) only the phone counts, and spending its code also puts them in
        place of the old ones: a recovery code that somebody found must not bring ten more."""
        self._guesses.take([guessing.of_factor(officer.id), guessing.of_address(address)])
        factor = self._store.factor(officer.id)
        spent = self._right(officer, factor, code, renewing) if factor else None
        if spent is None:
            self.failed(officer, "second_factor", address)
            raise Refused("code_refused")
        return spent

    def was_right(self, officer: Officer, address: str) -> None:
        """The code was spent: its tries are forgotten."""
        self._guesses.was_right(forget=guessing.of_factor(officer.id), spare=guessing.of_address(address))

    def failed(self, officer: Officer | None, step: str, address: str) -> None:
        """Note a failure. It is refused anyhow: a trail that can't take the note changes nothing for who is outside."""
        event = Event("sign_in_failed", officer=officer.id if officer else "", step=step, place=self.place(address))
        try:
            self._audit.commit(event, agency=officer.home if officer else HOUSE, by="sign_in")
        except Problem as problem:
            log.error("sign_in_failure_not_noted", problem, step=step)

    def place(self, address: str) -> str:
        """A mark by which equal addresses are recognised and none can be read."""
        return self._vault.sign(PLACE, address)

    def _right(self, officer: Officer, factor: Factor, code: str, renewing: Sequence[str]) -> Spent | None:
        if not renewing and second_factor.looks_like_recovery(code):
            code_hash = second_factor.recovery_hash(officer.id, code)
            if code_hash not in factor.recovery:
                return None
            return Spent("recovery_code", self._store.recovery_used(officer.id, code_hash))
        now = self._clock.now()
        secret = second_factor.unsealed(self._vault, factor.secret, now)
        counter = second_factor.counter_of(secret, code, now, factor.last)
        if counter is None:
            return None
        # Sealed anew at every use; `resealing` does the same for those who do not come.
        resealed = second_factor.sealed(self._vault, secret)
        return Spent("totp", self._store.counter_used(officer.id, resealed, counter, renewing))
