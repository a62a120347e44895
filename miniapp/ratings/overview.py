"""What officers may see of counts: figures of a whole, and of its parts beside each other. For the dashboard.

Under five ballots nothing is shown of a group, and of a part of a whole neither is another part by which it could be
worked out (`suppression` with officers' bounds). Under thirty only the number of ballots is. Ballots that are set apart
are numbers of what was found wrong, not of what people said: they are always shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from miniapp.ratings.bounds import BOUNDS, Bounds
from miniapp.ratings.counting import ZERO, Counts
from miniapp.ratings.figures import Change, Figure, Standing, compared, response_rate, satisfied_share
from miniapp.ratings.model import Channel
from miniapp.ratings.scales import OVERALL, Scale, scales
from miniapp.ratings.suppression import published
from miniapp.ratings.tables import ROOT, Table

INVITED = "invited"  # among the numbers of a roll-up: how many people were asked to rate
UNNAMED = "-"  # what is told apart by nothing, in a table whose top has no name
LEVELS = "five"  # the widest scale of answers to the whole: it holds every option of the narrower ones


@dataclass(frozen=True, slots=True)
class Part:
    """One unit, procedure or officer: its figures, those of before, and what the two say together."""

    node: str
    satisfied: Figure
    before: Figure
    change: Change
    response: Figure
    apart: int

    @property
    def counted(self) -> int | None:
        """How many ballots; None where nothing is shown."""
        return self.satisfied.inputs.get("counted")


@dataclass(frozen=True)
class Whole:
    """A whole with its levels and reasons. `levels` is empty while there are not enough ballots for shares; a reason
    that fewer than the bound gave has None."""

    part: Part
    levels: Mapping[str, int]
    reasons: Mapping[str, int | None]
    doubts: Mapping[str, int]


def whole(now: Counts, before: Counts = ZERO, bounds: Bounds = BOUNDS) -> Whole:
    """Everything that may be shown of one group."""
    part = _part(ROOT, now, before, bounds)
    is_enough = part.satisfied.standing is Standing.SHOWN
    levels = {each.code: now.option(OVERALL, each.code) for each in levels_scale().options}
    given = sorted(now.reasons().items(), key=lambda each: (-each[1], each[0]))
    reasons = {reason: often if often >= bounds.hidden_under else None for reason, often in given}
    return Whole(
        part,
        {code: often for code, often in levels.items() if often} if is_enough else {},
        reasons if is_enough else {},
        now.doubts(),
    )


def parts(now: Mapping[str, Counts], before: Mapping[str, Counts], bounds: Bounds = BOUNDS) -> Sequence[Part]:
    """A whole told apart, the part with most ballots first; those of which nothing is shown come last."""
    shown_now, shown_before = (shown_parts(each, bounds) for each in (now, before))
    found = [
        _part(
            node,
            counts if node in shown_now else _bare(counts),
            before[node] if node in shown_before else ZERO,
            bounds,
        )
        for node, counts in now.items()
    ]
    return sorted(found, key=lambda part: (-(part.counted or 0), part.node))


def levels_scale() -> Scale:
    """The options of the whole's levels, the best first."""
    return scales()[LEVELS]


def _part(node: str, now: Counts, before: Counts, bounds: Bounds) -> Part:
    mine, theirs = _satisfied(now, bounds), _satisfied(before, bounds)
    answered = response_rate(now.by_channel(Channel.DOSSIER), now.numbers.get(INVITED, 0), bounds)
    return Part(node, mine, theirs, compared(theirs, mine), answered, now.apart)


def _satisfied(counts: Counts, bounds: Bounds) -> Figure:
    return satisfied_share(counts.satisfied(levels_scale()), counts.counted, bounds)


def shown_parts(counts: Mapping[str, Counts], bounds: Bounds = BOUNDS) -> frozenset[str]:
    """The parts that may be shown beside their whole."""
    officers = replace(bounds, public_from=bounds.hidden_under, protection=bounds.hidden_under)
    told = published(Table({(node or UNNAMED,): each.counted for node, each in counts.items()}, ({},)), officers)
    return frozenset(node for node in counts if told.find((node or UNNAMED,)))


def _bare(counts: Counts) -> Counts:
    """What is set apart of a part of which nothing else is shown."""
    return Counts({name: often for name, often in counts.numbers.items() if name == "apart"})
