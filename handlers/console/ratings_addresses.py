"""Network addresses that many who rate at the agency share: stated as a whole, with the one that this browser comes from offered.

For who manages the agency. What was typed stays typed; whoever comes second reads what the other one saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.console import ratings_desk as desk
from handlers.console.agency import version_of, with_problem
from handlers.doors import officers, pages
from handlers.forms import Form
from miniapp.core.errors import Conflict, Invalid
from miniapp.ratings.addresses import FIELD, STATED_MOST, offered
from miniapp.ratings.bounds import SUSPICION

addresses = pages("console_rating_addresses", officers(may="agency.manage"), f"{desk.PREFIX}/dia-chi-chung", "console")
HERE = "here"  # the box to tick for the address that the form offers


@dataclass(frozen=True)
class AddressesPage:
    """The form. `here`: the address of this browser, empty where it can't be stated; `stands`: what somebody else saved."""

    form: Form
    version: int
    here: str
    is_stated: bool
    stands: Sequence[str] | None
    action: str
    away: str
    most: int = STATED_MOST
    fine: int = SUSPICION.address_most


@addresses.get("")
def show(agency: str) -> Response:
    """What the agency states."""
    return _page(
        forms.blank(**{FIELD: "\n".join(context.services().shared_addresses.of(context.agency().id).addresses)})
    )


@addresses.post("")
def state(agency: str) -> Response:
    """State what was typed, and the address that was offered where it was ticked."""
    form = forms.read((FIELD, HERE, "version"), raw=(FIELD,))
    if form.problems:
        return _page(form, 422)
    service, by = context.services().shared_addresses, context.officer().standing

    def act() -> str:
        typed = f"{form.value(FIELD)}\n{form.value(HERE)}"
        service.state(context.agency().id, typed, version_of(form), by=by)
        return desk.base("/quay")

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        return _page(with_problem(form, problem), 422)
    except Conflict as problem:
        return _page(with_problem(form, problem), 409)


def _page(form: Form, status: int = 200) -> Response:
    """As agencies' facts: over what somebody else saved, the form is sent again knowing it; a mistake changes no version."""
    held = context.services().shared_addresses.of(context.agency().id)
    here = offered(context.client_address())
    page = AddressesPage(
        form=form,
        version=version_of(form) if status == 422 else held.version,
        here=here,
        is_stated=here in held.addresses,
        stands=held.addresses if status == 409 else None,
        action=desk.base("/dia-chi-chung"),
        away=desk.base("/quay"),
    )
    return answers.show("console/ratings/addresses.html", page, status=status, wrong=bool(form.problems))
