"""Services with the rights of each function's role, enforced by the engine. For tests of rights."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import unquote

import pytest

from handlers.wiring import Services
from infra.deploy.wanted import WEB
from infra.local import stack
from infra.local.engine import Credentials, Engine
from miniapp.agencies.store import AgencyStore
from miniapp.core.errors import Unavailable
from miniapp.core.settings import Settings
from miniapp.core.signing import public_halves
from miniapp.core.starting import KEPT
from miniapp.exam_scores.model import Exam
from tests.support.cloud import in_environment, settings_for, temporary_engine
from tests.support.exams import HOUR, UPLOADER, csv_file, exam, exam_agency
from tests.support.fakes import CountedIds, StoppedClock
from tests.support.templates import functions

STAGE = "rights"

SHUT = stack.LACKED | {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"}  # the engine has no TLS

NUMBER = "02000001"

FILE = csv_file(("sbd", "toan", "van"), [(NUMBER, "8.25", "7.5"), ("02000002", "6", "5.75")])


def secrets_of(function: str) -> set[str]:
    """The secrets that a function asks for."""
    return set(functions()[function]["aws_environment_variables"]["MOTCUA_SECRETS_READ"].split(",")) - {""}


class Roles:
    """Services as each function has them: its role's rights, one clock for all."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = StoppedClock(HOUR)
        self.ids = CountedIds()
        self._keys: dict[str, Credentials] = {}

    @contextmanager
    def of(self, function: str) -> Iterator[Services]:
        """The services of one function, without the secrets that it does not read."""
        settings = self.settings(function)
        with in_environment(self._keys.get(function) or self._made(function)):
            made = Services(settings, self.clock, self.ids, sleep=lambda seconds: None)
            made.bind()
            yield made

    def settings(self, function: str) -> Settings:
        """As a process of this function has them."""
        whole = replace(settings_for(self.engine.endpoint), stage=STAGE, role=function if function in WEB else "")
        whole = replace(whole, signing_keys_public=public_halves(whole.signing_keys))
        return replace(whole, **dict.fromkeys(set(KEPT) - secrets_of(function), ""))

    def policy(self, function: str) -> str:
        """What the role of a function may do, as the engine has it."""
        iam = stack.client(self.engine.endpoint, "iam")
        held = iam.get_role_policy(RoleName=f"motcua-{STAGE}-{function}", PolicyName="own")["PolicyDocument"]
        return json.dumps(held if isinstance(held, dict) else json.loads(unquote(held)))

    def may(self, function: str, action: str, arn: str) -> bool:
        """What the engine's judge of policies says of an act."""
        (judged,) = stack.client(self.engine.endpoint, "iam").simulate_custom_policy(
            PolicyInputList=[self.policy(function)], ActionNames=[action], ResourceArns=[arn]
        )["EvaluationResults"]
        return str(judged["EvalDecision"]) == "allowed"

    def _made(self, function: str) -> Credentials:
        iam = stack.client(self.engine.endpoint, "iam")
        user = f"as-{function}"
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=self.policy(function))
        key = iam.create_access_key(UserName=user)["AccessKey"]
        self._keys[function] = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        return self._keys[function]

    def arranged(self) -> Services:
        """Everything may be done: for what a test needs to find there."""
        settings = replace(settings_for(self.engine.endpoint), stage=STAGE)
        return Services(settings, self.clock, self.ids)


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    engine = temporary_engine(tmp_path_factory.mktemp("rights"), keep=False, testing=True)
    stack.apply(engine.endpoint, STAGE, leave_out=SHUT)
    yield Roles(engine)
    engine.stop()


@pytest.fixture
def seeded(roles: Roles) -> Exam:
    """An exam of an agency, as the command line makes them; nothing else."""
    roles.engine.empty()
    with in_environment(stack.ADMIN):
        services = roles.arranged()
        services.bind()
        AgencyStore().add([exam_agency("agc-edu")])
        return services.exam_office.add_exam(exam(agency="agc-edu"), UPLOADER)


def refused(act: Callable[[], object]) -> None:
    """It was the store's word that the role may not, and no word of ours."""
    with pytest.raises(Unavailable) as told:
        act()
    assert str(told.value.facts.get("cause")).removesuffix("Exception") in ("AccessDenied", "403")
