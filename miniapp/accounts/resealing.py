"""Second factors sealed anew under today's key, so that keys of before can go. For operators, after a key was turned.

Who signs in does it for himself; this is for all others. It reads what any key opens, changes no secret and no code,
and may be run again at any time: who signed in meanwhile is done already."""

from collections.abc import Callable
from dataclasses import dataclass

from miniapp.accounts import second_factor
from miniapp.accounts.store import AccountStore
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Refused
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer

Tell = Callable[[int, int], None]


@dataclass
class Resealed:
    """What was found: sealed anew, still to do, already under today's key, and what no key opens any more."""

    resealed: int = 0
    needed: int = 0
    as_they_are: int = 0
    unreadable: int = 0


class Resealing:
    """Over all officers, whatever their agency."""

    def __init__(self, store: AccountStore, vault: Sealer, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    def run(self, tell: Tell, only_look: bool = False) -> Resealed:
        """Look at every factor, and seal anew those that need a key of before unless it shall `only_look`."""
        counted = Resealed()
        found = self._store.factors()
        for place, (officer, kept) in enumerate(found, 1):
            self._one(officer, kept, counted, only_look)
            tell(place, len(found))
        return counted

    def _one(self, officer: str, kept: Personal, counted: Resealed, only_look: bool) -> None:
        if self._reads(self._vault.newest, kept):
            counted.as_they_are += 1
        elif not self._reads(self._vault, kept):
            counted.unreadable += 1
        elif only_look:
            counted.needed += 1
        else:
            secret = second_factor.unsealed(self._vault, kept, self._clock.now())
            try:
                self._store.resealed(officer, second_factor.sealed(self._vault, secret), kept).alone()
                counted.resealed += 1
            except Conflict:  # somebody signed in or got a new phone meanwhile: sealed under today's key
                counted.as_they_are += 1

    def _reads(self, vault: Sealer, kept: Personal) -> bool:
        try:
            second_factor.unsealed(vault, kept, self._clock.now())
        except Refused:
            return False
        return True
