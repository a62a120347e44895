"""Roles, what each may do, and the one question "may this person do this here?".

For doors and services. Every permission is a name to search for as written. A role counts in the agency it was given in
and nowhere else; whatever is not granted is refused, and so is whatever can't be found out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol, get_args

from miniapp.core.errors import Refused

Permission = Literal[
    "exams.manage",
    "scores.upload",
    "scores.read",
    "scores.correct",
    "scores.approve",
    "scores.withdraw",
    "scores.schedule",
    "officers.manage",
    "agency.manage",
    "audit.read",
    "procedures.read",
    "procedures.manage",
    "dossiers.read",
    "dossiers.manage",
    "dossiers.approve",
    "ratings.read",
    "ratings.officers",
    "ratings.answer",
    "ratings.review",
    "statistics.read",
]
PERMISSIONS: frozenset[str] = frozenset(get_args(Permission))
FRESH = timedelta(minutes=5)


class Role(StrEnum):
    """What an officer is in one agency."""

    PUBLISHER = "publisher"
    APPROVER = "approver"
    OFFICER = "officer"
    AGENCY_ADMIN = "agency_admin"
    AUDITOR = "auditor"


ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.PUBLISHER: frozenset(
        {"exams.manage", "scores.upload", "scores.read", "scores.correct", "procedures.read", "statistics.read"}
    ),
    Role.APPROVER: frozenset(
        {
            *("scores.read", "scores.approve", "scores.withdraw", "scores.schedule", "procedures.read"),
            *("dossiers.read", "dossiers.approve"),
            *("ratings.read", "ratings.officers", "ratings.answer", "ratings.review", "statistics.read"),
        }
    ),
    # What citizens must bring and pay is known by who takes it in at the counter, and by who answers for the agency.
    # Figures of ratings are for all of them; those of other officers, and what was written of them, for the leader.
    # Who asks for what is nobody else's business: neither who looks after accounts nor who audits sees dossiers.
    Role.OFFICER: frozenset(
        {
            *("scores.read", "procedures.read", "procedures.manage", "dossiers.read", "dossiers.manage"),
            *("ratings.read", "ratings.answer", "statistics.read"),
        }
    ),
    Role.AGENCY_ADMIN: frozenset(
        {
            *("officers.manage", "agency.manage", "audit.read", "scores.read", "procedures.read", "procedures.manage"),
            *("ratings.read", "statistics.read"),
        }
    ),
    Role.AUDITOR: frozenset({"audit.read", "scores.read", "procedures.read", "ratings.read", "statistics.read"}),
}
# What one person must not be able to prepare and to finish alone needs the second factor once more (ASVS 7.5.3).
NEEDS_FRESH: frozenset[Permission] = frozenset(
    {"scores.approve", "scores.withdraw", "scores.schedule", "officers.manage"}
)

Roles = frozenset[Role]


def permits(roles: Roles, permission: str) -> bool:
    """Whether one of the roles holds the permission; one that nobody declared is nobody's."""
    return any(permission in ROLES[role] for role in roles)


class Actor(Protocol):
    """Who does something: an officer at the desk, or an operator at the command line."""

    @property
    def id(self) -> str:
        """What the audit trail calls the actor."""
        ...

    def may(self, permission: Permission, agency: str) -> bool:
        """Whether the actor holds the permission in that agency."""
        ...

    def is_fresh(self, now: datetime) -> bool:
        """Whether the actor gave a second factor within the last five minutes."""
        ...


@dataclass(frozen=True)
class Standing:
    """An officer as known at this moment: roles by agency and when the second factor was last given."""

    id: str
    roles: Mapping[str, Roles] = field(hash=False)
    factor_at: datetime | None = None

    def may(self, permission: Permission, agency: str) -> bool:
        return permits(self.roles.get(agency, frozenset()), permission)

    def is_fresh(self, now: datetime) -> bool:
        # A moment in the future is a clock gone wrong: not fresh.
        return self.factor_at is not None and timedelta(0) <= now - self.factor_at <= FRESH

    def roles_in(self, agency: str) -> tuple[Role, ...]:
        """What the officer is in an agency, always in the same order."""
        held = self.roles.get(agency, frozenset())
        return tuple(role for role in Role if role in held)

    @property
    def agencies(self) -> list[str]:
        """The agencies in which the officer is anything."""
        return sorted(agency for agency, roles in self.roles.items() if roles)


@dataclass(frozen=True)
class Operator:
    """Who runs a command on the machine itself: may do everything, and is named as such in the trail."""

    id: str = "operator"

    def may(self, permission: Permission, agency: str) -> bool:
        return True

    def is_fresh(self, now: datetime) -> bool:
        return True


def require(actor: Actor, permission: Permission, agency: str) -> None:
    """Refused `permission_missing` unless the actor may; any failure while finding out is a no."""
    if permission not in PERMISSIONS or not actor.may(permission, agency):
        raise Refused("permission_missing", permission=permission)


def require_fresh(actor: Actor, now: datetime) -> None:
    """Refused `second_factor_needed` unless the actor gave a second factor within five minutes."""
    if not actor.is_fresh(now):
        raise Refused("second_factor_needed")
