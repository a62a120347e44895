"""Citizens come in by a link that works once, and an officer's session is never a citizen's."""

import threading

import pytest

from miniapp.accounts.model import Kind
from miniapp.accounts.service import Accounts
from miniapp.core.errors import Invalid, Refused
from tests.service.accounts.conftest import AGENCY
from tests.support.fakes import StoppedClock
from tests.support.officers import officer

BASE = "http://localhost:8000/toi/vao/"


def token_for(accounts: Accounts, chat_user: str = "zalo-1") -> str:
    address = accounts.citizen_links.make(chat_user)
    assert address.startswith(BASE)
    return address.removeprefix(BASE)


def test_a_link_lets_its_chat_user_in_once(accounts: Accounts) -> None:
    token = token_for(accounts)
    entered = accounts.citizen_links.enter(token)
    found = accounts.sessions.citizen(entered.token)
    assert found is not None
    assert (found.kind, found.subject) == (Kind.CITIZEN, "zalo-1")
    with pytest.raises(Refused) as failure:
        accounts.citizen_links.enter(token)
    assert failure.value.code == "entry_link_used"


def test_looking_does_not_use_a_link_up(accounts: Accounts) -> None:
    token = token_for(accounts)
    for _ in range(3):
        assert accounts.citizen_links.look(token).chat_user == "zalo-1"
    assert accounts.citizen_links.enter(token)


def test_another_spelling_of_a_used_token_is_used_too(accounts: Accounts) -> None:
    """The last letter of a token has bits that mean nothing: the same bytes, another text."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = token_for(accounts)
    accounts.citizen_links.enter(token)
    for letter in letters:
        with pytest.raises(Refused):
            accounts.citizen_links.enter(token[:-1] + letter)


def test_a_link_followed_by_many_at_once_lets_one_in(accounts: Accounts) -> None:
    token = token_for(accounts)
    came: list[str] = []

    def enter() -> None:
        try:
            came.append(accounts.citizen_links.enter(token).token)
        except Refused as problem:
            came.append(problem.code)

    threads = [threading.Thread(target=enter) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came.count("entry_link_used") == 9


def test_a_link_ends_after_ten_minutes(accounts: Accounts, clock: StoppedClock) -> None:
    token = token_for(accounts)
    clock.pass_by(minutes=10, seconds=1)
    with pytest.raises(Refused) as failure:
        accounts.citizen_links.enter(token)
    assert failure.value.code == "entry_link_ended"


@pytest.mark.parametrize("token", ["", "x", "A" * 4000, "đ", "=", "a.b.c"])
def test_a_made_up_link_is_unknown(accounts: Accounts, token: str) -> None:
    with pytest.raises(Refused) as failure:
        accounts.citizen_links.look(token)
    assert failure.value.code == "entry_link_unknown"


@pytest.mark.parametrize("chat_user", ["", "x" * 101])
def test_a_link_is_made_for_somebody(accounts: Accounts, chat_user: str) -> None:
    with pytest.raises(Invalid):
        accounts.citizen_links.make(chat_user)


def test_sessions_of_officers_and_citizens_are_never_mistaken(accounts: Accounts, clock: StoppedClock) -> None:
    lan = officer(accounts, clock, "lan", AGENCY, "officer")
    at_desk = lan.come_in().token
    in_chat = accounts.citizen_links.enter(token_for(accounts, lan.id)).token
    assert accounts.sessions.officer(in_chat) is None
    assert accounts.sessions.citizen(at_desk) is None
    assert accounts.sessions.citizen(in_chat)


def test_coming_in_again_ends_the_session_this_browser_had(accounts: Accounts) -> None:
    first = accounts.citizen_links.enter(token_for(accounts)).token
    second = accounts.citizen_links.enter(token_for(accounts, "zalo-2"), leaving=first).token
    assert accounts.sessions.citizen(first) is None
    assert accounts.sessions.citizen(second)


def test_a_citizen_leaves_here_or_everywhere(accounts: Accounts) -> None:
    tokens = [accounts.citizen_links.enter(token_for(accounts)).token for _ in range(3)]
    accounts.citizen_links.leave(tokens[0])
    accounts.citizen_links.leave(tokens[0])
    assert accounts.sessions.citizen(tokens[0]) is None
    assert accounts.sessions.citizen(tokens[1])
    assert accounts.citizen_links.leave_everywhere("zalo-1") == 2
    assert [accounts.sessions.citizen(token) for token in tokens] == [None] * 3


def test_a_citizens_session_ends_when_idle_and_at_its_end(accounts: Accounts, clock: StoppedClock) -> None:
    token = accounts.citizen_links.enter(token_for(accounts)).token
    clock.pass_by(hours=1, minutes=59)
    assert accounts.sessions.citizen(token)
    clock.pass_by(hours=2)
    assert accounts.sessions.citizen(token) is None
    token = accounts.citizen_links.enter(token_for(accounts)).token
    for _ in range(11):
        clock.pass_by(hours=1)
        assert accounts.sessions.citizen(token)
    clock.pass_by(hours=1)
    assert accounts.sessions.citizen(token) is None
