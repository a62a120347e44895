"""What a process knows when it starts: from its environment, and from the parameter store in an account."""

import heapq
import random
from collections.abc import Iterator
from itertools import count, pairwise

import pytest

from handlers.app import create_app
from handlers.lambdas import workers
from infra.local import stack
from infra.local.engine import ADMIN
from miniapp.core import aws
from miniapp.core.settings import Settings, SettingsIncomplete
from miniapp.core.starting import KEPT, settings_of_process
from tests.support.cloud import Cloud, in_environment
from tests.support.dying import Wire

PATH = "/motcua/starting/"
BASE = "https://dichvu.example.gov.vn"
GIVEN = {"session_key": "s" * 64, "factor_keys": "v1:" + "f" * 64, "origin_secret": "o" * 32}
GIVEN |= {"zalo_code_verifier": "c" * 43, "signing_keys": "private:2026-11-30:" + "3" * 64}
GIVEN |= {"signing_keys_public": "public:2026-11-30:" + "4" * 64}
ZALO = {"zalo_app_id": "4711", "zalo_app_secret": "z" * 20, "zalo_callback": "https://dichvu.example.gov.vn/x"}
STORM = 2_000  # environments that start in one second
THROUGHPUT = 1_000  # questions a second, once the account asks for more than the usual 40
LATENCY = 0.1


def environ(address: str, **more: str) -> dict[str, str]:
    """The environment of a function: which one it is, and where the rest lies."""
    given = {"MOTCUA_STAGE": "starting", "MOTCUA_ROLE": "public", "MOTCUA_SECRETS": PATH, "MOTCUA_BASE_URL": BASE}
    return {**given, "MOTCUA_AWS_ENDPOINT": address, **more}


@pytest.fixture
def kept(cloud: Cloud) -> Iterator[Cloud]:
    """The parameters as an operator keeps them, among more than one page holds."""
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


@pytest.fixture
def wire(kept: Cloud) -> Iterator[Wire]:
    """The way to the parameter store, on which calls are counted."""
    made = Wire(kept.engine.endpoint)
    yield made
    made.shutdown()
    made.server_close()


def test_a_function_finds_its_secrets_below_its_stage_and_no_others(kept: Cloud) -> None:
    settings = settings_of_process(environ(kept.engine.endpoint))

    assert {name: getattr(settings, name) for name in GIVEN} == GIVEN
    assert (settings.stage, settings.role, settings.session_key_before) == ("starting", "public", "")


def test_one_question_brings_all_of_them_however_many_others_lie_there(wire: Wire) -> None:
    assert settings_of_process(environ(wire.address)).session_key == GIVEN["session_key"]

    assert wire.calls == ["GetParameters"]


def test_the_key_before_is_read_where_there_is_one(kept: Cloud) -> None:
    kept.admin("ssm").put_parameter(Name=f"{PATH}session_key_before", Value="b" * 64, Type="SecureString")

    assert settings_of_process(environ(kept.engine.endpoint)).session_key_before == "b" * 64


def test_a_process_asks_once_however_many_requests_it_answers(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ(wire.address, MOTCUA_TRUSTED_HOSTS="localhost").items():
        monkeypatch.setenv(name, value)
    visitor = create_app().test_client()
    for _ in range(3):
        assert visitor.get("/healthz", headers={"X-Origin-Secret": GIVEN["origin_secret"]}).status_code == 200
    assert wire.calls.count("GetParameters") == 1

    workers.services.cache_clear()
    assert workers.services() is workers.services()
    assert wire.calls.count("GetParameters") == 2
    workers.services.cache_clear()


def test_a_function_asks_for_what_it_reads_and_lacks_the_rest(wire: Wire) -> None:
    settings = settings_of_process(environ(wire.address, MOTCUA_SECRETS_READ="factor_keys"))

    assert (settings.factor_keys, settings.session_key, settings.origin_secret) == (GIVEN["factor_keys"], "", "")


def test_a_function_that_reads_none_asks_nothing(wire: Wire) -> None:
    assert settings_of_process(environ(wire.address, MOTCUA_SECRETS_READ="")).session_key == ""

    assert wire.calls == []


def test_a_secret_that_is_none_of_ours_is_a_fault(kept: Cloud) -> None:
    with pytest.raises(SettingsIncomplete, match="MOTCUA_SECRETS_READ names tell_pace"):
        settings_of_process(environ(kept.engine.endpoint, MOTCUA_SECRETS_READ="session_key,tell_pace"))


def test_what_lies_with_a_secret_of_others_is_read_with_it_and_may_lack(kept: Cloud) -> None:
    """Zalo's app: who has none can't be asked for tokens, and starts all the same."""
    reads = {"MOTCUA_SECRETS_READ": "session_key,zalo_app_id,zalo_app_secret"}
    assert settings_of_process(environ(kept.engine.endpoint, **reads)).zalo_app_secret == ""
    for name, value in ZALO.items():
        kept.admin("ssm").put_parameter(Name=PATH + name, Value=value, Type="SecureString")

    held = settings_of_process(environ(kept.engine.endpoint, **reads))
    assert (held.zalo_app_id, held.zalo_app_secret, held.zalo_callback) == ("4711", "z" * 20, "")
    whole = settings_of_process(environ(kept.engine.endpoint))  # a command, which authorises accounts
    assert {name: getattr(whole, name) for name in ZALO} == ZALO


def test_one_question_holds_all_that_is_kept() -> None:
    assert len(KEPT) <= 10  # GetParameters takes no more


def test_what_the_environment_says_of_itself_counts(kept: Cloud) -> None:
    told = environ(kept.engine.endpoint, MOTCUA_BASE_URL="https://other.gov.vn")
    assert settings_of_process(told).base_url == "https://other.gov.vn"


def test_secrets_in_the_environment_are_a_fault_in_an_account(kept: Cloud) -> None:
    with pytest.raises(SettingsIncomplete) as told:
        settings_of_process(environ(kept.engine.endpoint, MOTCUA_SESSION_KEY="canary", MOTCUA_ORIGIN_SECRET="canary"))

    assert "MOTCUA_ORIGIN_SECRET stands in the environment; MOTCUA_SESSION_KEY" in str(told.value)
    assert "canary" not in str(told.value)


def test_a_path_with_nothing_below_it_names_what_is_missing(kept: Cloud) -> None:
    with pytest.raises(SettingsIncomplete, match="MOTCUA_SESSION_KEY is missing"):
        settings_of_process(environ(kept.engine.endpoint, MOTCUA_SECRETS="/motcua/nowhere/"))


def test_a_front_door_without_its_secret_does_not_start(kept: Cloud) -> None:
    """An empty one would let everybody in beside the edge."""
    kept.admin("ssm").delete_parameter(Name=f"{PATH}origin_secret")

    with pytest.raises(SettingsIncomplete, match="MOTCUA_ORIGIN_SECRET is missing"):
        settings_of_process(environ(kept.engine.endpoint))


def test_a_parameter_store_that_is_away_is_named_and_the_start_fails() -> None:
    waited = Waited()
    with in_environment(ADMIN), pytest.raises(aws.NoParameters, match=f"{PATH}session_key"):
        aws.parameters([f"{PATH}session_key"], reaching("http://127.0.0.1:1"), waited.sleep, waited.now)


def test_a_start_that_fails_says_which_setting_led_there(kept: Cloud) -> None:
    iam = stack.client(kept.engine.endpoint, "iam")
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    stranger = type(ADMIN)(key["AccessKeyId"], key["SecretAccessKey"])
    with in_environment(stranger), pytest.raises(SettingsIncomplete, match=r"MOTCUA_SECRETS: /motcua/.*AccessDenied"):
        settings_of_process(environ(kept.engine.endpoint))


def test_who_may_not_read_them_is_told_so_at_once(wire: Wire) -> None:
    iam = stack.client(f"http://{wire.upstream}", "iam")
    iam.create_user(UserName="another-stranger")
    key = iam.create_access_key(UserName="another-stranger")["AccessKey"]
    stranger = type(ADMIN)(key["AccessKeyId"], key["SecretAccessKey"])
    with in_environment(stranger), pytest.raises(SettingsIncomplete, match="AccessDenied"):
        settings_of_process(environ(wire.address))

    assert wire.calls == ["GetParameters"]


class Waited:
    """Time that passes while somebody sleeps, and what was slept."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def now(self) -> float:
        return sum(self.pauses)


def reaching(address: str) -> Settings:
    return Settings(stage="x", base_url="y", session_key="", factor_keys="", aws_endpoint=address)


@pytest.mark.parametrize("times", [1, 4, 6])
def test_who_is_refused_for_being_one_of_many_asks_again(wire: Wire, times: int) -> None:
    wire.refuses = times
    waited = Waited()

    held = aws.parameters([f"{PATH}session_key"], reaching(wire.address), waited.sleep, waited.now)

    assert held == {"session_key": GIVEN["session_key"]}
    assert wire.calls == ["GetParameters"] * (times + 1)
    assert len(waited.pauses) == times


def test_a_process_that_is_refused_four_times_starts_all_the_same(wire: Wire) -> None:
    wire.refuses = 4

    assert settings_of_process(environ(wire.address)).origin_secret == GIVEN["origin_secret"]


def test_who_is_refused_for_ever_gives_up_before_lambda_does(wire: Wire) -> None:
    wire.refuses = 10_000
    waited = Waited()

    with pytest.raises(aws.NoParameters, match="ThrottlingException"):
        aws.parameters([f"{PATH}session_key"], reaching(wire.address), waited.sleep, waited.now)

    assert waited.now() <= aws.START_PATIENCE <= 7
    assert len(wire.calls) > 6


def test_no_two_processes_wait_alike() -> None:
    many = [list(zip(range(6), aws.pauses(), strict=False)) for _ in range(50)]

    for place in range(6):
        alike = [pauses[place][1] for pauses in many]
        assert len(set(alike)) == len(alike)
    assert min(pauses[5][1] for pauses in many) < 0.5 < max(pauses[5][1] for pauses in many)


def started(throughput: int) -> int:
    """How many of a storm have their answer in time, at so many answers a second with as much saved up."""
    chance = random.Random(2026)
    tie = count()
    asked = [(chance.random(), next(tie), 0.0, aws.pauses()) for _ in range(STORM)]
    heapq.heapify(asked)
    saved, last, done = float(throughput), 0.0, 0
    while asked:
        now, _, began, pauses = heapq.heappop(asked)
        began = began or now
        saved, last = min(throughput, saved + (now - last) * throughput), now
        if saved >= 1:
            saved, done = saved - 1, done + 1
            continue
        again = now + LATENCY + next(pauses)
        if again - began < aws.START_PATIENCE:
            heapq.heappush(asked, (again, next(tie), began, pauses))
    return done


def test_two_thousand_environments_of_one_second_all_start_once_the_account_asks_for_more_throughput() -> None:
    assert started(THROUGHPUT) == STORM
    assert started(40) < STORM / 4  # what an account has that nobody prepared


def test_pauses_grow_and_stay_below_two_seconds() -> None:
    most = [max(values) for values in zip(*(take(9) for _ in range(200)), strict=True)]

    assert all(before < after * 1.2 for before, after in pairwise(most))
    assert most[0] <= 0.1
    assert max(most) <= 2


def take(number: int) -> list[float]:
    return [pause for pause, _ in zip(aws.pauses(), range(number), strict=False)]


def test_without_a_path_the_environment_is_all() -> None:
    given = {"MOTCUA_STAGE": "local", "MOTCUA_BASE_URL": BASE}
    given |= {f"MOTCUA_{name.upper()}": value for name, value in GIVEN.items()}

    assert settings_of_process(given).session_key == GIVEN["session_key"]
