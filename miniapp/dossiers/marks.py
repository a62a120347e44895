"""Marks beside dossiers: what the clock has to look at and what has to be told, found without looking through dossiers.

For the store, which writes them in the transactions of moves, for `sweeping` and for `telling`; rows stay in here.

Questions: which agencies have dossiers · of an agency, which deadlines for papers are over, or fall into a time · what
has happened and is not told yet, oldest first.

A deadline is marked while something is missing: who brought everything is not stopped for a move that an officer has
yet to make. News lie in parts, since the whole country's lie together."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zlib import crc32

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import Write, put, put_new, remove, rows
from miniapp.dossiers.events import Event, Happened
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.rows import DeadlineRow, NewsRow, SweptRow
from miniapp.dossiers.states import Status

AGENCIES = "agencies"
PARTS = 8
# What whoever keeps a dossier wants to hear; what an agency does within itself is not among it.
TOLD = frozenset(Happened) - {Happened.FILED, Happened.TAKEN_UP, Happened.HANDED_ON, Happened.PAPER_GIVEN}


@dataclass(frozen=True)
class Swept:
    """How far an agency's dossiers are counted anew: by the calendar with this mark, from this place of a shelf on.

    `rounds`: how often all were gone through with it."""

    agency: str
    calendar: str = ""
    rounds: int = 0
    shelf: Shelf = Shelf.RUNNING
    after: str = ""
    version: int = 0


@dataclass(frozen=True)
class News:
    """That a dossier came to a version which is not told of yet."""

    agency: str
    code: str
    version: int
    at: str  # as it is written in the mark


def deadlines_key(agency: str) -> str:
    """Where the deadlines of an agency's requests lie."""
    return f"{agency}#deadlines"


def deadline_moved(before: Dossier | None, after: Dossier) -> list[Write]:
    """The writes that keep a dossier's mark where its deadline is; of what changes nothing, none."""
    old, new = _deadline(before) if before else "", _deadline(after)
    if old == new:
        return []
    faster, key = Conflict("dossier_changed", dossier=str(after.code)), deadlines_key(after.agency)
    gone = [remove(DeadlineRow(key, old), _always(DeadlineRow), faster)] if old else []
    return [*gone, *([put(DeadlineRow(key, new), _always(DeadlineRow), faster)] if new else [])]


def news(after: Dossier, events: Sequence[Event]) -> list[Write]:
    """The writes that let events be told."""
    faster = Conflict("dossier_changed", dossier=str(after.code))
    found = [News(after.agency, str(after.code), one.version, iso(one.at)) for one in events if one.what in TOLD]
    return [put_new(NewsRow(*_news_place(one)), faster) for one in found]


class Marks:
    """Reads, and writes that belong to no move."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def remember(self, agency: str) -> None:
        """That an agency has dossiers, before its first one is there; each process says it once."""
        if agency not in self._known:
            with suppress(Conflict):
                put_new(SweptRow(AGENCIES, agency), Conflict("dossier_sweep_outrun")).alone()
            self._known.add(agency)

    def agencies(self) -> list[Swept]:
        """Every agency that has dossiers."""
        found = rows(lambda: SweptRow.query(AGENCIES, consistent_read=True))
        return [from_plain(Swept, {"agency": row.sk, **json.loads(row.body)}) for row in found]

    def keep(self, held: Swept) -> Swept:
        """How far it is now; Conflict `dossier_sweep_outrun` where another sweep is further."""
        after = replace(held, version=held.version + 1)
        row = SweptRow(AGENCIES, held.agency, version=after.version, body=json.dumps(to_plain(after)))
        put(row, SweptRow.version == held.version, Conflict("dossier_sweep_outrun")).alone()
        return after

    def deadlines(self, agency: str, since: datetime | None, until: datetime, most: int, after: str = "") -> list[str]:
        """Places of deadlines in a time, earliest first, behind one of them."""
        first, last = after or (iso(since) if since else "0"), f"{iso(until)}$"
        key, place = deadlines_key(agency), DeadlineRow.sk.between(first, last)
        found = rows(lambda: DeadlineRow.query(key, place, limit=most + 1, consistent_read=True))
        return [row.sk for row in found if row.sk != after][:most]

    def news(self) -> Iterator[News]:
        """What is not told yet."""
        for part in range(PARTS):
            for row in rows(partial(NewsRow.query, f"news#{part}")):
                at, agency, code, version = row.sk.split("#")
                yield News(agency, code, int(version), at)

    def told(self, one: News) -> None:
        """That something is told: nothing more is to be done for it."""
        remove(NewsRow(*_news_place(one)), _always(NewsRow), Conflict("dossier_changed", dossier=one.code)).alone()


def code_at(place: str) -> str:
    """The code of the dossier whose deadline lies at a place."""
    return place.partition("#")[2]


def _deadline(dossier: Dossier) -> str:
    asked = dossier.supplement
    if dossier.status is not Status.SUPPLEMENT or asked is None or not asked.missing:
        return ""
    return f"{iso(asked.deadline)}#{dossier.code}"


def _news_place(one: News) -> tuple[str, str]:
    part = crc32(f"{one.agency}#{one.code}".encode()) % PARTS
    return f"news#{part}", f"{one.at}#{one.agency}#{one.code}#{one.version}"


def _always(kind: Any) -> Any:
    return kind.pk.exists() | kind.pk.does_not_exist()
