"""Frozen dataclasses as plain JSON values and back. For stores that keep a model's body in one attribute.

Reads what older releases wrote: a missing name takes its default, an unknown name is dropped (F40). Knows the types our
models use (text, numbers, moments, enums, tuples, optional and nested dataclasses) and no others."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from miniapp.core.clock import from_iso, iso

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A model as dicts, lists, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {spec.name: to_plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    return value


def from_plain(kind: type[T], held: Mapping[str, Any]) -> T:
    """The model that `to_plain` made plain."""
    anything: Any = kind  # mypy does not count a type variable's class as hashable
    hints = _hints(anything)
    given: dict[str, Any] = {name: _value(hints[name], value) for name, value in held.items() if name in hints}
    return kind(**given)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    known = get_type_hints(kind)
    return {spec.name: known[spec.name] for spec in fields(kind)}


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(next(part for part in get_args(hint) if part is not type(None)), value)
    if origin is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return tuple(_value(parts[0], item) for item in value)
        return tuple(_value(part, item) for part, item in zip(parts, value, strict=True))
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, value)
    if hint is datetime:
        return from_iso(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
