"""The simulated authority: production code that grants pairs where no Official Account is connected.

For `make run`, demonstrations and tests. As faithful as what is known (zalo 12.1): a code is good once and for ten minutes, a
refresh token once and for three months, and using one kills it even when the answer never arrives.

Questions: what a code or token of ours is good for."""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Refused
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.sealing import digest
from miniapp.core.tables import SortedTable, put_new, read, remove, transact
from miniapp.zalo.grants import REFRESH_LIFE, Pair

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(seconds=90_000)
CODE, ACCESS, REFRESH = "code", "access", "refresh"


class SimulatedGrantRow(SortedTable):
    """A code or token that is good, by its hash."""

    class Meta:
        table_name = "zalo_tokens"

    account = UnicodeAttribute()
    expires = NumberAttribute()


TABLES = [SimulatedGrantRow]


class SimulatedOauth:
    """Keeps the promise `Authority`, and plays the account's admin."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def consent(self, account: str) -> Personal:
        """The admin agrees: a code."""
        code = Personal(self._ids.secret())
        put_new(self._row(CODE, code, account, CODE_LIFE), Conflict("zalo_tokens_taken")).alone()
        return code

    def exchange(self, code: Personal) -> Pair:
        """See `Authority.exchange`."""
        return self._used(CODE, code)

    def refresh(self, token: Personal) -> Pair:
        """See `Authority.refresh`."""
        return self._used(REFRESH, token)

    def whose(self, access: Personal) -> str:
        """The account that an access token speaks for; Refused `zalo_grant_refused`."""
        return self._found(ACCESS, access).account

    def _used(self, kind: str, given: Personal) -> Pair:
        held = self._found(kind, given)
        access, refresh = Personal(self._ids.secret()), Personal(self._ids.secret())
        gone = Refused("zalo_grant_refused")
        try:
            transact(
                remove(
                    SimulatedGrantRow(held.pk, held.sk), SimulatedGrantRow.pk.exists(), Conflict("zalo_tokens_taken")
                ),
                put_new(self._row(ACCESS, access, held.account, ACCESS_LIFE), Conflict("zalo_tokens_taken")),
                put_new(self._row(REFRESH, refresh, held.account, REFRESH_LIFE), Conflict("zalo_tokens_taken")),
            )
        except Conflict:
            raise gone from None
        return Pair(access, refresh, ACCESS_LIFE)

    def _found(self, kind: str, given: Personal) -> SimulatedGrantRow:
        row = read(lambda: SimulatedGrantRow.get(_key(kind), digest(given.reveal), consistent_read=True))
        if row is None or row.expires <= self._clock.now().timestamp():
            raise Refused("zalo_grant_refused")
        return row

    def _row(self, kind: str, given: Personal, account: str, life: timedelta) -> SimulatedGrantRow:
        return SimulatedGrantRow(
            _key(kind), digest(given.reveal), account=account, expires=_epoch(self._clock.now() + life)
        )


def _key(kind: str) -> str:
    return f"simulated#{kind}"


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
