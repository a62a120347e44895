"""Who opened a dossier at the desk, as which post, when and why. For the desk, which writes it before it shows a dossier, and
for whoever keeps the dossier, who is shown it without the officer.

Questions: who opened a dossier, newest first · why an officer opened it on a day.

Who has no part in a dossier says why before it is shown, and is asked again on another day. One row per officer, dossier,
day and reason: reading a page again adds none. Rows go by themselves after two years."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.core.clock import Clock, from_iso, iso, local_day
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.tables import put_new, rows
from miniapp.dossiers.events import Event
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.rows import SeenRow

Story = Callable[[str, str], Sequence[Event]]  # of an agency's dossier, by its code

KEPT = timedelta(days=2 * 365)
SHOWN_MOST = 100


class Reason(StrEnum):
    """Why somebody opens a dossier, as far as it is known."""

    HANDLING = "handling"  # it is on their desk, or on nobody's, or they moved it on that day
    SUPERVISION = "supervision"  # who decides about dossiers
    ANSWERING = "answering"  # whoever asked wants to know something
    HELPING = "helping"  # in place of a colleague, or beside one
    CHECKING = "checking"  # figures, reports, an inspection
    SYSTEM = "system"  # another system of the agency, by its key
    UNSTATED = "unstated"  # another's dossier, from when nobody was asked why


STATED = (Reason.ANSWERING, Reason.HELPING, Reason.CHECKING)  # what whoever has no part in a dossier chooses from


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

    def __init__(self, clock: Clock, story: Story) -> None:
        self._clock = clock
        self._story = story

    def opened(self, held: Dossier, officer: str, decides: bool) -> bool:
        """Note that an officer opens a dossier now; False, and nothing is noted, where they have to say why first.

        `decides`: they are one who decides about dossiers."""
        if held.officer in ("", officer):
            self.note(held, officer, Reason.HANDLING)
        elif decides:
            self.note(held, officer, Reason.SUPERVISION)
        elif self._moved(held, officer):
            self.note(held, officer, Reason.HANDLING)
        else:
            return self._said(held, officer)
        return True

    def state(self, held: Dossier, officer: str, reason: str) -> None:
        """Why an officer opens a dossier today; Invalid `opening_reason_needed` where it is none to choose."""
        if reason not in STATED:
            raise Invalid("opening_reason_needed", field="reason")
        self.note(held, officer, Reason(reason))

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

    def _moved(self, held: Dossier, officer: str) -> bool:
        """Whether they received or moved it today."""
        today = local_day(self._clock.now())
        story = self._story(held.agency, str(held.code))
        return any(event.by.id == officer and local_day(event.at) == today for event in story)

    def _said(self, held: Dossier, officer: str) -> bool:
        """Whether they were let in today already: they said why, or it was theirs then."""
        key, theirs = seen_key(held.agency, str(held.code)), f"{local_day(self._clock.now())}#{officer}#"
        return bool(rows(lambda: SeenRow.query(key, SeenRow.sk.startswith(theirs), limit=1, consistent_read=True)))
