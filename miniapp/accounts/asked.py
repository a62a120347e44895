"""An act on somebody's ways in that one admin asked for and another has to confirm (ASVS 2.3.5).

For the services of this slice. Whoever alone could make a publisher and an approver, or hold the links of both, would be
two persons and could publish scores alone. It stores nothing and knows nobody's permissions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from miniapp.accounts.access import Role, Roles
from miniapp.accounts.model import Invitation, Officer
from miniapp.core.personal import Personal

ASKED_LIFE = timedelta(days=7)
# Two of these in one hand finish alone what asks for two persons; an admin is the second admin, too.
WEIGHTY: Roles = frozenset({Role.PUBLISHER, Role.APPROVER, Role.AGENCY_ADMIN})


class Act(StrEnum):
    """What may be asked for."""

    INVITE = "invite"
    INVITE_AGAIN = "new-link"
    ROLES = "roles"
    NEW_FACTOR = "new-phone"
    NEW_PASSWORD = "new-password"  # noqa: S105 - the name of an act


@dataclass(frozen=True)
class Asked:
    """One act on one officer, who asked for it, and until when it may be confirmed. An officer has one at most in an
    agency. For an invitation the officer is not there yet; `before` are the roles as the asker saw them."""

    id: str
    agency: str
    act: Act
    officer: str
    login: Personal
    name: Personal
    roles: Roles
    before: Roles
    by: str
    at: datetime
    ends: datetime

    def is_same(self, other: "Asked") -> bool:
        """Whether the same person asks for the very same."""
        mine = (self.agency, self.act, self.login, self.name, self.roles, self.before, self.by)
        return mine == (other.agency, other.act, other.login, other.name, other.roles, other.before, other.by)


@dataclass(frozen=True)
class Link:
    """A one-use link just made; its token is shown once and kept by nobody."""

    officer: Officer
    token: str
    invitation: Invitation
