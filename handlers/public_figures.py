"""What is published of agencies, wired by hand: the part of the services that stands over dossiers and ratings.

For `wiring`, which builds on it. Each part is made on first use: a page that needs no figures pays for none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from handlers.ground import Ground

if TYPE_CHECKING:  # these are imported where they are made
    from miniapp.quality.gathering import Gathering
    from miniapp.quality.service import Quality


class PublicFigures(Ground):
    """Figures for everybody."""

    @cached_property
    def quality_gathering(self) -> Gathering:
        from miniapp.dossiers.store import DossierStore
        from miniapp.quality.gathering import Gathering

        return Gathering(DossierStore(), self.clock)

    @cached_property
    def quality(self) -> Quality:
        from handlers.downloads import as_csv
        from miniapp.quality.service import Quality
        from miniapp.quality.store import IssueStore
        from miniapp.ratings.rollup_store import RollUps

        gathering = self.quality_gathering
        return Quality(IssueStore(), gathering, RollUps(), self.files, self.signer, self.audit, self.clock, as_csv)

    def publish_quality(self) -> int:
        """Publish what is due of every agency that has dossiers; how many periods came out."""
        from miniapp.dossiers.marks import Marks
        from miniapp.ratings.rolling_up import RollingUp
        from miniapp.ratings.rollup_store import RollUps
        from miniapp.ratings.store import BallotStore

        agencies = [held.agency for held in Marks().agencies()]
        return self.quality.run(agencies, RollingUp(BallotStore(), RollUps(), self.clock).run)
