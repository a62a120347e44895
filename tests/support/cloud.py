"""The cloud of the tests: an embedded engine per worker process, the stack of `infra/stack.yaml`, empty for every test.

Fixtures: `cloud` (everything, as the application's own user, whose policy is enforced), `each_store` (the same, run a
second time on DynamoDB Local where it is installed), `engine_process` and `stack_on_engine` beneath them. It sets the
AWS_* variables of the test process, which botocore reads; nothing else of the environment is touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.local import stack
from infra.local.engine import Credentials, Engine
from miniapp.core.aws import Aws
from miniapp.core.settings import Settings
from tests.support import dynamodb_local

STAGE = "test"


@dataclass(frozen=True)
class Cloud:
    """What a test needs of an engine."""

    engine: Engine
    stack: stack.Stack
    credentials: Credentials  # the application's
    settings: Settings
    aws: Aws

    def admin(self, service: str) -> Any:
        """A client that may do everything: for the test's own looking and arranging."""
        endpoint = self.settings.aws_endpoint if service == "dynamodb" else self.engine.endpoint
        return stack.client(endpoint, service)


class _DynamoDbElsewhere(Aws):
    """The clients of one engine, with DynamoDB at another."""

    def __init__(self, settings: Settings, dynamodb_endpoint: str) -> None:
        super().__init__(settings)
        self.dynamodb = Aws(replace(settings, aws_endpoint=dynamodb_endpoint)).dynamodb


def settings_for(endpoint: str, **more: Any) -> Settings:
    """Settings as a test wants them: fixed keys, the simulator, this engine."""
    given: dict[str, Any] = {
        "stage": STAGE,
        "base_url": "http://localhost:8000",
        "trusted_hosts": "localhost,127.0.0.1",
        "session_key": "0" * 64,
        "factor_keys": "v1:" + "1" * 64,
        "signing_keys": "private:2020-01-01:" + "3" * 64,
        "aws_endpoint": endpoint,
        "chat": "simulator",
        "secure_cookies": False,
        "answer_within": 60.0,  # by the machine's clock, which a busy machine outruns; tests of it tell the time
    }
    return Settings(**{**given, **more})


@pytest.fixture(scope="session")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine of this worker; its folder goes with the session."""
    engine = Engine(tmp_path_factory.mktemp("engine"), testing=True)
    engine.start()
    engine.wait_ready()
    yield engine
    engine.stop()


@contextmanager
def in_environment(credentials: Credentials) -> Iterator[None]:
    """These keys, and no others, for botocore in this process."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        environment.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
        environment.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
        environment.setenv("AWS_DEFAULT_REGION", credentials.region)
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session")
def stack_on_engine(engine_process: Engine) -> Iterator[tuple[stack.Stack, Credentials]]:
    """The stack and the application's key, made once; the key stands in the environment for the session."""
    made = stack.apply(engine_process.endpoint, STAGE)
    credentials = stack.app_user(engine_process.endpoint, made, engine_process.data)
    with in_environment(credentials):
        yield made, credentials


def _let_rows_live(endpoint: str, made: stack.Stack) -> None:
    """Switch time to live off: the engine goes by the machine's clock, and would take away within a minute what is
    alive by a test's stopped clock. Code must not count on it anyway, for it is late by days (it filters)."""
    dynamodb = stack.client(endpoint, "dynamodb")
    for table in made.tables:
        held = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if held.get("TimeToLiveStatus") == "ENABLED":
            off = {"AttributeName": held["AttributeName"], "Enabled": False}
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=off)


@pytest.fixture(scope="session")
def _session_cloud(engine_process: Engine, stack_on_engine: tuple[stack.Stack, Credentials]) -> Cloud:
    settings = settings_for(engine_process.endpoint)
    _let_rows_live(engine_process.endpoint, stack_on_engine[0])
    return Cloud(engine_process, *stack_on_engine, settings, Aws(settings))


@pytest.fixture
def cloud(_session_cloud: Cloud) -> Cloud:
    """An empty cloud: tables, queues and buckets stand and hold nothing."""
    _session_cloud.engine.empty()
    return _session_cloud


@pytest.fixture(scope="session")
def _second_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dynamodb_local.DynamoDbLocal]:
    if not dynamodb_local.is_installed():
        pytest.skip(dynamodb_local.MISSING)
    store = dynamodb_local.DynamoDbLocal(tmp_path_factory.mktemp("dynamodb-local") / "log")
    store.start(STAGE)
    yield store
    store.stop()


@pytest.fixture(params=["embedded", "dynamodb-local"])
def each_store(request: pytest.FixtureRequest, cloud: Cloud) -> Cloud:
    """The empty cloud once per engine that can run here: a store's test asks for this one."""
    if request.param == "embedded":
        return cloud
    second: dynamodb_local.DynamoDbLocal = request.getfixturevalue("_second_store")
    second.empty()
    settings = replace(cloud.settings, aws_endpoint=second.endpoint)
    return replace(cloud, settings=settings, aws=_DynamoDbElsewhere(cloud.settings, second.endpoint))


def temporary_engine(folder: Path, **more: Any) -> Engine:
    """An engine of a test's own, started and ready; the test stops it."""
    engine = Engine(folder, **more)
    engine.start()
    engine.wait_ready()
    return engine
