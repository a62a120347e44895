"""Arithmetic against AWS's limits, and what is not written because nothing may go missing in it."""

import ast
import json
import re
from dataclasses import dataclass, replace
from math import ceil

import pytest

from infra import costs
from tests.support.code import ROOT, files, name, parsed
from tests.support.templates import functions

QUOTA = 1_000  # environments at once that an account has until it asks for more
UNRESERVED = 100  # AWS keeps so many from being reserved
LOOK_UPS = {"a province": 2_100, "the nation": 20_000}  # a second, in results day's first minute
FORM, TYPED, SLIP = range(3)  # one look-up's requests: the form and what is typed into it are never kept at the edge
AT_EDGE = 0.9  # of an open exam's slips that the edge answers; each address is asked some ten times in its 60 seconds
ROOM = 0.8
TOLD = re.compile(r"^\| ([\w ]+)" + r" \| ([\d,]+)" * 4 + r" \|$", re.MULTILINE)


@dataclass(frozen=True)
class Day:
    """One line of what infra/STACK.md tells an operator to ask for."""

    look_ups: int
    behind_the_edge: int
    nothing_kept: int
    ask_for: int


def days() -> dict[str, Day]:
    said = (ROOT / "infra" / "STACK.md").read_text("utf-8")
    return {who: Day(*(int(one.replace(",", "")) for one in numbers)) for who, *numbers in TOLD.findall(said)}


def busy(requests: float, design: costs.Design) -> float:
    """How many are at work at one moment."""
    return requests * design.billed_milliseconds() / 1000


def environments(requests: float, design: costs.Design) -> int:
    """How many an account must be allowed for so many requests a second. Answers shorter than a tenth of a second don't
    lower it: AWS lets in ten requests a second for each."""
    return ceil(max(busy(requests, design), requests / costs.ANSWERS_A_SECOND))


def reaching(look_ups: int, kept: float) -> float:
    """Requests a second that reach a function, when the edge answers this share of the slips."""
    return look_ups * (len((FORM, TYPED)) + (1 - kept) * len((SLIP,)))


def reserved(stage: str) -> int:
    return sum(int(told.get("lambda_concurrency", 0)) for told in functions(stage).values())


def room_of(quota: int) -> float:
    """Four fifths of what the public has in an account that holds both stages."""
    return ROOM * (quota - reserved("production") - reserved("staging"))


def test_what_is_reserved_leaves_the_public_most_of_the_account() -> None:
    both = reserved("production") + reserved("staging")

    assert both <= QUOTA - UNRESERVED
    assert "lambda_concurrency" not in functions("production")["public"]
    assert QUOTA - both >= 0.7 * QUOTA


@pytest.mark.parametrize(
    ("requests", "waiting", "needed"),
    [(1_000, 0, 100), (1_001, 0, 101), (1_000, 99, 100), (1_000, 199, 200), (0, 0, 0)],
)
def test_an_environment_is_let_in_ten_times_a_second_however_short_the_answers(
    requests: int, waiting: int, needed: int
) -> None:
    assert environments(requests, replace(costs.OURS, cpu_microseconds=400, waiting_milliseconds=waiting)) == needed


@pytest.mark.parametrize("who", LOOK_UPS)
@pytest.mark.parametrize("kept", [AT_EDGE, 0.0], ids=["behind the edge", "were the edge to keep nothing"])
@pytest.mark.parametrize("design", [costs.measured(costs.OURS), costs.PAGE], ids=["a slip", "a page"])
def test_results_day_fits_into_four_fifths_of_what_an_operator_is_told_to_ask_for(
    who: str, kept: float, design: costs.Design
) -> None:
    """Of a `verified` or `coded` exam the edge keeps nothing ever. By the CPU that the benchmark measured here, or the
    figure assumed where it has not run."""
    told = days()[who]
    needed = environments(reaching(LOOK_UPS[who], kept), design)

    assert told.look_ups == LOOK_UPS[who]
    assert needed == (told.behind_the_edge if kept else told.nothing_kept)
    assert needed <= room_of(told.ask_for)


def test_an_account_that_asked_for_nothing_holds_a_province_and_not_the_nation() -> None:
    told = days()

    assert list(told) == list(LOOK_UPS)
    assert told["a province"].ask_for == QUOTA
    assert told["the nation"].behind_the_edge > room_of(QUOTA)


def test_the_worst_hour_that_a_quota_lets_in_costs_what_the_decision_says() -> None:
    """What bounds the bill of a function without a ceiling; as assumed, since the text can't know a machine's figures."""
    said = (ROOT / "infra" / "decisions" / "no-ceiling-for-the-public.md").read_text("utf-8")
    found = re.search(r"the worst hour is (\d+) million look-ups: (\d+) dollars.*?transfer are (\d+);", said, re.DOTALL)
    assert found is not None
    count, dollars, outside = map(int, found.groups())
    lines = costs.look_ups(costs.OURS, json.loads(costs.PRICES.read_text("utf-8")), count * costs.MILLION)

    assert count * costs.MILLION == QUOTA * costs.ANSWERS_A_SECOND * 3600
    assert dollars == round(costs.total(lines))
    assert outside == round(costs.total(one for one in lines if one.name in ("gateway", "firewall", "transfer")))


def test_the_peers_design_keeps_more_environments_at_work() -> None:
    """What must be asked for is the same for both designs: either is let in ten times a second."""
    peak = LOOK_UPS["the nation"]

    assert busy(peak, costs.IDIOMATIC) > busy(peak, costs.OURS)


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
