"""The chat simulator: an Official Account's conversation in a phone frame, with its menu and the mini-app in a sheet.

For demonstrations and tests, only where the simulator is the configured chat. The citizens are made up. What they type
is kept as in a real chat; answers and links come through the outbox and its worker, like everywhere else. A menu tap
opens a page of ours in the frame; nothing from outside can be put there."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context, cookies, forms
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form
from handlers.frame import Frame
from miniapp.agencies.model import Agency, Service
from miniapp.core.clock import VIETNAM
from miniapp.core.errors import Invalid, NotFound
from miniapp.messaging.model import Addressed, Fact
from miniapp.zalo.model import TEXT_MOST
from miniapp.zalo.simulator import Line

simulator = pages("demo_chat", door=anyone, url_prefix="/demo/chat")

ADDRESS = "/demo/chat"
NEWEST = "#newest"


@dataclass(frozen=True)
class Citizen:
    """A made-up person: `key` stands in addresses, `user` is the chat's id, `who` a code with words."""

    key: str
    user: str
    name: str
    who: str


@dataclass(frozen=True)
class Choice:
    """One entry of the strip."""

    value: str
    name: str
    chosen: bool
    who: str = ""


@dataclass(frozen=True)
class Way:
    """A way into the mini-app: the page of ours, and this page with it open (for browsers without script)."""

    address: str
    open_here: str
    title: str = ""


@dataclass(frozen=True)
class Bubble:
    """One line with its ways in. `last`: nothing was said after it."""

    line: Line
    ways: tuple[Way, ...]
    last: bool


@dataclass(frozen=True)
class Day:
    """The lines of one local day."""

    day: date
    bubbles: list[Bubble]


@dataclass(frozen=True)
class ChatPage:
    """The whole simulator."""

    agency: Agency
    name: str
    citizen: Citizen
    days: list[Day]
    form: Form
    here: str
    scores: Way | None
    home: Way
    opened: str
    agencies: list[Choice]
    citizens: list[Choice]
    most: int


@cache
def made_up() -> tuple[tuple[str, ...], tuple[Citizen, ...]]:
    """The agencies to choose from and the citizens."""
    held = json.loads((Path(__file__).parent / "simulated.json").read_text(encoding="utf-8"))
    return tuple(held["agencies"]), tuple(Citizen(**one) for one in held["citizens"])


@simulator.get("")
def show() -> Response:
    """The conversation of one citizen with one agency, with a page open in the frame where the address says so."""
    agency, citizen = _chosen(request.args.get("agency", ""), request.args.get("citizen", ""))
    return _page(agency, citizen, forms.blank(), opened=_opened(agency, citizen, request.args.get("open", "")))


@simulator.post("")
def say() -> Response:
    """Something typed: kept, and answered as well as it can be."""
    form = forms.read(("agency", "citizen", "text"))
    agency, citizen = _chosen(form.value("agency"), form.value("citizen"))
    if form.problems:
        return _page(agency, citizen, form, 422)

    def act() -> str:
        services = context.services()
        line = services.simulated_chat.hear(agency.id, citizen.user, form.value("text"))
        facts: dict[str, Fact] = {"home": f"/{agency.address}/", "scores": _scores(agency)}
        to = Addressed(agency.id, citizen.user, context.language())
        services.outbox.queue("assistant_later", to, f"assistant_later#{line.id}", facts)
        return _here(agency, citizen) + NEWEST

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        again = form.with_problems(FieldProblem("text", problem.code, problem.facts))
        return _page(agency, citizen, again, 422)


@simulator.post("/toi")
def ask_for_mine() -> Response:
    """The menu's third entry: the account sends a one-time way in."""
    form = forms.read(("agency", "citizen"))
    agency, citizen = _chosen(form.value("agency"), form.value("citizen"))
    if form.problems:
        return _page(agency, citizen, form, 422)

    def act() -> str:
        services = context.services()
        words = context.words().part(context.language(), "demo/_simulated.html", "mine")
        line = services.simulated_chat.hear(agency.id, citizen.user, str(words))
        to = Addressed(agency.id, citizen.user, context.language())
        services.outbox.queue("entry_link", to, f"entry_link#{line.id}", {"agency_name": _name(agency)})
        return _here(agency, citizen) + NEWEST

    return answers.see(forms.once(form, act))


@simulator.post("/doi")
def switch() -> Response:
    """Another agency or another citizen: another phone, so the session of this one ends."""
    form = forms.read(("agency", "citizen", "was"))
    agency, citizen = _chosen(form.value("agency"), form.value("citizen"))
    if form.problems:
        return _page(agency, citizen, form, 422)
    made = answers.see(_here(agency, citizen))
    if form.value("was") != citizen.key:
        context.services().accounts.citizen_links.leave(context.cookie_token("citizen"))
        cookies.forget(made, "citizen")
    return made


def _chosen(address: str, key: str) -> tuple[Agency, Citizen]:
    """The agency and the citizen of this conversation; the first ones where none is named."""
    addresses, citizens = made_up()
    found = [one for one in citizens if one.key == key] if key else list(citizens)
    if not found:
        raise NotFound("simulated_citizen_unknown")
    return context.services().agencies.at(address or addresses[0]), found[0]


def _page(agency: Agency, citizen: Citizen, form: Form, status: int = 200, opened: str = "") -> Response:
    lines = context.services().simulated_chat.conversation(agency.id, citizen.user)
    addresses, citizens = made_up()
    known = [
        held for held in map(context.services().agencies.find, dict.fromkeys((*addresses, agency.address))) if held
    ]
    home = f"/{agency.address}/"
    page = ChatPage(
        agency=agency,
        name=_name(agency),
        citizen=citizen,
        days=_days(agency, citizen, lines),
        form=form,
        here=_here(agency, citizen),
        scores=_way(agency, citizen, "scores", _scores(agency)) if _scores(agency) else None,
        home=_way(agency, citizen, "home", home),
        opened=opened,
        agencies=[Choice(held.address, _name(held), held.address == agency.address) for held in known],
        citizens=[Choice(one.key, one.name, one == citizen, one.who) for one in citizens],
        most=TEXT_MOST,
    )
    frame = _frame(agency, bool(form.problems))
    return answers.show("demo/simulator.html", page, status=status, frame=frame, frames="'self'")


def _frame(agency: Agency, wrong: bool) -> Frame:
    context.agency_frame(agency)
    own = context.frame("demo/simulator.html", wrong=wrong)
    assets = context.parts().assets
    return replace(own, style=assets.style("simulator", agency.accent) if agency.accent else assets.style("simulator"))


def _days(agency: Agency, citizen: Citizen, lines: list[Line]) -> list[Day]:
    days: list[Day] = []
    for line in lines:
        ways = tuple(
            _way(agency, citizen, f"{line.id}.{place}", _ours(button.address), button.title)
            for place, button in enumerate(line.buttons)
        )
        if not days or days[-1].day != _local(line.at):
            days.append(Day(_local(line.at), []))
        days[-1].bubbles.append(Bubble(line, ways, line is lines[-1]))
    return days


def _local(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def _opened(agency: Agency, citizen: Citizen, asked: str) -> str:
    """The page of ours that the frame shows: named by the menu entry or by the message's button, never by address."""
    if asked in ("scores", "home"):
        more = context.suffix()
        return (_scores(agency) if asked == "scores" else f"/{agency.address}/") + more
    line_id, _, place = asked.partition(".")
    if not asked or not place.isdecimal():
        return ""
    line = context.services().simulated_chat.line(agency.id, citizen.user, line_id)
    if int(place) >= len(line.buttons):
        raise NotFound("chat_line_unknown")
    return _ours(line.buttons[int(place)].address)


def _ours(address: str) -> str:
    """A whole address of ours as a path: the frame shows the page from wherever this page came."""
    return address.removeprefix(context.parts().settings.base_url.rstrip("/"))


def _way(agency: Agency, citizen: Citizen, code: str, address: str, title: str = "") -> Way:
    whole = address if title else address + context.suffix()
    return Way(whole, _here(agency, citizen, open=code), title)


def _here(agency: Agency, citizen: Citizen, **more: str) -> str:
    asked = {"agency": agency.address, "citizen": citizen.key, **more}
    if context.language() == "en":
        asked["lang"] = "en"
    return f"{ADDRESS}?{urlencode(asked)}"


def _scores(agency: Agency) -> str:
    return f"/{agency.address}/diem-thi" if Service.EXAM_SCORES in agency.services else ""


def _name(agency: Agency) -> str:
    return agency.name_en if context.language() == "en" and agency.name_en else agency.short or agency.name
