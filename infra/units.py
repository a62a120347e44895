"""What DynamoDB bills for an item, from its size. For the benchmark, the tests that count, and the sums of costs.

Counted by the rules that AWS publishes, since the embedded engine's own figures are wrong (decided: sizes, not engines).
Items are in the form that the client sends and receives: `{"name": {"S": "…"}}`. It knows no prices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]

READ_UNIT, WRITE_UNIT = 4096, 1024
CONTAINER, ELEMENT = 3, 1


def item_size(item: Item) -> int:
    """Bytes of an item: the names of its attributes and what they hold."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    """Bytes of one value."""
    (kind, held), *_ = value.items()
    if kind in ("NULL", "BOOL"):
        return 1
    if kind == "L":
        return CONTAINER + sum(ELEMENT + value_size(one) for one in held)
    if kind == "M":
        return CONTAINER + sum(ELEMENT + len(name.encode()) + value_size(one) for name, one in held.items())
    if kind in ("SS", "NS", "BS"):
        return sum(value_size({kind[0]: one}) for one in held)
    return _number(str(held)) if kind == "N" else len(held.encode() if isinstance(held, str) else held)


def _number(text: str) -> int:
    """A byte for each two significant digits (pairs begin at the decimal point), one more, and one for a minus."""
    sign, digits, exponent = Decimal(text).normalize().as_tuple()
    if not any(digits):
        return 1
    pairs = (len(digits) + int(exponent) % 2 + 1) // 2
    return 1 + pairs + sign


def read_units(sizes: Iterable[int], consistent: bool) -> float:
    """Units of items that are read together as one (a query); for single reads call it once for each."""
    return max(1, ceil(sum(sizes) / READ_UNIT)) * (1.0 if consistent else 0.5)


def write_units(size: int, together: bool = False) -> int:
    """Units of one item that is written (the larger of before and after); twice as many inside a transaction."""
    return max(1, ceil(size / WRITE_UNIT)) * (2 if together else 1)
