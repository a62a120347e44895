"""The walk of every page among dossiers: the look-up in every state, and a dossier in every state that it can be in."""

from __future__ import annotations

from urllib.parse import urlsplit

from handlers.my_things import DOSSIER_NEWS
from miniapp.agencies.model import Service
from miniapp.core.signing import Signer, with_new_key
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.opening import Reason
from miniapp.dossiers.receipts import Receipt, line_of, signed
from miniapp.dossiers.reopening import Senior, State
from miniapp.ratings.casting import Came, Given
from miniapp.ratings.tokens import VisitCodes
from tests.support.dossier_pages import PHONE, STATES, WRONG, brought_about
from tests.support.looking import Visitor
from tests.support.site import AGENCY, CITIZEN
from tests.support.walked_town import Town, act

SEEN_WITHIN = 6  # seconds after which every process knows that a service was opened


def following_dossiers(town: Town, by: Visitor) -> None:
    """The form, what it says to what is typed wrongly, the page behind it, and the link of a dossier in every state."""
    office, base = town.services.dossier_office, f"/{AGENCY}/ho-so"
    town.services.agencies.open_service(AGENCY, Service.DOSSIERS, "operator")
    town.site.clock.pass_by(seconds=SEEN_WITHIN)
    made = {state: brought_about(office, state, AGENCY) for state in STATES}
    for address in (f"/{AGENCY}/", base, f"{base}/kq/khong-co", "/hs/khong-co"):
        town.walk.visit(by, address)
    for state in STATES:
        link = f"/hs/{office.link(AGENCY, str(made[state].code))}"
        town.walk.visit(by, link)
        town.walk.visit(by, f"{link}/giu-lai")
    checking_receipts(town, by, line_of(made["papers"], AGENCY, town.site.clock.now()))
    rating_them(town, by, office.link(AGENCY, str(made["returned"].code)))
    code = str(made["papers"].code)
    for language in ("", "?lang=en"):
        typed = (("empty", " ", "1"), ("wrong", f"{code} 0", WRONG), ("found", code.replace(".", " ").lower(), PHONE))
        for name, text, figures in typed:
            by.page.goto(f"{town.walk.base}{base}{language}")
            act(town, by, f"dossier {name}{language}", code=text, figures=figures)


def keeping_dossiers(town: Town, by: Visitor) -> None:
    """Kept by a link and by a code, told of, opened by officers for every reason; a citizen from the chat."""
    office, base = town.services.dossier_office, f"/{AGENCY}/ho-so"
    lines = office.shelf(AGENCY, Shelf.RUNNING, most=2).lines
    for line, language in zip(lines, ("", "?lang=en"), strict=True):
        held = office.find(AGENCY, line.code)
        for reason in Reason:
            town.services.dossier_openings.note(held, f"off_{reason}", reason)
        town.walk.visit(by, f"/hs/{office.link(AGENCY, line.code)}/giu")
        by.page.goto(f"{town.walk.base}/hs/{office.link(AGENCY, line.code)}/giu{language}")
        act(town, by, f"dossier kept{language}")
    by.page.goto(f"{town.walk.base}{base}")
    act(town, by, "dossier found", code=lines[0].code, figures=PHONE)
    town.walk.visit(by, f"{urlsplit(by.page.url).path}/giu")
    town.walk.visit(by, f"{urlsplit(by.page.url).path}/giu-lai")
    kept = town.services.dossier_keeping.of(CITIZEN)
    town.services.consents.give(CITIZEN, AGENCY, DOSSIER_NEWS, "1")
    for is_told in (False, True):
        for one in kept:
            town.walk.visit(by, f"/toi/ho-so/{one.mark}")
            if not is_told:
                town.services.dossier_keeping.tell(CITIZEN, one.mark, "vi")
    for address in ("/toi", "/toi/ho-so/khong-co"):
        town.walk.visit(by, address)


def checking_receipts(town: Town, by: Visitor, receipt: Receipt) -> None:
    """A receipt's line that is genuine, one that was changed, one that is torn, and none."""
    line = signed(receipt, town.services.signer)
    other = Signer(with_new_key("", bytes(32), receipt.day))
    for language in ("", "?lang=en"):
        for name, text in (
            ("genuine", line),
            ("damaged", line[:-1]),
            ("unknown", signed(receipt, other)),
            ("none", " "),
        ):
            by.page.goto(f"{town.walk.base}/kiem-tra-giay-hen{language}")
            act(town, by, f"receipt {name}{language}", text=text)


def rating_them(town: Town, by: Visitor, link: str) -> None:
    """From a finished dossier's link to the thanks, what is filled in wrongly, why somebody is dissatisfied, and a counter."""
    casting, clock = town.services.casting, town.site.clock
    code = town.services.following.lead(link).code
    sheet = f"/{AGENCY}/danh-gia/{casting.link(AGENCY, code)}"
    town.walk.visit(by, sheet)
    counter = VisitCodes(town.services.sealer).shown(f"{AGENCY}/quay-1", clock.now())
    for address in (f"/{AGENCY}/danh-gia/quay/quay-1?ma={counter}", f"/{AGENCY}/danh-gia/khong-co"):
        town.walk.visit(by, address)
    casting.cast(AGENCY, sheet.rpartition("/")[2], Given({"overall": "dissatisfied"}, ("time",), "Chờ lâu"), Came())
    for more in ("", "/ly-do", "/cam-on", "/xem-lai"):
        town.walk.visit(by, f"{sheet}{more}")
    asking_again(town, by, sheet, code)


def asking_again(town: Town, by: Visitor, sheet: str, code: str) -> None:
    """A second look: with somebody who answers, wrongly typed, asked for, reopened and answered."""
    service, senior = town.services.reopenings, Senior("off_leader", "Trần Thị Hòa", "Chủ tịch UBND phường")
    service.name(AGENCY, senior, service.seniors(AGENCY).version, by=senior.officer)
    for more in ("", "/cam-on", "/xem-lai"):
        town.walk.visit(by, f"{sheet}{more}")
    for language in ("", "?lang=en"):
        by.page.goto(f"{town.walk.base}{sheet}/xem-lai{language}")
        act(town, by, f"again wrong{language}", words=" ")
    request = service.ask(AGENCY, code, "Ghi sai ngày sinh", seen=service.seen(senior), key="walk")
    for state in (State.ASKED, State.REOPENED, State.ANSWERED):
        if state is not State.ASKED:
            text = f"{state}: sẽ xem sổ gốc.\n\nXong trước 04/12/2026."
            request = service.decide(
                AGENCY, code, 1, request.version, state, text, by=senior.officer, key=f"walk {state}"
            )
        for address in (f"{sheet}/xem-lai", sheet, f"/hs/{town.services.dossier_office.link(AGENCY, code)}"):
            town.walk.visit(by, address)
