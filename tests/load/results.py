"""Figures of the benchmarks: one row each, with its peers, the ratio and the bar; `holds` is computed here alone.

A figure is kept as soon as it is there, so that nothing that happens later takes it away."""

import json
import operator
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = Path(__file__).parents[2] / "bench" / "results.json"
SIGNS = {">=": operator.ge, "<=": operator.le, "==": operator.eq}

Say = Callable[[str], None]

# Every figure that an issue's bars name: a run that leaves one out fails, but for those that need what not every machine
# has. Of such a one a line says that it is lacking, and where it was measured its bar counts like any other.
FIGURES = {
    "scores.lookup.flask_pynamodb": ">= 7",
    "scores.lookup.fastapi_boto3": ">= 8",
    "scores.lookup.render": "<= 2.5",
    "scores.lookup.reads_with_pack": "== 0",
    "scores.lookup.reads_without_pack": "<= 60",
    "scores.import.rows": ">= 20",
    "scores.import.memory": "<= 300",
    "scores.import.write_units": ">= 50",
    "lambda.first_slip.stock": "<= 0.35",
    "lambda.first_slip.flask": "<= 0.99",
    "lambda.first_slip.fastapi": "<= 0.99",
    "lambda.first_slip.chalice": "<= 0.99",
    "lambda.late.stock": "<= 0.5",
    "lambda.late.flask": "<= 1",
    "lambda.late.fastapi": "<= 1",
    "lambda.late.chalice": "<= 1",
    "lambda.zip": "<= 25",
    "lambda.warm.flask": ">= 8",
    "lambda.warm.fastapi": ">= 8",
    "lambda.warm.chalice": ">= 8",
    "lambda.warm.render": "<= 3",
    "lambda.requests.flask": ">= 1",
    "lambda.requests.fastapi": ">= 1",
    "lambda.requests.chalice": ">= 1",
    "lambda.memory": "<= 1",
    "lambda.instructions": "<= 0.35",
    "lambda.packed.segment_reads": "== 0",
    "lambda.packed.refreshes": "<= 1",
    "lambda.cost.work": "<= 0.2",
    "lambda.cost.total": "<= 1",
    "search.templates.r1": ">= 0.98",
    "search.natural.r1": ">= 0.60",
    "search.natural.r3": ">= 0.78",
    "search.natural.r10": ">= 0.90",
    "search.own.r1": ">= 0.80",
    "search.own.r3": ">= 0.92",
    "search.own.r10": ">= 0.97",
    "search.unaided.r1": ">= 0.80",
    "search.unaided.r3": ">= 0.92",
    "search.unaided.r10": ">= 0.97",
    "search.above_peers": ">= 0",
    "search.cpu": "<= 1",
    "search.load": "<= 0.25",
    "dossiers.calls": "== 0",
    "dossiers.units": "== 0",
    "dossiers.cpu.inbox": "<= 1.2",
    "dossiers.cpu.one": "<= 1.2",
    "dossiers.cpu.follow": "<= 1.2",
    "dossiers.cpu.receive": "<= 1.2",
    "dossiers.cpu.take_up": "<= 1.2",
    "dossiers.peer.read": ">= 0",
    "dossiers.peer.write": ">= 0",
    "dossiers.peer.growth": ">= 0",
}
WHERE_IT_WORKS = {"lambda.instructions": "valgrind, and a machine quiet enough for it to end in time"}


class NotMeasured(Exception):
    """A phase failed; the text names it."""


def holds(ratio: float, bar: str) -> bool:
    """Whether a ratio is on the right side of a bar such as `>= 7`."""
    sign, limit = bar.split()
    return bool(SIGNS[sign](ratio, float(limit)))


@dataclass(frozen=True)
class Figure:
    """One measured figure. `ratio` is what the bar speaks of: ours against the peer, or the figure itself."""

    name: str
    figure: str
    ours: float
    peers: Mapping[str, float] = field(default_factory=dict)
    ratio: float = 0.0
    bar: str = ""

    @property
    def holds(self) -> bool:
        """Whether the bar is met."""
        return holds(self.ratio, self.bar)

    def row(self) -> dict[str, object]:
        """As it stands in results.json."""
        return {**asdict(self), "holds": self.holds}


def write(figures: list[Figure], file: Path = FILE) -> None:
    """Keep the figures of this run; those of other names stay as they were."""
    held = json.loads(file.read_text())["benchmarks"] if file.exists() else []
    fresh = {figure.name for figure in figures}
    rows = [row for row in held if row["name"] not in fresh and row["name"] in FIGURES]
    rows += [figure.row() for figure in figures]
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"benchmarks": sorted(rows, key=lambda row: str(row["name"]))}, indent=2))


def drop(names: Iterable[str], file: Path = FILE) -> None:
    """Forget figures of an earlier run that this one should have measured anew and did not."""
    if file.exists():
        gone = set(names)
        rows = [row for row in json.loads(file.read_text())["benchmarks"] if row["name"] not in gone]
        file.write_text(json.dumps({"benchmarks": rows}, indent=2))


def lacking(figures: Iterable[Figure], benchmark: str) -> list[str]:
    """The names of a benchmark's figures that are not among these."""
    found = {figure.name for figure in figures}
    return [name for name in FIGURES if name.startswith(f"{benchmark}.") and name not in found]


def in_turn(
    phases: Mapping[str, Callable[[], Iterable[Figure]]], say: Say, clear: Callable[[], None]
) -> Iterator[Figure]:
    """The figures of each phase as it ends. One that fails is told with its trace and cleared after, the others follow;
    NotMeasured at the end names who failed."""
    failed = []
    for name, phase in phases.items():
        try:
            figures = list(phase())
        except Exception:
            say(f"FAILED: {name}\n{traceback.format_exc()}")
            failed.append(name)
            clear()
            continue
        yield from figures
    if failed:
        raise NotMeasured(", ".join(failed))


def table(figures: list[Figure]) -> str:
    """The figures for people."""
    lines = []
    for figure in figures:
        peers = ", ".join(f"{name}: {value:,.1f}" for name, value in figure.peers.items())
        mark = "holds" if figure.holds else "MISSED"
        lines.append(
            f"{figure.name:36} {figure.figure:30} ours {figure.ours:>12,.1f}  {peers:40} "
            f"ratio {figure.ratio:8.2f}  bar {figure.bar:8} {mark}"
        )
    return "\n".join(lines)
