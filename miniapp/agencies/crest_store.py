"""Questions: the logo that an agency sent last, and what became of it (one read) · which logos may still wait (one query).

One row an agency: `pk` = its id, `sk` = `crest`. A newer upload replaces it, so an older note finds nothing to do. Beside
it a mark that it waits, written with it; who looks for what was lost takes marks away that hold no more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from miniapp.agencies.store import AgenciesTable
from miniapp.core.errors import Conflict
from miniapp.core.tables import Write, change, put, read, remove, rows, transact

CREST = "crest"
MARKS = "crests#"  # not an address, so no agency can be it


class State(StrEnum):
    """What became of a file."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"


class CrestRow(AgenciesTable):
    """The last file sent."""

    sk = UnicodeAttribute(range_key=True, default=CREST)
    upload = UnicodeAttribute()
    state = UnicodeAttribute()
    code = UnicodeAttribute(default="")
    by = UnicodeAttribute()
    at = UnicodeAttribute()


class CrestMarkRow(AgenciesTable):
    """That an agency's logo waits, and how often the worker was called again."""

    sk = UnicodeAttribute(range_key=True)
    upload = UnicodeAttribute()
    at = UnicodeAttribute()
    calls = NumberAttribute(default=0)


TABLES = (CrestRow, CrestMarkRow)


@dataclass(frozen=True)
class Waiting:
    """A logo that may still wait."""

    agency: str
    upload: str
    at: datetime
    calls: int


@dataclass(frozen=True)
class Sent:
    """A file that was sent: its id, state, the code of what is wrong with it, who sent it, when."""

    upload: str
    state: State
    code: str
    by: str
    at: str


class CrestStore:
    """The rows."""

    def sent(self, agency: str) -> Sent | None:
        """The last file."""
        row = read(lambda: CrestRow.get(agency, CREST, consistent_read=True))
        return Sent(row.upload, State(row.state), row.code, row.by, row.at) if row else None

    def begin(self, agency: str, sent: Sent) -> None:
        """Take a file; the same one again changes nothing."""
        other = CrestRow.pk.does_not_exist() | (CrestRow.upload != sent.upload)
        mark = CrestMarkRow(MARKS, agency, upload=sent.upload, at=sent.at)
        always = CrestMarkRow.pk.exists() | CrestMarkRow.pk.does_not_exist()
        try:
            transact(
                put(_row(agency, sent), other, Conflict("crest_taken")), put(mark, always, Conflict("crest_taken"))
            )
        except Conflict:
            return

    def waiting(self) -> list[Waiting]:
        """Every mark that a logo waits; some hold no more."""
        found = rows(lambda: CrestMarkRow.query(MARKS, consistent_read=True))
        return [Waiting(str(row.sk), row.upload, datetime.fromisoformat(row.at), int(row.calls)) for row in found]

    def called(self, waiting: Waiting) -> None:
        """The worker was called once more."""
        self._marked(change, waiting, [CrestMarkRow.calls.set(waiting.calls + 1)])

    def waits_no_more(self, waiting: Waiting) -> None:
        """Take a mark away that holds no more."""
        self._marked(remove, waiting)

    @staticmethod
    def _marked(write: Callable[..., Write], waiting: Waiting, *actions: Any) -> None:
        """Write a mark, unless it is that of another logo by now."""
        mark = CrestMarkRow(MARKS, waiting.agency)
        try:
            write(mark, *actions, CrestMarkRow.upload == waiting.upload, Conflict("crest_replaced")).alone()
        except Conflict:
            return

    def refuse(self, agency: str, sent: Sent, code: str) -> None:
        """Keep why a file was refused, unless another came meanwhile."""
        actions = [CrestRow.state.set(State.REFUSED.value), CrestRow.code.set(code)]
        try:
            change(_row(agency, sent), actions, _is(sent), Conflict("crest_replaced")).alone()
        except Conflict:
            return

    def done(self, agency: str, sent: Sent) -> Write:
        """The write that goes with the agency's new logo; Conflict `crest_replaced` when another came meanwhile."""
        return change(
            _row(agency, sent), [CrestRow.state.set(State.SHOWN.value)], _is(sent), Conflict("crest_replaced")
        )


def _is(sent: Sent) -> Condition:
    waiting: Condition = CrestRow.state == State.WAITING.value
    found: Condition = waiting & (CrestRow.upload == sent.upload)
    return found


def _row(agency: str, sent: Sent) -> CrestRow:
    return CrestRow(agency, upload=sent.upload, state=sent.state.value, code=sent.code, by=sent.by, at=sent.at)
