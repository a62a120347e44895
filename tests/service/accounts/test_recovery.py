"""Recovery codes renewed by their owner: ten new ones for a code of the phone, every old one dead, all of it in the trail."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from miniapp.accounts.model import State
from miniapp.accounts.recovery import ALL
from miniapp.accounts.service import Accounts
from miniapp.audit.service import Audit
from miniapp.core.errors import Problem, Refused
from tests.support.fakes import StoppedClock
from tests.support.officers import ADDRESS, Desk, officer

AGENCY = "so-gddt-an-giang"


@pytest.fixture
def lan(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "lan@angiang.gov.vn", AGENCY, "publisher")


def come_in_with(desk: Desk, code: str) -> None:
    desk.accounts.sign_in.finish(desk.half(), code, address=ADDRESS)


def test_new_codes_work_once_each_and_old_ones_no_more(lan: Desk, audit: Audit) -> None:
    come_in_with(lan, lan.recovery[0])
    assert lan.accounts.recovery.left(lan.id) == ALL - 1
    made = lan.accounts.recovery.renew(lan.signed(), lan.code(), address=ADDRESS)
    assert len(set(made)) == ALL
    assert not set(made) & set(lan.recovery)
    for old in (lan.recovery[0], lan.recovery[1]):
        with pytest.raises(Refused, match="code_refused"):
            come_in_with(lan, old)
        lan.clock.pass_by(minutes=2)
    come_in_with(lan, made[0])
    with pytest.raises(Refused, match="code_refused"):
        come_in_with(lan, made[0])
    assert lan.accounts.recovery.left(lan.id) == ALL - 1
    (entry,) = [one for one in audit.of_object(AGENCY, lan.id) if one.event == "recovery_codes_renewed"]
    assert (entry.by, entry.facts) == (lan.id, {"officer": lan.id, "left": ALL - 1})


def test_a_recovery_code_brings_no_new_ones_and_is_not_spent_by_trying(lan: Desk) -> None:
    signed = lan.signed()
    with pytest.raises(Refused, match="code_refused"):
        lan.accounts.recovery.renew(signed, lan.recovery[0], address=ADDRESS)
    assert lan.accounts.recovery.left(lan.id) == ALL
    come_in_with(lan, lan.recovery[0])


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef"])
def test_a_wrong_code_changes_nothing_and_is_noted(lan: Desk, audit: Audit, code: str) -> None:
    with pytest.raises(Refused, match="code_refused"):
        lan.accounts.recovery.renew(lan.signed(), code, address=ADDRESS)
    come_in_with(lan, lan.recovery[3])
    assert "sign_in_failed" in [one.event for one in audit.of_object(AGENCY, lan.id)]


def test_the_code_that_opened_the_session_cannot_renew(lan: Desk) -> None:
    code = lan.code()
    signed = lan.accounts.sign_in.finish(lan.half(), code, address=ADDRESS).signed
    with pytest.raises(Refused, match="code_refused"):
        lan.accounts.recovery.renew(signed, code, address=ADDRESS)


def test_guessing_is_slowed_down_as_at_sign_in(lan: Desk) -> None:
    signed = lan.signed()
    codes = []
    for _ in range(8):
        with pytest.raises(Refused) as told:
            lan.accounts.recovery.renew(signed, "000000", address=ADDRESS)
        codes.append(told.value.code)
    assert codes[-1] == "too_many_tries"


def test_of_two_renewals_with_one_code_one_happens(lan: Desk) -> None:
    signed, code = lan.signed(), lan.code()

    def renew(_: int) -> list[str]:
        try:
            return lan.accounts.recovery.renew(signed, code, address=ADDRESS)
        except Problem:
            return []

    with ThreadPoolExecutor(2) as pool:
        made = [codes for codes in pool.map(renew, range(2)) if codes]
    assert len(made) == 1
    lan.clock.pass_by(minutes=5)
    come_in_with(lan, made[0][0])


def test_who_was_shut_out_meanwhile_gets_none(lan: Desk) -> None:
    signed = lan.signed()
    shut = replace(
        signed, officer=replace(signed.officer, state=State.ACTIVE, generation=signed.officer.generation + 1)
    )
    with pytest.raises(Refused, match="sign_in_refused"):
        lan.accounts.recovery.renew(shut, lan.code(), address=ADDRESS)
    come_in_with(lan, lan.recovery[0])


def test_who_has_no_second_factor_has_no_codes(accounts: Accounts) -> None:
    assert accounts.recovery.left("off_nobody") == 0
