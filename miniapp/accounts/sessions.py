"""Sessions: who is behind a cookie at this moment, and ending them, one or all.

For doors and sign-in. A token is 256 random bits; rows know its hash only. An officer's session counts only while the
officer is active and no "end all" came after it: that is read at every request, strongly consistent, never cached.
A store that doesn't answer means nobody is signed in (Unavailable), never somebody."""

from dataclasses import dataclass, replace

from miniapp.accounts.access import Standing
from miniapp.accounts.model import Kind, Officer, Session, SignedOfficer, State, new_session
from miniapp.accounts.session_store import SessionStore
from miniapp.accounts.store import AccountStore
from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Problem, Refused
from miniapp.core.ids import Ids
from miniapp.core.sealing import digest
from miniapp.core.tables import Write

TOKEN_LONGEST = 64


@dataclass(frozen=True)
class Opened:
    """A session about to begin: the token for the cookie, and the writes that make it."""

    token: str
    session: Session
    writes: list[Write]


class Sessions:
    """Finds, opens and ends sessions."""

    def __init__(self, store: SessionStore, accounts: AccountStore, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._ids = ids

    def officer(self, token: str) -> SignedOfficer | None:
        """The officer behind a cookie, with everything the officer may do now; None when nobody is signed in."""
        session = self._alive(token, Kind.OFFICER)
        found = self._accounts.find_with_roles(session.subject) if session else None
        if session is None or found is None:
            return None
        officer, roles = found
        if officer.state != State.ACTIVE or officer.generation != session.generation:
            return None
        return SignedOfficer(session, officer, Standing(officer.id, roles, session.factor_at))

    def citizen(self, token: str) -> Session | None:
        """The session of a citizen; `subject` is the chat user's id."""
        return self._alive(token, Kind.CITIZEN)

    def of(self, kind: Kind, subject: str) -> list[Session]:
        """The sessions of one person that are alive, newest first."""
        now = self._clock.now()
        return [session for session in self._store.of(kind, subject) if session.is_alive(now)]

    def opened(self, kind: Kind, subject: str, officer: Officer | None = None) -> Opened:
        """A fresh session under a token that nobody has seen."""
        token = self._ids.secret(32)
        session = new_session(digest(token), kind, subject, self._clock.now(), officer)
        return Opened(token, session, self._store.opened(session))

    def renewed(self, session: Session) -> Opened:
        """The same session under a new token, with a second factor given now; its absolute end stays."""
        token = self._ids.secret(32)
        now = self._clock.now()
        fresh = replace(session, id=digest(token), seen=now, factor_at=now)
        return Opened(token, fresh, [*self.closed(session), *self._store.opened(fresh)])

    def closed(self, session: Session) -> list[Write]:
        """The writes that end one session."""
        return self._store.closed(session, Refused("session_ended"))

    def sweep(self, kind: Kind, subject: str) -> int:
        """Remove every session row of one person; for officers the generation has ended them already."""
        held = self._store.of(kind, subject)
        for session in held:
            for write in self._store.closed(session, Conflict("session_ended")):
                try:
                    write.alone()
                except Conflict:
                    continue  # it ended by itself meanwhile, which is what we want
        return len(held)

    def _alive(self, token: str, kind: Kind) -> Session | None:
        if not token or len(token) > TOKEN_LONGEST:
            return None
        session = self._store.find(digest(token))
        now = self._clock.now()
        if session is None or session.kind != kind or not session.is_alive(now):
            return None
        if session.wants_touch(now):
            self._touch(session.touched(now))
        return session

    def _touch(self, session: Session) -> None:
        """Best effort: what can't be written down only ends the session earlier."""
        try:
            self._store.touch(session)
        except Problem as problem:
            log.warning("session_not_touched", code=problem.code)
