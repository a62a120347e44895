"""Where messages are kept. For the outbox; rows stay in here.

Questions: one message by agency, person and fact · a person's messages, newest first, over all agencies · which
messages were left waiting · which failed since a moment.

Messages of one person lie under agency and person. Beside them: a mark under the person alone that an agency wrote to
him (so that `/toi` finds all), and a mark among the waiting ones, written and removed in the message's own
transactions, so that a lost queue note is found again; one that failed has a mark among those in its place, for some days,
for a person to look at. Ended messages go after 90 days."""

import json
from collections.abc import Iterator
from datetime import datetime
from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.core.plain import from_plain, to_plain
from miniapp.core.tables import SortedTable, Write, put, put_new, read, remove, rows, transact
from miniapp.messaging.model import ENDS, KEPT, LATELY, DeliverMessage, Message, State

PARTS = 16


class MessagesTable(SortedTable):
    """Messages, and what leads to them."""

    class Meta:
        table_name = "messages"


class MessageRow(MessagesTable):
    """One message."""

    version = NumberAttribute()
    body = UnicodeAttribute()
    expires = NumberAttribute()


class MarkRow(MessagesTable):
    """That an agency wrote to a person, or that a message waits or failed."""

    agency = UnicodeAttribute(default="")
    user = UnicodeAttribute(default="")
    message = UnicodeAttribute(default="")
    expires = NumberAttribute(default=0)


TABLES = [MessageRow, MarkRow]


def messages_key(agency: str, user: str) -> str:
    """Where an agency's messages to one person lie."""
    return f"{agency}#to#{user}"


def person_key(user: str) -> str:
    """Where the marks of agencies that wrote to a person lie."""
    return f"person#{user}"


class MessageStore:
    """Reads and conditional writes of the outbox."""

    def add(self, message: Message) -> bool:
        """Keep a new message; False when this agency has one about this fact to this person already."""
        expires = int((message.made_at + KEPT).timestamp())
        person = MarkRow(person_key(message.user), message.agency, agency=message.agency, expires=expires)
        try:
            transact(put_new(_row(message), Conflict("message_exists")), _mark(person), _mark(_waiting(message)))
        except Conflict:
            return False
        return True

    def find(self, agency: str, user: str, message_id: str) -> Message | None:
        """One message as it is now."""
        row = read(lambda: MessageRow.get(messages_key(agency, user), message_id, consistent_read=True))
        return _message(row) if row is not None else None

    def change(self, message: Message) -> None:
        """A message changed since it was read at the version before; an ended one waits no more."""
        same = MessageRow.version == message.version - 1
        writes = [put(_row(message), same, Conflict("message_changed_meanwhile"))]
        if message.state in ENDS:
            writes.append(_no_longer(_waiting(message)))
        if message.state is State.FAILED:
            writes.append(_mark(_failed(message)))
        transact(*writes)

    def begin_again(self, failed: Message, message: Message) -> None:
        """One that failed waits anew; Conflict `message_changed_meanwhile`."""
        same = MessageRow.version == failed.version
        transact(
            put(_row(message), same, Conflict("message_changed_meanwhile")),
            _no_longer(_failed(failed)),
            _mark(_waiting(message)),
        )

    def seen(self, failed: Message) -> None:
        """One that failed is not told of any more."""
        _no_longer(_failed(failed)).alone()

    def of(self, user: str, now: datetime) -> list[Message]:
        """What agencies wrote to a person and is still kept, newest first."""
        found = [
            _message(row)
            for agency in self._agencies(user)
            for row in rows(lambda agency=agency: MessageRow.query(messages_key(agency, user)))  # type: ignore[misc]
            if row.expires > now.timestamp()
        ]
        return sorted(found, key=lambda message: message.made_at, reverse=True)

    def waiting(self, before: datetime) -> Iterator[DeliverMessage]:
        """Notes for every message that was made before a moment and has not ended."""
        for part in range(PARTS):
            yield from _marked(f"waiting#{part}", MarkRow.sk < iso(before))

    def failed(self, since: datetime) -> Iterator[DeliverMessage]:
        """Notes for every message that failed since a moment."""
        for part in range(PARTS):
            yield from _marked(f"failed#{part}", MarkRow.sk >= iso(since))

    def forget(self, user: str) -> int:
        """Delete everything written to a person; how many messages. What is being sent at this moment goes too."""
        gone = 0
        for agency in self._agencies(user):
            for row in rows(lambda agency=agency: MessageRow.query(messages_key(agency, user))):  # type: ignore[misc]
                message = _message(row)
                here = remove(MessageRow(row.pk, row.sk), MessageRow.pk.exists(), Conflict("message_gone"))
                mark = _failed(message) if message.state is State.FAILED else _waiting(message)
                try:
                    transact(here, _no_longer(mark))
                except Conflict:
                    continue
                gone += 1
            _no_longer(MarkRow(person_key(user), agency)).alone()
        return gone

    @staticmethod
    def _agencies(user: str) -> list[str]:
        return [row.agency for row in rows(lambda: MarkRow.query(person_key(user), consistent_read=True))]


def _row(message: Message) -> MessageRow:
    return MessageRow(
        messages_key(message.agency, message.user),
        message.id,
        version=message.version,
        body=json.dumps(to_plain(message), ensure_ascii=False),
        expires=int((message.made_at + KEPT).timestamp()),
    )


def _message(row: MessageRow) -> Message:
    return from_plain(Message, json.loads(row.body))


def _marked(key: str, place: Condition) -> Iterator[DeliverMessage]:
    found = rows(lambda: MarkRow.query(key, place))
    return (DeliverMessage(row.agency, row.user, row.message) for row in found)


def _waiting(message: Message) -> MarkRow:
    return _place_among("waiting", message, message.made_at, message.made_at + KEPT)


def _failed(message: Message) -> MarkRow:
    ended_at = message.ended_at or message.made_at
    return _place_among("failed", message, ended_at, ended_at + LATELY)


def _place_among(which: str, message: Message, since: datetime, expires: datetime) -> MarkRow:
    """The mark of a message among others, oldest first, in one of the parts."""
    return MarkRow(
        f"{which}#{crc32(message.key.encode()) % PARTS}",
        f"{iso(since)}#{message.key}",
        agency=message.agency,
        user=message.user,
        message=message.id,
        expires=int(expires.timestamp()),
    )


def _mark(mark: MarkRow) -> Write:
    return put(mark, _always(), Conflict("message_changed_meanwhile"))


def _no_longer(mark: MarkRow) -> Write:
    return remove(MarkRow(mark.pk, mark.sk), _always(), Conflict("message_changed_meanwhile"))


def _always() -> Condition:
    found: Condition = MarkRow.pk.exists() | MarkRow.pk.does_not_exist()
    return found
