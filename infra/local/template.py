"""Reads `infra/stack.yaml` with its parameters filled in. For the local engine's stack and for tests that compare it.

Knows the few functions and conditions the templates use; anything else is an error and not a guess. What only an engine
can say (an ARN) stands as `<Name.Arn>`. `without` is the same template with fewer kinds of resources. It asks no engine."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self

yaml: Any = import_module("yaml")  # without type stubs

TEMPLATE = Path(__file__).resolve().parents[1] / "stack.yaml"
NOTHING = "AWS::NoValue"


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it is there: a tenth of the time
_Loader: Any = type("_Loader", (_Safe,), {})  # safe, plus CloudFormation's short forms as `{"Fn::…": …}`


def _short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(f"!{suffix} of a mapping is not used here")


_Loader.add_multi_constructor("!", _short_form)


def _named(value: Any) -> Iterator[str]:
    """Every resource or parameter that a part of a template refers to."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("Ref", "Fn::GetAtt"):
                yield (each if isinstance(each, str) else each[0]).split(".")[0]
            elif name == "Fn::Sub":
                yield from (found.split(".")[0] for found in re.findall(r"\$\{([\w.:]+)\}", each))
            else:
                yield from _named(each)


class Template:
    """One template with its parameters."""

    def __init__(self, path: Path, parameters: Mapping[str, str]) -> None:
        self.body = path.read_text("utf-8")
        self.document: dict[str, Any] = yaml.load(self.body, _Loader)
        declared = self.document.get("Parameters", {})
        self.parameters = {name: str(given["Default"]) for name, given in declared.items() if "Default" in given}
        self.parameters |= {name: value for name, value in parameters.items() if name in declared}
        if missing := sorted(declared.keys() - self.parameters.keys()):
            raise ValueError(f"{path.name} needs the parameters {', '.join(missing)}")

    def without(self, kinds: Collection[str]) -> Self:
        """The same template less all resources of these kinds and what hangs on them (order, outputs)."""
        return self.less({name for name, one in self.document["Resources"].items() if one["Type"] in kinds})

    def less(self, gone: Collection[str]) -> Self:
        """The same template less these resources and what hangs on them (order, outputs)."""
        fewer = copy(self)
        kept = {name: dict(one) for name, one in self.document["Resources"].items() if name not in gone}
        for resource in kept.values():
            after = resource.pop("DependsOn", [])
            after = [name for name in ([after] if isinstance(after, str) else after) if name in kept]
            resource.update({"DependsOn": after} if after else {})
        missing = self.document["Resources"].keys() - kept.keys()
        told = {name: one for name, one in self.document.get("Outputs", {}).items() if missing.isdisjoint(_named(one))}
        fewer.document = {**self.document, "Resources": kept, "Outputs": told}
        fewer.body = json.dumps(fewer.document)
        return fewer

    def kinds(self) -> dict[str, str]:
        """Logical name → type of every resource that these parameters ask for."""
        return {
            name: resource["Type"] for name, resource in self.document["Resources"].items() if self._asked(resource)
        }

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical name → properties, filled in, of every resource of a type such as `AWS::SQS::Queue`."""
        return {
            name: self.filled(resource.get("Properties", {}))
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == kind and self._asked(resource)
        }

    def _asked(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self.holds({"Condition": resource["Condition"]})

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds with these parameters."""
        name, value = next(iter(condition.items()))
        if name == "Condition":
            return self.holds(self.document["Conditions"][value])
        if name == "Fn::Equals":
            first, second = (str(self.filled(each)) for each in value)
            return first == second
        if name == "Fn::Not":
            return not self.holds(value[0])
        if name in ("Fn::And", "Fn::Or"):
            return (all if name == "Fn::And" else any)(self.holds(each) for each in value)
        raise ValueError(f"the condition {name} is not known here")

    def filled(self, value: Any) -> Any:
        """A part of the template with everything known put in."""
        if isinstance(value, list):
            return [done for each in value if (done := self.filled(each)) != f"<{NOTHING}>"]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in self._functions:
            return self._functions[name](self, value[name])
        if len(value) == 1 and name.startswith("Fn::"):
            raise ValueError(f"{name} of {value[name]!r} is not known here")
        done = {name: self.filled(each) for name, each in value.items()}
        return {name: each for name, each in done.items() if each != f"<{NOTHING}>"}

    def _sub(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"Fn::Sub of {value!r} is not known here")
        return re.sub(r"\$\{([\w.:]+)\}", lambda match: self._reference(match[1]), value)

    def _reference(self, name: str) -> str:
        return str(self.parameters.get(name, f"<{name}>"))

    def _attribute(self, value: Any) -> str:
        return f"<{value if isinstance(value, str) else '.'.join(value)}>"

    def _join(self, value: Any) -> str:
        return str(value[0]).join(str(self.filled(each)) for each in value[1])

    def _if(self, value: Any) -> Any:
        condition, then, otherwise = value
        return self.filled(then if self.holds({"Condition": condition}) else otherwise)

    def _looked_up(self, value: Any) -> Any:
        table, first, second = (self.filled(each) for each in value)
        return self.document["Mappings"][table][first][second]

    def _select(self, value: Any) -> Any:
        listed = self.filled(value[1])
        return listed[int(value[0])] if int(value[0]) < len(listed) else f"<{value[0]} of {listed}>"

    def _split(self, value: Any) -> list[str]:
        return str(self.filled(value[1])).split(str(value[0]))

    _functions: ClassVar[dict[str, Callable[["Template", Any], Any]]] = {
        "Ref": _reference,
        "Fn::Sub": _sub,
        "Fn::GetAtt": _attribute,
        "Fn::Join": _join,
        "Fn::If": _if,
        "Fn::FindInMap": _looked_up,
        "Fn::Select": _select,
        "Fn::Split": _split,
    }
