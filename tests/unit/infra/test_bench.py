"""A benchmark loses nothing: what was measured is kept when a later phase fails, and what is lacking is said."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.load import bench, results
from tests.load.results import FIGURES, WHERE_IT_WORKS, Figure, NotMeasured

LOOK_UPS = [name for name in FIGURES if name.startswith("scores.lookup.")]
FUNCTIONS = [name for name in FIGURES if name.startswith("lambda.")]


def good(name: str) -> Figure:
    """A figure that stands exactly at its bar."""
    return Figure(name, "x", 1.0, {}, float(FIGURES[name].split()[1]), FIGURES[name])


def broken() -> list[Figure]:
    raise RuntimeError("the engine is gone")


def kept(file: Path) -> list[str]:
    return [row["name"] for row in json.loads(file.read_text())["benchmarks"]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bench" / "results.json"


@pytest.fixture
def told() -> list[str]:
    return []


def test_a_phase_that_fails_takes_no_other_phase_s_figures_away(told: list[str]) -> None:
    cleared: list[bool] = []
    one, two = LOOK_UPS[:2]
    phases: dict[str, Callable[[], list[Figure]]] = {
        "first": lambda: [good(one)],
        "second": broken,
        "third": lambda: [good(two)],
    }
    found = results.in_turn(phases, told.append, lambda: cleared.append(True))

    assert [next(found).name, next(found).name] == [one, two]
    with pytest.raises(NotMeasured, match=r"\Asecond\Z"):
        next(found)
    assert cleared == [True]
    assert "FAILED: second" in told[0]
    assert "the engine is gone" in told[0]


def test_a_benchmark_that_fails_half_way_keeps_what_it_has_and_the_next_one_runs(file: Path) -> None:
    def half() -> Iterator[Figure]:
        yield good(LOOK_UPS[0])
        assert kept(file) == LOOK_UPS[:1], "a figure is kept before the next one is measured"
        raise RuntimeError("out of memory")

    code = bench.run({"scores.lookup": half, "lambda": lambda: map(good, FUNCTIONS)}, file)

    assert code == 1
    assert kept(file) == sorted([LOOK_UPS[0], *FUNCTIONS])


def test_what_was_not_measured_again_is_no_longer_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run({"lambda": lambda: map(good, FUNCTIONS), "scores.lookup": lambda: map(good, LOOK_UPS)}, file) == 0

    assert bench.run({"lambda": lambda: map(good, FUNCTIONS[1:])}, file) == 1

    assert kept(file) == sorted([*FUNCTIONS[1:], *LOOK_UPS])
    assert f"NOT MEASURED: {FUNCTIONS[0]}" in capsys.readouterr().out


def test_what_not_every_machine_can_measure_may_be_lacking_and_is_said(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (optional,) = WHERE_IT_WORKS

    assert bench.run({"lambda": lambda: (good(name) for name in FUNCTIONS if name != optional)}, file) == 0

    assert f"NOT MEASURED: {optional} (needs valgrind" in capsys.readouterr().out


def test_where_it_was_measured_its_bar_counts_like_any_other(file: Path) -> None:
    (optional,) = WHERE_IT_WORKS
    missed = Figure(optional, "x", 1.0, {}, 0.36, FIGURES[optional])

    assert bench.run({"lambda": lambda: [*(good(name) for name in FUNCTIONS if name != optional), missed]}, file) == 2


def test_a_figure_that_only_some_machines_have_is_a_figure() -> None:
    assert WHERE_IT_WORKS.keys() <= FIGURES.keys()
