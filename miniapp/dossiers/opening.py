"""Who opened a dossier at the desk, as which post, when and why. For the desk, which writes it before it shows a dossier, and
for whoever keeps the dossier, who is shown it without the officer.

Questions: whether an officer opened a dossier today · who opened a dossier, newest first.

One row per officer, dossier, day and reason: reading a page again adds none. Rows go by themselves after two years."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.core.clock import Clock, from_iso, iso, local_day
from miniapp.core.errors import Conflict
from miniapp.core.tables import put_new, rows
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.rows import SeenRow

KEPT = timedelta(days=2 * 365)
SHOWN_MOST = 100


class Reason(StrEnum):
    """Why somebody opens a dossier."""

    HANDLING = "handling"  # it is on their desk
    COUNTER = "counter"  # the citizen asks, or brings something
    STANDING_IN = "standing_in"  # for a colleague who is away
    SUPERVISION = "supervision"  # to check or to approve
    COMPLAINT = "complaint"  # to answer one
    EXPORT = "export"  # taken out as data by another system


ASKED = (Reason.COUNTER, Reason.STANDING_IN, Reason.SUPERVISION, Reason.COMPLAINT)


@dataclass(frozen=True)
class Opened:
    """That somebody opened a dossier; `post` is empty for whoever is at none of its steps."""

    at: datetime
    post: str
    reason: Reason


def seen_key(agency: str, code: str) -> str:
    """Who opened a dossier."""
    return f"{agency}#{code}#seen"


class Openings:
    """Notes and shows."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def may_show(self, held: Dossier, officer: str) -> bool:
        """Whether a dossier can be shown to an officer now: it is on their desk or on nobody's, which is noted, or they
        said today why they open it."""
        if held.officer in ("", officer):
            self.note(held, officer, Reason.HANDLING)
            return True
        key, today = seen_key(held.agency, str(held.code)), local_day(self._clock.now())
        under = SeenRow.sk.startswith(f"{today}#{officer}#")
        return bool(rows(lambda: SeenRow.query(key, under, limit=1, consistent_read=True)))

    def note(self, held: Dossier, officer: str, reason: Reason) -> None:
        """That an officer opens a dossier; the same again on that day adds nothing."""
        now = self._clock.now()
        row = SeenRow(
            seen_key(held.agency, str(held.code)),
            f"{local_day(now)}#{officer}#{reason.value}",
            at=iso(now),
            post=held.post if held.officer == officer else "",
            reason=reason.value,
            expires=int((now + KEPT).timestamp()),
        )
        with suppress(Conflict):
            put_new(row, Conflict("dossier_opened_already")).alone()

    def of(self, agency: str, code: str) -> Sequence[Opened]:
        """Who opened a dossier, newest first."""
        key = seen_key(agency, code)
        found = rows(lambda: SeenRow.query(key, scan_index_forward=False, limit=SHOWN_MOST))
        now = self._clock.now().timestamp()
        shown = [Opened(from_iso(row.at), row.post, Reason(row.reason)) for row in found if row.expires > now]
        return sorted(shown, key=lambda one: one.at, reverse=True)
