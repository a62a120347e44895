"""Arithmetic against AWS's limits, and what is not written because nothing may go missing in it."""

import ast
import json
from math import ceil

import pytest

from infra import costs
from tests.support.code import ROOT, files, name, parsed
from tests.support.templates import functions

QUOTA = 1_000  # environments at once that an account has until it asks for more
UNRESERVED = 100  # AWS keeps so many from being reserved
PEAK = 16_000  # pages a second in results day's first minutes: 1.2 million candidates, four views each
AT_EDGE = 0.9  # of an open exam's slips that the edge answers; each address is asked some ten times in its 60 seconds
ROOM = 0.8


def environments(requests: float, design: costs.Design) -> int:
    """How many must be there at once for so many requests a second."""
    return ceil(requests * design.billed_milliseconds() / 1000)


def reserved(stage: str) -> int:
    return sum(int(told.get("lambda_concurrency", 0)) for told in functions(stage).values())


def test_what_is_reserved_leaves_the_public_most_of_the_account() -> None:
    both = reserved("production") + reserved("staging")

    assert both <= QUOTA - UNRESERVED
    assert "lambda_concurrency" not in functions("production")["public"]
    assert QUOTA - both >= 0.7 * QUOTA


@pytest.mark.parametrize("share", [AT_EDGE, 0.0], ids=["behind the edge", "were the edge to keep nothing"])
def test_results_day_fits_into_four_fifths_of_what_the_public_has(share: float) -> None:
    """By the CPU that the benchmark measured here, or the figure assumed where it has not run."""
    left = QUOTA - reserved("production") - reserved("staging")

    assert environments(PEAK * (1 - share), costs.measured(costs.OURS)) <= ROOM * left


def test_the_peers_design_would_not_fit_without_the_edge() -> None:
    assert environments(PEAK, costs.IDIOMATIC) > environments(PEAK, costs.OURS)


def test_nothing_is_written_in_batches_that_a_store_may_do_by_half() -> None:
    """BatchWriteItem gives back what it did not do, and PynamoDB gives up after some tries (F37). Here every row is a
    conditional write of its own or part of a transaction; an import's ledger is its manifest, written last."""
    calls = {"batch_write", "batch_write_item", "BatchWrite", "execute_statement", "batch_execute_statement"}
    found = [
        f"{name(path)}: {node.attr}"
        for path in files("miniapp", "handlers")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in calls
    ]
    assert found == []


def test_no_role_may_write_in_batches_either() -> None:
    assert "BatchWriteItem" not in (ROOT / "infra" / "stack.yaml").read_text("utf-8")
    assert "lambda" in json.loads((ROOT / "infra" / "prices.json").read_text("utf-8"))
