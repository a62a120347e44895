"""Stopping those who walk through numbers, without harming those who share their address. For exam scores that ask for
more than a number, and for dossiers looked up by code.

Only failures are written: per number, per form and per address, in rows that expire. A number waits at most 60 seconds
and is never locked. Once an address has had its share of wrong answers in ten minutes, a form of that address must
show a proof of work, good for one wrong answer, or have been open for 20 seconds while nobody else of that address was
wrong. Who was served before, shown by a sealed mark that names his own number, goes on as if nothing were. What an
address can get: 60 at once, 30 more by waiting, 10 by one mark of its own make 100.

However many ask at once: the counters are read after the look-up, and a wrong answer is given only once a conditional
write has counted it. Where there is no room left, right and wrong hear the same. While the store does not answer,
right ones go on, as many as a process's own count allows, and wrong ones are asked to come back.

Questions: failures of one number, one form, one proof, one mark or one address in one window."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import NamedTuple, Protocol

from pynamodb.attributes import NumberAttribute

from miniapp.core.clock import Clock
from miniapp.core.errors import Refused, Unavailable
from miniapp.core.sealing import Sealer
from miniapp.core.tables import Table, change, counted, read

WINDOW = 600
ADDRESS_FREE = 60
ADDRESS_WAIT = 20
FORM_MOST = 10
NUMBER_FREE = 5
NUMBER_WAIT_MOST = 60
PROOF_BITS = 17  # about 2-3 s of a cheap phone's script, begun while the person types
SERVED = "served"
SILENCE = 5  # seconds for which a store that did not answer is not asked again: one look-up waits for it, not every one
ALONE_MOST = 20_000  # keys that a process counts for itself while the store does not answer


class LimitRow(Table):
    """Failures under one key in one window."""

    class Meta:
        table_name = "limits"

    failures = NumberAttribute(default=0)
    last = NumberAttribute(default=0)
    expires = NumberAttribute(default=0)


TABLES = [LimitRow]


class Sought(Protocol):
    """In what is looked up: an exam, an agency's dossiers. `id` is its own among everything that is guarded."""

    @property
    def agency(self) -> str:
        """Whose it is: an address has one share of wrong answers for all that an agency has."""

    @property
    def id(self) -> str:
        """What numbers, forms and marks are told apart by."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as we can tell: network address, the form's token and its birth (epoch seconds), the form's
    cookie, a proof of work over the token, and the mark of an earlier success."""

    address: str
    form: str
    born: float
    cookie: str = ""
    proof: str = ""
    served: str = ""


class Seen(NamedTuple):
    """What is known of one key: failures in this window, and when the last one was that others wait after."""

    failures: int = 0
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """What may still go wrong under one key: `free` times (None: any number), then once in `wait` seconds (0: never)."""

    key: str
    free: int | None
    spent: Refused
    wait: float = 0.0

    def has_room(self, seen: Seen, at: float) -> bool:
        """Whether one more failure fits."""
        return self.free is None or seen.failures < self.free or 0 < self.wait <= at - seen.last


@dataclass(frozen=True, slots=True)
class Try:
    """A look-up that was let through: what a wrong answer is counted under, first to last."""

    at: datetime
    shares: tuple[Share, ...]


class Guard:
    """Counts failures and decides who waits."""

    def __init__(self, clock: Clock, sealer: Sealer) -> None:
        self._clock = clock
        self._sealer = sealer
        self._alone: dict[str, Seen] = {}
        self._silent = float("-inf")  # when the store was last asked in vain
        self._lock = threading.Lock()

    def admit(self, sought: Sought, asker: Asker, *numbers: str) -> Try:
        """Raise Refused `too_many_tries` or `form_must_wait` (both with `wait`, seconds), `form_used_up`.

        Several numbers are what was typed once and may be read in more than one way: each has its own share, so that
        no way of typing buys more tries at one. Reads two rows and one for each number. When the store does not
        answer, this process counts for itself."""
        now = self._clock.now()
        keys = [f"number#{sought.id}#{number}" for number in numbers]
        by_number = [self._seen(key, now) for key in keys]
        by_address = self._seen(_address_key(sought, asker.address), now)
        form_share, address_share = self._shares(sought, asker, by_address)
        if not form_share.has_room(self._seen(form_share.key, now), now.timestamp()):
            raise form_share.spent
        shares = [_number_share(key, seen) for key, seen in zip(keys, by_number, strict=True)]
        waits = [
            ceil(seen.last + share.wait - now.timestamp())
            for share, seen in zip(shares, by_number, strict=True)
            if not share.has_room(seen, now.timestamp())
        ]
        if waits:
            raise Refused("too_many_tries", wait=max(waits))
        quiet = now.timestamp() - max(asker.born, by_address.last)
        if address_share.wait and quiet < address_share.wait:
            raise Refused("form_must_wait", wait=ceil(address_share.wait - quiet))
        return Try(now, (form_share, *shares, address_share))

    def failed(self, tried: Try) -> None:
        """Count a wrong answer under all its shares, before anybody hears it; Refused like `admit` where one is spent
        by others who were let through in the same moment, Unavailable where it can't be counted."""
        lost = None
        for share in tried.shares:
            try:
                self._count(share, tried.at)
            except Unavailable as failure:
                lost = failure
        if lost is not None:
            raise lost

    def served(self, sought: Sought, number: str) -> str:
        """The mark of a success in this: the same for the same number, so that it can't be multiplied."""
        who = self._sealer.sign(SERVED, f"{sought.id}#{number}")
        return f"{who}.{self._sealer.sign(SERVED, f'{sought.id}#{who}')}"

    def is_strict(self, sought: Sought, address: str, served: str = "") -> bool:
        """Whether forms given to this address now will need a proof or a wait (for the page that shows the form)."""
        if self._who(sought, served):
            return False
        return self._seen(_address_key(sought, address), self._clock.now()).failures >= ADDRESS_FREE

    def _shares(self, sought: Sought, asker: Asker, by_address: Seen) -> tuple[Share, Share]:
        """What this asker may get wrong as a form, and as one of an address."""
        used_up, must_wait = Refused("form_used_up", most=FORM_MOST), Refused("form_must_wait", wait=ADDRESS_WAIT)
        address = _address_key(sought, asker.address)
        form = f"form#{sought.id}#"
        if who := self._who(sought, asker.served):
            return Share(f"{form}{_hidden(who)}", FORM_MOST, used_up), Share(address, None, must_wait)
        plain = Share(f"{form}{_hidden(asker.form)}", FORM_MOST, used_up)
        if by_address.failures < ADDRESS_FREE:
            return plain, Share(address, ADDRESS_FREE, must_wait)
        if is_proof(asker.form, asker.proof):
            once = Share(f"proof#{sought.id}#{_hidden(asker.form)}", 1, Refused("form_used_up", most=1))
            return once, Share(address, None, must_wait)
        return plain, Share(address, ADDRESS_FREE, must_wait, ADDRESS_WAIT)

    def _who(self, sought: Sought, served: str) -> str:
        """Whom a mark names, or empty when it is none of ours for this."""
        who, _, mark = served.partition(".")
        return who if mark and self._sealer.is_signed(SERVED, f"{sought.id}#{who}", mark) else ""

    def _seen(self, key: str, now: datetime) -> Seen:
        pk = _window(key, now)
        alone = self._alone.get(pk, Seen())
        if self._is_silent(now):
            return alone
        try:
            row = read(lambda: LimitRow.get(pk, consistent_read=True))
        except Unavailable:
            self._silent = now.timestamp()
            return alone
        if row is None:
            return alone
        return Seen(int(row.failures) + alone.failures, max(float(row.last), alone.last))

    def _count(self, share: Share, now: datetime) -> None:
        at = now.timestamp()
        row = LimitRow(pk=_window(share.key, now))
        more = [LimitRow.expires.set(int(at) + 2 * WINDOW)]
        try:
            if self._is_silent(now):
                raise Unavailable("store_unavailable", cause="silent")
            if share.free is None:
                counted(row, LimitRow.failures, 1, more)
                return
            room = LimitRow.failures.does_not_exist() | (LimitRow.failures < share.free)
            if share.wait:
                room |= LimitRow.last <= at - share.wait
            change(row, [LimitRow.failures.add(1), LimitRow.last.set(at), *more], room, share.spent).alone()
        except Unavailable:
            self._count_alone(share, row.pk, at)
            raise

    def _is_silent(self, now: datetime) -> bool:
        return now.timestamp() - self._silent < SILENCE

    def _count_alone(self, share: Share, pk: str, at: float) -> None:
        """What the store did not take is remembered here, so that this process admits no more than its share."""
        with self._lock:
            held = self._alone.get(pk, Seen())
            if not share.has_room(held, at):
                raise share.spent
            if len(self._alone) >= ALONE_MOST:
                now = pk.rpartition("#")[2]
                self._alone = {key: seen for key, seen in self._alone.items() if key.rpartition("#")[2] == now}
            if len(self._alone) >= ALONE_MOST:
                self._alone.clear()  # a flood in a window without a store; wrong answers are not given then anyway
            self._alone[pk] = Seen(held.failures + 1, held.last if share.free is None else at)


def is_proof(form: str, proof: str) -> bool:
    """Whether SHA-256 of «form:proof» begins with PROOF_BITS zero bits."""
    if not proof or len(proof) > 20:
        return False
    found = hashlib.sha256(f"{form}:{proof}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - PROOF_BITS) == 0


def _number_share(key: str, seen: Seen) -> Share:
    """What may still go wrong under a number that has failed so often."""
    wait = _number_wait(seen.failures)
    return Share(key, NUMBER_FREE, Refused("too_many_tries", wait=max(wait, 2)), wait)


def _number_wait(failures: int) -> int:
    """Seconds that a number waits after so many failures: nothing, then 2, 4, 8, … up to a minute."""
    return 0 if failures < NUMBER_FREE else min(NUMBER_WAIT_MOST, 2 ** min(failures - NUMBER_FREE + 1, 10))


def _address_key(sought: Sought, address: str) -> str:
    return f"address#{sought.agency}#{_hidden(address)}"


def _window(key: str, now: datetime) -> str:
    return f"{key}#{int(now.timestamp() // WINDOW)}"


def _hidden(text: str) -> str:
    """Addresses and tokens are kept as digests: they live 20 minutes and name nobody."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
