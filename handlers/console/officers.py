"""The people of an agency: who is in and as what, inviting, roles, shutting out, new links; and one's own account.

For agency admins at the desk. What changes somebody's ways in asks for the code of the phone once more, five minutes at
most before; the service refuses it otherwise. What could make one person two is only asked for here and waits for a
second admin on the page of `asked`, who gets the link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.asked import Wish, address_of, wishes
from handlers.console.sign_in import second_factor_address
from handlers.doors import officers as door_for
from handlers.doors import pages
from miniapp.accounts.access import Actor, Role
from miniapp.accounts.asked import Asked
from miniapp.accounts.model import Kind, Member, Session, State
from miniapp.accounts.people import People
from miniapp.accounts.recovery import FEW
from miniapp.core.errors import NotFound, Problem, Refused, Unavailable

officers = pages(
    "console_officers",
    door=door_for(may="officers.manage"),
    url_prefix="/console/<agency>/officers",
    audience="console",
)
account = pages("console_account", door=door_for(), url_prefix="/console/account", audience="console")

ROLES = tuple(role.value for role in Role)
Act = Callable[[People, str, str, Actor], object]

# What may be done to one officer, by its name in the address; what waits for a second person gives what was asked.
ACTS: dict[str, Act] = {
    "disable": lambda people, agency, officer, by: people.disable(agency, officer, by=by),
    "enable": lambda people, agency, officer, by: people.enable(agency, officer, by=by),
    "end-sessions": lambda people, agency, officer, by: people.end_sessions(agency, officer, by=by),
    "new-link": lambda people, agency, officer, by: people.invite_again(agency, officer, by=by),
    "new-phone": lambda people, agency, officer, by: people.reset_second_factor(agency, officer, by=by),
    "new-password": lambda people, agency, officer, by: people.reset_password(agency, officer, by=by),
}


@dataclass(frozen=True)
class Person:
    """One of the people as shown."""

    id: str
    login: str
    name: str
    state: str
    roles: Sequence[str]
    address: str
    is_me: bool
    is_ours: bool


@dataclass(frozen=True)
class PeoplePage:
    people: Sequence[Person]
    invite: str
    wishes: Sequence[Wish]


@dataclass(frozen=True)
class RolesPage:
    """Inviting somebody, or somebody's roles."""

    form: forms.Form
    action: str
    away: str
    options: Sequence[str]
    ticked: frozenset[str]
    person: Person | None = None


@dataclass(frozen=True)
class PersonPage:
    person: Person
    sessions: Sequence[Session]
    acts: Sequence[str]
    base: str
    away: str


@dataclass(frozen=True)
class ActPage:
    """A confirmation in words."""

    form: forms.Form
    act: str
    person: Person
    action: str
    away: str


@dataclass(frozen=True)
class AccountPage:
    """One's own account."""

    form: forms.Form
    name: str
    login: str
    sessions: Sequence[Session]
    current: str
    recovery_left: int
    recovery_few: bool
    renew: str


@officers.get("")
def people(agency: str) -> Response:
    """Everybody listed at the agency."""
    members = _people().members(context.agency().id, context.officer().standing)
    shown = [_person(member) for member in members]
    return answers.show("console/officers/people.html", PeoplePage(shown, _base("/new"), wishes(context.agency())))


@officers.get("/new")
def show_invite(agency: str) -> Response:
    """The form for inviting somebody."""
    return _asked() or answers.show("console/officers/invite.html", _roles_page(forms.blank(), frozenset(), "/new", ""))


@officers.post("/new")
def invite(agency: str) -> Response:
    """Ask for an invitation; a second person confirms it and gets the link."""
    form = forms.read(["login", "name"])
    given = frozenset(request.form.getlist("roles"))
    page = _roles_page(form, given, "/new", "")
    if form.problems:
        return _wrong("console/officers/invite.html", page)

    def act() -> str:
        by = context.officer().standing
        return _after(_people().invite(context.agency().id, form.value("login"), form.value("name"), given, by=by), "")

    try:
        return answers.see(forms.once(form, act))
    except Problem as problem:
        return _wrong("console/officers/invite.html", _roles_page(_with(form, problem), given, "/new", ""), problem)


@officers.get("/<officer>")
def person(agency: str, officer: str) -> Response:
    """One of the people, with what may be done."""
    shown = _person(_member(officer))
    sessions: Sequence[Session] = ()
    if shown.is_ours:
        sessions = _people().sessions(context.agency().id, officer, context.officer().standing)
    page = PersonPage(shown, sessions, _acts_for(shown), _base(f"/{officer}", language=False), _base())
    return answers.show("console/officers/person.html", page)


@officers.get("/<officer>/roles")
def show_roles(agency: str, officer: str) -> Response:
    """The form for somebody's roles."""
    member = _member(officer)
    ticked = frozenset(role.value for role in member.roles)
    page = _roles_page(forms.blank(), ticked, f"/{officer}/roles", f"/{officer}", _person(member))
    return _asked() or answers.show("console/officers/roles.html", page)


@officers.post("/<officer>/roles")
def give_roles(agency: str, officer: str) -> Response:
    """Make somebody exactly this here."""
    form = forms.read([])
    given = frozenset(request.form.getlist("roles"))
    shown = _person(_member(officer))

    def give() -> str:
        away = _base(f"/{officer}") if given or shown.is_ours else _base()
        return _after(_people().give_roles(context.agency().id, officer, given, by=context.officer().standing), away)

    try:
        if not form.problems:
            return answers.see(forms.once(form, give))
        problem = None
    except Problem as failure:
        form, problem = _with(form, failure), failure
    page = _roles_page(form, given, f"/{officer}/roles", f"/{officer}", shown)
    return _wrong("console/officers/roles.html", page, problem)


@officers.get("/<officer>/<act>")
def show_act(agency: str, officer: str, act: str) -> Response:
    """What an act will do, in words, before it is done."""
    return _asked() or answers.show("console/officers/act.html", _act_page(forms.blank(), officer, act))


@officers.post("/<officer>/<act>")
def do_act(agency: str, officer: str, act: str) -> Response:
    """Do it, once it was understood."""
    form = forms.read(["understood"])
    page = _act_page(form, officer, act)
    if not form.problems and form.value("understood") != "1":
        form = form.with_problems(forms.FieldProblem("understood", "not_understood"))
    if form.problems:
        return _wrong("console/officers/act.html", _act_page(form, officer, act))
    try:
        by = context.officer().standing
        return answers.see(
            forms.once(form, lambda: _after(ACTS[act](_people(), context.agency().id, officer, by), page.away))
        )
    except Problem as problem:
        return _wrong("console/officers/act.html", _act_page(_with(form, problem), officer, act), problem)


@account.get("")
def own() -> Response:
    """My account: where I am signed in."""
    return answers.show("console/officers/account.html", _account_page(forms.blank()))


@account.post("/end-sessions")
def end_own_sessions() -> Response:
    """End all my sessions, this one too."""
    form = forms.read([])
    if form.problems:
        return _wrong("console/officers/account.html", _account_page(form))
    me = context.officer()
    _people().end_sessions(me.officer.home, me.id, by=me.standing)
    return answers.see("/console/sign-in" + context.suffix())


def _people() -> People:
    return context.services().accounts.people


def _member(officer: str) -> Member:
    return _people().member(context.agency().id, officer, context.officer().standing)


def _person(member: Member) -> Person:
    held = member.officer
    return Person(
        held.id,
        held.login.reveal,
        held.name.reveal,
        held.state.value,
        sorted(role.value for role in member.roles),
        _base(f"/{held.id}"),
        held.id == context.officer().id,
        held.home == context.agency().id,
    )


def _acts_for(person: Person) -> list[str]:
    """What may be done to somebody now; nobody does anything to himself here."""
    if person.is_me or not person.is_ours:
        return []
    by_state = {
        State.INVITED.value: ["new-link", "disable"],
        State.ACTIVE.value: ["end-sessions", "new-phone", "new-password", "disable"],
        State.DISABLED.value: ["enable"],
    }
    return by_state[person.state]


def _act_page(form: forms.Form, officer: str, act: str) -> ActPage:
    if act not in ACTS:
        raise NotFound("page_unknown")
    shown = _person(_member(officer))
    return ActPage(form, act, shown, _base(f"/{officer}/{act}"), _base(f"/{officer}"))


def _roles_page(
    form: forms.Form, ticked: frozenset[str], action: str, away: str, person: Person | None = None
) -> RolesPage:
    return RolesPage(form, _base(action), _base(away), ROLES, ticked, person)


def _account_page(form: forms.Form) -> AccountPage:
    me = context.officer()
    accounts = context.services().accounts
    sessions = accounts.sessions.of(Kind.OFFICER, me.id)
    left = accounts.recovery.left(me.id)
    renew = "/console/account/recovery-codes" + context.suffix()
    login = me.officer.login.reveal
    return AccountPage(form, me.name.reveal, login, sessions, me.session.id, left, left <= FEW, renew)


def _asked() -> Response | None:
    """Before a form that changes somebody's ways in: the code of the phone, when it was not given just now."""
    if context.officer().is_fresh(context.services().clock.now()):
        return None
    return answers.see(second_factor_address(request.path))


def _after(done: object, away: str) -> str:
    """Where to go on: what was only asked for has a page of its own."""
    return address_of(context.agency(), done) if isinstance(done, Asked) else away


def _with(form: forms.Form, problem: Problem) -> forms.Form:
    if isinstance(problem, Unavailable):
        raise problem
    return form.with_problems(forms.FieldProblem(str(problem.facts.get("field", "")), problem.code, problem.facts))


def _wrong(template: str, page: object, problem: Problem | None = None) -> Response:
    refused = isinstance(problem, Refused) and problem.code != "second_factor_needed"
    return answers.show(template, page, status=403 if refused else 422, wrong=True)


def _base(below: str = "", language: bool = True) -> str:
    return f"/console/{context.agency().address}/officers{below}{context.suffix() if language else ''}"
