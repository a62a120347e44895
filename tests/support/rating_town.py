"""A ward that is rated, at a stopped clock, and what proves that its counts are those of its rows. For tests of ratings."""

from collections.abc import Iterable
from datetime import datetime

from handlers.wiring import Services
from miniapp.core.clock import VIETNAM, iso
from miniapp.core.tables import transact
from miniapp.ratings.model import Ballot, Channel, Invitation, Place
from miniapp.ratings.rolled import By
from miniapp.ratings.rolling_up import Difference, days_between
from tests.support.cloud import Cloud
from tests.support.fakes import StoppedClock

WARD, OTHER = "phuong-hoa-mai", "phuong-hoa-lan"
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
DAY = "2026-11-20"
HOUR = iso(MORNING)[:13]
ABOUT = Place(WARD, "mot-cua", "1.001193", "off_desk")
AT_COUNTER = Invitation("counter", Channel.COUNTER, ABOUT)


class RatingTown:
    """Services, ballots in the store, and their counts."""

    def __init__(self, cloud: Cloud) -> None:
        self.clock = StoppedClock(MORNING)
        self.services = Services(cloud.settings, clock=self.clock, sleep=lambda seconds: None)
        self.services.bind()
        self.store, self.counts, self.rolling_up = (
            self.services.ballots,
            self.services.rating_counts,
            self.services.rolling_up,
        )

    def cast(self, *ballots: Ballot) -> None:
        """Ballots as they come."""
        for ballot in ballots:
            transact(*self.store.cast(ballot, HOUR))

    def change(self, before: Ballot, after: Ballot) -> None:
        """A ballot as it became."""
        transact(*self.store.changed(before, after, HOUR))

    def counted(self, agency: str, period: str, by: By = By.WHOLE) -> dict[str, int]:
        """How many ballots are counted, by key."""
        return {key: counts.counted for key, counts in self.counts.read(agency, [period], by).items()}

    def differences(self, agency: str = WARD, days: Iterable[str] = ()) -> list[Difference]:
        """Where counts are not those of the rows; of a whole year unless days are named."""
        return list(self.rolling_up.differences(agency, days or days_between("2026-01-01", "2026-12-31")))
