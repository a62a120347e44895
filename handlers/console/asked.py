"""What one admin asked for and a second one has to confirm: what, about whom, by whom, until when; yes or no.

For admins of the agency and of the one right above it. A yes asks for the code of the phone once more. The one-use link
that comes of it is shown here, to who said yes; who asked never sees it. Who is a second person, `Confirming` decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from handlers import answers, context, forms
from handlers.console.sign_in import second_factor_address
from handlers.doors import officers as door_for
from handlers.doors import pages
from miniapp.accounts.asked import Asked, Link
from miniapp.accounts.confirming import Confirming
from miniapp.agencies.model import Agency
from miniapp.core.errors import NotFound, Problem, Refused, Unavailable

asked = pages(
    "console_asked",
    door=door_for(may="officers.manage"),
    url_prefix="/console/<agency>/officers/asked",
    audience="console",
)

LATE = "second_factor_needed"


@dataclass(frozen=True)
class Wish:
    """Something asked, as shown."""

    id: str
    act: str
    person: str
    login: str
    roles: Sequence[str]
    before: Sequence[str]
    asker: str
    agency: str
    at: datetime
    ends: datetime
    address: str
    is_mine: bool
    may_confirm: bool


@dataclass(frozen=True)
class AskedPage:
    """One of these, with the forms of yes and no."""

    form: forms.Form
    wish: Wish
    action: str
    decline: str
    away: str

    @staticmethod
    def fresh() -> str:
        """A token for the other form of the page: each is used up by its own act."""
        return forms.fresh_token()


@dataclass(frozen=True)
class LinkPage:
    """A one-use link, this once."""

    person: str
    link: str
    ends: str
    away: str


def wishes(agency: Agency) -> list[Wish]:
    """What waits at an agency's desk, for its pages of people and for the inbox."""
    return [_wish(agency, held) for held in _confirming().waiting(agency.id, context.officer().standing)]


def address_of(agency: Agency, held: Asked) -> str:
    """The page of something asked, at the desk of an agency."""
    of = agency if held.agency == agency.id else context.services().agencies.now(held.agency)
    return f"/console/{agency.address}/officers/asked/{of.address}/{held.officer}{context.suffix()}"


@asked.get("/<of>/<officer>")
def show(agency: str, of: str, officer: str) -> Response:
    """What was asked, and who may say yes."""
    held = _held(of, officer)
    form = forms.blank(asked=held.id)
    mine = Confirming.is_mine_to_confirm(held, context.officer().standing)
    if mine and not context.officer().is_fresh(context.services().clock.now()):
        return answers.see(second_factor_address(request.path))
    return answers.show("console/officers/asked.html", _page(of, officer, held, form))


@asked.post("/<of>/<officer>")
def confirm(agency: str, of: str, officer: str) -> Response:
    """Yes: it is done now, and the link is shown this once."""
    form = forms.read(["asked", "understood"])
    by = context.officer().standing
    if not form.problems and form.value("understood") != "1":
        form = form.with_problems(forms.FieldProblem("understood", "not_understood"))

    def act() -> dict[str, str]:
        return _sealed(_confirming().confirm(_shown(of, officer, form), by=by))

    if form.problems:
        return _wrong(of, officer, form)
    try:
        made = forms.once_sealed(form, act)
    except Problem as problem:
        return _wrong(of, officer, form, problem)
    if not made:
        return answers.see(_people())
    return answers.show(
        "console/officers/link_made.html", LinkPage(made["person"], made["link"], made["ends"], _people())
    )


@asked.post("/<of>/<officer>/decline")
def decline(agency: str, of: str, officer: str) -> Response:
    """No, or a second thought of who asked."""
    form = forms.read(["asked"])

    def act() -> str:
        _confirming().decline(_shown(of, officer, form), by=context.officer().standing)
        return _people()

    if form.problems:
        return _wrong(of, officer, form)
    try:
        return answers.see(forms.once(form, act))
    except Problem as problem:
        return _wrong(of, officer, form, problem)


def _confirming() -> Confirming:
    return context.services().accounts.confirming


def _of(of: str) -> Agency:
    """The agency that it is asked in: the desk's own, or one right below it."""
    desk, held = context.agency(), context.services().agencies.at(of)
    if held.id != desk.id and held.parent != desk.id:
        raise NotFound("asked_unknown")
    return held


def _held(of: str, officer: str) -> Asked:
    return _confirming().get(_of(of).id, officer, context.officer().standing)


def _shown(of: str, officer: str, form: forms.Form) -> Asked:
    """What is asked there, when it is what the page showed."""
    held = _held(of, officer)
    if held.id != form.value("asked"):
        raise NotFound("asked_unknown")
    return held


def _wish(agency: Agency, held: Asked) -> Wish:
    names = context.services().accounts.people.names([held.by])
    me = context.officer().standing
    of = agency if held.agency == agency.id else context.services().agencies.now(held.agency)
    return Wish(
        held.id,
        held.act.value,
        held.name.reveal,
        held.login.reveal,
        sorted(role.value for role in held.roles),
        sorted(role.value for role in held.before),
        names[held.by].reveal if held.by in names else held.by,
        of.name_en if context.language() == "en" else of.name,
        held.at,
        held.ends,
        address_of(agency, held),
        held.by == me.id,
        Confirming.is_mine_to_confirm(held, me),
    )


def _page(of: str, officer: str, held: Asked, form: forms.Form) -> AskedPage:
    base = f"/console/{context.agency().address}/officers/asked/{of}/{officer}"
    suffix = context.suffix()
    return AskedPage(form, _wish(context.agency(), held), f"{base}{suffix}", f"{base}/decline{suffix}", _people())


def _wrong(of: str, officer: str, form: forms.Form, problem: Problem | None = None) -> Response:
    """The page again with what is wrong; what is not there any more has no page."""
    if isinstance(problem, Unavailable):
        raise problem
    held = _held(of, officer)
    if problem is not None:
        form = form.with_problems(forms.FieldProblem("", problem.code, problem.facts))
    page = _page(of, officer, held, forms.Form({**form.values, "asked": held.id}, form.problems, form.token))
    refused = isinstance(problem, Refused) and problem.code != LATE
    return answers.show("console/officers/asked.html", page, status=403 if refused else 422, wrong=True)


def _sealed(link: Link | None) -> dict[str, str]:
    if link is None:
        return {}
    address = f"{context.services().settings.base_url.rstrip('/')}/console/link/{link.token}"
    return {"link": address, "person": link.officer.name.reveal, "ends": link.invitation.ends.isoformat()}


def _people() -> str:
    return f"/console/{context.agency().address}/officers{context.suffix()}"
