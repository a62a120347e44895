"""A deployment on the engine, end to end: CloudFormation, functions, alias, CloudFront, and what people see through it."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import __main__ as command
from infra.deploy.lease import Lease, Taken
from infra.deploy.steps import Deployment, SmokeFailed
from infra.local.engine import Engine
from tests.support.cloud import temporary_engine
from tests.support.deploying import (
    AT_START,
    EVERYWHERE,
    OUTSIDE,
    Died,
    MortalPlace,
    Stages,
    build,
    settings,
    versions,
)

STANDING = "standing"
OTHERS = ("nothing", "killed", "taken")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = temporary_engine(tmp_path_factory.mktemp("deploying"), keep=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stages(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    folder = tmp_path_factory.mktemp("builds")
    return Stages(engine.endpoint, folder, *settings(folder, STANDING, *OTHERS))


@pytest.fixture(scope="module")
def standing(stages: Stages) -> str:
    """A stage that was deployed with the build `one`; every test leaves it with that."""
    stages.deployment(STANDING).up(build(stages.folder, "one"))
    return STANDING


def test_a_plan_and_an_unconfirmed_start_do_nothing(
    stages: Stages, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["--zip", str(build(stages.folder, "one")), *_asked(stages, "nothing")]
    assert command.main(["plan", *asked]) == command.DONE
    printed = capsys.readouterr().out
    assert (
        "session_key, factor_keys, signing_keys, origin_secret, zalo_code_verifier, signing_keys_public will be made"
        in printed
    )
    assert "public     is new" in printed

    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert command.main(["up", *asked]) == command.ASKED_WRONGLY
    nothing = stages.deployment("nothing")
    assert not nothing.stack.is_made()
    assert nothing.secrets.missing() == [
        "session_key",
        "factor_keys",
        "signing_keys",
        "origin_secret",
        "zalo_code_verifier",
        "signing_keys_public",
    ]


def test_a_deployer_who_is_killed_again_and_again_gets_there(stages: Stages) -> None:
    """Each time a little further: before a call arrives, or when its answer is lost."""
    first = build(stages.folder, "one")
    died: list[str] = []
    for number in count(1):
        place = MortalPlace(stages.endpoint, dies_at=14 * number, after=number % 2 == 0)
        try:
            stages.deployment("killed", place=place).up(first)
            break
        except Died as where:
            died.append(str(where))

    assert len(died) >= 4
    whole = stages.deployment("killed")
    assert "one" in stages.shown(whole)
    assert whole.plan(first).is_empty
    assert whole.keeping.journal("killed").good == versions(whole)
    assert not whole.smoke().wrong


def test_what_is_deployed_is_reached_through_the_edge_and_not_beside_it(stages: Stages, standing: str) -> None:
    held = stages.deployment(standing)
    assert "one" in stages.shown(held)
    assert held.keeping.journal(standing).good == versions(held)
    for host in ("PublicHost", "ConsoleHost", "HooksHost"):
        assert held.place.ask(held.stack.outputs()[host], "/healthz").status == 403
    assert held.plan(build(stages.folder, "one")).is_empty


def test_no_secret_is_shown(stages: Stages, standing: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--zip", str(build(stages.folder, "one")), *_asked(stages, standing)]
    for do in (["plan"], ["up", "--yes"], ["smoke"]):
        assert command.main([*do, *asked]) == command.DONE
    held = stages.deployment(standing)
    kept = held.place.client("ssm").get_parameters_by_path(Path=f"/motcua/{standing}", WithDecryption=True)[
        "Parameters"
    ]
    printed = "".join(capsys.readouterr())
    assert len(kept) == 6
    assert {one["Type"] for one in kept} == {"SecureString"}
    assert not any(part in printed for one in kept for part in one["Value"].split(":")[-1:])
    assert versions(held) == held.keeping.journal(standing).good
    assert set(versions(held).values()) == {"1"}  # what was deployed twice stays as it is


BROKEN = {"start": {"at_start": AT_START + "\n"}, "500": {"fault": EVERYWHERE}, "worker": {"broken": "messages"}}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_build_reaches_nobody(stages: Stages, standing: str, broken: dict[str, str]) -> None:
    held = versions(stages.deployment(standing))

    with pytest.raises(SmokeFailed, match="nobody got them"):
        stages.deployment(standing).up(build(stages.folder, "-".join(broken), **broken))

    after = stages.deployment(standing)
    assert versions(after) == held
    assert "one" in stages.shown(after)
    assert after.keeping.journal(standing).good == held


def test_what_is_wrong_only_from_outside_is_taken_back(stages: Stages, standing: str) -> None:
    held = versions(stages.deployment(standing))
    said: list[str] = []

    with pytest.raises(SmokeFailed, match="the versions from before again") as failure:
        stages.deployment(standing, said).up(build(stages.folder, "outside", fault=OUTSIDE))

    after = stages.deployment(standing)
    assert versions(after) == held
    assert "one" in stages.shown(after)
    assert not after.smoke().wrong
    assert after.keeping.journal(standing).state == "good"
    assert "Changed and left so: no stack" in str(failure.value)
    assert any("back to version" in line for line in said)


def test_an_operator_goes_back_once_and_not_twice(stages: Stages, standing: str) -> None:
    held = versions(stages.deployment(standing))
    stages.deployment(standing).up(build(stages.folder, "two"))
    assert "two" in stages.shown(stages.deployment(standing))

    asked = ["rollback", "--yes", *_asked(stages, standing)]
    assert command.main(asked) == command.DONE
    assert "one" in stages.shown(stages.deployment(standing))
    assert versions(stages.deployment(standing)) == held
    assert command.main(asked) == command.FAILED
    assert versions(stages.deployment(standing)) == held


def test_the_second_deployer_is_told_who_is_at_it_and_since_when(
    stages: Stages, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = stages.deployment("taken")
    deployment.keeping.make()
    somebody = {"by": "lan", "host": "another-desk", "process": 7}
    with Lease(deployment.keeping.s3, deployment.keeping.bucket, "taken", somebody):
        asked = ["up", "--yes", "--zip", str(build(stages.folder, "one")), *_asked(stages, "taken")]
        assert command.main(asked) == command.BUSY
    told = capsys.readouterr().err
    assert "lan on another-desk (process 7) deploys" in told
    assert "since 20" in told
    assert not any(versions(stages.deployment("taken")).values())


def test_a_lease_is_lost_to_nobody_and_free_after_its_end(stages: Stages) -> None:
    deployment = stages.deployment("taken")
    deployment.keeping.make()
    s3, bucket = deployment.keeping.s3, deployment.keeping.bucket
    gone = {"by": "lan", "host": "here", "process": 4_194_304}  # above the highest process there can be
    Lease(s3, bucket, "free", gone).take()
    with pytest.raises(Taken):
        Lease(s3, bucket, "free", {**gone, "host": "elsewhere", "process": 5}).take()
    mine = Lease(s3, bucket, "free", {"by": "mai", "host": "here", "process": 1})
    mine.take()  # whoever had it was a process of this machine that is no more
    mine.give_back()
    Lease(s3, bucket, "free", {"by": "ha", "host": "there", "process": 2}).take()


def test_what_a_release_changes_is_shown_before_it_is_done(stages: Stages, standing: str, tmp_path: Path) -> None:
    told = json.loads(stages.settings.read_text())
    told[f"{standing}_console"]["memory_size"] = 2048
    told[f"{standing}_console"]["aws_environment_variables"]["MOTCUA_LOG_LEVEL"] = "DEBUG"
    more = tmp_path / "zappa_settings.json"
    more.write_text(json.dumps(told))
    next_release = Stages(stages.endpoint, stages.folder, more, stages.stages).deployment(standing)
    lines = list(next_release.plan(build(stages.folder, "two")).lines())

    console = next(line for line in lines if line.strip().startswith("console"))
    assert "MemorySize 1024 → 2048" in console
    assert "environment + MOTCUA_LOG_LEVEL" in console
    assert "code " in console
    assert "DEBUG" not in console
    assert any(line.endswith("-stack: as it is") for line in lines)


def test_what_results_day_needs_is_shown_raised_and_taken_back_where_it_can_be(stages: Stages, standing: str) -> None:
    first = build(stages.folder, "one")
    day: dict[str, Any] = {"warm_reads": 30_000, "concurrency_alarm": 4_000, "ready": {"public": 7}}
    lines = list(stages.deployment(standing, **day).plan(first).lines())
    assert "  WarmReadUnits 12000 → 30000" in lines
    assert "  ConcurrencyAlarm 800 → 4000" in lines
    assert any(line.split() == ["public", "ready", "none", "→", "7"] for line in lines)

    said: list[str] = []
    stages.deployment(standing, said, **day).up(first)
    held = stages.deployment(standing, **day)
    assert held.stack.parameters().items() >= {"WarmReadUnits": "30000", "ConcurrencyAlarm": "4000"}.items()
    assert (_ready(held, "public"), _ready(held, "console")) == (7, 0)
    assert any("7 environments of public" in line for line in said)
    assert held.plan(first).is_empty

    after = stages.deployment(standing, warm_reads=12_000)
    assert [line for line in after.plan(first).lines() if "Warm" in line] == []  # what a table bears is never lowered
    after.up(first)
    assert (_ready(after, "public"), after.stack.parameters()["WarmReadUnits"]) == (0, "30000")


def _ready(held: Deployment, name: str) -> int:
    cloud = held.functions.cloud
    alias = {"FunctionName": f"motcua-{held.stage.name}-{name}", "Qualifier": "current"}
    try:
        return int(cloud.get_provisioned_concurrency_config(**alias)["RequestedProvisionedConcurrentExecutions"])
    except cloud.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        return 0


def test_a_function_that_a_release_adds_gets_its_role_first(stages: Stages, standing: str) -> None:
    first = build(stages.folder, "one")
    deployment = stages.deployment(standing)
    listing = next(each for each in deployment.told if each.name == "listing")
    mappings = deployment.functions.cloud.list_event_source_mappings(FunctionName=f"{listing.full_name}:current")
    assert len(mappings["EventSourceMappings"]) == 1
    deployment.functions.cloud.delete_alias(FunctionName=listing.full_name, Name="current")
    deployment.functions.cloud.delete_function(FunctionName=listing.full_name)

    stages.deployment(standing).up(first)

    assert versions(stages.deployment(standing))["listing"]
    assert stages.deployment(standing).plan(first).is_empty


def _asked(stages: Stages, stage: str) -> list[str]:
    return [
        *("--stage", stage, "--endpoint", stages.endpoint),
        *("--settings", str(stages.settings), "--stages", str(stages.stages)),
    ]
