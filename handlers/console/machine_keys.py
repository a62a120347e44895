"""Keys by which the agency's other systems come in: which there are, a new one that is shown once, one revoked.

For agency admins at the desk, who give the code of their phone first. What a key did stands in the trail under its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.sign_in import second_factor_address
from handlers.doors import officers, pages
from handlers.forms import FieldProblem, Form
from miniapp.accounts.machine_key import MachineKey, Scope, Standing
from miniapp.accounts.machine_keys import NAME_MOST
from miniapp.core.clock import local_day
from miniapp.core.errors import Invalid, Refused

PREFIX = "/console/<agency>/co-quan/khoa"
machine_keys = pages("console_machine_keys", officers(may="agency.manage"), PREFIX, "console")

MOMENT = timedelta(seconds=1)  # before its end it is still its last day
DAY = ("last_day-day", "last_day-month", "last_day-year")


@dataclass(frozen=True)
class Line:
    """One key and how it stands."""

    key: MachineKey
    standing: Standing
    last_day: str
    revoke: str


@dataclass(frozen=True)
class KeysPage:
    """All keys of the agency."""

    lines: Sequence[Line]
    new: str
    away: str


@dataclass(frozen=True)
class NewPage:
    """The form of a new key."""

    form: Form
    scopes: Sequence[str]
    ticked: Sequence[str]
    most: int
    action: str
    away: str


@dataclass(frozen=True)
class MadePage:
    """A key just made, this once."""

    token: str
    description: str
    away: str


@dataclass(frozen=True)
class RevokePage:
    """A key before it is revoked."""

    form: Form
    key: MachineKey
    action: str
    away: str


@machine_keys.get("")
def show(agency: str) -> Response:
    """All keys, newest first."""
    now = context.services().clock.now()
    held = context.services().accounts.machine_keys.of(context.agency().id)
    lines = [Line(one, one.standing(now), local_day(one.ends - MOMENT), _base(f"/{one.id}/thu-hoi")) for one in held]
    return answers.show("console/machine_keys/keys.html", KeysPage(lines, _base("/moi"), _agency()))


@machine_keys.get("/moi")
def ask(agency: str) -> Response:
    """The form of a new key."""
    return _asked() or _new(forms.blank(), ())


@machine_keys.post("/moi")
def make(agency: str) -> Response:
    """Make it and show it, the same one to every tap."""
    form, ticked = forms.read(("name", *DAY)), tuple(request.form.getlist("scopes"))
    if form.problems:
        return _new(form, ticked, 422)
    service, by = context.services().accounts.machine_keys, context.officer().standing
    scopes = frozenset(scope for scope in Scope if scope.value in ticked)

    def act() -> dict[str, str]:
        made = service.make(context.agency().id, form.value("name"), scopes, _day(form), by=by)
        return {"token": made.token.reveal}

    try:
        given = forms.once_sealed(form, act)
    except (Invalid, Refused) as problem:
        field = str(problem.facts.get("field", ""))
        return _new(form.with_problems(FieldProblem(field, problem.code, problem.facts)), ticked, 422)
    page = MadePage(given["token"], "/api/v1/dossiers/openapi.json", _base())
    return answers.show("console/machine_keys/made.html", page)


@machine_keys.get("/<key>/thu-hoi")
def ask_to_revoke(agency: str, key: str) -> Response:
    """What revoking means, before it is done."""
    return _asked() or _revoke(forms.blank(), key)


@machine_keys.post("/<key>/thu-hoi")
def revoke(agency: str, key: str) -> Response:
    """Revoke it."""
    form = forms.read(())
    if form.problems:
        return _revoke(form, key, 422)
    service, by = context.services().accounts.machine_keys, context.officer().standing

    def act() -> str:
        service.revoke(context.agency().id, key, by=by)
        return _base()

    try:
        return answers.see(forms.once(form, act))
    except Refused as problem:
        return _revoke(form.with_problems(FieldProblem("", problem.code, problem.facts)), key, 422)


def _asked() -> Response | None:
    fresh = context.officer().is_fresh(context.services().clock.now())
    return None if fresh else answers.see(second_factor_address(request.path))


def _day(form: Form) -> date | None:
    try:
        day, month, year = (int(form.value(name)) for name in DAY)
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _new(form: Form, ticked: Sequence[str], status: int = 200) -> Response:
    scopes = [scope.value for scope in Scope]
    page = NewPage(form, scopes, ticked, NAME_MOST, _base("/moi"), _base())
    return answers.show("console/machine_keys/new.html", page, status=status, wrong=bool(form.problems))


def _revoke(form: Form, key: str, status: int = 200) -> Response:
    held = context.services().accounts.machine_keys.find(context.agency().id, key)
    page = RevokePage(form, held, _base(f"/{held.id}/thu-hoi"), _base())
    return answers.show("console/machine_keys/revoke.html", page, status=status, wrong=bool(form.problems))


def _agency() -> str:
    return f"/console/{context.agency().address}/co-quan{context.suffix()}"


def _base(below: str = "") -> str:
    return f"/console/{context.agency().address}/co-quan/khoa{below}{context.suffix()}"
