"""Who keeps a dossier among their things, and wants to hear of it. For `keeping` and `telling`; rows stay in here.

Questions: who keeps a dossier · what a person keeps · whether a person keeps a dossier.

A row under the dossier says it all; a mark under the person finds it again for `/toi`. Both come and go together."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miniapp.core.errors import Conflict, NotFound
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import put, put_new, read, remove, rows, transact
from miniapp.dossiers.rows import KeeperRow

KEPT_MOST = 30  # dossiers of one person
KEEPERS_MOST = 20  # people of one dossier: a family, and whoever helps


@dataclass(frozen=True)
class Keeper:
    """A person who keeps a dossier. `heard`: the version up to which nothing is to be told any more."""

    agency: str
    code: str
    user: str
    made_at: datetime
    language: str = "vi"
    is_told: bool = False
    heard: int = 0


def keepers_key(agency: str, code: str) -> str:
    """Who keeps a dossier."""
    return f"{agency}#{code}#keepers"


def person_key(user: str) -> str:
    """What a person keeps."""
    return f"dossiers-of#{user}"


class KeeperStore:
    """Reads and conditional writes."""

    def find(self, agency: str, code: str, user: str) -> Keeper | None:
        """A person as keeper of a dossier."""
        row = read(lambda: KeeperRow.get(keepers_key(agency, code), user, consistent_read=True))
        return _read(row) if row else None

    def of_dossier(self, agency: str, code: str) -> list[Keeper]:
        """Who keeps a dossier."""
        key = keepers_key(agency, code)
        return [_read(row) for row in rows(lambda: KeeperRow.query(key, consistent_read=True))]

    def of_person(self, user: str) -> list[Keeper]:
        """What a person keeps, newest first."""
        marks = rows(lambda: KeeperRow.query(person_key(user), consistent_read=True))
        places = [mark.sk.partition("#")[::2] for mark in marks]
        found = [self.find(agency, code, user) for agency, code in places]
        return sorted((one for one in found if one), key=lambda one: one.made_at, reverse=True)

    def add(self, keeper: Keeper) -> None:
        """Another keeper; one who keeps it already stays as they are."""
        kept = Conflict("dossier_kept_already")
        try:
            transact(put_new(_row(keeper), kept), put(_mark(keeper), _always(), kept))
        except Conflict as conflict:
            if conflict.code != kept.code:
                raise

    def change(self, keeper: Keeper) -> None:
        """A keeper otherwise than before; NotFound `kept_dossier_unknown` where they keep it no more."""
        there: Any = KeeperRow.pk.exists()
        put(_row(keeper), there, NotFound("kept_dossier_unknown")).alone()

    def drop(self, keeper: Keeper) -> None:
        """No keeper any more; once more is fine."""
        gone = Conflict("dossier_kept_already")
        row, mark = _row(keeper), _mark(keeper)
        transact(remove(row, _always(), gone), remove(mark, _always(), gone))


def _row(keeper: Keeper) -> KeeperRow:
    return KeeperRow(keepers_key(keeper.agency, keeper.code), keeper.user, body=json.dumps(to_plain(keeper)))


def _mark(keeper: Keeper) -> KeeperRow:
    return KeeperRow(person_key(keeper.user), f"{keeper.agency}#{keeper.code}")


def _read(row: KeeperRow) -> Keeper:
    return from_plain(Keeper, json.loads(row.body))


def _always() -> Any:
    return KeeperRow.pk.exists() | KeeperRow.pk.does_not_exist()
