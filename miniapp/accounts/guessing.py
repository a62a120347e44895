"""Growing delay against guessing, per account and per address; never a lock.

For everything where a secret is typed. A try is counted *before* the secret is looked at, so a hundred tries at once
count as a hundred; a right one is taken off again. Tries leak away with time. When the store does not answer there is
no try: sign-in fails closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniapp.accounts.guess_store import GuessStore, Tried
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Refused, Unavailable
from miniapp.core.sealing import digest
from miniapp.core.tables import pause

KEPT = timedelta(hours=1)
RACES = 20


@dataclass(frozen=True)
class Patience:
    """How many tries are free, the longest wait in seconds, and after how long one try is forgotten."""

    free: int
    longest: int
    leak: timedelta

    def wait(self, tries: int) -> timedelta:
        """How long to wait after the nth try: nothing, then 1, 2, 4, … seconds up to the longest."""
        over = tries - self.free
        return timedelta(seconds=0 if over <= 0 else min(2 ** min(over - 1, 20), self.longest))

    def tries_left_over(self, tried: Tried | None, now: datetime) -> int:
        """The tries that still count."""
        if tried is None:
            return 0
        return max(0, tried.tries - max(timedelta(0), now - tried.at) // self.leak)

    def seconds_to_wait(self, tried: Tried | None, now: datetime) -> int:
        """Whole seconds until the next try is heard; 0: now."""
        if tried is None:
            return 0
        left = tried.at + self.wait(tried.tries) - now
        return max(0, -(-left // timedelta(seconds=1)))


ACCOUNT = Patience(free=4, longest=60, leak=timedelta(minutes=30))
KNOWN_DEVICE = Patience(free=8, longest=60, leak=timedelta(minutes=30))
ADDRESS = Patience(free=30, longest=300, leak=timedelta(minutes=2))  # a whole office may share one address
MACHINE = Patience(free=20, longest=300, leak=timedelta(minutes=2))
FACTOR = Patience(free=4, longest=900, leak=timedelta(hours=6))  # who gets here knew the password


@dataclass(frozen=True)
class Guess:
    """What is being guessed at, with its patience. The name is hashed: rows hold no logins and no addresses."""

    kind: str
    name: str
    patience: Patience

    @property
    def key(self) -> str:
        return f"{self.kind}#{digest(f'{self.kind} {self.name}')}"


def of_account(login: str, device: str = "") -> Guess:
    """Tries on one login. A device that signed in before has a count of its own, so strangers can't keep it waiting."""
    if device:
        return Guess("device", f"{login} {device}", KNOWN_DEVICE)
    return Guess("account", login, ACCOUNT)


def of_address(address: str) -> Guess:
    """Tries from one network address."""
    return Guess("address", address, ADDRESS)


def of_machine(address: str) -> Guess:
    """Wrong keys shown from one network address."""
    return Guess("machine", address, MACHINE)


def of_factor(officer: str) -> Guess:
    """Tries of second factors of one officer."""
    return Guess("factor", officer, FACTOR)


class Guessing:
    """Counts tries."""

    def __init__(self, store: GuessStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take(self, guesses: Sequence[Guess]) -> None:
        """Count a try of each; Refused `too_many_tries` with the seconds to wait when it comes too early."""
        for guess in guesses:
            self._count(guess, 1)

    def was_right(self, *, forget: Guess, spare: Guess) -> None:
        """The try was right: forget all tries of `forget`, and of `spare` (shared by many) only this one."""
        self._store.forget(forget.key)
        self._count(spare, -1)

    def _count(self, guess: Guess, step: int) -> None:
        for attempt in range(RACES):
            now = self._clock.now()
            held = self._store.find(guess.key, now)
            seconds = guess.patience.seconds_to_wait(held, now) if step > 0 else 0
            if seconds:
                raise Refused("too_many_tries", wait=seconds)
            tries = max(0, guess.patience.tries_left_over(held, now) + step)
            at = now if step > 0 or held is None else held.at
            try:
                self._store.count(guess.key, held, Tried(tries, at), now, now + guess.patience.leak * tries + KEPT)
                return
            except Conflict:
                pause(attempt)
        raise Unavailable("too_busy")
