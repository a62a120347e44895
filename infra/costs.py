"""What it costs: a million look-ups line by line, and a month of a commune, a province, the nation. `python -m infra.costs`.

For whoever decides, and for the README. Units are measured (`bench/results.json`, when `make bench` was run here) or
assumed, and each table says which; prices are facts with a date (`infra/prices.json`) and need checking. It asks nobody
for a price and knows no discount."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.describe import whole_templates
from infra.local.template import Template

ROOT = Path(__file__).resolve().parents[1]
PRICES = ROOT / "infra" / "prices.json"
MEASURED = ROOT / "bench" / "results.json"
MILLION = 1_000_000
GB = 1_000_000_000
FULL_CORE_MB = 1769  # memory at which an environment has one whole core; below it, a share
MONTH_SECONDS = 30 * 86_400

# Answers per CPU second as the benchmarks left them, the better witness first: the whole function as Lambda runs it, with
# AWS's runtime client and the entry, then the app alone.
RATES = ("lambda.requests.flask", "scores.lookup.flask_pynamodb")

Prices = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a bill, in US dollars."""

    name: str
    amount: float


@dataclass(frozen=True)
class Design:
    """What one answer needs. CPU is of a whole core; waiting is for the store."""

    name: str
    cpu_microseconds: float
    waiting_milliseconds: float
    memory_mb: int
    read_units: float
    s3_gets: float
    bytes_sent: float
    assumed: tuple[str, ...] = ()

    def billed_milliseconds(self) -> int:
        """Whole milliseconds that Lambda bills for one answer."""
        share = min(1.0, self.memory_mb / FULL_CORE_MB)
        return max(1, math.ceil(self.cpu_microseconds / 1000 / share + self.waiting_milliseconds))


ANSWERS_A_SECOND = 10  # of one environment: AWS lets in no more, however short they are

# Assumed until measured: an environment answers as many look-ups as it is let and lives for 1,000 of them; the exam's row is read
# once in 5 s (half a unit, eventually consistent), the pack once in an environment's life; a slip is 8,000 bytes at most.
OURS = Design(
    "this design",
    cpu_microseconds=400,
    waiting_milliseconds=0,
    memory_mb=1024,
    read_units=0.5 / (5 * ANSWERS_A_SECOND),
    s3_gets=1 / 1000,
    bytes_sent=8_000,
)
# One item per candidate, read at every look-up (half a unit): its reply takes 5 ms, an assumption kind to the peer.
IDIOMATIC = Design(
    "Flask + PynamoDB, one item per candidate",
    cpu_microseconds=2_500,
    waiting_milliseconds=5,
    memory_mb=1024,
    read_units=0.5,
    s3_gets=0,
    bytes_sent=8_000,
)


def look_ups(design: Design, prices: Prices, count: int = MILLION, door: str = "function_url_million") -> list[Line]:
    """So many look-ups, by line. The front door (CloudFront, then `door`) is the same for every design."""
    millions = count / MILLION
    seconds = count * design.billed_milliseconds() / 1000
    return [
        Line(
            "gateway",
            count / 10_000 * prices["cloudfront_asia"]["ten_thousand_requests"] + millions * prices["front_door"][door],
        ),
        Line("firewall", millions * prices["firewall"]["million_requests"]),
        Line("requests", millions * prices["lambda"]["million_requests"]),
        Line("GB-seconds", seconds * design.memory_mb / 1024 * prices["lambda"]["gb_second_x86"]),
        Line("store", store(count * design.read_units, 0, count * design.s3_gets, prices)),
        Line("transfer", count * design.bytes_sent / GB * prices["cloudfront_asia"]["transfer_gb"]),
    ]


def store(reads: float, writes: float, gets: float, prices: Prices) -> float:
    """Units of DynamoDB and reads of S3."""
    table, bucket = prices["dynamodb"], prices["s3"]
    units = reads * table["million_read_units"] + writes * table["million_write_units"]
    return float(units / MILLION + gets / 1000 * bucket["thousand_gets"])


def measured(design: Design, file: Path = MEASURED) -> Design:
    """The design with the CPU that this machine measured, or as assumed, saying so."""
    rows = json.loads(file.read_text("utf-8"))["benchmarks"] if file.exists() else []
    held = {row["name"]: row for row in rows}
    row = next((held[name] for name in RATES if name in held), None)
    if row is None:
        return replace(design, assumed=("cpu_microseconds",))
    per_second = row["ours"] if design.name == OURS.name else next(iter(row["peers"].values()))
    return replace(design, cpu_microseconds=MILLION / per_second)


@dataclass(frozen=True)
class Month:
    """One month of one owner of an account, in the month of its exam if it has one."""

    name: str
    look_ups: int
    pages: int  # other pages, most of them citizens'
    candidates: int  # imported anew this month
    messages: int
    stored_gb: float
    alarms: int = 0


# What a page other than a slip needs, a message, a candidate: assumptions, on the high side.
PAGE = replace(OURS, name="a page", cpu_microseconds=3_000, waiting_milliseconds=10, read_units=2, s3_gets=0)
MESSAGE_WRITES, MESSAGE_READS, MESSAGE_REQUESTS, MESSAGE_MS = 4, 3, 3, 250
CANDIDATE_WRITES = 11_140 / 881_331  # units per candidate, measured: a year in blocks
CANDIDATE_MS = 1 / 90  # a worker's milliseconds per candidate
LOG_BYTES = 300  # per answer
MONTHS = (
    Month("commune", look_ups=0, pages=30_000, candidates=0, messages=2_000, stored_gb=0.1),
    Month("province", look_ups=400_000, pages=600_000, candidates=100_000, messages=60_000, stored_gb=2),
    Month("nation", look_ups=10_000_000, pages=6_000_000, candidates=1_200_000, messages=1_000_000, stored_gb=20),
)


def month(owner: Month, prices: Prices, standing: Iterable[Line]) -> list[Line]:
    """A month's bill by line; `standing` is what costs the same however many come."""
    answers: dict[str, float] = {}
    for design, count in ((measured(OURS), owner.look_ups), (PAGE, owner.pages)):
        for line in look_ups(design, prices, count):
            answers[line.name] = answers.get(line.name, 0.0) + line.amount
    return [
        *(Line(name, amount) for name, amount in answers.items()),
        Line("messages", _messages(owner.messages, prices)),
        Line("imports", _imports(owner.candidates, prices)),
        Line(
            "kept and backed up",
            owner.stored_gb * (prices["dynamodb"]["gb_month"] + prices["dynamodb"]["backup_gb_month"]),
        ),
        Line("logs", (owner.look_ups + owner.pages + owner.messages) * LOG_BYTES / GB * prices["watching"]["log_gb"]),
        *standing,
    ]


def _messages(count: int, prices: Prices) -> float:
    rows = store(count * MESSAGE_READS, count * MESSAGE_WRITES, 0, prices)
    notes = float(count * MESSAGE_REQUESTS / MILLION * prices["sqs"]["million_requests"])
    return rows + notes + _worked(count * MESSAGE_MS / 1000, 512, prices)


def _imports(candidates: int, prices: Prices) -> float:
    return store(0, candidates * CANDIDATE_WRITES, 0, prices) + _worked(candidates * CANDIDATE_MS / 1000, 3008, prices)


def _worked(seconds: float, memory_mb: int, prices: Prices) -> float:
    return float(seconds * memory_mb / 1024 * prices["lambda"]["gb_second_x86"])


def standing_costs(prices: Prices) -> list[Line]:
    """What the templates alone cost in a month: counted in them, so that a new alarm shows in the bill."""
    region, edge = whole_templates()
    kinds = Counter([*region.kinds().values(), *edge.kinds().values()])
    rules = sum(len(one["Rules"]) for one in edge.of_type("AWS::WAFv2::WebACL").values())
    watching, firewall = prices["watching"], prices["firewall"]
    polls = kinds["AWS::Lambda::EventSourceMapping"] * 5 * MONTH_SECONDS / 20  # five long polls of 20 s, always
    return [
        Line("alarms", kinds["AWS::CloudWatch::Alarm"] * watching["alarm_month"]),
        Line("dashboard and heartbeats", watching["dashboard_month"] + _heartbeats(region) * watching["metric_month"]),
        Line("look from outside", kinds["AWS::Route53::HealthCheck"] * watching["outside_check_month"]),
        Line("firewall's rules", kinds["AWS::WAFv2::WebACL"] * firewall["list_month"] + rules * firewall["rule_month"]),
        Line("keys", kinds["AWS::KMS::Key"] * prices["keys"]["key_month"]),
        Line("queues asked", polls / MILLION * prices["sqs"]["million_requests"]),
        Line(
            "clock",
            _starts(region) / MILLION * prices["scheduler"]["million_starts"]
            + _worked(_starts(region) * 0.5, 512, prices),
        ),
    ]


def _heartbeats(region: Template) -> int:
    return len(region.of_type("AWS::Scheduler::Schedule"))


SPANS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600}


def _starts(region: Template) -> float:
    rates = [one["ScheduleExpression"][5:-1].split() for one in region.of_type("AWS::Scheduler::Schedule").values()]
    return sum(MONTH_SECONDS / (int(count) * SPANS[unit]) for count, unit in rates)


def total(lines: Iterable[Line]) -> float:
    """What the lines come to."""
    return math.fsum(line.amount for line in lines)


def table(columns: Mapping[str, list[Line]], decimals: int = 2) -> str:
    """Bills beside each other, as Markdown."""
    names = list(dict.fromkeys(line.name for lines in columns.values() for line in lines))
    rows = [["US dollars", *columns], ["---", *["---:"] * len(columns)]]
    for name in names:
        amounts = [total(line for line in lines if line.name == name) for lines in columns.values()]
        rows.append([name, *(f"{amount:,.{decimals}f}" for amount in amounts)])
    rows.append(["**total**", *(f"**{total(lines):,.{decimals}f}**" for lines in columns.values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Both tables."""
    prices = json.loads(PRICES.read_text("utf-8"))
    designs = [measured(OURS), measured(IDIOMATIC)]
    print(f"Prices as of {prices['as_of']}. {prices['note']}\n\nA million look-ups:\n")
    print(table({design.name: look_ups(design, prices) for design in designs}, decimals=4))
    for design in designs:
        source = "assumed" if design.assumed else "measured here"
        print(
            f"\n{design.name}: {design.cpu_microseconds:.0f} CPU µs ({source}), {design.billed_milliseconds()} ms billed"
        )
    print("\nA month, with an account of its own:\n")
    standing = standing_costs(prices)
    print(table({f"{one.name}": month(one, prices, standing) for one in MONTHS}))


if __name__ == "__main__":
    main()
