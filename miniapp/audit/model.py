"""What is written down when somebody does something that counts, and how one entry is tied to the one before.

For the audit service and its verifier. Events are declared here with their exact fields: an entry with any other set
can't be made. Facts are ids, codes, figures and times; no names, no numbers of candidates, no secrets. It never
stores."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from miniapp.core.ids import NATION

Fact = str | int | bool | None

LONGEST_FACT = 2000
HOUSE = NATION  # the chain of what belongs to no agency


@dataclass(frozen=True)
class Kind:
    """One declared event: the fields it must carry, which of them name objects whose history it belongs to, and the
    fields that it may carry."""

    fields: frozenset[str]
    of: tuple[str, ...]
    maybe: frozenset[str] = frozenset()


def _kind(fields: str, of: str = "", maybe: str = "") -> Kind:
    return Kind(frozenset(fields.split()), tuple(of.split()), frozenset(maybe.split()))


EVENTS: Mapping[str, Kind] = {
    # people and their ways in
    "officer_invited": _kind("officer roles asked_by", of="officer"),
    "officer_joined": _kind("officer", of="officer"),
    "officer_disabled": _kind("officer", of="officer"),
    "officer_enabled": _kind("officer", of="officer"),
    "officer_signed_in": _kind("officer method place", of="officer"),
    "officer_signed_out": _kind("officer", of="officer"),
    "sign_in_failed": _kind("officer step place", of="officer"),
    "second_factor_given": _kind("officer method", of="officer"),
    "second_factor_reset": _kind("officer asked_by", of="officer"),
    "second_factor_set": _kind("officer", of="officer"),
    "password_reset": _kind("officer asked_by", of="officer"),
    "password_set": _kind("officer", of="officer"),
    "people_asked": _kind("officer act roles", of="officer"),
    "people_declined": _kind("officer act roles asked_by", of="officer"),
    "recovery_codes_renewed": _kind("officer left", of="officer"),
    "roles_changed": _kind("officer roles roles_before asked_by", of="officer"),
    "sessions_ended": _kind("officer sessions", of="officer"),
    # agencies
    "agency_changed": _kind("agency changed", of="agency"),
    "machine_key_made": _kind("machine_key scopes day", of="machine_key"),
    "machine_key_revoked": _kind("machine_key", of="machine_key"),
    "zalo_authorised": _kind("account", of="account"),
    # working calendars
    "calendar_day_set": _kind("calendar version day kind kind_before document", of="calendar"),
    "calendar_hours_set": _kind("calendar version hours hours_before document", of="calendar"),
    # the catalogue of procedures
    "procedures_changed": _kind("catalogue book source effective added changed", of="catalogue book"),
    "synonym_decided": _kind("catalogue phrase procedure approved", of="catalogue"),
    # dossiers
    "dossier_filed": _kind("dossier procedure channel", of="dossier"),
    "dossier_received": _kind("dossier due post answered_late", of="dossier"),
    "dossier_refused": _kind("dossier article answered_late", of="dossier"),
    "dossier_taken_up": _kind("dossier post", of="dossier", maybe="batch"),
    "dossier_handed_on": _kind("dossier post post_before officer", of="dossier", maybe="batch"),
    "dossier_supplement_asked": _kind("dossier papers article deadline", of="dossier"),
    "dossier_paper_given": _kind("dossier paper missing", of="dossier"),
    "dossier_supplemented": _kind("dossier due", of="dossier"),
    "dossier_supplement_annulled": _kind("dossier asked_by due", of="dossier"),
    "dossier_payment_asked": _kind("dossier amount article", of="dossier"),
    "dossier_paid": _kind("dossier amount due", of="dossier"),
    "dossier_apologised": _kind("dossier due due_before", of="dossier"),
    "dossier_rescheduled": _kind("dossier due due_before", of="dossier"),
    "dossier_stopped": _kind("dossier article status_before", of="dossier"),
    "dossier_withdrawn": _kind("dossier status_before", of="dossier"),
    "dossier_finished": _kind("dossier lateness", of="dossier", maybe="batch"),
    "dossier_returned": _kind("dossier channel", of="dossier", maybe="batch"),
    "dossier_import_begun": _kind("dossier_import rows", of="dossier_import"),
    "dossier_import_ended": _kind("dossier_import rows added moved unchanged refused", of="dossier_import"),
    "dossier_link_renewed": _kind("dossier", of="dossier"),
    "dossier_reopening_asked": _kind("dossier number", of="dossier"),
    "dossier_reopened": _kind("dossier number weak", of="dossier"),
    "dossier_reopening_answered": _kind("dossier number weak", of="dossier"),
    "senior_named": _kind("officer", of="officer"),
    "senior_unnamed": _kind("officer", of="officer"),
    "dossier_batch_ordered": _kind("batch deed count", of="batch"),
    "dossier_batch_called_off": _kind("batch count", of="batch"),
    "dossier_batch_done": _kind("batch moved refused", of="batch"),
    # ratings
    "rating_counter_added": _kind("counter", of="counter"),
    "rating_counter_removed": _kind("counter", of="counter"),
    "rating_addresses_stated": _kind("addresses addresses_before"),
    "rating_group_cleared": _kind("day unit doubts count reason", of="day"),
    "rating_group_confirmed": _kind("day unit doubts count reason", of="day"),
    "rating_answered": _kind("ballot number weak", of="ballot"),
    # public figures
    "quality_published": _kind("period", of="period"),
    # lists that are written as files
    "export_ordered": _kind("export list", of="export"),
    "export_ended": _kind("export list rows sha256", of="export"),
    "export_fetched": _kind("export list", of="export"),
    # exam scores
    "exam_changed": _kind("exam changed", of="exam"),
    "edition_begun": _kind("exam edition reason decision partial", of="exam edition"),
    "scores_uploaded": _kind("exam edition file size pad_numbers minus_one", of="exam edition"),
    "scores_read_again": _kind("exam edition file size pad_numbers minus_one", of="exam edition"),
    "scores_checked": _kind("exam edition rows errors warnings", of="exam edition"),
    "scores_approved": _kind("exam edition release candidates hash", of="exam edition"),
    "scores_withdrawn": _kind("exam edition reason", of="exam edition"),
    "scores_corrected": _kind("exam edition before added removed changed reason decision", of="exam edition"),
    "release_time_moved": _kind("exam edition release release_before", of="exam edition"),
    "rules_proposed": _kind("exam rules rules_before proposed_by reason decision", of="exam"),
    "rules_approved": _kind("exam rules rules_before proposed_by reason decision", of="exam"),
    "rules_declined": _kind("exam rules rules_before proposed_by reason decision", of="exam"),
    "factors_erased": _kind("exam edition hashes registrations", of="exam edition"),
}


class UndeclaredEvent(ValueError):
    """An event that isn't declared, or not with these fields: a fault of the caller, found by its first test."""


@dataclass(frozen=True, init=False)
class Event:
    """Something that happened: `Event("scores_withdrawn", exam=…, edition=…, reason=…)`."""

    name: str
    facts: Mapping[str, Fact] = field(hash=False)

    def __init__(self, name: str, /, **facts: Fact) -> None:
        kind = EVENTS.get(name)
        if kind is None:
            raise UndeclaredEvent(f"no event {name}")
        if facts.keys() - kind.maybe != kind.fields:
            raise UndeclaredEvent(f"{name} carries {sorted(kind.fields)}, not {sorted(facts)}")
        for key, fact in facts.items():
            if not isinstance(fact, str | int | bool | None) or (isinstance(fact, str) and len(fact) > LONGEST_FACT):
                raise UndeclaredEvent(f"{name}.{key} is no fact")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "facts", dict(facts))

    @property
    def objects(self) -> list[str]:
        """The ids of the things whose history this event belongs to."""
        named = [str(self.facts[name]) for name in EVENTS[self.name].of if self.facts[name]]
        return list(dict.fromkeys(named))


@dataclass(frozen=True)
class Entry:
    """One event as it was written down. `by` is an officer's id, or the name of the part of the system that acted."""

    agency: str
    day: str
    seq: int
    id: str
    at: str
    by: str
    event: str
    facts: Mapping[str, Fact] = field(hash=False)

    def body(self) -> str:
        """Canonical JSON: sorted names, no blanks, letters as they are. This text is what is kept and hashed."""
        held = {name: getattr(self, name) for name in ("agency", "day", "seq", "id", "at", "by", "event")}
        return json.dumps({**held, "facts": dict(self.facts)}, **_CANONICAL)


_CANONICAL: Mapping[str, Any] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False, "allow_nan": False}


def entry_of(body: str) -> Entry | None:
    """The entry that a body tells, or None when somebody made it unreadable."""
    try:
        held = json.loads(body)
        return Entry(**held) if isinstance(held, dict) and isinstance(held.get("facts"), dict) else None
    except (ValueError, TypeError):
        return None


def link(before: str, body: str) -> str:
    """The hash that ties a body to everything before it."""
    return hashlib.sha256(f"{before}{body}".encode("utf-8", "surrogatepass")).hexdigest()


def genesis(agency: str) -> str:
    """What the very first entry of an agency hangs on; another agency's chain can't be put in its place."""
    return hashlib.sha256(f"motcua audit {agency}".encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """One kept entry: where it lies (its key), what it says, and both hashes."""

    place: int  # 0: the key is no place in a chain
    body: str
    before: str
    hash: str

    @property
    def is_whole(self) -> bool:
        """Whether the hash is that of the body."""
        return link(self.before, self.body) == self.hash


@dataclass(frozen=True)
class Head:
    """Where the chain of one agency and day stands. `before` is the head of the day named `previous`."""

    agency: str
    day: str
    seq: int
    hash: str
    before: str
    previous: str = ""
    next: str = ""  # the day that followed; from then on this one takes no more entries
    anchored: int = field(default=0, compare=False)  # up to which place it is written down outside


@dataclass(frozen=True)
class Anchor:
    """A head that was written down outside the table: by then, the entry at `seq` had this hash."""

    agency: str
    day: str
    seq: int
    hash: str
