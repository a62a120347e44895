"""What every chat promises; the simulator today, the platform's client beside it when it comes."""

import pytest

from miniapp.core.errors import Refused, Unavailable
from miniapp.core.tables import bind
from miniapp.zalo import simulator
from miniapp.zalo.client import NotConnected
from miniapp.zalo.model import Button, Outgoing
from miniapp.zalo.simulator import Fault, Side, SimulatedChat
from tests.support.cloud import Cloud
from tests.support.fakes import CountedIds, StoppedClock

AGENCY, USER = "so-gddt-dak-lak", "84000000000000001"
MESSAGE = Outgoing("key-1", "Đã có kết quả", (Button("Xem", "https://example.gov.vn/x"),))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(params=["simulator"])
def chat(request: pytest.FixtureRequest, cloud: Cloud, clock: StoppedClock) -> SimulatedChat:
    bind(simulator.TABLES, cloud.settings, cloud.aws)
    return SimulatedChat(clock, CountedIds())


def test_a_message_arrives_whole(chat: SimulatedChat) -> None:
    line_id = chat.send(AGENCY, USER, MESSAGE)
    (line,) = chat.conversation(AGENCY, USER)
    assert (line.id, line.side, line.text, line.buttons) == (line_id, Side.ACCOUNT, MESSAGE.text, MESSAGE.buttons)


def test_the_same_key_twice_is_one_line_under_one_id(chat: SimulatedChat) -> None:
    assert chat.send(AGENCY, USER, MESSAGE) == chat.send(AGENCY, USER, MESSAGE)
    assert len(chat.conversation(AGENCY, USER)) == 1


def test_a_blocked_follower_is_reported_as_unreachable(chat: SimulatedChat) -> None:
    chat.tell(AGENCY, USER, Fault.BLOCKED)
    with pytest.raises(Refused, match="chat_user_unreachable"):
        chat.send(AGENCY, USER, MESSAGE)
    assert chat.conversation(AGENCY, USER) == []


def test_a_busy_chat_has_sent_nothing_and_a_silent_one_may_have(chat: SimulatedChat) -> None:
    chat.tell(AGENCY, USER, Fault.BUSY)
    with pytest.raises(Unavailable, match="chat_busy"):
        chat.send(AGENCY, USER, MESSAGE)
    assert chat.conversation(AGENCY, USER) == []
    chat.tell(AGENCY, USER, Fault.SILENT)
    with pytest.raises(Unavailable, match="chat_silent"):
        chat.send(AGENCY, USER, MESSAGE)
    chat.tell(AGENCY, USER, Fault.NONE)
    chat.send(AGENCY, USER, MESSAGE)
    assert len(chat.conversation(AGENCY, USER)) == 1


def test_another_agency_and_another_person_have_conversations_of_their_own(chat: SimulatedChat) -> None:
    chat.send(AGENCY, USER, MESSAGE)
    assert chat.conversation("so-gddt-phu-yen", USER) == []
    assert chat.conversation(AGENCY, "84000000000000002") == []


def test_both_sides_stand_in_the_order_they_were_said(chat: SimulatedChat, clock: StoppedClock) -> None:
    chat.hear(AGENCY, USER, "  Xin\u200b chào ")
    clock.pass_by(seconds=1)
    chat.send(AGENCY, USER, MESSAGE)
    assert [line.text for line in chat.conversation(AGENCY, USER)] == ["Xin chào", "Đã có kết quả"]
    assert chat.forget(AGENCY, USER) == 2
    assert chat.conversation(AGENCY, USER) == []


def test_lines_end_after_their_time_even_while_the_store_still_holds_them(
    chat: SimulatedChat, clock: StoppedClock
) -> None:
    chat.send(AGENCY, USER, MESSAGE)
    clock.pass_by(days=31)
    assert chat.conversation(AGENCY, USER) == []


def test_without_a_client_nothing_is_pretended() -> None:
    with pytest.raises(Unavailable, match="chat_not_connected"):
        NotConnected().send(AGENCY, USER, MESSAGE)
