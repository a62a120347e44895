"""Nobody becomes two persons alone: what one admin asks for, a second one confirms, and only the second holds the link."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from miniapp.accounts.access import Operator
from miniapp.accounts.asked import Act, Asked
from miniapp.accounts.model import SignedOfficer
from miniapp.accounts.service import Accounts
from miniapp.audit.service import Audit
from miniapp.core.errors import Problem
from miniapp.core.ids import RandomIds
from miniapp.core.sealing import Sealer
from tests.service.accounts.conftest import AGENCY, OTHER
from tests.support.fakes import StoppedClock
from tests.support.officers import Desk, joined, officer

OPERATOR = Operator()
PARENT = "ubnd-tinh"


@pytest.fixture
def accounts(audit: Audit, clock: StoppedClock) -> Accounts:
    parents = {AGENCY: PARENT}
    return Accounts(
        audit, Sealer("k" * 64), clock, RandomIds(), "http://localhost:8000", lambda of: parents.get(of, "")
    )


@pytest.fixture
def mai(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "mai@sogddt.vn", AGENCY, "agency_admin", "publisher")


@pytest.fixture
def nam(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "nam@sogddt.vn", AGENCY, "agency_admin")


@pytest.fixture
def lan(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "lan@sogddt.vn", AGENCY, "officer")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Problem) as failure:
        act()
    return failure.value.code


def wish(found: object) -> Asked:
    assert isinstance(found, Asked)
    return found


def invitation(accounts: Accounts, by: SignedOfficer, login: str = "ha@sogddt.vn", role: str = "approver") -> Asked:
    return wish(accounts.people.invite(AGENCY, login, "Hà", [role], by=by))


def acts(accounts: Accounts, lan: Desk, by: SignedOfficer) -> dict[Act, Callable[[], object]]:
    """Everything that waits, asked about somebody it is possible for."""
    people = accounts.people
    held = people.invite(AGENCY, "moi@sogddt.vn", "Mới", ["approver"], by=OPERATOR).officer.id
    return {
        Act.INVITE: lambda: people.invite(AGENCY, "ha@sogddt.vn", "Hà", ["officer"], by=by),
        Act.INVITE_AGAIN: lambda: people.invite_again(AGENCY, held, by=by),
        Act.ROLES: lambda: people.give_roles(AGENCY, lan.id, ["approver"], by=by),
        Act.NEW_FACTOR: lambda: people.reset_second_factor(AGENCY, lan.id, by=by),
        Act.NEW_PASSWORD: lambda: people.reset_password(AGENCY, lan.id, by=by),
    }


@pytest.mark.parametrize("act", list(Act))
def test_what_one_asks_for_changes_nothing_until_another_confirms(
    accounts: Accounts, mai: Desk, nam: Desk, lan: Desk, act: Act
) -> None:
    session = lan.come_in().token
    before = accounts.people.members(AGENCY, OPERATOR)
    by = mai.signed()
    ask = acts(accounts, lan, by)[act]
    before = accounts.people.members(AGENCY, OPERATOR)
    asked = wish(ask())
    assert asked.act is act
    assert accounts.people.members(AGENCY, OPERATOR) == before
    assert accounts.sessions.officer(session)
    assert code_of(lambda: accounts.confirming.confirm(asked, by=by)) == "asked_by_yourself"
    assert accounts.confirming.waiting(AGENCY, by) == [asked]
    link = accounts.confirming.confirm(asked, by=nam.signed())
    assert (link is None) == (act is Act.ROLES)
    assert link is None or accounts.invitations.look(link.token).officer.id == asked.officer
    assert accounts.confirming.waiting(AGENCY, by) == []
    if act is Act.ROLES:
        assert accounts.people.member(AGENCY, lan.id, by).roles == asked.roles


def test_who_was_invited_by_two_comes_in(accounts: Accounts, mai: Desk, nam: Desk, clock: StoppedClock) -> None:
    asked = invitation(accounts, mai.signed())
    link = accounts.confirming.confirm(asked, by=nam.signed())
    assert link
    assert joined(accounts, clock, link.token, link.officer.id, "ha@sogddt.vn").signed().may("scores.approve", AGENCY)


@pytest.mark.parametrize("role", ["publisher", "approver", "agency_admin"])
def test_a_role_that_makes_one_two_waits_and_others_count_at_once(
    accounts: Accounts, mai: Desk, lan: Desk, role: str
) -> None:
    by = mai.signed()
    assert accounts.people.give_roles(AGENCY, lan.id, ["officer", "auditor"], by=by) is None
    assert wish(accounts.people.give_roles(AGENCY, lan.id, [role], by=by)).before
    assert {one.value for one in accounts.people.member(AGENCY, lan.id, by).roles} == {"officer", "auditor"}
    assert accounts.people.give_roles(AGENCY, lan.id, [], by=by) is None  # taking away needs nobody


def test_an_operator_needs_no_second(accounts: Accounts, lan: Desk) -> None:
    accounts.people.give_roles(AGENCY, lan.id, ["approver"], by=OPERATOR)
    assert accounts.people.reset_password(AGENCY, lan.id, by=OPERATOR).token
    assert accounts.confirming.waiting(AGENCY, OPERATOR) == []


def test_no_second_role_or_agency_makes_the_asker_the_second_person(accounts: Accounts, mai: Desk, lan: Desk) -> None:
    for agency in (PARENT, OTHER):
        accounts.people.give_roles(agency, mai.id, ["agency_admin", "approver"], by=OPERATOR)
    by = mai.signed()
    asked = wish(accounts.people.reset_password(AGENCY, lan.id, by=by))
    assert [one.id for one in accounts.confirming.waiting(PARENT, by)] == [asked.id]
    for forged in (asked, replace(asked, by=lan.id), replace(asked, agency=OTHER)):
        assert code_of(partial(accounts.confirming.confirm, forged, by=by)) in (
            "asked_by_yourself",
            "asked_no_more",
        )
    assert accounts.confirming.waiting(AGENCY, by) == [asked]


def test_whom_it_is_about_does_not_confirm(accounts: Accounts, mai: Desk, nam: Desk) -> None:
    asked = wish(accounts.people.give_roles(AGENCY, nam.id, ["agency_admin", "approver"], by=mai.signed()))
    assert code_of(lambda: accounts.confirming.confirm(asked, by=nam.signed())) == "not_for_yourself"


def test_the_admin_of_the_agency_above_may_and_of_another_may_not(
    accounts: Accounts, mai: Desk, lan: Desk, clock: StoppedClock
) -> None:
    above = officer(accounts, clock, "tinh@angiang.vn", PARENT, "agency_admin").signed()
    beside = officer(accounts, clock, "an@other.vn", OTHER, "agency_admin").signed()
    approver = officer(accounts, clock, "duyet@angiang.vn", PARENT, "approver").signed()
    asked = invitation(accounts, mai.signed())
    for by in (beside, approver, lan.signed()):
        assert code_of(partial(accounts.confirming.confirm, asked, by=by)) == "permission_missing"
        assert code_of(partial(accounts.confirming.decline, asked, by=by)) == "permission_missing"
        assert code_of(partial(accounts.confirming.get, AGENCY, asked.officer, by)) == "asked_unknown"
        assert code_of(partial(accounts.confirming.waiting, AGENCY, by)) == "permission_missing"
    above = replace(above, standing=replace(above.standing, factor_at=clock.now()))
    assert accounts.confirming.waiting(PARENT, above) == [asked]
    assert accounts.confirming.confirm(asked, by=above)
    assert accounts.confirming.waiting(PARENT, above) == []


def test_a_yes_needs_a_fresh_second_factor(accounts: Accounts, mai: Desk, nam: Desk) -> None:
    asked, by = invitation(accounts, mai.signed()), nam.signed()
    nam.clock.pass_by(minutes=5, seconds=1)
    assert code_of(lambda: accounts.confirming.confirm(asked, by=by)) == "second_factor_needed"
    assert accounts.confirming.confirm(asked, by=nam.signed())


def test_of_several_yeses_and_noes_at_once_one_counts(
    accounts: Accounts, mai: Desk, nam: Desk, clock: StoppedClock, audit: Audit
) -> None:
    third = officer(accounts, clock, "ba@sogddt.vn", AGENCY, "agency_admin")
    asked = invitation(accounts, mai.signed())
    second, other = nam.signed(), third.signed()
    second = replace(second, standing=replace(second.standing, factor_at=clock.now()))
    heard: list[str] = []

    def say(act: Callable[[], object]) -> None:
        try:
            act()
            heard.append("done")
        except Problem as problem:
            heard.append(problem.code)

    confirming = accounts.confirming
    saying = [
        lambda: confirming.confirm(asked, by=second),
        lambda: confirming.confirm(asked, by=other),
        lambda: confirming.decline(asked, by=other),
        lambda: confirming.confirm(asked, by=second),
    ]
    threads = [threading.Thread(target=say, args=(act,)) for act in saying]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count("done") == 1, heard
    assert set(heard) <= {"done", "asked_no_more", "officer_exists", "login_taken"}
    told = [entry.event for entry in audit.of_object(AGENCY, asked.officer)]
    assert len(told) == 2


def test_the_same_wish_again_is_the_one_that_waits_and_another_is_refused(
    accounts: Accounts, mai: Desk, nam: Desk, lan: Desk
) -> None:
    by = mai.signed()
    asked = invitation(accounts, by)
    assert invitation(accounts, by) == asked
    assert code_of(lambda: invitation(accounts, by, role="publisher")) == "asked_already"
    wish(accounts.people.reset_password(AGENCY, lan.id, by=by))
    assert code_of(lambda: accounts.people.reset_second_factor(AGENCY, lan.id, by=by)) == "asked_already"
    assert code_of(lambda: invitation(accounts, by, login="lan@sogddt.vn")) == "login_taken"


def test_after_seven_days_nothing_is_asked_any_more(
    accounts: Accounts, mai: Desk, nam: Desk, clock: StoppedClock
) -> None:
    asked = invitation(accounts, mai.signed())
    clock.pass_by(days=7)
    by = nam.signed()
    assert accounts.confirming.waiting(AGENCY, by) == []
    assert code_of(lambda: accounts.confirming.confirm(asked, by=by)) == "asked_no_more"
    again = invitation(accounts, mai.signed())
    assert again.id != asked.id
    assert accounts.confirming.confirm(again, by=nam.signed())


def test_what_ended_makes_room_for_something_else(
    accounts: Accounts, mai: Desk, lan: Desk, clock: StoppedClock
) -> None:
    wish(accounts.people.reset_password(AGENCY, lan.id, by=mai.signed()))
    clock.pass_by(days=7)
    assert wish(accounts.people.reset_second_factor(AGENCY, lan.id, by=mai.signed())).act is Act.NEW_FACTOR


def test_a_no_and_a_second_thought_end_it(accounts: Accounts, mai: Desk, nam: Desk) -> None:
    for who in (mai, nam):
        asked = invitation(accounts, mai.signed())
        accounts.confirming.decline(asked, by=who.signed())
        assert code_of(lambda asked=asked: accounts.confirming.confirm(asked, by=nam.signed())) == "asked_no_more"


@pytest.mark.parametrize("leaves", ["roles", "disabled"])
def test_who_is_no_admin_any_more_asked_for_nothing(accounts: Accounts, mai: Desk, nam: Desk, leaves: str) -> None:
    asked = invitation(accounts, mai.signed())
    if leaves == "roles":
        accounts.people.give_roles(AGENCY, mai.id, ["publisher"], by=OPERATOR)
    else:
        accounts.people.disable(AGENCY, mai.id, by=OPERATOR)
    assert code_of(lambda: accounts.confirming.confirm(asked, by=nam.signed())) == "asker_left"


def test_what_is_confirmed_is_what_was_seen(accounts: Accounts, mai: Desk, nam: Desk, lan: Desk) -> None:
    asked = wish(accounts.people.give_roles(AGENCY, lan.id, ["approver"], by=mai.signed()))
    accounts.people.give_roles(AGENCY, lan.id, ["auditor"], by=OPERATOR)
    assert code_of(lambda: accounts.confirming.confirm(asked, by=nam.signed())) == "roles_changed_meanwhile"
    reset = officer(accounts, mai.clock, "ly@sogddt.vn", AGENCY, "approver")
    wished = wish(accounts.people.reset_password(AGENCY, reset.id, by=mai.signed()))
    accounts.people.disable(AGENCY, reset.id, by=OPERATOR)
    assert code_of(lambda: accounts.confirming.confirm(wished, by=nam.signed())) == "officer_not_active"


def test_the_trail_names_both(accounts: Accounts, mai: Desk, nam: Desk, lan: Desk, audit: Audit) -> None:
    asked = wish(accounts.people.give_roles(AGENCY, lan.id, ["approver"], by=mai.signed()))
    accounts.confirming.confirm(asked, by=nam.signed())
    asked = wish(accounts.people.reset_second_factor(AGENCY, lan.id, by=mai.signed()))
    accounts.confirming.decline(asked, by=nam.signed())
    told = [(one.event, one.by, one.facts.get("asked_by")) for one in audit.of_object(AGENCY, lan.id)][:4]
    assert told == [
        ("people_declined", nam.id, mai.id),
        ("people_asked", mai.id, None),
        ("roles_changed", nam.id, mai.id),
        ("people_asked", mai.id, None),
    ]
