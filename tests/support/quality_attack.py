"""Whoever has all files that an agency ever published, and adds up and takes off. For tests of public figures.

The unknowns are the finest counts of every quarter. What the files show are sums of them; a cell that they don't list counts
nothing, as far as their axes are told. Articles whose words are not told are given to the attacker as known names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from miniapp.quality.files import ALL
from tests.unit.ratings.attack import Attacker

Leaf = tuple[str, ...]  # what it is about, behind its period
Sums = list[tuple[list[Leaf], int]]
FINISHED = ("early", "on_time", "late", "untimed")


def nodes(name: str, axis: int) -> list[str]:
    """A node and those above it."""
    if axis == 0 and name.startswith("refused:"):
        return [name, "refused", "*"]
    return [name, "finished", "*"] if axis == 0 and name in FINISHED else [name, "*"]


def below(cell: Leaf, leaves: Iterable[Leaf], outcome_at: int) -> list[Leaf]:
    """The leaves that a cell counts; `outcome_at` is the axis that has a tree, if any."""
    return [
        leaf
        for leaf in leaves
        if all(node in nodes(name, axis - outcome_at) for axis, (node, name) in enumerate(zip(cell, leaf, strict=True)))
    ]


def cells(leaves: Sequence[Leaf], outcome_at: int) -> list[Leaf]:
    """Everything that anybody could ask for."""
    return sorted(
        {cell for leaf in leaves for cell in product(*(nodes(n, a - outcome_at) for a, n in enumerate(leaf)))}
    )


def sums(files: Mapping[str, bytes], what: str, axes: Sequence[str], leaves: Sequence[Leaf]) -> Sums:
    """What the files of one quarter say of its finest counts."""
    whole = json.loads(files[ALL])
    listed = {tuple(each[axis] for axis in axes): each[what] for each in whole[what]}
    outcome_at = 0 if axes[0] == "outcome" else len(axes)
    if not listed:
        return []
    told = max(
        sum(node != "*" for node in cell) and max(at for at, node in enumerate(cell) if node != "*") + 1
        for cell in listed
    )
    held: Sums = [(below(cell, leaves, outcome_at), count) for cell, count in listed.items() if count is not None]
    for cell in cells(leaves, outcome_at):
        is_told = all(node == "*" for node in cell[told:])
        if is_told and cell not in listed and not cell[0].startswith("refused:"):
            held.append((below(cell, leaves, outcome_at), 0))
    return [(mine, count) for mine, count in held if mine]


def narrow(
    known: Sums, counts: Mapping[Leaf, int], leaves: Sequence[Leaf], outcome_at: int, least: int
) -> dict[Leaf, tuple[int, float]]:
    """Cells of fewer than `least` that are known more closely than to within `least`: their count, and how closely."""
    attacker, found = Attacker(known), {}
    for cell in cells(leaves, outcome_at):
        inside = below(cell, leaves, outcome_at)
        count = sum(counts.get(leaf, 0) for leaf in inside)
        if not 0 < count < least:
            continue
        low, high = attacker.range(inside)
        assert low <= count and (high is None or count <= high)
        if high is not None and high - low < least:
            found[cell] = (count, float(high - low))
    return found
