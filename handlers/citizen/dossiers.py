"""Following a dossier: the form for a typed code, the page behind it, the page behind a receipt's QR code.

For citizens in the chat, and whoever holds a receipt. No page shows who asked, not by initials either: whoever asked knows
it, and whoever found a receipt has no need to. What was typed stands in no address, no page is kept by a cache, and none
says where it was come from (`Referrer-Policy`), since a link's token opens its dossier. Nothing is written on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context, errors, forms
from handlers.citizen import dossier_form
from handlers.citizen.asking import FORM_COOKIE, asker, cookie, give_cookie
from handlers.citizen.dossier_form import SERVED_COOKIE, ask, ask_again, base
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem
from handlers.where import Place, place_of
from miniapp.agencies.model import Agency, Service
from miniapp.core.errors import NotFound, Refused, Unavailable

if TYPE_CHECKING:  # only whoever follows a dossier pays for what dossiers are
    from miniapp.dossiers.following import Followed

dossiers = pages("dossiers", door=anyone, url_prefix="/<agency>/ho-so")
links = pages("dossier_links", door=anyone, url_prefix="/hs")


@dataclass(frozen=True)
class DossierPage:
    """A dossier as it stands. `by_link`: whoever has the address may see it; else it closes after ten minutes.
    `is_past`: what comes next should have come by now."""

    dossier: Followed
    agency: Agency
    place: Place
    procedure: str
    by_link: bool
    is_past: bool


@dossiers.get("")
def look_up(agency: str) -> Response:
    """The form."""
    return ask(_held(), forms.blank())


@dossiers.post("")
def find(agency: str) -> Response:
    """A code and four figures → the dossier's page, under an address that says nothing."""
    held, form = _held(), dossier_form.read()
    problems = dossier_form.unreadable(form)
    if form.problems or problems:
        return ask(held, form.with_problems(*problems))
    following = context.services().following
    try:
        token, code = following.by_code(held, form.value("code"), form.value("figures"), asker(form, SERVED_COOKIE))
    except Unavailable as failure:
        errors.note(failure)
        return ask_again(held, form, failure)
    except (NotFound, Refused) as failure:
        return ask_again(held, form, failure)
    made = answers.see(base(held, f"/kq/{token}"))
    give_cookie(made, SERVED_COOKIE, following.served(held, code))
    return made


@dossiers.get("/kq/<token>")
def found(agency: str, token: str) -> Response:
    """The dossier behind a sealed token; after ten minutes, or in another browser, the form comes again."""
    held = _held()
    try:
        followed = context.services().following.sealed(held, token, cookie(FORM_COOKIE))
    except (NotFound, Refused):
        return ask(held, forms.blank().with_problems(FieldProblem("", "slip_expired")))
    return _shown(held, followed, by_link=False)


@links.get("/<token>")
def by_link(token: str) -> Response:
    """The dossier behind the QR code of its receipt; NotFound `dossier_link_unknown`, for one taken back too."""
    services = context.services()
    lead = services.following.lead(token)
    held = services.agencies.find(lead.agency)
    if held is None:
        raise NotFound("dossier_link_unknown")
    context.agency_frame(held)
    return _shown(held, services.following.of(held, lead.code), by_link=True)


def _held() -> Agency:
    """The agency of this request, if it lets dossiers be followed; NotFound `service_closed` otherwise."""
    held = context.agency()
    held.require(Service.DOSSIERS)
    return held


def _shown(held: Agency, followed: Followed, by_link: bool) -> Response:
    more = context.suffix()
    is_told, by = Service.PROCEDURES in held.services, followed.told.by
    page = DossierPage(
        dossier=followed,
        agency=held,
        place=place_of(held, followed.calendar),
        procedure=f"/{held.address}/thu-tuc/{followed.procedure}{more}" if is_told else "",
        by_link=by_link,
        is_past=by is not None and by < context.services().clock.now(),
    )
    return answers.show("citizen/dossiers/dossier.html", page, back=base(held))
