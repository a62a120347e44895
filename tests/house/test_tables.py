"""Every table in Python is the table in `infra/stack.yaml`: keys, indexes, time to live; none is forgotten anywhere."""

import importlib
import pkgutil
from collections import defaultdict
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.indexes import Index

import miniapp
from handlers.tables import TABLES
from infra.local.template import TEMPLATE, Template
from miniapp.core.tables import Table

TYPES = {"S": "S", "N": "N", "B": "B"}


def all_modules() -> list[Any]:
    found = pkgutil.walk_packages(miniapp.__path__, "miniapp.")
    return [importlib.import_module(module.name) for module in found]


def all_row_classes() -> set[type[Table]]:
    """What nothing is built on: a class below which others stand is a table or its keys, and no kind of row."""
    all_modules()
    found, ahead = set(), [Table]
    while ahead:
        at = ahead.pop()
        below = at.__subclasses__()
        ahead += below
        if not below and at.__module__.startswith("miniapp."):
            found.add(at)
    return found


def stack_tables() -> dict[str, dict[str, Any]]:
    tables = Template(TEMPLATE, {"Stage": "house"}).of_type("AWS::DynamoDB::Table").values()
    return {table["TableName"].removeprefix("house-"): table for table in tables}


def by_table() -> dict[str, list[type[Table]]]:
    grouped: dict[str, list[type[Table]]] = defaultdict(list)
    for row in TABLES:
        grouped[row.short_name()].append(row)
    return grouped


def keys_of(row: type[Table]) -> list[tuple[str, str, str]]:
    attributes: dict[str, Attribute[Any]] = row.get_attributes()
    hashes = [(one.attr_name, one.attr_type, "HASH") for one in attributes.values() if one.is_hash_key]
    return hashes + [(one.attr_name, one.attr_type, "RANGE") for one in attributes.values() if one.is_range_key]


def declared_keys(table: dict[str, Any]) -> list[tuple[str, str, str]]:
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    return [(key["AttributeName"], types[key["AttributeName"]], key["KeyType"]) for key in table["KeySchema"]]


def test_every_row_class_is_in_the_wiring():
    assert {row.__name__ for row in all_row_classes() - set(TABLES)} == set()


def test_every_table_of_python_is_in_the_stack_and_the_other_way_round():
    assert set(by_table()) == set(stack_tables())


def test_every_row_class_has_the_keys_of_its_table():
    declared = {name: declared_keys(table) for name, table in stack_tables().items()}
    assert {
        row.__name__: keys_of(row)
        for name, rows in by_table().items()
        for row in rows
        if keys_of(row) != declared.get(name)
    } == {}


def test_rows_that_end_by_themselves_lie_where_the_store_ends_them():
    wrong = []
    for name, table in stack_tables().items():
        ttl = table.get("TimeToLiveSpecification", {})
        ends = {one.attr_name for row in by_table().get(name, []) for one in row.get_attributes().values()} & {
            "expires"
        }
        if bool(ends) != bool(ttl.get("Enabled")) or ttl.get("AttributeName", "expires") != "expires":
            wrong.append(name)
    assert wrong == []


def test_every_index_of_python_is_in_the_stack_and_the_other_way_round():
    wanted = {
        (name, index.Meta.index_name or index.__class__.__name__)
        for name, rows in by_table().items()
        for row in rows
        for index in vars(row).values()
        if isinstance(index, Index)
    }
    declared = {
        (name, index["IndexName"])
        for name, table in stack_tables().items()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert wanted == declared


def test_a_table_is_written_about_where_its_questions_stand():
    silent = {
        row.__module__ for row in TABLES if "Questions:" not in (importlib.import_module(row.__module__).__doc__ or "")
    }
    assert silent == set()
