"""What a stage is to be: its functions as zappa_settings.json says, and what infra/deploy/stages.json says around them.

For the deployment. The settings of functions stand in zappa_settings.json and nowhere else; a test holds this reading
against Zappa's own. No secret stands in either file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from miniapp.core.starting import READ

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "zappa_settings.json"
STAGES = Path(__file__).with_name("stages.json")
SCRATCH = 512  # MB of /tmp that every function has
WEB = ("public", "console", "hooks")  # functions that people reach


class UnknownStage(Exception):
    """No such stage stands in the files; the text names those that do."""


@dataclass(frozen=True)
class Function:
    """One function as it is to be; `config` is in Lambda's own words."""

    name: str  # public
    full_name: str  # motcua-staging-public
    role: str
    at_once: int | None  # environments kept for it; None: the account's
    kept_versions: int
    config: Mapping[str, Any] = field(default_factory=dict)
    ready: int = 0  # environments that stand ready behind the alias, as stages.json says

    @property
    def reads(self) -> tuple[str, ...]:
        """The secrets that it asks for when it starts."""
        return tuple(name for name in self.config["Environment"]["Variables"].get(READ, "").split(",") if name)


@dataclass(frozen=True)
class Stage:
    """What surrounds the functions of one stage."""

    name: str
    size: str
    site: str
    certificate: str
    alerts: str
    monthly_budget: int
    agency: str
    exam: str
    number: str
    # For results day, all optional (infra/RESULTS-DAY.md). What tables bear is raised and never lowered.
    warm_reads: int = 0
    warm_writes: int = 0
    concurrency_alarm: int = 0
    ready: Mapping[str, int] = field(default_factory=dict)  # by function

    def at_least(self, held: Mapping[str, str]) -> dict[str, str]:
        """Parameters of the stack that results day raises: as much as is wished, and no less than is there."""
        raised = {"WarmReadUnits": self.warm_reads, "WarmWriteUnits": self.warm_writes}
        most = {name: max(wished, int(held.get(name, 0))) for name, wished in raised.items()}
        most["ConcurrencyAlarm"] = self.concurrency_alarm or int(held.get("ConcurrencyAlarm", 0))
        return {name: str(value) for name, value in most.items() if value}


def stage(name: str, path: Path = STAGES) -> Stage:
    """A stage by its name; UnknownStage when there is none."""
    held = json.loads(path.read_text("utf-8"))
    if name not in held:
        raise UnknownStage(f"there is no stage {name!r}, only {', '.join(held)}")
    told = dict(held[name])
    try:
        return Stage(name=name, **told.pop("smoke"), **told)
    except TypeError as wrong:
        raise UnknownStage(f"{path.name}, {name}: {wrong}") from wrong


def functions(name: str, path: Path = SETTINGS) -> list[Function]:
    """Every function of a stage, with what it inherits."""
    held = json.loads(path.read_text("utf-8"))
    prefix = f"{name}_"
    return [_function(each.removeprefix(prefix), name, whole(held, each)) for each in held if each.startswith(prefix)]


def whole(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    """One entry of zappa_settings.json with what it extends."""
    own = held[name]
    return {**(whole(held, own["extends"]) if "extends" in own else {}), **own}


def _function(name: str, stage_name: str, told: Mapping[str, Any]) -> Function:
    config = {
        "Handler": told["lambda_handler"],
        "Runtime": told["runtime"],
        "Description": told["lambda_description"],
        "MemorySize": told["memory_size"],
        "Timeout": told["timeout_seconds"],
        "EphemeralStorage": told.get("ephemeral_storage", {"Size": SCRATCH}),
        "Environment": {"Variables": dict(told["aws_environment_variables"])},
    }
    return Function(
        name=name,
        full_name=f"{told['project_name']}-{stage_name}-{name}",
        role=told["role_name"],
        at_once=told.get("lambda_concurrency"),
        kept_versions=told["num_retained_versions"],
        config=config,
    )
