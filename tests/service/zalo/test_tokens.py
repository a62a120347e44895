"""Official Accounts' tokens: one refresh for all who come at once, none lost by a death that can be survived, no loop (F6)."""

import io
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.wiring import Services
from miniapp.core import log, metrics
from miniapp.core.errors import NotFound, Problem, Refused, Unavailable
from miniapp.core.personal import Personal
from miniapp.core.sealing import Sealer
from miniapp.zalo.grants import LEASE, Grant, Pair, State
from miniapp.zalo.oauth_simulator import SimulatedOauth
from miniapp.zalo.token_store import TokenStore
from miniapp.zalo.tokens import READ_AGAIN, Tokens
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock
from tests.support.faults import CountedCalls, Killed, Silence
from tests.support.letters import AGENCY, services

ACCOUNT, SECOND = "388613280878808645", "9007199254740993001"


@dataclass
class Watched:
    """The simulated authority, with what it was asked; something may happen after it did its work, or before."""

    inner: SimulatedOauth
    asked: list[str] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def exchange(self, code: Personal) -> Pair:
        return self.inner.exchange(code)

    def refresh(self, token: Personal) -> Pair:
        self.asked.append(token.reveal)
        self.before()
        pair = self.inner.refresh(token)
        self.after()
        return pair


@dataclass
class House:
    """One engine with an authority; processes that keep tokens there."""

    made: Services
    clock: StoppedClock
    authority: Watched
    tokens: Tokens

    def process(self, sealer: Sealer | None = None, authority: Watched | None = None) -> Tokens:
        """Another process."""
        return Tokens(TokenStore(), authority or self.authority, sealer or self.made.sealer, self.clock)

    def authorised(self, account: str = ACCOUNT) -> None:
        self.tokens.authorise(account, AGENCY, self.authority.inner.consent(account))

    def held(self, account: str = ACCOUNT) -> Grant:
        found = TokenStore().find(account)
        assert found is not None
        return found

    def half_a_life(self) -> None:
        self.clock.pass_by(hours=12.5)

    def lapse(self) -> None:
        self.clock.pass_by(minutes=70)

    def opens(self, account: str = ACCOUNT) -> bool:
        """Whether what a process reads now is good at the platform."""
        return self.authority.inner.whose(self.process().access(account)) == account


def die() -> None:
    raise Killed


def silence() -> None:
    raise Unavailable("zalo_silent")


@pytest.fixture
def house(cloud: Cloud) -> House:
    clock = StoppedClock()
    made = services(cloud, clock)
    authority = Watched(made.simulated_oauth)
    return House(made, clock, authority, Tokens(TokenStore(), authority, made.sealer, clock))


@pytest.fixture
def told() -> io.StringIO:
    """Figures and log lines."""
    metrics.start("house")
    log.start()
    stream = io.StringIO()
    for name in ("motcua", "motcua.metrics"):
        handler = logging.getLogger(name).handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
    return stream


def figures(told: io.StringIO, name: str) -> list[int]:
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line[name] for line in lines if name in line]


def test_what_was_authorised_is_read_by_whoever_sends_and_by_no_other_name(house: House) -> None:
    house.authorised()
    assert house.opens()
    with pytest.raises(NotFound, match="zalo_account_unknown"):
        house.tokens.access(SECOND)


def test_nothing_is_refreshed_before_half_its_life_and_everything_is_after_it(house: House) -> None:
    house.authorised()
    house.authorised(SECOND)
    house.clock.pass_by(hours=12.4)
    assert house.tokens.refresh_due() == 0
    house.clock.pass_by(hours=0.1)
    assert house.tokens.refresh_due() == 2
    assert house.tokens.refresh_due() == 0
    assert (len(house.authority.asked), house.opens(), house.opens(SECOND)) == (2, True, True)


def test_a_week_of_refreshing_uses_every_token_once(house: House) -> None:
    house.authorised()
    for _ in range(14):
        house.half_a_life()
        assert house.tokens.refresh_due() == 1
        assert house.opens()
    assert len(set(house.authority.asked)) == 14


def test_twenty_who_come_at_once_are_one_refresh(house: House) -> None:
    house.authorised()
    house.clock.pass_by(hours=26)

    with ThreadPoolExecutor(20) as pool:
        renewed = sorted(pool.map(lambda _: house.process().refresh_due(), range(20)))

    assert renewed == [0] * 19 + [1]
    assert len(house.authority.asked) == 1
    assert house.held().state is State.VALID
    assert house.opens()


# --- deaths


def test_a_reply_that_was_lost_loses_the_grant_once_and_nothing_asks_again(house: House, told: io.StringIO) -> None:
    house.authorised()
    house.half_a_life()
    house.authority.after = die
    with pytest.raises(Killed):
        house.process().refresh_due()
    house.authority.after = lambda: None
    assert house.held().state is State.REFRESHING
    assert house.tokens.refresh_due() == 0
    assert len(house.authority.asked) == 1, "the lease still holds"

    for _ in range(30):
        house.lapse()
        assert house.tokens.refresh_due() == 0

    assert len(house.authority.asked) == 2, "asked once more, in case the call never went out"
    assert (house.held().state, house.held().why) == (State.LOST, "zalo_grant_refused")
    assert figures(told, "MustReauthorise") == [0] + [1] * 30
    assert [(one.what, one.agency) for one in house.tokens.stuck()] == [(ACCOUNT, AGENCY)]
    for token in house.authority.asked:
        assert token not in told.getvalue()


def test_until_its_end_the_old_access_token_goes_on_serving_and_a_person_mends_it(
    house: House, told: io.StringIO
) -> None:
    house.authorised()
    house.half_a_life()
    house.authority.after = die
    with pytest.raises(Killed):
        house.process().refresh_due()
    house.authority.after = lambda: None
    house.lapse()
    house.tokens.refresh_due()
    assert house.held().is_lost
    assert house.opens()
    house.clock.pass_by(hours=12)
    with pytest.raises(Unavailable, match="zalo_token_ended"):
        house.process().access(ACCOUNT)

    house.authorised()
    assert house.opens()
    assert house.tokens.stuck() == []
    house.tokens.refresh_due()
    assert figures(told, "MustReauthorise")[-1] == 0
    house.half_a_life()
    assert house.tokens.refresh_due() == 1


def test_who_died_before_asking_has_lost_nothing(house: House) -> None:
    house.authorised()
    house.half_a_life()
    house.authority.before = die
    with pytest.raises(Killed):
        house.process().refresh_due()
    house.authority.before = lambda: None
    house.clock.at += LEASE

    assert house.tokens.refresh_due() == 1
    assert house.opens()


def test_killed_at_any_call_the_account_is_valid_or_known_to_be_lost_within_two_rounds(
    house: House, cloud: Cloud
) -> None:
    house.authorised()
    seen, ends = 0, set()
    for place in range(40):
        house.half_a_life()
        house.authority.asked.clear()
        with CountedCalls(cloud.aws, place // 2, place % 2 == 1) as calls:
            try:
                house.process().refresh_due()
                died = False
            except Killed:
                died = True
        for _ in range(2):
            house.lapse()
            house.tokens.refresh_due()
        held = house.held()
        ends.add(held.state)
        assert held.state is not State.REFRESHING, (place, calls.calls)
        assert len(house.authority.asked) <= 2
        assert house.opens()
        if held.is_lost:
            house.authorised()
        seen += died
        if not died:
            break
    assert seen >= 8
    assert ends == {State.VALID, State.LOST}


def test_silence_is_asked_after_with_growing_pauses_and_costs_nothing(house: House) -> None:
    house.authorised()
    house.half_a_life()
    house.authority.before = silence
    for _ in range(12 * 12):
        house.tokens.refresh_due()
        house.clock.pass_by(minutes=5)
    assert 10 <= len(house.authority.asked) <= 20
    assert [one.what for one in house.tokens.stuck()] == [ACCOUNT]
    house.authority.before = lambda: None
    house.lapse()
    assert house.tokens.refresh_due() == 1
    assert house.held().tries == 0
    assert house.tokens.stuck() == []


def test_while_the_platform_is_away_the_other_accounts_are_not_tried(house: House) -> None:
    for account in (ACCOUNT, SECOND):
        house.authorised(account)
    house.half_a_life()
    house.authority.before = silence
    assert house.tokens.refresh_due() == 0
    assert [house.held(one).state for one in (ACCOUNT, SECOND)] == [State.REFRESHING, State.VALID]
    assert len(house.authority.asked) == 1


@pytest.mark.parametrize("problem", [Refused("zalo_app_refused", error="-14002"), Unavailable("zalo_not_asked")])
def test_what_is_no_fault_of_the_token_leaves_it_as_good_as_before(house: House, problem: Problem) -> None:
    def fail() -> None:
        raise problem

    house.authorised()
    house.half_a_life()
    house.authority.before = fail
    assert house.tokens.refresh_due() == 0
    assert (house.held().state, house.held().why) == (State.VALID, problem.code)
    house.clock.pass_by(minutes=15)
    assert [one.what for one in house.tokens.stuck()] == [ACCOUNT]
    house.authority.before = lambda: None
    assert house.tokens.refresh_due() == 1
    assert house.held().why == ""


def test_with_the_store_away_nothing_is_asked_and_the_job_fails(house: House, cloud: Cloud) -> None:
    house.authorised()
    house.half_a_life()
    with Silence(cloud.aws, "dynamodb"), pytest.raises(Unavailable, match="store_unavailable"):
        house.tokens.refresh_due()
    assert house.authority.asked == []


# --- the fence


def slow(house: House, meanwhile: Callable[[], object]) -> Tokens:
    """A process that gets its pair, and does not write it before something else has happened."""
    return house.process(authority=Watched(house.authority.inner, after=meanwhile))


def test_a_lapsed_lease_is_taken_over_and_the_late_owner_of_the_only_good_pair_still_saves_it(house: House) -> None:
    house.authorised()
    house.half_a_life()

    def taken_over() -> None:
        house.lapse()
        house.process().refresh_due()
        assert house.held().is_lost, "its token was used up by the slow one"

    before = house.held().fence
    assert slow(house, taken_over).refresh_due() == 1
    assert house.held().state is State.VALID
    assert house.held().fence > before + 2
    assert house.opens()


def test_a_late_refusal_does_not_undo_what_the_next_one_got(house: House) -> None:
    house.authorised()
    house.half_a_life()

    def overtaken() -> None:
        house.lapse()
        assert house.process().refresh_due() == 1

    late = house.process(authority=Watched(house.authority.inner, before=overtaken))
    assert late.refresh_due() == 0
    assert house.held().state is State.VALID
    assert house.opens()
    house.half_a_life()
    assert house.tokens.refresh_due() == 1


def test_a_pair_that_comes_after_a_new_authorisation_is_dropped(house: House) -> None:
    house.authorised()
    house.half_a_life()
    kept: list[Grant] = []

    def anew() -> None:
        house.authorised()
        kept.append(house.held())

    assert slow(house, anew).refresh_due() == 0
    assert house.held() == kept[0]
    assert house.opens()


# --- old and new side by side


def test_an_old_process_and_a_new_one_with_another_key_leave_each_other_s_work_whole(
    house: House, told: io.StringIO
) -> None:
    house.authorised()
    key = house.made.settings.session_key
    new, old = house.process(Sealer("1" * 64, key)), house.process()
    house.half_a_life()
    assert (new.refresh_due(), old.refresh_due()) == (1, 0)
    assert house.authority.inner.whose(new.access(ACCOUNT)) == ACCOUNT

    with pytest.raises(Unavailable, match="zalo_tokens_unreadable"):
        house.process().access(ACCOUNT)
    house.half_a_life()
    assert (old.refresh_due(), house.held().state) == (0, State.VALID)
    assert "zalo_tokens_unreadable" in told.getvalue()
    assert len(house.authority.asked) == 1
    assert new.refresh_due() == 1


def test_two_processes_that_take_turns_for_days_use_every_token_once(house: House) -> None:
    house.authorised()
    both = [house.process(), house.process()]
    for turn in range(6):
        house.half_a_life()
        first, second = both[turn % 2], both[(turn + 1) % 2]
        assert (first.refresh_due(), second.refresh_due()) == (1, 0)
    assert len(set(house.authority.asked)) == len(house.authority.asked) == 6


def test_tokens_of_one_account_are_of_no_use_in_another_one_s_row(house: House) -> None:
    house.authorised()
    house.authorised(SECOND)
    stolen = replace(house.held(SECOND), account=ACCOUNT, pair=house.held().pair)
    TokenStore().renewed(stolen, stolen.sealed, stolen.made, stolen.until)
    with pytest.raises(Unavailable, match="zalo_tokens_unreadable"):
        house.process().access(ACCOUNT)


# --- reading


def test_a_reader_asks_the_store_once_a_minute_and_again_when_it_was_refused(house: House, cloud: Cloud) -> None:
    house.authorised()
    house.half_a_life()
    reader, refused = house.process(), house.process()
    first = reader.access(ACCOUNT)
    assert refused.access(ACCOUNT) == first
    house.tokens.refresh_due()
    with CountedCalls(cloud.aws) as calls:
        assert reader.access(ACCOUNT) == first
    assert calls.calls == []

    second = refused.access(ACCOUNT, again=True)
    assert house.authority.inner.whose(second) == ACCOUNT
    assert second != first
    house.clock.at += READ_AGAIN
    assert reader.access(ACCOUNT) == second


def test_no_row_holds_a_token_that_can_be_read(house: House, cloud: Cloud) -> None:
    code = house.authority.inner.consent(ACCOUNT)
    house.tokens.authorise(ACCOUNT, AGENCY, code)
    house.half_a_life()
    house.tokens.refresh_due()
    found: Any = cloud.admin("dynamodb").scan(TableName=cloud.settings.resource("zalo_tokens"))["Items"]
    held = json.dumps(found)
    secrets = [code.reveal, house.tokens.access(ACCOUNT).reveal, *house.authority.asked]
    assert len(found) >= 3
    assert [secret for secret in secrets if secret in held] == []
    assert house.tokens.access(ACCOUNT).reveal not in repr(house.tokens.grants()) + str(vars(house.tokens))


def test_an_access_token_s_life_is_the_platform_s_word(house: House) -> None:
    house.authorised()
    assert house.held().until - house.held().made == timedelta(seconds=90_000)
