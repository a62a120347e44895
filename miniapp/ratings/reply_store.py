"""Where it is kept what an agency answered to what people wrote on ballots. For `comments`; rows stay in here.

Questions: the answers to some ballots, in order · the newest answers of an agency, for who compares another one with them.

An answer lies under its ballot's id, numbered, and once more among the agency's answers by its moment. Both are written
in one transaction, only as the next number after those that were seen, and never changed or taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from miniapp.core.clock import from_iso, iso
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, many, put_new, rows
from miniapp.ratings.store import RatingsTable

REPLIES_MOST = 3  # to one ballot: an answer and what was forgotten in it, no conversation
LATELY = 50  # answers that another one is compared with


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of an agency. `key` names the form that it was sent with, so that it is sent once."""

    ballot: str
    number: int
    by: str
    at: datetime
    key: str
    text: str = field(repr=False)


class ReplyRow(RatingsTable):
    """One answer, under its ballot or among its agency's."""

    ballot = UnicodeAttribute()
    by = UnicodeAttribute()
    at = UnicodeAttribute()
    key = UnicodeAttribute()
    text = UnicodeAttribute()


TABLES: tuple[type[SortedTable], ...] = (ReplyRow,)


def ballot_key(agency: str, ballot: str) -> str:
    """The answers to a ballot."""
    return f"{agency}#replies#{ballot}"


def agency_key(agency: str) -> str:
    """The answers of an agency, by their moments."""
    return f"{agency}#replies"


class ReplyStore:
    """Answers, read and added."""

    def of(self, agency: str, ballots: Sequence[str]) -> dict[str, list[Reply]]:
        """The answers to some ballots, each one's in order."""
        keys = [(ballot_key(agency, ballot), _number(at)) for ballot in ballots for at in range(1, REPLIES_MOST + 1)]
        found: dict[str, list[Reply]] = {ballot: [] for ballot in ballots}
        for row in sorted(many(ReplyRow, keys, consistent=True), key=lambda row: str(row.sk)):
            found[row.ballot].append(_reply(row, int(row.sk)))
        return found

    def lately(self, agency: str) -> list[str]:
        """The texts of the newest answers of an agency."""
        key = agency_key(agency)
        found = rows(lambda: ReplyRow.query(key, scan_index_forward=False, limit=LATELY))
        return [row.text for row in found]

    def added(self, agency: str, reply: Reply) -> list[Write]:
        """The writes of a new answer; Conflict `rating_answered` when somebody was faster."""
        faster = Conflict("rating_answered")
        return [
            put_new(_row(ballot_key(agency, reply.ballot), _number(reply.number), reply), faster),
            put_new(_row(agency_key(agency), f"{iso(reply.at)}#{reply.ballot}#{reply.number}", reply), faster),
        ]


def _number(at: int) -> str:
    return f"{at:02}"


def _row(pk: str, sk: str, reply: Reply) -> ReplyRow:
    return ReplyRow(pk, sk, ballot=reply.ballot, by=reply.by, at=iso(reply.at), key=reply.key, text=reply.text)


def _reply(row: ReplyRow, number: int) -> Reply:
    return Reply(row.ballot, number, row.by, from_iso(row.at), row.key, row.text)
