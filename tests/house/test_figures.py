"""The figures that the bars name are all measured, and whether a bar is met is decided in one place."""

import re
from pathlib import Path

import pytest

from infra import costs
from tests.load.results import FIGURES, Figure, holds

LOAD = Path(__file__).parents[1] / "load"


def test_every_figure_is_measured_by_a_benchmark() -> None:
    code = "\n".join(
        path.read_text()
        for path in (
            *LOAD.glob("scores_*.py"),
            *LOAD.glob("function*.py"),
            LOAD / "search.py",
            LOAD / "dossiers.py",
        )
    )
    families = {name.rsplit("_", 2)[0] if "reads" in name else name for name in FIGURES}

    missing = [name for name in FIGURES if f'"{name}"' not in code and f'"{name.split("reads_")[0]}reads_' not in code]

    assert families
    assert missing == []


def test_what_a_bill_is_made_of_is_a_figure() -> None:
    assert set(costs.RATES) <= set(FIGURES)


@pytest.mark.parametrize(
    ("ratio", "bar", "met"),
    [(7.0, ">= 7", True), (6.99, ">= 7", False), (2.5, "<= 2.5", True), (2.51, "<= 2.5", False), (1.0, "== 0", False)],
)
def test_a_bar_is_met_on_its_own_side_only(ratio: float, bar: str, met: bool) -> None:
    assert holds(ratio, bar) is met
    assert Figure("x", "y", ratio, {}, ratio, bar).row()["holds"] is met


def test_every_bar_is_one_that_can_be_decided() -> None:
    assert all(re.fullmatch(r"(>=|<=|==) \d+(\.\d+)?", bar) for bar in FIGURES.values())
