"""What a process knows when it starts: from its environment, and from the parameter store in an account."""

from collections.abc import Iterator

import pytest

from infra.local import stack
from infra.local.engine import ADMIN
from miniapp.core import aws
from miniapp.core.settings import Settings, SettingsIncomplete
from miniapp.core.starting import settings_of_process
from tests.support.cloud import Cloud, in_environment

PATH = "/motcua/starting/"
GIVEN = {
    "base_url": "https://dichvu.example.gov.vn",
    "session_key": "s" * 64,
    "factor_keys": "v1:" + "f" * 64,
    "origin_secret": "o" * 32,
}


def environ(cloud: Cloud, **more: str) -> dict[str, str]:
    """The environment of a function: which one it is, and where the rest lies."""
    given = {"MOTCUA_STAGE": "starting", "MOTCUA_ROLE": "public", "MOTCUA_SECRETS": PATH}
    return {**given, "MOTCUA_AWS_ENDPOINT": cloud.engine.endpoint, **more}


@pytest.fixture
def kept(cloud: Cloud) -> Iterator[Cloud]:
    """The parameters as an operator keeps them, and more of them than one page holds."""
    ssm = cloud.admin("ssm")
    for name, value in {**GIVEN, **{f"of_another_{place}": "x" for place in range(14)}}.items():
        ssm.put_parameter(Name=PATH + name, Value=value, Type="SecureString", Overwrite=True)
    ssm.put_parameter(Name="/motcua/startingless/session_key", Value="not ours", Type="String", Overwrite=True)
    ssm.put_parameter(Name=f"{PATH}deeper/session_key", Value="not ours", Type="String", Overwrite=True)
    with in_environment(ADMIN):
        yield cloud
    names = [one["Name"] for one in ssm.describe_parameters().get("Parameters", [])]
    for name in names:
        ssm.delete_parameter(Name=name)


def test_a_function_finds_its_secrets_below_its_stage_and_no_others(kept: Cloud) -> None:
    settings = settings_of_process(environ(kept))

    assert {name: getattr(settings, name) for name in GIVEN} == GIVEN
    assert (settings.stage, settings.role, settings.session_key_before) == ("starting", "public", "")


def test_more_parameters_than_one_page_holds_are_all_read(kept: Cloud) -> None:
    settings = Settings(stage="x", base_url="y", session_key="", factor_keys="", aws_endpoint=kept.engine.endpoint)

    assert len(aws.parameters(PATH, settings)) == len(GIVEN) + 14


def test_what_the_environment_says_of_itself_counts(kept: Cloud) -> None:
    assert settings_of_process(environ(kept, MOTCUA_BASE_URL="https://other.gov.vn")).base_url == "https://other.gov.vn"


def test_secrets_in_the_environment_are_a_fault_in_an_account(kept: Cloud) -> None:
    with pytest.raises(SettingsIncomplete) as told:
        settings_of_process(environ(kept, MOTCUA_SESSION_KEY="canary", MOTCUA_ORIGIN_SECRET="canary"))

    assert "MOTCUA_ORIGIN_SECRET stands in the environment; MOTCUA_SESSION_KEY" in str(told.value)
    assert "canary" not in str(told.value)


def test_a_path_with_nothing_below_it_names_what_is_missing(kept: Cloud) -> None:
    with pytest.raises(SettingsIncomplete, match="MOTCUA_SESSION_KEY is missing"):
        settings_of_process(environ(kept, MOTCUA_SECRETS="/motcua/nowhere/"))


def test_a_parameter_store_that_is_away_is_named_and_the_start_fails() -> None:
    held = {"MOTCUA_SECRETS": PATH, "MOTCUA_AWS_ENDPOINT": "http://127.0.0.1:1", "MOTCUA_ATTEMPTS": "1"}
    with in_environment(ADMIN), pytest.raises(SettingsIncomplete, match="MOTCUA_SECRETS: /motcua/starting"):
        settings_of_process({"MOTCUA_STAGE": "starting", **held})


def test_who_may_not_read_them_is_told_so(kept: Cloud) -> None:
    iam = stack.client(kept.engine.endpoint, "iam")
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    stranger = type(ADMIN)(key["AccessKeyId"], key["SecretAccessKey"])
    with in_environment(stranger), pytest.raises(SettingsIncomplete, match="AccessDenied"):
        settings_of_process(environ(kept))


def test_without_a_path_the_environment_is_all() -> None:
    given = {"MOTCUA_STAGE": "local", **{f"MOTCUA_{name.upper()}": value for name, value in GIVEN.items()}}

    assert settings_of_process(given).session_key == GIVEN["session_key"]
