"""Stopping those who walk through numbers, without harming those who share their address. For `verified` and `coded`.

Only failures are written: per number, per form and per address, in rows that expire. A number waits at most 60 seconds
and is never locked. Once an address has had its share of wrong answers in ten minutes, a form of that address must
show a proof of work, or have been open for 20 seconds while nobody else of that address was wrong: 70 answers at once and
30 more by waiting make the 100 that an address can get. Who was served before, shown by a sealed mark that names his own
number, goes on as if nothing were.

Questions: failures of one number, one form, one mark or one address in one window."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from pynamodb.attributes import NumberAttribute

from miniapp.core.clock import Clock
from miniapp.core.errors import Refused, Unavailable
from miniapp.core.sealing import Sealer
from miniapp.core.tables import Table, counted, read
from miniapp.exam_scores.model import Exam

WINDOW = 600
ADDRESS_FREE = 70
ADDRESS_WAIT = 20
FORM_MOST = 10
NUMBER_FREE = 5
NUMBER_WAIT_MOST = 60
PROOF_BITS = 17  # about 2-3 s of a cheap phone's script, begun while the person types
SERVED = "served"


class LimitRow(Table):
    """Failures under one key in one window."""

    class Meta:
        table_name = "limits"

    failures = NumberAttribute(default=0)
    last = NumberAttribute(default=0)
    expires = NumberAttribute(default=0)


TABLES = [LimitRow]


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


class Guard:
    """Counts failures and decides who waits."""

    def __init__(self, clock: Clock, sealer: Sealer) -> None:
        self._clock = clock
        self._sealer = sealer
        self._alone: dict[str, int] = {}
        self._lock = threading.Lock()

    def admit(self, exam: Exam, number: str, asker: Asker) -> None:
        """Raise Refused `too_many_tries` or `form_must_wait` (both with `wait`, seconds), `form_used_up`.

        Reads three rows, always. When the store does not answer, this process counts for itself."""
        now = self._clock.now()
        held = [self._row(key, now) for key in self._keys(exam, number, asker)]
        by_number, by_form, by_address = held
        if by_form is not None and by_form.failures >= FORM_MOST:
            raise Refused("form_used_up", most=FORM_MOST)
        wait = _number_wait(by_number, now)
        if wait > 0:
            raise Refused("too_many_tries", wait=wait)
        if by_address is None or by_address.failures < ADDRESS_FREE or self._is_served(exam, asker):
            return
        if is_proof(asker.form, asker.proof):
            return
        quiet = now.timestamp() - max(asker.born, float(by_address.last))
        if quiet < ADDRESS_WAIT:
            raise Refused("form_must_wait", wait=ceil(ADDRESS_WAIT - quiet))

    def failed(self, exam: Exam, number: str, asker: Asker) -> None:
        """Write one failure under the number, the form (or the mark of the served) and the address."""
        now = self._clock.now()
        for key in self._keys(exam, number, asker):
            row = LimitRow(pk=_window(key, now))
            more = [LimitRow.last.set(now.timestamp()), LimitRow.expires.set(int(now.timestamp()) + 2 * WINDOW)]
            try:
                counted(row, LimitRow.failures, 1, more)
            except Unavailable:
                with self._lock:
                    self._alone[row.pk] = self._alone.get(row.pk, 0) + 1

    def served(self, exam: Exam, number: str) -> str:
        """The mark of a success: the same for the same number, so that it can't be multiplied."""
        who = self._sealer.sign(SERVED, f"{exam.id}#{number}")
        return f"{who}.{self._sealer.sign(SERVED, who)}"

    def is_strict(self, exam: Exam, address: str, served: str = "") -> bool:
        """Whether forms given to this address now will need a proof or a wait (for the page that shows the form)."""
        if self._has_mark(served):
            return False
        row = self._row(f"address#{exam.agency}#{_hidden(address)}", self._clock.now())
        return row is not None and row.failures >= ADDRESS_FREE

    def _is_served(self, exam: Exam, asker: Asker) -> bool:
        return self._has_mark(asker.served)

    def _has_mark(self, served: str) -> bool:
        who, _, mark = served.partition(".")
        return bool(mark) and self._sealer.is_signed(SERVED, who, mark)

    def _keys(self, exam: Exam, number: str, asker: Asker) -> tuple[str, str, str]:
        by = asker.served if self._is_served(exam, asker) else asker.form
        return (
            f"number#{exam.id}#{number}",
            f"form#{exam.id}#{_hidden(by)}",
            f"address#{exam.agency}#{_hidden(asker.address)}",
        )

    def _row(self, key: str, now: datetime) -> LimitRow | None:
        pk = _window(key, now)
        try:
            return read(lambda: LimitRow.get(pk))
        except Unavailable:
            failures = self._alone.get(pk, 0)
            return LimitRow(pk=pk, failures=failures, last=now.timestamp()) if failures else None


def is_proof(form: str, proof: str) -> bool:
    """Whether SHA-256 of «form:proof» begins with PROOF_BITS zero bits."""
    if not proof or len(proof) > 20:
        return False
    found = hashlib.sha256(f"{form}:{proof}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - PROOF_BITS) == 0


def _number_wait(row: LimitRow | None, now: datetime) -> int:
    if row is None or row.failures < NUMBER_FREE:
        return 0
    wait = min(NUMBER_WAIT_MOST, 2 ** int(row.failures - NUMBER_FREE + 1))
    return max(0, int(float(row.last) + wait - now.timestamp()))


def _window(key: str, now: datetime) -> str:
    return f"{key}#{int(now.timestamp() // WINDOW)}"


def _hidden(text: str) -> str:
    """Addresses and tokens are kept as digests: they live 20 minutes and name nobody."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
