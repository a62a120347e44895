"""An officer comes in: password, then second factor; the second factor again before what counts; and out.

For the console's sign-in pages and for commands that act for an officer. A wrong password, an unknown login and a
disabled account get one answer after the same work. Between the two steps there is no row, only a sealed token of ten
minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from miniapp.accounts import guessing, passwords
from miniapp.accounts.access import Roles, Standing
from miniapp.accounts.guessing import Guessing
from miniapp.accounts.model import Kind, Officer, SignedOfficer, State
from miniapp.accounts.proof import Proof
from miniapp.accounts.sessions import Opened, Sessions
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Refused
from miniapp.core.folding import clean
from miniapp.core.ids import Ids
from miniapp.core.sealing import Sealer, digest

HALF_LIFE = timedelta(minutes=10)
DEVICE_LIFE = timedelta(days=180)
HALF, DEVICE = "officer half", "officer device"
COMMAND_LINE = "command line"
TYPED_LONGEST = 200


@dataclass(frozen=True)
class SignedIn:
    """A finished sign-in: cookie tokens for the session and for the device, and who it is."""

    token: str
    device: str
    signed: SignedOfficer


def login_of(typed: str) -> str:
    """The one spelling of a login."""
    return clean(typed[:TYPED_LONGEST]).casefold()


class SignIn:
    """Lets officers in and out."""

    def __init__(
        self,
        store: AccountStore,
        sessions: Sessions,
        guesses: Guessing,
        proof: Proof,
        audit: Audit,
        vault: Sealer,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._guesses = guesses
        self._proof = proof
        self._audit = audit
        self._vault = vault
        self._clock = clock
        self._ids = ids

    def begin(self, login: str, password: str, *, address: str, device: str = "") -> str:
        """First step; gives the token for the second. Refused `sign_in_refused`, or `too_many_tries` with seconds."""
        login = login_of(login)
        account = guessing.of_account(login, self._device(login, device))
        self._guesses.take([guessing.of_address(address), account])
        officer = self._store.find_by_login(login)
        # The same reads and the same hashing whether or not there is such an officer (ASVS 6.3.8).
        kept = self._store.password(officer.id if officer else "nobody")
        right = passwords.matches(kept, password)
        if officer is None or kept is None or not right or officer.state != State.ACTIVE:
            self._proof.failed(officer, "password", address)
            raise Refused("sign_in_refused")
        self._guesses.was_right(forget=account, spare=guessing.of_address(address))
        if passwords.is_outdated(kept):
            self._rehash(officer, password, kept)
        facts = {"o": officer.id, "g": officer.generation}
        return self._vault.seal(HALF, facts, self._clock.now() + HALF_LIFE)

    def is_half_in(self, half: str) -> bool:
        """Whether the first step was taken and still counts; for the page that asks for the code."""
        try:
            return bool(half) and "o" in self._vault.open(HALF, half, self._clock.now())
        except Refused:
            return False

    def finish(self, half: str, code: str, *, address: str) -> SignedIn:
        """Second step: a code of the phone or a recovery code; opens a session under a new token."""
        held = self._vault.open(HALF, half, self._clock.now())
        officer, roles = self._standing(held["o"])
        if officer.state != State.ACTIVE or officer.generation != held["g"]:
            raise Refused("sign_in_refused")
        spent = self._proof.spend(officer, code, address)
        opened = self._sessions.opened(Kind.OFFICER, officer.id, officer)
        place = self._proof.place(address)
        event = Event("officer_signed_in", officer=officer.id, method=spent.method, place=place)
        writes = [self._store.unchanged(officer), spent.write, *opened.writes]
        self._audit.commit(event, agency=officer.home, by=officer.id, writes=writes)
        self._proof.was_right(officer, address)
        return self._signed(opened, officer, roles)

    def step_up(self, signed: SignedOfficer, code: str, *, address: str) -> SignedIn:
        """The second factor once more; the session goes on under a new token and is fresh for five minutes."""
        spent = self._proof.spend(signed.officer, code, address)
        opened = self._sessions.renewed(signed.session)
        event = Event("second_factor_given", officer=signed.id, method=spent.method)
        writes = [self._store.unchanged(signed.officer), spent.write, *opened.writes]
        self._audit.commit(event, agency=signed.officer.home, by=signed.id, writes=writes)
        self._proof.was_right(signed.officer, address)
        return self._signed(opened, signed.officer, signed.standing.roles)

    def prove(self, login: str, code: str) -> Standing:
        """At the command line: who acts for an officer types that officer's code; gives a standing that is fresh."""
        officer = self._store.find_by_login(login_of(login))
        if officer is None or officer.state != State.ACTIVE:
            raise Refused("sign_in_refused")
        spent = self._proof.spend(officer, code, COMMAND_LINE)
        _, roles = self._standing(officer.id)
        event = Event("second_factor_given", officer=officer.id, method=spent.method)
        writes = [self._store.unchanged(officer), spent.write]
        self._audit.commit(event, agency=officer.home, by=officer.id, writes=writes)
        self._proof.was_right(officer, COMMAND_LINE)
        return Standing(officer.id, roles, self._clock.now())

    def sign_out(self, signed: SignedOfficer) -> None:
        """End this session; one that has ended already is fine."""
        event = Event("officer_signed_out", officer=signed.id)
        closed = self._sessions.closed(signed.session)
        try:
            self._audit.commit(event, agency=signed.officer.home, by=signed.id, writes=closed)
        except Refused:
            log.info("session_ended_already")

    def _standing(self, officer: str) -> tuple[Officer, dict[str, Roles]]:
        found = self._store.find_with_roles(officer)
        if found is None:
            raise Refused("sign_in_refused")
        return found

    def _signed(self, opened: Opened, officer: Officer, roles: Mapping[str, Roles]) -> SignedIn:
        facts = {"l": digest(officer.login.reveal), "d": self._ids.secret(12)}
        device = self._vault.seal(DEVICE, facts, self._clock.now() + DEVICE_LIFE)
        standing = Standing(officer.id, roles, opened.session.factor_at)
        return SignedIn(opened.token, device, SignedOfficer(opened.session, officer, standing))

    def _device(self, login: str, token: str) -> str:
        """The id of a device on which this login was signed in before, or nothing."""
        try:
            held = self._vault.open(DEVICE, token, self._clock.now()) if token else {}
        except Refused:
            return ""
        return str(held["d"]) if held.get("l") == digest(login) else ""

    def _rehash(self, officer: Officer, password: str, kept: str) -> None:
        write = self._store.with_password(officer.id, passwords.hashed(password), kept)
        event = Event("password_set", officer=officer.id)
        self._audit.commit(event, agency=officer.home, by="sign_in", writes=[write])
