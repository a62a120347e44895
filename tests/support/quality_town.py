"""A ward with a quarter behind it: dossiers that ended in every way and ballots, by numbers. For tests of public figures."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers.wiring import Services
from miniapp.core.clock import VIETNAM
from miniapp.core.signing import with_new_key
from miniapp.core.tables import transact
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.marks import Marks
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Ground
from miniapp.dossiers.states import Status
from miniapp.dossiers.store import DossierStore
from miniapp.quality.files import KINDS
from miniapp.ratings.ballots import read
from miniapp.ratings.model import Ballot, Channel, Invitation, Place
from miniapp.ratings.scales import sheets
from miniapp.ratings.store import Held
from tests.support.cloud import Cloud
from tests.support.dossiers import STEPS, filed, finished
from tests.support.fakes import StoppedClock

WARD, OTHER = "phuong-hoa-mai", "phuong-hoa-lan"
IN_JANUARY = datetime(2027, 1, 8, 9, 0, tzinfo=VIETNAM)  # the day on which the fourth quarter comes out
AUTUMN = "2026-Q4"
KEYS = with_new_key("", bytes(range(32)), datetime(2026, 1, 1, tzinfo=VIETNAM).date())


class QualityTown:
    """Services at a stopped clock; `ended` and `rated` put rows there as they would have come about."""

    def __init__(self, cloud: Cloud, at: datetime = IN_JANUARY) -> None:
        self.clock = StoppedClock(at)
        settings = replace(cloud.settings, signing_keys=KEYS)
        self.services = Services(settings, clock=self.clock, sleep=lambda seconds: None)
        self.services.bind()
        self.quality = self.services.quality
        self._store, self._number = DossierStore(), 0

    def ended(self, many: int, how: str, at: str = "2026-11-20", agency: str = WARD, **about: str) -> None:
        """So many dossiers that ended on a day, or came on it and are `open`."""
        Marks().remember(agency)
        moment = datetime.fromisoformat(f"{at}T10:00:00+07:00")
        for _ in range(many):
            transact(*self._store.added(self._dossier(how, moment, agency, **about), []))

    def _dossier(
        self, how: str, at: datetime, agency: str, procedure: str = "1.001193", post: str = "", article: str = "Điều 9"
    ) -> Dossier:
        self._number += 1
        code = DossierCode.made("H56.14", at.date(), self._number)
        steps = (replace(STEPS[0], post=post),) if post else ()
        about = {"agency": agency, "code": code, "procedure": procedure, "changed_at": at, "steps": steps, "step": 0}
        if how == "open":
            return replace(filed(at), **about)  # type: ignore[arg-type]
        if how == "refused":
            ground = Ground(article, "Không thuộc thẩm quyền")
            ends = {"status": Status.NOT_RECEIVED, "ground": ground}
            return replace(filed(at), **about, **ends, ended_at=at)  # type: ignore[arg-type]
        done = finished()
        assert done.clock is not None
        due = {"late": at.replace(hour=9), "on_time": at.replace(hour=11), "early": at.replace(year=at.year + 1)}[how]
        clock = replace(done.clock, received=at, due=due)
        return replace(done, **about, filed_at=at, clock=clock, ended_at=at)  # type: ignore[arg-type]

    def rated(self, many: int, day: str = "2026-11-20", invited: int = 0, agency: str = WARD, **about: str) -> None:
        """So many ballots after dossiers on a day, and so many invitations."""
        place = Place(agency, about.get("unit", ""), about.get("procedure", "1.001193"), "off_desk")
        channel = Channel(about.get("channel", "dossier"))
        invitation = Invitation("counter" if channel is Channel.COUNTER else "dossier", channel, place)
        said = read(sheets()[invitation.sheet], {"overall": about.get("overall", "satisfied")})
        for _ in range(many):
            self._number += 1
            transact(*self.services.ballots.cast(Ballot(f"b{self._number}", invitation, day, said), f"{day}T03"))
        for _ in range(invited):
            self._number += 1
            transact(*self.services.ballots.invite(f"t{self._number}", Held(invitation, day), day, f"{day}T03"))

    def published(self, period: str = AUTUMN, agency: str = WARD) -> Mapping[str, bytes]:
        """The files of a period that is out."""
        return {name: self.quality.file(agency, period, name) for name in KINDS}
