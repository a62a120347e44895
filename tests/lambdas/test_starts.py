"""Functions that nobody waits for open what they need while they start, and don't start without it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.deploy import wanted
from infra.deploy.smoke import NO_NOTES, NOTHING
from infra.lambdas.function import Function, FunctionFailed
from tests.support.cloud import Cloud
from tests.support.dying import Wire
from tests.support.lambdas import Maker

ENTRIES = {
    name: wanted.whole(json.loads(wanted.SETTINGS.read_text("utf-8")), f"production_{name}")["lambda_handler"]
    for name in ("imports", "tellings", "messages", "crests", "listing", "batches", "uploads", "schedules")
}
WEB = {name: "handlers.lambdas.web.handle" for name in wanted.WEB}
SECRETS = ("MOTCUA_SESSION_KEY", "MOTCUA_FACTOR_KEYS", "MOTCUA_SIGNING_KEYS")
MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "none": ({}, "MOTCUA_SESSION_KEY is missing; MOTCUA_FACTOR_KEYS is missing"),
    "denied": ({"MOTCUA_SECRETS": "/motcua/others/"}, ": AccessDeniedException"),
}


@pytest.fixture(scope="module")
def wire(kept_cloud: Cloud) -> Iterator[Wire]:
    held = Wire(kept_cloud.engine.endpoint)
    yield held
    held.shutdown()
    held.server_close()


@pytest.fixture(scope="module")
def nobody(kept_cloud: Cloud) -> dict[str, str]:
    """Keys of somebody who may do nothing, as a role whose rights or whose key were forgotten."""
    iam = kept_cloud.admin("iam")
    iam.create_user(UserName="nobody")
    made = iam.create_access_key(UserName="nobody")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}


@pytest.mark.parametrize("name", ENTRIES)
def test_the_store_is_asked_once_at_the_start_and_the_first_event_opens_nothing(
    functions: Maker, wire: Wire, name: str
) -> None:
    function = functions(ENTRIES[name], aws_endpoint=wire.address)
    wire.calls, wire.connections = [], 0
    function.start()
    assert (wire.calls, wire.connections) == (["GetItem"], 1)

    event, answer = NOTHING.get(name, NO_NOTES)
    assert function.invoke(event) == answer
    assert (wire.calls, wire.connections, function.starts) == (["GetItem"], 1, 1)


def given(function: Function, *without: str, **environ: str) -> Function:
    """The same function in another environment."""
    held = {name: text for name, text in function.shape.environ.items() if name not in without}
    function.shape = replace(function.shape, environ={**held, **environ})
    return function


def refused(function: Function) -> FunctionFailed:
    """How the start ended."""
    with pytest.raises(FunctionFailed) as failed:
        function.start()
    return failed.value


@pytest.mark.parametrize(("more", "said"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("name", ENTRIES | WEB)
def test_none_starts_without_its_secrets(functions: Maker, name: str, more: dict[str, str], said: str) -> None:
    failed = refused(given(functions((ENTRIES | WEB)[name]), *SECRETS, MOTCUA_ROLE=name if name in WEB else "", **more))
    assert failed.kind == "SettingsIncomplete"
    assert said in failed.message


@pytest.mark.parametrize("name", ENTRIES)
def test_none_starts_that_its_store_refuses(functions: Maker, nobody: dict[str, str], name: str) -> None:
    failed = refused(given(functions(ENTRIES[name]), **nobody))
    assert failed.kind == "Unavailable"
    assert "store_unavailable" in failed.message
