"""The runs of the Lambda benchmark: environments started anew, warm slips in rounds, what a fresh environment reads.

For `functions.py`, which makes figures of them. CPU is that of the function's process alone, asked of the kernel; rounds of
all alternate and the median counts. Before anything is timed, all answer with the same bytes."""

import math
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.lambdas.function import Function
from tests.load.function_stage import (
    LIMIT,
    NOTHING,
    OURS,
    PEERS,
    Contestant,
    Race,
    cpu,
    reads_its_store,
    same_answers,
)

STARTS, LATE_STARTS = 5, 3
ROUNDS, ROUND, SINGLE = 7, 200, 40
RENDERING = "rendering alone"
NO_PACK = "ours, no pack"
PACKED_LOOK_UPS, PACKED_SECONDS, AGE = 600, 11, 5
MILLION = 1_000_000

Say = Callable[[str], None]
Medians = dict[str, float]


@dataclass(frozen=True)
class Start:
    """Medians of fresh environments, in CPU milliseconds, and the most memory."""

    start: float
    first: float
    late_start: float  # when nothing is imported before the first event
    late_first: float  # what its caller then waits for
    memory: float

    @property
    def total(self) -> float:
        """From the process's first instruction to its first slip."""
        return self.start + self.first

    @property
    def late(self) -> float:
        """The same, when nothing is imported before the first event."""
        return self.late_start + self.late_first


def starts(race: Race, say: Say) -> dict[str, Start]:
    """Fresh environments: from the process's first instruction to its first slip, with and without init at import."""
    number = race.numbers[0]
    plans: list[tuple[str, Contestant, dict[str, str]]] = [(name, one, {}) for name, one in race.contestants.items()]
    plans.append((NO_PACK, race.contestants[OURS], {"MOTCUA_PACK_MAX": "0"}))
    early: dict[str, list[tuple[float, float, float]]] = {name: [] for name, _, _ in plans}
    late: dict[str, list[tuple[float, float, float]]] = {name: [] for name, _, _ in plans}
    for turn in range(STARTS):
        say(f"starting all, round {turn + 1} of {STARTS} …")
        for name, contestant, more in plans:
            early[name].append(_one_start(contestant, number, more))
            if turn < LATE_STARTS:
                late[name].append(_one_start(contestant, number, {**more, "METER_LATE": "1"}))
    made = {}
    for name in early:
        start, first, memory = (statistics.median(values) for values in zip(*early[name], strict=True))
        late_start, late_first, _ = (statistics.median(values) for values in zip(*late[name], strict=True))
        made[name] = Start(start, first, late_start, late_first, memory)
    return made


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


@dataclass(frozen=True)
class Warm:
    """Medians of the rounds, per slip.

    `waiting` is by how much the wall's clock ran longer than the CPU at the entry, in the same rounds as `entry`, and never
    below nothing. Three things are in it that can't be told apart: the way to the store and back, the work of the store
    (the local engine's, where DynamoDB would take some milliseconds), and waiting for a core while others have them. A warm
    slip of ours asks no store (but for the exam's row, once in five seconds), so its waiting is for a core; a peer's is all
    three, and the engine may wait for a core too. On a busy machine both bills are so longer than Lambda's would be."""

    entry: Medians = field(default_factory=dict)  # CPU microseconds
    whole: Medians = field(default_factory=dict)  # CPU microseconds of the process, AWS's runtime client included
    waiting: Medians = field(default_factory=dict)  # milliseconds


def warmly(race: Race, say: Say) -> Warm:
    """Slips of environments that have seen all of them: at the entry, and of the whole process."""
    functions = {name: one.fresh() for name, one in race.contestants.items()}
    speaking = {name: function for name, function in functions.items() if name != NOTHING}
    say("comparing answers …")
    same_answers(race, speaking, race.numbers[:20])
    for name in PEERS:
        assert reads_its_store(race, name, functions[name]), f"{name} does not ask its store"
    runs: dict[str, tuple[str, dict[str, str]]] = {name: (name, {}) for name in functions}
    runs[RENDERING] = (LIMIT, {"call": "app:render"})
    for name, call in runs.values():
        _batch(race, name, functions[name], race.numbers, call)  # whatever is remembered is remembered by all
    entry: dict[str, list[float]] = {name: [] for name in runs}
    waiting: dict[str, list[float]] = {name: [] for name in runs}
    whole: dict[str, list[float]] = {name: [] for name in functions}
    rng = random.Random(5)
    for turn in range(ROUNDS):
        say(f"warm slips, round {turn + 1} of {ROUNDS} …")
        chosen = [rng.choice(race.numbers) for _ in range(ROUND)]
        bodies = set()
        for run, (name, call) in runs.items():
            told = _batch(race, name, functions[name], chosen, call)
            entry[run].append(told["cpu"] / 1000 / ROUND)
            waiting[run].append(waited(told["cpu"], told["wall"]) / ROUND)
            bodies |= {told["bodies"]} if name != NOTHING else set()
        assert len(bodies) == 1, "bodies differ in a round"
        for name, function in functions.items():
            began = cpu(function)
            for number in chosen[:SINGLE]:
                function.invoke(race.contestants[name].event(number))
            whole[name].append((cpu(function) - began) * MILLION / SINGLE)
    race.stop()
    return Warm(_medians(entry), _medians(whole), _medians(waiting))


def waited(cpu_ns: int, wall_ns: int) -> float:
    """Milliseconds of a round in which no CPU was used; threads side by side can use more CPU than time goes by."""
    return max(0, wall_ns - cpu_ns) / MILLION


def _batch(race: Race, name: str, function: Function, numbers: list[str], more: dict[str, Any]) -> dict[str, Any]:
    events = [race.contestants[name].event(number) for number in numbers]
    told: dict[str, Any] = function.invoke({"meter": events, **more})
    log = race.contestants[name].log
    assert told["statuses"] in ([200], []), (name, told["statuses"], log.read_text("utf-8", "replace")[-2000:])
    return told


def _medians(held: dict[str, list[float]]) -> Medians:
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
