"""What the public may see of a table of counts, so that no withheld count follows from the published ones.

For the public quality page and open data. A count under ten is withheld, and so are others beside it (complementary
suppression), for totals give a lone gap away. What might be published are the cells of a table (`tables`).

How it is safe: a withheld cell is covered by a `Swing`, a way to move ballots between leaves that leaves every published
cell as it is. Whoever knows all published numbers must hold the table before the swing and the one after it for equally
possible, and a swing is only taken when the two ends are `protection` apart. That is a proof for each cell, not a
search for attacks; where a cell finds no swing, a whole axis is left out. A table with fewer ballots than the bound
shows nothing. It says nothing of differences between days: see `periods`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product

from miniapp.ratings.bounds import BOUNDS, Bounds
from miniapp.ratings.tables import ROOT, Cell, Table, moved

TRIED = 8  # partners of a leaf along an axis, and leaves anywhere
LEAVES_TRIED = 3  # of a small cell
TOTALS_WORTH = 20  # as many ballots of a leaf as one of a total


@dataclass(frozen=True)
class Swing:
    """Ballots moved from some leaves to others: `more` may gain what `less` may lose, and the other way round."""

    more: frozenset[Cell]
    less: frozenset[Cell]

    def width(self, counts: Mapping[Cell, int]) -> int:
        """How far apart its two ends are: no leaf may fall below nothing at either."""
        return min(counts.get(leaf, 0) for leaf in self.less) + min(counts.get(leaf, 0) for leaf in self.more)

    def touched(self, table: Table) -> frozenset[Cell]:
        """The cells whose counts it changes; in all others what comes and what goes is the same."""
        net: Counter[Cell] = Counter()
        for leaves, sign in ((self.more, 1), (self.less, -1)):
            for leaf in leaves:
                for cell in table.above(leaf):
                    net[cell] += sign
        return frozenset(cell for cell, change in net.items() if change)


@dataclass(frozen=True)
class Published:
    """What is shown: counts by cell, on the first `axes`. There, a cell that is not here and not withheld counts
    nothing; of the other axes, and of everything in a `silent` one, nothing is said, not even that."""

    cells: Mapping[Cell, int]
    withheld: frozenset[Cell]
    axes: int
    silent: bool = False

    def find(self, cell: Cell) -> int | None:
        """A count; 0 for nothing; None where it is withheld."""
        is_told = not self.silent and all(node == ROOT for node in cell[self.axes :])
        return self.cells.get(cell, 0) if is_told and cell not in self.withheld else None


SILENT = Published({}, frozenset(), 0, silent=True)


def published(table: Table, bounds: Bounds = BOUNDS) -> Published:
    """The cells that may be shown, on as many axes as can be: where not everything small finds cover, the last is left
    out. So axes come with the most important first."""
    if table.cells.get(table.top, 0) < max(bounds.public_from, bounds.protection):
        return SILENT
    for axes in range(len(table.parents), 0, -1):
        kept = table.on(axes)
        withheld = _withheld(kept, bounds)
        if withheld is not None:
            return Published({at: each for at, each in kept.cells.items() if at not in withheld}, withheld, axes)
    return Published({table.top: table.cells[table.top]}, frozenset(), 0)


def _withheld(table: Table, bounds: Bounds) -> frozenset[Cell] | None:
    """The cells that are small, and those that swing with them; None when one finds nothing to swing with."""
    withheld: set[Cell] = set()
    for cell in _small(table, bounds):
        if cell not in withheld:
            best = _cheapest(table, cell, withheld, bounds.protection)
            if best is None:
                return None
            withheld |= best
    return frozenset(withheld)


def _small(table: Table, bounds: Bounds) -> list[Cell]:
    """Cells under the bound, largest groups first: what covers an agency often covers its units too."""
    found = [cell for cell, count in table.cells.items() if count < bounds.public_from]
    return sorted(found, key=lambda cell: (-cell.count(ROOT), -table.cells[cell], cell))


def _cheapest(table: Table, cell: Cell, withheld: set[Cell], protection: int) -> frozenset[Cell] | None:
    """The cells of the swing that covers this one and takes the least from the public's eyes."""
    best: tuple[int, list[Cell]] | None = None
    for swing in _swings(table, cell, protection):
        touched = swing.touched(table)
        if cell in touched:
            lost = sum(_worth(table, each) for each in touched if each not in withheld)
            best = min(best or (lost, sorted(touched)), (lost, sorted(touched)))
    return frozenset(best[1]) if best else None


def _worth(table: Table, cell: Cell) -> int:
    """What the public loses with a cell: its ballots, and far more where it is the total of an axis."""
    return int(table.cells.get(cell, 0) * TOTALS_WORTH ** cell.count(ROOT))


def _swings(table: Table, cell: Cell, protection: int) -> Iterator[Swing]:
    """Ways to cover a cell: from a leaf in it along one axis, around a rectangle of several, or to any other leaf."""
    inside = table.leaves[cell]
    others = [leaf for leaf in table.leaves[table.top][: TRIED + len(inside)] if leaf not in set(inside)]
    for leaf in inside[:LEAVES_TRIED]:
        partners = [[leaf[axis], *_partners(table, leaf, axis, protection)] for axis in range(len(leaf))]
        around = (_around(leaf, chosen) for chosen in product(*partners) if chosen != leaf)
        across = (Swing(frozenset({leaf}), frozenset({other})) for other in others)
        for swing in chain(around, across):
            if swing.width(table.counts) >= protection:
                yield swing


def _around(leaf: Cell, other: Cell) -> Swing:
    """The corners between two leaves, in turn: two along one axis, four around a rectangle, eight in space."""
    axes = [axis for axis in range(len(leaf)) if leaf[axis] != other[axis]]
    corners: tuple[set[Cell], set[Cell]] = set(), set()
    for turned in product((False, True), repeat=len(axes)):
        corner = leaf
        for axis, away in zip(axes, turned, strict=True):
            corner = moved(corner, axis, other[axis]) if away else corner
        corners[sum(turned) % 2].add(corner)
    return Swing(frozenset(corners[0]), frozenset(corners[1]))


def _partners(table: Table, leaf: Cell, axis: int, protection: int) -> list[str]:
    """Nodes to swing to along one axis: those that suffice alone first, of them the near in the tree and the small."""
    found = []
    for node in table.lines[axis, moved(leaf, axis, ROOT)]:
        count = table.counts[moved(leaf, axis, node)]
        if node != leaf[axis] and count + table.counts[leaf] >= protection:
            apart = table.apart(axis, node, leaf[axis])
            found.append((count < protection, apart, abs(count - protection), node))
    return [node for *_, node in sorted(found)[:TRIED]]
