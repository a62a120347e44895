"""The people of an agency: who is in, as what, and who no longer.

For the console's page of people and for commands. Who may: an agency admin in that agency, for roles there; for the
account itself (disable, new link) only the agency that looks after it. Nobody gives anything to himself, and what could
make one person two is only asked for here: a second person confirms it in `Confirming` (ASVS 2.3.5). An operator needs
no second."""

from collections.abc import Iterable
from typing import overload

from miniapp.accounts.access import Actor, Operator, Permission, Role, Roles, permits, require, require_fresh
from miniapp.accounts.asked import ASKED_LIFE, WEIGHTY, Act, Asked, Link
from miniapp.accounts.asked_store import AskedStore
from miniapp.accounts.confirming import ParentOf
from miniapp.accounts.doing import Doing, spelled
from miniapp.accounts.model import LOGIN_LONGEST, NAME_LONGEST, Kind, Member, Officer, Session, State
from miniapp.accounts.sessions import Sessions
from miniapp.accounts.sign_in import login_of
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused
from miniapp.core.folding import clean
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.tables import Write

LOGIN_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_@+")


class People:
    """Asks for invitations, roles and new links; disables, ends sessions."""

    def __init__(
        self,
        store: AccountStore,
        asked_store: AskedStore,
        doing: Doing,
        sessions: Sessions,
        audit: Audit,
        clock: Clock,
        ids: Ids,
        parent_of: ParentOf,
    ) -> None:
        self._store = store
        self._asked_store = asked_store
        self._doing = doing
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._parent_of = parent_of

    def members(self, agency: str, by: Actor) -> list[Member]:
        """Everybody listed at an agency."""
        require(by, "officers.manage", agency)
        return self._store.members(agency)

    def member(self, agency: str, officer: str, by: Actor) -> Member:
        """One of an agency's people; NotFound for anybody else's, as for nobody's."""
        require(by, "officers.manage", agency)
        found = self._store.find_with_roles(officer)
        if found is None or (found[0].home != agency and not found[1].get(agency)):
            raise NotFound("officer_unknown")
        return Member(found[0], found[1].get(agency, frozenset()))

    def by_login(self, login: str, by: Actor) -> Officer:
        """The officer with this login; NotFound `officer_unknown` for who may not manage that officer, too."""
        found = self._store.find_by_login(login_of(login))
        if found is None or not by.may("officers.manage", found.home):
            raise NotFound("officer_unknown")
        return found

    def names(self, officers: Iterable[str]) -> dict[str, Personal]:
        """How the officers are called whom an agency's own rows name by id; what is no officer's id is left out."""
        return {officer.id: officer.name for officer in self._store.some(set(officers))}

    def colleagues(self, agency: str, permission: Permission, by: Actor) -> dict[str, Personal]:
        """Who else may do what one may oneself: the officers who have come in, by id, with their names."""
        require(by, permission, agency)
        return {
            member.officer.id: member.officer.name
            for member in self._store.members(agency)
            if member.officer.state is State.ACTIVE and permits(member.roles, permission)
        }

    def sessions(self, agency: str, officer: str, by: Actor) -> list[Session]:
        """The open sessions of one of the agency's own people."""
        return self._sessions.of(Kind.OFFICER, self._own(agency, officer, by).id)

    @overload
    def invite(self, agency: str, login: str, name: str, roles: Iterable[str], *, by: Operator) -> Link: ...
    @overload
    def invite(self, agency: str, login: str, name: str, roles: Iterable[str], *, by: Actor) -> Link | Asked: ...
    def invite(self, agency: str, login: str, name: str, roles: Iterable[str], *, by: Actor) -> Link | Asked:
        """A new officer with roles: an operator gets the link with which the person comes in, an admin's wish waits."""
        self._require_deciding(by, agency)
        given = roles_of(roles)
        login, name = login_of(login), clean(name)
        if not (3 <= len(login) <= LOGIN_LONGEST and set(login) <= LOGIN_SIGNS):
            raise Invalid("login_shape", field="login")
        if not 1 <= len(name) <= NAME_LONGEST:
            raise Invalid("name_shape", field="name")
        if not given:
            raise Invalid("roles_missing", field="roles")
        if self._store.find_by_login(login) is not None:
            raise Conflict("login_taken", field="login")
        asked = self._wish(agency, Act.INVITE, self._ids.new("off"), Personal(login), Personal(name), by, given)
        return self._linked(asked, by)

    @overload
    def invite_again(self, agency: str, officer: str, *, by: Operator) -> Link: ...
    @overload
    def invite_again(self, agency: str, officer: str, *, by: Actor) -> Link | Asked: ...
    def invite_again(self, agency: str, officer: str, *, by: Actor) -> Link | Asked:
        """A new link for somebody who did not come in yet; the old one is dead as soon as there is a new one."""
        self._require_deciding(by, agency)
        held = self._doing.checked(agency, officer, Act.INVITE_AGAIN)
        found = self._store.roles(officer, agency)
        return self._linked(self._wish(agency, Act.INVITE_AGAIN, officer, held.login, held.name, by, found), by)

    def give_roles(self, agency: str, officer: str, roles: Iterable[str], *, by: Actor) -> Asked | None:
        """Make an officer exactly this in the agency; none takes all roles away. It counts from the next request on,
        unless it adds a role of weight: then it waits."""
        self._require_deciding(by, agency)
        if by.id == officer:
            raise Refused("roles_for_yourself")
        given = roles_of(roles)
        held = self._store.get(officer)
        before = self._store.roles(officer, agency)
        if given == before:
            return None
        asked = self._wish(agency, Act.ROLES, officer, held.login, held.name, by, given, before)
        if (given - before) & WEIGHTY and not isinstance(by, Operator):
            return self._ask(asked, by)
        self._doing.give_roles(asked, by)
        return None

    def disable(self, agency: str, officer: str, *, by: Actor) -> None:
        """Shut an officer out, at once and everywhere."""
        held = self._own(agency, officer, by)
        if by.id == officer:
            raise Refused("not_for_yourself")
        self._commit("officer_disabled", held, by, [self._store.changed(held.moved(State.DISABLED))])
        self._sessions.sweep(Kind.OFFICER, officer)

    def enable(self, agency: str, officer: str, *, by: Actor) -> None:
        """Let a disabled officer in again with the password and second factor of before; who has none needs a link."""
        self._require_deciding(by, agency)
        held = self._own(agency, officer, by)
        if by.id == officer:
            raise Refused("not_for_yourself")
        state = State.ACTIVE if self._store.password(officer) else State.INVITED
        self._commit("officer_enabled", held, by, [self._store.changed(held.moved(state))])

    def end_sessions(self, agency: str, officer: str, *, by: Actor) -> int:
        """End every session of an officer; everybody may end their own."""
        held = self._store.get(officer) if by.id == officer else self._own(agency, officer, by)
        count = len(self._sessions.of(Kind.OFFICER, officer))
        event = Event("sessions_ended", officer=officer, sessions=count)
        writes = [self._store.changed(held.with_all_sessions_ended())]
        self._audit.commit(event, agency=held.home, by=by.id, writes=writes)
        self._sessions.sweep(Kind.OFFICER, officer)
        return count

    @overload
    def reset_second_factor(self, agency: str, officer: str, *, by: Operator) -> Link: ...
    @overload
    def reset_second_factor(self, agency: str, officer: str, *, by: Actor) -> Link | Asked: ...
    def reset_second_factor(self, agency: str, officer: str, *, by: Actor) -> Link | Asked:
        """For a lost phone: the old factor is gone, all sessions end, and a link lets the officer set up a new one."""
        return self._reset(agency, officer, Act.NEW_FACTOR, by)

    @overload
    def reset_password(self, agency: str, officer: str, *, by: Operator) -> Link: ...
    @overload
    def reset_password(self, agency: str, officer: str, *, by: Actor) -> Link | Asked: ...
    def reset_password(self, agency: str, officer: str, *, by: Actor) -> Link | Asked:
        """For a forgotten password: a link with which the officer, second factor in hand, chooses a new one."""
        return self._reset(agency, officer, Act.NEW_PASSWORD, by)

    def _reset(self, agency: str, officer: str, act: Act, by: Actor) -> Link | Asked:
        self._require_deciding(by, agency)
        held = self._own(agency, officer, by)
        if by.id == officer:
            raise Refused("not_for_yourself")
        self._doing.checked(agency, officer, act)
        found = self._store.roles(officer, agency)
        return self._linked(self._wish(agency, act, officer, held.login, held.name, by, found), by)

    def _wish(
        self,
        agency: str,
        act: Act,
        officer: str,
        login: Personal,
        name: Personal,
        by: Actor,
        roles: Roles,
        before: Roles = frozenset(),
    ) -> Asked:
        now = self._clock.now()
        asked = self._ids.new("ask")
        return Asked(asked, agency, act, officer, login, name, roles, before, by.id, now, now + ASKED_LIFE)

    def _linked(self, asked: Asked, by: Actor) -> Link | Asked:
        return self._doing.linked(asked, by) if isinstance(by, Operator) else self._ask(asked, by)

    def _ask(self, asked: Asked, by: Actor) -> Asked:
        """Write the wish down; the same wish of the same person again is the one that waits already."""
        for other in self._asked_store.of(asked.agency, asked.at):
            if other.officer == asked.officer or (asked.act is Act.INVITE and other.login == asked.login):
                if other.is_same(asked):
                    return other
                raise Conflict("asked_already")
        facts = {"officer": asked.officer, "act": asked.act.value, "roles": spelled(asked.roles)}
        writes = self._asked_store.added(asked, self._parent_of(asked.agency))
        self._audit.commit(Event("people_asked", **facts), agency=asked.agency, by=by.id, writes=writes)
        return asked

    def _require_deciding(self, by: Actor, agency: str) -> None:
        require(by, "officers.manage", agency)
        require_fresh(by, self._clock.now())

    def _own(self, agency: str, officer: str, by: Actor) -> Officer:
        """An officer whose account this agency looks after; NotFound for others, as for nobody."""
        require(by, "officers.manage", agency)
        held = self._store.get(officer)
        if held.home != agency:
            raise NotFound("officer_unknown")
        return held

    def _commit(self, name: str, held: Officer, by: Actor, writes: list[Write]) -> None:
        self._audit.commit(Event(name, officer=held.id), agency=held.home, by=by.id, writes=writes)


def roles_of(names: Iterable[str]) -> Roles:
    """Roles by their names; Invalid `role_unknown`."""
    try:
        return frozenset(Role(name) for name in names)
    except ValueError:
        raise Invalid("role_unknown", field="roles") from None
