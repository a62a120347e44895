"""Old and new code side by side (F40): rows only ever gain attributes, and neither code stumbles over what the other wrote.

tests/house/rows.json holds the rows of the last release; after a release it is written anew (tests/support/rows.py)."""

import json
from typing import Any

import pytest

from handlers.tables import TABLES
from miniapp.core.tables import Table
from tests.support.rows import RELEASED, Shape, name, shape

HELD: dict[str, Shape] = json.loads(RELEASED.read_text("utf-8"))
NOW = {name(row): row for row in TABLES}
VALUES = {"S": "1", "N": "1", "B": "MQ==", "BOOL": True, "L": [], "M": {}, "SS": ["1"], "NS": ["1"], "BS": ["MQ=="]}


def wrong(before: Shape, after: Shape) -> list[str]:
    """What of a row's new shape its old readers or writers would stumble over."""
    found = [f"{each} is gone" for each in before.keys() - after.keys()]
    found += [
        f"{each} has another type" for each in before.keys() & after if before[each]["type"] != after[each]["type"]
    ]
    found += [
        f"{each} may lack no more" for each in before.keys() & after if before[each]["lacks"] > after[each]["lacks"]
    ]
    return found + [
        f"{each} is new and must be there" for each in after.keys() - before.keys() if not after[each]["lacks"]
    ]


def written(held: Shape, *, whole: bool) -> dict[str, Any]:
    """A row as code with this shape writes it: with everything, or with what it must have."""
    return {each: {one["type"]: VALUES[one["type"]]} for each, one in held.items() if whole or not one["lacks"]}


@pytest.mark.parametrize("row", sorted(HELD))
def test_rows_only_gain_what_may_lack(row: str) -> None:
    assert row in NOW, f"rows of {row} lie in the tables of the last release"
    assert wrong(HELD[row], shape(NOW[row])) == []


@pytest.mark.parametrize("row", sorted(NOW))
def test_a_row_of_the_code_before_and_of_the_code_after_can_be_read(row: str) -> None:
    kind: type[Table] = NOW[row]
    before = written(HELD.get(row, shape(kind)), whole=False)
    after = {**written(shape(kind), whole=True), "of_tomorrow": {"S": "unknown here"}}
    for raw in (before, after):
        known = {each: one for each, one in raw.items() if _plain(kind, each)}
        made = kind()
        made.deserialize(known)
        assert made.attribute_values.keys() >= {
            own for own, one in kind.get_attributes().items() if one.attr_name in known
        }


def test_what_would_break_the_other_code_is_seen() -> None:
    held = {"pk": {"type": "S", "lacks": False}, "at": {"type": "S", "lacks": True}}
    assert wrong(held, {**held, "more": {"type": "N", "lacks": True}}) == []
    assert wrong(held, {"pk": held["pk"]}) == ["at is gone"]
    assert wrong(held, {**held, "at": {"type": "N", "lacks": True}}) == ["at has another type"]
    assert wrong(held, {**held, "at": {"type": "S", "lacks": False}}) == ["at may lack no more"]
    assert wrong(held, {**held, "more": {"type": "N", "lacks": False}}) == ["more is new and must be there"]


def _plain(kind: type[Table], attribute: str) -> bool:
    """Whether its text is anybody's: times and codes have a form of their own, which their type writes."""
    found = [one for one in kind.get_attributes().values() if one.attr_name == attribute]
    return not found or type(found[0]).__module__ == "pynamodb.attributes"
