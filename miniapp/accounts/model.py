"""Officers, their ways in, and sessions of officers and citizens; what each is and may become.

For the services of this slice. A session is known by the hash of its token only. Nothing here stores, hashes or asks
the time; passwords and second factors have modules of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from miniapp.accounts.access import Permission, Roles, Standing
from miniapp.core.errors import Conflict
from miniapp.core.personal import Personal

LOGIN_LONGEST = 100
NAME_LONGEST = 80
INVITATION_LIFE = timedelta(hours=24)
TOUCH_EVERY = timedelta(minutes=1)


class State(StrEnum):
    """What an officer's account is."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


MOVES: Mapping[State, frozenset[State]] = {
    State.INVITED: frozenset({State.ACTIVE, State.DISABLED}),
    State.ACTIVE: frozenset({State.DISABLED}),
    State.DISABLED: frozenset({State.ACTIVE, State.INVITED}),  # who never came in is invited again
}


@dataclass(frozen=True)
class Officer:
    """A person who works at an agency. `home` is the agency that looks after the account.

    `generation` counts up whenever all sessions must end: a session of an older generation is dead at once, even one
    that is being made at the same moment."""

    id: str
    login: Personal
    name: Personal
    home: str
    state: State
    generation: int
    version: int
    made: datetime

    def moved(self, state: State) -> "Officer":
        """The same officer in another state, with no session and no link alive; Conflict when there is no such move."""
        if state not in MOVES[self.state]:
            raise Conflict("officer_state", state=self.state.value, wanted=state.value)
        return replace(self.with_all_sessions_ended(), state=state)

    def with_all_sessions_ended(self) -> "Officer":
        """The same officer, with no session alive."""
        return replace(self, generation=self.generation + 1, version=self.version + 1)


@dataclass(frozen=True)
class Member:
    """An officer as listed among the people of one agency."""

    officer: Officer
    roles: Roles


class Kind(StrEnum):
    """Whose session it is."""

    OFFICER = "officer"
    CITIZEN = "citizen"


@dataclass(frozen=True)
class Span:
    """How long a session lasts without being used, and at most."""

    idle: timedelta
    most: timedelta


SPANS: Mapping[Kind, Span] = {
    Kind.OFFICER: Span(timedelta(minutes=30), timedelta(hours=10)),
    Kind.CITIZEN: Span(timedelta(hours=2), timedelta(hours=12)),
}


@dataclass(frozen=True)
class Session:
    """A browser that somebody is signed in with. `id` is the SHA-256 of its token: enough to end it, not to use it."""

    id: str
    kind: Kind
    subject: str
    made: datetime
    seen: datetime
    ends: datetime
    generation: int = 0
    factor_at: datetime | None = None

    @property
    def was_proven_again(self) -> bool:
        """Whether a second factor was given once more since signing in."""
        return self.factor_at is not None and self.factor_at > self.made

    def is_alive(self, now: datetime) -> bool:
        """Whether it may still be used, by its idle and its absolute end."""
        return now < self.ends and now - self.seen < SPANS[self.kind].idle

    def wants_touch(self, now: datetime) -> bool:
        """Whether its last use should be written down (not at every request)."""
        return now - self.seen >= TOUCH_EVERY

    def touched(self, now: datetime) -> "Session":
        return replace(self, seen=now)


def new_session(session_id: str, kind: Kind, subject: str, now: datetime, officer: Officer | None = None) -> Session:
    """A session that begins now; an officer's begins with a second factor given."""
    ends = now + SPANS[kind].most
    if officer is None:
        return Session(session_id, kind, subject, now, now, ends)
    return Session(session_id, kind, subject, now, now, ends, officer.generation, now)


@dataclass(frozen=True)
class SignedOfficer:
    """The officer of a request: the session, the person, and what the person may do. It is an `Actor`."""

    session: Session
    officer: Officer
    standing: Standing = field(repr=False)

    @property
    def id(self) -> str:
        return self.officer.id

    @property
    def name(self) -> Personal:
        return self.officer.name

    @property
    def agencies(self) -> list[str]:
        """The agencies in which the officer has a role."""
        return self.standing.agencies

    def may(self, permission: Permission, agency: str) -> bool:
        return self.standing.may(permission, agency)

    def is_fresh(self, now: datetime) -> bool:
        return self.standing.is_fresh(now)


class Purpose(StrEnum):
    """What a one-use link lets its holder do."""

    JOIN = "join"  # choose a password and set up the second factor
    NEW_FACTOR = "new_factor"  # give the password, set up a new second factor
    NEW_PASSWORD = "new_password"  # noqa: S105 - choose a new password, give the second factor


@dataclass(frozen=True)
class Invitation:
    """A one-use link, known by the hash of its token."""

    id: str
    purpose: Purpose
    officer: str
    generation: int  # ends with the sessions of its time: of several links only the newest works
    ends: datetime


@dataclass(frozen=True)
class Factor:
    """An officer's second factor as kept: the sealed secret, the last counter used, hashes of unused recovery codes."""

    secret: Personal
    last: int
    recovery: frozenset[str]


@dataclass(frozen=True)
class Wording:
    """One published version of a consent text."""

    purpose: str
    version: str
    since: date


@dataclass(frozen=True)
class Consent:
    """Where a person stands with one agency and purpose. `withdrawn_at` is None while it holds."""

    agency: str
    purpose: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    place: int = 1

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return self.withdrawn_at is None
