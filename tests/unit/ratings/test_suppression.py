"""What is published gives no withheld count away: an attacker who solves all of it is never nearer than the bound."""

from collections.abc import Iterable, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniapp.ratings.bounds import BOUNDS, Bounds
from miniapp.ratings.suppression import Published, published
from miniapp.ratings.tables import ROOT, Cell, Table
from tests.unit.ratings.attack import Attacker

UNITS = {"u1": "a", "u2": "a", "u3": "b", "u4": "b", "a": "dist", "b": "dist"}
PROCEDURES = {"p1": "s", "p2": "s"}
LEAVES = (("u1", "u2", "u3", "u4"), ("p1", "p2", "p3"))
FEW = Bounds(public_from=3, protection=3)

sizes = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 12), st.integers(10, 60))


def tables(
    parents: tuple[Mapping[str, str], ...] = (UNITS, PROCEDURES),
    leaves: tuple[tuple[str, ...], ...] = LEAVES,
    each: st.SearchStrategy[int] = sizes,
) -> st.SearchStrategy[Table]:
    everywhere = list(product(*leaves))
    return st.lists(each, min_size=len(everywhere), max_size=len(everywhere)).map(
        lambda counts: Table(dict(zip(everywhere, counts, strict=True)), parents)
    )


def flat(*counts: int) -> Table:
    """Units without anything above or beside them."""
    return Table({(f"u{at}",): count for at, count in enumerate(counts)}, ({},))


def inside(table: Table) -> dict[Cell, list[Cell]]:
    """Every cell that anybody could ask for, those that count nothing among them, with the leaves below it."""
    found: dict[Cell, list[Cell]] = {}
    for leaf in table.counts:
        for cell in table.above(leaf):
            found.setdefault(cell, []).append(leaf)
    return found


def known(table: Table, shown: Published) -> list[tuple[list[Cell], int]]:
    """What the public knows: of every cell that is not withheld, its count."""
    told = ((leaves, shown.find(cell)) for cell, leaves in inside(table).items())
    return [(leaves, count) for leaves, count in told if count is not None]


def unsaid(table: Table, shown: Published) -> set[Cell]:
    """What the attacker is after: every count that is not told, and what is withheld though it counts nothing. What is
    the same as a told cell by the trees alone (all there is below the top, say) is no secret."""
    below = inside(table)
    told = [leaves for cell, leaves in below.items() if shown.find(cell) is not None]
    return {
        cell for cell in shown.withheld | table.cells.keys() if shown.find(cell) is None and below[cell] not in told
    }


def widths(table: Table, shown: Published, attacked: Iterable[Cell]) -> dict[Cell, float]:
    attacker = Attacker(known(table, shown))
    below = inside(table)
    found = {}
    for cell in attacked:
        low, high = attacker.range(below[cell])
        assert low <= table.cells.get(cell, 0) and (high is None or table.cells.get(cell, 0) <= high)
        found[cell] = float("inf") if high is None else float(high - low)
    return found


def naive(table: Table, least: int) -> Published:
    """Suppression as it is often done: what is small is left out, and that is all."""
    return Published(
        {cell: count for cell, count in table.cells.items() if count >= least},
        frozenset(cell for cell, count in table.cells.items() if count < least),
        len(table.parents),
    )


def test_leaving_out_what_is_small_is_undone_by_the_attacker():
    table = Table({("u1", "p1"): 5, ("u1", "p2"): 20, ("u2", "p1"): 30, ("u2", "p2"): 40}, ({}, {}))
    shown = naive(table, 10)
    assert shown.find(("u1", "p1")) is None
    assert widths(table, shown, shown.withheld) == {("u1", "p1"): 0}


def test_beside_one_small_count_another_is_withheld():
    assert published(flat(5, 20, 30)).withheld == {("u0",), ("u1",)}
    assert published(flat(5, 20, 30)).find(("u2",)) == 30
    assert published(flat(5, 20, 30)).find((ROOT,)) == 55


@pytest.mark.parametrize(("least", "is_shown"), [(9, False), (10, True)])
def test_ten_ballots_are_shown_and_nine_are_not(least: int, is_shown: bool):
    assert (published(flat(least, 40, 50)).find(("u0",)) is not None) == is_shown


def test_two_small_counts_that_cover_each_other_take_nobody_with_them():
    assert published(flat(6, 6, 40)).withheld == {("u0",), ("u1",)}


def test_small_counts_that_do_not_suffice_for_each_other_take_a_third():
    assert published(flat(2, 3, 20, 40)).withheld == {("u0",), ("u1",), ("u2",)}


def test_nothing_is_a_count_that_may_be_shown():
    assert published(flat(0, 20, 30)).find(("u0",)) == 0
    assert published(flat(0, 20, 30)).withheld == frozenset()


@pytest.mark.parametrize("counts", [(), (0, 0), (9,), (4, 5)])
def test_of_fewer_ballots_than_the_bound_in_all_nothing_is_said(counts: tuple[int, ...]):
    shown = published(flat(*counts))
    assert shown.silent
    assert [shown.find(cell) for cell in ((ROOT,), ("u0",), ("u9",))] == [None, None, None]


def test_where_no_cover_suffices_only_the_whole_is_shown():
    shown = published(flat(4, 4, 4))
    assert shown.cells == {(ROOT,): 12}
    assert [shown.find((unit,)) for unit in ("u0", "u1", "u2", "u9")] == [None] * 4


def test_where_procedures_are_too_small_to_cover_each_other_units_are_shown_without_them():
    table = Table({(unit, each): 4 for unit in ("u1", "u2") for each in ("p1", "p2", "p3")}, ({}, {}))
    shown = published(table)
    assert (shown.axes, shown.cells) == (1, {(ROOT, ROOT): 24, ("u1", ROOT): 12, ("u2", ROOT): 12})
    assert shown.find((ROOT, "p1")) is None


def test_a_small_unit_below_one_agency_is_covered_by_its_neighbour_not_by_another_agency():
    counts = {("u1", "p1"): 4, ("u2", "p1"): 30, ("u3", "p1"): 10, ("u4", "p1"): 90}
    shown = published(Table(counts, (UNITS, {})))
    assert shown.withheld == {("u1", "p1"), ("u2", "p1"), ("u1", ROOT), ("u2", ROOT)}
    assert shown.find(("a", ROOT)) == 34


def test_a_small_count_inside_large_totals_is_covered_by_a_rectangle_and_totals_stay():
    counts = {("u1", "p1"): 5, ("u1", "p2"): 20, ("u2", "p1"): 30, ("u2", "p2"): 40, ("u3", "p1"): 90, ("u3", "p2"): 9}
    shown = published(Table({**counts, ("u3", "p2"): 95}, ({}, {})))
    assert shown.withheld == {("u1", "p1"), ("u1", "p2"), ("u2", "p1"), ("u2", "p2")}
    assert [shown.find((unit, ROOT)) for unit in ("u1", "u2", "u3")] == [25, 70, 185]
    assert [shown.find((ROOT, each)) for each in ("p1", "p2")] == [125, 155]


def check(table: Table) -> None:
    bounds, shown = BOUNDS, published(table)
    total = table.cells.get(table.top, 0)
    assert shown.silent == (total < bounds.public_from)
    if shown.silent:
        assert not shown.cells
        return
    assert all(count >= bounds.public_from for count in shown.cells.values())
    assert shown.find(table.top) == total
    for cell, count in table.cells.items():
        assert shown.find(cell) in (None, count)
    narrow = {
        cell: width for cell, width in widths(table, shown, unsaid(table, shown)).items() if width < bounds.protection
    }
    assert narrow == {}


@settings(max_examples=60, deadline=None)
@given(tables())
def test_no_withheld_cell_of_a_tree_of_units_by_procedures_is_pinned(table: Table):
    check(table)


@settings(max_examples=60, deadline=None)
@given(tables((UNITS,), LEAVES[:1]))
def test_no_withheld_unit_is_pinned_by_those_above_and_beside_it(table: Table):
    check(table)


@settings(max_examples=20, deadline=None)
@given(tables(({}, {}, {}), (("u1", "u2"), ("p1", "p2"), ("q1", "q2"))))
def test_nor_is_one_in_three_axes(table: Table):
    check(table)


@settings(max_examples=40, deadline=None)
@given(tables(({"u1": "a", "u2": "a"}, {}), (("u1", "u2", "u3"), ("p1", "p2", "p3", "p4")), st.integers(0, 4)))
def test_where_an_axis_is_left_out_nothing_of_it_is_pinned(table: Table):
    assert published(table).axes < 2  # no two leaves suffice for each other
    check(table)


@settings(max_examples=40, deadline=None)
@given(tables(({"u1": "a"}, {}), (("u1", "u2"), ("p1", "p2")), st.integers(0, 6)))
def test_whoever_tries_every_table_of_whole_numbers_is_no_nearer(table: Table):
    shown = published(table, FEW)
    if shown.silent:
        return
    total, below, told = table.cells[table.top], inside(table), known(table, shown)
    leaves = sorted(table.counts)
    possible = []
    for three in product(range(total + 1), repeat=3):
        counts = dict(zip(leaves, (*three, total - sum(three)), strict=True))
        if min(counts.values()) >= 0 and all(sum(counts[leaf] for leaf in mine) == held for mine, held in told):
            possible.append(counts)
    for cell in unsaid(table, shown):
        sums = {sum(counts[leaf] for leaf in below[cell]) for counts in possible}
        assert max(sums) - min(sums) >= FEW.protection


@settings(max_examples=30, deadline=None)
@given(tables())
def test_the_same_table_is_published_the_same_way_whatever_its_order(table: Table):
    backwards = Table(dict(reversed(table.counts.items())), table.parents)
    assert published(backwards) == published(table)
