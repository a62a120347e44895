"""Calls and units of what a block asks of DynamoDB, from the sizes of what goes and comes. For tests of flatness.

A hook on the client's own events: what a query reads is what it answers with, since nothing of ours filters or projects
(a call that does is refused here, so that no figure is wrong in silence). A query that only counts is billed for what it
counts; that is read once more, unbilled."""

import json
from collections.abc import Mapping
from typing import Any

from infra.units import item_size, read_units, write_units
from miniapp.core.aws import Aws
from tests.support.faults import Hooks

HIDING = ("FilterExpression", "ProjectionExpression", "IndexName")


class Billed(Hooks):
    """What was asked while the block ran."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws, ("dynamodb",))
        self.calls: list[str] = []
        self.units = 0.0
        self._client = aws.dynamodb
        self._is_reading_again = False
        self._asked: dict[str, Any] = {}
        self.on("before-call", self._before)
        self.on("after-call", self._answered)

    def _before(self, model: Any, params: Mapping[str, Any], **more: Any) -> None:
        if self._is_reading_again:
            return
        self._asked = json.loads(params["body"])
        assert self._asked.get("Select", "COUNT") == "COUNT", model.name
        assert not [name for name in HIDING if name in self._asked], model.name
        self.calls.append(model.name)

    def _answered(self, model: Any, parsed: Mapping[str, Any], **more: Any) -> None:
        if self._is_reading_again:
            return
        asked = self._asked
        strong = bool(asked.get("ConsistentRead"))
        if model.name == "GetItem":
            self.units += read_units([item_size(parsed.get("Item", {}))], strong)
        elif model.name in ("Query", "Scan"):
            items = self._counted(asked) if "Select" in asked else parsed["Items"]
            self.units += read_units(map(item_size, items), strong)
        elif model.name == "BatchGetItem":
            for table, keys in asked["RequestItems"].items():
                found = [item_size(item) for item in parsed["Responses"].get(table, [])]
                missing = [0] * (len(keys["Keys"]) - len(found))
                one_by_one = bool(keys.get("ConsistentRead"))
                self.units += sum(read_units([size], one_by_one) for size in (*found, *missing))
        else:
            self.units += self._written(asked)

    def _counted(self, asked: Mapping[str, Any]) -> Any:
        """What a query counted without sending it."""
        self._is_reading_again = True
        try:
            return self._client.query(**{name: value for name, value in asked.items() if name != "Select"})["Items"]
        finally:
            self._is_reading_again = False

    @staticmethod
    def _written(asked: Mapping[str, Any]) -> float:
        """A change is billed by its whole row, which nobody told us here; it counts as one that fits a unit."""
        parts = [next(iter(part.values())) for part in asked.get("TransactItems", [])]
        together = bool(parts)
        sizes = [item_size(part.get("Item", {})) for part in parts or [asked]]
        return float(sum(write_units(size, together) for size in sizes))
