"""Requests for a second look at finished dossiers: what has to be answered, one of them decided, and who answers.

For leaders (`dossiers.approve`): the same who decide about dossiers otherwise. A request is for the senior whom its citizen saw;
any other leader may answer in their place, and nobody about what they moved themselves. An answer that looks general comes back
once with what a reader would miss, as answers to words on ballots do. Who answers is a list on which leaders put themselves,
with the post under which they sign: citizens read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.dossiers import PREFIX, base
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.clock import local_day
from miniapp.core.errors import Conflict, Invalid, Refused
from miniapp.core.sealing import digest
from miniapp.dossiers.reopening import MOVES, POST_MOST, SAID_MOST, Request, Senior, State, lines_of
from miniapp.dossiers.reopening_store import Line, Seniors
from miniapp.ratings.answers import Weak

again = pages("console_dossiers_again", officers(may="dossiers.approve"), f"{PREFIX}/xem-lai", "console")

HERE = "/xem-lai"
CURSOR_MOST = 100


@dataclass(frozen=True)
class Shown:
    """A line of the list."""

    line: Line
    address: str
    is_late: bool
    is_today: bool


@dataclass(frozen=True)
class AgainList:
    """What has to be answered, and who answers. `gone`: who is on that list and leads no more."""

    lines: Sequence[Shown]
    first: str
    later: str
    seniors: Seniors
    gone: Sequence[str]
    me: str
    name: str
    form: Form
    most: int
    action: str
    away: str


@dataclass(frozen=True)
class AgainOne:
    """One request. `states` are what it may become; `weak`: what a reader of the text would miss."""

    request: Request
    states: Sequence[State]
    names: Mapping[str, str]
    form: Form
    weak: Sequence[Weak]
    looked: str
    is_late: bool
    most: int
    dossier: str
    back: str
    action: str


@again.get("")
def show(agency: str) -> Response:
    """What has to be answered."""
    return _list(forms.blank())


@again.post("")
def change_seniors(agency: str) -> Response:
    """Put oneself on the list of who answers, or take somebody off it."""
    form, officer = forms.read(["post", "version", "officer"]), context.officer()
    if form.problems:
        return _list(form, 422)
    service, held, version = context.services().reopenings, context.agency().id, _number(form.value("version"))

    def act() -> str:
        if form.value("officer"):
            service.unname(held, form.value("officer"), version, by=officer.id)
        else:
            me = Senior(officer.id, officer.name.reveal, form.value("post"))
            service.name(held, me, version, by=officer.id)
        return base(HERE)

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        return _list(form.with_problems(FieldProblem("post", problem.code, problem.facts)), 422)
    except (Conflict, Refused) as problem:
        return _list(form.with_problems(FieldProblem("", problem.code, problem.facts)), 409)


@again.get("/<dossier>/<int:number>")
def one(agency: str, dossier: str, number: int) -> Response:
    """One request with what was said."""
    return _one(_found(dossier, number), forms.blank())


@again.post("/<dossier>/<int:number>")
def decide(agency: str, dossier: str, number: int) -> Response:
    """Reopen, or answer with reasons; looked at once before it is sent."""
    form = forms.read(["verdict", "text", "looked", "seen"], raw=["text"])
    held = _found(dossier, number)
    if form.problems:
        return _one(held, form, status=422)
    if held.sent_with(digest(form.token)):  # a second tap
        return answers.see(_address(held))
    state = next((each for each in MOVES[held.state] if each == form.value("verdict")), None)
    if state is None and held.is_open:
        return _one(held, form.with_problems(FieldProblem("verdict", "reopening_verdict_needed")), status=422)
    text = lines_of(form.value("text"))
    weak = _looked_at(held, text)
    if weak and len(text) <= SAID_MOST and form.value("looked") != digest(text):
        return _one(held, Form(form.values, (), forms.fresh_token()), weak, 422)

    def act() -> str:
        context.services().reopenings.decide(
            held.agency,
            held.code,
            held.number,
            _number(form.value("seen")),
            state or State.ANSWERED,
            text,
            by=context.officer().id,
            key=form.token,
            weak=[each.weakness.value for each in weak],
        )
        return _address(held)

    try:
        return answers.see(forms.once(form, act))
    except Invalid as problem:
        told = FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts)
        return _one(held, form.with_problems(told), weak, 422)
    except (Conflict, Refused) as problem:
        wrong = form.with_problems(FieldProblem("", problem.code, problem.facts))
        return _one(_found(dossier, number), wrong, weak, 409)


def _found(code: str, number: int) -> Request:
    return context.services().reopenings.find(context.agency().id, code, number)


def _looked_at(held: Request, text: str) -> Sequence[Weak]:
    """What a reader of this answer would miss; nothing of one that is still empty."""
    if not text:
        return ()
    services = context.services()
    matter = [name for name in (held.procedure_name, held.procedure, held.code) if name]
    return services.rating_comments.looked_at(held.agency, text, matter, services.reopenings.lately(held.agency))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _address(held: Request) -> str:
    return base(f"{HERE}/{held.code}/{held.number}")


def _list(form: Form, status: int = 200) -> Response:
    services, agency, officer = context.services(), context.agency().id, context.officer()
    after = request.args.get("sau", "")[:CURSOR_MOST]
    found, later = services.reopenings.open(agency, after)
    seniors, now = services.reopenings.seniors(agency), services.clock.now()
    leading = services.accounts.people.colleagues(agency, "dossiers.approve", officer.standing)
    page = AgainList(
        lines=[_shown(line, now) for line in found],
        first=base(HERE) if after else "",
        later=base(HERE, asked={"sau": later}) if later else "",
        seniors=seniors,
        gone=[each.officer for each in seniors.people if each.officer not in leading],
        me=officer.id,
        name=officer.name.reveal,
        form=form,
        most=POST_MOST,
        action=base(HERE),
        away=base(),
    )
    return answers.show("console/dossiers/again.html", page, status=status, wrong=bool(form.problems))


def _shown(line: Line, now: datetime) -> Shown:
    is_late = line.due < now
    return Shown(
        line=line,
        address=base(f"{HERE}/{line.code}/{line.number}"),
        is_late=is_late,
        is_today=not is_late and local_day(line.due) == local_day(now),
    )


def _one(held: Request, form: Form, weak: Sequence[Weak] = (), status: int = 200) -> Response:
    services = context.services()
    names = services.accounts.people.names(said.by for said in held.decided)
    page = AgainOne(
        request=held,
        states=[state for state in State if state in MOVES[held.state]],
        names={officer: name.reveal for officer, name in names.items()},
        form=form,
        weak=weak,
        looked=digest(lines_of(form.value("text"))) if weak else "",
        is_late=held.due is not None and held.due < services.clock.now(),
        most=SAID_MOST,
        dossier=base(f"/{held.code}"),
        back=base(HERE),
        action=_address(held),
    )
    return answers.show("console/dossiers/again_one.html", page, status=status, wrong=bool(form.problems or weak))
