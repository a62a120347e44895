"""Asking that a finished dossier be looked at again: who answers and until when, the reason, and what came of it.

For citizens, behind the link of a dossier's rating. It is offered to whoever was dissatisfied, while the rating can be given or
changed; it is open to whoever holds that link, so that a request does not tell how somebody rated. The page says before the
button that the request names the dossier. What was asked and answered stands here, beside the rating and where the dossier
is followed, without the words of whoever asked: others may hold the link as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context, forms
from handlers.citizen.asking import give_form_cookie
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form
from miniapp.agencies.model import HOTLINE, Agency
from miniapp.core.errors import Conflict, Invalid, NotFound, Refused

if TYPE_CHECKING:  # only whoever asks pays for what dossiers are
    from miniapp.dossiers.reopening import Request
    from miniapp.dossiers.reopenings import Offered
    from miniapp.ratings.casting import Asked

reopening = pages("reopening", door=anyone, url_prefix="/<agency>/danh-gia/<token>/xem-lai")

FIELDS = ("words", "seen")


@dataclass(frozen=True)
class Again:
    """A second look, beside a rating: what was asked so far, what is offered now and where."""

    requests: Sequence[Request]
    offered: Offered | None
    address: str


@dataclass(frozen=True)
class AgainPage:
    """The form, or what came of the last request. `seen` marks the senior that stands on it."""

    again: Again
    form: Form
    seen: str
    most: int
    rating: str
    hotline: str


def beside(held: Agency, token: str, asked: Asked, is_offered: bool) -> Again | None:
    """What a rating's page says of a second look; None for a visit at a counter, and where there is nothing to say."""
    if not asked.held.dossier:
        return None
    found = _again(held, token, asked, is_offered)
    return found if found.requests or found.offered else None


@reopening.get("")
def show(agency: str, token: str) -> Response:
    """The form, or what came of it."""
    held, asked = context.agency(), _asked(token)
    made = _page(held, token, asked, forms.blank())
    give_form_cookie(made)
    return made


@reopening.post("")
def ask(agency: str, token: str) -> Response:
    """Ask, of the senior that was seen."""
    held, asked, form = context.agency(), _asked(token), forms.read(FIELDS, raw=["words"])
    if form.problems:
        return _page(held, token, asked, form, 422)

    def act() -> str:
        if not asked.is_open:
            raise Refused("reopening_over")
        words, seen = form.value("words"), form.value("seen")
        context.services().reopenings.ask(held.id, asked.held.dossier, words, seen=seen, key=form.token)
        return _address(held, token)

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        told = FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts)
        return _page(held, token, asked, form.with_problems(told), 422)
    except (Conflict, Refused) as problem:
        return _page(held, token, asked, form.with_problems(FieldProblem("", problem.code, problem.facts)), 409)


def _asked(token: str) -> Asked:
    """What the link of a rating stands for; NotFound `rating_token_unknown`, and for a visit, which has no dossier."""
    found = context.services().casting.asked(context.agency().id, token)
    if not found.held.dossier:
        raise NotFound("page_unknown")
    return found


def _again(held: Agency, token: str, asked: Asked, is_offered: bool) -> Again:
    service, code = context.services().reopenings, asked.held.dossier
    so_far = service.of(held.id, code)
    offered = service.offered(held.id, code, so_far) if is_offered and asked.is_open else None
    return Again(so_far, offered, _address(held, token))


def _address(held: Agency, token: str, below: str = "/xem-lai") -> str:
    return f"/{held.address}/danh-gia/{token}{below}{context.suffix()}"


def _page(held: Agency, token: str, asked: Asked, form: Form, status: int = 200) -> Response:
    again, service = _again(held, token, asked, True), context.services().reopenings
    senior = again.offered.senior if again.offered else None
    page = AgainPage(
        again=again,
        form=form,
        seen=service.seen(senior) if senior else "",
        most=service.reason_most,
        rating=_address(held, token, ""),
        hotline=held.hotline or HOTLINE,
    )
    return answers.show("citizen/ratings/again.html", page, status=status, wrong=bool(form.problems))
