"""A citizen's own dossiers: kept from the page of a dossier, looked at in «Của tôi», told of, let go.

For citizens who came in from the chat. Keeping needs the proof that showed the dossier: its link, or the sealed page behind
its code and figures. From then on the session is the proof; an address names a dossier by a mark that is good for one
person only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from handlers import answers, context, forms
from handlers.citizen.asking import FORM_COOKIE, cookie
from handlers.citizen.dossiers import DossierPage, agency_of, page_of
from handlers.citizen.tell_me import ConsentText
from handlers.citizen.telling import consent_text
from handlers.doors import citizens, pages
from handlers.forms import FieldProblem, Form
from miniapp.core.errors import Problem, Unavailable

if TYPE_CHECKING:  # only whoever keeps a dossier pays for what dossiers are
    from miniapp.dossiers.keeping import Kept
    from miniapp.dossiers.opening import Opened

by_link = pages("dossier_keeping_link", door=citizens, url_prefix="/hs/<token>/giu")
by_code = pages("dossier_keeping_code", door=citizens, url_prefix="/<agency>/ho-so/kq/<token>/giu")
kept = pages("kept_dossiers", door=citizens, url_prefix="/toi/ho-so/<mark>")

MINE = "/toi/ho-so"
PURPOSE = "dossier_news"
FIELDS = {"consent_missing": "agree", "consent_text_changed": "agree"}


@dataclass(frozen=True)
class KeepPage:
    """Before a dossier is kept: which one, what keeping means."""

    form: Form
    procedure_name: str
    code: str
    action: str
    away: str


@dataclass(frozen=True)
class KeptPage(DossierPage):
    """A kept dossier as it stands, who opened it, whether its person is told. `consent`: to be agreed to first."""

    kept: Kept
    form: Form
    opened: Sequence[Opened]
    consent: ConsentText | None
    action: str
    suffix: str


@by_link.get("")
def ask_by_link(token: str) -> Response:
    """Whether to keep the dossier of a link."""
    lead = context.services().following.lead(token)
    return _ask(lead.agency, lead.code, f"/hs/{token}", forms.blank())


@by_link.post("")
def keep_by_link(token: str) -> Response:
    """Keep the dossier of a link."""
    lead = context.services().following.lead(token)
    return _keep(lead.agency, lead.code, f"/hs/{token}")


@by_code.get("")
def ask_by_code(agency: str, token: str) -> Response:
    """Whether to keep the dossier that was looked up."""
    held = context.agency()
    found = context.services().following.sealed(held, token, cookie(FORM_COOKIE))
    return _ask(held.id, str(found.code), f"/{held.address}/ho-so/kq/{token}", forms.blank())


@by_code.post("")
def keep_by_code(agency: str, token: str) -> Response:
    """Keep the dossier that was looked up."""
    held = context.agency()
    found = context.services().following.sealed(held, token, cookie(FORM_COOKIE))
    return _keep(held.id, str(found.code), f"/{held.address}/ho-so/kq/{token}")


@kept.get("")
def show(mark: str) -> Response:
    """The dossier as it stands, and what was done with it."""
    return _shown(mark, forms.blank())


@kept.post("/bao-tin")
def tell(mark: str) -> Response:
    """Tell me of what happens from now on; the consent comes with it where it is not in force yet."""
    form = forms.read(("agree", "version"))
    services, keeping = context.services(), context.services().dossier_keeping

    def act() -> str:
        agency = keeping.find(_user(), mark).keeper.agency
        if form.value("agree"):
            services.consents.give(_user(), agency, PURPOSE, form.value("version"))
        keeping.tell(_user(), mark, context.language())
        return f"{MINE}/{mark}{context.suffix()}"

    return _done(form, act, lambda wrong: _shown(mark, wrong, 422))


@kept.post("/thoi-bao")
def tell_no_more(mark: str) -> Response:
    """Tell me nothing more of it."""

    def act() -> str:
        context.services().dossier_keeping.tell_no_more(_user(), mark)
        return f"{MINE}/{mark}{context.suffix()}"

    return _done(forms.read([]), act, lambda wrong: _shown(mark, wrong, 422))


@kept.post("/bo")
def let_go(mark: str) -> Response:
    """No longer among my things."""

    def act() -> str:
        context.services().dossier_keeping.let_go(_user(), mark)
        return f"/toi{context.suffix()}"

    return _done(forms.read([]), act, lambda wrong: _shown(mark, wrong, 422))


def _keep(agency: str, code: str, base: str) -> Response:
    def act() -> str:
        mark = context.services().dossier_keeping.keep(agency, code, _user(), context.language())
        return f"{MINE}/{mark}{context.suffix()}"

    return _done(forms.read([]), act, lambda wrong: _ask(agency, code, base, wrong, 422))


def _done(form: Form, act: Callable[[], str], again: Callable[[Form], Response]) -> Response:
    if form.problems:
        return again(form)
    try:
        return answers.see(forms.once(form, act))
    except Unavailable:
        raise
    except Problem as problem:
        field = FIELDS.get(problem.code)
        if field is None and problem.code not in ("too_many_kept", "too_many_keepers"):
            raise
        return again(form.with_problems(FieldProblem(field or "", problem.code, problem.facts)))


def _ask(agency: str, code: str, base: str, form: Form, status: int = 200) -> Response:
    found = context.services().following.of(agency_of(agency), code)
    page = KeepPage(form, found.procedure_name, found.code.printed, f"{base}/giu{context.suffix()}", base)
    back = base + context.suffix()
    return answers.show("citizen/dossiers/keep.html", page, status=status, back=back, wrong=bool(form.problems))


def _shown(mark: str, form: Form, status: int = 200) -> Response:
    services, user = context.services(), _user()
    found = services.dossier_keeping.find(user, mark)
    keeper = found.keeper
    held = agency_of(keeper.agency)
    agreed = services.consents.holds(user, keeper.agency, PURPOSE)
    page = KeptPage(
        **vars(page_of(held, services.following.of(held, keeper.code), "")),
        kept=found,
        form=form,
        opened=services.dossier_openings.of(keeper.agency, keeper.code),
        consent=None if agreed else consent_text(PURPOSE, "", keeper.agency),
        action=f"{MINE}/{mark}",
        suffix=context.suffix(),
    )
    services.following.seen(held, "kept")
    back, wrong = f"/toi{context.suffix()}", bool(form.problems)
    return answers.show("citizen/dossiers/kept.html", page, status=status, back=back, wrong=wrong)


def _user() -> str:
    session = context.citizen()
    assert session is not None, "the door let a stranger in"
    return session.subject
