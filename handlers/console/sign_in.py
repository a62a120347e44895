"""Officers come in: password, then a code of the phone; the code once more before what counts; and out.

For officers at the desk. Works without JavaScript; password managers and paste are welcome. What was typed is kept when
something is wrong, never the password or a code. It does not say why a sign-in was refused."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context, cookies, forms
from handlers.doors import anyone, officers, pages
from miniapp.accounts.sign_in import SignedIn
from miniapp.core.errors import Problem, Refused

sign_in = pages("console_sign_in", door=anyone, url_prefix="/console")
stepping_up = pages("console_second_factor", door=officers(), url_prefix="/console", audience="console")

HOME = "/console/"
# Only our own console pages; no second slash, no backslash, nothing that another host could hide in (ASVS 3.7.2).
OURS = re.compile(r"/console(/[A-Za-z0-9_-]+)*/?(\?[A-Za-z0-9._~%=&:+-]*)?\Z")
CLEAR = '"cache", "storage"'


@dataclass(frozen=True)
class SignInPage:
    """The first step."""

    form: forms.Form
    action: str
    left: bool = False


@dataclass(frozen=True)
class CodePage:
    """The second step, or the code once more; `name` is known only to who is signed in."""

    form: forms.Form
    action: str
    away: str
    name: str = ""


@sign_in.get("/sign-in")
def show_sign_in() -> Response:
    """The form for login and password."""
    if context.signed_in() is not None:
        return answers.see(_next())
    return answers.show("console/sign_in/sign_in.html", _page(forms.blank(), left="left" in request.args))


@sign_in.post("/sign-in")
def begin() -> Response:
    """The first step: right, and the second follows; wrong, and nobody learns what was wrong."""
    form = forms.read(["login", "password"], raw=["password"])
    if form.problems:
        return _again("console/sign_in/sign_in.html", _page(form))
    device = request.cookies.get(context.cookie("device"), "")
    try:
        half = context.services().accounts.sign_in.begin(
            form.value("login"), form.value("password"), address=context.client_address(), device=device
        )
    except Refused as problem:
        return _again("console/sign_in/sign_in.html", _page(_with(form, problem)), problem)
    made = answers.see(_address("/console/sign-in/code"))
    cookies.keep(made, "half", half)
    return made


@sign_in.get("/sign-in/code")
def show_code() -> Response:
    """The form for the code; without a first step, back to it."""
    if not context.services().accounts.sign_in.is_half_in(_half()):
        return answers.see(_address("/console/sign-in"))
    return answers.show("console/sign_in/code.html", _code_page(forms.blank()))


@sign_in.post("/sign-in/code")
def finish() -> Response:
    """The second step."""
    form = forms.read(["code"])
    half = _half()
    if form.problems:
        return _again("console/sign_in/code.html", _code_page(form))
    if not half:
        return answers.see(_address("/console/sign-in"))
    service = context.services().accounts.sign_in
    try:
        given = forms.once_sealed(
            form, lambda: _tokens(service.finish(half, form.value("code"), address=context.client_address()))
        )
    except Refused as problem:
        if problem.code in ("token_expired", "token_unknown", "sign_in_refused"):
            return answers.see(_address("/console/sign-in"))
        return _again("console/sign_in/code.html", _code_page(_with(form, problem)), problem)
    return _in(given)


@stepping_up.get("/second-factor")
def show_second_factor() -> Response:
    """The form for the code once more."""
    return answers.show("console/sign_in/again.html", _again_page(forms.blank()))


# The door is open to anyone since the first of three taps has renewed the session already when the others arrive: they
# are given the first one's outcome. `context.officer` refuses whoever is not signed in.
@sign_in.post("/second-factor")
def step_up() -> Response:
    """The code once more: for five minutes the officer may do what counts."""
    form = forms.read(["code"])
    if form.problems:
        return _again("console/sign_in/again.html", _again_page(form))
    service, code = context.services().accounts.sign_in, form.value("code")
    try:
        given = forms.once_sealed(
            form, lambda: _tokens(service.step_up(context.officer(), code, address=context.client_address()))
        )
    except Refused as problem:
        if problem.code == "sign_in_needed":
            return answers.see(_address("/console/sign-in"))
        return _again("console/sign_in/again.html", _again_page(_with(form, problem)), problem)
    return _in(given)


@sign_in.post("/sign-out")
def sign_out() -> Response:
    """End this session. Whoever has none, or a form too old, is out just the same."""
    forms.came_from_us()
    signed = context.signed_in()
    if signed is not None:
        context.services().accounts.sign_in.sign_out(signed)
    made = answers.see("/console/sign-in?" + urlencode({"left": "1", **_language()}))
    made.headers["Clear-Site-Data"] = CLEAR
    cookies.forget(made, "officer")
    cookies.forget(made, "half")
    return made


def second_factor_address(then: str) -> str:
    """Where an officer gives the code once more before going on to `then`."""
    return "/console/second-factor?" + urlencode({"next": then, **_language()})


def safe(address: str) -> str:
    """An address of the console, or its home for anything else."""
    return address if len(address) <= 300 and "//" not in address and OURS.match(address) else HOME


def _page(form: forms.Form, left: bool = False) -> SignInPage:
    return SignInPage(form, _address("/console/sign-in"), left)


def _code_page(form: forms.Form) -> CodePage:
    return CodePage(form, _address("/console/sign-in/code"), _address("/console/sign-in"))


def _again_page(form: forms.Form) -> CodePage:
    return CodePage(form, _address("/console/second-factor"), _next(), context.officer().name.reveal)


def _again(template: str, page: object, problem: Problem | None = None) -> Response:
    """The form once more, saying what is wrong; too early also in a header."""
    wait = problem.facts.get("wait") if problem else None
    made = answers.show(template, page, status=429 if wait else 422, wrong=True)
    if wait:
        made.headers["Retry-After"] = str(wait)
    return made


def _with(form: forms.Form, problem: Problem) -> forms.Form:
    return form.with_problems(forms.FieldProblem("", problem.code, problem.facts))


def _tokens(entered: SignedIn) -> dict[str, str]:
    return {"token": entered.token, "device": entered.device}


def _in(given: dict[str, str]) -> Response:
    made = answers.see(_next())
    cookies.keep(made, "officer", given["token"])
    cookies.keep(made, "device", given["device"])
    cookies.forget(made, "half")
    return made


def _half() -> str:
    return request.cookies.get(context.cookie("half"), "")


def _next() -> str:
    return safe(request.args.get("next", ""))


def _language() -> dict[str, str]:
    return {"lang": "en"} if context.language() == "en" else {}


def _address(path: str) -> str:
    """A page of ours with where to go afterwards and the language kept."""
    asked = request.args.get("next", "")
    kept = {**({"next": safe(asked)} if asked else {}), **_language()}
    return f"{path}?{urlencode(kept)}" if kept else path
