"""Spans of months that officers look at: a month, a quarter, half a year, nine months, a year, and the one before each.

For the dashboard and the reports. Officers see a span while it goes on, the public only what `periods` lets out. A span
is compared with the one just before it; the first nine months, which overlap with what is before, with those of the
year before. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from miniapp.core.errors import Invalid

MONTHS = 12
FIRST_YEAR, LAST_YEAR = 2000, 2999
_WRITTEN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-(Q[1-4])|-(H[12])|-(9M))?\Z", re.ASCII)


class Kind(StrEnum):
    """How long a span is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE = "nine_months"
    YEAR = "year"


LENGTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.NINE: 9, Kind.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """One span: which year, and which of its kind in it, from 1."""

    kind: Kind
    year: int
    number: int = 1

    @classmethod
    def read(cls, text: str) -> "Span":
        """From its code; Invalid `rating_span_shape`."""
        found = _WRITTEN.match(text)
        if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise Invalid("rating_span_shape", field="ky")
        year, month, quarter, half, nine = found.groups()
        if month:
            return cls(Kind.MONTH, int(year), int(month))
        if quarter or half:
            return cls(Kind.QUARTER if quarter else Kind.HALF, int(year), int((quarter or half)[1]))
        return cls(Kind.NINE if nine else Kind.YEAR, int(year))

    @classmethod
    def of(cls, day: str, kind: Kind) -> "Span":
        """The span of a kind in which a day lies; of a day in October or later, the nine months that ended."""
        held = date.fromisoformat(day)
        return cls(kind, held.year, 1 if kind is Kind.NINE else (held.month - 1) // LENGTHS[kind] + 1)

    @property
    def code(self) -> str:
        """As addresses name it: 2026-07, 2026-Q3, 2026-H1, 2026-9M, 2026."""
        last = {
            Kind.MONTH: f"-{self.number:02}",
            Kind.QUARTER: f"-Q{self.number}",
            Kind.HALF: f"-H{self.number}",
            Kind.NINE: "-9M",
            Kind.YEAR: "",
        }
        return f"{self.year:04}{last[self.kind]}"

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2026-07."""
        length = LENGTHS[self.kind]
        first = length * (self.number - 1) + 1
        return tuple(f"{self.year:04}-{month:02}" for month in range(first, first + length))

    @property
    def periods(self) -> tuple[str, ...]:
        """The months, quarters or years of which its counts are the sum; none of them has a day in common."""
        if self.kind in (Kind.HALF, Kind.NINE):
            quarters = LENGTHS[self.kind] // LENGTHS[Kind.QUARTER]
            first = quarters * (self.number - 1) + 1
            return tuple(f"{self.year:04}-Q{quarter}" for quarter in range(first, first + quarters))
        return (self.code,)

    @property
    def last_day(self) -> str:
        """Its last day."""
        year, month = int(self.months[-1][:4]), int(self.months[-1][5:])
        following = date(year + month // MONTHS, month % MONTHS + 1, 1)
        return (following - timedelta(1)).isoformat()

    @property
    def before(self) -> "Span":
        """What it is compared with."""
        return self._moved(-1)

    @property
    def following(self) -> "Span":
        """The one of which it is the one before."""
        return self._moved(1)

    def _moved(self, by: int) -> "Span":
        each_year = 1 if self.kind is Kind.NINE else MONTHS // LENGTHS[self.kind]
        place = self.year * each_year + self.number - 1 + by
        return Span(self.kind, place // each_year, place % each_year + 1)
