"""What a person asked for happens once, however often the request arrives. For every form that changes something (F23).

The key is the form's hidden token. The first request takes a lease, acts, and leaves its outcome; a second one waits a
moment and is given that same outcome. When the first died, its lease lapses and the next request acts again, so the
act itself must bear repetition. A refused act leaves no trace: the corrected form may use the same token.

Jobs of the clock take turns here too, for the clock may start one twice.

Questions: the outcome of one token; whose turn it is at a job."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Problem
from miniapp.core.sealing import digest
from miniapp.core.tables import Table, change, put, put_new, read, remove

LEASE = 30.0
KEPT = timedelta(days=2)
WAITS = 40
WAIT = 0.1


class OnceRow(Table):
    """One token: `doing` under a lease, or `done` with an outcome."""

    class Meta:
        table_name = "once"

    state = UnicodeAttribute()
    lease = NumberAttribute()
    outcome = UnicodeAttribute(default="")
    expires = NumberAttribute()


TABLES = [OnceRow]


class Once:
    """Runs acts once per token."""

    def __init__(self, clock: Clock, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep

    def ready(self) -> None:
        """Unavailable when the store does not answer."""
        read(lambda: OnceRow.get("ready"))

    def run(self, token: str, act: Callable[[], str]) -> str:
        """The outcome of `act` (an address, an id), from this call or from the first one with this token.

        Raises what `act` raises, or Conflict `still_working` when the first is not done after some seconds."""
        key = digest(token)
        lease = self._take(key)
        if lease is None:
            return self._outcome(key)
        mine = OnceRow(pk=key, state="doing", lease=lease, expires=0)
        still_mine = (OnceRow.state == "doing") & (OnceRow.lease == lease)
        try:
            outcome = act()
        except Problem:
            with suppress(Problem):  # what went wrong matters more than a lease that lapses by itself
                remove(mine, still_mine, Conflict("lease_lost")).alone()
            raise
        done = [OnceRow.state.set("done"), OnceRow.outcome.set(outcome)]
        try:
            change(mine, done, still_mine, Conflict("lease_lost")).alone()
        except Conflict:
            return self._outcome(key)
        return outcome

    def again(self, token: str) -> str:
        """The outcome of an act that was begun with this token, waited for as in `run`; empty when none ever was."""
        key = digest(token)
        return "" if read(lambda: OnceRow.get(key, consistent_read=True)) is None else self._outcome(key)

    def turn(self, job: str, apart: float) -> bool:
        """Whether a job that is done every so often is to be done now: yes for one of all who ask within `apart`
        seconds (F46)."""
        now = self._clock.now().timestamp()
        row = OnceRow(pk=_turn(job), state="turn", lease=now, expires=int(now + KEPT.total_seconds()))
        try:
            put(row, OnceRow.pk.does_not_exist() | (OnceRow.lease <= now - apart), Conflict("lease_lost")).alone()
        except Conflict:
            return False
        return True

    def turn_failed(self, job: str) -> None:
        """The job was not done after all: whoever asks next may do it."""
        with suppress(Problem):
            remove(OnceRow(pk=_turn(job)), OnceRow.state == "turn", Conflict("lease_lost")).alone()

    def _take(self, key: str) -> float | None:
        now = self._clock.now().timestamp()
        lease = now + LEASE
        fresh = OnceRow(pk=key, state="doing", lease=lease, expires=int(now + KEPT.total_seconds()))
        try:
            put_new(fresh, Conflict("token_used")).alone()
        except Conflict:
            held = read(lambda: OnceRow.get(key, consistent_read=True))
            if held is None:
                return self._take(key)
            if held.state == "done" or held.lease > now:
                return None
            lapsed = (OnceRow.state == "doing") & (OnceRow.lease == held.lease)
            try:
                change(held, [OnceRow.lease.set(lease)], lapsed, Conflict("lease_lost")).alone()
            except Conflict:
                return None
        return lease

    def _outcome(self, key: str) -> str:
        for _ in range(WAITS):
            held = read(lambda: OnceRow.get(key, consistent_read=True))
            if held is not None and held.state == "done":
                return held.outcome
            if held is None:
                break
            self._sleep(WAIT)
        raise Conflict("still_working")


def _turn(job: str) -> str:
    return f"turn#{job}"  # no digest of a token
