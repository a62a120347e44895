"""How a dossier ends: finished and its result handed over, stopped by law, or withdrawn by whoever asked."""

from datetime import datetime

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict
from miniapp.dossiers.events import By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import Channel, Ground
from miniapp.dossiers.states import Status


def finish(dossier: Dossier, by: By, at: datetime) -> Move:
    """The result is ready; whether in time is decided by this moment."""
    at = dossier.moment(at)
    after = dossier.moved(Status.FINISHED, at, ended_at=at)
    late = after.lateness(at)
    return told(after, Happened.FINISHED, by, lateness=late.value if late else None)


def hand_over(dossier: Dossier, channel: Channel, by: By, at: datetime) -> Move:
    """The result is in the hands of whoever asked, by one way or another."""
    at = dossier.moment(at)
    after = dossier.moved(Status.RETURNED, at, returned_at=at, returned_by=channel)
    return told(after, Happened.RETURNED, by, channel=channel.value)


def stop(dossier: Dossier, ground: Ground, by: By, at: datetime) -> Move:
    """Stopped by law (TT 03/2025/TT-VPCP, article 7); while papers are waited for, only when their deadline is over."""
    at = dossier.moment(at)
    asked = dossier.supplement
    if dossier.status is Status.SUPPLEMENT and asked is not None and at <= asked.deadline:
        raise Conflict("supplement_still_open", deadline=iso(asked.deadline))
    after = dossier.moved(Status.STOPPED, at, ground=ground, ended_at=at)
    return told(after, Happened.STOPPED, by, article=ground.article, status_before=dossier.status.value)


def withdraw(dossier: Dossier, by: By, at: datetime) -> Move:
    """Taken back by whoever asked; an officer may write it down for somebody who says so at the desk."""
    at = dossier.moment(at)
    after = dossier.moved(Status.WITHDRAWN, at, ended_at=at)
    return told(after, Happened.WITHDRAWN, by, status_before=dossier.status.value)
