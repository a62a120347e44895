"""Figures of the benchmarks: one row each, with its peers, the ratio and the bar; `holds` is computed here alone."""

import json
import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = Path(__file__).parents[2] / "bench" / "results.json"
SIGNS = {">=": operator.ge, "<=": operator.le, "==": operator.eq}

# Every figure that an issue's bars name; a house test fails when a run of all benchmarks leaves one out.
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
}


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
