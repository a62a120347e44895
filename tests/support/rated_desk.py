"""An agency that is rated: made-up ballots in the store and counted, and counts alone where their number is the point."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from handlers.wiring import Services
from miniapp.core.tables import transact
from miniapp.ratings.ballots import read
from miniapp.ratings.counting import Counts
from miniapp.ratings.model import Ballot, Channel, Invitation, Place
from miniapp.ratings.rolled import By, added, months_of, quarter_of, year_of
from miniapp.ratings.scales import sheets
from tests.service.ratings.test_dashboard import A_YEAR, month
from tests.support.rating_town import WARD

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
    of: str = MONTH,
) -> None:
    """A month's counts as if its ballots had been counted, with its quarter and year of that month alone."""
    by = {each: {} for each in By} | {By.WHOLE: {agency: whole}, By.TIME: {f"{of}-01": whole}} | dict(told)
    services.rating_counts.write(agency, of, {}, by)
    for period in (quarter_of(of), year_of(of)):
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


def busy(services: Services, agency: str) -> None:
    """Two years of counts of an agency that a million people rate each year; no ballot lies below them."""
    chance = Random(31)
    months = {name: month(name, A_YEAR // 12, chance) for year in ("2025", "2026") for name in months_of(year)}
    for held in months.values():
        held[By.WHOLE] = {agency: held[By.WHOLE][WARD]}
        for by in set(By) - {By.LEAF}:
            held[by] = {key: _sound(counts) for key, counts in held[by].items()}
    periods = {name: added({each: months[each] for each in months_of(name)}) for name in _longer("2025", "2026")}
    for period, held in {**months, **periods}.items():
        services.rating_counts.write(agency, period, {}, held)


def _longer(*years: str) -> list[str]:
    return [*years, *(f"{year}-Q{number}" for year in years for number in range(1, 5))]


def _sound(counts: Counts) -> Counts:
    """Numbers made by chance, as many ballots as there are answers to what every ballot answers."""
    answered = sum(often for name, often in counts.numbers.items() if name.startswith("answer.overall."))
    told = {"counted": answered, "channel.dossier": answered // 2, "invited": answered}
    return Counts({**counts.numbers, **told})
