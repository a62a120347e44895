"""Environments that stand ready behind the alias before anybody comes (provisioned concurrency). For the deployment.

For the morning of a release, when a thousand would otherwise start in the same seconds; each is paid for by the hour
whether anybody comes or not. `stages.json` says how many, and none again afterwards. It moves no alias."""

import time
from typing import Any

from infra.deploy.functions import CURRENT, FunctionFailed, Pulse
from infra.deploy.place import Place
from infra.deploy.wanted import Function

PATIENCE = 900.0  # Lambda makes up to 6,000 a minute


class Ready:
    """Those of one account and region."""

    def __init__(self, place: Place, pulse: Pulse) -> None:
        self._place = place
        self._pulse = pulse
        self._cloud: Any = place.client("lambda")

    def differences(self, function: Function) -> list[str]:
        """What would change."""
        held = int(self._held(function).get("RequestedProvisionedConcurrentExecutions", 0))
        return [f"ready {held or 'none'} → {function.ready or 'none'}"] if held != function.ready else []

    def keep(self, function: Function) -> None:
        """As many as wanted, there and warm; FunctionFailed when Lambda can't."""
        alias = {"FunctionName": function.full_name, "Qualifier": CURRENT}
        if self.differences(function):
            if function.ready:
                self._cloud.put_provisioned_concurrency_config(**alias, ProvisionedConcurrentExecutions=function.ready)
            else:
                self._cloud.delete_provisioned_concurrency_config(**alias)
        if function.ready:
            self._wait(function)

    def _wait(self, function: Function) -> None:
        until = time.monotonic() + PATIENCE
        while (held := self._held(function)).get("Status") != "READY":
            if held.get("Status") == "FAILED" or time.monotonic() > until:
                why = held.get("StatusReason", f"not after {PATIENCE:.0f} s")
                raise FunctionFailed(f"{function.full_name}: {function.ready} environments are not ready: {why}")
            self._pulse()
            time.sleep(0.05 if self._place.endpoint else 5)

    def _held(self, function: Function) -> dict[str, Any]:
        missing = (
            self._cloud.exceptions.ProvisionedConcurrencyConfigNotFoundException,
            self._cloud.exceptions.ResourceNotFoundException,
        )
        try:
            held: dict[str, Any] = self._cloud.get_provisioned_concurrency_config(
                FunctionName=function.full_name, Qualifier=CURRENT
            )
        except missing:
            return {}
        return held
