"""The commands for Official Accounts: a code in, states out, and never a token on the screen."""

import json
from collections.abc import Iterator

import pytest
from click.testing import Result

from miniapp.zalo.token_store import TokenStore
from tests.support.cloud import Cloud
from tests.support.letters import AGENCY, Town
from tests.support.zalo_oauth import APP, SECRET, VERIFIER, PlatformServer

ACCOUNT = "388613280878808645"


@pytest.fixture
def server() -> Iterator[PlatformServer]:
    made = PlatformServer()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def town(cloud: Cloud, server: PlatformServer) -> Town:
    """A town whose chat is Zalo's own."""
    app = {"zalo_app_id": APP, "zalo_app_secret": SECRET, "zalo_code_verifier": VERIFIER}
    return Town(cloud, chat="zalo", zalo_oauth=server.address, **app)


def run(town: Town, *args: str, typed: str = "") -> Result:
    return town.app().test_cli_runner().invoke(args=["zalo", *args], input=typed)


def trail(town: Town) -> list[tuple[str, object]]:
    """Who authorised what, as the agency's trail tells it."""
    return [(one.by, one.facts) for one in town.made.audit.page(AGENCY).entries if one.event == "zalo_authorised"]


def test_an_account_is_authorised_with_the_code_that_its_admin_got(town: Town, server: PlatformServer) -> None:
    code = server.platform.consent()
    done = run(town, "authorise", AGENCY, ACCOUNT, typed=f"{code}\n")

    assert done.exit_code == 0, done.output
    assert f"{server.address}/v4/oa/permission?app_id={APP}" in done.output
    assert code not in done.output
    held = TokenStore().find(ACCOUNT)
    assert held is not None
    assert held.agency == AGENCY
    access = town.made.tokens.access(ACCOUNT).reveal
    for more in ((), ("--json",)):
        shown = run(town, "tokens", *more)
        assert (shown.exit_code, ACCOUNT in shown.output, access in shown.output) == (0, True, False)
        assert held.sealed not in shown.output
    assert trail(town) == [("operator", {"account": ACCOUNT})]
    (one,) = json.loads(run(town, "tokens", "--json").stdout)
    assert (one["agency"], one["state"], one["tries"]) == (AGENCY, "valid", 0)


def test_a_code_that_is_worth_nothing_changes_nothing(town: Town, server: PlatformServer) -> None:
    code = server.platform.consent()
    assert run(town, "authorise", AGENCY, ACCOUNT, typed=f"{code}\n").exit_code == 0
    before = TokenStore().find(ACCOUNT)

    again = run(town, "authorise", AGENCY, ACCOUNT, typed=f"{code}\n")

    assert again.exit_code == 1
    assert "zalo_grant_refused: Zalo no longer takes this code" in again.output
    assert TokenStore().find(ACCOUNT) == before
    assert len(trail(town)) == 1


def test_what_is_no_account_is_refused_before_anybody_is_asked(town: Town, server: PlatformServer) -> None:
    assert "zalo_account_shape" in run(town, "authorise", AGENCY, "the-account", typed="x\n").output
    assert server.platform.asked == []


def test_a_lost_account_is_named_with_its_reason_and_ends_with_one(town: Town, server: PlatformServer) -> None:
    assert "no account is authorised" in run(town, "tokens").output
    run(town, "authorise", AGENCY, ACCOUNT, typed=f"{server.platform.consent()}\n")
    server.platform.tokens.clear()
    town.bureau.later(hours=13)
    healed = town.app().test_cli_runner().invoke(args=["stuck", "heal", "--json"])
    assert json.loads(healed.stdout)["tokens"] == 0

    shown = run(town, "tokens")

    assert shown.exit_code == 1
    assert "must_reauthorise (zalo_grant_refused)" in shown.output


def test_with_the_simulator_the_simulated_admin_agrees_at_once(cloud: Cloud) -> None:
    town = Town(cloud)
    assert run(town, "authorise", AGENCY, ACCOUNT).exit_code == 0
    assert town.made.simulated_oauth.whose(town.made.tokens.access(ACCOUNT)) == ACCOUNT
