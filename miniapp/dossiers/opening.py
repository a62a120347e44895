"""Who opened a dossier at the desk, as which post, when and why. For the desk, which writes it before it shows a dossier, and
for whoever keeps the dossier, who is shown it without the officer.

Questions: who opened a dossier, newest first.

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
    """Why somebody opens a dossier, as far as it is known."""

    HANDLING = "handling"  # it is on their desk, or on nobody's
    SUPERVISION = "supervision"  # who decides about dossiers
    UNSTATED = "unstated"  # another's dossier, and nothing was said


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

    def opened(self, held: Dossier, officer: str, decides: bool) -> None:
        """That an officer opens a dossier now; `decides`: they are one who decides about dossiers."""
        if held.officer in ("", officer):
            self.note(held, officer, Reason.HANDLING)
        else:
            self.note(held, officer, Reason.SUPERVISION if decides else Reason.UNSTATED)

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
