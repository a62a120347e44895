"""Botocore's data, cut to the services that the project calls. For the packaging; it never changes what a call means.

Botocore carries descriptions of some 400 services, and those of ours are mostly prose for readers. A client is made from
the description, so what is not read is CPU saved in every new environment. Which services are ours, the code says."""

import ast
import gzip
import json
from pathlib import Path, PurePosixPath
from typing import Any

AWS = Path(__file__).resolve().parents[2] / "miniapp" / "core" / "aws.py"
DATA = PurePosixPath("botocore/data")
FOR_ALL = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
PARTS = ("service-2", "endpoint-rule-set-1", "paginators-1")
READERS_ONLY = ("documentation", "documentationUrl")


def services() -> frozenset[str]:
    """The services whose clients `miniapp.core.aws` makes."""
    return frozenset(
        node.args[0].value
        for node in ast.walk(ast.parse(AWS.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "_client"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def is_ours(name: str, wanted: frozenset[str]) -> bool:
    """Whether a data file is needed: the general ones, and the newest description of each service."""
    pieces = PurePosixPath(name).relative_to(DATA).parts
    if len(pieces) == 1:
        return pieces[0] in FOR_ALL
    return len(pieces) == 3 and pieces[0] in wanted and pieces[2].startswith(PARTS)


def newest(names: list[str]) -> list[str]:
    """Without the older versions of a service."""
    versions: dict[str, str] = {}
    for name in names:
        pieces = PurePosixPath(name).relative_to(DATA).parts
        if len(pieces) == 3:
            versions[pieces[0]] = max(versions.get(pieces[0], ""), pieces[1])
    return [
        name
        for name in names
        if len(pieces := PurePosixPath(name).relative_to(DATA).parts) == 1 or versions[pieces[0]] == pieces[1]
    ]


def cut(name: str, body: bytes, wanted: frozenset[str]) -> tuple[str, bytes]:
    """A data file without what only people read, unpacked (the zip packs it); its name and its bytes."""
    if name.endswith(".gz"):
        name, body = name.removesuffix(".gz"), gzip.decompress(body)
    held = json.loads(body)
    if name.endswith("/endpoints.json"):
        held = _endpoints(held, wanted)
    elif "/service-2." in name:
        asked = held.get("clientContextParams", {})  # botocore reads the prose of these, and these alone
        held = _without_prose(held)
        for parameter, facts in asked.items():
            held["clientContextParams"][parameter] = {**facts, "documentation": ""}
    return name, json.dumps(held, separators=(",", ":"), ensure_ascii=False).encode()


def _without_prose(held: Any) -> Any:
    """A member may be called `documentation` too; prose is text."""
    if isinstance(held, dict):
        return {
            name: _without_prose(value)
            for name, value in held.items()
            if not (name in READERS_ONLY and isinstance(value, str))
        }
    return [_without_prose(value) for value in held] if isinstance(held, list) else held


def _endpoints(held: dict[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    """The public regions, and the services that are called."""
    public = next(partition for partition in held["partitions"] if partition["partition"] == "aws")
    ours = {name: facts for name, facts in public["services"].items() if name in wanted}
    return {**held, "partitions": [{**public, "services": ours}]}
