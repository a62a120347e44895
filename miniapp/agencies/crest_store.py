"""Questions: the logo that an agency sent last, and what became of it (one read).

One row an agency: `pk` = its id, `sk` = `crest`. A newer upload replaces it, so an older note finds nothing to do."""

from dataclasses import dataclass
from enum import StrEnum

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from miniapp.agencies.store import AgenciesTable
from miniapp.core.errors import Conflict
from miniapp.core.tables import Write, change, put, read

CREST = "crest"


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


TABLES = (CrestRow,)


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
        try:
            put(_row(agency, sent), other, Conflict("crest_taken")).alone()
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
