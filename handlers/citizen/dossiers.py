"""Following a dossier: the form for a typed code, the page behind it, the page behind a receipt's QR code.

For citizens in the chat, and whoever holds a receipt. No page shows who asked, not by initials either: whoever asked knows
it, and whoever found a receipt has no need to. What was typed stands in no address, no page is kept by a cache, and none
says where it was come from (`Referrer-Policy`), since a link's token opens its dossier. Nothing is written on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context, errors, forms
from handlers.citizen import dossier_form, dossier_picture
from handlers.citizen.asking import FORM_COOKIE, asker, cookie, give_cookie
from handlers.citizen.dossier_form import SERVED_COOKIE, ask, ask_again, base
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem
from handlers.where import Place, place_of
from miniapp.agencies.model import Agency, Service
from miniapp.core.errors import Conflict, NotFound, Refused, Unavailable

if TYPE_CHECKING:  # only whoever follows a dossier pays for what dossiers are
    from miniapp.dossiers.following import Followed
    from miniapp.dossiers.reopening import Request

dossiers = pages("dossiers", door=anyone, url_prefix="/<agency>/ho-so")
links = pages("dossier_links", door=anyone, url_prefix="/hs")


@dataclass(frozen=True)
class DossierPage:
    """A dossier as it stands. `by_link`: whoever has the address may see it; else it closes after ten minutes.
    `is_past`: what comes next should have come by now. `keep`: where it is kept among one's things. `requests`: to look again."""

    dossier: Followed
    agency: Agency
    place: Place
    procedure: str
    picture: str
    by_link: bool
    is_past: bool
    keep: str
    rate: str
    requests: Sequence[Request]


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
    followed = _sealed(held, token)
    if followed is None:
        return ask(held, forms.blank().with_problems(FieldProblem("", "slip_expired")))
    return _shown(held, followed, f"/{held.address}/ho-so/kq/{token}")


@dossiers.get("/kq/<token>/giu-lai")
def kept(agency: str, token: str) -> Response:
    """The receipt as a picture, from the page behind a sealed token; the link is not part of it."""
    held = _held()
    followed = _sealed(held, token)
    if followed is None:
        return ask(held, forms.blank().with_problems(FieldProblem("", "slip_expired")))
    return dossier_picture.show(held, followed, base(held, f"/kq/{token}"))


@dossiers.get("/kq/<token>/danh-gia")
def rate_found(agency: str, token: str) -> Response:
    """On to where a finished dossier is rated, from the page behind a sealed token."""
    held = _held()
    followed = _sealed(held, token)
    if followed is None:
        return ask(held, forms.blank().with_problems(FieldProblem("", "slip_expired")))
    return _rate(held, str(followed.code))


@links.get("/<token>")
def by_link(token: str) -> Response:
    """The dossier behind the QR code of its receipt; NotFound `dossier_link_unknown`, for one taken back too."""
    held, followed = _linked(token)
    return _shown(held, followed, f"/hs/{token}")


@links.get("/<token>/giu-lai")
def kept_by_link(token: str) -> Response:
    """The receipt as a picture, its link among it."""
    held, followed = _linked(token)
    return dossier_picture.show(held, followed, f"/hs/{token}{context.suffix()}", token)


@links.get("/<token>/danh-gia")
def rate_by_link(token: str) -> Response:
    """On to where a finished dossier is rated, from the page behind its link."""
    held, followed = _linked(token)
    return _rate(held, str(followed.code))


def _rate(held: Agency, code: str) -> Response:
    """To the sheet of a dossier's rating; Conflict `rating_not_eligible` while nobody is invited."""
    token = context.services().casting.link(held.id, code)
    if not token:
        raise Conflict("rating_not_eligible")
    return answers.see(f"/{held.address}/danh-gia/{token}{context.suffix()}")


def agency_of(id: str) -> Agency:
    """The agency that a dossier is of, in whose look the page stands; NotFound `dossier_link_unknown`."""
    held = context.services().agencies.find(id)
    if held is None:
        raise NotFound("dossier_link_unknown")
    context.agency_frame(held)
    return held


def _linked(token: str) -> tuple[Agency, Followed]:
    """The agency and the dossier behind a link, in the agency's frame."""
    following = context.services().following
    lead = following.lead(token)
    held = agency_of(lead.agency)
    return held, following.of(held, lead.code)


def _sealed(held: Agency, token: str) -> Followed | None:
    """The dossier behind a sealed token; None after ten minutes, or in another browser."""
    try:
        return context.services().following.sealed(held, token, cookie(FORM_COOKIE))
    except (NotFound, Refused):
        return None


def _held() -> Agency:
    """The agency of this request, if it lets dossiers be followed; NotFound `service_closed` otherwise."""
    held = context.agency()
    held.require(Service.DOSSIERS)
    return held


def page_of(held: Agency, followed: Followed, address: str) -> DossierPage:
    """A dossier's page; `address` is where it stands for whoever has the proof."""
    more = context.suffix()
    is_told, by = Service.PROCEDURES in held.services, followed.told.by
    return DossierPage(
        dossier=followed,
        agency=held,
        place=place_of(held, followed.calendar),
        procedure=f"/{held.address}/thu-tuc/{followed.procedure}{more}" if is_told else "",
        picture=f"{address}/giu-lai{more}" if followed.received_at else "",
        by_link=address.startswith("/hs/"),
        is_past=by is not None and by < context.services().clock.now(),
        keep=f"{address}/giu{more}",
        rate=f"{address}/danh-gia{more}",
        requests=_requests(held, followed),
    )


def _requests(held: Agency, followed: Followed) -> Sequence[Request]:
    """What was asked for and answered about it again; nobody asks before it is finished."""
    is_done = followed.told.status.name in ("FINISHED", "RETURNED")
    return context.services().reopenings.of(held.id, str(followed.code)) if is_done else ()


def _shown(held: Agency, followed: Followed, address: str) -> Response:
    page = page_of(held, followed, address)
    context.services().following.seen(held, "link" if page.by_link else "code")
    return answers.show("citizen/dossiers/dossier.html", page, back=base(held))
