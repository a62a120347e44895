"""What a move of a dossier tells: to the audit trail, to the timeline, to whoever sends messages. For every move.

Facts are codes, ids, figures and times; no names, no numbers of persons, and no words that somebody typed: those stand
in the dossier itself, where they can be erased."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Fact = str | int | bool | None


class Happened(StrEnum):
    """What can happen to a dossier."""

    FILED = "dossier_filed"
    RECEIVED = "dossier_received"
    REFUSED = "dossier_refused"
    TAKEN_UP = "dossier_taken_up"
    HANDED_ON = "dossier_handed_on"
    SUPPLEMENT_ASKED = "dossier_supplement_asked"
    PAPER_GIVEN = "dossier_paper_given"
    SUPPLEMENTED = "dossier_supplemented"
    SUPPLEMENT_ANNULLED = "dossier_supplement_annulled"
    PAYMENT_ASKED = "dossier_payment_asked"
    PAID = "dossier_paid"
    APOLOGISED = "dossier_apologised"
    RESCHEDULED = "dossier_rescheduled"
    STOPPED = "dossier_stopped"
    WITHDRAWN = "dossier_withdrawn"
    FINISHED = "dossier_finished"
    RETURNED = "dossier_returned"


class Side(StrEnum):
    """Who moves a dossier."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    MACHINE = "machine"  # another system of the agency, by the key that it was given
    SYSTEM = "system"  # the clock: a deadline that is over, a day off that was announced


@dataclass(frozen=True, slots=True)
class By:
    """Somebody who moves a dossier, by id."""

    side: Side
    id: str = ""


SYSTEM = By(Side.SYSTEM)


@dataclass(frozen=True)
class Event:
    """One thing that happened: what, when, by whom, and the version of the dossier that came out of it."""

    what: Happened
    at: datetime
    by: By
    version: int
    facts: Mapping[str, Fact] = field(default_factory=dict)
