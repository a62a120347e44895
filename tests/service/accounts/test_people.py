"""People of an agency: links that work once, roles that nobody gives himself, and out means out, at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from miniapp.accounts.access import Operator, Standing
from miniapp.accounts.model import State
from miniapp.accounts.service import Accounts
from miniapp.audit.service import Audit
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem
from tests.service.accounts.conftest import AGENCY, OTHER
from tests.support.fakes import StoppedClock
from tests.support.officers import ADDRESS, PASSWORD, Desk, joined, officer

OPERATOR = Operator()


@pytest.fixture
def lan(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "lan@sogddt.vn", AGENCY, "publisher")


@pytest.fixture
def admin(accounts: Accounts, clock: StoppedClock) -> Desk:
    return officer(accounts, clock, "admin@sogddt.vn", AGENCY, "agency_admin")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Problem) as failure:
        act()
    return failure.value.code


def test_an_invitation_works_once(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    assert joined(accounts, clock, link.token, link.officer.id, "lan").come_in()
    assert code_of(lambda: accounts.invitations.look(link.token)) == "invitation_unknown"
    assert code_of(lambda: accounts.invitations.start(link.token, PASSWORD, address=ADDRESS)) == "invitation_unknown"


def test_two_who_follow_one_link_at_once_are_one(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    heard: list[str] = []

    def follow() -> None:
        try:
            joined(accounts, clock, link.token, link.officer.id, "lan")
            heard.append("in")
        except Problem as problem:
            heard.append(problem.code)

    threads = [threading.Thread(target=follow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count("in") == 1
    assert len(heard) == 6


def test_looking_at_a_link_and_the_first_step_change_nothing(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    for _ in range(3):
        accounts.invitations.look(link.token)
        set_up = accounts.invitations.start(link.token, PASSWORD, address=ADDRESS)
        assert accounts.invitations.again(link.token, set_up.sealed).secret == set_up.secret
    assert accounts.invitations.look(link.token).officer.state is State.INVITED


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "../../etc", "đường"])
def test_a_made_up_link_is_unknown(accounts: Accounts, token: str) -> None:
    assert code_of(lambda: accounts.invitations.look(token)) == "invitation_unknown"


def test_a_link_ends_after_a_day_even_when_its_row_lingers(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    clock.pass_by(hours=24)
    assert code_of(lambda: accounts.invitations.look(link.token)) == "invitation_unknown"


def test_a_newer_link_kills_the_older_one(accounts: Accounts, clock: StoppedClock) -> None:
    old = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    new = accounts.people.invite_again(AGENCY, old.officer.id, by=OPERATOR)
    assert code_of(lambda: accounts.invitations.look(old.token)) == "invitation_unknown"
    assert joined(accounts, clock, new.token, new.officer.id, "lan").come_in()
    again = lambda: accounts.people.invite_again(AGENCY, old.officer.id, by=OPERATOR)  # noqa: E731
    assert code_of(again) == "officer_joined_already"


def test_one_links_form_is_worthless_on_another_link(accounts: Accounts, clock: StoppedClock) -> None:
    mine = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    other = accounts.people.invite(AGENCY, "nam", "Nam", ["officer"], by=OPERATOR)
    set_up = accounts.invitations.start(mine.token, PASSWORD, address=ADDRESS)
    assert set_up.secret is not None
    code = pyotp.TOTP(set_up.secret.reveal).at(clock.now())
    finish = lambda: accounts.invitations.finish(other.token, set_up.sealed, code, address=ADDRESS)  # noqa: E731
    assert code_of(finish) == "token_unknown"


def test_a_weak_password_and_a_wrong_code_leave_the_link_as_it_is(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    weak = lambda: accounts.invitations.start(link.token, "matkhau123456", address=ADDRESS)  # noqa: E731
    assert code_of(weak) == "password_common"
    set_up = accounts.invitations.start(link.token, PASSWORD, address=ADDRESS)
    wrong = lambda: accounts.invitations.finish(link.token, set_up.sealed, "000000", address=ADDRESS)  # noqa: E731
    assert code_of(wrong) == "code_refused"
    assert joined(accounts, clock, link.token, link.officer.id, "lan").come_in()


def test_a_login_belongs_to_one_person_in_all_agencies(accounts: Accounts) -> None:
    accounts.people.invite(AGENCY, "lan@sogddt.vn", "Lan", ["officer"], by=OPERATOR)
    again = lambda: accounts.people.invite(OTHER, " LAN@sogddt.vn", "Lan", ["officer"], by=OPERATOR)  # noqa: E731
    assert code_of(again) == "login_taken"
    assert accounts.people.members(OTHER, OPERATOR) == []


@pytest.mark.parametrize(
    ("login", "name", "roles", "code"),
    [
        ("x", "Lan", ["officer"], "login_shape"),
        ("lan nguyễn", "Lan", ["officer"], "login_shape"),
        ("lan#officer", "Lan", ["officer"], "login_shape"),
        ("l" * 101, "Lan", ["officer"], "login_shape"),
        ("lan", "", ["officer"], "name_shape"),
        ("lan", "L" * 81, ["officer"], "name_shape"),
        ("lan", "Lan", [], "roles_missing"),
        ("lan", "Lan", ["officer", "king"], "role_unknown"),
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(
    accounts: Accounts, audit: Audit, login: str, name: str, roles: list[str], code: str
) -> None:
    with pytest.raises(Invalid) as failure:
        accounts.people.invite(AGENCY, login, name, roles, by=OPERATOR)
    assert failure.value.code == code
    assert audit.page(AGENCY).entries == []


def test_a_role_counts_from_the_next_request_on(accounts: Accounts, lan: Desk) -> None:
    token = lan.come_in().token
    accounts.people.give_roles(AGENCY, lan.id, ["approver"], by=OPERATOR)
    found = accounts.sessions.officer(token)
    assert found is not None
    assert found.may("scores.approve", AGENCY)
    assert not found.may("scores.upload", AGENCY)
    accounts.people.give_roles(AGENCY, lan.id, [], by=OPERATOR)
    found = accounts.sessions.officer(token)
    assert found is not None
    assert found.agencies == []


def test_an_admin_gives_roles_to_others_and_never_to_himself(accounts: Accounts, admin: Desk, lan: Desk) -> None:
    by = admin.signed()
    accounts.people.give_roles(AGENCY, lan.id, ["auditor", "publisher"], by=by)
    assert code_of(lambda: accounts.people.give_roles(AGENCY, admin.id, ["approver"], by=by)) == "roles_for_yourself"
    assert code_of(lambda: accounts.people.disable(AGENCY, admin.id, by=by)) == "not_for_yourself"
    assert code_of(lambda: accounts.people.reset_second_factor(AGENCY, admin.id, by=by)) == "not_for_yourself"


def test_an_admin_has_no_say_in_another_agency(accounts: Accounts, admin: Desk, clock: StoppedClock) -> None:
    nam = officer(accounts, clock, "nam@other.vn", OTHER, "publisher")
    by = admin.signed()
    people = accounts.people
    for act in (
        lambda: people.members(OTHER, by),
        lambda: people.invite(OTHER, "new", "New", ["officer"], by=by),
        lambda: people.give_roles(OTHER, nam.id, ["approver"], by=by),
        lambda: people.disable(OTHER, nam.id, by=by),
        lambda: people.end_sessions(OTHER, nam.id, by=by),
        lambda: people.reset_second_factor(OTHER, nam.id, by=by),
    ):
        assert code_of(act) == "permission_missing"
    for act in (  # his own agency, another's officer
        lambda: people.member(AGENCY, nam.id, by),
        lambda: people.disable(AGENCY, nam.id, by=by),
        lambda: people.end_sessions(AGENCY, nam.id, by=by),
        lambda: people.reset_second_factor(AGENCY, nam.id, by=by),
        lambda: people.reset_password(AGENCY, nam.id, by=by),
    ):
        assert code_of(act) == "officer_unknown"
    assert [member.officer.id for member in people.members(AGENCY, by)] == [admin.id]


def test_who_is_no_admin_manages_nobody(accounts: Accounts, lan: Desk, admin: Desk) -> None:
    by = lan.signed()
    assert code_of(lambda: accounts.people.members(AGENCY, by)) == "permission_missing"
    assert code_of(lambda: accounts.people.give_roles(AGENCY, admin.id, [], by=by)) == "permission_missing"


def test_giving_roles_needs_a_fresh_second_factor(accounts: Accounts, admin: Desk, lan: Desk) -> None:
    entered = admin.come_in()
    admin.clock.pass_by(minutes=5, seconds=1)
    stale = accounts.sessions.officer(entered.token)
    assert stale is not None
    give = lambda by: accounts.people.give_roles(AGENCY, lan.id, ["approver"], by=by)  # noqa: E731
    assert code_of(lambda: give(stale)) == "second_factor_needed"
    fresh = accounts.sign_in.step_up(stale, admin.code(), address=ADDRESS)
    give(fresh.signed)
    assert accounts.sessions.officer(entered.token) is None  # a new token, the old one is dead
    again = accounts.sessions.officer(fresh.token)
    assert again is not None
    assert again.session.ends == entered.signed.session.ends


def test_roles_changed_by_two_at_once_are_changed_by_one(
    accounts: Accounts, lan: Desk, audit: Audit, clock: StoppedClock
) -> None:
    heard: list[str] = []

    def give(role: str) -> None:
        try:
            accounts.people.give_roles(AGENCY, lan.id, [role], by=OPERATOR)
            heard.append("given")
        except Conflict as problem:
            heard.append(problem.code)

    threads = [threading.Thread(target=give, args=(role,)) for role in ("approver", "officer", "auditor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [entry for entry in audit.of_object(AGENCY, lan.id) if entry.event == "roles_changed"]
    assert len(told) == heard.count("given") >= 1
    for earlier, later in zip(reversed(told), list(reversed(told))[1:], strict=False):
        assert later.facts["roles_before"] == earlier.facts["roles"]


def test_a_disabled_officer_is_out_at_once_and_everywhere(accounts: Accounts, lan: Desk) -> None:
    token, half = lan.come_in().token, lan.half()
    accounts.people.disable(AGENCY, lan.id, by=OPERATOR)
    assert accounts.sessions.officer(token) is None
    assert code_of(lambda: accounts.sign_in.finish(half, lan.code(), address=ADDRESS)) == "sign_in_refused"
    assert code_of(lan.half) == "sign_in_refused"
    assert code_of(lambda: accounts.sign_in.prove(lan.login, lan.code())) == "sign_in_refused"
    accounts.people.enable(AGENCY, lan.id, by=OPERATOR)
    assert accounts.sessions.officer(token) is None  # what was ended stays ended
    assert lan.come_in()


def test_who_was_disabled_before_coming_in_is_invited_again(accounts: Accounts, clock: StoppedClock) -> None:
    link = accounts.people.invite(AGENCY, "lan", "Lan", ["officer"], by=OPERATOR)
    accounts.people.disable(AGENCY, link.officer.id, by=OPERATOR)
    assert code_of(lambda: accounts.invitations.look(link.token)) == "invitation_unknown"
    accounts.people.enable(AGENCY, link.officer.id, by=OPERATOR)
    again = accounts.people.invite_again(AGENCY, link.officer.id, by=OPERATOR)
    assert joined(accounts, clock, again.token, link.officer.id, "lan").come_in()


def test_all_sessions_end_together(accounts: Accounts, lan: Desk, admin: Desk) -> None:
    tokens = [lan.come_in().token for _ in range(3)]
    other = admin.come_in()
    assert len(accounts.people.sessions(AGENCY, lan.id, other.signed)) == 3
    assert accounts.people.end_sessions(AGENCY, lan.id, by=other.signed) == 3
    assert [accounts.sessions.officer(token) for token in tokens] == [None] * 3
    assert accounts.people.sessions(AGENCY, lan.id, other.signed) == []
    assert accounts.sessions.officer(other.token)


def test_everybody_may_end_their_own_sessions(accounts: Accounts, lan: Desk) -> None:
    entered = lan.come_in()
    assert accounts.people.end_sessions(AGENCY, lan.id, by=entered.signed) == 1
    assert accounts.sessions.officer(entered.token) is None


def test_a_sign_in_that_races_with_ending_all_sessions_is_ended_too(accounts: Accounts, lan: Desk) -> None:
    half = lan.half()
    accounts.people.end_sessions(AGENCY, lan.id, by=OPERATOR)
    assert code_of(lambda: accounts.sign_in.finish(half, lan.code(), address=ADDRESS)) == "sign_in_refused"


def test_a_new_second_factor_asks_for_the_password(accounts: Accounts, lan: Desk, clock: StoppedClock) -> None:
    token, old = lan.come_in().token, lan.secret
    link = accounts.people.reset_second_factor(AGENCY, lan.id, by=OPERATOR)
    assert accounts.sessions.officer(token) is None
    half = lan.half()
    assert code_of(lambda: accounts.sign_in.finish(half, lan.code(), address=ADDRESS)) == "code_refused"
    wrong = lambda: accounts.invitations.start(link.token, "not the password", address=ADDRESS)  # noqa: E731
    assert code_of(wrong) == "sign_in_refused"
    fresh = joined(accounts, clock, link.token, lan.id, lan.login)
    assert fresh.secret != old
    assert fresh.come_in()


def test_a_new_password_asks_for_the_second_factor(accounts: Accounts, lan: Desk) -> None:
    token = lan.come_in().token
    link = accounts.people.reset_password(AGENCY, lan.id, by=OPERATOR)
    assert accounts.sessions.officer(token) is None
    set_up = accounts.invitations.start(link.token, "mười hai con vịt trắng", address=ADDRESS)
    assert set_up.secret is None
    finish = lambda code: accounts.invitations.finish(link.token, set_up.sealed, code, address=ADDRESS)  # noqa: E731
    assert code_of(lambda: finish("000000")) == "code_refused"
    assert finish(lan.code()) == []
    assert code_of(lan.half) == "sign_in_refused"
    lan.password = "mười hai con vịt trắng"
    assert lan.come_in()


def test_what_is_done_to_people_is_in_the_trail_with_who_did_it(
    accounts: Accounts, lan: Desk, admin: Desk, audit: Audit
) -> None:
    by = admin.signed()
    accounts.people.give_roles(AGENCY, lan.id, ["auditor"], by=by)
    accounts.people.give_roles(AGENCY, lan.id, ["auditor"], by=by)  # nothing new, nothing to tell
    accounts.people.disable(AGENCY, lan.id, by=by)
    told = [(entry.event, entry.by, entry.facts.get("roles")) for entry in audit.of_object(AGENCY, lan.id)]
    assert told == [
        ("officer_disabled", admin.id, None),
        ("roles_changed", admin.id, "auditor"),
        ("officer_joined", lan.id, None),
        ("officer_invited", "operator", "publisher"),
    ]


def test_an_unknown_officer_is_unknown_to_every_verb(accounts: Accounts) -> None:
    people = accounts.people
    for act in (
        lambda: people.give_roles(AGENCY, "off_x", ["officer"], by=OPERATOR),
        lambda: people.disable(AGENCY, "off_x", by=OPERATOR),
        lambda: people.end_sessions(AGENCY, "off_x", by=OPERATOR),
        lambda: people.member(AGENCY, "off_x", OPERATOR),
    ):
        with pytest.raises(NotFound):
            act()


def test_at_the_command_line_an_officers_code_gives_a_fresh_standing_once(accounts: Accounts, lan: Desk) -> None:
    code = lan.code()
    standing = accounts.sign_in.prove(lan.login, code)
    assert isinstance(standing, Standing)
    assert standing.may("scores.upload", AGENCY)
    assert standing.is_fresh(lan.clock.now())
    assert code_of(lambda: accounts.sign_in.prove(lan.login, code)) == "code_refused"
    assert code_of(lambda: accounts.sign_in.prove("nobody", lan.code())) == "sign_in_refused"


def test_a_session_ends_when_idle_and_at_its_absolute_end(accounts: Accounts, lan: Desk) -> None:
    token = lan.come_in().token
    for _ in range(3):
        lan.clock.pass_by(minutes=29)
        assert accounts.sessions.officer(token)
    lan.clock.pass_by(minutes=30)
    assert accounts.sessions.officer(token) is None
    token = lan.come_in().token
    begun = lan.clock.now()
    while lan.clock.now() < begun + timedelta(hours=10):
        assert accounts.sessions.officer(token)
        lan.clock.pass_by(minutes=20)
    assert accounts.sessions.officer(token) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\x00", "session#", "điểm"])
def test_a_made_up_token_is_nobody(accounts: Accounts, token: str) -> None:
    assert accounts.sessions.officer(token) is None
    assert accounts.sessions.citizen(token) is None


def test_leaving_ends_this_session_only_and_twice_is_fine(accounts: Accounts, lan: Desk) -> None:
    here, there = lan.come_in(), lan.come_in()
    accounts.sign_in.sign_out(here.signed)
    accounts.sign_in.sign_out(here.signed)
    assert accounts.sessions.officer(here.token) is None
    assert accounts.sessions.officer(there.token)
