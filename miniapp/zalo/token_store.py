"""Where Official Accounts' grants are kept. For their keeper; rows stay in here, tokens only sealed.

Questions: one account's grant · all grants (there are as many as agencies with an account of their own).

All lie under one key. Every write raises the fence; a new pair is written wherever the pair it came from still lies, any
other outcome only where nobody took the account over meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, change, read, rows
from miniapp.zalo.grants import Grant, State

ACCOUNTS = "accounts"


class TokenRow(SortedTable):
    """One account's grant."""

    class Meta:
        table_name = "zalo_tokens"

    agency = UnicodeAttribute()
    state = UnicodeAttribute()
    fence = NumberAttribute()
    pair = NumberAttribute()
    sealed = UnicodeAttribute()
    made = UnicodeAttribute()
    until = UnicodeAttribute()
    since = UnicodeAttribute()
    lease = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    why = UnicodeAttribute(default="")


TABLES = [TokenRow]


class TokenStore:
    """Reads and conditional writes of grants."""

    def find(self, account: str) -> Grant | None:
        """One account's grant as it is now."""
        row = read(lambda: TokenRow.get(ACCOUNTS, account, consistent_read=True))
        return _grant(row) if row is not None else None

    def all(self) -> list[Grant]:
        """Every grant, by account."""
        return [_grant(row) for row in rows(lambda: TokenRow.query(ACCOUNTS, consistent_read=True))]

    def authorised(self, account: str, agency: str, sealed: str, now: datetime, until: datetime) -> Write:
        """The write of a pair that a person's consent brought: whatever lay here is over."""
        actions = [TokenRow.agency.set(agency), *_renewed(sealed, now, until)]
        return _change(TokenRow(ACCOUNTS, account), actions, TokenRow.pk.exists() | TokenRow.pk.does_not_exist())

    def claim(self, held: Grant, now: datetime) -> Grant:
        """Take an account for as long as a lease lasts; Conflict `zalo_tokens_taken` when somebody was faster."""
        lease, tries = held.lease_from(now)
        actions = [TokenRow.lease.set(iso(lease)), TokenRow.tries.set(tries), *_state(State.REFRESHING, now, held.why)]
        return _grant(_write(held.account, actions, TokenRow.fence == held.fence))

    def renewed(self, claimed: Grant, sealed: str, now: datetime, until: datetime) -> None:
        """The next pair, in place of the one it came from."""
        _write(claimed.account, _renewed(sealed, now, until), TokenRow.pair == claimed.pair)

    def ended(self, claimed: Grant, state: State, now: datetime, why: str) -> None:
        """No new pair: the old one is as good as before, or lost."""
        actions = [TokenRow.tries.set(0), *_state(state, now, why)]
        _write(claimed.account, actions, TokenRow.fence == claimed.fence)


def _renewed(sealed: str, now: datetime, until: datetime) -> list[Any]:
    times = [TokenRow.made.set(iso(now)), TokenRow.until.set(iso(until)), TokenRow.lease.set(iso(now))]
    counts = [TokenRow.pair.add(1), TokenRow.tries.set(0)]
    return [*counts, TokenRow.sealed.set(sealed), *times, *_state(State.VALID, now, "")]


def _state(state: State, now: datetime, why: str) -> list[Any]:
    return [TokenRow.state.set(state.value), TokenRow.since.set(iso(now)), TokenRow.why.set(why)]


def _write(account: str, actions: Sequence[Any], condition: Any) -> TokenRow:
    """Change a row and its fence; the row as it is then."""
    row = TokenRow(ACCOUNTS, account)
    _change(row, actions, condition).alone()
    return row


def _change(row: TokenRow, actions: Sequence[Any], condition: Any) -> Write:
    return change(row, [TokenRow.fence.add(1), *actions], condition, Conflict("zalo_tokens_taken"))


def _grant(row: TokenRow) -> Grant:
    return Grant(
        account=row.sk,
        agency=row.agency,
        state=State(row.state),
        fence=int(row.fence),
        pair=int(row.pair),
        sealed=row.sealed,
        made=from_iso(row.made),
        until=from_iso(row.until),
        since=from_iso(row.since),
        lease=from_iso(row.lease),
        tries=int(row.tries),
        why=row.why,
    )
