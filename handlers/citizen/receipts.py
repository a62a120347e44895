"""Is this receipt ours? The page that says so of a pasted text, and the public keys for whoever checks without network.

For anybody who is shown a paper. Nothing of the store is read: the answer comes from the text and the keys alone, so
nobody learns here which dossiers there are, and no agency's frame is shown before a text named it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context, forms
from handlers.doors import anyone, pages
from handlers.forms import FieldProblem, Form

if TYPE_CHECKING:  # only whoever checks a paper pays for what dossiers are
    from miniapp.dossiers.receipts import Checked

keys = pages("signing_keys", door=anyone, url_prefix="/.well-known", audience="json")
checking = pages("receipt_check", door=anyone, url_prefix="/kiem-tra-giay-hen")

AN_HOUR = "public, max-age=3600"
TEXT_MOST = 2_000
ADDRESS = "/kiem-tra-giay-hen"
KEYS = "/.well-known/jwks.json"


@dataclass(frozen=True)
class CheckPage:
    """The form, and what became of the text that was sent; `outcome` is a verdict, `damaged`, or empty before."""

    form: Form
    action: str
    keys: str
    most: int
    outcome: str = ""
    checked: Checked | None = None
    agency: str = ""


@keys.get("/jwks.json")
def published() -> Response:
    """The public keys, those that sign no more among them."""
    return answers.data(context.services().public_keys.published(), edge=AN_HOUR)


@checking.get("")
def ask() -> Response:
    """The form."""
    return _shown(forms.blank())


@checking.post("")
def told() -> Response:
    """What the text is worth."""
    from miniapp.dossiers.receipts import check

    form = forms.read(("text",), most=TEXT_MOST)
    if not form.problems and not form.value("text"):
        form = form.with_problems(FieldProblem("text", "receipt_text_missing"))
    if form.problems:
        return _shown(form, status=422)
    found = check(form.value("text"), context.services().public_keys)
    return _shown(Form(form.values, (), forms.fresh_token()), found)


def _shown(form: Form, found: Checked | None = None, status: int = 200) -> Response:
    outcome = "" if found is None else found.verdict.value if found.verdict else "damaged"
    receipt = found.receipt if found else None
    page = CheckPage(
        form=form,
        action=ADDRESS + context.suffix(),
        keys=KEYS,
        most=TEXT_MOST,
        outcome=outcome,
        checked=found,
        agency=f"/{receipt.agency}/{context.suffix()}" if receipt and outcome == "genuine" else "",
    )
    return answers.show("citizen/dossiers/check_receipt.html", page, status=status, wrong=status != 200)
