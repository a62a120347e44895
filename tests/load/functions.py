"""Our function against functions that differ in store, framework and packing: started anew, and warm, in one run.

CPU is that of the function's process alone, asked of the kernel; rounds of all alternate and the median counts. All run
unpacked under AWS's runtime client, bare and read-only, on one engine; the room that each is given (a mount and a
chroot, some ms) is in every start. Before anything is timed, all answer with the same bytes."""

import gzip
import json
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra import costs
from infra.lambdas.function import Function
from infra.packaging.targets import find
from tests.load import function_instructions
from tests.load.function_stage import (
    LIMIT,
    NOTHING,
    OURS,
    PEERS,
    Contestant,
    Race,
    cpu,
    reads_its_store,
    ready,
    same_answers,
)
from tests.load.results import FIGURES, Figure
from tests.support.cloud import Cloud

FLASK, FASTAPI, CHALICE = PEERS
FIRST = {
    "lambda.first_slip.stock": "stock zappa",
    "lambda.first_slip.flask": FLASK,
    "lambda.first_slip.fastapi": FASTAPI,
    "lambda.first_slip.chalice": CHALICE,
}
WARM = {"lambda.warm.flask": FLASK, "lambda.warm.fastapi": FASTAPI, "lambda.warm.chalice": CHALICE}
REQUESTS = {"lambda.requests.flask": FLASK, "lambda.requests.fastapi": FASTAPI, "lambda.requests.chalice": CHALICE}
STARTS, LATE_STARTS = 5, 2
ROUNDS, ROUND, SINGLE = 7, 200, 40
STOCK = "stock zappa"
NO_PACK = "ours, no pack"
PACKED_LOOK_UPS, PACKED_SECONDS, AGE = 600, 11, 5
MILLION = 1_000_000

Say = Callable[[str], None]


@dataclass(frozen=True)
class Start:
    """Medians of fresh environments, in CPU milliseconds, and the most memory."""

    start: float
    first: float
    late_first: float  # what the first caller waits for when nothing is imported before
    memory: float

    @property
    def total(self) -> float:
        return self.start + self.first


def measure(cloud: Cloud, year: Path, say: Say) -> list[Figure]:
    """All figures of functions."""
    target = find()
    if not target.is_wished:
        say(f"NOTE: no Python 3.13 runs here; all functions are made for and run by Python {target.version}.")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        race = ready(cloud, year, target, Path(name), say)
        try:
            warm, whole = warmly(race, say)
            say("  ".join(f"{name}: {spent:.0f} µs" for name, spent in warm.items()))
            started = starts(race, say)
            say("  ".join(f"{name}: {one.start:.0f}+{one.first:.0f} ms" for name, one in started.items()))
            packed = packed_exam(race, say)
            counted = function_instructions.counted(race, say)
            return _figures(race, started, warm, whole, packed, counted, say)
        finally:
            for contestant in race.contestants.values():
                contestant.stop()


def starts(race: Race, say: Say) -> dict[str, Start]:
    """Fresh environments: from the process's first instruction to its first slip."""
    number = race.numbers[0]
    plans: list[tuple[str, Contestant, dict[str, str]]] = [(name, one, {}) for name, one in race.contestants.items()]
    plans.append((NO_PACK, race.contestants[OURS], {"MOTCUA_PACK_MAX": "0"}))
    early: dict[str, list[tuple[float, float, float]]] = {name: [] for name, _, _ in plans}
    late: dict[str, list[float]] = {name: [] for name, _, _ in plans}
    for turn in range(STARTS):
        say(f"starting all, round {turn + 1} of {STARTS} …")
        for name, contestant, more in plans:
            early[name].append(_one_start(contestant, number, more))
            if turn < LATE_STARTS:
                _, first, _ = _one_start(contestant, number, {**more, "METER_LATE": "1"})
                late[name].append(first)
    return {
        name: Start(
            statistics.median(one[0] for one in held),
            statistics.median(one[1] for one in held),
            statistics.median(late[name]),
            statistics.median(one[2] for one in held),
        )
        for name, held in early.items()
    }


def _one_start(contestant: Contestant, number: str, more: dict[str, str]) -> tuple[float, float, float]:
    function = contestant.fresh(**more)
    function.start()
    began = cpu(function)
    answer = contestant.slip(function, number)
    done = cpu(function)
    assert answer.status == 200, (contestant.name, answer.status)
    memory = function.reports[-1].memory / 2**20
    contestant.stop()
    return began * 1000, (done - began) * 1000, memory


def warmly(race: Race, say: Say) -> tuple[dict[str, float], dict[str, float]]:
    """CPU microseconds per slip: at the entry, and of the whole process with AWS's runtime client."""
    functions = {name: one.fresh() for name, one in race.contestants.items()}
    speaking = {name: function for name, function in functions.items() if name != NOTHING}
    say("comparing answers …")
    same_answers(race, speaking, race.numbers[:20])
    for name in PEERS:
        assert reads_its_store(race, name, functions[name]), f"{name} does not ask its store"
    runs: dict[str, tuple[str, dict[str, str]]] = {name: (name, {}) for name in functions}
    runs["rendering alone"] = (LIMIT, {"call": "app:render"})
    for name, call in runs.values():
        _batch(race, name, functions[name], race.numbers, call)  # whatever is remembered is remembered by all
    at_entry: dict[str, list[float]] = {name: [] for name in runs}
    whole: dict[str, list[float]] = {name: [] for name in functions}
    rng = random.Random(5)
    for turn in range(ROUNDS):
        say(f"warm slips, round {turn + 1} of {ROUNDS} …")
        chosen = [rng.choice(race.numbers) for _ in range(ROUND)]
        bodies = set()
        for run, (name, call) in runs.items():
            told = _batch(race, name, functions[name], chosen, call)
            at_entry[run].append(told["cpu"] / 1000 / ROUND)
            bodies |= {told["bodies"]} if name != NOTHING else set()
        assert len(bodies) == 1, "bodies differ in a round"
        for name, function in functions.items():
            began = cpu(function)
            for number in chosen[:SINGLE]:
                function.invoke(race.contestants[name].event(number))
            whole[name].append((cpu(function) - began) * MILLION / SINGLE)
    for contestant in race.contestants.values():
        contestant.stop()
    return _medians(at_entry), _medians(whole)


def _batch(race: Race, name: str, function: Function, numbers: list[str], more: dict[str, Any]) -> dict[str, Any]:
    events = [race.contestants[name].event(number) for number in numbers]
    told: dict[str, Any] = function.invoke({"meter": events, **more})
    log = race.contestants[name].log
    assert told["statuses"] in ([200], []), (name, told["statuses"], log.read_text("utf-8", "replace")[-2000:])
    return told


def _medians(held: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(values) for name, values in held.items()}


@dataclass(frozen=True)
class PackedExam:
    """What a fresh environment asked for in its first look-ups."""

    segment_reads: int
    refreshes: int
    store_calls: int
    seconds: float

    @property
    def refreshes_per_span(self) -> float:
        """Refreshes of the exam row in each started span of its age; the start's own is the first span's."""
        return self.refreshes / (math.floor(self.seconds / AGE) + 1)


def packed_exam(race: Race, say: Say) -> PackedExam:
    """Count while random look-ups are spread over some seconds."""
    say(f"counting what a fresh environment reads in {PACKED_LOOK_UPS} look-ups over {PACKED_SECONDS} s …")
    ours = race.contestants[OURS]
    function = ours.fresh()
    services = "handlers.lambdas.web:_parts.services"
    look = {f"{services}.editions.segments.reads": "segments", f"{services}.editions.rows.reads": "rows"}
    rng = random.Random(7)
    began = time.monotonic()
    told: dict[str, Any] = {}
    for turn in range(PACKED_SECONDS + 1):
        chosen = [rng.choice(race.stage.numbers) for _ in range(PACKED_LOOK_UPS // (PACKED_SECONDS + 1))]
        more = {"look": list(look), "count": f"{services}.aws.dynamodb"}
        told = _batch(race, OURS, function, chosen, more)
        time.sleep(max(0.0, began + turn + 1 - time.monotonic()) if turn < PACKED_SECONDS else 0)
    found = {look[name]: value for name, value in told["looked"].items()}
    made = PackedExam(found["segments"], found["rows"], told["sent"], time.monotonic() - began)
    ours.stop()
    return made


def _figures(
    race: Race,
    started: dict[str, Start],
    warm: dict[str, float],
    whole: dict[str, float],
    packed: PackedExam,
    counted: dict[str, function_instructions.Count],
    say: Say,
) -> list[Figure]:
    _tell(race, started, warm, whole, packed, counted, say)
    sizes = {name: one.packed.size / 1e6 for name, one in race.contestants.items() if name != NOTHING}
    totals = {name: one.total for name, one in started.items()}
    rates = {name: MILLION / spent for name, spent in whole.items()}
    figures = [
        *(_ratio(name, "CPU ms, start to first slip", totals, peer) for name, peer in FIRST.items()),
        replace(_ratio("lambda.zip", "MB of the zip", sizes, STOCK), ratio=sizes[OURS]),
        *(_ratio(name, "CPU µs per slip at the entry", warm, peer, True) for name, peer in WARM.items()),
        _ratio("lambda.warm.render", "CPU µs per slip at the entry", warm, "rendering alone"),
        *(_ratio(name, "slips per CPU second, all in", rates, peer) for name, peer in REQUESTS.items()),
        _ratio("lambda.memory", "peak MiB", {name: one.memory for name, one in started.items()}, STOCK),
        _alone("lambda.packed.segment_reads", f"segments, {PACKED_LOOK_UPS} look-ups", float(packed.segment_reads)),
        _alone("lambda.packed.refreshes", f"exam rows per {AGE} s", packed.refreshes_per_span),
        *_costs(race, whole, packed, say),
    ]
    if counted:
        millions = {name: one.start / MILLION for name, one in counted.items()}
        figures.append(_ratio("lambda.instructions", "million, start to first slip", millions, STOCK))
    return figures


def _ratio(name: str, figure: str, values: dict[str, float], peer: str, more_is_theirs: bool = False) -> Figure:
    ours, theirs = values[OURS], values[peer]
    ratio = theirs / ours if more_is_theirs else ours / theirs
    return Figure(name, figure, ours, {peer: theirs}, ratio, FIGURES[name])


def _alone(name: str, figure: str, value: float) -> Figure:
    return Figure(name, figure, value, {}, value, FIGURES[name])


def _costs(race: Race, whole: dict[str, float], packed: PackedExam, say: Say) -> list[Figure]:
    """A million look-ups of both designs behind one front door, line by line, from what was measured."""
    prices = json.loads(costs.PRICES.read_text("utf-8"))
    sent = race.contestants[OURS].slip(race.contestants[OURS].fresh(), race.numbers[0])
    race.contestants[OURS].stop()
    size = len(gzip.compress(sent.body, 6)) + sum(len(name) + len(value) + 4 for name, value in sent.headers)
    # The environment's own reads: those of its first look-ups, then a row each `AGE` seconds at ten look-ups a second.
    ours = replace(
        costs.OURS,
        cpu_microseconds=whole[OURS],
        read_units=packed.store_calls / packed.seconds / 10 * 0.5,
        bytes_sent=size,
    )
    idiomatic = replace(costs.IDIOMATIC, cpu_microseconds=whole[PEERS[0]], waiting_milliseconds=0, bytes_sent=size)
    bills = {one.name: costs.look_ups(one, prices) for one in (ours, idiomatic)}
    say(
        f"A million look-ups in US dollars (prices as of {prices['as_of']}, unchecked; waiting for the store left out):"
    )
    for line in costs.table(bills, decimals=4).splitlines():
        say(line)
    mine, theirs = bills.values()
    spent, others = ({line.name: line.amount for line in bill} for bill in (mine, theirs))
    work = [bill["GB-seconds"] + bill["store"] for bill in (spent, others)]
    sums = [costs.total(mine), costs.total(theirs)]
    return [
        Figure(
            name,
            "dollars per million look-ups",
            values[0],
            {PEERS[0]: values[1]},
            values[0] / values[1],
            FIGURES[name],
        )
        for name, values in (("lambda.cost.work", work), ("lambda.cost.total", sums))
    ]


def _tell(
    race: Race,
    started: dict[str, Start],
    warm: dict[str, float],
    whole: dict[str, float],
    packed: PackedExam,
    counted: dict[str, function_instructions.Count],
    say: Say,
) -> None:
    """The whole table, for people."""
    head = f"{'':22}{'zip MB':>8}{'start':>9}{'+first':>9}{'=CPU ms':>9}{'late':>9}{'MiB':>7}"
    say(head + f"{'µs entry':>10}{'µs all':>8}{'slips/s':>9}{'M instr':>9}{'k/slip':>8}")
    for name in [*started, "rendering alone"]:
        one, count = started.get(name), counted.get(name)
        held = race.contestants.get(name)
        cells = [
            f"{held.packed.size / 1e6:8.1f}" if held and name != NOTHING else " " * 8,
            f"{one.start:9.0f}{one.first:9.1f}{one.total:9.0f}{one.late_first:9.0f}{one.memory:7.0f}"
            if one
            else " " * 43,
            f"{warm[name]:10.1f}" if name in warm else " " * 10,
            f"{whole[name]:8.0f}{MILLION / whole[name]:9.0f}" if name in whole else " " * 17,
            f"{count.start / MILLION:9.0f}{count.slip / 1000:8.0f}" if count else "",
        ]
        say(f"{name:22}{''.join(cells)}")
    say(f"late: CPU ms of the first request when nothing was imported before. {packed}")
