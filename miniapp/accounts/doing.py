"""Carries out what changes somebody's ways in, whether an operator asks or a second admin confirms what one asked.

For `People` and `Confirming`, which have found out who may. What was asked days ago is held against what is now: each
write has its condition. It decides about nobody's permission."""

from collections.abc import Sequence

from miniapp.accounts.access import Actor, Roles
from miniapp.accounts.asked import Act, Asked, Link
from miniapp.accounts.model import INVITATION_LIFE, Invitation, Kind, Officer, Purpose, State
from miniapp.accounts.sessions import Sessions
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Invalid, NotFound
from miniapp.core.ids import Ids
from miniapp.core.sealing import digest
from miniapp.core.tables import Write


class Doing:
    """Invites, gives roles, gives new links."""

    def __init__(self, store: AccountStore, sessions: Sessions, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def do(self, asked: Asked, by: Actor, more: Sequence[Write] = ()) -> Link | None:
        """Do it, in one transaction with `more`; the link is for who does it. Conflict when things have moved on."""
        if asked.act is Act.ROLES:
            self.give_roles(asked, by, more)
            return None
        return self.linked(asked, by, more)

    def linked(self, asked: Asked, by: Actor, more: Sequence[Write] = ()) -> Link:
        """Do what ends in a link."""
        if asked.act is Act.INVITE:
            return self._invite(asked, by, more)
        held = self.checked(asked.agency, asked.officer, asked.act)
        return self._relink(held, asked, by, more)

    def give_roles(self, asked: Asked, by: Actor, more: Sequence[Write] = ()) -> None:
        """Make the officer what was asked, when the roles are still as they were seen."""
        event = Event(
            "roles_changed",
            officer=asked.officer,
            roles=spelled(asked.roles),
            roles_before=spelled(asked.before),
            asked_by=_asker(asked, by),
        )
        writes = [*self._store.granted(asked.officer, asked.agency, asked.roles, asked.before), *more]
        self._audit.commit(event, agency=asked.agency, by=by.id, writes=writes)

    def checked(self, agency: str, officer: str, act: Act) -> Officer:
        """The officer of a new link, when this kind of link is one for the officer now."""
        held = self._store.get(officer)
        if held.home != agency:
            raise NotFound("officer_unknown")
        if act is Act.INVITE_AGAIN and held.state != State.INVITED:
            raise Invalid("officer_joined_already")
        if act is not Act.INVITE_AGAIN and held.state != State.ACTIVE:
            raise Invalid("officer_not_active")
        return held

    def _invite(self, asked: Asked, by: Actor, more: Sequence[Write]) -> Link:
        now = self._clock.now()
        officer = Officer(asked.officer, asked.login, asked.name, asked.agency, State.INVITED, 0, 1, now)
        link = self._link(officer, Purpose.JOIN)
        granted = self._store.granted(officer.id, asked.agency, asked.roles, frozenset())
        writes = [*self._store.added(officer), *granted, self._store.invited(link.invitation), *more]
        event = Event("officer_invited", officer=officer.id, roles=spelled(asked.roles), asked_by=_asker(asked, by))
        self._audit.commit(event, agency=asked.agency, by=by.id, writes=writes)
        return link

    def _relink(self, held: Officer, asked: Asked, by: Actor, more: Sequence[Write]) -> Link:
        out = held.with_all_sessions_ended()
        writes: list[Write] = []
        asker = _asker(asked, by)
        if asked.act is Act.INVITE_AGAIN:
            link = self._link(out, Purpose.JOIN)
            roles = spelled(self._store.roles(held.id, asked.agency))
            event = Event("officer_invited", officer=held.id, roles=roles, asked_by=asker)
        elif asked.act is Act.NEW_FACTOR:
            link = self._link(out, Purpose.NEW_FACTOR)
            event = Event("second_factor_reset", officer=held.id, asked_by=asker)
            writes += [self._store.without_factor(held.id)] if self._store.factor(held.id) else []
        else:
            link = self._link(out, Purpose.NEW_PASSWORD)
            event = Event("password_reset", officer=held.id, asked_by=asker)
        writes += [self._store.changed(out), self._store.invited(link.invitation), *more]
        self._audit.commit(event, agency=held.home, by=by.id, writes=writes)
        self._sessions.sweep(Kind.OFFICER, held.id)
        return link

    def _link(self, officer: Officer, purpose: Purpose) -> Link:
        token = self._ids.secret(32)
        ends = self._clock.now() + INVITATION_LIFE
        return Link(officer, token, Invitation(digest(token), purpose, officer.id, officer.generation, ends))


def spelled(roles: Roles) -> str:
    """Roles as the trail spells them."""
    return " ".join(sorted(role.value for role in roles))


def _asker(asked: Asked, by: Actor) -> str:
    """Who asked, when it was not the one who does it."""
    return "" if asked.by == by.id else asked.by
