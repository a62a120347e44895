"""Where "tell me" registrations are kept, and how far each round of telling is. For `telling`; rows stay in here.

Questions: one person's registration for an exam · all of one person · the next registrations of a round · how far a
round is · delete all of an exam.

One row per person and exam holds all his numbers (sealed: a reader of the table learns none), so the limit of numbers
is a condition on one row. Rows are spread over parts, since a whole province registers in one evening. A mark under the
person alone finds them again for `/toi`."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import put, put_new, read, remove, rows, transact
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.store import ExamScoresTable

PARTS = 16
CHANGED = Conflict("registration_changed_meanwhile")


@dataclass(frozen=True)
class Registration:
    """One person waits for one exam. `numbers` are sealed candidate numbers."""

    agency: str
    slug: str
    user: str
    made_at: datetime
    language: str = "vi"
    numbers: tuple[str, ...] = field(default=(), repr=False)
    told_at: datetime | None = None
    corrected: int = 0  # place of the newest correction in the exam's history that the person heard of
    version: int = 0


@dataclass(frozen=True)
class Round:
    """How far telling is for one release: the part being read, the last person done in it, how many were told."""

    release_at: datetime
    beat_at: datetime
    part: int = 0
    after: str = ""
    told: int = 0
    done: bool = False
    version: int = 0


class TellingRow(ExamScoresTable):
    """A registration, the mark of one, or a round."""

    version = NumberAttribute(default=0)
    body = UnicodeAttribute(default="{}")


TABLES = [TellingRow]


def part_key(agency: str, slug: str, part: int) -> str:
    """Where the registrations of one part lie."""
    return f"{agency}#{slug}#tell#{part}"


def person_key(user: str) -> str:
    """Where the marks of a person's registrations lie, agency first."""
    return f"tell-me#{user}"


class TellingStore:
    """Reads and conditional writes."""

    def find(self, agency: str, slug: str, user: str) -> Registration | None:
        """One person's registration."""
        row = read(lambda: TellingRow.get(*_place(agency, slug, user), consistent_read=True))
        return _read(Registration, row) if row is not None else None

    def keep(self, held: Registration) -> None:
        """A registration new or changed since the version before; Conflict `registration_changed_meanwhile`."""
        pk, sk = _place(held.agency, held.slug, held.user)
        row = TellingRow(pk, sk, version=held.version, body=_body(held))
        mark = TellingRow(person_key(held.user), f"{held.agency}#{held.slug}")
        if held.version == 1:
            always = TellingRow.pk.exists() | TellingRow.pk.does_not_exist()
            transact(put_new(row, CHANGED), put(mark, always, CHANGED))
        else:
            put(row, TellingRow.version == held.version - 1, CHANGED).alone()

    def drop(self, held: Registration) -> bool:
        """Delete a registration as it was read; False when it changed or went meanwhile."""
        row = TellingRow(*_place(held.agency, held.slug, held.user))
        mark = TellingRow(person_key(held.user), f"{held.agency}#{held.slug}")
        always = TellingRow.pk.exists() | TellingRow.pk.does_not_exist()
        try:
            transact(remove(row, TellingRow.version == held.version, CHANGED), remove(mark, always, CHANGED))
        except Conflict:
            return False
        return True

    def of(self, user: str) -> list[Registration]:
        """All registrations of a person."""
        marks = rows(lambda: TellingRow.query(person_key(user), consistent_read=True))
        places = [mark.sk.partition("#")[::2] for mark in marks]
        found = (self.find(agency, slug, user) for agency, slug in places)
        return [held for held in found if held is not None]

    def page(self, exam: Exam, part: int, after: str, most: int) -> list[Registration]:
        """Up to `most` registrations of one part, behind a person."""
        key = part_key(exam.agency, exam.slug, part)
        behind = (TellingRow.sk > after) if after else None
        found = rows(lambda: TellingRow.query(key, behind, limit=most, consistent_read=True))
        return [_read(Registration, row) for row in found]

    def round(self, exam: Exam, release_at: datetime) -> Round | None:
        """How far the round of a release is; None before it began."""
        pk, sk = _round_place(exam, release_at)
        row = read(lambda: TellingRow.get(pk, sk, consistent_read=True))
        return _read(Round, row) if row is not None else None

    def keep_round(self, exam: Exam, held: Round) -> Round:
        """A round begun or gone on since the version before; Conflict `round_changed_meanwhile`."""
        after = replace(held, version=held.version + 1)
        row = TellingRow(*_round_place(exam, held.release_at), version=after.version, body=_body(after))
        taken = Conflict("round_changed_meanwhile")
        if held.version == 0:
            put_new(row, taken).alone()
        else:
            put(row, TellingRow.version == held.version, taken).alone()
        return after


def _place(agency: str, slug: str, user: str) -> tuple[str, str]:
    return part_key(agency, slug, crc32(user.encode()) % PARTS), user


def _round_place(exam: Exam, release_at: datetime) -> tuple[str, str]:
    return f"{exam.agency}#{exam.slug}", f"telling#{iso(release_at)}"


def _body(held: Any) -> str:
    return json.dumps(to_plain(held))


def _read(kind: type[Any], row: TellingRow) -> Any:
    return from_plain(kind, json.loads(row.body))
