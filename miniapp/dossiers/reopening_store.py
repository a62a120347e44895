"""Where it is kept that somebody asked for a second look at a dossier, and who answers. For `reopenings`; rows stay in here.

Questions: the requests of a dossier, in order · what an agency has to answer, what is due first first · how many of these are
due from one moment to before another · the newest answers of an agency, for who compares another one with them · who answers ·
what is to be noted or told yet.

Whoever asks may write under keys with `#again#` and nowhere else among dossiers: the request, its line in the agency's list,
and a mark for the clock, in one transaction. Who answers lies under another key, which citizens' pages only read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zlib import crc32

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import Write, put, put_new, read, remove, rows, tally
from miniapp.dossiers.reopening import LOOKS_MOST, Request, Senior, State
from miniapp.dossiers.rows import ReopeningAnswerRow, ReopeningLineRow, ReopeningMarkRow, ReopeningRow, SeniorsRow

SENIORS = "seniors"
PARTS = 4  # of marks: as many times the store's own limit of one key
PAGE_MOST = 100
LATELY = 50  # answers that another one is compared with


@dataclass(frozen=True, slots=True)
class Line:
    """A request as the list shows it."""

    code: str
    procedure_name: str
    number: int
    senior: Senior
    state: State
    due: datetime


@dataclass(frozen=True, slots=True)
class Seniors:
    """Who answers at an agency, and which version of that list this is."""

    people: tuple[Senior, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """That a request came to a state which is not noted or told yet."""

    at: str
    agency: str
    code: str
    number: int
    version: int


def request_key(agency: str, code: str) -> str:
    """The requests about a dossier."""
    return f"{agency}#again#asked#{code}"


def open_key(agency: str) -> str:
    """What an agency has to answer."""
    return f"{agency}#again#open"


def answers_key(agency: str) -> str:
    """What an agency answered, by moments."""
    return f"{agency}#again#answers"


def seniors_key(agency: str) -> str:
    """Who answers at an agency."""
    return f"{agency}#seniors"


class ReopeningStore:
    """Reads and conditional writes."""

    def of(self, agency: str, code: str) -> list[Request]:
        """The requests about a dossier, in order; each is asked for by itself, since citizens' pages list nothing."""
        found: list[Request] = []
        while len(found) < LOOKS_MOST and (held := self.find(agency, code, len(found) + 1)):
            found.append(held)
        return found

    def find(self, agency: str, code: str, number: int) -> Request | None:
        """One request as it is now."""
        key = request_key(agency, code)
        row = read(lambda: ReopeningRow.get(key, _number(number), consistent_read=True))
        return from_plain(Request, json.loads(row.body)) if row else None

    def lines(self, agency: str, after: str = "") -> tuple[list[Line], str]:
        """What an agency has to answer, and where the next ones begin; empty at the end."""
        key, behind = open_key(agency), ReopeningLineRow.sk > after if after else None
        found = rows(lambda: ReopeningLineRow.query(key, behind, limit=PAGE_MOST + 1, consistent_read=True))
        more = found[PAGE_MOST - 1].sk if len(found) > PAGE_MOST else ""
        return [from_plain(Line, json.loads(row.body)) for row in found[:PAGE_MOST]], more

    def count(self, agency: str, since: datetime | None, until: datetime, most: int) -> int:
        """How many have to be answered from one moment to before another; beyond `most`, one more than that."""
        place = ReopeningLineRow.sk.between(iso(since) if since else "0", iso(until))
        return tally(ReopeningLineRow, open_key(agency), place, most)

    def lately(self, agency: str) -> list[str]:
        """The texts of the newest answers."""
        key = answers_key(agency)
        found = rows(lambda: ReopeningAnswerRow.query(key, scan_index_forward=False, limit=LATELY))
        return [row.text for row in found]

    def seniors(self, agency: str) -> Seniors:
        """Who answers."""
        row = read(lambda: SeniorsRow.get(seniors_key(agency), SENIORS, consistent_read=True))
        return from_plain(Seniors, {**json.loads(row.body), "version": int(row.version)}) if row else Seniors()

    def marks(self) -> Iterator[Mark]:
        """What is not noted or told yet, oldest first in each part."""
        for part in range(PARTS):
            for row in rows(partial(ReopeningMarkRow.query, f"marks#again#{part}", consistent_read=True)):
                at, agency, code, number, version = row.sk.split("#")
                yield Mark(at, agency, code, int(number), int(version))

    # Writes, for one transaction.

    def added(self, request: Request) -> list[Write]:
        """The writes of a new request; Conflict `reopening_asked` where somebody asked meanwhile."""
        faster = Conflict("reopening_asked")
        return [put_new(_row(request), faster), put_new(_line(request), faster), put_new(_mark(request), faster)]

    def changed(self, before: Request, after: Request) -> list[Write]:
        """The writes of a decision; Conflict `reopening_changed` where somebody was faster."""
        faster, there = Conflict("reopening_changed"), ReopeningLineRow.pk.exists()
        writes = [put(_row(after), ReopeningRow.version == before.version, faster), put_new(_mark(after), faster)]
        old, said = _line(before), after.decided[-1]
        answer = ReopeningAnswerRow(answers_key(after.agency), f"{iso(said.at)}#{_place(after)}", text=said.text)
        writes.append(put_new(answer, faster))
        if not after.is_open:
            return [*writes, remove(old, there, faster)]
        new = _line(after)
        if old.sk == new.sk:
            return [*writes, put(new, there, faster)]
        return [*writes, remove(old, there, faster), put_new(new, faster)]

    def with_seniors(self, agency: str, before: Seniors, people: Sequence[Senior]) -> Write:
        """The write of another list of who answers; Conflict `seniors_changed` where somebody was faster."""
        row = SeniorsRow(seniors_key(agency), SENIORS, version=before.version + 1)
        row.body = json.dumps({"people": to_plain(tuple(people))}, ensure_ascii=False)
        faster = Conflict("seniors_changed")
        return put(row, SeniorsRow.version == before.version, faster) if before.version else put_new(row, faster)

    def done(self, mark: Mark) -> Write:
        """The write that something is noted or told; Conflict `reopening_noted` where another clock was faster."""
        there: Any = ReopeningMarkRow.pk.exists()
        return remove(ReopeningMarkRow(*_mark_place(mark)), there, Conflict("reopening_noted"))


def _number(number: int) -> str:
    return f"{number:02}"


def _place(request: Request) -> str:
    return f"{request.code}#{request.number}#{request.version}"


def _body(value: object) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def _row(request: Request) -> ReopeningRow:
    key = request_key(request.agency, request.code)
    return ReopeningRow(key, _number(request.number), version=request.version, body=_body(request))


def _line(request: Request) -> ReopeningLineRow:
    if request.due is None:
        raise ValueError("what is listed has a due moment")
    line = Line(request.code, request.procedure_name, request.number, request.senior, request.state, request.due)
    key = open_key(request.agency)
    return ReopeningLineRow(key, f"{iso(request.due)}#{request.code}#{request.number}", body=_body(line))


def _mark(request: Request) -> ReopeningMarkRow:
    at = request.decided[-1].at if request.decided else request.asked_at
    mark = Mark(iso(at), request.agency, request.code, request.number, request.version)
    return ReopeningMarkRow(*_mark_place(mark))


def _mark_place(mark: Mark) -> tuple[str, str]:
    part = crc32(f"{mark.agency}#{mark.code}".encode()) % PARTS
    return f"marks#again#{part}", f"{mark.at}#{mark.agency}#{mark.code}#{mark.number}#{mark.version}"
