"""What a million look-ups cost in both designs, from what the Lambda benchmark measured. For `functions.py`.

Both stand behind the same front door and are billed as Lambda does: the time on the wall, in whole milliseconds. The bill
without the waiting stands beside it, for whoever distrusts a busy machine's clock."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra import costs
from infra.costs import Design, Line
from tests.load.function_runs import Medians, PackedExam, Say, Warm
from tests.load.function_stage import OURS, PEERS, Race
from tests.load.results import FIGURES, Figure

IDIOMATIC = PEERS[0]
UNWAITED = ", no waiting"


@dataclass(frozen=True)
class Measured:
    """What a bill is made of."""

    whole: Medians  # CPU microseconds per slip
    waiting: Medians  # milliseconds per slip
    reads: float  # of the store, by one environment of ours in a second
    size: int  # bytes of a slip on its way


def measured(race: Race, warm: Warm, packed: PackedExam) -> Measured:
    """The bytes of a slip are asked for here; all else was measured."""
    ours = race.contestants[OURS]
    sent = ours.slip(ours.fresh(), race.numbers[0])
    ours.stop()
    size = len(gzip.compress(sent.body, 6)) + sum(len(name) + len(value) + 4 for name, value in sent.headers)
    return Measured(warm.whole, warm.waiting, packed.store_calls / packed.seconds, size)


def designs(found: Measured) -> tuple[Design, Design]:
    """Ours and the idiomatic one, CPU and waiting of both as measured."""
    # The environment's own reads: those of its first look-ups, then a row each some seconds, shared by its look-ups.
    ours = replace(costs.OURS, read_units=found.reads / costs.ANSWERS_A_SECOND * 0.5)
    made = [
        replace(
            one, cpu_microseconds=found.whole[name], waiting_milliseconds=found.waiting[name], bytes_sent=found.size
        )
        for one, name in ((ours, OURS), (costs.IDIOMATIC, IDIOMATIC))
    ]
    return made[0], made[1]


def bill(found: Measured, say: Say) -> list[Figure]:
    """The figures, and both bills line by line, with and without the waiting."""
    prices = json.loads(costs.PRICES.read_text("utf-8"))
    both = designs(found)
    bills = {one.name: costs.look_ups(one, prices) for one in both}
    lean = [replace(one, name=one.name + UNWAITED, waiting_milliseconds=0) for one in both]
    say(f"A million look-ups in US dollars (prices as of {prices['as_of']}, unchecked):")
    for line in costs.table(bills | {one.name: costs.look_ups(one, prices) for one in lean}, decimals=4).splitlines():
        say(line)
    for one in (*both, *lean):
        say(
            f"{one.name}: {one.cpu_microseconds:.0f} CPU µs + {one.waiting_milliseconds:.2f} ms waiting, "
            f"{one.billed_milliseconds()} ms billed"
        )
    work, whole = ({name: part(lines) for name, lines in bills.items()} for part in (_work, costs.total))
    return [_figure("lambda.cost.work", both, work), _figure("lambda.cost.total", both, whole)]


def _work(lines: list[Line]) -> float:
    return costs.total(line for line in lines if line.name in ("GB-seconds", "store"))


def _figure(name: str, both: tuple[Design, Design], dollars: Mapping[str, float]) -> Figure:
    ours, theirs = (dollars[one.name] for one in both)
    return Figure(name, "dollars per million look-ups", ours, {IDIOMATIC: theirs}, ours / theirs, FIGURES[name])
