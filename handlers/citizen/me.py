"""My things: what is kept about me and why, what I agreed to, my data to take along, and the way out.

For citizens who came in from the chat. Everything is the person's own: the address names nobody, the session does."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from handlers import answers, context, cookies, forms
from handlers.citizen.tell_me import ConsentText
from handlers.citizen.telling import consent_text
from handlers.doors import citizens, pages
from handlers.forms import FieldProblem, Form
from handlers.my_things import Kept, MyThings

OUT = "/toi/ra"


def mine() -> Any:
    """A citizen who came from the chat. An act that ended the session may come again (two taps, a lost answer): who
    sends the very form of it is shown its outcome."""
    is_act = request.method == "POST" and context.citizen() is None
    return _left() if is_act and forms.outcome_again().startswith(OUT) else citizens()


me = pages("me", door=mine, url_prefix="/toi")


@dataclass(frozen=True)
class MePage:
    """My things."""

    kept: Kept
    form: Form
    suffix: str
    days: int


@dataclass(frozen=True)
class ConsentPage:
    """One text that was agreed to."""

    text: ConsentText
    purpose: str


@dataclass(frozen=True)
class ErasePage:
    """Before everything goes."""

    kept: Kept
    form: Form
    suffix: str


@me.get("")
def show() -> Response:
    """Everything at a glance."""
    return _me(forms.blank())


@me.get("/dong-y/<agency>/<purpose>/<version>")
def consent(agency: str, purpose: str, version: str) -> Response:
    """The text of a version, as it was agreed to."""
    context.agency()
    page = ConsentPage(consent_text(purpose, version, agency), purpose)
    return answers.show("citizen/me/consent.html", page, back="/toi" + context.suffix())


@me.post("/dong-y/rut")
def withdraw() -> Response:
    """Take a consent back."""
    form = forms.read(("agency", "purpose"))
    return _act(form, lambda: _mine().withdraw(form.value("agency"), form.value("purpose")))


@me.get("/du-lieu.json")
def export() -> Response:
    """My data, to take along."""
    body = json.dumps(_mine().export(), ensure_ascii=False, indent=2)
    name = 'attachment; filename="du-lieu-cua-toi.json"'
    return answers.plain(body, 200, "application/json; charset=utf-8", Content_Disposition=name)


@me.post("/ra-moi-noi")
def leave_everywhere() -> Response:
    """End all my sessions, this one too."""
    form = forms.read([])
    if form.problems:
        return _me(form, 422)
    return _end(form, lambda: context.services().accounts.citizen_links.leave_everywhere(_user()))


@me.get("/xoa")
def show_erasing() -> Response:
    """What will go and what will stay."""
    return _erasing(forms.blank())


@me.post("/xoa")
def erase() -> Response:
    """Everything goes."""
    form = forms.read(("understood",))
    if not form.problems and not form.value("understood"):
        form = form.with_problems(FieldProblem("understood", "not_understood"))
    if form.problems:
        return _erasing(form, 422)
    return _end(form, _mine().erase)


def _act(form: Form, act: Callable[[], None]) -> Response:
    if form.problems:
        return _me(form, 422)

    def done() -> str:
        act()
        return "/toi" + context.suffix()

    return answers.see(forms.once(form, done))


def _me(form: Form, status: int = 200) -> Response:
    days = context.services().settings.erase_factors_after_days
    page = MePage(_mine().kept(), form, context.suffix(), days)
    return answers.show("citizen/me/me.html", page, status=status, wrong=bool(form.problems))


def _erasing(form: Form, status: int = 200) -> Response:
    page = ErasePage(_mine().kept(), form, context.suffix())
    back, wrong = "/toi" + context.suffix(), bool(form.problems)
    return answers.show("citizen/me/erase.html", page, status=status, back=back, wrong=wrong)


def _end(form: Form, act: Callable[[], object]) -> Response:
    def done() -> str:
        act()
        return OUT

    forms.once(form, done)
    return _left()


def _left() -> Response:
    made = answers.see(OUT + context.suffix())
    made.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.forget(made, "citizen")
    return made


def _mine() -> MyThings:
    return MyThings(context.services(), _user(), context.language())


def _user() -> str:
    session = context.citizen()
    assert session is not None, "the door let a stranger in"
    return session.subject
