"""Receiving a dossier at the desk: the procedure from the catalogue, who asks, by when, and the steps it will take.

For officers. Limit, way and steps are proposed: the catalogue's, and those that the agency's last dossier of the same
procedure took. A form makes one dossier, however often it arrives (F23, F24)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, base, may
from handlers.console.dossiers_typed import (
    applicant_of,
    at_fields,
    channel_of,
    limit_of,
    limit_typed,
    steps_of,
    steps_typed,
)
from handlers.doors import officers, pages
from handlers.forms import Form
from miniapp.agencies.model import Agency
from miniapp.core.errors import Conflict, Invalid, NotFound, both
from miniapp.core.folding import clean
from miniapp.core.time_limits import UNSTATED, TimeLimit
from miniapp.dossiers.applying import IDENTITY_MOST, NAME_MOST, PHONE_MOST
from miniapp.dossiers.events import By, Side
from miniapp.dossiers.lists import Shelf
from miniapp.dossiers.parts import Channel, Step
from miniapp.dossiers.service import Order
from miniapp.procedures.finding import LONGEST
from miniapp.procedures.model import Procedure, Way, national_code

receiving = pages("console_dossiers_receive", officers(may="dossiers.manage"), PREFIX, "console")

FOUND_MOST = 20
FIELDS = ("procedure", "name", "identity", "phone", "subject", "channel", "amount", "count", "steps")
WAYS = {Way.DESK: Channel.DESK, Way.ONLINE: Channel.ONLINE, Way.POST: Channel.POST}


@dataclass(frozen=True)
class FindPage:
    """The search for the procedure that is asked for."""

    query: str
    most: int
    found: Sequence[tuple[str, str, str]] | None
    lacks_identifier: bool
    set_identifier: str
    action: str
    away: str


@dataclass(frozen=True)
class ReceivePage:
    """The form of a new dossier. `ways`: the catalogue's limits by way, which are proposed and may be changed."""

    form: Form
    procedure: Procedure
    ways: Sequence[tuple[Channel, TimeLimit]]
    are_steps_proposed: bool
    most: tuple[int, int, int]
    action: str
    find: str
    away: str


@receiving.get("/tiep-nhan")
def show(agency: str) -> Response:
    """The search, or the form of the procedure that was chosen."""
    if not now().identifier:
        return _find("")
    code = request.args.get("thu-tuc", "")
    if not code:
        return _find(clean(request.args.get("q", ""))[:LONGEST])
    procedure = procedure_of(code)
    limit, steps = proposed_limit(procedure, Channel.DESK), last_steps(procedure.code)
    values = {"channel": str(Channel.DESK.value), "subject": "1", "steps": steps_typed(steps), **limit_typed(limit)}
    return _page(forms.blank(**values), procedure, bool(steps))


@receiving.post("/tiep-nhan")
def receive(agency: str) -> Response:
    """Receive it, or say at each field what is wrong."""
    form = forms.read(FIELDS, raw=("steps",))
    procedure = procedure_of(form.value("procedure"))
    held = now()
    if form.problems or not held.identifier:
        return _page(form, procedure, False, 422) if held.identifier else _find("")
    by = By(Side.OFFICER, context.officer().id)

    def act(order: Order) -> str:
        office = context.services().dossier_office
        made = office.take_in(held.id, held.identifier, order, by=by, key=form.token)
        return base(f"/{made.code}")

    try:
        order = _order(form, procedure)
        return answers.see(forms.once(form, lambda: act(order), of=order.mark))
    except (Invalid, Conflict) as problem:
        status = 422 if isinstance(problem, Invalid) else 409
        return _page(form.with_problems(*at_fields(problem)), procedure, False, status)


def now() -> Agency:
    """The agency as of this moment: its identifier may have been set a second ago."""
    return context.services().agencies.now(context.agency().id)


def procedure_of(code: str) -> Procedure:
    """A procedure at this agency; NotFound `procedure_unknown`, also for what is no code."""
    try:
        known = national_code(code)
    except Invalid:
        raise NotFound("procedure_unknown", procedure=code[:20]) from None
    return context.services().catalogue.get(context.agency().id, known).procedure


def last_steps(procedure: str) -> tuple[Step, ...]:
    """The steps of a dossier of the same procedure that lies on the desk; none where there is none."""
    office, held = context.services().dossier_office, context.agency().id
    for shelf in (Shelf.RUNNING, Shelf.READY, Shelf.WAITING):
        for line in office.shelf(held, shelf, most=1, keep=lambda line: line.procedure == procedure).lines:
            return office.find(held, line.code).steps
    return ()


def proposed_limit(procedure: Procedure, channel: Channel) -> TimeLimit:
    """What the catalogue says of a way of handing in; else of its first way that has a limit."""
    counted = [(WAYS.get(one.way), one.limit) for one in procedure.channels if one.limit.amount]
    own = [limit for way, limit in counted if way is channel]
    return next(iter([*own, *(limit for _, limit in counted)]), UNSTATED)


def _order(form: Form, procedure: Procedure) -> Order:
    """What is ordered; Invalid with everything that is wrong, not only the first."""
    (applicant, channel), (limit, steps) = both(
        lambda: both(lambda: applicant_of(form), lambda: channel_of(form.value("channel"))),
        lambda: both(
            lambda: limit_of(form.value("amount"), form.value("count")), lambda: steps_of(form.value("steps"))
        ),
    )
    return Order(procedure.code, procedure.name, channel, applicant, limit, steps)


def _find(query: str) -> Response:
    held = now()
    page = FindPage(
        query=query,
        most=LONGEST,
        found=_found(query) if query else None,
        lacks_identifier=not held.identifier,
        set_identifier=f"/console/{held.address}/co-quan/thong-tin{context.suffix()}" if may("agency.manage") else "",
        action=base("/tiep-nhan", language=False),
        away=base(),
    )
    return answers.show("console/dossiers/find.html", page)


def _found(query: str) -> list[tuple[str, str, str]]:
    """Procedures by code or by words: code, name, address of the form."""
    try:
        found = [procedure_of(query)]
    except NotFound:
        held = context.agency()
        found = [hit.procedure for hit in context.services().finder.find(held.id, query, held.kind, FOUND_MOST).hits]
    return [(one.code, one.name, base("/tiep-nhan", asked={"thu-tuc": one.code})) for one in found]


def _page(form: Form, procedure: Procedure, are_steps_proposed: bool, status: int = 200) -> Response:
    page = ReceivePage(
        form=form,
        procedure=procedure,
        ways=[(WAYS[one.way], one.limit) for one in procedure.channels if one.way in WAYS],
        are_steps_proposed=are_steps_proposed,
        most=(NAME_MOST, IDENTITY_MOST, PHONE_MOST),
        action=base("/tiep-nhan"),
        find=base("/tiep-nhan"),
        away=base(),
    )
    return answers.show("console/dossiers/receive.html", page, status=status, wrong=bool(form.problems))
