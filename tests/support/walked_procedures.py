"""The walk of every page among procedures and calendars: the states that only an act or another officer brings about."""

from __future__ import annotations

from dataclasses import replace

from miniapp.core.ids import NATION
from miniapp.core.workdays import DayKind, Hours
from tests.support.looking import Visitor
from tests.support.site import AGENCY
from tests.support.walked_town import CONSOLE, Town, act


def looking_for_procedures(town: Town, by: Visitor) -> None:
    """The search: found, in doubt, told so, a life event; one procedure with answers and with problems."""
    base = f"/{AGENCY}/thu-tuc"
    for query in ("q=giay chung tu", "q=cắt tóc gội đầu", "q=cắt tóc gội đầu&da-gui=1", "viec=birth", "viec=khong-co"):
        town.walk.visit(by, f"{base}?{query}")
    for query in ("nhan-day=20&nhan-month=11&nhan-year=2026&gio=15:40&so-ban=3", "nhan-day=31&gio=x&so-ban=x"):
        town.walk.visit(by, f"{base}/1.004884?{query}")


def asking_for_papers(town: Town, by: Visitor) -> None:
    """The personal checklist of a procedure: untouched, half answered, whole, refused; and of one that there is not."""
    base = f"/{AGENCY}/thu-tuc/3.000333/giay-to"
    half = f"{base}?c-ai=khac&c-mien=co"
    for address in (base, half, f"{half}&c-phieuuq=mot&c-cach=quay", f"{half}&c-phieuuq=hai&c-cach=quay"):
        town.walk.visit(by, address)
    town.walk.visit(by, f"/{AGENCY}/thu-tuc/khong-co/giay-to")


def with_a_calendar_of_its_own(town: Town, by: Visitor) -> None:
    """Days and hours of the agency's own, one about to be taken away, and another admin who was faster."""
    calendars = town.services.calendars
    calendars.set_days(AGENCY, 0, {"2026-11-28": DayKind.WORKING}, "21/TB-SGDĐT", town.other.id)
    calendars.set_hours(AGENCY, 1, Hours((450, 690), (810, 1035)), "22/TB-SGDĐT", town.other.id)
    for part in ("", "/bo/2026-11-28", "/gio", "/ngay?ngay=2026-11-28"):
        town.walk.visit(by, f"{CONSOLE}/lich-lam-viec{part}")
    for version, language in enumerate(("", "?lang=en"), start=2):
        by.page.goto(f"{town.walk.base}{CONSOLE}/lich-lam-viec/bo/2026-11-28{language}")
        calendars.set_days(AGENCY, version, {f"2026-12-0{version}": DayKind.MORNING}, "23/TB-SGDĐT", town.other.id)
        act(town, by, f"calendar meanwhile{language}", document="24/TB-SGDĐT")


def with_procedures_of_its_own(town: Town, by: Visitor) -> None:
    """A procedure previewed, saved, dated, changed above meanwhile; a file that is reported on."""
    office, desk = town.services.procedure_office, town.services.procedure_desk
    base, code = f"{CONSOLE}/thu-tuc", "1.001193"

    def edit(day: str = "", **fields: str) -> None:
        mark = desk.state(AGENCY, code).mark
        office.edit(AGENCY, code, fields, by=town.other.id, expected=mark, effective=day)

    edit(address="Số 1 Lê Lợi", owner="Bộ phận một cửa")
    edit("2027-01-01", address="Số 2 Lê Lợi")
    shown = replace(town.services.catalogue.get(AGENCY, code).procedure, address="Nơi khác của cả nước")
    office.take(NATION, [shown], by="operator", source="demo")
    town.site.clock.pass_by(seconds=6)
    for part in ("", "?q=khai+sinh", "?q=qwxyz", f"/{code}", f"/{code}?ngay=2027-01-01", f"/{code}/sua", "/lich-su"):
        town.walk.visit(by, base + part)
    for part in (f"/{code}/huy-hen?ngay=2027-01-01", "/lich-su/1", "/khac-cap-tren", "/tep"):
        town.walk.visit(by, base + part)
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{base}/{code}/sua{language}")
        act(town, by, f"procedure previewed{language}", owner=f"Văn phòng {language}")
        edit(owner=f"Phòng Tư pháp {language}")
        act(town, by, f"procedure meanwhile{language}")
        by.page.goto(f"{town.walk.base}{base}/tep{language}")
        body = f"Mã thủ tục,Tên thủ tục,Ngày rà soát\n{code},Khai sinh,x\n1.000894,Kết hôn,01/07/2026\n".encode()
        by.page.locator("#f-file").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": body})
        act(town, by, f"procedures reported{language}")
