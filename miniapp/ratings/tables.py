"""Tables of counts with trees along their axes: units below agencies, procedures below sectors.

For `suppression`. Everything that might be published is a cell: one node of every axis, over all ballots below. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

Cell = tuple[str, ...]
ROOT = ""  # the top of every axis


@dataclass(frozen=True)
class Table:
    """Counts by leaf, and for every axis which node lies below which; what names no parent lies below the top."""

    counts: Mapping[Cell, int]
    parents: tuple[Mapping[str, str], ...]

    @property
    def top(self) -> Cell:
        """The cell of everything."""
        return (ROOT,) * len(self.parents)

    @cached_property
    def cells(self) -> Mapping[Cell, int]:
        """Every cell that counts anything, with its count."""
        return {cell: sum(self.counts[leaf] for leaf in leaves) for cell, leaves in self.leaves.items()}

    @cached_property
    def leaves(self) -> Mapping[Cell, Sequence[Cell]]:
        """Of every cell that counts anything, the leaves it counts, those with most ballots first."""
        found: defaultdict[Cell, list[Cell]] = defaultdict(list)
        for leaf in sorted(self.counts, key=lambda each: (-self.counts[each], each)):
            for cell in self.above(leaf) if self.counts[leaf] else ():
                found[cell].append(leaf)
        return found

    @cached_property
    def lines(self) -> Mapping[tuple[int, Cell], Sequence[str]]:
        """The nodes with ballots on every line: by axis, and by a leaf with that axis blotted out."""
        found: defaultdict[tuple[int, Cell], list[str]] = defaultdict(list)
        for leaf in self.leaves.get(self.top, ()):
            for axis in range(len(leaf)):
                found[axis, moved(leaf, axis, ROOT)].append(leaf[axis])
        return found

    def on(self, axes: int) -> "Table":
        """The same ballots, told apart on the first axes only."""
        counts: Counter[Cell] = Counter()
        for leaf, count in self.counts.items():
            counts[(*leaf[:axes], *self.top[axes:])] += count
        return Table(counts, self.parents)

    def above(self, leaf: Cell) -> Iterator[Cell]:
        """Every cell that counts this leaf, itself included."""
        return product(*(self._path(axis, node) for axis, node in enumerate(leaf)))

    def apart(self, axis: int, one: str, other: str) -> int:
        """How many nodes of an axis count the one and not the other."""
        return len(set(self._path(axis, one)) - set(self._path(axis, other)))

    def _path(self, axis: int, node: str) -> tuple[str, ...]:
        path = [node]
        while path[-1] != ROOT:
            path.append(self.parents[axis].get(path[-1], ROOT))
        return tuple(path)


def moved(cell: Cell, axis: int, node: str) -> Cell:
    """The cell with another node on one axis."""
    return (*cell[:axis], node, *cell[axis + 1 :])
