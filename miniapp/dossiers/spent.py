"""How much working time a finished dossier took, beside what its rule allows. For figures of Decree 61; pure.

What an apology promised is no rule: who needed a new date was longer than allowed. Time in which the clock stood counts for
nobody. How long each post may take stands in no rule, so posts are told apart only where a single one had it all along."""

from dataclasses import dataclass, replace

from miniapp.core.workdays import Calendar
from miniapp.dossiers.clock import MINUTE
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.states import DONE


@dataclass(frozen=True, slots=True)
class Spent:
    """Minutes of office hours that were taken and that were allowed, and whether one post had it all along."""

    taken: int
    allowed: int
    is_of_one_post: bool


def spent(dossier: Dossier, calendar: Calendar) -> Spent | None:
    """What a finished dossier took; None where only words limit it, or it is not finished."""
    clock, ended = dossier.clock, dossier.ended_at
    if clock is None or ended is None or dossier.status not in DONE:
        return None
    until = replace(clock, pauses=(), promise=None).reckoned(calendar).due
    if until is None:
        return None
    allowed, taken = calendar.time_worked(clock.received, until), clock.worked(clock.received, ended, calendar)
    return Spent(taken // MINUTE, allowed // MINUTE, len({step.post for step in dossier.steps}) == 1)
