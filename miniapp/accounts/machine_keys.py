"""Keys of other systems: made by an agency's admin and shown once, let in for what they are for, revoked.

A key is `mct.{agency}.{id}.{secret}`: the first parts say where it lies, the secret is 256 random bits of which a digest
is kept. Only what is wrong is counted against an address, so whoever guesses waits and whoever holds a key never does."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from miniapp.accounts.access import Actor, require, require_fresh
from miniapp.accounts.guessing import Guessing, of_machine
from miniapp.accounts.machine_key import MachineKey, Scope, Standing
from miniapp.accounts.machine_key_store import MachineKeyStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import VIETNAM, Clock, local_day
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.folding import clean
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.sealing import digest

MARK = "mct"
TOKEN_LONGEST = 200
NAME_MOST = 80
KEYS_MOST = 20  # that work, of one agency
LONGEST_LIFE = timedelta(days=366)
_NOBODYS = digest("")


@dataclass(frozen=True)
class Made:
    """A key just made; its token is shown once and kept by nobody."""

    key: MachineKey
    token: Personal


class MachineKeys:
    """Makes, shows, revokes and admits keys."""

    def __init__(self, store: MachineKeyStore, guesses: Guessing, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._guesses = guesses
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def of(self, agency: str) -> list[MachineKey]:
        """An agency's keys, newest first."""
        return self._store.of(agency)[::-1]

    def find(self, agency: str, id: str) -> MachineKey:
        """One of them; NotFound `machine_key_unknown`."""
        found = self._store.find(agency, id)
        if found is None:
            raise NotFound("machine_key_unknown")
        return found

    def make(self, agency: str, name: str, scopes: frozenset[Scope], last_day: date | None, *, by: Actor) -> Made:
        """A new key that works to the end of a day, at most a year ahead. Invalid at `name`, `scopes` or `last_day`."""
        now = self._allowed(agency, by)
        name = clean(name)
        if not 0 < len(name) <= NAME_MOST:
            raise Invalid("machine_key_name_shape", field="name", most=NAME_MOST)
        if not scopes:
            raise Invalid("machine_key_scopes_needed", field="scopes")
        today = now.astimezone(VIETNAM).date()
        if last_day is None or not today <= last_day <= today + LONGEST_LIFE:
            raise Invalid("machine_key_end_shape", field="last_day")
        if sum(one.standing(now) is Standing.WORKS for one in self._store.of(agency)) >= KEYS_MOST:
            raise Invalid("machine_keys_most", field="", most=KEYS_MOST)
        ends = datetime.combine(last_day + timedelta(days=1), time(), VIETNAM)
        secret, id = self._ids.secret(), self._ids.new("key")
        key = MachineKey(id, agency, name, scopes, digest(secret), now, by.id, ends)
        scoped = " ".join(sorted(scope.value for scope in scopes))
        event = Event("machine_key_made", machine_key=id, scopes=scoped, day=last_day.isoformat())
        self._audit.commit(event, agency=agency, by=by.id, writes=[self._store.added(key)])
        return Made(key, Personal(f"{MARK}.{agency}.{id}.{secret}"))

    def revoke(self, agency: str, id: str, *, by: Actor) -> None:
        """End a key at once; one that was revoked already stays so."""
        now = self._allowed(agency, by)
        key = self.find(agency, id)
        if key.revoked is not None:
            return
        try:
            writes = [self._store.revoked(key, now)]
            self._audit.commit(Event("machine_key_revoked", machine_key=id), agency=agency, by=by.id, writes=writes)
        except Conflict as conflict:
            if conflict.code != "machine_key_revoked_already":
                raise

    def admit(self, token: str, scope: Scope, *, address: str) -> MachineKey:
        """The key behind what a system shows.

        Refused `machine_key_refused` for what is no key, never was or was revoked, `machine_key_ended` for one whose days
        are over, `machine_key_not_for_this`; `too_many_tries` for who was wrong too often."""
        now = self._clock.now()
        key = self._shown(token)
        if key is None or key.standing(now) is Standing.REVOKED:
            self._guesses.take([of_machine(address)])
            raise Refused("machine_key_refused")
        if key.standing(now) is Standing.ENDED:
            raise Refused("machine_key_ended")
        if scope not in key.scopes:
            raise Refused("machine_key_not_for_this", scope=scope.value)
        self._note_use(key, local_day(now))
        return key

    def _shown(self, token: str) -> MachineKey | None:
        """The key whose secret this is, compared in constant time also where there is no such key."""
        parts = token.split(".") if len(token) <= TOKEN_LONGEST else []
        mark, agency, id, secret = parts if len(parts) == len(("mark", "agency", "id", "secret")) else ("", "", "", "")
        found = self._store.find(agency, id) if mark == MARK and agency and id else None
        same = hmac.compare_digest(digest(secret), found.digest if found else _NOBODYS)
        return found if same else None

    def _note_use(self, key: MachineKey, day: str) -> None:
        if key.used_on < day:
            try:
                self._store.used(key, day).alone()
            except Conflict:
                return  # somebody else noted it

    def _allowed(self, agency: str, by: Actor) -> datetime:
        now = self._clock.now()
        require(by, "agency.manage", agency)
        require_fresh(by, now)
        return now
