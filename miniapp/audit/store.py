"""Questions: an agency's latest head · its head of a day · all its heads · all heads of a day · the entries of a day,
one after another or newest first · the entries about one object, newest first · the agencies with entries on a day · all
with a trail.

For the audit service and the verifier. It gives conditional writes for one transaction and never runs one; an entry is
never changed and never removed."""

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.audit.model import Event, Head, Link
from miniapp.core.errors import Conflict
from miniapp.core.tables import SortedTable, Write, change, many, put_new, read, rows


class AuditTable(SortedTable):
    """Entries, heads and marks."""

    class Meta:
        table_name = "audit"


class AuditLink(AuditTable):
    """One entry; its body is kept as the very text that was hashed."""

    body = UnicodeAttribute()
    before = UnicodeAttribute()
    hash = UnicodeAttribute()


class AuditHead(AuditTable):
    """Where the chain of an agency's day stands."""

    seq = NumberAttribute()
    hash = UnicodeAttribute()
    before = UnicodeAttribute()
    previous = UnicodeAttribute(default="")
    next = UnicodeAttribute(default="")
    anchored = NumberAttribute(default=0)


class AuditMark(AuditTable):
    """A bare pointer: an object's history, the agencies of a day, all agencies."""


TABLES = (AuditLink, AuditHead, AuditMark)
AGENCIES = "#agencies"  # no agency's name begins with a hash sign


def day_key(agency: str, day: str) -> str:
    return f"{agency}#day#{day}"


def heads_key(agency: str) -> str:
    return f"{agency}#heads"


def object_key(agency: str, object_id: str) -> str:
    return f"{agency}#of#{object_id}"


def days_key(day: str) -> str:
    return f"#days#{day}"


def place_key(seq: int) -> str:
    return f"{seq:08d}"


class HeadMoved(Conflict):
    """Somebody else wrote to this chain first; never leaves the audit slice."""

    def __init__(self) -> None:
        super().__init__("audit_head_moved")


class AuditStore:
    """The chains of all agencies."""

    def latest(self, agency: str) -> Head | None:
        """The newest day's head."""
        newest = rows(
            lambda: AuditHead.query(heads_key(agency), scan_index_forward=False, limit=1, consistent_read=True)
        )
        return _head(agency, newest[0]) if newest else None

    def head(self, agency: str, day: str) -> Head | None:
        """The head of one day."""
        row = read(lambda: AuditHead.get(heads_key(agency), day, consistent_read=True))
        return _head(agency, row) if row else None

    def heads(self, agency: str) -> list[Head]:
        """All heads of an agency, oldest day first."""
        return [_head(agency, row) for row in rows(lambda: AuditHead.query(heads_key(agency), consistent_read=True))]

    def heads_of(self, day: str) -> list[Head]:
        """The heads of all agencies with entries on a day; what was written a moment ago may be missing."""
        keys = [(heads_key(agency), day) for agency in self.agencies(day)]
        held = many(AuditHead, keys)
        return [_head(row.pk.removesuffix("#heads"), row) for row in held]

    @staticmethod
    def anchored(head: Head) -> None:
        """Remember that a head is written down outside."""
        row = AuditHead(heads_key(head.agency), head.day)
        change(row, [AuditHead.anchored.set(head.seq)], AuditHead.pk.exists(), HeadMoved()).alone()

    def links(self, agency: str, day: str) -> list[Link]:
        """All entries of a day in the order of their keys."""
        return [_link(row) for row in rows(lambda: AuditLink.query(day_key(agency, day), consistent_read=True))]

    def link(self, agency: str, day: str, seq: int) -> Link | None:
        """The entry at one place."""
        row = read(lambda: AuditLink.get(day_key(agency, day), place_key(seq), consistent_read=True))
        return _link(row) if row else None

    def newest(self, agency: str, day: str, below: int, limit: int) -> list[Link]:
        """Up to `limit` entries of a day below a place, newest first."""
        under = AuditLink.sk < place_key(below)
        found = rows(lambda: AuditLink.query(day_key(agency, day), under, scan_index_forward=False, limit=limit))
        return [_link(row) for row in found]

    def about(self, agency: str, object_id: str, limit: int) -> list[Link]:
        """Up to `limit` entries about an object, newest first."""
        key = object_key(agency, object_id)
        marks = rows(lambda: AuditMark.query(key, scan_index_forward=False, limit=limit))
        keys = [(day_key(agency, day), place) for day, place in (mark.sk.split("#") for mark in marks)]
        held = {(row.pk, row.sk): row for row in many(AuditLink, keys)}
        return [_link(held[key]) for key in keys if key in held]

    def agencies(self, day: str = "") -> list[str]:
        """Every agency with a trail, or with entries on a day."""
        return [mark.sk for mark in rows(lambda: AuditMark.query(days_key(day) if day else AGENCIES))]

    def appended(self, head: Head, last: Head | None, added: Sequence[tuple[Link, Event]]) -> list[Write]:
        """The writes that add entries and move the chain from `last` to `head`; HeadMoved when it isn't at `last`."""
        moved = _moved(head, last) if last and last.day == head.day else _opened(head, last)
        return [*moved, *(write for new, event in added for write in _entry(head, new, event))]


def _entry(head: Head, new: Link, event: Event) -> list[Write]:
    place = place_key(new.place)
    row = AuditLink(day_key(head.agency, head.day), place, body=new.body, before=new.before, hash=new.hash)
    marks = [AuditMark(object_key(head.agency, object_id), f"{head.day}#{place}") for object_id in event.objects]
    return [put_new(row, HeadMoved()), *(put_new(mark, HeadMoved()) for mark in marks)]


def _moved(head: Head, last: Head) -> list[Write]:
    row = AuditHead(heads_key(head.agency), head.day)
    unmoved = (AuditHead.hash == last.hash) & (AuditHead.next == "")
    return [change(row, [AuditHead.seq.set(head.seq), AuditHead.hash.set(head.hash)], unmoved, HeadMoved())]


def _opened(head: Head, last: Head | None) -> list[Write]:
    row = AuditHead(heads_key(head.agency), head.day, seq=head.seq, hash=head.hash, before=head.before)
    row.previous = head.previous
    writes = [put_new(row, HeadMoved()), put_new(AuditMark(days_key(head.day), head.agency), HeadMoved())]
    if last is None:
        return [*writes, put_new(AuditMark(AGENCIES, head.agency), HeadMoved())]
    closed = AuditHead(heads_key(head.agency), last.day)
    unmoved = (AuditHead.hash == last.hash) & (AuditHead.next == "")
    return [*writes, change(closed, [AuditHead.next.set(head.day)], unmoved, HeadMoved())]


def _head(agency: str, row: AuditHead) -> Head:
    return Head(agency, row.sk, int(row.seq), row.hash, row.before, row.previous, row.next, int(row.anchored or 0))


def _link(row: AuditLink) -> Link:
    return Link(int(row.sk) if row.sk.isascii() and row.sk.isdigit() else 0, row.body, row.before, row.hash)
