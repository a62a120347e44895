"""Signing in: both factors, each code once, one answer to strangers, waits that grow, nothing without the store."""

import threading

import pytest

from miniapp.accounts.access import Operator
from miniapp.accounts.service import Accounts
from miniapp.audit.model import HOUSE
from miniapp.audit.service import Audit
from miniapp.core.errors import Problem, Refused, Unavailable
from miniapp.core.sealing import Sealer
from miniapp.core.tables import bind
from tests.service.accounts.conftest import AGENCY
from tests.support.cloud import Cloud, settings_for
from tests.support.fakes import StoppedClock
from tests.support.officers import ADDRESS, Desk, officer


@pytest.fixture
def lan(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "lan@sogddt.vn", AGENCY, "publisher")


def refused(
    accounts: Accounts, login: str, password: str = "wrong", address: str = ADDRESS, device: str = ""
) -> Problem:
    with pytest.raises(Refused) as failure:
        accounts.sign_in.begin(login, password, address=address, device=device)
    return failure.value


def test_password_and_phone_open_a_session_that_knows_the_roles(accounts: Accounts, lan: Desk) -> None:
    entered = lan.come_in()
    found = accounts.sessions.officer(entered.token)
    assert found is not None
    assert found.id == lan.id
    assert found.may("scores.upload", AGENCY)
    assert not found.may("scores.approve", AGENCY)
    assert not found.may("scores.upload", "so-gddt-phu-yen")
    assert found.is_fresh(lan.clock.now())


def test_a_session_of_this_moment_is_not_of_the_future(accounts: Accounts, lan: Desk) -> None:
    lan.clock.at = lan.clock.at.replace(microsecond=999_999)
    found = accounts.sessions.officer(lan.come_in().token)
    assert found is not None
    assert found.is_fresh(lan.clock.now())
    assert found.session.made <= lan.clock.now()


def test_the_login_is_read_without_case_and_blanks(accounts: Accounts, lan: Desk) -> None:
    lan.login = "  LAN@sogddt.VN "
    assert lan.come_in().signed.id == lan.id


def test_a_password_alone_opens_nothing(accounts: Accounts, lan: Desk) -> None:
    half = lan.half()
    assert accounts.sign_in.is_half_in(half)
    assert accounts.sessions.officer(half) is None
    assert not accounts.sign_in.is_half_in("made up")


def test_the_first_step_ends_after_ten_minutes(accounts: Accounts, lan: Desk) -> None:
    half = lan.half()
    lan.clock.pass_by(minutes=10, seconds=1)
    assert not accounts.sign_in.is_half_in(half)
    with pytest.raises(Refused):
        accounts.sign_in.finish(half, lan.code(), address=ADDRESS)


def test_a_code_works_once(accounts: Accounts, lan: Desk) -> None:
    first, second = lan.half(), lan.half()
    code = lan.code()
    accounts.sign_in.finish(first, code, address=ADDRESS)
    with pytest.raises(Refused) as failure:
        accounts.sign_in.finish(second, code, address=ADDRESS)
    assert failure.value.code == "code_refused"
    assert accounts.sign_in.finish(second, lan.code(), address=ADDRESS)


def test_a_code_used_by_two_at_once_lets_one_in(accounts: Accounts, lan: Desk) -> None:
    halves = [lan.half(), lan.half()]
    code = lan.code()
    came: list[str] = []

    def enter(half: str) -> None:
        try:
            came.append(accounts.sign_in.finish(half, code, address=ADDRESS).token)
        except Refused as problem:
            came.append(problem.code)

    threads = [threading.Thread(target=enter, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came.count("code_refused") == 1


@pytest.mark.parametrize("late", [-60, -30, 0, 30, 60])
def test_a_phone_may_be_half_a_minute_off_and_no_more(accounts: Accounts, lan: Desk, late: int) -> None:
    lan.clock.pass_by(minutes=2)
    half = lan.half()
    code = lan.code()
    lan.clock.pass_by(seconds=late)
    if abs(late) <= 30:
        assert accounts.sign_in.finish(half, code, address=ADDRESS)
    else:
        with pytest.raises(Refused):
            accounts.sign_in.finish(half, code, address=ADDRESS)


def test_a_recovery_code_works_once_however_it_is_typed(accounts: Accounts, lan: Desk) -> None:
    typed = lan.recovery[0].lower().replace("-", " ")
    assert accounts.sign_in.finish(lan.half(), typed, address=ADDRESS)
    with pytest.raises(Refused):
        accounts.sign_in.finish(lan.half(), lan.recovery[0], address=ADDRESS)
    for code in lan.recovery[1:]:
        assert accounts.sign_in.finish(lan.half(), code, address=ADDRESS)


def test_a_code_given_a_moment_after_coming_in_counts_as_given_again(accounts: Accounts, lan: Desk) -> None:
    entered = lan.come_in()
    assert not entered.signed.session.was_proven_again
    lan.clock.pass_by(seconds=0.4)
    proven = accounts.sign_in.step_up(entered.signed, lan.recovery.pop(), address=ADDRESS)
    found = accounts.sessions.officer(proven.token)
    assert found is not None
    assert found.session.was_proven_again


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "0" * 16, "9" * 4000])
def test_a_wrong_code_is_refused(accounts: Accounts, lan: Desk, code: str) -> None:
    with pytest.raises(Refused) as failure:
        accounts.sign_in.finish(lan.half(), code, address=ADDRESS)
    assert failure.value.code == "code_refused"


def test_strangers_wrong_passwords_and_disabled_officers_get_one_answer(accounts: Accounts, lan: Desk) -> None:
    unknown = refused(accounts, "nobody@sogddt.vn")
    wrong = refused(accounts, lan.login)
    accounts.people.disable(AGENCY, lan.id, by=Operator())
    disabled = refused(accounts, lan.login, lan.password)
    invited = accounts.people.invite(AGENCY, "new@sogddt.vn", "Mới", ["officer"], by=Operator())
    not_joined = refused(accounts, invited.officer.login.reveal)
    answers = [(problem.code, problem.facts) for problem in (unknown, wrong, disabled, not_joined)]
    assert answers == [("sign_in_refused", {})] * 4


def test_a_stranger_costs_as_many_calls_to_the_store_as_an_officer(accounts: Accounts, lan: Desk, cloud: Cloud) -> None:
    calls: list[str] = []
    cloud.aws.dynamodb.meta.events.register(
        "before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="count"
    )
    try:
        refused(accounts, "nobody@sogddt.vn")  # opens the house's chain
        counted = []
        for login in ("nobody@sogddt.vn", lan.login):
            calls.clear()
            refused(accounts, login)
            counted.append(list(calls))
    finally:
        cloud.aws.dynamodb.meta.events.unregister("before-call.dynamodb", unique_id="count")
    assert counted[0] == counted[1]
    assert "GetItem" in counted[0]


def test_waits_grow_with_every_wrong_password_and_end(accounts: Accounts, lan: Desk) -> None:
    waits = []
    for _ in range(12):
        problem = refused(accounts, lan.login)
        seconds = int(problem.facts.get("wait", 0))
        waits.append(seconds)
        lan.clock.pass_by(seconds=seconds)
    told = [seconds for seconds in waits if seconds]
    assert told == sorted(told)
    assert told[0] == 1
    assert max(told) <= 60
    lan.clock.pass_by(seconds=60)
    assert lan.half()  # never a lock: the right password is heard after the wait


def test_a_right_password_during_the_wait_is_not_even_looked_at(accounts: Accounts, lan: Desk) -> None:
    for _ in range(7):
        lan.clock.pass_by(seconds=int(refused(accounts, lan.login).facts.get("wait", 0)))
    refused(accounts, lan.login)
    assert refused(accounts, lan.login, lan.password).code == "too_many_tries"


def test_a_known_device_does_not_wait_for_what_strangers_do(accounts: Accounts, lan: Desk) -> None:
    device = lan.come_in().device
    for _ in range(9):
        refused(accounts, lan.login, address="198.51.100.7")
    assert refused(accounts, lan.login, lan.password, "198.51.100.7").code == "too_many_tries"
    assert lan.half(device=device)
    # somebody else's device is nobody's
    assert refused(accounts, lan.login, lan.password, "198.51.100.8", device="made up").code == "too_many_tries"


def test_many_names_from_one_address_wait_too_and_other_addresses_do_not(accounts: Accounts, lan: Desk) -> None:
    codes = [refused(accounts, f"name{number}@sogddt.vn", address="203.0.113.5").code for number in range(34)]
    assert codes[:30] == ["sign_in_refused"] * 30
    assert "too_many_tries" in codes[30:]
    assert lan.half(address="203.0.113.6")


def test_a_busy_office_behind_one_address_is_not_slowed_by_right_passwords(accounts: Accounts, lan: Desk) -> None:
    for _ in range(40):
        assert lan.half()


def test_a_hundred_tries_at_once_count_as_a_hundred(accounts: Accounts, lan: Desk) -> None:
    heard: list[str] = []

    def guess() -> None:
        try:
            accounts.sign_in.begin(lan.login, "wrong", address=ADDRESS)
        except Problem as problem:
            heard.append(problem.code)

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 20
    assert heard.count("sign_in_refused") <= 5  # four free ones and the first that has to wait afterwards


def test_codes_cannot_be_walked_by_who_knows_the_password(accounts: Accounts, lan: Desk) -> None:
    half = lan.half()
    tried = 0
    for _ in range(200):
        try:
            accounts.sign_in.finish(half, "000000", address=ADDRESS)
        except Refused as problem:
            tried += problem.code == "code_refused"
        lan.clock.pass_by(seconds=2)
    assert tried <= 15


def test_tries_are_forgotten_with_time(accounts: Accounts, lan: Desk) -> None:
    for _ in range(4):
        refused(accounts, lan.login)
    lan.clock.pass_by(hours=2)
    for _ in range(4):
        assert refused(accounts, lan.login).code == "sign_in_refused"


def test_every_way_in_and_every_failure_is_in_the_trail(accounts: Accounts, lan: Desk, audit: Audit) -> None:
    refused(accounts, lan.login)
    refused(accounts, "nobody@sogddt.vn")
    with pytest.raises(Refused):
        accounts.sign_in.finish(lan.half(), "000000", address=ADDRESS)
    signed = lan.signed()
    accounts.sign_in.sign_out(signed)
    told = [(entry.event, entry.facts.get("step", "")) for entry in audit.of_object(AGENCY, lan.id)]
    assert told == [
        ("officer_signed_out", ""),
        ("officer_signed_in", ""),
        ("sign_in_failed", "second_factor"),
        ("sign_in_failed", "password"),
        ("officer_joined", ""),
        ("officer_invited", ""),
    ]
    assert [entry.facts["officer"] for entry in audit.page(HOUSE).entries] == [""]
    texts = "".join(entry.body() for entry in audit.page(AGENCY).entries)
    assert lan.login not in texts
    assert ADDRESS not in texts


def test_without_the_store_nobody_comes_in_and_nobody_is_in(accounts: Accounts, lan: Desk, cloud: Cloud) -> None:
    half, token = lan.half(), lan.come_in().token
    dead = settings_for("http://127.0.0.1:9", connect_timeout=0.2, read_timeout=0.2, attempts=1)
    from miniapp.accounts import service
    from miniapp.audit import store as audit_store
    from miniapp.core.aws import Aws

    tables = (*audit_store.TABLES, *service.TABLES)
    bind(tables, dead, Aws(dead))
    try:
        for act in (
            lambda: accounts.sign_in.begin(lan.login, lan.password, address=ADDRESS),
            lambda: accounts.sign_in.finish(half, lan.code(), address=ADDRESS),
            lambda: accounts.sessions.officer(token),
        ):
            with pytest.raises(Unavailable):
                act()
    finally:
        bind(tables, cloud.settings, cloud.aws)


def test_a_weak_hash_is_made_anew_when_its_owner_comes_in(accounts: Accounts, lan: Desk, cloud: Cloud) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(lan.password)
    key = {"pk": {"S": f"officer#{lan.id}"}, "sk": {"S": "secret#password"}}
    dynamodb, table = cloud.admin("dynamodb"), cloud.settings.resource("accounts")
    dynamodb.put_item(TableName=table, Item={**key, "hash": {"S": weak}})
    assert lan.half()
    kept = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]["hash"]["S"]
    assert "m=19456,t=2,p=1" in kept
    assert lan.half()


def test_secrets_are_sealed_anew_so_that_a_key_can_be_retired(
    accounts: Accounts, lan: Desk, audit: Audit, clock: StoppedClock
) -> None:
    from miniapp.core.ids import RandomIds

    rotated = Accounts(audit, Sealer("n" * 64, "k" * 64), clock, RandomIds(), "http://localhost")
    lan.accounts = rotated
    assert lan.come_in()
    lan.accounts = Accounts(audit, Sealer("n" * 64), clock, RandomIds(), "http://localhost")
    assert lan.come_in()


def test_no_row_holds_a_password_a_code_or_a_token(accounts: Accounts, lan: Desk, cloud: Cloud) -> None:
    token = lan.come_in().token
    dynamodb = cloud.admin("dynamodb")
    kept = "".join(
        str(dynamodb.scan(TableName=cloud.settings.resource(table))["Items"])
        for table in ("accounts", "sessions", "audit")
    )
    assert lan.id in kept
    for secret in (token, lan.password, lan.secret, *lan.recovery, *(code.replace("-", "") for code in lan.recovery)):
        assert secret not in kept
