"""What erasing must remember: for which release it is done, which builds with hashes wait to be deleted.

Questions: is a release's erasing done · the builds of an exam that wait to be deleted."""

import json
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import Write, put, read, remove, rows
from miniapp.exam_scores.model import Exam
from miniapp.exam_scores.store import ExamScoresTable, Manifest

WAITS = "erasing#"


@dataclass(frozen=True)
class Replaced:
    """A build with hashes that nothing points to any more, since when, and how many hashes it holds."""

    manifest: Manifest
    edition: str
    since: datetime


class ErasureRow(ExamScoresTable):
    """A build that waits to be deleted, or that erasing is done for a release."""

    body = UnicodeAttribute(default="{}")


TABLES = [ErasureRow]


class ErasureStore:
    """Reads, and writes for the transactions of `erasing`."""

    def is_done(self, exam: Exam, release_at: datetime) -> bool:
        """Whether everything of a release was erased."""
        return read(lambda: ErasureRow.get(_key(exam), f"erased#{iso(release_at)}", consistent_read=True)) is not None

    @staticmethod
    def done(exam: Exam, release_at: datetime) -> Write:
        """Erasing is done for a release."""
        return put(ErasureRow(_key(exam), f"erased#{iso(release_at)}"), *_always())

    @staticmethod
    def replacing(exam: Exam, replaced: Replaced) -> Write:
        """A build that must be deleted once no process reads it."""
        body = json.dumps(to_plain(replaced))
        return put(ErasureRow(_key(exam), f"{WAITS}{replaced.manifest.build}", body=body), *_always())

    @staticmethod
    def deleted(exam: Exam, replaced: Replaced) -> Write:
        """It has been deleted."""
        return remove(ErasureRow(_key(exam), f"{WAITS}{replaced.manifest.build}"), *_always())

    def replaced(self, exam: Exam) -> list[Replaced]:
        """The builds that wait to be deleted."""
        key = _key(exam)
        found = rows(lambda: ErasureRow.query(key, ErasureRow.sk.startswith(WAITS), consistent_read=True))
        return [from_plain(Replaced, json.loads(row.body)) for row in found]


def _key(exam: Exam) -> str:
    return f"{exam.agency}#{exam.slug}"


def _always() -> tuple[Condition, Conflict]:
    return ErasureRow.pk.exists() | ErasureRow.pk.does_not_exist(), Conflict("exam_changed_meanwhile")
