"""The walk of every page of ratings at the desk: nothing there, few ballots, many, what people wrote and its answers."""

from __future__ import annotations

from dataclasses import replace

from miniapp.accounts.access import Operator
from miniapp.ratings.model import Doubt
from miniapp.ratings.rolled import By
from tests.support.looking import Visitor
from tests.support.rated_desk import PROCEDURE, UNIT, cast, counted, said, tally
from tests.support.site import AGENCY
from tests.support.walked_town import CONSOLE, Town, act

BASE = f"{CONSOLE}/danh-gia"
LONG = " ".join(["Phải đi lại nhiều lần vì mỗi lần thiếu một giấy tờ khác nhau."] * 8)


def reading_ratings(town: Town, by: Visitor) -> None:
    """Every page without ballots, with a few, with many; an answer that comes back, and one that is sent."""
    for part in ("", "/y-kien", "/bao-cao"):
        town.walk.visit(by, f"{BASE}{part}?ky=2020-Q1")
    naming_counters(town, by)
    stating_addresses(town, by)
    apart = replace(said("w5", LONG, AGENCY).set_apart((Doubt.BURST,)), version=1)
    few = [said(f"w{at}", LONG, AGENCY, reasons=("time", "many_trips")) for at in range(5)]
    cast(town.services, *few, apart)
    for part in ("", "?theo=thu-tuc", "?theo=can-bo", "/y-kien", "/y-kien?q=khong", "/y-kien/w1", "/bao-cao"):
        town.walk.visit(by, f"{BASE}{part}")
    for part in ("", "?ky=2020", "/2026-07-10", "/2020-01-01"):
        town.walk.visit(by, f"{BASE}/de-rieng{part}")
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{BASE}/de-rieng/2026-07-10{language}")
        act(town, by, f"review without a reason{language}", **{"reason-1": " "})
    whole = tally(90, 40, apart=3, doubt_burst=3, reason_time=20, reason_attitude=3)
    told = {By.UNIT: {UNIT: whole}, By.PROCEDURE: {PROCEDURE: whole}, By.OFFICER: {town.me.id: whole}}
    counted(town.services, AGENCY, whole, told, "2025-07")
    counted(town.services, AGENCY, tally(130), {By.UNIT: {UNIT: tally(130)}}, "2025-06")
    for part in ("?ky=2025-07", "?ky=2025-07&theo=can-bo", "/bao-cao?ky=2025-07"):
        town.walk.visit(by, f"{BASE}{part}")
    for at, language in enumerate(("", "?lang=en")):
        by.page.goto(f"{town.walk.base}{BASE}/y-kien/w{at}{language}")
        act(town, by, f"answer weak{language}", text="Cảm ơn ông bà.")
        by.page.locator("main form[method=post] button").first.click()
        by.page.wait_for_load_state()
        town.walk.look(by, f"{by.name} answer sent{language}")


def naming_counters(town: Town, by: Visitor) -> None:
    """No counter, a name that is none, one that is added, its screen, and before it is taken away."""
    counters = f"{BASE}/quay"
    town.walk.visit(by, counters)
    for at, language in enumerate(("", "?lang=en")):
        for name in ("…", f"Quầy {at}"):
            by.page.goto(f"{town.walk.base}{counters}{language}")
            act(town, by, f"counter {name}{language}", name=name)
    for below in ("/quay-1", "/quay-1/bo"):
        town.walk.visit(by, counters + below)


def stating_addresses(town: Town, by: Visitor) -> None:
    """No shared address, some that are wrong, some that are kept, and what another one saved meanwhile."""
    addresses = f"{BASE}/dia-chi-chung"
    town.walk.visit(by, addresses)
    for at, language in enumerate(("", "?lang=en")):
        for name, typed in (("wrong", "wifi"), ("kept", f"113.160.1.2{at}\n2401:d800:1:2::/64")):
            by.page.goto(f"{town.walk.base}{addresses}{language}")
            act(town, by, f"addresses {name}{language}", addresses=typed)
        by.page.goto(f"{town.walk.base}{addresses}{language}")
        held = town.services.shared_addresses.of(AGENCY)
        town.services.shared_addresses.state(AGENCY, f"113.160.1.3{at}", held.version, by=Operator())
        act(town, by, f"addresses of two{language}", addresses="113.160.1.40")
    town.walk.visit(by, addresses)
