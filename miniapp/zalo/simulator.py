"""The simulated chat: production code that stands in for Zalo where no Official Account is connected.

For `make run`, demonstrations and tests. It keeps both sides of every conversation in rows, so that /demo/chat can show
them, and can be told to fail, to keep silent or to refuse. It reaches nobody outside this machine.

Questions: the newest lines of one conversation · what a person's chat was told to do. A line's sort key ends with the
message's own key, and a row under that key alone says that it was taken: sending it twice is sending it once."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from miniapp.core.clock import Clock, from_iso, iso
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from miniapp.core.folding import clean
from miniapp.core.ids import Ids
from miniapp.core.tables import SortedTable, put, put_new, read, remove, rows, transact
from miniapp.zalo.model import TEXT_MOST, Button, Outgoing

KEPT = timedelta(days=30)
SHOWN = 100


class Side(StrEnum):
    """Who said a line."""

    CITIZEN = "citizen"
    ACCOUNT = "account"


class Fault(StrEnum):
    """What the chat of one person is told to do instead of taking a message."""

    NONE = "none"
    BLOCKED = "blocked"  # the person blocked the account
    BUSY = "busy"  # over the limit: surely not sent
    SILENT = "silent"  # sent, but the answer is lost


@dataclass(frozen=True)
class Line:
    """One line of a conversation."""

    id: str
    side: Side
    at: datetime
    text: str
    buttons: tuple[Button, ...] = ()


class LineRow(SortedTable):
    """A line of a conversation, or that a message was taken, or what the chat was told to do."""

    class Meta:
        table_name = "messages"

    side = UnicodeAttribute(default="")
    text = UnicodeAttribute(default="")
    buttons = UnicodeAttribute(default="[]")
    line = UnicodeAttribute(default="")
    expires = NumberAttribute()


TABLES = [LineRow]


def conversation_key(agency: str, user: str) -> str:
    """Where the lines between an agency's account and one person lie."""
    return f"{agency}#talk#{user}"


def taken_key(agency: str, user: str) -> str:
    """Where the keys of taken messages lie, beside the lines."""
    return f"{agency}#taken#{user}"


class SimulatedChat:
    """Takes messages as Zalo would."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def send(self, agency: str, user: str, message: Outgoing) -> str:
        """See `Chat.send`."""
        fault = self.fault(agency, user)
        if fault is Fault.BLOCKED:
            raise Refused("chat_user_unreachable")
        if fault is Fault.BUSY:
            raise Unavailable("chat_busy")
        line = self._keep(agency, user, message)
        if fault is Fault.SILENT:
            raise Unavailable("chat_silent")
        return line

    def hear(self, agency: str, user: str, text: str) -> Line:
        """What the person typed; Invalid `chat_text_empty`, `chat_text_shape`."""
        said = clean(text)
        if not said:
            raise Invalid("chat_text_empty")
        if len(said) > TEXT_MOST:
            raise Invalid("chat_text_shape", most=TEXT_MOST)
        row = self._row(agency, user, Side.CITIZEN, said, ())
        put_new(row, Conflict("chat_line_exists")).alone()
        return _line(row)

    def conversation(self, agency: str, user: str) -> list[Line]:
        """The newest lines, oldest first."""
        key = conversation_key(agency, user)
        found = rows(lambda: LineRow.query(key, scan_index_forward=False, limit=SHOWN, consistent_read=True))
        now = self._clock.now().timestamp()
        return [_line(row) for row in reversed(found) if row.expires > now]

    def line(self, agency: str, user: str, line_id: str) -> Line:
        """One line; NotFound `chat_line_unknown`."""
        for line in self.conversation(agency, user):
            if line.id == line_id:
                return line
        raise NotFound("chat_line_unknown")

    def forget(self, agency: str, user: str) -> int:
        """Delete a conversation, as a person does in the chat; how many lines went."""
        gone = 0
        for key in (conversation_key(agency, user), taken_key(agency, user)):
            for row in rows(lambda key=key: LineRow.query(key)):  # type: ignore[misc]
                try:
                    remove(LineRow(row.pk, row.sk), LineRow.pk.exists(), Conflict("chat_line_gone")).alone()
                except Conflict:
                    continue
                gone += bool(row.side)
        return gone

    def fault(self, agency: str, user: str) -> Fault:
        """What this person's chat was told to do."""
        row = read(lambda: LineRow.get(f"{agency}#fault#{user}", "fault", consistent_read=True))
        return Fault(row.side) if row is not None else Fault.NONE

    def tell(self, agency: str, user: str, fault: Fault) -> None:
        """From now on do this, until told otherwise."""
        row = LineRow(f"{agency}#fault#{user}", "fault", side=fault.value, expires=self._until())
        put(row, LineRow.pk.exists() | LineRow.pk.does_not_exist(), Conflict("chat_fault")).alone()

    def _keep(self, agency: str, user: str, message: Outgoing) -> str:
        row = self._row(agency, user, Side.ACCOUNT, message.text, tuple(message.buttons))
        mark = LineRow(taken_key(agency, user), message.key, line=row.sk, expires=self._until())
        try:
            transact(put_new(mark, Conflict("message_taken")), put_new(row, Conflict("chat_line_exists")))
        except Conflict as conflict:
            if conflict.code != "message_taken":
                raise
            held = read(lambda: LineRow.get(mark.pk, mark.sk, consistent_read=True))
            return _id(held.line) if held is not None else ""
        return _id(row.sk)

    def _row(self, agency: str, user: str, side: Side, text: str, buttons: tuple[Button, ...]) -> LineRow:
        held = json.dumps([[button.title, button.address] for button in buttons], ensure_ascii=False)
        place = f"{iso(self._clock.now())}#{self._ids.new('msg')}"
        return LineRow(
            conversation_key(agency, user), place, side=side.value, text=text, buttons=held, expires=self._until()
        )

    def _until(self) -> int:
        return int((self._clock.now() + KEPT).timestamp())


def _id(place: str) -> str:
    return place.partition("#")[2]


def _line(row: LineRow) -> Line:
    buttons = tuple(Button(title, address) for title, address in json.loads(row.buttons))
    return Line(_id(row.sk), Side(row.side), from_iso(row.sk.partition("#")[0]), row.text, buttons)
