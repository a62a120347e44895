"""The outbox: messages to citizens, kept first and sent by the worker. For every service that has something to say.

Said once: the lease lies on the business fact (agency, person, fact), not on the request, so a form sent twice, a note
delivered twice or two workers at once end in one message. What a crash leaves open is sent once more at most
(`model`). It never decides whether somebody wants to be written to: who queues has asked for consent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import islice

from miniapp.core import log
from miniapp.core.clock import Clock
from miniapp.core.errors import Conflict, Refused, Unavailable
from miniapp.core.queues import Queues
from miniapp.core.stuck import AFTER, Stuck
from miniapp.messaging.model import (
    ENDS,
    LATELY,
    MESSAGES,
    Addressed,
    DeliverMessage,
    Fact,
    Message,
    Said,
    State,
    Words,
    fact_id,
    new_message,
)
from miniapp.messaging.store import MessageStore
from miniapp.zalo.model import Chat, Outgoing

LEFT_WAITING = timedelta(minutes=3)
SWEPT_MOST = 5_000
STUCK_MOST = 200  # enough for a person to see what is wrong
SURELY_NOT_SENT = ("chat_busy", "chat_not_connected")

WayIn = Callable[[str], str]


class Outbox:
    """Keeps, sends, shows and forgets messages."""

    def __init__(
        self, store: MessageStore, chat: Chat, queues: Queues, words: Words, way_in: WayIn, clock: Clock
    ) -> None:
        self._store = store
        self._chat = chat
        self._queues = queues
        self._words = words
        self._way_in = way_in
        self._clock = clock

    def queue(
        self,
        name: str,
        to: Addressed,
        fact: str,
        facts: Mapping[str, Fact],
        life: timedelta | None = None,
        delay: int = 0,
    ) -> bool:
        """Say something once; False when it was said (or is waiting) already. `delay`: seconds until the worker looks.

        A note that can't be left now is no failure: `sweep` leaves it again."""
        message = new_message(name, to, fact, facts, self._clock.now(), life)
        if not self._store.add(message):
            return False
        self._note(message, delay)
        return True

    def _note(self, message: Message, delay: int = 0) -> None:
        try:
            self._queues.send(DeliverMessage(message.agency, message.user, message.id), delay)
        except Unavailable as failure:
            log.warning("message_note_late", code=failure.code)

    def deliver(self, note: DeliverMessage) -> None:
        """The worker's verb: send what waits; a note about an ended or forgotten message does nothing.

        Raises what keeps it from an end now (another worker has it, the chat is busy), so that the note comes again."""
        message = self._store.find(note.agency, note.user, note.message)
        if message is None or message.state in ENDS:
            return
        claimed = message.claimed(self._clock.now())
        self._store.change(claimed)
        if claimed.state in ENDS:
            log.warning("message_not_sent", message=claimed.name, why=claimed.why)
            return
        self._send(claimed)

    def _send(self, message: Message) -> None:
        try:
            said = self.said(message, self._way_in(message.user) if MESSAGES[message.name].enters else "")
            outgoing = Outgoing(message.key, said.text, said.buttons)
            chat_id = self._chat.send(message.agency, message.user, outgoing)
        except Refused as refusal:
            self._end(message.ended(State.UNREACHABLE, self._clock.now(), refusal.code))
        except Unavailable as failure:
            if failure.code in SURELY_NOT_SENT:
                self._end(message.put_back())
            raise  # otherwise nobody knows: the lease lapses, and it is tried once more
        else:
            self._end(message.ended(State.SENT, self._clock.now(), chat_id=chat_id))

    def _end(self, message: Message) -> None:
        try:
            self._store.change(message)
        except Conflict:
            # The lease lapsed while we sent, and somebody else claimed or the person was forgotten: theirs to end.
            log.warning("message_lease_lost", message=message.name)

    def said(self, message: Message, link: str = "") -> Said:
        """A message in words. The way in is made while sending only: elsewhere its place stays empty."""
        facts = {**message.facts, "link": link} if MESSAGES[message.name].enters else message.facts
        return self._words.render(message.name, message.language, facts)

    def sweep(self) -> int:
        """Leave notes again for messages whose note was lost (the schedule calls this); how many."""
        count = 0
        for note in self._store.waiting(self._clock.now() - LEFT_WAITING):
            self._queues.send(note)
            count += 1
            if count >= SWEPT_MOST:
                break
        return count

    def stuck(self) -> list[Stuck]:
        """Messages that wait though they were noted again and again; the oldest of each part, for a person to look at."""
        found = []
        for note in islice(self._store.waiting(self._clock.now() - AFTER), STUCK_MOST):
            message = self._store.find(note.agency, note.user, note.message)
            if message is not None and message.state not in ENDS:
                found.append(Stuck("messages", message.agency, message.name, message.made_at, message.tries))
        return found

    def unsent(self, agency: str = "", most: int = STUCK_MOST) -> list[Stuck]:
        """Messages that failed lately, of one agency or of all: nothing begins them again by itself."""
        found = islice(self._failed(agency), most)
        return [Stuck("unsent", one.agency, f"{one.name} {one.why}", one.ended_at or one.made_at) for one in found]

    def again(self, agency: str, most: int) -> int:
        """Begin messages anew that failed lately, on somebody's word; how many."""
        count = 0
        for failed in islice(self._failed(agency), most):
            message = failed.again(self._clock.now())
            try:
                self._store.begin_again(failed, message)
            except Conflict:
                continue  # forgotten meanwhile, or begun by somebody else
            self._note(message)
            count += 1
        return count

    def drop(self, agency: str, most: int) -> int:
        """Tell no more of messages that failed lately: they stay as they are; how many."""
        found = list(islice(self._failed(agency), most))
        for failed in found:
            self._store.seen(failed)
        return len(found)

    def _failed(self, agency: str) -> Iterator[Message]:
        for note in self._store.failed(self._clock.now() - LATELY):
            message = (
                None if agency not in ("", note.agency) else self._store.find(note.agency, note.user, note.message)
            )
            if message is not None and message.state is State.FAILED:
                yield message

    def find(self, agency: str, user: str, fact: str) -> Message | None:
        """The message about a fact, if there is one."""
        return self._store.find(agency, user, fact_id(fact))

    def of(self, user: str) -> list[Message]:
        """What was written to a person and is still kept, newest first."""
        return self._store.of(user, self._clock.now())

    def forget(self, user: str) -> int:
        """Delete everything written to a person; how many messages."""
        return self._store.forget(user)
