"""A citizen comes in from the chat by a one-time link: looking shows who, pressing the button enters, once; and out.

For citizens in the webview. A preview or a second look uses nothing up; three taps on the button are one entry."""

from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, cookies, forms
from handlers.citizen.wishes import Wish
from handlers.doors import anyone, pages

HOME = "/toi"
entry = pages("citizen_entry", door=anyone, url_prefix=HOME)


@dataclass(frozen=True)
class EntryPage:
    """Before coming in."""

    form: forms.Form
    action: str


@entry.get("/vao/<token>")
def show(token: str) -> Response:
    """What the link is for; an old or made-up one says so."""
    context.services().accounts.citizen_links.look(token)
    return answers.show("citizen/entry/enter.html", _page(forms.blank()))


@entry.post("/vao/<token>")
def enter(token: str) -> Response:
    """Use the link and go on to its page."""
    form = forms.read([])
    service = context.services().accounts.citizen_links
    link = service.look(token)
    if form.problems:
        return answers.show("citizen/entry/enter.html", _page(form), status=422, wrong=True)
    leaving = context.cookie_token("citizen")
    given = forms.once_sealed(form, lambda: {"token": service.enter(token, leaving).token})
    wish = Wish.found() if link.then == HOME else None  # a link of its own page knows better
    made = answers.see(wish.address if wish else link.then + context.suffix())
    cookies.keep(made, "citizen", given["token"])
    return made


@entry.get("/ra")
def show_left() -> Response:
    """Where one is after leaving."""
    return answers.show("citizen/entry/left.html", None)


@entry.post("/ra")
def leave() -> Response:
    """End this session."""
    forms.came_from_us()
    context.services().accounts.citizen_links.leave(context.cookie_token("citizen"))
    made = answers.see("/toi/ra" + context.suffix())
    made.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookies.forget(made, "citizen")
    return made


def _page(form: forms.Form) -> EntryPage:
    return EntryPage(form, request.path + context.suffix())
