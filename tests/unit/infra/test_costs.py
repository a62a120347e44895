"""Bills against sums done by hand, with prices of round numbers; what is measured, and what is said to be assumed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.lambdas.schedules import SCHEDULES
from infra import costs
from infra.costs import IDIOMATIC, OURS, PRICES, Design, Line, Month
from tests.support.real_data import real

ROUND = {
    "lambda": {"million_requests": 2.0, "gb_second_x86": 0.01},
    "front_door": {"function_url_million": 0.0, "http_api_million": 3.0},
    "cloudfront_asia": {"ten_thousand_requests": 0.1, "transfer_gb": 0.5},
    "firewall": {"list_month": 5.0, "rule_month": 1.0, "million_requests": 4.0},
    "dynamodb": {"million_write_units": 20.0, "million_read_units": 10.0, "gb_month": 1.0, "backup_gb_month": 2.0},
    "s3": {"thousand_gets": 0.5},
    "sqs": {"million_requests": 1.0},
    "scheduler": {"million_starts": 1.0},
    "watching": {
        "alarm_month": 0.5,
        "dashboard_month": 3.0,
        "log_gb": 10.0,
        "metric_month": 0.3,
        "outside_check_month": 2.0,
    },
    "keys": {"key_month": 1.0},
}
# 2 ms of a whole core, on half a core 4 ms, and 1.5 ms of waiting: 5.5 ms, billed as 6.
PLAIN = Design("plain", 2_000, 1.5, 1769 // 2 + 1, 0.5, 0.001, 10_000)


def amounts(lines: list[Line]) -> dict[str, float]:
    return {line.name: pytest.approx(line.amount, rel=1e-4) for line in lines}


def test_a_million_look_ups_come_to_what_they_do_by_hand() -> None:
    assert PLAIN.billed_milliseconds() == 6
    gigabytes = 885 / 1024
    assert amounts(costs.look_ups(PLAIN, ROUND)) == {
        "gateway": 10.0,  # 100 times ten thousand, and a function's own address costs nothing
        "firewall": 4.0,
        "requests": 2.0,
        "GB-seconds": 6_000 * gigabytes * 0.01,
        "store": 0.5 * 10.0 + 1 * 0.5,  # half a million units, a thousand reads of the bucket
        "transfer": 10 * 0.5,
    }


def test_another_front_door_changes_the_gateway_alone() -> None:
    before, after = (
        amounts(costs.look_ups(PLAIN, ROUND, door=f"{door}_million")) for door in ("function_url", "http_api")
    )
    assert {name for name in before if before[name].expected != after[name].expected} == {"gateway"}
    assert after["gateway"] == 13.0


def test_no_look_up_costs_nothing_and_ten_times_as_many_ten_times_as_much() -> None:
    assert costs.total(costs.look_ups(PLAIN, ROUND, 0)) == 0
    once, ten = (costs.total(costs.look_ups(PLAIN, ROUND, count)) for count in (1_000, 10_000))
    assert ten == pytest.approx(10 * once)


@pytest.mark.parametrize(
    ("cpu", "memory", "billed"), [(1, 1769, 1), (1_000, 1769, 1), (1_001, 1769, 2), (400, 1024, 1), (1_000, 128, 14)]
)
def test_lambda_bills_whole_milliseconds_of_the_share_of_a_core_that_memory_buys(
    cpu: int, memory: int, billed: int
) -> None:
    assert (
        replace(PLAIN, cpu_microseconds=cpu, memory_mb=memory, waiting_milliseconds=0).billed_milliseconds() == billed
    )


def test_a_month_is_its_answers_its_messages_its_imports_and_what_stands() -> None:
    owner = Month("one", look_ups=0, pages=0, candidates=881_331, messages=1_000_000, stored_gb=2)
    held = amounts(costs.month(owner, ROUND, [Line("alarms", 7.0)]))

    assert held["imports"] == 11_140 / 1e6 * 20 + 881_331 / 90 / 1000 * 3008 / 1024 * 0.01
    assert held["messages"] == 4 * 20 + 3 * 10 + 3 * 1.0 + 250_000 * 0.5 * 0.01
    assert held["kept and backed up"] == 2 * 3.0
    assert held["logs"] == 0.3 * 10
    assert held["alarms"] == 7.0
    assert held["gateway"] == 0


def test_what_stands_is_counted_in_the_templates() -> None:
    held = amounts(costs.standing_costs(ROUND))
    assert held["firewall's rules"] == 5 + 6 * 1.0
    assert held["keys"] == 2
    assert held["look from outside"] == 2.0
    assert held["dashboard and heartbeats"].expected == pytest.approx(3 + len(SCHEDULES) * 0.3)
    assert held["alarms"].expected > 40 * 0.5


def test_this_design_costs_a_fifth_in_seconds_and_store_and_no_more_in_all() -> None:
    prices = json.loads(PRICES.read_text("utf-8"))
    ours, theirs = (costs.look_ups(design, prices) for design in (OURS, IDIOMATIC))

    def machine(lines: list[Line]) -> float:
        return costs.total(line for line in lines if line.name in ("GB-seconds", "store"))

    assert machine(ours) <= machine(theirs) / 5
    assert costs.total(ours) <= costs.total(theirs)


def row(name: str, figure: str, ours: float, peer: float) -> dict[str, object]:
    return {"name": name, "figure": figure, "ours": ours, "peers": {"x": peer}}


APP = row("scores.lookup.flask_pynamodb", "requests per CPU second", 4_000, 200)
FUNCTION = row("lambda.requests.flask", "slips per CPU second, all in", 2_000, 125)


def kept(folder: Path, *rows: dict[str, object]) -> Path:
    found = folder / "results.json"
    found.write_text(json.dumps({"benchmarks": list(rows)}))
    return found


def test_measured_cpu_is_taken_where_it_is_and_an_assumption_says_so(tmp_path: Path) -> None:
    found = kept(tmp_path, {**APP, "name": "other"}, APP)

    assert costs.measured(OURS, found) == replace(OURS, cpu_microseconds=250)
    assert costs.measured(IDIOMATIC, found).cpu_microseconds == 5_000
    assert costs.measured(OURS, tmp_path / "none.json").assumed == ("cpu_microseconds",)
    assert costs.measured(OURS, kept(tmp_path)).assumed == ("cpu_microseconds",)


@pytest.mark.parametrize("rows", [(APP, FUNCTION), (FUNCTION, APP), (FUNCTION,)])
def test_the_whole_function_counts_before_the_app_alone(tmp_path: Path, rows: tuple[dict[str, object], ...]) -> None:
    found = kept(tmp_path, *rows)

    assert costs.measured(OURS, found).cpu_microseconds == 500
    assert costs.measured(IDIOMATIC, found).cpu_microseconds == 8_000


def test_prices_say_of_when_they_are_and_that_they_need_checking() -> None:
    prices = json.loads(PRICES.read_text("utf-8"))
    assert prices["as_of"]
    assert "Not checked" in prices["note"]


def test_prices_are_those_that_everybody_was_given() -> None:
    """Under other names there; what is more here was added for what else stands in the templates."""
    given, ours = json.loads(real("prices.json").read_text("utf-8")), json.loads(PRICES.read_text("utf-8"))
    pairs = {
        ("lambda", "request_per_million"): ("lambda", "million_requests"),
        ("lambda", "gb_second_x86"): ("lambda", "gb_second_x86"),
        ("lambda", "provisioned_gb_second"): ("lambda", "provisioned_gb_second"),
        ("function_url", "per_million"): ("front_door", "function_url_million"),
        ("api_gateway", "http_api_per_million"): ("front_door", "http_api_million"),
        ("api_gateway", "rest_api_per_million"): ("front_door", "rest_api_million"),
        ("dynamodb_on_demand", "write_request_unit_per_million"): ("dynamodb", "million_write_units"),
        ("dynamodb_on_demand", "read_request_unit_per_million"): ("dynamodb", "million_read_units"),
        ("dynamodb_on_demand", "storage_gb_month"): ("dynamodb", "gb_month"),
        ("s3", "get_per_thousand"): ("s3", "thousand_gets"),
        ("s3", "put_per_thousand"): ("s3", "thousand_puts"),
        ("s3", "storage_gb_month"): ("s3", "gb_month"),
        ("cloudfront_asia", "https_request_per_10k"): ("cloudfront_asia", "ten_thousand_requests"),
        ("cloudfront_asia", "transfer_gb"): ("cloudfront_asia", "transfer_gb"),
        ("sqs", "request_per_million"): ("sqs", "million_requests"),
    }
    known = {
        (group, name): price for group, prices in given.items() if group != "note" for name, price in prices.items()
    }

    assert {place: ours[group][name] for place, (group, name) in pairs.items()} == {
        place: price
        for place, price in known.items()
        if place != ("lambda", "gb_second_arm")  # all run on x86
    }


def test_a_table_has_a_row_per_line_and_the_total() -> None:
    said = costs.table({"a": [Line("x", 1.0), Line("y", 2.0)], "b": [Line("x", 0.5)]})
    assert said.splitlines()[2:] == [
        "| x | 1.00 | 0.50 |",
        "| y | 2.00 | 0.00 |",
        "| **total** | **3.00** | **0.50** |",
    ]
