"""One-use links: an invited officer chooses a password and sets up the phone; later a new phone or a new password.

For whoever holds the link. Looking changes nothing; the link is used up by the last step only. The recovery codes are
shown once. The link's token stands in the address: these pages send no referrer and are never kept."""

from dataclasses import dataclass
from typing import Literal

from flask import Response, request

from handlers import answers, context, forms
from handlers.doors import anyone, pages
from miniapp.accounts.invitations import SetUp
from miniapp.accounts.model import Purpose
from miniapp.core.errors import Invalid, Problem, Refused

links = pages("console_links", door=anyone, url_prefix="/console/link")

HOPELESS = frozenset({"invitation_unknown", "token_unknown", "token_expired"})
Step = Literal["password", "code"]


@dataclass(frozen=True)
class PasswordPage:
    """The first step: a new password, or the present one before a new phone is set up."""

    form: forms.Form
    action: str
    login: str
    name: str
    purpose: str
    shortest: int


@dataclass(frozen=True)
class PhonePage:
    """The second step: the picture for the phone (empty when it stays the same) and the code it shows."""

    form: forms.Form
    action: str
    login: str
    sealed: str
    picture: str
    secret: str


@dataclass(frozen=True)
class CodesPage:
    """Everything is set; the recovery codes, this once. None after a new password."""

    codes: list[str]
    sign_in: str


@links.get("/<token>")
def show(token: str) -> Response:
    """Whose link it is and the first step."""
    return answers.show("console/sign_in/link.html", _password_page(token, forms.blank()))


@links.post("/<token>")
def follow(token: str) -> Response:
    """One of the two steps, by the form that was sent."""
    form = forms.read(["step", "password", "sealed", "code"], raw=["password"])
    return _finish(token, form) if form.value("step") == "code" else _start(token, form)


def _start(token: str, form: forms.Form) -> Response:
    if form.problems:
        return answers.show("console/sign_in/link.html", _password_page(token, form), status=422, wrong=True)
    try:
        set_up = context.services().accounts.invitations.start(
            token, form.value("password"), address=context.client_address()
        )
    except (Invalid, Refused) as problem:
        if problem.code in HOPELESS:
            raise
        return _wrong("console/sign_in/link.html", _password_page(token, _with(form, "password", problem)), problem)
    return answers.show("console/sign_in/phone.html", _phone_page(token, forms.blank(), set_up))


def _finish(token: str, form: forms.Form) -> Response:
    service = context.services().accounts.invitations
    sealed = form.value("sealed")
    if form.problems:
        return _wrong("console/sign_in/phone.html", _phone_page(token, form, service.again(token, sealed)))
    address = context.client_address()
    try:
        given = forms.once_sealed(
            form, lambda: {"codes": " ".join(service.finish(token, sealed, form.value("code"), address=address))}
        )
    except Refused as problem:
        if problem.code in HOPELESS:
            raise
        page = _phone_page(token, _with(form, "code", problem), service.again(token, sealed))
        return _wrong("console/sign_in/phone.html", page, problem)
    codes = CodesPage(given["codes"].split(), "/console/sign-in" + context.suffix())
    return answers.show("console/sign_in/codes.html", codes)


def _password_page(token: str, form: forms.Form) -> PasswordPage:
    from miniapp.accounts.passwords import SHORTEST

    invited = context.services().accounts.invitations.look(token)
    officer, purpose = invited.officer, invited.invitation.purpose
    return PasswordPage(form, _action(), officer.login.reveal, officer.name.reveal, purpose.value, SHORTEST)


def _phone_page(token: str, form: forms.Form, set_up: SetUp) -> PhonePage:
    login = context.services().accounts.invitations.look(token).officer.login.reveal
    secret = set_up.secret.reveal if set_up.secret and set_up.purpose is not Purpose.NEW_PASSWORD else ""
    picture = _picture(set_up.address) if secret else ""
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return PhonePage(form, _action(), login, set_up.sealed, picture, grouped)


def _picture(address: str) -> str:
    """The QR picture as a data: address; black on white in the dark as well, or no phone reads it."""
    import segno

    return str(segno.make(address, error="m", micro=False).png_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def _wrong(template: str, page: object, problem: Problem | None = None) -> Response:
    wait = problem.facts.get("wait") if problem else None
    made = answers.show(template, page, status=429 if wait else 422, wrong=True)
    if wait:
        made.headers["Retry-After"] = str(wait)
    return made


def _with(form: forms.Form, field: str, problem: Problem) -> forms.Form:
    on_top = "" if "wait" in problem.facts else field
    return form.with_problems(forms.FieldProblem(on_top, problem.code, problem.facts))


def _action() -> str:
    return request.path + context.suffix()
