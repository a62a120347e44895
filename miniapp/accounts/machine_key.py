"""A key by which another system of an agency comes in: what it may do there, and until when.

For `machine_keys` and its store. It stores nothing and knows no secret, only its digest."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a key may be for."""

    READ_DOSSIERS = "dossiers:read"
    WRITE_DOSSIERS = "dossiers:write"


class Standing(StrEnum):
    """How a key stands."""

    WORKS = "works"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True)
class MachineKey:
    """One key of one agency; the system behind it, in the agency's words, is its name."""

    id: str
    agency: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    made: datetime
    made_by: str
    ends: datetime
    used_on: str = ""  # the local day of its last use
    revoked: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """Whether it opens anything at a moment."""
        if self.revoked is not None:
            return Standing.REVOKED
        return Standing.ENDED if now >= self.ends else Standing.WORKS
