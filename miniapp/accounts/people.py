"""The people of an agency: who is in, as what, and who no longer.

For the console's page of people and for commands. Who may: an agency admin in that agency, for roles there; for the
account itself (disable, new link) only the agency that looks after it. Nobody gives anything to himself (ASVS
2.3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from miniapp.accounts.access import Actor, Role, Roles, require, require_fresh
from miniapp.accounts.model import (
    INVITATION_LIFE,
    LOGIN_LONGEST,
    NAME_LONGEST,
    Invitation,
    Kind,
    Member,
    Officer,
    Purpose,
    Session,
    State,
)
from miniapp.accounts.sessions import Sessions
from miniapp.accounts.sign_in import login_of
from miniapp.accounts.store import AccountStore
from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core.clock import Clock
from miniapp.core.errors import Invalid, NotFound, Refused
from miniapp.core.folding import clean
from miniapp.core.ids import Ids
from miniapp.core.personal import Personal
from miniapp.core.sealing import digest
from miniapp.core.tables import Write

LOGIN_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_@+")


@dataclass(frozen=True)
class Link:
    """A one-use link just made; its token is name once and kept by nobody."""

    officer: Officer
    token: str
    invitation: Invitation


class People:
    """Invites, gives roles, disables, ends sessions, gives new links."""

    def __init__(self, store: AccountStore, sessions: Sessions, audit: Audit, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._ids = ids

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
        found = {}
        for officer in set(officers):
            try:
                found[officer] = self._store.get(officer).name
            except NotFound:
                continue
        return found

    def sessions(self, agency: str, officer: str, by: Actor) -> list[Session]:
        """The open sessions of one of the agency's own people."""
        return self._sessions.of(Kind.OFFICER, self._own(agency, officer, by).id)

    def invite(self, agency: str, login: str, name: str, roles: Iterable[str], *, by: Actor) -> Link:
        """A new officer with roles, and the link with which the person comes in."""
        self._require_deciding(by, agency)
        given = roles_of(roles)
        login, name = login_of(login), clean(name)
        if not (3 <= len(login) <= LOGIN_LONGEST and set(login) <= LOGIN_SIGNS):
            raise Invalid("login_shape", field="login")
        if not 1 <= len(name) <= NAME_LONGEST:
            raise Invalid("name_shape", field="name")
        if not given:
            raise Invalid("roles_missing", field="roles")
        now = self._clock.now()
        officer = Officer(self._ids.new("off"), Personal(login), Personal(name), agency, State.INVITED, 0, 1, now)
        link = self._link(officer, Purpose.JOIN)
        event = Event("officer_invited", officer=officer.id, roles=_spelled(given))
        granted = self._store.granted(officer.id, agency, given, frozenset())
        writes = [*self._store.added(officer), *granted, self._store.invited(link.invitation)]
        self._audit.commit(event, agency=agency, by=by.id, writes=writes)
        return link

    def invite_again(self, agency: str, officer: str, *, by: Actor) -> Link:
        """A new link for somebody who did not come in yet; the old one is dead."""
        self._require_deciding(by, agency)
        held = self._own(agency, officer, by)
        if held.state != State.INVITED:
            raise Invalid("officer_joined_already")
        found = self._store.roles(officer, agency)
        event = Event("officer_invited", officer=officer, roles=_spelled(found))
        return self._relinked(held, Purpose.JOIN, event, by)

    def give_roles(self, agency: str, officer: str, roles: Iterable[str], *, by: Actor) -> None:
        """Make an officer exactly this in the agency; none takes all roles away. It counts from the next request on."""
        self._require_deciding(by, agency)
        if by.id == officer:
            raise Refused("roles_for_yourself")
        given = roles_of(roles)
        self._store.get(officer)
        before = self._store.roles(officer, agency)
        if given == before:
            return
        event = Event("roles_changed", officer=officer, roles=_spelled(given), roles_before=_spelled(before))
        writes = self._store.granted(officer, agency, given, before)
        self._audit.commit(event, agency=agency, by=by.id, writes=writes)

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

    def reset_second_factor(self, agency: str, officer: str, *, by: Actor) -> Link:
        """For a lost phone: the old factor is gone, all sessions end, and a link lets the officer set up a new one."""
        held = self._resettable(agency, officer, by)
        event = Event("second_factor_reset", officer=officer)
        gone = [self._store.without_factor(officer)] if self._store.factor(officer) else []
        return self._relinked(held, Purpose.NEW_FACTOR, event, by, gone)

    def reset_password(self, agency: str, officer: str, *, by: Actor) -> Link:
        """For a forgotten password: a link with which the officer, second factor in hand, chooses a new one."""
        held = self._resettable(agency, officer, by)
        return self._relinked(held, Purpose.NEW_PASSWORD, Event("password_reset", officer=officer), by)

    def _resettable(self, agency: str, officer: str, by: Actor) -> Officer:
        self._require_deciding(by, agency)
        held = self._own(agency, officer, by)
        if by.id == officer:
            raise Refused("not_for_yourself")
        if held.state != State.ACTIVE:
            raise Invalid("officer_not_active")
        return held

    def _relinked(self, held: Officer, purpose: Purpose, event: Event, by: Actor, more: Iterable[Write] = ()) -> Link:
        out = held.with_all_sessions_ended()
        link = self._link(out, purpose)
        writes = [self._store.changed(out), self._store.invited(link.invitation), *more]
        self._audit.commit(event, agency=held.home, by=by.id, writes=writes)
        self._sessions.sweep(Kind.OFFICER, held.id)
        return link

    def _link(self, officer: Officer, purpose: Purpose) -> Link:
        token = self._ids.secret(32)
        ends = self._clock.now() + INVITATION_LIFE
        return Link(officer, token, Invitation(digest(token), purpose, officer.id, officer.generation, ends))

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


def _spelled(roles: Roles) -> str:
    return " ".join(sorted(role.value for role in roles))
