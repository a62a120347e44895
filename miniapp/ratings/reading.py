"""What officers read of an agency's ratings: a span as a whole, through its time, and told apart. For the dashboard.

Everything comes from counts that were rolled up before, in one call whatever there is to count. Who may see which
breakdown is the asker's to know; what may be shown of it is decided in `overview`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from miniapp.core.spans import Span
from miniapp.ratings.counting import ZERO, Counts, merged
from miniapp.ratings.overview import Part, Whole, parts, whole
from miniapp.ratings.rolled import Breakdown, By


class Counted(Protocol):
    """Where counts are kept."""

    def several(self, agency: str, asked: Iterable[tuple[str, By]]) -> Mapping[tuple[str, By], Breakdown]:
        """Breakdowns of periods; empty for those without ballots."""
        ...


@dataclass(frozen=True)
class Board:
    """One span of one agency. `course` is in the order of time, `parts` begin with the one that has most ballots."""

    span: Span
    whole: Whole
    course: Sequence[Part]
    parts: Sequence[Part]


class Reading:
    """Reads counts of a span and of the one before it."""

    def __init__(self, counts: Counted) -> None:
        self._counts = counts

    def board(self, agency: str, span: Span, by: By) -> Board:
        """What may be shown of a span, told apart by units, procedures or officers."""
        now, before = span.periods, span.before.periods
        asked = [(period, each) for period in now for each in (By.WHOLE, By.TIME, by)]
        asked += [(period, each) for period in before for each in (By.WHOLE, by)]
        held = self._counts.several(agency, asked)
        sums = {
            (which, each): merged(*(held.get((period, each), {}) for period in periods))
            for which, periods in (("now", now), ("before", before))
            for each in (By.WHOLE, By.TIME, by)
        }
        course = parts(sums["now", By.TIME], {})
        return Board(
            span,
            whole(sums["now", By.WHOLE].get(agency, ZERO), sums["before", By.WHOLE].get(agency, ZERO)),
            sorted(course, key=lambda part: part.node),
            parts(sums["now", by], sums["before", by]),
        )

    def told_apart(self, agency: str, span: Span, by: By) -> Mapping[str, Counts]:
        """The counts of a span by a breakdown, for what is worked out of them."""
        held = self._counts.several(agency, [(period, by) for period in span.periods])
        return merged(*held.values())

    def of_agencies(self, agencies: Sequence[str], span: Span) -> Mapping[str, Counts]:
        """The counts of whole agencies, those without ballots too."""
        return {agency: self.told_apart(agency, span, By.WHOLE).get(agency, ZERO) for agency in agencies}
