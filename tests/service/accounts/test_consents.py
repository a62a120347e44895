"""Consents on a real engine: each step a row, one newest, nothing assumed, provable for its time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from miniapp.accounts.consents import Consents
from miniapp.accounts.model import Wording
from miniapp.accounts.service import Accounts
from miniapp.core.errors import Invalid, NotFound
from tests.service.accounts.conftest import AGENCY, OTHER
from tests.support.fakes import StoppedClock

LAN, MINH, NEWS = "84000000000000001", "84000000000000002", "score_news"
FIRST = Wording(NEWS, "1", date(2026, 1, 1))
SECOND = Wording(NEWS, "2", date(2026, 8, 1))


@pytest.fixture
def consents(accounts: Accounts) -> Consents:
    return accounts.consents({NEWS: (FIRST, SECOND)})


def test_nobody_has_agreed_before_he_did(consents: Consents) -> None:
    assert not consents.holds(LAN, AGENCY, NEWS)
    assert not consents.in_force(LAN, AGENCY, NEWS)
    assert not consents.withdraw(LAN, AGENCY, NEWS)
    assert consents.history(LAN) == []


def test_a_consent_is_for_one_person_agency_and_purpose(consents: Consents) -> None:
    consents.give(LAN, AGENCY, NEWS, "1")
    assert consents.holds(LAN, AGENCY, NEWS)
    assert not consents.holds(LAN, OTHER, NEWS)
    assert not consents.holds(MINH, AGENCY, NEWS)


def test_agreeing_again_changes_nothing_and_every_other_step_stays(consents: Consents, clock: StoppedClock) -> None:
    consents.give(LAN, AGENCY, NEWS, "1")
    consents.give(LAN, AGENCY, NEWS, "1")
    clock.pass_by(hours=1)
    assert consents.withdraw(LAN, AGENCY, NEWS)
    assert not consents.withdraw(LAN, AGENCY, NEWS)
    clock.pass_by(hours=1)
    consents.give(LAN, AGENCY, NEWS, "1")
    assert [step.holds for step in consents.history(LAN)] == [True, False, True]
    assert [step.holds for step in consents.of(LAN)] == [True]


def test_a_new_wording_is_asked_for_anew_while_the_old_consent_stays_in_force(
    consents: Consents, clock: StoppedClock
) -> None:
    consents.give(LAN, AGENCY, NEWS, "1")
    clock.pass_by(days=30)
    assert not consents.holds(LAN, AGENCY, NEWS)
    assert consents.in_force(LAN, AGENCY, NEWS)
    with pytest.raises(Invalid, match="consent_text_changed"):
        consents.give(LAN, AGENCY, NEWS, "1")
    consents.give(LAN, AGENCY, NEWS, "2")
    assert consents.holds(LAN, AGENCY, NEWS)


def test_a_wording_that_is_not_published_yet_or_at_all_is_unknown(consents: Consents) -> None:
    with pytest.raises(Invalid, match="consent_text_changed"):
        consents.give(LAN, AGENCY, NEWS, "2")
    with pytest.raises(NotFound, match="consent_text_unknown"):
        consents.give(LAN, AGENCY, "marketing", "1")
    with pytest.raises(NotFound, match="consent_text_unknown"):
        consents.wording(NEWS, "../1")


def test_ten_taps_at_once_are_one_step(consents: Consents) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: consents.give(LAN, AGENCY, NEWS, "1"), range(10)))
    assert len(consents.history(LAN)) == 1
    with ThreadPoolExecutor(10) as pool:
        ended = list(pool.map(lambda _: consents.withdraw(LAN, AGENCY, NEWS), range(10)))
    assert ended.count(True) == 1
    assert len(consents.history(LAN)) == 2


def test_the_proof_of_a_withdrawn_consent_ends_after_three_years(consents: Consents, clock: StoppedClock) -> None:
    consents.give(LAN, AGENCY, NEWS, "1")
    clock.pass_by(days=1000)
    assert len(consents.history(LAN)) == 1
    assert consents.withdraw_all(LAN) == 1
    clock.pass_by(days=3 * 365 + 1)
    assert consents.history(LAN) == []
