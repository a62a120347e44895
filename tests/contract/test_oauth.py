"""What whoever grants tokens promises: the simulated authority, and Zalo's own reached over HTTP.

Below the promise: what the client makes of every other answer that such an address may give."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from miniapp.core.errors import Problem, Refused, Unavailable
from miniapp.core.personal import Personal
from miniapp.core.settings import Settings
from miniapp.core.tables import bind
from miniapp.zalo import oauth_simulator
from miniapp.zalo.grants import Authority
from miniapp.zalo.oauth import ZaloOauth
from miniapp.zalo.oauth_simulator import SimulatedOauth
from tests.support.cloud import Cloud, settings_for
from tests.support.fakes import CountedIds, StoppedClock
from tests.support.zalo_oauth import APP, SECRET, VERIFIER, WORTHLESS, Canned, PlatformServer

ACCOUNT = "388613280878808645"


@dataclass
class Side:
    """One authority, and how an admin agrees there."""

    authority: Authority
    consent: Callable[[], Personal]


def settings(address: str, **more: object) -> Settings:
    given = {"zalo_oauth": address, "zalo_app_id": APP, "zalo_app_secret": SECRET, "zalo_code_verifier": VERIFIER}
    return settings_for("", **{**given, **more})


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    made = PlatformServer()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(params=["simulator", "client"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "client":
        server: PlatformServer = request.getfixturevalue("server")
        return Side(ZaloOauth(settings(server.address)), lambda: Personal(server.platform.consent()))
    cloud: Cloud = request.getfixturevalue("cloud")
    bind(oauth_simulator.TABLES, cloud.settings, cloud.aws)
    made = SimulatedOauth(StoppedClock(), CountedIds())
    return Side(made, lambda: made.consent(ACCOUNT))


def test_a_code_becomes_a_pair_that_lives_for_twenty_five_hours(side: Side) -> None:
    pair = side.authority.exchange(side.consent())

    assert pair.access
    assert pair.refresh
    assert pair.access != pair.refresh
    assert pair.life == timedelta(hours=25)


def test_every_refresh_gives_another_pair(side: Side) -> None:
    first = side.authority.exchange(side.consent())
    second = side.authority.refresh(first.refresh)
    third = side.authority.refresh(second.refresh)

    assert len({one.reveal for pair in (first, second, third) for one in (pair.access, pair.refresh)}) == 6


def test_what_was_used_is_worth_nothing_and_takes_nobody_else_down(side: Side) -> None:
    code = side.consent()
    pair = side.authority.exchange(code)
    again = side.authority.refresh(pair.refresh)
    for act in (
        lambda: side.authority.exchange(code),
        lambda: side.authority.refresh(pair.refresh),
        lambda: side.authority.refresh(pair.access),
        lambda: side.authority.refresh(Personal("made-up")),
        lambda: side.authority.exchange(again.refresh),
    ):
        with pytest.raises(Refused, match="zalo_grant_refused"):
            act()
    assert side.authority.refresh(again.refresh).access


def test_nothing_that_opens_an_account_is_seen_when_it_is_printed(side: Side) -> None:
    pair = side.authority.exchange(side.consent())

    assert pair.refresh.reveal not in f"{pair} {pair!r} {vars(pair)}"
    assert pair.access.reveal not in f"{pair} {pair!r} {vars(pair)}"


# --- the simulated one alone


def test_a_simulated_code_ends_after_ten_minutes_and_a_token_after_its_own_time(cloud: Cloud) -> None:
    bind(oauth_simulator.TABLES, cloud.settings, cloud.aws)
    clock = StoppedClock()
    made = SimulatedOauth(clock, CountedIds())
    late = made.consent(ACCOUNT)
    clock.pass_by(minutes=10)
    with pytest.raises(Refused, match="zalo_grant_refused"):
        made.exchange(late)

    pair = made.exchange(made.consent(ACCOUNT))
    assert made.whose(pair.access) == ACCOUNT
    clock.pass_by(hours=25)
    with pytest.raises(Refused, match="zalo_grant_refused"):
        made.whose(pair.access)
    clock.pass_by(days=90)
    with pytest.raises(Refused, match="zalo_grant_refused"):
        made.refresh(pair.refresh)


# --- the client alone


def said(server: PlatformServer, canned: Canned, **more: object) -> Problem:
    """What the client makes of an answer."""
    server.platform.canned.append(canned)
    with pytest.raises(Problem) as told:
        ZaloOauth(settings(server.address, **more)).refresh(Personal("a-token"))
    assert "a-token" not in repr(told.value)
    assert SECRET not in repr(told.value)
    return told.value


HALF = b'{"access_token":"a","expires_in":"90000"}'
EMPTY = b'{"access_token":"","refresh_token":"","expires_in":"90000"}'
NO_LIFE = b'{"access_token":"a","refresh_token":"r","expires_in":"soon"}'
ODD = (
    b"",
    b"[]",
    b"null",
    b"<html>",
    b"{",
    HALF,
    EMPTY,
    NO_LIFE,
    b"{}",
    b"[" * 70_000,
    b"[" * 60_000,
    b"\xff\xfe",
    b'{"error":0}',
)


@pytest.mark.parametrize("body", ODD)
def test_of_an_answer_that_is_neither_a_pair_nor_an_error_nobody_knows_what_was_done(
    server: PlatformServer, body: bytes
) -> None:
    problem = said(server, Canned(body))
    assert (type(problem), problem.code) == (Unavailable, "zalo_silent")


@pytest.mark.parametrize(
    "body", [b'{"error_name":"Invalid refresh token"}', b'{"error":-14014}', b'{"error":"-14014"}']
)
def test_an_error_with_status_200_and_even_without_a_number_is_an_error(server: PlatformServer, body: bytes) -> None:
    problem = said(server, Canned(body))
    assert (type(problem), problem.code) == (Refused, "zalo_grant_refused")


def test_what_blames_the_app_does_not_blame_the_token_and_is_a_setting(server: PlatformServer) -> None:
    problem = said(server, Canned(b'{"error":-14029}', 400))
    assert (problem.code, problem.facts) == ("zalo_app_refused", {"error": "-14029"})
    assert said(server, Canned(b'{"error":-14029}'), zalo_app_errors="").code == "zalo_grant_refused"
    with pytest.raises(Refused, match="zalo_app_refused"):
        ZaloOauth(settings(server.address, zalo_app_secret="another")).refresh(Personal("x"))


@pytest.mark.parametrize(
    ("canned", "code"),
    [
        (Canned(b"{}", 500), "zalo_silent"),
        (Canned(b'{"error":-14014}', 502), "zalo_silent"),
        (Canned(shut=True), "zalo_silent"),
        (Canned(b"", 302), "zalo_silent"),
        (Canned(b"{}", 429), "zalo_not_asked"),
    ],
)
def test_a_platform_that_fails_is_not_taken_for_one_that_refuses(
    server: PlatformServer, canned: Canned, code: str
) -> None:
    problem = said(server, canned)
    assert (type(problem), problem.code) == (Unavailable, code)


def test_where_nobody_listens_it_was_surely_not_asked(server: PlatformServer) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(Unavailable, match="zalo_not_asked"):
        ZaloOauth(settings(server.address)).refresh(Personal("x"))


@pytest.mark.parametrize("lacking", ["zalo_app_id", "zalo_app_secret"])
def test_without_an_app_nothing_is_asked(server: PlatformServer, lacking: str) -> None:
    with pytest.raises(Unavailable, match="chat_not_connected"):
        ZaloOauth(settings(server.address, **{lacking: ""})).refresh(Personal("x"))
    assert server.platform.asked == []


def test_the_address_for_an_admin_names_app_account_and_challenge_and_no_secret() -> None:
    made = settings("https://oauth.example", zalo_code_verifier="dBjftJeZ4CVP-mB92K27" + "uhbUJU1p1r_wW1gFWFOEjXk")
    address = urlsplit(ZaloOauth(replace(made, zalo_callback="https://a.vn/x?y=1")).permission_address(ACCOUNT))

    assert (address.netloc, address.path) == ("oauth.example", "/v4/oa/permission")
    assert parse_qs(address.query) == {
        "app_id": [APP],
        "redirect_uri": ["https://a.vn/x?y=1"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJgu" + "CHaoeK1t8URWbuGJSstw-cM"],  # RFC 7636, appendix B
        "state": [ACCOUNT],
    }


def test_the_platform_of_the_test_refuses_as_the_client_expects(server: PlatformServer) -> None:
    assert (
        server.platform.answer(
            "/v4/oa/access_token",
            {"Content-Type": "application/x-www-form-urlencoded", "secret_key": SECRET},
            {"app_id": APP, "grant_type": "refresh_token", "refresh_token": "unknown"},
        )
        == WORTHLESS
    )
