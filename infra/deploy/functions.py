"""The functions of a stage in Lambda: how they differ from what is wanted, new versions, and the alias that all go by.

For the deployment. A version never changes; `current` is moved from one to the other, which is the whole of a release
and of a way back. Every step asks what is there first, so it may be done again at any time. It makes no roles."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.keeping import Code, short
from infra.deploy.place import Place
from infra.deploy.wanted import Function

CURRENT = "current"
ARCHITECTURES = ["x86_64"]
ROLE_APPEARS = 90.0  # seconds until a role that was just made is known everywhere
UPDATED = 120.0

Pulse = Callable[[], None]


class FunctionFailed(Exception):
    """A function that Lambda would not make, change or run; the text says which and why."""


class Functions:
    """Those of one account and region."""

    def __init__(self, place: Place, pulse: Pulse) -> None:
        self._place = place
        self._pulse = pulse
        self.cloud: Any = place.client("lambda")

    def current(self, function: Function) -> str:
        """The version that everybody gets; empty when there is none."""
        try:
            return str(self.cloud.get_alias(FunctionName=function.full_name, Name=CURRENT)["FunctionVersion"])
        except self.cloud.exceptions.ResourceNotFoundException:
            return ""

    def code_of(self, function: Function) -> tuple[str, Callable[[], bytes]]:
        """The digest of what everybody gets of a function, and how to fetch it from Lambda; FunctionFailed when nobody
        gets anything."""
        try:
            held = self.cloud.get_function(FunctionName=function.full_name, Qualifier=CURRENT)
        except self.cloud.exceptions.ResourceNotFoundException as failure:
            raise FunctionFailed(f"{function.full_name} was never deployed") from failure
        return str(held["Configuration"]["CodeSha256"]), lambda: self._place.fetch(held["Code"]["Location"])

    def differences(self, function: Function, digest: str) -> list[str]:
        """What of the version that everybody gets is not as wanted; values of the environment are never told."""
        held = self._configuration(function, CURRENT)
        if held is None:
            return ["is new"]
        told = [
            f"{name} {_plain(held.get(name))} → {_plain(value)}"
            for name, value in self._config(function).items()
            if name != "Environment" and held.get(name) != value
        ]
        if held["CodeSha256"] != digest:
            told.insert(0, f"code {short(held['CodeSha256'])} → {short(digest)}")
        told += _environment_differs(_variables(held), _variables(self._config(function)))
        at_once = self._at_once(function)
        if at_once != function.at_once:
            told.append(f"at once {at_once or 'any number'} → {function.at_once or 'any number'}")
        return told

    def prepare(self, function: Function, code: Code) -> str:
        """The version that is as wanted, published if it isn't yet; nobody gets it so far."""
        config = self._config(function)
        held = self._configuration(function, CURRENT)
        if held is None or not _is_as(held, config, code.digest):
            self._bring_latest(function, config, code)
        self._keep_at_once(function)
        if held is not None and _is_as(held, config, code.digest):
            return self.current(function)
        return str(self.cloud.publish_version(FunctionName=function.full_name, CodeSha256=code.digest)["Version"])

    def shift(self, function: Function, version: str) -> None:
        """Everybody gets this version from now on."""
        held = self.current(function)
        alias = {"FunctionName": function.full_name, "Name": CURRENT, "FunctionVersion": version}
        if not held:
            self.cloud.create_alias(**alias)
        elif held != version:
            self.cloud.update_alias(**alias)

    def prune(self, function: Function, kept: set[str]) -> int:
        """Let old versions go, but for the newest few and those that are kept; how many went."""
        pages = self.cloud.get_paginator("list_versions_by_function").paginate(FunctionName=function.full_name)
        numbers = [one["Version"] for page in pages for one in page["Versions"] if one["Version"] != "$LATEST"]
        old = sorted(numbers, key=int)[: -function.kept_versions]
        gone = [number for number in old if number not in kept]
        for number in gone:
            self.cloud.delete_function(FunctionName=function.full_name, Qualifier=number)
        return len(gone)

    def invoke(self, function: Function, version: str, event: Mapping[str, Any]) -> Any:
        """What a version answers to an event; FunctionFailed when it fails."""
        answer = self.cloud.invoke(
            FunctionName=function.full_name, Qualifier=version, Payload=json.dumps(event).encode()
        )
        body = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            said = body if isinstance(body, dict) else {}
            raise FunctionFailed(f"{said.get('errorType', 'Error')}: {str(said.get('errorMessage', ''))[:200]}")
        return body

    def _config(self, function: Function) -> dict[str, Any]:
        told = dict(function.config)
        variables = {**_variables(told), **self._place.environment()}
        told["Environment"] = {"Variables": variables}
        told["Role"] = f"arn:aws:iam::{self._place.account}:role/{function.role}"
        return told

    def _bring_latest(self, function: Function, config: Mapping[str, Any], code: Code) -> None:
        held = self._configuration(function)
        source = {"S3Bucket": code.bucket, "S3Key": code.key}
        if held is None:
            self._create(function, config, source)
        elif held["CodeSha256"] != code.digest:
            self._settled(function)
            self.cloud.update_function_code(
                FunctionName=function.full_name, Architectures=ARCHITECTURES, Publish=False, **source
            )
        self._settled(function)
        held = self._configuration(function)
        if held is not None and not _is_as(held, config, code.digest):
            self.cloud.update_function_configuration(FunctionName=function.full_name, **config)
            self._settled(function)

    def _create(self, function: Function, config: Mapping[str, Any], source: Mapping[str, str]) -> None:
        until = time.monotonic() + ROLE_APPEARS
        while True:
            try:
                self.cloud.create_function(
                    FunctionName=function.full_name,
                    Code=source,
                    Architectures=ARCHITECTURES,
                    PackageType="Zip",
                    Publish=False,
                    **config,
                )
                return
            except ClientError as failure:
                if "cannot be assumed" not in str(failure) or time.monotonic() > until:
                    raise
            self._pulse()
            time.sleep(3)

    def _settled(self, function: Function) -> None:
        """Wait until Lambda has done what it was told; FunctionFailed when it could not."""
        until = time.monotonic() + UPDATED
        while time.monotonic() < until:
            held = self._configuration(function) or {}
            state, update = held.get("State", "Active"), held.get("LastUpdateStatus", "Successful")
            if "Failed" in (state, update):
                why = held.get("LastUpdateStatusReason") or held.get("StateReason")
                raise FunctionFailed(f"{function.full_name}: {why}")
            if state != "Pending" and update == "Successful":
                return
            self._pulse()
            time.sleep(0.05 if self._place.endpoint else 1)
        raise FunctionFailed(f"{function.full_name} is still being changed after {UPDATED:.0f} s")

    def _configuration(self, function: Function, qualifier: str = "") -> dict[str, Any] | None:
        asked = {"FunctionName": function.full_name, **({"Qualifier": qualifier} if qualifier else {})}
        try:
            held: dict[str, Any] = self.cloud.get_function_configuration(**asked)
        except self.cloud.exceptions.ResourceNotFoundException:
            return None
        return held

    def _at_once(self, function: Function) -> int | None:
        held = self.cloud.get_function_concurrency(FunctionName=function.full_name)
        found: int | None = held.get("ReservedConcurrentExecutions")
        return found

    def _keep_at_once(self, function: Function) -> None:
        if self._at_once(function) == function.at_once:
            return
        if function.at_once is None:
            self.cloud.delete_function_concurrency(FunctionName=function.full_name)
        else:
            self.cloud.put_function_concurrency(
                FunctionName=function.full_name, ReservedConcurrentExecutions=function.at_once
            )


def _is_as(held: Mapping[str, Any], config: Mapping[str, Any], digest: str) -> bool:
    return held["CodeSha256"] == digest and all(
        _variables(held) == _variables(config) if name == "Environment" else held.get(name) == value
        for name, value in config.items()
    )


def _variables(held: Mapping[str, Any]) -> dict[str, str]:
    return dict(held.get("Environment", {}).get("Variables", {}))


def _environment_differs(held: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    yield from (f"environment + {name}" for name in sorted(wanted.keys() - held.keys()))
    yield from (f"environment - {name}" for name in sorted(held.keys() - wanted.keys()))
    yield from (f"environment {name} changes" for name in sorted(held.keys() & wanted) if held[name] != wanted[name])


def _plain(value: Any) -> str:
    return str(value["Size"]) if isinstance(value, dict) and "Size" in value else str(value or "none")
