"""Lists as files of any size: ordered here, written by the clock, fetched by a link that holds for some minutes.

For who handles dossiers and who decides about them. What is written never says who asks. The link is made when it is asked
for, and who got one stands in the trail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from handlers import answers, context, forms
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.clock import local_day
from miniapp.core.errors import Conflict, Invalid
from miniapp.core.files import LINK_LIFE
from miniapp.dossiers.states import Status
from miniapp.exports.model import KEPT, Export, Order, State

exports = pages("console_exports", officers(may="dossiers.read"), "/console/<agency>/tep-xuat", "console")

ENDED = "ended"
MONTH = re.compile(r"(0?[1-9]|1[0-2])\s*[/-]\s*(\d{4})\Z")


@dataclass(frozen=True)
class Line:
    """One export on the list."""

    held: Export
    state: State
    address: str


@dataclass(frozen=True)
class ExportsPage:
    """What can be ordered, and what was."""

    form: Form
    lines: Sequence[Line]
    action: str
    away: str


@dataclass(frozen=True)
class ExportPage:
    """One export: how far it is, or its link. `link` is empty until it is asked for."""

    form: Form
    held: Export
    state: State
    months: str
    days: int
    minutes: int
    link: str
    again: str
    action: str
    away: str


@exports.get("")
def show(agency: str) -> Response:
    """What can be ordered, and what was."""
    month = local_day(context.services().clock.now())[:7]
    shown = f"{month[5:]}/{month[:4]}"
    return _all(forms.blank(**{"from": shown, "to": shown}))


@exports.post("")
def order(agency: str) -> Response:
    """Order one; a worker writes it."""
    form = forms.read(("what", "from", "to"))
    if form.problems:
        return _all(form, 422)
    asked = {}
    if form.value("what") == ENDED:
        asked = {name: _month(form.value(name)) for name in ("from", "to")}
    wanted = Order("dossiers", asked, _headings(), _statuses())
    held, service = context.agency().id, context.services().exports
    try:
        said = forms.once(form, lambda: _base(f"/{service.order(context.officer(), held, wanted).id}"), of=str(asked))
        return answers.see(said)
    except Invalid as problem:
        return _all(form.with_problems(FieldProblem("from", problem.code, problem.facts)), 422)


@exports.get("/<export>")
def one(agency: str, export: str) -> Response:
    """How far it is."""
    return _one(context.services().exports.find(context.agency().id, export), forms.blank())


@exports.post("/<export>/lien-ket")
def fetch(agency: str, export: str) -> Response:
    """A link to the file; asked for again, another one."""
    form, service = forms.read(()), context.services().exports
    held = service.find(context.agency().id, export)
    if form.problems:
        return _one(held, form, status=422)
    try:
        link = service.fetch(context.officer(), context.agency().id, export)
    except Conflict as problem:
        return _one(held, form.with_problems(FieldProblem("", problem.code, problem.facts)), status=409)
    return _one(held, forms.blank(), link)


def _month(text: str) -> str:
    """`7/2026` as `2026-07`; what is none as it was typed, for whoever refuses it."""
    found = MONTH.match(text.strip())
    return f"{found[2]}-{int(found[1]):02}" if found else text or "-"


def _headings() -> tuple[str, ...]:
    said = context.words().part(context.language(), "console/exports/_dossiers.txt", "header")
    return tuple(line.strip() for line in said.strip().splitlines() if line.strip())


def _statuses() -> dict[str, str]:
    say, language = context.words().part, context.language()
    part = "console/dossiers/_words.html"
    return {str(one.value): say(language, part, "status_words", one.value).strip() for one in Status}


def _all(form: Form, status: int = 200) -> Response:
    now = context.services().clock.now()
    found = context.services().exports.of(context.officer(), context.agency().id)
    lines = [Line(one, one.state(now), _base(f"/{one.id}")) for one in found]
    away = f"/console/{context.agency().address}/ho-so{context.suffix()}"
    page = ExportsPage(form, lines, _base(), away)
    return answers.show("console/exports/exports.html", page, status=status, wrong=bool(form.problems))


def _one(held: Export, form: Form, link: str = "", status: int = 200) -> Response:
    first, last = (held.order.asked.get(name, "") for name in ("from", "to"))
    page = ExportPage(
        form=form,
        held=held,
        state=held.state(context.services().clock.now()),
        months=f"{first[5:]}/{first[:4]} – {last[5:]}/{last[:4]}" if first else "",
        days=KEPT.days,
        minutes=LINK_LIFE // 60,
        link=link,
        again=_base(f"/{held.id}"),
        action=_base(f"/{held.id}/lien-ket"),
        away=_base(),
    )
    return answers.show("console/exports/export.html", page, status=status, wrong=bool(form.problems))


def _base(below: str = "") -> str:
    return f"/console/{context.agency().address}/tep-xuat{below}{context.suffix()}"
