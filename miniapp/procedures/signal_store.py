"""Where it is kept what citizens said of procedures and searches. For `signals`; rows stay in here.

Questions: everything that was said of an agency's procedures in a week. A row is one address's word on one thing and one
day; said again it replaces the first, so a repeated request changes nothing. Rows expire by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, put, rows

WEEK_MOST = 5_000  # rows of a week that are read; beyond it the figures are of these


class SignalRow(SortedTable):
    """What was said."""

    class Meta:
        table_name = "procedure_signals"

    code = UnicodeAttribute(default="")
    question = UnicodeAttribute(default="")
    helped = BooleanAttribute(default=False)
    reason = UnicodeAttribute(default="")
    at = UnicodeAttribute()
    expires = NumberAttribute()


TABLES: tuple[type[SortedTable], ...] = (SignalRow,)


@dataclass(frozen=True)
class Signal:
    """One thing that was said."""

    kind: str
    code: str = ""
    question: str = ""
    helped: bool = False
    reason: str = ""


class SignalStore:
    """Rows of this slice."""

    def put(self, agency: str, week: str, key: str, told: Signal, at: str, until: int) -> None:
        """Keep a word; one that was given before under this key is replaced unless it is newer."""
        row = SignalRow(f"{agency}#{week}", key, code=told.code, question=told.question, reason=told.reason)
        row.helped, row.at, row.expires = told.helped, at, until
        newest = SignalRow.pk.does_not_exist() | (SignalRow.at <= at)
        try:
            put(row, newest, Conflict("signal_newer")).alone()
        except Conflict:
            return  # what came later was said already

    def of(self, agency: str, week: str) -> Sequence[Signal]:
        """Everything of a week."""
        found = rows(lambda: SignalRow.query(f"{agency}#{week}", limit=WEEK_MOST))
        return [Signal(row.sk.partition("#")[0], row.code, row.question, bool(row.helped), row.reason) for row in found]
