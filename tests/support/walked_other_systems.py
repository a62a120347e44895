"""The walk of every page among an agency's other systems: their keys and their files, in every state."""

from __future__ import annotations

from datetime import date

from miniapp.accounts.access import Operator
from miniapp.accounts.machine_key import Scope
from miniapp.exports.model import Order
from tests.support.dossier_sheets import line, table
from tests.support.looking import Visitor
from tests.support.site import AGENCY
from tests.support.walked_town import CONSOLE, Town, act

KEYS, FILES = f"{CONSOLE}/co-quan/khoa", f"{CONSOLE}/ho-so/nap"
MOMENTS = {"received": "15/07/2026 09:00", "due": "20/07/2026 09:00"}


def with_keys_of_other_systems(town: Town, by: Visitor) -> None:
    """None, the form, what is wrong with it, one that is made, all of them, one revoked."""
    keys = town.services.accounts.machine_keys
    for part in ("", "/moi"):
        town.walk.visit(by, KEYS + part)
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{KEYS}/moi{language}")
        by.page.evaluate("document.querySelectorAll('form').forEach(one => one.noValidate = true)")
        act(town, by, f"key wrong{language}", name=" ")
        by.page.goto(f"{town.walk.base}{KEYS}/moi{language}")
        by.page.locator("main [name=scopes]").first.check()
        typed = {"name": "Một cửa", "last_day": "31", "last_day-month": "12", "last_day-year": "2026"}
        act(town, by, f"key made{language}", **typed)
    gone = keys.make(AGENCY, "Một cửa cũ", frozenset(Scope), date(2026, 12, 31), by=Operator()).key
    town.walk.visit(by, f"{KEYS}/{gone.id}/thu-hoi")
    keys.revoke(AGENCY, gone.id, by=Operator())
    town.walk.visit(by, KEYS)


def with_files_of_other_systems(town: Town, by: Visitor) -> None:
    """None, one that is no table, what another would do, one under way, one that is done with problems."""
    town.walk.visit(by, FILES)
    body = table(line(1, 4, **MOMENTS), line(2, "x", **MOMENTS))
    for language in ("", "?lang=en"):
        for name, sent in (("refused", b"%PDF-1.7\n"), ("looked at", body)):
            by.page.goto(f"{town.walk.base}{FILES}{language}")
            by.page.locator("#f-file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": sent})
            act(town, by, f"dossiers' file {name}{language}")
    held = town.services.sheet_imports.begin(AGENCY, body, "a.csv", town.other.id)
    town.walk.visit(by, f"{FILES}/{held.id}")
    town.services.sheet_imports.resume_all()
    for part in ("", f"/{held.id}"):
        town.walk.visit(by, FILES + part)


def with_lists_as_files(town: Town, by: Visitor) -> None:
    """None, a month that is none, one that waits, one that can be fetched and its link, one that is kept no longer."""
    files, exports = f"{CONSOLE}/tep-xuat", town.services.exports
    town.walk.visit(by, files)
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{files}{language}")
        by.page.locator("#f-from").fill("13/2026")
        town.walk._rendered.clear()
        with by.page.expect_navigation():
            by.page.locator("main button[value=ended]").click()
        town.walk.look(by, f"months that are none{language}")
    made = [exports.order(Operator(), AGENCY, Order("dossiers")) for _ in range(2)]
    town.walk.visit(by, f"{files}/{made[0].id}")
    town.services.export_writing.resume_all()
    for part in ("", f"/{made[0].id}"):
        town.walk.visit(by, files + part)
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{files}/{made[0].id}{language}")
        act(town, by, f"link of a file{language}")
