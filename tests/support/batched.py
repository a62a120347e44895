"""A ward with batches of dossiers: ordered, worked on, and what became of each. For tests of batches."""

import pytest

from miniapp.dossiers.batches import HELD_FOR, Batch, Chosen, Deed
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Channel
from miniapp.dossiers.states import Status
from tests.support.cloud import Cloud
from tests.support.dossier_town import NOON, OFFICER, WARD, DossierTown


@pytest.fixture
def town(cloud: Cloud) -> DossierTown:
    return DossierTown(cloud)


def taken(town: DossierTown, count: int) -> list[Dossier]:
    """Dossiers that were received and are on somebody's desk."""
    return [town.taken(key=f"k{place}") for place in range(count)]


def ordered(town: DossierTown, made: list[Dossier], deed: Deed = Deed.TAKE_UP, key: str = "form", **more: str) -> Batch:
    """A batch over dossiers as they are now."""
    batches = town.services.batches
    plan = batches.planned(WARD, deed, OFFICER.id, more.get("officer", ""), Channel.POST, len(made))
    chosen = [Chosen(str(one.code), one.version) for one in made]
    return batches.order(plan, chosen, key=key, begun=NOON)


def worked(town: DossierTown, batch: Batch, most: int = 60) -> Batch:
    """The worker, called as often as its notes ask for; the batch afterwards."""
    for _ in range(most):
        town.services.batches.apply(ApplyBatch(batch.agency, batch.id))
        now = town.services.batches.find(batch.agency, batch.id)
        if not now.is_open:
            return now
    raise AssertionError("it never ends")


def later(town: DossierTown) -> None:
    """The five minutes are over."""
    town.clock.pass_by(seconds=int(HELD_FOR.total_seconds()))


def outcomes(town: DossierTown, batch: Batch) -> dict[str, str]:
    """By the end of a code: moved, waiting, or why not."""
    found = [one for piece in town.services.batches.pieces(batch) for one in piece.outcomes]
    return {one.chosen.code[-4:]: "moved" if one.is_moved else one.problem or "waiting" for one in found}


def statuses(town: DossierTown, made: list[Dossier]) -> list[Status]:
    return [town.office.find(one.agency, str(one.code)).status for one in made]


def worked_on(town: DossierTown, batch: Batch) -> dict[str, str]:
    later(town)
    worked(town, batch)
    return outcomes(town, batch)
