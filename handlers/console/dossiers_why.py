"""Before a dossier is shown to an officer who has no part in it: why they open it, by one press, once a day.

For the pages that show a dossier. Whoever keeps the dossier reads the reason; the list is short so that it says something."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.console.dossiers import base, may
from handlers.forms import Form
from miniapp.dossiers.codes import DossierCode
from miniapp.dossiers.model import Dossier
from miniapp.dossiers.opening import STATED


@dataclass(frozen=True)
class WhyPage:
    """The question. `below`: what of the dossier they were on the way to."""

    form: Form
    code: DossierCode
    reasons: Sequence[str]
    below: str
    action: str
    away: str


def opened(held: Dossier) -> bool:
    """Whether a dossier may be shown now: that this officer opens it is noted for whoever keeps it."""
    return context.services().dossier_openings.opened(held, context.officer().id, decides=may("dossiers.approve"))


def ask_why(held: Dossier, below: str = "", form: Form | None = None) -> Response:
    """The question, in place of the dossier; `form`: how it was answered wrongly."""
    reasons = [reason.value for reason in STATED]
    action = base(f"/{held.code}/ly-do")
    page = WhyPage(form or forms.blank(), held.code, reasons, below, action, base())
    return answers.show("console/dossiers/why.html", page, status=422 if form else 200, wrong=form is not None)
