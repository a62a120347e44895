"""Figures of use as the clock leaves them, for pages that show them."""

from handlers.wiring import Services
from miniapp.core.clock import iso


def used(services: Services, agency: str, day: str, above: tuple[str, ...] = (), **times: int) -> None:
    """A day of an agency, and of those that stood above it then; facts of a kind follow two low lines."""
    looked = iso(services.clock.now())
    tally = {name.replace("__", "/"): often for name, often in times.items()}
    services.usage.write_day(agency, day, above, tally, looked)
    for upper in above:
        services.usage.write_total(upper, day, looked)


BUSY = {
    "pages_visited__yes": 1_200,
    "pages_visited__no": 300,
    "scores_looked_up__typed": 42,
    "scores_looked_up__found": 40,
    "scores_looked_up__nothing": 2,
    "procedures_searched__unsure": 7,
    "dossiers_followed__link": 5,
    "dossiers_taken_in__system": 3,
    "procedures_judged__no": 1,
}
