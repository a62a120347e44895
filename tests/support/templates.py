"""Both templates and Zappa's settings as tests read them: what stands, filled in, for one stage."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.deploy.pages import edge_pages
from infra.local.template import TEMPLATE, Template
from tests.support.code import ROOT

STAGE = "house"
EDGE = ROOT / "infra" / "edge.yaml"
GIVEN = {
    "Stage": STAGE,
    "PublicHost": "public.example",
    "ConsoleHost": "console.example",
    "HooksHost": "hooks.example",
    "EditionsHost": "editions.example",
    "OriginSecret": "s" * 32,
    **edge_pages(),
}


@cache
def region(functions: str = "yes", size: str = "production") -> Template:
    """`infra/stack.yaml`, by default after its second step."""
    return Template(TEMPLATE, {**GIVEN, "FunctionsDeployed": functions, "Size": size, "AlertAddress": "a@example.vn"})


@cache
def edge(closed: str = "no") -> Template:
    """`infra/edge.yaml`, by default open."""
    return Template(EDGE, {**GIVEN, "Closed": closed})


@dataclass(frozen=True)
class Statement:
    """One statement of one policy, and the resource it stands in."""

    place: str
    effect: str
    principal: Any
    actions: list[str]
    resources: list[str]
    condition: Any
    names: frozenset[str]


def statements(template: Template) -> Iterator[Statement]:
    """Every statement of every policy of a template, wherever it stands."""
    for name in template.kinds():
        filled = template.filled(template.document["Resources"][name].get("Properties", {}))
        for document in _documents(filled):
            for one in document["Statement"]:
                yield Statement(
                    name,
                    one["Effect"],
                    one.get("Principal"),
                    _listed(one.get("Action", [])),
                    _listed(one.get("Resource", [])),
                    one.get("Condition"),
                    frozenset(one),
                )


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("Statement"), list):
            yield value
        for part in value.values():
            yield from _documents(part)
    if isinstance(value, list):
        for part in value:
            yield from _documents(part)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@cache
def functions(stage: str = "production") -> dict[str, dict[str, Any]]:
    """What Zappa is told of every function of a stage, with what it inherits."""
    told = json.loads((ROOT / "zappa_settings.json").read_text("utf-8"))

    def whole(name: str) -> dict[str, Any]:
        own = told[name]
        return {**(whole(own["extends"]) if "extends" in own else {}), **own}

    return {name.removeprefix(f"{stage}_"): whole(name) for name in told if name.startswith(f"{stage}_")}
