"""The catalogue at an agency's desk: finding a procedure, what of it is the agency's own, what changed above meanwhile.

For officers. Who only reads sees the same without the acts. Changing is in `procedures_edit`, versions and what differs
from above in `procedures_history`, files in `procedures_files`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Response, request

from handlers import answers, context
from handlers.console.agency import english, name_of
from handlers.doors import officers, pages
from handlers.excerpts import Beginning
from miniapp.core.errors import Invalid, NotFound
from miniapp.core.folding import clean
from miniapp.core.ids import NATION
from miniapp.procedures.desk import Own, State
from miniapp.procedures.explaining import Explained, explained
from miniapp.procedures.finding import LONGEST
from miniapp.procedures.model import Procedure, Version, national_code
from miniapp.procedures.written import label, written

PREFIX = "/console/<agency>/thu-tuc"
procedures = pages("console_procedures", officers(may="procedures.read"), PREFIX, "console")

OWN_MOST, STALE_MOST, VERSIONS_MOST, FOUND_MOST = 50, 20, 5, 20
# What an agency's officers change in life, in the order of the form; everything else comes by a file.
EDITABLE = (
    "is_open",
    "address",
    "owner",
    "verified_on",
    "mistakes",
    "questions",
    "papers",
    "channels",
    "steps",
    "conditions",
    "results",
    "samples",
)


@dataclass(frozen=True)
class Line:
    """A procedure of a list. `fields` are what the agency has of its own, `days` when something is to begin."""

    code: str
    name: str
    address: str
    fields: Sequence[str] = ()
    days: Sequence[str] = ()
    verified_on: str = ""


@dataclass(frozen=True)
class Change:
    """A version of the agency's layer and whose it is."""

    version: Version
    who: str
    address: str


@dataclass(frozen=True)
class ListPage:
    """The search, and what of the catalogue is the agency's."""

    query: str
    most: int
    found: Sequence[Line] | None
    own: Beginning[Line]
    stale: Beginning[Line]
    drifts: int
    versions: Sequence[Change]
    may_manage: bool
    base: str
    more: str


@dataclass(frozen=True)
class Field:
    """A field as the agency shows it: its text, whose it is; `above` says what stands there without the agency's own."""

    name: str
    label: str
    text: str
    whose: str
    is_own: bool
    above: str


@dataclass(frozen=True)
class OnePage:
    """One procedure at the desk. `day` is not empty where a day to come is shown."""

    procedure: Procedure
    state: State
    fields: Sequence[Field]
    rules: Explained
    day: str
    days: Sequence[tuple[str, str]]
    is_stale: bool
    is_verified_today: bool
    may_manage: bool
    form_token: str
    drifts: int
    base: str
    more: str
    public: str
    call_off: str


@procedures.get("")
def show(agency: str) -> Response:
    """The list."""
    services, held = context.services(), context.agency().id
    query = clean(request.args.get("q", ""))[:LONGEST]
    own = services.procedure_desk.own(held)
    stale = [one for one in own if one.is_stale]
    page = ListPage(
        query=query,
        most=LONGEST,
        found=_found(query) if query else None,
        own=Beginning([own_line(one) for one in own[:OWN_MOST]], max(len(own) - OWN_MOST, 0)),
        stale=Beginning([own_line(one) for one in stale[:STALE_MOST]], max(len(stale) - STALE_MOST, 0)),
        drifts=len(services.procedure_office.drifts(held)),
        versions=changes(services.procedure_office.versions(held, VERSIONS_MOST)),
        may_manage=may_manage(),
        base=base(language=False),
        more=context.suffix(),
    )
    return answers.show("console/procedures/list.html", page)


@procedures.get("/<code>")
def show_one(agency: str, code: str) -> Response:
    """One procedure, field by field with whose each is."""
    return one_page(code)


def one_page(code: str, status: int = 200) -> Response:
    """The page of one procedure, on a day to come where the address asks for one that begins something."""
    services = context.services()
    state = state_of(code)
    day = request.args.get("ngay", "")
    if day in state.days:
        state = state_of(code, day)
    day = state.day if state.day in state.days else ""  # also where nothing holds yet
    page = OnePage(
        procedure=state.procedure,
        state=state,
        fields=fields_of(state),
        rules=explained(state.procedure),
        day=day,
        days=[(one, base(f"/{code}", ngay=one)) for one in state.days],
        is_stale=state.procedure.is_stale(today()),
        is_verified_today=state.procedure.verified_on == services.procedure_desk.today,
        may_manage=may_manage(),
        form_token=context.fresh_form_token(),
        drifts=len(state.drifts),
        base=base(f"/{code}", language=False),
        more=context.suffix(),
        public=f"/{context.agency().address}/thu-tuc/{code}{context.suffix()}",
        call_off=base(f"/{code}/huy-hen", ngay=day) if day and may_manage() else "",
    )
    return answers.show("console/procedures/one.html", page, status=status, wrong=status != 200)


def state_of(code: str, day: str = "") -> State:
    """A procedure at this request's agency; NotFound `procedure_unknown`, also for what is no code."""
    try:
        if national_code(code) != code:
            raise NotFound("procedure_unknown", procedure=code[:20])
    except Invalid:
        raise NotFound("procedure_unknown", procedure=code[:20]) from None
    return context.services().procedure_desk.state(context.agency().id, code, day)


def fields_of(state: State) -> list[Field]:
    """What of a procedure says anything, those that officers change first."""
    plain = state.plain
    names = {one: layer_name(one) for one in set(state.sources.values())}
    ordered = [*EDITABLE, *(name for name in plain if name not in (*EDITABLE, "name", "code"))]
    shown = [name for name in ordered if name in state.own or written(name, plain[name])]
    return [
        Field(
            name=name,
            label=label(name),
            text=written(name, plain[name]),
            whose=names.get(state.sources.get(name, ""), ""),
            is_own=name in state.own,
            above=written(name, state.above[name]) if name in state.own else "",
        )
        for name in shown
    ]


def base(below: str = "", language: bool = True, **asked: str) -> str:
    """An address of these pages."""
    kept = {**asked, "lang": "en"} if language and english() else asked
    query = f"?{urlencode(kept)}" if kept else ""
    return f"/console/{context.agency().address}/thu-tuc{below}{query}"


def may_manage() -> bool:
    """Whether who looks may also change."""
    return context.officer().standing.may("procedures.manage", context.agency().id)


def layer_name(layer: str) -> str:
    """What a layer's agency is called; empty for the nation."""
    found = context.services().agencies.find(layer) if layer != NATION else None
    return name_of(found) if found else ""


def changes(versions: Sequence[Version]) -> list[Change]:
    """Versions with the names of who made them, as far as they are somebody of ours."""
    names = context.services().accounts.people.names({one.by for one in versions})
    return [
        Change(one, names[one.by].reveal if one.by in names else one.by, base(f"/lich-su/{one.number}"))
        for one in versions
    ]


def own_line(one: Own) -> Line:
    """A procedure of the agency's own as a line."""
    held = one.procedure
    return Line(held.code, held.name, base(f"/{held.code}"), list(map(label, one.fields)), one.days, held.verified_on)


def today() -> date:
    """The day in Vietnam."""
    return date.fromisoformat(context.services().procedure_desk.today)


def _found(query: str) -> list[Line]:
    """What a question finds; a code finds its procedure also where it is no longer in use."""
    try:
        state = state_of(query)
        return [Line(query, state.procedure.name, base(f"/{query}"))]
    except NotFound:
        held = context.agency()
        hits = context.services().finder.find(held.id, query, held.kind, FOUND_MOST).hits
        return [Line(hit.procedure.code, hit.procedure.name, base(f"/{hit.procedure.code}")) for hit in hits]
