"""One dossier on one screen: who asks, where it stands and until when, what has happened, and what may be done now.

For officers and leaders. Numbers of persons and phones are for who handles dossiers; others see enough to tell people
apart. Each act has its own page (`dossiers_moves`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, base, may, names_of
from handlers.console.dossiers_acts import DEEDS
from handlers.console.dossiers_why import ask_why, opened
from handlers.doors import officers, pages
from handlers.forms import FieldProblem
from miniapp.core.errors import Invalid, NotFound
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.events import Event
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.reopening import Request
from miniapp.dossiers.states import DONE, Status
from miniapp.dossiers.timeline import Timeline, timeline

one = pages("console_dossiers_one", officers(may="dossiers.read"), PREFIX, "console")

SHOWN_BEFORE, SHOWN_AFTER = 3, 2  # of a number that is not to be read in full
PAPERS = ("bo-sung", "tu-choi", "xin-loi")
PAGES = ("", "/giay-hen", *(f"/phieu/{kind}" for kind in PAPERS))  # where somebody was on the way to


@dataclass(frozen=True)
class Told:
    """Something that happened, who did it, and which paper it was about, by name."""

    event: Event
    who: str
    paper: str


@dataclass(frozen=True)
class Person:
    """Who asks, as far as whoever looks has to know."""

    name: str
    identity: str
    phone: str
    subject: int


@dataclass(frozen=True)
class OnePage:
    """One dossier."""

    dossier: Dossier
    person: Person
    now: Timeline
    officer: str
    story: Sequence[Told]
    acts: Sequence[tuple[str, str]]
    receipt: str
    papers: Sequence[tuple[str, str]]
    new_link: str
    requests: Sequence[tuple[Request, str]]
    away: str


@one.get("/<dossier>")
def show(agency: str, dossier: str) -> Response:
    """The dossier as it is now; who has no part in it says why first."""
    held = found(dossier)
    if not opened(held):
        return ask_why(held)
    services = context.services()
    story = told(held, services.dossier_office.story(held.agency, str(held.code)))
    page = OnePage(
        dossier=held,
        person=person_of(held),
        now=timeline(held, services.clock.now(), services.calendars.of(held.agency)),
        officer=names_of({held.officer}).get(held.officer, ""),
        story=list(reversed(story)),
        acts=[(name, of(held, f"/viec/{name}")) for name, deed in DEEDS.items() if deed.fits(held) and may(deed.may)],
        receipt=of(held, "/giay-hen") if held.received_at and may("dossiers.manage") else "",
        papers=[(kind, of(held, f"/phieu/{kind}")) for kind in at_hand(held) if may("dossiers.manage")],
        new_link=of(held, "/lien-ket-moi") if may("dossiers.manage") else "",
        requests=_requests(held),
        away=base(),
    )
    return answers.show("console/dossiers/one.html", page)


@one.post("/<dossier>/ly-do")
def say_why(agency: str, dossier: str) -> Response:
    """Why it is opened by who has no part in it; then what they wanted to see."""
    held = found(dossier)
    form = forms.read(("reason", "below"))
    below = form.value("below") if form.value("below") in PAGES else ""
    if form.problems:
        return ask_why(held, below, form)

    def do() -> str:
        context.services().dossier_openings.state(held, context.officer().id, form.value("reason"))
        return of(held, below)

    try:
        return answers.see(forms.once(form, do))
    except Invalid as problem:
        return ask_why(held, below, form.with_problems(FieldProblem("reason", problem.code)))


def _requests(held: Dossier) -> list[tuple[Request, str]]:
    """Requests for a second look, each with its page for who may decide; before it is finished there is none."""
    if held.status not in DONE:
        return []
    found = context.services().reopenings.of(held.agency, str(held.code))
    decides = may("dossiers.approve")
    return [(each, base(f"/xem-lai/{each.code}/{each.number}") if decides else "") for each in found]


def at_hand(held: Dossier) -> dict[str, datetime]:
    """The papers that a dossier has by now, each with the moment of its act."""
    has: dict[str, datetime] = {}
    if held.supplement is not None:
        has["bo-sung"] = held.supplement.at
    if held.status is Status.NOT_RECEIVED and held.ended_at is not None:
        has["tu-choi"] = held.ended_at
    if held.apology is not None:
        has["xin-loi"] = held.apology.at
    return has


def found(code: str) -> Dossier:
    """The dossier with this code, written exactly so; NotFound for what is no code as for what is not there."""
    try:
        known = DossierCode.of(code)
    except Invalid:
        raise NotFound("dossier_unknown") from None
    return context.services().dossier_office.find(context.agency().id, str(known))


def of(held: Dossier, below: str = "") -> str:
    """An address below a dossier's page."""
    return base(f"/{held.code}{below}")


def told(held: Dossier, events: Sequence[Event]) -> list[Told]:
    """What happened, with the names of who did it; the agency's own machine and citizens are told as such."""
    names = names_of({event.by.id for event in events})
    return [
        Told(event, names.get(event.by.id, event.by.id or event.by.side.value), _paper(held, event)) for event in events
    ]


def _paper(held: Dossier, event: Event) -> str:
    """The paper that an event is about: of the request that held then, which may have been annulled since."""
    place, annulled = event.facts.get("paper"), held.annulled
    asked = annulled.supplement if annulled and event.at <= annulled.at else held.supplement
    if not isinstance(place, int) or asked is None or not 0 <= place < len(asked.papers):
        return ""
    return asked.papers[place].paper


def person_of(held: Dossier) -> Person:
    """Who asks; numbers in full only for who handles dossiers."""
    asks, whole = held.applicant, may("dossiers.manage")
    identity, phone = (text if whole else masked(text) for text in (asks.identity.reveal, asks.phone.reveal))
    return Person(asks.name.reveal, identity, phone, asks.subject.value)


def masked(text: str) -> str:
    """A number of which only the ends are shown."""
    hidden = len(text) - SHOWN_BEFORE - SHOWN_AFTER
    return f"{text[:SHOWN_BEFORE]}{'*' * hidden}{text[-SHOWN_AFTER:]}" if hidden > 0 else "*" * len(text)
