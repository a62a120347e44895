"""Conditional writes, transactions and acts that happen once, on the real engine."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from miniapp.core import once
from miniapp.core.errors import Conflict, Invalid, Unavailable
from miniapp.core.once import Once, OnceRow
from miniapp.core.tables import CONFLICT_TRIES, bind, change, check, put_new, read, remove, transact
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import CancelledTransactions


@pytest.fixture
def bound(each_store: Cloud) -> Cloud:
    bind(once.TABLES, each_store.settings, each_store.aws)
    return each_store


def row(key: str, **more: Any) -> OnceRow:
    return OnceRow(pk=key, **{"state": "doing", "lease": 1, "expires": 1, **more})


def test_of_many_who_add_one_row_one_wins(bound: Cloud) -> None:
    def add(place: int) -> bool:
        try:
            put_new(row("one", lease=place), Conflict("taken")).alone()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(24))) == 1


def test_a_transaction_is_whole_or_nothing_and_says_which_condition_failed(bound: Cloud) -> None:
    put_new(row("there"), Conflict("x")).alone()
    put_new(row("other"), Conflict("x")).alone()

    with pytest.raises(Conflict, match="second"):
        transact(
            put_new(row("fresh"), Conflict("first")),
            change(row("there"), [OnceRow.lease.set(2)], OnceRow.lease == 99, Conflict("second")),
        )
    with pytest.raises(Conflict, match="checked"):
        transact(
            check(row("there"), OnceRow.state == "done", Conflict("checked")),
            remove(row("other"), OnceRow.pk.exists(), Conflict("removed")),
        )

    assert read(lambda: OnceRow.get("fresh")) is None
    assert read(lambda: OnceRow.get("other")) is not None
    held = read(lambda: OnceRow.get("there"))
    assert held is not None
    assert held.lease == 1


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"])
def test_a_transaction_that_is_cancelled_because_a_row_is_busy_is_sent_again(reason: str, bound: Cloud) -> None:
    with CancelledTransactions(bound.aws, reason, 3) as faults:
        transact(put_new(row("busy"), Conflict("taken")))

    assert faults.cancelled == 3
    assert read(lambda: OnceRow.get("busy")) is not None


@pytest.mark.parametrize(("reason", "times"), [("ThrottlingError", 99), ("ValidationError", 1)])
def test_a_transaction_that_stays_cancelled_says_so(reason: str, times: int, bound: Cloud) -> None:
    with CancelledTransactions(bound.aws, reason, times) as faults, pytest.raises(Unavailable):
        transact(put_new(row("busy"), Conflict("taken")))

    assert faults.cancelled == min(times, CONFLICT_TRIES)
    assert read(lambda: OnceRow.get("busy")) is None


def test_three_taps_act_once_and_see_one_outcome(bound: Cloud) -> None:
    acts: list[int] = []
    begun = Event()
    runner = Once(StoppedClock(), sleep=lambda seconds: begun.wait(0.02))

    def act() -> str:
        acts.append(1)
        begun.wait(0.2)
        return f"/receipt/{len(acts)}"

    with ThreadPoolExecutor(3) as pool:
        outcomes = set(pool.map(lambda _: runner.run("token", act), range(3)))

    assert outcomes == {"/receipt/1"}
    assert runner.run("token", act) == "/receipt/1"
    assert len(acts) == 1


def test_a_refused_act_leaves_its_token_usable(bound: Cloud) -> None:
    runner = Once(StoppedClock())

    def refuse() -> str:
        raise Invalid("wrong")

    with pytest.raises(Invalid):
        runner.run("token", refuse)

    assert runner.run("token", lambda: "/done") == "/done"


def test_when_the_first_died_its_lease_lapses_and_the_next_acts(bound: Cloud) -> None:
    clock = StoppedClock()
    runner = Once(clock, sleep=lambda seconds: None)

    with pytest.raises(KeyboardInterrupt):
        runner.run("token", _die)
    with pytest.raises(Conflict, match="still_working"):
        runner.run("token", lambda: "/too-early")
    clock.pass_by(seconds=31)

    assert runner.run("token", lambda: "/second") == "/second"


def _die() -> str:
    raise KeyboardInterrupt


def test_a_store_that_is_away_is_unavailable_and_nothing_else(bound: Cloud) -> None:
    client = bound.aws.dynamodb

    def away(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    client.meta.events.register_first("before-send.dynamodb", away)
    try:
        with pytest.raises(Unavailable):
            put_new(row("x"), Conflict("x")).alone()
        with pytest.raises(Unavailable):
            read(lambda: OnceRow.get("x"))
        with pytest.raises(Unavailable):
            transact(put_new(row("x"), Conflict("x")))
    finally:
        client.meta.events.unregister("before-send.dynamodb", away)
