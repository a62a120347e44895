"""An agency that is rated: made-up ballots in the store and counted, and counts alone where their number is the point."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.wiring import Services
from miniapp.core.tables import transact
from miniapp.ratings.ballots import read
from miniapp.ratings.counting import Counts
from miniapp.ratings.model import Ballot, Channel, Invitation, Place
from miniapp.ratings.rolled import By, added, months_of, quarter_of, year_of
from miniapp.ratings.scales import sheets

MONTH, QUARTER = "2026-07", "2026-Q3"
HOUR = "2026-07-16T01"
UNIT, PROCEDURE = "Bộ phận Một cửa", "1.001193"


def tally(satisfied: int, dissatisfied: int = 0, **more: int) -> Counts:
    """Counts of so many ballots by dossiers; `reason_time=3` and the like for more."""
    counted = satisfied + dissatisfied
    told = {"counted": counted, "channel.dossier": counted, "invited": 2 * counted}
    told |= {"answer.overall.satisfied": satisfied, "answer.overall.dissatisfied": dissatisfied}
    told |= {name.replace("_", ".", 1): often for name, often in more.items()}
    return Counts({name: often for name, often in told.items() if often})


def counted(
    services: Services,
    agency: str,
    whole: Counts,
    told: Mapping[By, Mapping[str, Counts]],
    month: str = MONTH,
) -> None:
    """A month's counts as if its ballots had been counted, with its quarter and year of that month alone."""
    by = {each: {} for each in By} | {By.WHOLE: {agency: whole}, By.TIME: {f"{month}-01": whole}} | dict(told)
    services.rating_counts.write(agency, month, {}, by)
    for period in (quarter_of(month), year_of(month)):
        held = services.rating_counts.whole(agency, [period])[period][0]
        months = services.rating_counts.whole(agency, months_of(period))
        services.rating_counts.write(agency, period, held, added({each: months[each][1] for each in months}))


def said(
    id: str,
    words: str,
    agency: str,
    level: str = "dissatisfied",
    reasons: tuple[str, ...] = (),
    officer: str = "",
    day: str = "2026-07-10",
    procedure: str = PROCEDURE,
) -> Ballot:
    """A ballot with words."""
    place = Place(agency, UNIT, procedure, officer)
    return Ballot(
        id,
        Invitation("dossier", Channel.DOSSIER, place),
        day,
        read(sheets()["dossier"], {"overall": level}, reasons, words),
    )


def cast(services: Services, *ballots: Ballot) -> None:
    """Ballots as they come, and counted."""
    for ballot in ballots:
        transact(*services.ballots.cast(ballot, HOUR))
    services.rolling_up.run()
