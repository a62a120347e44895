"""The functions of zappa_settings.json: alike in production and staging, each with its role, limits and an entry that is there."""

import ast
import json
from typing import Any

import pytest

from handlers.routes import ROLES
from infra.local.template import TEMPLATE, Template
from infra.packaging.targets import VERSIONS
from miniapp.core.settings import PREFIX, Settings
from tests.support.code import ROOT

HELD: dict[str, dict[str, Any]] = json.loads((ROOT / "zappa_settings.json").read_text("utf-8"))
FUNCTIONS = (
    "public",
    "console",
    "hooks",
    "imports",
    "tellings",
    "messages",
    "crests",
    "listing",
    "batches",
    "uploads",
    "schedules",
)
STAGES = ("production", "staging")
# Which function reads which queue of infra/stack.yaml.
READERS = {"score_imports": "imports", "score_tellings": "tellings", "messages": "messages"}
READERS |= {"agency_crests": "crests", "agency_listings": "listing", "dossier_batches": "batches"}
NO_SECRETS = {"MOTCUA_STAGE", "MOTCUA_ROLE", "MOTCUA_SECRETS", "MOTCUA_SECRETS_READ"}


def whole(name: str) -> dict[str, Any]:
    """A stage with what it extends, as Zappa reads it."""
    held = HELD[name]
    return {**(whole(held["extends"]) if "extends" in held else {}), **held}


def deployed() -> list[str]:
    return [name for name in HELD if name.startswith(tuple(f"{stage}_" for stage in STAGES))]


def test_every_function_stands_in_both_stages_and_no_other_does() -> None:
    assert sorted(deployed()) == sorted(f"{stage}_{function}" for stage in STAGES for function in FUNCTIONS)


@pytest.mark.parametrize("name", deployed())
def test_a_function_has_its_own_role_limits_and_runtime(name: str) -> None:
    stage, function = name.split("_")
    held = whole(name)
    assert held["role_name"] == f"motcua-{stage}-{function}"
    assert held["manage_roles"] is False
    assert held["runtime"] == f"python{VERSIONS[0]}"
    assert held["apigateway_enabled"] is held["keep_warm"] is held["slim_handler"] is False
    assert 128 <= held["memory_size"] <= 10_240
    assert 1 <= held["timeout_seconds"] <= (900 if function not in ROLES else 29)
    if name == "production_public":  # infra/decisions/no-ceiling-for-the-public.md says why, and what bounds the bill
        assert "lambda_concurrency" not in held
    else:
        assert held["lambda_concurrency"] >= 2


@pytest.mark.parametrize("name", deployed())
def test_a_functions_environment_names_its_stage_and_role_and_holds_no_secret(name: str) -> None:
    stage, function = name.split("_")
    held = whole(name)
    environ = held["aws_environment_variables"]
    assert "environment_variables" not in held, "they do not arrive with an entry of our own"
    assert environ["MOTCUA_STAGE"] == stage
    assert environ.get("MOTCUA_ROLE", "") == (function if function in ROLES else "")
    assert set(environ) <= NO_SECRETS
    assert {f"{PREFIX}ROLE", f"{PREFIX}STAGE"} <= {
        f"{PREFIX}{field.upper()}" for field in Settings.__dataclass_fields__
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_entry_is_there_and_both_stages_have_the_same(function: str) -> None:
    entries = {whole(f"{stage}_{function}")["lambda_handler"] for stage in STAGES}
    (entry,) = entries
    module, _, name = entry.rpartition(".")
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text("utf-8"))
    made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    made |= {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert name in made
    if function in ROLES:
        assert entry == "handlers.lambdas.web.handle"


def test_a_queue_hides_a_note_for_six_times_as_long_as_its_function_may_take() -> None:
    queues = Template(TEMPLATE, {"Stage": "house"}).of_type("AWS::SQS::Queue").values()
    seconds = {queue["QueueName"].removeprefix("house-"): queue.get("VisibilityTimeout", 30) for queue in queues}
    assert set(READERS) == {name for name in seconds if not name.endswith("_dead")}
    for queue, function in READERS.items():
        assert int(seconds[queue]) >= 6 * whole(f"production_{function}")["timeout_seconds"], queue


@pytest.mark.filterwarnings("ignore")  # of Zappa's own imports
@pytest.mark.parametrize("name", deployed())
def test_zappa_reads_a_stage_as_we_do(name: str) -> None:
    from zappa.cli import ZappaCLI

    reader = ZappaCLI()
    reader.zappa_settings, reader.api_stage = HELD, name
    assert {key: value for key, value in reader.stage_config.items() if key != "delete_zip"} == whole(name)
