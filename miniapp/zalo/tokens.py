"""Keeps the tokens of Official Accounts fresh: one at a time refreshes, whoever sends only reads (F6).

The clock refreshes each pair at half its life. Who does so says so first (`refreshing`, under a lease and a fence), asks,
and writes the new pair before anybody uses it; the old access token serves until its own end meanwhile. A lease that
lapsed means that somebody died: the next one asks once more with the old token, for the call may never have gone out.
If that is refused, the grant is lost, and only the account's admin can help: an alarm rings, and nothing asks again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.core import log, metrics
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, NotFound, Refused, Unavailable
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer
from miniapp.core.stuck import Stuck
from miniapp.core.tables import Write
from miniapp.zalo.grants import REFRESH_LIFE, Authority, Grant, Pair, State, account_id
from miniapp.zalo.token_store import TokenStore

PURPOSE = "zalo tokens"
READ_AGAIN = timedelta(seconds=60)

Keep = Callable[[Write], object]


@dataclass(frozen=True)
class _Read:
    """An access token as this process read it."""

    token: Personal
    until: datetime
    at: datetime


class Tokens:
    """Every account's tokens."""

    def __init__(self, store: TokenStore, authority: Authority, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._authority = authority
        self._sealer = sealer
        self._clock = clock
        self._read: dict[str, _Read] = {}

    def access(self, account: str, again: bool = False) -> Personal:
        """What to send with a call; `again` when the platform refused the last one: it may be a new one by now.

        NotFound `zalo_account_unknown`, Unavailable `zalo_tokens_unreadable`, `zalo_token_ended`."""
        now = self._clock.now()
        found = self._read.get(account)
        if found is None or again or now - found.at >= READ_AGAIN or now >= found.until:
            found = self._read[account] = self._look(account, now)
        if now >= found.until:
            raise Unavailable("zalo_token_ended")
        return found.token

    def authorise(self, account: str, agency: str, code: Personal, keep: Keep = Write.alone) -> None:
        """Begin with an account, or begin anew where its grant was lost: the admin agreed and got a code.

        `keep` runs the write, with whatever is to be written along with it."""
        account = account_id(account)
        pair, now = self._authority.exchange(code), self._clock.now()
        keep(self._store.authorised(account, agency, self._sealed(account, pair, now), now, now + pair.life))
        log.info("zalo_authorised", account=account, agency=agency)

    def refresh_due(self) -> int:
        """What the clock does: replace every pair whose time has come; how many. It tells how many are lost.

        When the platform does not answer, the other accounts are left for the next time: each of them asked in vain
        would be one more of which nobody knows whether its token was used up."""
        renewed = 0
        now = self._clock.now()
        for grant in self._store.all():
            try:
                renewed += grant.is_due(now) and self._refresh(grant)
            except Unavailable as failure:
                if failure.code == "store_unavailable":
                    raise
                log.warning("zalo_away", account=grant.account, agency=grant.agency, code=failure.code)
                break
        metrics.put({}, MustReauthorise=sum(grant.is_lost for grant in self._store.all()))
        return renewed

    def grants(self) -> list[Grant]:
        """Every account, for people: states and times, and nothing that opens anything."""
        return self._store.all()

    def stuck(self) -> list[Stuck]:
        """Accounts that a person must authorise anew, and those whose pair should have been replaced long ago."""
        now = self._clock.now()
        found = [(grant, grant.stuck_since(now)) for grant in self._store.all()]
        return [Stuck("tokens", one.agency, one.account, since, one.tries) for one, since in found if since]

    def _refresh(self, held: Grant) -> bool:
        """Replace one pair; False when somebody else does, or nobody can. Unavailable when the platform is away."""
        try:
            token = self._opened(held).refresh
            claimed = self._store.claim(held, self._clock.now())
        except Conflict:
            return False
        except Refused as refusal:  # sealed with a key that this process does not have: another one's to refresh
            log.error("zalo_tokens_unreadable", account=held.account, agency=held.agency, code=refusal.code)
            return False
        try:
            pair = self._authority.refresh(token)
        except Refused as refusal:
            self._end(claimed, State.LOST if refusal.code == "zalo_grant_refused" else State.VALID, refusal.code)
            return False
        except Unavailable as failure:
            if failure.code != "zalo_silent":
                self._end(claimed, State.VALID, failure.code)
            raise
        return self._renew(claimed, pair)

    def _renew(self, claimed: Grant, pair: Pair) -> bool:
        now = self._clock.now()
        try:
            self._store.renewed(claimed, self._sealed(claimed.account, pair, now), now, now + pair.life)
        except Conflict:  # authorised anew meanwhile: that pair is the one that counts
            log.warning("zalo_pair_outrun", account=claimed.account, agency=claimed.agency)
            return False
        return True

    def _end(self, claimed: Grant, state: State, why: str) -> None:
        log.error("zalo_not_refreshed", account=claimed.account, agency=claimed.agency, state=state.value, why=why)
        try:
            self._store.ended(claimed, state, self._clock.now(), why)
        except Conflict:  # somebody took it over, and knows more
            log.warning("zalo_pair_outrun", account=claimed.account, agency=claimed.agency)

    def _look(self, account: str, now: datetime) -> _Read:
        held = self._store.find(account)
        if held is None:
            raise NotFound("zalo_account_unknown")
        try:
            return _Read(self._opened(held).access, held.until, now)
        except Refused as refusal:
            raise Unavailable("zalo_tokens_unreadable") from refusal

    def _sealed(self, account: str, pair: Pair, now: datetime) -> str:
        facts = {"of": account, "access": pair.access.reveal, "refresh": pair.refresh.reveal}
        return self._sealer.seal(PURPOSE, facts, now + REFRESH_LIFE)

    def _opened(self, held: Grant) -> Pair:
        facts = self._sealer.open(PURPOSE, held.sealed, held.made)  # the platform says when a token is too old
        if facts["of"] != held.account:
            raise Refused("token_unknown")
        return Pair(Personal(facts["access"]), Personal(facts["refresh"]), held.until - held.made)
