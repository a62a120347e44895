"""Questions: a session by the hash of its token · all sessions of one person · was this entry link used.

For `sessions` and `citizens`. Sessions have a table of their own: on a busy day sign-in must not wait for them, nor
they for it. Rows expire by themselves; the services compare the ends with the clock all the same."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.accounts.model import Kind, Session
from miniapp.core.errors import Conflict, Problem, Refused
from miniapp.core.tables import SortedTable, Write, change, many, put_new, read, remove, rows


class SessionsTable(SortedTable):
    """Sessions, and what leads to them."""

    class Meta:
        table_name = "sessions"


class SessionRow(SessionsTable):
    """One session."""

    kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    made = NumberAttribute()
    seen = NumberAttribute()
    ends = NumberAttribute()
    generation = NumberAttribute()
    factor_at = NumberAttribute(null=True)
    expires = NumberAttribute()


class SubjectRow(SessionsTable):
    """That a person has a session: the index by which all of them are ended; or that an entry link was used."""

    expires = NumberAttribute()


TABLES = (SessionRow, SubjectRow)


def session_key(session: str) -> str:
    return f"session#{session}"


def subject_key(kind: Kind, subject: str) -> str:
    return f"of#{kind.value}#{subject}"


class SessionStore:
    """All sessions."""

    def find(self, session: str) -> Session | None:
        """A session by its id, whether or not it has ended."""
        row = read(lambda: SessionRow.get(session_key(session), "session", consistent_read=True))
        return _session(row) if row else None

    def of(self, kind: Kind, subject: str) -> list[Session]:
        """All sessions of one person."""
        marks = rows(lambda: SubjectRow.query(subject_key(kind, subject), consistent_read=True))
        keys = [(session_key(mark.sk), "session") for mark in marks]
        found = many(SessionRow, keys, consistent=True)
        return sorted((_session(row) for row in found), key=lambda session: session.made, reverse=True)

    def touch(self, session: Session) -> None:
        """Write down when a session was last used, if it is still there."""
        row = SessionRow(session_key(session.id), "session")
        seen = SessionRow.seen.set(_exactly(session.seen))
        change(row, [seen], SessionRow.pk.exists(), Conflict("session_ended")).alone()

    def opened(self, session: Session) -> list[Write]:
        """A new session and its place among its person's."""
        ends = _seconds(session.ends)
        row = SessionRow(session_key(session.id), "session", kind=session.kind.value, subject=session.subject)
        row.made, row.seen, row.ends = _exactly(session.made), _exactly(session.seen), ends
        row.generation, row.expires = session.generation, ends
        row.factor_at = _exactly(session.factor_at) if session.factor_at else None
        mark = SubjectRow(subject_key(session.kind, session.subject), session.id, expires=ends)
        taken = Conflict("session_exists")
        return [put_new(row, taken), put_new(mark, taken)]

    def closed(self, session: Session, otherwise: Problem) -> list[Write]:
        """A session that ends; `otherwise` when it has ended already."""
        row = SessionRow(session_key(session.id), "session")
        mark = SubjectRow(subject_key(session.kind, session.subject), session.id)
        # No condition on the mark: it may have expired by itself a little earlier.
        return [remove(row, SessionRow.pk.exists(), otherwise), Write("remove", mark, otherwise)]

    def link_used(self, link: str, until: datetime) -> Write:
        """An entry link is used up; the second use is refused."""
        row = SubjectRow(f"link#{link}", "used", expires=_seconds(until))
        return put_new(row, Refused("entry_link_used"))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _exactly(moment: datetime) -> float:
    """To the thousandth: whether a code was given after signing in is a matter of less than a second. What is cut off is
    cut off downwards: a moment in the future would be no moment that passed."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000).timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _session(row: SessionRow) -> Session:
    return Session(
        row.pk.removeprefix("session#"),
        Kind(row.kind),
        row.subject,
        _moment(row.made),
        _moment(row.seen),
        _moment(row.ends),
        int(row.generation),
        _moment(row.factor_at) if row.factor_at is not None else None,
    )
