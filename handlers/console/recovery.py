"""An officer's own recovery codes: how many are left, and new ones for a code of the phone, shown once.

For officers at the desk. The list of new codes is made for paper. Nothing typed is shown again; a code refused says no
more than that."""

from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.doors import officers, pages
from miniapp.accounts.recovery import ALL
from miniapp.core.errors import Refused

recovery = pages("console_recovery", door=officers(), url_prefix="/console/account/recovery-codes", audience="console")


@dataclass(frozen=True)
class RenewPage:
    """How many codes are left, and the form for new ones."""

    form: forms.Form
    action: str
    away: str
    left: int
    all: int


@dataclass(frozen=True)
class CodesPage:
    """The new codes, this once; `login` says on the paper whose they are."""

    codes: list[str]
    login: str
    away: str


@recovery.get("")
def show() -> Response:
    """What renewing does, and the form."""
    return answers.show("console/officers/renew_codes.html", _page(forms.blank()))


@recovery.post("")
def renew() -> Response:
    """New codes for a code of the phone; a second tap shows the same ones."""
    form = forms.read(["code"])
    if form.problems:
        return _again(form, 422)
    me, address = context.officer(), context.client_address()
    service = context.services().accounts.recovery
    try:
        given = forms.once_sealed(
            form, lambda: {"codes": " ".join(service.renew(me, form.value("code"), address=address))}
        )
    except Refused as problem:
        wait = problem.facts.get("wait")
        field = "" if wait else "code"
        made = _again(form.with_problems(forms.FieldProblem(field, problem.code, problem.facts)), 429 if wait else 422)
        if wait:
            made.headers["Retry-After"] = str(wait)
        return made
    page = CodesPage(given["codes"].split(), me.officer.login.reveal, _away())
    return answers.show("console/officers/new_codes.html", page)


def _again(form: forms.Form, status: int) -> Response:
    return answers.show("console/officers/renew_codes.html", _page(form), status=status, wrong=True)


def _page(form: forms.Form) -> RenewPage:
    left = context.services().accounts.recovery.left(context.officer().id)
    action = "/console/account/recovery-codes" + context.suffix()
    return RenewPage(form, action, _away(), left, ALL)


def _away() -> str:
    return "/console/account" + context.suffix()
