"""The walk of every page among an officer's dossiers: the inbox, receiving, one dossier where each act can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.console.dossiers_acts import DEEDS
from handlers.console.dossiers_one import at_hand
from miniapp.agencies.model import Description
from miniapp.dossiers.batches import Chosen, Deed
from miniapp.dossiers.batching import ApplyBatch
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.parts import Channel, Lack, Wanted
from miniapp.dossiers.reopening import Senior, State
from miniapp.dossiers.service import Act, Order
from miniapp.dossiers.states import DONE
from tests.support.dossier_acts import apologised, asking, finished, giving, refused, taken_up, to_be_paid
from tests.support.dossier_town import AT_DESK, IDENTIFIER, OFFICER, ONLINE
from tests.support.looking import Visitor
from tests.support.site import AGENCY
from tests.support.walked_town import CONSOLE, Town, act

BASE = f"{CONSOLE}/ho-so"
SHELVES = ("new", "running", "waiting", "ready", "ended")
LONG = replace(AT_DESK, procedure_name=" ".join(["Đăng ký khai sinh có yếu tố nước ngoài"] * 6))
WANTED = (Wanted("Tờ khai", Lack.OUTDATED, "ký lại"), Wanted("Giấy chứng sinh", Lack.MISSING, "nộp bản chính"))


def handling_dossiers(town: Town, by: Visitor) -> None:
    """Without an identifier, empty, full; each act's page where it fits and where it does not; somebody was faster."""
    for part in ("", "/tiep-nhan"):
        town.walk.visit(by, BASE + part)
    held = town.services.agencies.now(AGENCY)
    said = replace(Description.of(held), identifier=IDENTIFIER)
    town.services.agencies.describe(AGENCY, held.version, said, town.other.id)
    town.site.clock.pass_by(seconds=6)
    for query in (*(f"?ke={shelf}" for shelf in SHELVES), "?cua-toi=1", "?q=khong", "?q=H56.14-260101-0001"):
        town.walk.visit(by, BASE + query)
    for query in ("", "?q=khai sinh", "?q=qwxyz", "?thu-tuc=1.001193"):
        town.walk.visit(by, f"{BASE}/tiep-nhan{query}")
    standing = _in_every_state(town)
    for query in (*(f"?ke={shelf}" for shelf in SHELVES), f"?q={standing[0].code.printed.replace('-000', '-00')}"):
        town.walk.visit(by, BASE + query)
    for one in standing:
        town.walk.visit(by, f"{BASE}/{one.code}")
        for kind in at_hand(one):
            town.walk.visit(by, f"{BASE}/{one.code}/phieu/{kind}")
        for name, deed in DEEDS.items():
            if deed.fits(one):
                town.walk.visit(by, f"{BASE}/{one.code}/viec/{name}")
    _many_at_once(town, by, standing)
    _looked_at_again(town, by, standing)
    for part in ("/giay-hen", "/lien-ket-moi", "/viec/tra-ket-qua"):
        town.walk.visit(by, f"{BASE}/{standing[1].code}{part}")
    faster: tuple[Act, ...] = (
        taken_up,
        finished,
    )
    for language, how in zip(("", "?lang=en"), faster, strict=True):
        by.page.goto(f"{town.walk.base}{BASE}/{standing[1].code}/viec/chuyen{language}")
        standing[1] = _moved(town, standing[1], how)
        act(town, by, f"dossier meanwhile{language}")
        by.page.goto(f"{town.walk.base}{BASE}/tiep-nhan?thu-tuc=1.001193{language.replace('?', '&')}")
        act(town, by, f"dossier wrong{language}", name="Lan", phone="1", amount="x", steps="Ký")


def _looked_at_again(town: Town, by: Visitor, standing: list[Dossier]) -> None:
    """Nobody answers yet, a post that is none, requests in each state, a decision that comes back."""
    again, service = f"{BASE}/xem-lai", town.services.reopenings
    town.walk.visit(by, again)
    for name in ("senior gone", "senior wrong"):  # the first form takes somebody off, while there is anybody
        by.page.goto(f"{town.walk.base}{again}")
        act(town, by, name, post=" ")
    senior = Senior(town.me.id, "Trần Thị Hòa", "Chủ tịch UBND phường")
    service.name(AGENCY, senior, service.seniors(AGENCY).version, by=senior.officer)
    ended = [one for one in standing if one.status in DONE][:2]
    assert ended, "the walk has no finished dossier"
    for one in ended:
        service.ask(AGENCY, str(one.code), "Ghi sai ngày sinh " * 20, seen=service.seen(senior), key=str(one.code))
    places = [f"{again}/{one.code}/1" for one in ended]
    for address in (again, *places):
        town.walk.visit(by, address)
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{places[0]}{language}")
        act(town, by, f"again undecided{language}", text="Cảm ơn.")
        by.page.locator("main input[name=verdict]").last.check()
        act(town, by, f"again weak{language}", text="Cảm ơn.")
    code = str(ended[0].code)
    service.decide(AGENCY, code, 1, 1, State.REOPENED, "Sẽ xem trước 04/12/2026.", by="off_leader", key="walk")
    for address in (again, places[0], f"{BASE}/{code}", "/console/"):
        town.walk.visit(by, address)


def _many_at_once(town: Town, by: Visitor, standing: list[Dossier]) -> None:
    """One act for many: looked at, wrongly chosen, confirmed, called off, done."""
    ticks = "&".join(f"ma={one.code}" for one in standing)
    town.walk.visit(by, f"{BASE}/cac-luot")
    for query in ("?viec=take_up", f"?viec=take_up&{ticks}", f"?viec=assign&{ticks}", f"?viec=return&{ticks}"):
        town.walk.visit(by, f"{BASE}/nhieu{query}")
    batches = town.services.batches
    for deed in (Deed.FINISH, Deed.ASSIGN):
        plan = batches.planned(AGENCY, deed, OFFICER.id, "off_nobody", Channel.DESK, 2)
        seen = [Chosen(str(one.code), one.version - 1) for one in standing[:2]]
        made = batches.order(plan, seen, key=f"walk {deed}", begun=town.site.clock.now())
        town.walk.visit(by, f"{BASE}/nhieu/{made.id}")
        if deed is Deed.FINISH:
            batches.call_off(AGENCY, made.id, by=OFFICER.id, is_leader=False)
        else:
            town.site.clock.pass_by(seconds=300)
            batches.apply(ApplyBatch(AGENCY, made.id))
        town.walk.visit(by, f"{BASE}/nhieu/{made.id}")
    town.walk.visit(by, f"{BASE}/cac-luot")


def asked_why(town: Town, by: Visitor) -> None:
    """Who only handles dossiers, before another's is shown; the question again after an answer that is none, and the way
    past it."""
    office = town.services.dossier_office
    code = office.shelf(AGENCY, Shelf.RUNNING, most=1).lines[0].code
    for part in ("", "/giay-hen"):
        town.walk.visit(by, f"{BASE}/{code}{part}")
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{BASE}/{code}{language}")
        by.page.evaluate("document.querySelectorAll('button[name=reason]').forEach(one => one.value = 'x')")
        act(town, by, f"why wrong{language}")
    act(town, by, "why")


def _in_every_state(town: Town) -> list[Dossier]:
    """Dossiers as they stand on each shelf."""
    papers = _moved(town, _taken(town, key="c"), asking(WANTED, timedelta(days=7)))
    return [
        _taken(town, ONLINE, "a"),
        _taken(town, LONG, "b"),
        _moved(town, papers, giving(0)),
        _moved(town, _taken(town, key="d"), to_be_paid),
        _moved(town, _taken(town, ONLINE, "f"), refused),
        _moved(town, _taken(town, key="g"), apologised),
        _moved(
            town,
            _moved(town, _taken(town, key="e"), taken_up),
            finished,
        ),
    ]


def _taken(town: Town, order: Order = AT_DESK, key: str = "") -> Dossier:
    return town.services.dossier_office.take_in(AGENCY, IDENTIFIER, order, by=OFFICER, key=f"walk {key}")


def _moved(town: Town, dossier: Dossier, how: Act) -> Dossier:
    return town.services.dossier_office.move(AGENCY, str(dossier.code), dossier.version, how, by=OFFICER)
