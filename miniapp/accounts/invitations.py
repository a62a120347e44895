"""What the holder of a one-use link does: choose a password, set up the second factor, keep the recovery codes.

For the console's set-up pages. Two steps: the first changes nothing and hands back a sealed form, the second does
everything in one transaction and uses the link up. A link alone is never enough for an account that exists: a new
second factor asks for the password, a new password asks for the second factor (ASVS 6.4.3)."""

from dataclasses import dataclass
from datetime import timedelta

from miniapp.accounts import guessing, passwords, second_factor
from miniapp.accounts.guessing import Guessing
from miniapp.accounts.model import Invitation, Officer, Purpose, State
from miniapp.accounts.proof import Proof
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import NotFound, Refused
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer, digest
from miniapp.core.tables import Write

SETUP = "officer set-up"
SETUP_LIFE = timedelta(minutes=30)
TOKEN_LONGEST = 64


@dataclass(frozen=True)
class Invited:
    """A link that works, and whose it is."""

    invitation: Invitation
    officer: Officer


@dataclass(frozen=True)
class SetUp:
    """Between the two steps: what the page sends back, and the secret to show when a phone is to learn it."""

    sealed: str
    purpose: Purpose
    secret: Personal | None
    address: str  # otpauth:, for the QR picture; holds the secret


class Invitations:
    """Follows one-use links."""

    def __init__(
        self,
        store: AccountStore,
        guesses: Guessing,
        proof: Proof,
        audit: Audit,
        vault: Sealer,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store = store
        self._guesses = guesses
        self._proof = proof
        self._audit = audit
        self._vault = vault
        self._clock = clock
        self._ids = ids

    def look(self, token: str) -> Invited:
        """Whose link this is; Refused `invitation_unknown` for used, ended, replaced and made-up ones alike."""
        invitation = self._store.invitation(digest(token[:TOKEN_LONGEST]), self._clock.now())
        try:
            officer = self._store.get(invitation.officer) if invitation else None
        except NotFound:
            officer = None
        joining = invitation is not None and invitation.purpose is Purpose.JOIN
        wanted = State.INVITED if joining else State.ACTIVE
        if invitation is None or officer is None or officer.state is not wanted:
            raise Refused("invitation_unknown")
        if officer.generation != invitation.generation:
            raise Refused("invitation_unknown")
        return Invited(invitation, officer)

    def start(self, token: str, password: str, *, address: str) -> SetUp:
        """First step: a good new password, or for a new second factor the present one. Changes nothing."""
        invited = self.look(token)
        purpose = invited.invitation.purpose
        if purpose is Purpose.NEW_FACTOR:
            self._require_present(invited.officer, password, address)
            return self._set_up(invited, "", second_factor.new_secret())
        passwords.require_good(password, _known_of(invited.officer))
        secret = second_factor.new_secret() if purpose is Purpose.JOIN else None
        return self._set_up(invited, passwords.hashed(password), secret)

    def again(self, token: str, sealed: str) -> SetUp:
        """The second step's page once more, after a wrong code."""
        invited = self.look(token)
        return self._shown(invited, sealed, self._opened(invited, sealed))

    def finish(self, token: str, sealed: str, code: str, *, address: str) -> list[str]:
        """Second step: a right code sets everything and uses the link up; gives the recovery codes to show once."""
        invited = self.look(token)
        held = self._opened(invited, sealed)
        if invited.invitation.purpose is Purpose.NEW_PASSWORD:
            self._new_password(invited, held["h"], code, address)
            return []
        return self._new_factor(invited, held["h"], Personal(held["s"]), code)

    def _new_factor(self, invited: Invited, kept: str, secret: Personal, code: str) -> list[str]:
        officer = invited.officer
        counter = second_factor.counter_of(secret, code, self._clock.now(), last=-1)
        if counter is None:
            raise Refused("code_refused")
        codes = second_factor.new_recovery_codes(self._ids)
        hashes = [second_factor.recovery_hash(officer.id, each) for each in codes]
        sealed = second_factor.sealed(self._vault, secret)
        factor = self._store.with_factor(officer.id, sealed, counter, hashes)
        if invited.invitation.purpose is Purpose.NEW_FACTOR:
            self._commit("second_factor_set", invited, officer.with_all_sessions_ended(), factor)
        else:
            password = self._store.with_password(officer.id, kept, None)
            self._commit("officer_joined", invited, officer.moved(State.ACTIVE), factor, password)
        return codes

    def _new_password(self, invited: Invited, kept: str, code: str, address: str) -> None:
        officer = invited.officer
        spent = self._proof.spend(officer, code, address)
        password = self._store.with_password(officer.id, kept, self._store.password(officer.id))
        self._commit("password_set", invited, officer.with_all_sessions_ended(), password, spent.write)
        self._proof.was_right(officer, address)

    def _commit(self, name: str, invited: Invited, after: Officer, *writes: Write) -> None:
        used = self._store.invitation_used(invited.invitation)
        all_writes = [used, self._store.changed(after), *writes]
        self._audit.commit(Event(name, officer=after.id), agency=after.home, by=after.id, writes=all_writes)

    def _require_present(self, officer: Officer, password: str, address: str) -> None:
        account = guessing.of_account(officer.login.reveal)
        self._guesses.take([guessing.of_address(address), account])
        if not passwords.matches(self._store.password(officer.id), password):
            self._proof.failed(officer, "password", address)
            raise Refused("sign_in_refused")
        self._guesses.was_right(forget=account, spare=guessing.of_address(address))

    def _set_up(self, invited: Invited, kept: str, secret: Personal | None) -> SetUp:
        facts = {"i": invited.invitation.id, "h": kept, "s": secret.reveal if secret else ""}
        return self._shown(invited, self._vault.seal(SETUP, facts, self._clock.now() + SETUP_LIFE), facts)

    def _opened(self, invited: Invited, sealed: str) -> dict[str, str]:
        held = self._vault.open(SETUP, sealed, self._clock.now())
        if held["i"] != invited.invitation.id:
            raise Refused("token_unknown")
        return held

    def _shown(self, invited: Invited, sealed: str, held: dict[str, str]) -> SetUp:
        secret = Personal(held["s"]) if held["s"] else None
        address = second_factor.address_of(secret, invited.officer.login) if secret else ""
        return SetUp(sealed, invited.invitation.purpose, secret, address)


def _known_of(officer: Officer) -> list[str]:
    """What everybody knows of an officer: parts of the login and of the name."""
    login = officer.login.reveal
    words = [login, *login.replace("@", ".").replace("-", ".").replace("_", ".").split(".")]
    return [*words, officer.name.reveal, officer.name.reveal.replace(" ", ""), *officer.name.reveal.split()]
