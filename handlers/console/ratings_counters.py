"""Counters at which people rate: which there are, one added, one taken away, and the screen that shows a counter's code.

Every officer who reads figures may open a screen; who manages the agency names counters. The screen stands where strangers
look at it, so it says nothing of who signed in; it comes anew by itself as often as its code changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response

from handlers import answers, context, forms
from handlers.console import ratings_desk as desk
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from handlers.receipt_codes import qr
from miniapp.core.errors import Conflict, Invalid
from miniapp.ratings.bounds import COUNTER_MOST
from miniapp.ratings.counter_store import Counter
from miniapp.ratings.tokens import TURN

PREFIX = f"{desk.PREFIX}/quay"
counters = pages("console_rating_counters", officers(may="ratings.read"), PREFIX, "console")
naming = pages("console_rating_counters_naming", officers(may="agency.manage"), PREFIX, "console")


@dataclass(frozen=True)
class Line:
    """One counter; `remove` is empty for who may not."""

    name: str
    screen: str
    remove: str


@dataclass(frozen=True)
class CountersPage:
    """All counters of the agency, and the network addresses that it says many share; `may_name` whoever manages it."""

    lines: Sequence[Line]
    form: Form
    may_name: bool
    most: int
    action: str
    shared: Sequence[str]
    sharing: str
    away: str


@dataclass(frozen=True)
class ScreenPage:
    """What a counter shows: the address that its code leads to, and that as a picture."""

    name: str
    picture: str
    seconds: int


@dataclass(frozen=True)
class RemovePage:
    """A counter before it is taken away."""

    form: Form
    name: str
    action: str
    away: str


@counters.get("")
def show(agency: str) -> Response:
    """All counters."""
    return _list(forms.blank())


@counters.get("/<counter>")
def screen(agency: str, counter: str) -> Response:
    """The screen of one counter."""
    services, held = context.services(), context.agency()
    found = services.rating_counters.find(held.id, counter)
    code = urlencode({"ma": services.rating_counters.shown(held.id, found)})
    address = f"{services.settings.base_url.rstrip('/')}/{held.address}/danh-gia/quay/{found.id}?{code}"
    return answers.show("console/ratings/screen.html", ScreenPage(found.name, qr(address), TURN))


@naming.post("")
def add(agency: str) -> Response:
    """One more counter, once however often the form is sent."""
    form = forms.read(("name",))
    if form.problems:
        return _list(form, 422)
    service, by = context.services().rating_counters, context.officer().standing

    def act() -> str:
        service.add(context.agency().id, form.value("name"), by=by)
        return desk.base("/quay")

    try:
        return answers.see(forms.once(form, act))
    except (Invalid, Conflict) as problem:
        field = str(problem.facts.get("field", ""))
        return _list(form.with_problems(FieldProblem(field, problem.code, problem.facts)), 422)


@naming.get("/<counter>/bo")
def ask(agency: str, counter: str) -> Response:
    """What taking a counter away means, before it is done."""
    return _remove(_found(counter), forms.blank())


@naming.post("/<counter>/bo")
def remove(agency: str, counter: str) -> Response:
    """Take it away; what was rated there stays."""
    form = forms.read(())
    if form.problems:
        return _remove(_found(counter), form, 422)
    context.services().rating_counters.remove(context.agency().id, counter, by=context.officer().standing)
    return answers.see(desk.base("/quay"))


def _found(counter: str) -> Counter:
    return context.services().rating_counters.find(context.agency().id, counter)


def _list(form: Form, status: int = 200) -> Response:
    may = desk.may("agency.manage")
    lines = [
        Line(one.name, desk.base(f"/quay/{one.id}"), desk.base(f"/quay/{one.id}/bo") if may else "")
        for one in context.services().rating_counters.of(context.agency().id)
    ]
    page = CountersPage(
        lines=lines,
        form=form,
        may_name=may,
        most=COUNTER_MOST,
        action=desk.base("/quay"),
        shared=context.services().shared_addresses.of(context.agency().id).addresses if may else (),
        sharing=desk.base("/dia-chi-chung"),
        away=desk.base(),
    )
    return answers.show("console/ratings/counters.html", page, status=status, wrong=bool(form.problems))


def _remove(counter: Counter, form: Form, status: int = 200) -> Response:
    page = RemovePage(form, counter.name, desk.base(f"/quay/{counter.id}/bo"), desk.base("/quay"))
    return answers.show("console/ratings/counter_remove.html", page, status=status, wrong=bool(form.problems))
