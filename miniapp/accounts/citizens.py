"""Citizens come in from the chat by a link that works once; nobody chooses a password.

For the chat (it makes links) and the entry pages (they show and use them). A link says who by a sealed token of ten
minutes; looking at it changes nothing, so previews of the chat app don't use it up. Citizens' sessions are not in the
audit trail: a whole province comes in on results day, and they decide nothing."""

from dataclasses import dataclass
from datetime import timedelta

from miniapp.accounts.model import Kind, Session
from miniapp.accounts.session_store import SessionStore
from miniapp.accounts.sessions import Sessions
from miniapp.core.clock import Clock
from miniapp.core.errors import Invalid, Refused
from miniapp.core.ids import Ids
from miniapp.core.sealing import Sealer
from miniapp.core.tables import transact

LINK_LIFE = timedelta(minutes=10)
PURPOSE = "citizen entry"
USER_LONGEST = 100


@dataclass(frozen=True)
class Entered:
    """A citizen who came in: the token for the cookie, and the session."""

    token: str
    session: Session


@dataclass(frozen=True)
class EntryLink:
    """What a link says: whose it is, and its own id by which it is used up."""

    id: str
    chat_user: str
    then: str


class CitizenLinks:
    """Makes, shows and uses entry links."""

    def __init__(
        self, store: SessionStore, sessions: Sessions, vault: Sealer, clock: Clock, ids: Ids, base_url: str
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._base_url = base_url.rstrip("/")

    def make(self, chat_user: str, then: str = "/toi") -> str:
        """The address that lets one chat user in, once, within ten minutes; `then` is the page of ours that follows."""
        if not 1 <= len(chat_user) <= USER_LONGEST:
            raise Invalid("chat_user_shape")
        # The id is inside the seal: two spellings of one token are still one link.
        facts = {"u": chat_user, "j": self._ids.secret(16), "n": then}
        return f"{self._base_url}/toi/vao/{self._vault.seal(PURPOSE, facts, self._clock.now() + LINK_LIFE)}"

    def look(self, token: str) -> EntryLink:
        """Whose link this is; Refused `entry_link_unknown` or `entry_link_ended`. Changes nothing."""
        try:
            held = self._vault.open(PURPOSE, token, self._clock.now())
        except Refused as refused:
            if refused.code == "token_expired":
                raise Refused("entry_link_ended") from None
            raise Refused("entry_link_unknown") from None
        return EntryLink(held["j"], held["u"], held["n"])

    def enter(self, token: str, leaving: str = "") -> Entered:
        """Use a link: a new session; `leaving` is the token this browser had before. Refused `entry_link_used`."""
        link = self.look(token)
        opened = self._sessions.opened(Kind.CITIZEN, link.chat_user)
        used = self._store.link_used(link.id, self._clock.now() + LINK_LIFE * 2)
        transact(used, *opened.writes, token=self._ids.secret(24))
        if leaving:
            self.leave(leaving)
        return Entered(opened.token, opened.session)

    def leave(self, token: str) -> None:
        """End the session of this browser; none is fine."""
        session = self._sessions.citizen(token)
        if session is None:
            return
        try:
            transact(*self._sessions.closed(session), token=self._ids.secret(24))
        except Refused:
            return  # ended meanwhile, which is what was wished

    def leave_everywhere(self, chat_user: str) -> int:
        """End all sessions of a citizen; how many there were."""
        return self._sessions.sweep(Kind.CITIZEN, chat_user)
