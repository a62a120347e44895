"""What the deployment reads, against who else reads it; and what the README quotes."""

import json
import re
from pathlib import Path

import pytest

from infra import costs
from infra.deploy import wanted
from infra.deploy.secret import MADE
from infra.deploy.stacks import Change
from infra.deploy.steps import callers
from miniapp.accounts.asked import ASKED_LIFE
from miniapp.accounts.citizens import LINK_LIFE
from miniapp.accounts.sign_in import DEVICE_LIFE
from miniapp.core.starting import SECRETS
from miniapp.exam_scores.looking_up import TOKEN_LIFE
from miniapp.zalo.grants import REFRESH_LIFE
from tests.support.code import ROOT
from tests.support.templates import functions, region

HELD = json.loads(wanted.SETTINGS.read_text("utf-8"))


@pytest.mark.filterwarnings("ignore")  # of Zappa's own imports
@pytest.mark.parametrize("name", [name for name in HELD if name.startswith(("staging_", "production_"))])
def test_zappa_reads_a_function_as_the_deployment_does(name: str) -> None:
    from zappa.cli import ZappaCLI

    reader = ZappaCLI()
    reader.zappa_settings, reader.api_stage = HELD, name
    assert {key: value for key, value in reader.stage_config.items() if key != "delete_zip"} == wanted.whole(HELD, name)


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_a_stage_has_its_functions_with_their_own_roles(stage: str) -> None:
    functions = wanted.functions(stage)
    assert {each.full_name for each in functions} == {each.role for each in functions}
    assert {each.name for each in functions} >= set(wanted.WEB)
    imports = next(each for each in functions if each.name == "imports")
    assert imports.config["EphemeralStorage"] == {"Size": 2048}
    assert wanted.stage(stage).size == stage


def test_a_stage_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(wanted.UnknownStage, match="staging, production"):
        wanted.stage("elsewhere")


def test_what_results_day_needs_may_be_said_or_not_and_a_word_too_many_is_named(tmp_path: Path) -> None:
    held = json.loads(wanted.STAGES.read_text("utf-8"))["production"]
    said = tmp_path / "stages.json"
    said.write_text(json.dumps({"production": {**held, "warm_reads": 30_000, "ready": {"public": 500}}}))
    stage = wanted.stage("production", said)
    assert (stage.warm_reads, stage.warm_writes, stage.ready) == (30_000, 0, {"public": 500})
    assert stage.at_least({"WarmReadUnits": "12000", "WarmWriteUnits": "4000", "ConcurrencyAlarm": "800"}) == {
        "WarmReadUnits": "30000",
        "WarmWriteUnits": "4000",
        "ConcurrencyAlarm": "800",
    }
    assert wanted.stage("production").at_least({}) == {}

    said.write_text(json.dumps({"production": {**held, "warm_read": 1}}))
    with pytest.raises(wanted.UnknownStage, match="warm_read"):
        wanted.stage("production", said)


GIVEN = {
    "MOTCUA_SESSION_KEY_BEFORE": "an operator's, when a key is turned",
    "MOTCUA_SIGNING_KEYS_PUBLIC": "the signing keys, of which they are the public halves",
    "MOTCUA_ZALO_APP_SECRET": "Zalo's console",
}


def test_the_secrets_made_are_those_that_settings_call_secret() -> None:
    assert {f"MOTCUA_{name.upper()}" for name in MADE} == SECRETS - set(GIVEN)
    assert all(len(make()) >= 32 and make() != make() for make in MADE.values())


@pytest.mark.parametrize("function", functions())
def test_nothing_that_names_a_function_is_made_before_it_is_there(function: str) -> None:
    """Behind it or beside it stands the alias: both name what is not there yet."""
    whole = region()
    without = whole.less(callers(whole, [function]))
    kinds = ("EventInvokeConfig", "EventSourceMapping", "Permission", "Url")
    left = [
        part
        for kind in kinds
        for one in without.of_type(f"AWS::Lambda::{kind}").values()
        for part in str(one.get("FunctionName") or one.get("TargetFunctionArn")).split(":")
    ]
    left += [str(one["Target"]["Arn"]) for one in without.of_type("AWS::Scheduler::Schedule").values()]

    assert [part for part in left if part.removesuffix(":current").endswith(f"motcua-house-{function}")] == []
    assert without.kinds().keys() < whole.kinds().keys()


def test_an_old_session_key_is_kept_as_long_as_anything_it_made_may_live() -> None:
    """But for second factors, which have no end and are sealed anew; said in one place."""
    told = (ROOT / "infra" / "KEYS.md").read_text("utf-8")
    days = DEVICE_LIFE.days
    assert max(DEVICE_LIFE, TOKEN_LIFE, LINK_LIFE, ASKED_LIFE, REFRESH_LIFE) == DEVICE_LIFE

    assert set(re.findall(r"(\d+) days", told)) == {str(days)}
    paper = (ROOT / "infra" / "decisions" / "data-and-keys.md").read_text("utf-8")
    assert "days" not in next(line for line in paper.splitlines() if line.startswith("| `session_key` |"))


def test_what_is_lost_stands_out() -> None:
    assert str(Change("Modify", "Table", "AWS::DynamoDB::Table", "True")) == "Table (DynamoDB::Table) IS MADE ANEW"
    assert Change("Remove", "Table", "AWS::DynamoDB::Table").loses
    assert not Change("Modify", "Role", "AWS::IAM::Role", "Conditional").loses


def test_the_readme_quotes_what_a_month_costs() -> None:
    said = (ROOT / "README.md").read_text("utf-8")
    quoted = re.search(r"^\| \*\*total\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \|$", said, re.MULTILINE)
    assert quoted is not None
    prices = json.loads(costs.PRICES.read_text("utf-8"))
    standing = costs.standing_costs(prices)
    totals = [costs.total(costs.month(one, prices, standing)) for one in costs.MONTHS]
    assert all(abs(int(one) - total) <= 1.5 for one, total in zip(quoted.groups(), totals, strict=True))
