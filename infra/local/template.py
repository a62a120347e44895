"""Reads `infra/stack.yaml` with its parameters filled in. For the local engine's stack and for tests that compare it.

Knows the few functions the template uses (Sub, Ref, GetAtt, Join); anything else is an error and not a guess. What only
an engine can say (an ARN) stands as `<Name.Arn>`. It asks no engine."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

yaml: Any = import_module("yaml")  # without type stubs

TEMPLATE = Path(__file__).resolve().parents[1] / "stack.yaml"


_Loader: Any = type("_Loader", (yaml.SafeLoader,), {})  # safe, plus CloudFormation's short forms as `{"Fn::…": …}`


def _short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    name = "Ref" if suffix == "Ref" else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(f"!{suffix} of a mapping is not used here")


_Loader.add_multi_constructor("!", _short_form)


class Template:
    """One template with its parameters."""

    def __init__(self, path: Path, parameters: Mapping[str, str]) -> None:
        self.body = path.read_text("utf-8")
        document = yaml.load(self.body, _Loader)
        declared = document.get("Parameters", {})
        self.parameters = {name: given["Default"] for name, given in declared.items() if "Default" in given}
        self.parameters |= {name: value for name, value in parameters.items() if name in declared}
        if missing := sorted(declared.keys() - self.parameters.keys()):
            raise ValueError(f"{path.name} needs the parameters {', '.join(missing)}")
        self._resources: dict[str, dict[str, Any]] = document["Resources"]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical name → properties, filled in, of every resource of a type such as `AWS::SQS::Queue`."""
        return {
            name: self._filled(resource.get("Properties", {}))
            for name, resource in self._resources.items()
            if resource["Type"] == kind
        }

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in ("Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join"):
            return self._function(name, value[name])
        return {name: self._filled(each) for name, each in value.items()}

    def _function(self, name: str, value: Any) -> Any:
        if name == "Fn::Sub" and isinstance(value, str):
            return re.sub(r"\$\{([\w.:]+)\}", lambda match: str(self._reference(match[1])), value)
        if name == "Ref":
            return self._reference(value)
        if name == "Fn::GetAtt":
            return f"<{value if isinstance(value, str) else '.'.join(value)}>"
        if name == "Fn::Join" and isinstance(value, list):
            return str(value[0]).join(str(self._filled(each)) for each in value[1])
        raise ValueError(f"{name} of {value!r} is not known here")

    def _reference(self, name: str) -> str:
        return str(self.parameters.get(name, f"<{name}>"))
