"""How a dossier begins: filed, then received with an appointment, or refused by law.

At a desk filing and receiving are one visit, and so two moves at one moment."""

from datetime import datetime

from miniapp.core.clock import iso
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.time_limits import TimeLimit
from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import Clock, answer_by
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import By, Happened
from miniapp.dossiers.model import Dossier, Move, told
from miniapp.dossiers.parts import Applicant, Channel, Ground, Step
from miniapp.dossiers.states import Status

STEPS_MOST = 30


def file(
    agency: str, code: DossierCode, procedure: tuple[str, str], channel: Channel, who: Applicant, by: By, at: datetime
) -> Move:
    """A new dossier; of its procedure the code, and the name that it has today."""
    number, name = procedure
    dossier = Dossier(agency, code, number, name, channel, who, filed_at=at, changed_at=at)
    return told(dossier, Happened.FILED, by, procedure=number, channel=channel.value)


def receive(
    dossier: Dossier, limit: TimeLimit, steps: tuple[Step, ...], by: By, at: datetime, calendar: Calendar
) -> Move:
    """Received by the officer who does it, with its steps and an appointment; its clock runs from now."""
    if dossier.status is not Status.FILED:  # back here after a supplement leads another way, which keeps the clock
        raise Conflict("dossier_move_not_allowed", was=dossier.status.value, wanted=Status.RECEIVED.value)
    if not steps or len(steps) > STEPS_MOST or not all(step.name.strip() and step.post.strip() for step in steps):
        raise Invalid("dossier_steps_shape", field="steps", most=STEPS_MOST)
    at = dossier.moment(at)
    clock = Clock.started(at, limit, calendar)
    after = dossier.moved(Status.RECEIVED, at, steps=steps, step=0, officer=by.id, clock=clock)
    late = dossier.channel is Channel.ONLINE and at > answer_by(dossier.filed_at, calendar)
    due = iso(clock.due) if clock.due else None
    return told(after, Happened.RECEIVED, by, due=due, post=after.post, answered_late=late)


def refuse(dossier: Dossier, ground: Ground, by: By, at: datetime, calendar: Calendar) -> Move:
    """Not received, with the law that says why (phiếu từ chối, mẫu 03)."""
    at = dossier.moment(at)
    after = dossier.moved(Status.NOT_RECEIVED, at, ground=ground, ended_at=at)
    late = dossier.channel is Channel.ONLINE and at > answer_by(dossier.filed_at, calendar)
    return told(after, Happened.REFUSED, by, article=ground.article, answered_late=late)
