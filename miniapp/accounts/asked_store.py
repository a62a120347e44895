"""Questions: what is asked in an agency · one of these · what is asked in the agencies right below one.

For the services of this slice. Reads are strongly consistent; what has ended is not given, for the store removes it
late. It gives conditional writes for one transaction."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from miniapp.accounts.access import Role, Roles
from miniapp.accounts.asked import Act, Asked
from miniapp.accounts.store import GRANT, AccountsTable, PersonRow, officer_key
from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.personal import Personal
from miniapp.core.tables import Write, check, put, read, remove, rows


class AskedRow(AccountsTable):
    """An act that waits for a second person."""

    id = UnicodeAttribute()
    act = UnicodeAttribute()
    login = UnicodeAttribute()
    name = UnicodeAttribute()
    roles = UnicodeSetAttribute(null=True)
    before = UnicodeSetAttribute(null=True)
    by = UnicodeAttribute()
    at = UnicodeAttribute()
    expires = NumberAttribute()


class AskedBelowRow(AccountsTable):
    """That something is asked in an agency below; says nothing of what it is."""

    agency = UnicodeAttribute()
    officer = UnicodeAttribute()
    expires = NumberAttribute()


TABLES = (AskedRow, AskedBelowRow)


def asked_key(agency: str) -> str:
    return f"{agency}#asked"


def below_key(parent: str) -> str:
    return f"{parent}#asked_below"


class AskedStore:
    """What waits for a second person."""

    def find(self, agency: str, officer: str, now: datetime) -> Asked | None:
        """What is asked about an officer in an agency."""
        row = read(lambda: AskedRow.get(asked_key(agency), officer, consistent_read=True))
        return _asked(row) if row is not None and row.expires > now.timestamp() else None

    def of(self, agency: str, now: datetime) -> list[Asked]:
        """All that is asked in an agency, the oldest first."""
        found = rows(lambda: AskedRow.query(asked_key(agency), consistent_read=True))
        held = [_asked(row) for row in found if row.expires > now.timestamp()]
        return sorted(held, key=lambda asked: (asked.at, asked.id))

    def below(self, parent: str, now: datetime) -> list[Asked]:
        """All that is asked in the agencies right below one."""
        found = rows(lambda: AskedBelowRow.query(below_key(parent), consistent_read=True))
        held = [self.find(row.agency, row.officer, now) for row in found if row.expires > now.timestamp()]
        return sorted((asked for asked in held if asked), key=lambda asked: (asked.at, asked.id))

    def added(self, asked: Asked, parent: str) -> list[Write]:
        """Something asked where nothing is, or where it has ended."""
        row = AskedRow(asked_key(asked.agency), asked.officer, id=asked.id, act=asked.act.value, by=asked.by)
        row.login, row.name, row.at = asked.login.reveal, asked.name.reveal, iso(asked.at)
        row.roles, row.before = _texts(asked.roles), _texts(asked.before)
        row.expires = int(asked.ends.timestamp())
        free = AskedRow.pk.does_not_exist() | (AskedRow.expires <= int(asked.at.timestamp()))
        writes = [put(row, free, Conflict("asked_already"))]
        if parent:
            listed = AskedBelowRow(below_key(parent), f"{asked.agency}#{asked.officer}", agency=asked.agency)
            listed.officer, listed.expires = asked.officer, row.expires
            writes.append(Write("put", listed, Conflict("asked_already")))  # no condition: listed twice is listed
        return writes

    def removed(self, asked: Asked) -> Write:
        """This very thing is asked no more; of two at once the second is refused. A listing above ends by itself."""
        row = AskedRow(asked_key(asked.agency), asked.officer)
        return remove(row, AskedRow.id == asked.id, Conflict("asked_no_more"))

    def still_admin(self, asked: Asked) -> Write:
        """Goes through only while who asked may ask for it."""
        grant = PersonRow(officer_key(asked.by), GRANT + asked.agency)
        return check(grant, PersonRow.roles.contains(Role.AGENCY_ADMIN.value), Conflict("asker_left"))


def _asked(row: AskedRow) -> Asked:
    return Asked(
        row.id,
        row.pk.rpartition("#")[0],
        Act(row.act),
        row.sk,
        Personal(row.login),
        Personal(row.name),
        _roles(row.roles),
        _roles(row.before),
        row.by,
        from_iso(row.at),
        datetime.fromtimestamp(int(row.expires), UTC),
    )


def _roles(names: set[str] | None) -> Roles:
    return frozenset(Role(name) for name in names or ())


def _texts(roles: Roles) -> set[str] | None:
    return {role.value for role in roles} or None
