"""The town of the walk of every page: what stands, who walks, and the one act that all states are brought about by."""

from __future__ import annotations

from miniapp.accounts.access import Role
from miniapp.agencies.store import AgencyStore
from tests.support import officers
from tests.support.cloud import Cloud
from tests.support.looking import Visitor, Walk
from tests.support.officers import Desk
from tests.support.score_desk import ScoreDesk
from tests.support.site import AGENCY, LOGIN, Site
from tests.support.walking import stops

NO_PAGES = ("/.well-known", "/assets", "/api", "/healthz", "/readyz")
CONSOLE = f"/console/{AGENCY}"


class Town:
    """What stands, who walks, and the acts that bring a state about."""

    def __init__(self, made: Site, cloud: Cloud, walk: Walk) -> None:
        self.site, self.cloud, self.walk = made, cloud, walk
        self.services = made.services
        held = made.held.desk
        self.me = Desk(held.id, LOGIN, held.secret, held.recovery, made.services.accounts, made.clock)
        AgencyStore().placed({"": made.held.agencies})
        self.other = officers.officer(made.services.accounts, made.clock, "minh@phuyen.gov.vn", AGENCY, *Role)
        self.desk = ScoreDesk(made.services, AGENCY, self.me, self.other)

    def everywhere(self, prefix: str) -> list[str]:
        """Every address that anybody may ask for, below a prefix."""
        found = dict.fromkeys(stop.address for stop in stops(self.site, "GET"))
        return [one for one in found if one.startswith(prefix) and not one.startswith(NO_PAGES)]


def act(town: Town, by: Visitor, name: str, /, **typed: str) -> None:
    """Fill the form of the page that stands there, send it, look at what comes."""
    page = by.page
    town.walk._rendered.clear()
    for field, text in typed.items():
        page.locator(f"main #f-{field}").fill(text)
    with page.expect_navigation():
        page.locator("main form[method=post] button:not([type=button])").first.click()
    town.walk.look(by, f"{by.name} {name}")
