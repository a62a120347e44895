"""Questions: one key of an agency · all of them.

For `machine_keys`. An agency's keys lie together; a key is found by what its holder shows, which names both. Reads are
strongly consistent: what was revoked a moment ago opens nothing. It gives conditional writes for one transaction."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from miniapp.accounts.machine_key import MachineKey, Scope
from miniapp.accounts.store import AccountsTable
from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import Write, change, put_new, read, rows

KEY = "machine_key#"


class MachineKeyRow(AccountsTable):
    """A key by which another system of an agency comes in; of its secret a digest."""

    name = UnicodeAttribute()
    scopes = UnicodeSetAttribute()
    digest = UnicodeAttribute()
    made = UnicodeAttribute()
    made_by = UnicodeAttribute()
    ends = UnicodeAttribute()
    used_on = UnicodeAttribute(default="")
    revoked = UnicodeAttribute(default="")


TABLES = (MachineKeyRow,)


def keys_key(agency: str) -> str:
    """An agency's keys."""
    return f"machine_keys#{agency}"


class MachineKeyStore:
    """Reads and conditional writes of keys."""

    def find(self, agency: str, id: str) -> MachineKey | None:
        """A key as it is now."""
        row = read(lambda: MachineKeyRow.get(keys_key(agency), KEY + id, consistent_read=True))
        return _key(row, agency) if row else None

    def of(self, agency: str) -> list[MachineKey]:
        """All keys of an agency, oldest first."""
        held = rows(
            lambda: MachineKeyRow.query(keys_key(agency), MachineKeyRow.sk.startswith(KEY), consistent_read=True)
        )
        return [_key(row, agency) for row in held]

    # Writes, for one transaction.

    def added(self, key: MachineKey) -> Write:
        """The write of a new key."""
        row = MachineKeyRow(
            keys_key(key.agency),
            KEY + key.id,
            name=key.name,
            scopes={scope.value for scope in key.scopes},
            digest=key.digest,
            made=iso(key.made),
            made_by=key.made_by,
            ends=iso(key.ends),
        )
        return put_new(row, Conflict("machine_key_exists"))

    def revoked(self, key: MachineKey, at: datetime) -> Write:
        """The write that ends a key; Conflict `machine_key_revoked_already`."""
        row = MachineKeyRow(keys_key(key.agency), KEY + key.id)
        held = MachineKeyRow.pk.exists() & (MachineKeyRow.revoked == "")
        return change(row, [MachineKeyRow.revoked.set(iso(at))], held, Conflict("machine_key_revoked_already"))

    def used(self, key: MachineKey, day: str) -> Write:
        """The write that remembers the day of its last use; Conflict `machine_key_noted_already`."""
        row = MachineKeyRow(keys_key(key.agency), KEY + key.id)
        held = MachineKeyRow.pk.exists() & (MachineKeyRow.used_on < day)
        return change(row, [MachineKeyRow.used_on.set(day)], held, Conflict("machine_key_noted_already"))


def _key(row: MachineKeyRow, agency: str) -> MachineKey:
    return MachineKey(
        id=row.sk.removeprefix(KEY),
        agency=agency,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        digest=row.digest,
        made=from_iso(row.made),
        made_by=row.made_by,
        ends=from_iso(row.ends),
        used_on=row.used_on,
        revoked=from_iso(row.revoked) if row.revoked else None,
    )
