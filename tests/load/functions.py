"""Our function against functions that differ in store, framework and packing: started anew, and warm, in one run.

All run unpacked under AWS's runtime client, bare and read-only, on one engine; the room that each is given (a mount and a
chroot, some ms) is in every start. One phase after the other, each with its figures as it ends: what a later phase
meets takes nothing away from an earlier one."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.packaging.targets import find
from tests.load import function_bill, function_instructions, function_runs
from tests.load.function_instructions import Count
from tests.load.function_runs import AGE, MILLION, PACKED_LOOK_UPS, RENDERING, PackedExam, Say, Start, Warm
from tests.load.function_stage import NOTHING, OURS, PEERS, STOCK, Race, ready
from tests.load.results import FIGURES, Figure, in_turn
from tests.support.cloud import Cloud

FLASK, FASTAPI, CHALICE = PEERS
FIRST = {
    "lambda.first_slip.stock": STOCK,
    "lambda.first_slip.flask": FLASK,
    "lambda.first_slip.fastapi": FASTAPI,
    "lambda.first_slip.chalice": CHALICE,
}
LATE = {
    "lambda.late.stock": STOCK,
    "lambda.late.flask": FLASK,
    "lambda.late.fastapi": FASTAPI,
    "lambda.late.chalice": CHALICE,
}
WARM = {"lambda.warm.flask": FLASK, "lambda.warm.fastapi": FASTAPI, "lambda.warm.chalice": CHALICE}
REQUESTS = {"lambda.requests.flask": FLASK, "lambda.requests.fastapi": FASTAPI, "lambda.requests.chalice": CHALICE}


def measure(cloud: Cloud, year: Path, say: Say) -> Iterator[Figure]:
    """All figures of functions."""
    target = find()
    if not target.is_wished:
        say(f"NOTE: no Python 3.13 runs here; all functions are made for and run by Python {target.version}.")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        race = ready(cloud, year, target, Path(name), say)
        try:
            yield from Phases(race, say).run()
        finally:
            race.stop()


@dataclass
class Phases:
    """What was measured so far, and how to measure the rest."""

    race: Race
    say: Say
    warm: Warm = field(default_factory=Warm)
    started: dict[str, Start] = field(default_factory=dict)
    packed: PackedExam | None = None
    counted: dict[str, Count] = field(default_factory=dict)

    def run(self) -> Iterator[Figure]:
        """Every phase's figures as it ends."""
        phases: dict[str, Callable[[], Iterable[Figure]]] = {
            "sizes": self.sizes,
            "warm slips": self.warm_slips,
            "starts": self.starts,
            "a packed exam": self.packed_exam,
            "the bill": self.bill,
            "instructions": self.instructions,
        }
        try:
            yield from in_turn(phases, self.say, self.race.stop)
        finally:
            for line in self.table():
                self.say(line)

    def sizes(self) -> list[Figure]:
        """Of the zips."""
        sizes = {name: one.packed.size / 1e6 for name, one in self.race.contestants.items() if name != NOTHING}
        return [replace(_ratio("lambda.zip", "MB of the zip", sizes, STOCK), ratio=sizes[OURS])]

    def warm_slips(self) -> list[Figure]:
        """CPU per slip."""
        self.warm = function_runs.warmly(self.race, self.say)
        self.say("  ".join(f"{name}: {spent:.0f} µs" for name, spent in self.warm.entry.items()))
        rates = {name: MILLION / spent for name, spent in self.warm.whole.items()}
        at_entry = "CPU µs per slip at the entry"
        return [
            *(_ratio(name, at_entry, self.warm.entry, peer, True) for name, peer in WARM.items()),
            _ratio("lambda.warm.render", at_entry, self.warm.entry, RENDERING),
            *(_ratio(name, "slips per CPU second, all in", rates, peer) for name, peer in REQUESTS.items()),
        ]

    def starts(self) -> list[Figure]:
        """CPU from a process's start to its first slip, with and without init at import."""
        self.started = function_runs.starts(self.race, self.say)
        self.say("  ".join(f"{name}: {one.start:.0f}+{one.first:.0f} ms" for name, one in self.started.items()))
        totals = {name: one.total for name, one in self.started.items()}
        late = {name: one.late for name, one in self.started.items()}
        memory = {name: one.memory for name, one in self.started.items()}
        return [
            *(_ratio(name, "CPU ms, start to first slip", totals, peer) for name, peer in FIRST.items()),
            *(_ratio(name, "CPU ms to slip, late import", late, peer) for name, peer in LATE.items()),
            _ratio("lambda.memory", "peak MiB", memory, STOCK),
        ]

    def packed_exam(self) -> list[Figure]:
        """What a fresh environment reads."""
        self.packed = function_runs.packed_exam(self.race, self.say)
        reads, rows = float(self.packed.segment_reads), self.packed.refreshes_per_span
        return [
            _alone("lambda.packed.segment_reads", f"segments, {PACKED_LOOK_UPS} look-ups", reads),
            _alone("lambda.packed.refreshes", f"exam rows per {AGE} s", rows),
        ]

    def bill(self) -> list[Figure]:
        """Of a million look-ups, from the warm slips and the packed exam."""
        assert self.packed is not None, "the packed exam was not measured"
        return function_bill.bill(function_bill.measured(self.race, self.warm, self.packed), self.say)

    def instructions(self) -> list[Figure]:
        """Where they can be counted; the last phase, since it is the one that may run out of time."""
        self.counted = function_instructions.counted(self.race, self.say)
        return instructions(self.counted, self.say)

    def table(self) -> list[str]:
        """Everything, for people; what was not measured is left blank."""
        head = (
            f"{'':22}{'zip MB':>8}{'start':>9}{'+first':>9}{'=CPU ms':>9}{'late':>7}{'+first':>7}{'=ms':>7}{'MiB':>7}"
        )
        lines = [head + f"{'µs entry':>10}{'ms wait':>9}{'µs all':>8}{'slips/s':>9}{'M instr':>9}{'k/slip':>8}"]
        lines += [self._line(name) for name in dict.fromkeys([*self.race.contestants, *self.started, RENDERING])]
        lines.append("late: when nothing was imported before the first event; wait: the wall's clock less the CPU's.")
        return [*lines, str(self.packed or "")]

    def _line(self, name: str) -> str:
        warm, one, count = self.warm, self.started.get(name), self.counted.get(name)
        held = self.race.contestants.get(name)
        cells = [
            f"{held.packed.size / 1e6:8.1f}" if held and name != NOTHING else " " * 8,
            f"{one.start:9.0f}{one.first:9.1f}{one.total:9.0f}" if one else " " * 27,
            f"{one.late_start:7.0f}{one.late_first:7.0f}{one.late:7.0f}{one.memory:7.0f}" if one else " " * 28,
            f"{warm.entry[name]:10.1f}{warm.waiting[name]:9.2f}" if name in warm.entry else " " * 19,
            f"{warm.whole[name]:8.0f}{MILLION / warm.whole[name]:9.0f}" if name in warm.whole else " " * 17,
            f"{count.start / MILLION:9.0f}" if count else "",
            f"{count.slip / 1000:8.0f}" if count and count.slip else "",
        ]
        return f"{name:22}{''.join(cells)}"


def instructions(counted: dict[str, Count], say: Say) -> list[Figure]:
    """Ours against stock's, when both were counted."""
    if not {OURS, STOCK} <= counted.keys():
        say("NOTE: instructions are left out of the figures, since ours and stock Zappa's were not both counted.")
        return []
    millions = {name: one.start / MILLION for name, one in counted.items()}
    return [_ratio("lambda.instructions", "million, start to first slip", millions, STOCK)]


def _ratio(name: str, figure: str, values: dict[str, float], peer: str, more_is_theirs: bool = False) -> Figure:
    ours, theirs = values[OURS], values[peer]
    ratio = theirs / ours if more_is_theirs else ours / theirs
    return Figure(name, figure, ours, {peer: theirs}, ratio, FIGURES[name])


def _alone(name: str, figure: str, value: float) -> Figure:
    return Figure(name, figure, value, {}, value, FIGURES[name])
