"""What of a quarter's figures may be out: counts that give no small group away, not even by adding up and taking off.

For publishing. How dossiers ended is one table (outcome, procedure, unit), ballots are another; `ratings.suppression` says
what of each is shown. What came in is told by what ended and by how many were open before and after, and those are told in
tens: whoever takes off everything that is published knows to within ten how many wait. A share is told only where neither
of its parts is a small group. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from miniapp.quality.model import FINISHED, NOT_SAID, Measured, Outcome
from miniapp.ratings.bounds import BOUNDS
from miniapp.ratings.counting import Counts
from miniapp.ratings.periods import summed
from miniapp.ratings.rolled import APART
from miniapp.ratings.suppression import Published, published
from miniapp.ratings.tables import ROOT, Cell, Table

FINISHED_ALL = "finished"
AXES = ("outcome", "procedure", "unit")
TENS = 10


@dataclass(frozen=True)
class Split:
    """A whole and the part of it that is told of."""

    part: int
    whole: int


@dataclass(frozen=True)
class Told:
    """Everything that is published of a period. None: it is not told."""

    dossiers: Published
    ballots: Published
    came: int | None = None
    open: int | None = None
    late_open: int | None = None
    response: Split | None = None
    satisfied: Split | None = None


def of_quarter(dossiers: Measured, leaves: Mapping[str, Counts], ballots: Counts, satisfied: int) -> Told:
    """What a quarter shows. `leaves`: counted ballots by unit and procedure; `ballots`: all of the agency's."""
    counts: Mapping[Cell, int] = dossiers.ended
    ended = published(Table(counts, ({**_PARENTS, **_articles(counts)}, {}, {})))
    by_leaf = _by_leaf(leaves)
    rated = published(Table(by_leaf, ({}, {})))
    held = Told(ended, rated)
    if not rated.silent:
        shares = _response(ballots, by_leaf, rated), _split(satisfied, ballots.counted)
        held = replace(held, response=shares[0], satisfied=shares[1])
    if not ended.silent:
        waits = tens(dossiers.open_after)
        came = sum(counts.values()) + waits - tens(dossiers.open_before)
        held = replace(held, came=max(came, 0), open=waits, late_open=tens(dossiers.late_open))
    return held


def of_year(quarters: Sequence[Told]) -> Told:
    """What a year shows: what its quarters show, added up; what waits, as its last one says."""
    dossiers, ballots = summed([one.dossiers for one in quarters]), summed([one.ballots for one in quarters])
    came = [one.came for one in quarters]
    last = quarters[-1]
    return Told(
        dossiers,
        ballots,
        None if None in came else sum(one or 0 for one in came),
        None if dossiers.silent else last.open,
        None if dossiers.silent else last.late_open,
        _added([one.response for one in quarters]),
        _added([one.satisfied for one in quarters]),
    )


def tens(count: int) -> int:
    """A number rounded down to tens: whoever reads it knows the number to within ten, even below ten."""
    return count // TENS * TENS


def outcomes(shown: Published) -> Mapping[str, int | None]:
    """How everything ended, by outcome; None where it is withheld. Empty where nothing is said."""
    if shown.silent or not shown.axes:
        return {}
    names = (FINISHED_ALL, *(outcome.value for outcome in Outcome))
    return {name: shown.find((name, ROOT, ROOT)) for name in names}


def refusals(shown: Published) -> Mapping[str, int]:
    """How many were refused by each article, the most first; those that are too few are not named."""
    prefix = f"{Outcome.REFUSED}:"
    held = {cell[0]: count for cell, count in shown.cells.items() if cell[1:] == (ROOT, ROOT)}
    found = {node.removeprefix(prefix): count for node, count in held.items() if node.startswith(prefix)}
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


_PARENTS: Mapping[str, str] = {outcome.value: FINISHED_ALL for outcome in FINISHED}


def _articles(ended: Iterable[Cell]) -> dict[str, str]:
    return {cell[0]: Outcome.REFUSED.value for cell in ended if cell[0].startswith(f"{Outcome.REFUSED}:")}


def _by_leaf(leaves: Mapping[str, Counts]) -> Mapping[Cell, int]:
    """Counted ballots by procedure, then unit: where not both can be told, procedures are worth more."""
    found: Counter[Cell] = Counter()
    for leaf, counts in leaves.items():
        unit, _, procedure = leaf.partition(APART)
        found[procedure or NOT_SAID, unit or NOT_SAID] += counts.counted
    return found


def _response(ballots: Counts, leaves: Mapping[Cell, int], shown: Published) -> Split | None:
    """Those who were invited after a dossier, and who of them rated.

    Taken off all ballots it tells how many came from the counter, which name no procedure. So these must be no small group,
    and where procedures are told, theirs must be told as well: else it would give what is withheld beside it away."""
    answered = ballots.by_channel("dossier")
    others = ballots.counted - answered
    unnamed = sum(count for leaf, count in leaves.items() if leaf[0] == NOT_SAID)
    is_told = not shown.axes or (shown.find((NOT_SAID, ROOT)) is not None and unnamed == others)
    return _split(answered, ballots.numbers.get("invited", 0)) if is_told and _is_group(others) else None


def _split(part: int, whole: int) -> Split | None:
    """A share that may be told: both sides are nobody, or a group."""
    is_told = 0 <= part <= whole and whole > 0 and _is_group(part) and _is_group(whole - part)
    return Split(part, whole) if is_told else None


def _is_group(count: int) -> bool:
    return not count or count >= BOUNDS.public_from


def _added(parts: Sequence[Split | None]) -> Split | None:
    told = [part for part in parts if part is not None]
    if len(told) < len(parts):
        return None
    return Split(sum(part.part for part in told), sum(part.whole for part in told))
