"""Publishes a quarter of an agency once, eight days after its end, and its year behind the fourth. For the clock and the command.

First what the period tells is written down, and from then on it is never worked out again: whoever dies and whoever comes
second goes on with that. Then its files, whose bytes follow from it; then, in one transaction with the entry in the trail,
that it is out. So nothing is ever half out, and what is out never changes."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, time

from miniapp.audit.model import Event
from miniapp.audit.service import Audit
from miniapp.core import log
from miniapp.core.clock import VIETNAM, Clock, local_day
from miniapp.core.errors import Conflict, Invalid, NotFound, Problem, Refused, Unavailable
from miniapp.core.files import Files
from miniapp.core.signing import Signer
from miniapp.quality.files import KINDS, AsCsv, Issue, files_of, sealed
from miniapp.quality.gathering import Gathering
from miniapp.quality.model import measured
from miniapp.quality.sets import Told, of_quarter, of_year
from miniapp.quality.store import IssueStore
from miniapp.ratings.counting import ZERO, Counts
from miniapp.ratings.periods import Quarter
from miniapp.ratings.rolled import By
from miniapp.ratings.rollup_store import RollUps
from miniapp.ratings.scales import sheets

BUCKET = "packs"
BY = "system:quality"
FILE_MOST = 20_000_000
QUARTERS = 4
PERIOD = re.compile("20[0-9]{2}(-Q[1-4])?")


def name_of(quarter: Quarter) -> str:
    """What a quarter is called: 2026-Q3."""
    return f"{quarter.year}-Q{quarter.number}"


def check_period(period: str) -> None:
    """Raise unless it is how a quarter or a year is called."""
    if not PERIOD.fullmatch(period):
        raise Invalid("quality_period_shape", field="period")


def quarter_named(period: str) -> Quarter:
    """The quarter that is called so."""
    year, _, number = period.partition("-Q")
    return Quarter(int(year), int(number))


def key_of(agency: str, period: str, name: str) -> str:
    """Where a file of a period lies."""
    return f"quality/{agency}/{period}/{name}"


class Quality:
    """What is published, and publishing it."""

    def __init__(
        self,
        store: IssueStore,
        gathering: Gathering,
        counts: RollUps,
        files: Files,
        signer: Signer,
        audit: Audit,
        clock: Clock,
        as_csv: AsCsv,
    ) -> None:
        self._store = store
        self._gathering = gathering
        self._counts = counts
        self._files = files
        self._signer = signer
        self._audit = audit
        self._clock = clock
        self._as_csv = as_csv

    # What people read.

    def out(self, agency: str) -> Sequence[Issue]:
        """What is out, the newest first; a year stands before its quarters."""
        return sorted(self._store.out(agency), key=lambda issue: _order(issue.period), reverse=True)

    def file(self, agency: str, period: str, name: str) -> bytes:
        """A file of what is out; NotFound `quality_file_unknown`."""
        if name not in KINDS or not self._store.is_out(agency, period):
            raise NotFound("quality_file_unknown")
        return self._files.get(BUCKET, key_of(agency, period, name), FILE_MOST)

    def coming(self, today: str) -> Quarter:
        """The quarter that comes out next."""
        quarter = Quarter.of(today)
        before = _before(quarter)
        return before if before.published_from > today else quarter

    # What the clock does.

    def run(self, agencies: Sequence[str], settled: Callable[[], object]) -> int:
        """Publish what is due at these agencies; how many periods came out. `settled` brings counts of ballots up to date."""
        due = [(agency, period) for agency in agencies for period in self._due(agency)]
        if due:
            settled()
        return sum(self._is_published(agency, period) for agency, period in due)

    def publish(self, agency: str, period: str) -> bool:
        """Publish a period; whether it came out now. Refused `quality_too_early` before its day."""
        check_period(period)
        if self._store.is_out(agency, period):
            return False
        issue = self._store.find(agency, period)
        if issue is None:
            with suppress(Conflict):  # somebody else has written down what it tells
                self._store.keep(Issue(agency, period, self._clock.now(), self._told(agency, period)))
            issue = self._store.find(agency, period)
        if issue is None:
            raise Conflict("quality_made")
        bodies = files_of(issue, self._as_csv)
        seal = sealed(issue, bodies, self._signer)
        if seal is None:
            raise Refused("quality_unsigned")
        for name, body in {**bodies, **seal}.items():
            self._files.put(BUCKET, key_of(agency, period, name), body, KINDS[name])
        event = Event("quality_published", period=period)
        try:
            self._audit.commit(event, agency=agency, by=BY, writes=self._store.release(issue))
        except Conflict:
            return False
        return True

    def _due(self, agency: str) -> Iterator[str]:
        """Periods that should be out and are not: behind the last one that is, or the newest where none is yet."""
        today = local_day(self._clock.now())
        known = {issue.period for issue in self._store.out(agency)}
        quarter = _before(self.coming(today))
        wanted = [quarter]
        while known and name_of(wanted[0]) not in known and len(wanted) < QUARTERS * QUARTERS:
            wanted.insert(0, _before(wanted[0]))
        for each in wanted:
            if name_of(each) not in known:
                yield name_of(each)
            quarters = {name_of(Quarter(each.year, number)) for number in range(1, QUARTERS + 1)}
            if each.number == QUARTERS and str(each.year) not in known and quarters <= known | {name_of(each)}:
                yield str(each.year)

    def _is_published(self, agency: str, period: str) -> bool:
        try:
            return self.publish(agency, period)
        except Unavailable:
            raise
        except Problem as failure:  # one agency's trouble keeps no other from it
            log.warning("quality_not_published", agency=agency, code=failure.code)
            return False

    def _told(self, agency: str, period: str) -> Told:
        if "-" not in period:
            return self._year(agency, int(period))
        quarter = quarter_named(period)
        if local_day(self._clock.now()) < quarter.published_from:
            raise Refused("quality_too_early", day=quarter.published_from)
        end = datetime.combine(datetime.fromisoformat(quarter.following.first_day), time(), VIETNAM)
        lines = self._gathering.lines(agency, quarter.first_day)
        dossiers = measured(lines, quarter.first_day, quarter.last_day, end)
        found = self._counts.several(agency, [(period, By.LEAF), (period, By.WHOLE)])
        ballots = found[period, By.WHOLE].get(agency, ZERO)
        return of_quarter(dossiers, found[period, By.LEAF], ballots, _satisfied(ballots))

    def _year(self, agency: str, year: int) -> Told:
        quarters = []
        for number in range(1, QUARTERS + 1):
            period = name_of(Quarter(year, number))
            issue = self._store.find(agency, period) if self._store.is_out(agency, period) else None
            if issue is None:
                raise Refused("quality_quarters_lack", period=period)
            quarters.append(issue.told)
        return of_year(quarters)


def _satisfied(ballots: Counts) -> int:
    """Ballots that count as satisfied; a sheet's options differ only in how they are called."""
    sheet = sheets()["dossier"]
    return ballots.satisfied(sheet.criteria[0].scale)


def _before(quarter: Quarter) -> Quarter:
    back = quarter.number == 1
    return Quarter(quarter.year - back, QUARTERS if back else quarter.number - 1)


def _order(period: str) -> tuple[int, int]:
    """Where a period stands among others: a year behind its quarters."""
    year, _, number = period.partition("-Q")
    return int(year), int(number or QUARTERS + 1)
