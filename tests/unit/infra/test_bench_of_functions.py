"""The Lambda benchmark's arithmetic: what is waited for is billed to both, and a count that ended half-way is no figure."""

from dataclasses import replace

import pytest

from infra import costs
from tests.load import function_bill, function_runs, functions
from tests.load.function_bill import IDIOMATIC, Measured
from tests.load.function_instructions import ONCE, Count, counts, in_order
from tests.load.function_runs import Start
from tests.load.function_stage import LIMIT, OURS, PEERS, STOCK

MEASURED = Measured(
    whole={OURS: 400, IDIOMATIC: 2_500}, waiting={OURS: 0.1, IDIOMATIC: 3.5}, reads=0.2, size=6_000
)  # 0.69 ms of CPU and 0.1 of waiting: 1 ms billed; 4.32 ms and 3.5: 8 ms


@pytest.fixture
def told() -> list[str]:
    return []


def test_both_designs_are_billed_the_time_on_the_wall() -> None:
    ours, theirs = function_bill.designs(MEASURED)

    assert (ours.waiting_milliseconds, theirs.waiting_milliseconds) == (0.1, 3.5)
    assert (ours.billed_milliseconds(), theirs.billed_milliseconds()) == (1, 8)
    assert (ours.read_units, theirs.read_units) == (0.2 / costs.ANSWERS_A_SECOND * 0.5, costs.IDIOMATIC.read_units)


@pytest.mark.parametrize(("name", "billed"), [(OURS, (4, 8)), (IDIOMATIC, (1, 11))])
def test_waiting_longer_makes_one_s_own_bill_longer(name: str, billed: tuple[int, int]) -> None:
    waiting = {**MEASURED.waiting, name: MEASURED.waiting[name] + 3}
    made = function_bill.designs(replace(MEASURED, waiting=waiting))
    assert tuple(one.billed_milliseconds() for one in made) == billed


def test_the_bill_without_the_waiting_stands_beside_it(told: list[str]) -> None:
    work, total = function_bill.bill(MEASURED, told.append)

    lines = {line.split(" | ")[0].strip("| "): line.strip("| ").split(" | ")[1:] for line in told if " | " in line}
    with_it, without = (lines["GB-seconds"][place : place + 2] for place in (0, 2))
    assert [round(float(cell) / float(with_it[0])) for cell in (*with_it, *without)] == [1, 8, 1, 5]
    assert any("3.50 ms waiting, 8 ms billed" in line for line in told)
    assert work.name == "lambda.cost.work"
    assert work.ours == pytest.approx(float(lines["GB-seconds"][0]) + float(lines["store"][0]), abs=1e-3)
    assert total.ratio == pytest.approx(total.ours / total.peers[IDIOMATIC])


@pytest.mark.parametrize(("cpu", "wall", "waited"), [(1e6, 5e6, 4.0), (5e6, 1e6, 0.0), (3e6, 3e6, 0.0)])
def test_waiting_is_the_wall_s_clock_less_the_cpu_and_never_below_nothing(cpu: int, wall: int, waited: float) -> None:
    assert function_runs.waited(cpu, wall) == waited


def test_a_late_start_is_counted_from_the_process_s_first_instruction_too() -> None:
    start = Start(start=500, first=20, late_start=80, late_first=470, memory=90)
    assert (start.total, start.late) == (520, 550)


def test_what_a_bar_speaks_of_is_counted_first_and_everybody_both_ways() -> None:
    order = in_order([*PEERS, LIMIT, STOCK, OURS])

    assert order[:2] == [(OURS, ONCE), (STOCK, ONCE)]
    assert {name for name, _ in order[:4]} == {OURS, STOCK}
    assert len(order) == len(set(order)) == 12


@pytest.mark.parametrize(
    "found",
    [
        {},
        {(OURS, 1): 10, (OURS, 26): 60},
        {(OURS, 1): 10, (STOCK, 1): None, (STOCK, 26): None, (OURS, 26): None},
        {(STOCK, 1): 10},
    ],
)
def test_a_count_that_ended_half_way_is_no_figure_and_no_fault(
    found: dict[tuple[str, int], int | None], told: list[str]
) -> None:
    assert functions.instructions(counts(found), told.append) == []
    assert "left out" in told[0]


def test_two_starts_are_a_figure_though_no_slip_was_counted(told: list[str]) -> None:
    counted = counts({(OURS, 1): 30_000_000, (STOCK, 1): 100_000_000, (OURS, 26): None, (LIMIT, 26): 4})

    assert counted == {OURS: Count(30_000_000, None), STOCK: Count(100_000_000, None)}
    (figure,) = functions.instructions(counted, told.append)
    assert (figure.name, figure.ours, figure.ratio) == ("lambda.instructions", 30, 0.3)


def test_a_slip_s_instructions_are_those_of_the_many_less_those_of_the_one() -> None:
    assert counts({(OURS, 1): 100, (OURS, 26): 600}) == {OURS: Count(100, 20)}
