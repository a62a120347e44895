"""The report forms of Decree 61/2018/NĐ-CP as rows: form 01 of officers, 02 of an agency, 03 of agencies beside each other.

For the report's page and sheet. What ballots say is filled in, and only from so many answers as a share would need; what
comes from elsewhere stays open for whoever writes the report, and no class is given before every index is known. Which
index stands in which form, and that the share is points of standard points, is our reading of the forms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from miniapp.ratings.bounds import BOUNDS, Bounds
from miniapp.ratings.counting import Counts
from miniapp.ratings.decree61 import Index, Source, decree
from miniapp.ratings.grading import Total
from miniapp.ratings.points61 import BEST
from miniapp.ratings.scales import Criterion, sheets

OF_OFFICERS = (1, 2, 3, 4, 6, 7)
SHEET = "dossier"  # the sheet that asks for indices


@dataclass(frozen=True, slots=True)
class Entry:
    """One index in a form. `answers`: how many ballots told it, 0 where nobody was asked or answered, None where that is
    not shown or not theirs to tell."""

    index: Index
    points: Fraction | None
    answers: int | None

    @property
    def share(self) -> Fraction | None:
        """Points of standard points, in hundredths."""
        return None if self.points is None else 100 * self.points / BEST


@dataclass(frozen=True)
class Filled:
    """One form, or one block of it: of whom, from how many ballots (None: too few to say), and its indices."""

    node: str
    ballots: int | None
    entries: Sequence[Entry]
    total: Total

    @property
    def standard(self) -> int:
        """What its indices can come to."""
        return BEST * len(self.entries)


def filled(
    node: str,
    counts: Counts,
    numbers: Sequence[int] = (),
    known: Mapping[int, Fraction] | None = None,
    bounds: Bounds = BOUNDS,
) -> Filled:
    """The form of one officer or agency over some indices (all nine); `known`: points that somebody else worked out."""
    indices = [each for each in decree().indices if not numbers or each.number in numbers]
    is_shown = counts.counted >= bounds.hidden_under
    entries = [_entry(each, counts, (known or {}).get(each.number), bounds) for each in indices]
    total = decree().total({each.index.number: each.points for each in entries})
    return Filled(node, counts.counted if is_shown else None, entries, total)


def asked() -> Mapping[int, Criterion]:
    """The criteria of ballots by the index that they tell."""
    return {each.index: each for each in sheets()[SHEET].criteria if each.index}


def telling() -> Mapping[int, Criterion]:
    """The criteria of all sheets by the index that they tell; sheets that ask for an index ask alike."""
    return {each.index: each for sheet in sheets().values() for each in sheet.criteria if each.index}


def _entry(index: Index, counts: Counts, known: Fraction | None, bounds: Bounds) -> Entry:
    if index.source is Source.SYSTEM:
        is_shown = counts.counted >= bounds.hidden_under
        return Entry(index, counts.computed(index.number) if known is None and is_shown else known, None)
    criterion = telling()[index.number]
    answers = sum(counts.option(criterion.code, each.code) for each in criterion.scale.options)
    points = counts.points(criterion) if answers >= bounds.enough_from else None
    if not answers and counts.counted >= bounds.hidden_under:
        return Entry(index, known, 0)
    return Entry(index, known if points is None else points, answers if answers >= bounds.hidden_under else None)
