"""The outbox on a real engine: said once, whatever comes twice or dies in between."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from handlers.wiring import Services
from miniapp.core.errors import Conflict, Problem, Unavailable
from miniapp.messaging.model import LEASE, Addressed, DeliverMessage, State
from miniapp.messaging.service import LEFT_WAITING, Outbox
from miniapp.messaging.store import MessageStore
from miniapp.zalo.model import Outgoing
from miniapp.zalo.simulator import Fault
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.letters import AGENCY, LAN, MINH, TO, deliver_all, notes, services

FACTS = {"home": f"/{AGENCY}/", "scores": f"/{AGENCY}/diem-thi"}


@pytest.fixture
def made(cloud: Cloud) -> Services:
    return services(cloud)


def clock_of(made: Services) -> StoppedClock:
    assert isinstance(made.clock, StoppedClock)
    return made.clock


def queued(made: Services, fact: str = "hello#1", to: Addressed = TO) -> DeliverMessage:
    made.outbox.queue("assistant_later", to, fact, FACTS)
    message = made.outbox.find(to.agency, to.user, fact)
    assert message is not None
    return DeliverMessage(to.agency, to.user, message.id)


def said(made: Services, user: str = LAN) -> list[str]:
    return [line.text for line in made.simulated_chat.conversation(AGENCY, user)]


def state(made: Services, fact: str = "hello#1") -> tuple[State, str]:
    message = made.outbox.find(AGENCY, LAN, fact)
    assert message is not None
    return message.state, message.why


def test_a_queued_message_leaves_a_note_and_arrives(made: Services, cloud: Cloud) -> None:
    queued(made)
    assert state(made)[0] is State.QUEUED
    assert deliver_all(made, cloud) == 1
    assert state(made)[0] is State.SENT
    assert len(said(made)) == 1


def test_the_same_fact_is_said_once_however_often_it_is_queued_and_noted(made: Services, cloud: Cloud) -> None:
    note = queued(made)
    assert not made.outbox.queue("assistant_later", TO, "hello#1", FACTS)
    for _ in range(3):
        made.outbox.deliver(note)
    assert len(said(made)) == 1
    assert len(notes(cloud)) == 1


def test_ten_workers_with_the_same_note_send_one_message(made: Services) -> None:
    note = queued(made)

    def work(_: int) -> str:
        try:
            made.outbox.deliver(note)
            return "done"
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(10) as pool:
        outcomes = set(pool.map(work, range(10)))
    assert outcomes <= {"done", "message_under_way", "message_changed_meanwhile"}
    assert len(said(made)) == 1
    assert state(made)[0] is State.SENT


class CountingChat:
    """Counts what it is asked to send and keeps no memory of keys: the worst chat there can be."""

    def __init__(self, dies: int = 0) -> None:
        self.sent: list[str] = []
        self.dies = dies

    def send(self, agency: str, user: str, message: Outgoing) -> str:
        self.sent.append(message.key)
        if len(self.sent) <= self.dies:
            raise SystemExit  # the process is killed right after the chat took the message
        return f"id-{len(self.sent)}"


def outbox_on(made: Services, chat: CountingChat) -> Outbox:
    return Outbox(MessageStore(), chat, made.queues, made.message_words, lambda user: "", made.clock)


@pytest.mark.parametrize(("deaths", "sends", "end"), [(0, 1, State.SENT), (1, 2, State.SENT), (2, 2, State.FAILED)])
def test_a_worker_killed_while_sending_is_followed_once_and_never_twice(
    made: Services, deaths: int, sends: int, end: State
) -> None:
    note, chat = queued(made), CountingChat(deaths)
    outbox = outbox_on(made, chat)
    for _ in range(4):
        with contextlib.suppress(SystemExit):
            outbox.deliver(note)
        clock_of(made).pass_by(seconds=LEASE.total_seconds() + 1)
    assert len(chat.sent) == sends
    assert state(made)[0] is end


def test_a_worker_killed_between_claim_and_chat_loses_nothing(made: Services) -> None:
    note = queued(made)
    message = made.outbox.find(AGENCY, LAN, "hello#1")
    assert message is not None
    MessageStore().change(message.claimed(made.clock.now()))
    with pytest.raises(Conflict, match="message_under_way"):
        made.outbox.deliver(note)
    clock_of(made).pass_by(seconds=61)
    made.outbox.deliver(note)
    assert len(said(made)) == 1


def test_a_lost_note_is_left_again_and_an_ended_message_waits_no_more(made: Services, cloud: Cloud) -> None:
    queued(made)
    notes(cloud)
    assert made.outbox.sweep() == 0
    clock_of(made).pass_by(seconds=LEFT_WAITING.total_seconds() + 1)
    assert made.outbox.sweep() == 1
    assert deliver_all(made, cloud) == 1
    assert made.outbox.sweep() == 0


def test_a_busy_chat_is_tried_again_and_a_blocked_one_is_not(made: Services) -> None:
    note = queued(made)
    made.simulated_chat.tell(AGENCY, LAN, Fault.BUSY)
    for _ in range(3):
        with pytest.raises(Unavailable, match="chat_busy"):
            made.outbox.deliver(note)
    assert state(made)[0] is State.QUEUED
    made.simulated_chat.tell(AGENCY, LAN, Fault.BLOCKED)
    made.outbox.deliver(note)
    assert state(made) == (State.UNREACHABLE, "chat_user_unreachable")
    made.simulated_chat.tell(AGENCY, LAN, Fault.NONE)
    made.outbox.deliver(note)
    assert said(made) == []


def test_a_silent_chat_is_asked_once_more_and_the_simulator_shows_one_line(made: Services) -> None:
    note = queued(made)
    made.simulated_chat.tell(AGENCY, LAN, Fault.SILENT)
    with pytest.raises(Unavailable, match="chat_silent"):
        made.outbox.deliver(note)
    made.simulated_chat.tell(AGENCY, LAN, Fault.NONE)
    with pytest.raises(Conflict, match="message_under_way"):
        made.outbox.deliver(note)
    clock_of(made).pass_by(seconds=61)
    made.outbox.deliver(note)
    assert len(said(made)) == 1
    assert state(made)[0] is State.SENT


def test_a_message_whose_time_is_over_is_not_sent(made: Services) -> None:
    note = queued(made)
    clock_of(made).pass_by(hours=2)
    made.outbox.deliver(note)
    assert state(made) == (State.FAILED, "too_late")
    assert said(made) == []


def test_the_way_in_is_made_while_sending_and_never_lies_in_the_outbox(made: Services, cloud: Cloud) -> None:
    made.outbox.queue("entry_link", TO, "entry#1", {"agency_name": "Sở"})
    clock_of(made).pass_by(minutes=9)
    deliver_all(made, cloud)
    (line,) = made.simulated_chat.conversation(AGENCY, LAN)
    token = line.buttons[0].address.rpartition("/")[2]
    assert made.accounts.citizen_links.look(token).chat_user == LAN
    rows = cloud.admin("dynamodb").scan(TableName=cloud.settings.resource("messages"))["Items"]
    outbox = [row for row in rows if "#to#" in row["pk"]["S"]]
    assert outbox
    assert token not in str(outbox)


def test_a_person_sees_and_erases_only_his_own(made: Services, cloud: Cloud) -> None:
    other = replace(TO, user=MINH)
    queued(made)
    queued(made, "hello#1", other)
    queued(made, "hello#2", Addressed("so-gddt-phu-yen", LAN))
    assert {(message.agency, message.user) for message in made.outbox.of(LAN)} == {
        (AGENCY, LAN),
        ("so-gddt-phu-yen", LAN),
    }
    assert made.outbox.forget(LAN) == 2
    assert made.outbox.of(LAN) == []
    assert len(made.outbox.of(MINH)) == 1
    deliver_all(made, cloud)
    assert said(made) == []
    assert len(said(made, MINH)) == 1


def test_old_messages_are_shown_no_more_even_while_the_store_still_holds_them(made: Services) -> None:
    queued(made)
    clock_of(made).pass_by(days=91)
    assert made.outbox.of(LAN) == []


def test_a_queue_that_does_not_answer_delays_a_message_and_loses_none(made: Services, cloud: Cloud) -> None:
    class DeadQueues:
        def send(self, note: object, delay: int = 0) -> None:
            raise Unavailable("queue_unavailable", queue="messages")

    outbox = Outbox(MessageStore(), made.chat, DeadQueues(), made.message_words, lambda user: "", made.clock)  # type: ignore[arg-type]
    assert outbox.queue("assistant_later", TO, "hello#1", FACTS)
    clock_of(made).pass_by(seconds=LEFT_WAITING.total_seconds() + 1)
    assert made.outbox.sweep() == 1
    assert deliver_all(made, cloud) == 1
    assert len(said(made)) == 1
