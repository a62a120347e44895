"""What sign-in rests on, conditions and transactions, on every engine that can run here."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from miniapp.accounts.access import Operator
from miniapp.accounts.service import Accounts
from miniapp.core.errors import Problem, Refused
from tests.service.accounts.conftest import AGENCY, accounts_on
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.officers import ADDRESS, PASSWORD, Desk, officer


@pytest.fixture
def accounts(each_store: Cloud, clock: StoppedClock) -> Accounts:
    return accounts_on(each_store, clock)


@pytest.fixture
def lan(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "lan@sogddt.vn", AGENCY, "publisher")


def outcome(act: object, *arguments: object, **more: object) -> str:
    try:
        act(*arguments, **more)  # type: ignore[operator]
    except Problem as problem:
        return problem.code
    return "done"


def test_of_many_who_show_one_code_at_once_one_comes_in(accounts: Accounts, lan: Desk) -> None:
    halves = [lan.half() for _ in range(3)]
    code = lan.code()
    gate = Barrier(3)

    def enter(half: str) -> str:
        gate.wait(20)
        return outcome(accounts.sign_in.finish, half, code, address=ADDRESS)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, halves)).count("done") == 1


def test_a_recovery_code_is_used_up_once_by_many_at_once(accounts: Accounts, lan: Desk) -> None:
    halves = [lan.half() for _ in range(3)]
    gate = Barrier(3)

    def enter(half: str) -> str:
        gate.wait(20)
        return outcome(accounts.sign_in.finish, half, lan.recovery[0], address=ADDRESS)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, halves)).count("done") == 1


def test_tries_at_once_are_all_counted(accounts: Accounts, lan: Desk) -> None:
    gate = Barrier(8)

    def guess(number: int) -> str:
        gate.wait(20)
        return outcome(accounts.sign_in.begin, lan.login, f"wrong {number}", address=ADDRESS, device="")

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(8)))

    assert told.count("done") == 0
    with pytest.raises(Refused) as refused:
        accounts.sign_in.begin(lan.login, PASSWORD, address=ADDRESS, device="")
    assert refused.value.code == "too_many_tries"


def test_sessions_ended_everywhere_are_ended_and_the_next_one_is_not(accounts: Accounts, lan: Desk) -> None:
    first, second = lan.come_in(), lan.come_in()
    accounts.people.end_sessions(AGENCY, lan.id, by=Operator())
    assert [accounts.sessions.officer(one.token) for one in (first, second)] == [None, None]
    assert accounts.sessions.officer(lan.come_in().token) is not None
