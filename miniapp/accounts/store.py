"""Questions: an officer by id · with all roles in one read (at every request) · by login · the people of an agency ·
the password hash · the second factor · every second factor (operators) · an invitation by the hash of its token.

For the services of this slice. Reads are strongly consistent: who was disabled a moment ago is out. It gives
conditional writes for one transaction. A person's rows lie together (`officer#…`), secrets sorted behind what a request
reads."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from miniapp.accounts.access import Role, Roles
from miniapp.accounts.model import Factor, Invitation, Member, Officer, Purpose, State
from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict, NotFound, Refused
from miniapp.core.personal import Personal
from miniapp.core.sealing import digest
from miniapp.core.tables import SortedTable, Write, change, check, many, put_new, read, remove, rows

OFFICER = "officer"
PASSWORD = "secret#password"  # noqa: S105 - the name of a row
FACTOR = "secret#factor"
GRANT = "grant#"


class AccountsTable(SortedTable):
    """Everything about an officer, and the ways to find one."""

    class Meta:
        table_name = "accounts"


class PersonRow(AccountsTable):
    """An officer, or one agency's roles of an officer: what every request reads with one query."""

    login = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    home = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    made = UnicodeAttribute(null=True)
    roles = UnicodeSetAttribute(null=True)


class PasswordRow(AccountsTable):
    """The hash of an officer's password."""

    hash = UnicodeAttribute()


class FactorRow(AccountsTable):
    """An officer's second factor: sealed secret, last counter used, hashes of the recovery codes left."""

    secret = UnicodeAttribute()
    last = NumberAttribute()
    recovery = UnicodeSetAttribute(null=True)


class LoginRow(AccountsTable):
    """Whose login this is; makes a login belong to one officer."""

    officer = UnicodeAttribute()


class MemberRow(AccountsTable):
    """That an officer is listed among an agency's people."""


class InvitationRow(AccountsTable):
    """A one-use link."""

    purpose = UnicodeAttribute()
    officer = UnicodeAttribute()
    generation = NumberAttribute()
    expires = NumberAttribute()


TABLES = (PersonRow, PasswordRow, FactorRow, LoginRow, MemberRow, InvitationRow)


def officer_key(officer: str) -> str:
    return f"officer#{officer}"


def login_key(login: str) -> str:
    return f"login#{digest(login)}"


def people_key(agency: str) -> str:
    return f"{agency}#people"


def invitation_key(invitation: str) -> str:
    return f"invitation#{invitation}"


class AccountStore:
    """Officers, their roles, their secrets and their invitations."""

    def get(self, officer: str) -> Officer:
        """One officer; NotFound `officer_unknown`."""
        row = read(lambda: PersonRow.get(officer_key(officer), OFFICER, consistent_read=True))
        if row is None:
            raise NotFound("officer_unknown")
        return _officer(row)

    def some(self, officers: Iterable[str]) -> list[Officer]:
        """Those of some officers that there are, a hundred in one call; as of a moment ago, for who needs their names."""
        keys = [(officer_key(officer), OFFICER) for officer in sorted(officers)]
        return [_officer(row) for row in many(PersonRow, keys)]

    def find_with_roles(self, officer: str) -> tuple[Officer, dict[str, Roles]] | None:
        """An officer and the roles by agency, in one read that leaves the secrets where they are."""
        wanted = PersonRow.sk <= OFFICER
        found = rows(lambda: PersonRow.query(officer_key(officer), wanted, consistent_read=True))
        roles = {row.sk.removeprefix(GRANT): _roles(row) for row in found if row.sk.startswith(GRANT)}
        return next(((_officer(row), roles) for row in found if row.sk == OFFICER), None)

    def find_by_login(self, login: str) -> Officer | None:
        """The officer with this login; an unknown one costs the same two reads."""
        row = read(lambda: LoginRow.get(login_key(login), "login", consistent_read=True))
        key = officer_key(row.officer if row else "nobody")
        held = read(lambda: PersonRow.get(key, OFFICER, consistent_read=True))
        return _officer(held) if held else None

    def roles(self, officer: str, agency: str) -> Roles:
        """The roles of an officer in an agency."""
        row = read(lambda: PersonRow.get(officer_key(officer), GRANT + agency, consistent_read=True))
        return _roles(row) if row else frozenset()

    def members(self, agency: str) -> list[Member]:
        """The people of an agency, oldest account first."""
        listed = rows(lambda: MemberRow.query(people_key(agency), consistent_read=True))
        keys = [(officer_key(row.sk), part) for row in listed for part in (OFFICER, GRANT + agency)]
        held = _many(keys)
        return [
            Member(_officer(held[pk, OFFICER]), _roles(held.get((pk, GRANT + agency))))
            for pk in (officer_key(row.sk) for row in listed)
            if (pk, OFFICER) in held
        ]

    def password(self, officer: str) -> str | None:
        """The hash of an officer's password, if one was chosen."""
        row = read(lambda: PasswordRow.get(officer_key(officer), PASSWORD, consistent_read=True))
        return row.hash if row else None

    def factor(self, officer: str) -> Factor | None:
        """An officer's second factor, if one is set up; the secret is still sealed."""
        row = read(lambda: FactorRow.get(officer_key(officer), FACTOR, consistent_read=True))
        return Factor(Personal(row.secret), int(row.last), frozenset(row.recovery or ())) if row else None

    def factors(self) -> list[tuple[str, Personal]]:
        """Every second factor that is set up: officer and sealed secret. Reads the whole table, so for operators."""
        found = rows(lambda: FactorRow.scan(FactorRow.sk == FACTOR, consistent_read=True))
        return [(row.pk.removeprefix(officer_key("")), Personal(row.secret)) for row in found]

    def invitation(self, invitation: str, now: datetime) -> Invitation | None:
        """A one-use link that was not used and has not ended."""
        row = read(lambda: InvitationRow.get(invitation_key(invitation), "invitation", consistent_read=True))
        if row is None or row.expires <= now.timestamp():
            return None
        ends = datetime.fromtimestamp(int(row.expires), UTC)
        return Invitation(invitation, Purpose(row.purpose), row.officer, int(row.generation), ends)

    # Writes, for one transaction.

    def added(self, officer: Officer) -> list[Write]:
        """A new officer under a login that nobody has."""
        row = PersonRow(officer_key(officer.id), OFFICER, **_held(officer))
        login = LoginRow(login_key(officer.login.reveal), "login", officer=officer.id)
        return [put_new(row, Conflict("officer_exists")), put_new(login, Conflict("login_taken"))]

    def changed(self, officer: Officer) -> Write:
        """An officer whose version is one more than the kept one's."""
        row = PersonRow(officer_key(officer.id), OFFICER)
        actions = [
            PersonRow.state.set(officer.state.value),
            PersonRow.generation.set(officer.generation),
            PersonRow.version.set(officer.version),
        ]
        return change(row, actions, PersonRow.version == officer.version - 1, Conflict("officer_changed_meanwhile"))

    def unchanged(self, officer: Officer) -> Write:
        """Goes through only while the officer is active and no session was ended meanwhile."""
        row = PersonRow(officer_key(officer.id), OFFICER)
        same = (PersonRow.state == State.ACTIVE.value) & (PersonRow.generation == officer.generation)
        return check(row, same, Refused("sign_in_refused"))

    def granted(self, officer: str, agency: str, roles: Roles, before: Roles) -> list[Write]:
        """Roles in one agency, when they are still as they were seen; a new member is listed."""
        meanwhile = Conflict("roles_changed_meanwhile")
        grant = PersonRow(officer_key(officer), GRANT + agency)
        seen = PersonRow.roles == _texts(before) if before else PersonRow.roles.does_not_exist()
        action = PersonRow.roles.set(_texts(roles)) if roles else PersonRow.roles.remove()
        listed = MemberRow(people_key(agency), officer)
        member = Write("put", listed, meanwhile)  # no condition: listed twice is listed
        return [change(grant, [action], seen, meanwhile), member]

    def with_password(self, officer: str, kept: str, before: str | None) -> Write:
        """A password hash in place of the one that was seen."""
        row = PasswordRow(officer_key(officer), PASSWORD)
        seen = PasswordRow.hash == before if before else PasswordRow.hash.does_not_exist()
        return change(row, [PasswordRow.hash.set(kept)], seen, Conflict("officer_changed_meanwhile"))

    def with_factor(self, officer: str, sealed: str, counter: int, recovery: Sequence[str]) -> Write:
        """A second factor where there is none."""
        row = FactorRow(officer_key(officer), FACTOR, secret=sealed, last=counter, recovery=set(recovery))
        return put_new(row, Conflict("officer_changed_meanwhile"))

    def without_factor(self, officer: str) -> Write:
        """No second factor where there is one."""
        row = FactorRow(officer_key(officer), FACTOR)
        return remove(row, FactorRow.pk.exists(), Conflict("officer_changed_meanwhile"))

    def counter_used(self, officer: str, sealed: str, counter: int, recovery: Sequence[str] = ()) -> Write:
        """A code spent: only while no code of this counter or a later one was; sealed anew under today's key.

        With `recovery`, these hashes stand in place of those of all recovery codes given before."""
        row = FactorRow(officer_key(officer), FACTOR)
        actions = [FactorRow.last.set(counter), FactorRow.secret.set(sealed)]
        actions += [FactorRow.recovery.set(set(recovery))] if recovery else []
        return change(row, actions, FactorRow.last < counter, Refused("code_refused"))

    def resealed(self, officer: str, sealed: str, seen: Personal) -> Write:
        """The same second factor under today's key, while it is as it was seen."""
        row = FactorRow(officer_key(officer), FACTOR)
        same = FactorRow.secret == seen.reveal
        return change(row, [FactorRow.secret.set(sealed)], same, Conflict("officer_changed_meanwhile"))

    def recovery_used(self, officer: str, code_hash: str) -> Write:
        """A recovery code spent, if it is still there."""
        row = FactorRow(officer_key(officer), FACTOR)
        there = FactorRow.recovery.contains(code_hash)
        return change(row, [FactorRow.recovery.delete({code_hash})], there, Refused("code_refused"))

    def invited(self, invitation: Invitation) -> Write:
        """A new one-use link."""
        row = InvitationRow(invitation_key(invitation.id), "invitation", purpose=invitation.purpose.value)
        row.officer, row.generation = invitation.officer, invitation.generation
        row.expires = int(invitation.ends.timestamp())
        return put_new(row, Conflict("invitation_exists"))

    def invitation_used(self, invitation: Invitation) -> Write:
        """The link is used up; the second of two at once is refused."""
        row = InvitationRow(invitation_key(invitation.id), "invitation")
        return remove(row, InvitationRow.pk.exists(), Refused("invitation_unknown"))


def _many(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], PersonRow]:
    found = many(PersonRow, list(keys), consistent=True)
    return {(row.pk, row.sk): row for row in found}


def _officer(row: PersonRow) -> Officer:
    return Officer(
        row.pk.removeprefix("officer#"),
        Personal(row.login),
        Personal(row.name),
        row.home,
        State(row.state),
        int(row.generation),
        int(row.version),
        from_iso(row.made),
    )


def _held(officer: Officer) -> dict[str, Any]:
    return {
        "login": officer.login.reveal,
        "name": officer.name.reveal,
        "home": officer.home,
        "state": officer.state.value,
        "generation": officer.generation,
        "version": officer.version,
        "made": iso(officer.made),
    }


def _roles(row: PersonRow | None) -> Roles:
    """Roles that this release knows; one it doesn't know permits nothing."""
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in (row.roles if row and row.roles else ()) if name in known)


def _texts(roles: Roles) -> set[str]:
    return {role.value for role in roles}
