"""What came of acts for many dossiers: the last batches of an agency, and one of them, dossier by dossier.

For officers and leaders. Until five minutes after it was confirmed a batch can be called off by who made it, or by a
leader; the page says until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, base, may, names_of
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Conflict, Refused
from miniapp.dossiers.batches import Batch, BatchState, Outcome

batches = pages("console_dossiers_batches", officers(may="dossiers.read"), PREFIX, "console")

SHOWN = 50
REFRESH = {BatchState.HELD: 20, BatchState.APPLYING: 5}  # seconds until there may be something new


@dataclass(frozen=True)
class Row:
    """A batch on the list."""

    batch: Batch
    who: str
    address: str


@dataclass(frozen=True)
class BatchesPage:
    """The last batches."""

    rows: Sequence[Row]
    away: str


@dataclass(frozen=True)
class BatchPage:
    """One batch. `refresh`: seconds until the page is worth looking at again; 0 at its end."""

    form: Form
    batch: Batch
    who: str
    officer: str
    moved: int
    refused: int
    outcomes: Sequence[tuple[Outcome, str]]
    earlier: str
    later: str
    may_call_off: bool
    refresh: int
    action: str
    away: str


@batches.get("/cac-luot")
def listed(agency: str) -> Response:
    """The last ones of the agency."""
    found = context.services().batches.newest(context.agency().id)
    names = names_of({one.by for one in found})
    rows = [Row(one, names.get(one.by, one.by), base(f"/nhieu/{one.id}")) for one in found]
    return answers.show("console/dossiers/batches.html", BatchesPage(rows, base()))


@batches.get("/nhieu/<batch>")
def show(agency: str, batch: str) -> Response:
    """How far it is, and what became of each."""
    return _page(_found(batch), forms.blank())


@batches.post("/nhieu/<batch>")
def call_off(agency: str, batch: str) -> Response:
    """Call it off, or say why not."""
    form, held = forms.read(()), _found(batch)
    if form.problems:
        return _page(held, form, 422)

    def do() -> str:
        me, leads = context.officer().id, may("dossiers.approve")
        context.services().batches.call_off(held.agency, held.id, by=me, is_leader=leads)
        return base(f"/nhieu/{held.id}")

    try:
        return answers.see(forms.once(form, do))
    except (Conflict, Refused) as problem:
        wrong = form.with_problems(FieldProblem("", problem.code))
        return _page(_found(batch), wrong, 409 if isinstance(problem, Conflict) else 403)


def _found(batch: str) -> Batch:
    return context.services().batches.find(context.agency().id, batch)


def _page(held: Batch, form: Form, status: int = 200) -> Response:
    pieces = context.services().batches.pieces(held)
    done = [one for piece in pieces for one in piece.outcomes]
    done.sort(key=lambda one: (not one.problem, one.is_moved))  # whoever looks needs to know first what was refused
    place = _place(len(done))
    names = names_of({held.by, held.officer})
    page = BatchPage(
        form=form,
        batch=held,
        who=names.get(held.by, held.by),
        officer=names.get(held.officer, ""),
        moved=sum(one.is_moved for one in done),
        refused=sum(bool(one.problem) for one in done),
        outcomes=[(one, base(f"/{one.chosen.code}")) for one in done[place : place + SHOWN]],
        earlier=_at(held, place - SHOWN) if place else "",
        later=_at(held, place + SHOWN) if place + SHOWN < len(done) else "",
        may_call_off=held.state is BatchState.HELD and (held.by == context.officer().id or may("dossiers.approve")),
        refresh=REFRESH.get(held.state, 0),
        action=base(f"/nhieu/{held.id}"),
        away=base(),
    )
    return answers.show("console/dossiers/batch.html", page, status=status, wrong=status != 200)


def _place(count: int) -> int:
    text = request.args.get("tu", "")
    place = int(text) if text.isascii() and text.isdigit() and len(text) <= len("2000") else 0
    return place - place % SHOWN if place < count else 0


def _at(held: Batch, place: int) -> str:
    return base(f"/nhieu/{held.id}", asked={"tu": str(place)} if place else {})
