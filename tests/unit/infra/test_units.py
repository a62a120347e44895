"""Units from sizes, by vectors; and against AWS's own engine where it is installed."""

from typing import Any

import pytest

from infra.local import stack
from infra.units import item_size, read_units, value_size, write_units
from tests.support import dynamodb_local
from tests.support.cloud import Cloud

SIZES = [
    ({"S": ""}, 0),
    ({"S": "Huệ"}, 5),
    ({"B": b"\x00\x01"}, 2),
    ({"BOOL": True}, 1),
    ({"NULL": True}, 1),
    ({"N": "0"}, 1),
    ({"N": "7"}, 2),
    ({"N": "27"}, 2),
    ({"N": "-27"}, 3),
    ({"N": "461"}, 3),
    ({"N": "1000000"}, 2),  # zeros at the end are not kept
    ({"N": "1783500000"}, 4),
    ({"N": "1783512345"}, 6),  # seconds of our time to live
    ({"N": "461"}, 3),
    ({"N": "0.05"}, 2),
    ({"SS": ["a", "bc"]}, 3),
    ({"NS": ["1", "22"]}, 4),
    ({"L": []}, 3),
    ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
    ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 1 + 2),
]


@pytest.mark.parametrize(("value", "size"), SIZES)
def test_a_value_has_the_size_that_is_billed(value: dict[str, Any], size: int) -> None:
    assert value_size(value) == size
    assert item_size({"đ": value}) == size + 2


@pytest.mark.parametrize(
    ("sizes", "strong", "eventual"),
    [([], 1, 0.5), ([1], 1, 0.5), ([4096], 1, 0.5), ([4097], 2, 1), ([2000] * 3, 2, 1), ([400 * 1024], 100, 50)],
)
def test_reading_is_billed_by_four_kilobytes_together(sizes: list[int], strong: float, eventual: float) -> None:
    assert (read_units(sizes, True), read_units(sizes, False)) == (strong, eventual)


@pytest.mark.parametrize(("size", "alone", "together"), [(0, 1, 2), (1, 1, 2), (1024, 1, 2), (1025, 2, 4)])
def test_writing_is_billed_by_the_kilobyte_and_twice_in_a_transaction(size: int, alone: int, together: int) -> None:
    assert (write_units(size), write_units(size, together=True)) == (alone, together)


@pytest.mark.parametrize("size", [1024, 1025, 4096, 4097])
@pytest.mark.parametrize("value", [value for value, _ in SIZES if value != {"S": ""}], ids=str)
def test_aws_own_engine_bills_the_same(
    size: int, value: dict[str, Any], cloud: Cloud, request: pytest.FixtureRequest
) -> None:
    if not dynamodb_local.is_installed():
        pytest.skip(dynamodb_local.MISSING)
    client = stack.client(request.getfixturevalue("_second_store").endpoint, "dynamodb")
    table = f"{cloud.settings.stage}-exam_scores"
    item: dict[str, Any] = {"pk": {"S": "a"}, "sk": {"S": "b"}, "v": value, "fill": {"B": b""}}
    item["fill"] = {"B": b"x" * (size - item_size(item))}  # one byte wrong here shows in the unit
    key = {name: item[name] for name in ("pk", "sk")}
    client.delete_item(TableName=table, Key=key)
    put = client.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")
    got = client.get_item(TableName=table, Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert put["ConsumedCapacity"]["CapacityUnits"] == write_units(item_size(item))
    assert got["ConsumedCapacity"]["CapacityUnits"] == read_units([item_size(item)], True)
