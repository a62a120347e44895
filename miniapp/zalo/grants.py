"""What an Official Account granted us, in which state it is, and the promise of whoever grants. Pure: for the keeper.

A refresh token is good once: using it gives a new pair and kills it, so a reply that gets lost loses the grant. `fence`
counts every change of hands, `pair` every pair that was kept: what one worker learned never overwrites what another did
later (zalo 11.1). It keeps and asks nothing itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from miniapp.core.errors import Invalid
from miniapp.core.personal import Personal
from miniapp.core.stuck import AFTER

LEASE = timedelta(seconds=60)  # longer than a call may take
DOUBLED_MOST = 6  # after deaths in a row the lease grows to about an hour: no loop, and no account given up
REFRESH_LIFE = timedelta(days=90)
ACCOUNT_LONGEST = 30


class State(StrEnum):
    """Where a grant stands."""

    VALID = "valid"
    REFRESHING = "refreshing"  # somebody asks for a new pair, or died doing so
    LOST = "must_reauthorise"  # the refresh token is worth nothing: only the account's admin can help


@dataclass(frozen=True)
class Pair:
    """An access token, good for `life`, and the refresh token that is good once."""

    access: Personal
    refresh: Personal
    life: timedelta


@dataclass(frozen=True)
class Grant:
    """One account's grant as it is kept. `sealed` hides the pair; `tries` counts those who died refreshing it."""

    account: str
    agency: str
    state: State
    fence: int
    pair: int
    sealed: str
    made: datetime
    until: datetime
    since: datetime
    lease: datetime
    tries: int = 0
    why: str = ""

    @property
    def due_at(self) -> datetime:
        """When the pair is to be replaced: at half its life, so that half of it is left to mend what fails."""
        return self.made + (self.until - self.made) / 2

    @property
    def is_lost(self) -> bool:
        """Whether only the account's admin can help."""
        return self.state is State.LOST

    def is_due(self, now: datetime) -> bool:
        """Whether somebody should refresh it now. One that is lost waits for a person, never for us."""
        if self.state is State.REFRESHING:
            return now >= self.lease
        return self.state is State.VALID and now >= self.due_at

    def lease_from(self, now: datetime) -> tuple[datetime, int]:
        """Until when whoever takes it has it, and how many died before: each death doubles the wait for the next."""
        tries = self.tries + 1 if self.state is State.REFRESHING else self.tries
        return now + LEASE * 2 ** min(tries, DOUBLED_MOST), tries

    def stuck_since(self, now: datetime) -> datetime | None:
        """Since when a person should look: at once where only a person can help, else a quarter of an hour overdue."""
        if self.is_lost:
            return self.since
        return self.due_at if now - self.due_at >= AFTER else None


class Authority(Protocol):
    """Gives pairs for codes and refresh tokens.

    Refused `zalo_grant_refused`: the code or token is worth nothing. Refused `zalo_app_refused` (`error`): our app is at
    fault, the token as good as before. Unavailable `zalo_not_asked`: surely not asked, try later. Unavailable
    `zalo_silent`: nobody knows whether the token was used up."""

    def exchange(self, code: Personal) -> Pair:
        """The first pair, for the code that an account's admin got when agreeing."""
        ...

    def refresh(self, token: Personal) -> Pair:
        """The next pair."""
        ...


def account_id(text: str) -> str:
    """An Official Account's id as it is kept: figures, never a number (F5); Invalid `zalo_account_shape`."""
    if not (text.isascii() and text.isdigit() and len(text) <= ACCOUNT_LONGEST):
        raise Invalid("zalo_account_shape")
    return text
